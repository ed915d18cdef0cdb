"""The assemblies whose chromosomes are known by their lengths, so that a genome under a wrong name is told.

Lengths are those of the chrom.sizes of UCSC, which NCBI's assembly reports confirm: chromosomes 1 to 22, X and Y of
the human genome, 1 to 19, X and Y of the mouse.
"""

from collections.abc import Mapping

from ebert_core.protocol.terms.chromosome_names import assembly_called, other_names
from ebert_core.protocol.terms.wording import listed


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


_LENGTHS = {
    "hg18": _numbers(
        "247249719 242951149 199501827 191273063 180857866 170899992 158821424 146274826 140273252 135374737 "
        "134452384 132349534 114142980 106368585 100338915 88827254 78774742 76117153 63811651 62435964 46944323 "
        "49691432 154913754 57772954"
    ),
    "hg19": _numbers(
        "249250621 243199373 198022430 191154276 180915260 171115067 159138663 146364022 141213431 135534747 "
        "135006516 133851895 115169878 107349540 102531392 90354753 81195210 78077248 59128983 63025520 48129895 "
        "51304566 155270560 59373566"
    ),
    "hg38": _numbers(
        "248956422 242193529 198295559 190214555 181538259 170805979 159345973 145138636 138394717 133797422 "
        "135086622 133275309 114364328 107043718 101991189 90338345 83257441 80373285 58617616 64444167 46709983 "
        "50818468 156040895 57227415"
    ),
    "hs1": _numbers(
        "248387328 242696752 201105948 193574945 182045439 172126628 160567428 146259331 150617247 134758134 "
        "135127769 133324548 113566686 101161492 99753195 96330374 84276897 80542538 61707364 66210255 45090682 "
        "51324926 154259566 62460029"
    ),
    "mm9": _numbers(
        "197195432 181748087 159599783 155630120 152537259 149517037 152524553 131738871 124076172 129993255 "
        "121843856 121257530 120284312 125194864 103494974 98319150 95272651 90772031 61342430 166650296 15902555"
    ),
    "mm10": _numbers(
        "195471971 182113224 160039680 156508116 151834684 149736546 145441459 129401213 124595110 130694993 "
        "122082543 120129022 120421639 124902244 104043685 98207768 94987271 90702639 61431566 171031299 91744698"
    ),
    "mm39": _numbers(
        "195154279 181755017 159745316 156860686 151758149 149588044 144995196 130127694 124359700 130530862 "
        "121973369 120092757 120883175 125139656 104073951 98008968 95294699 90720763 61420004 169476592 91455967"
    ),
}
_HUMAN_CHROMOSOMES, _MOUSE_CHROMOSOMES = 22, 19


def _by_length() -> dict[tuple[str, int], str]:
    """The assembly by chromosome (without `chr`) and its length, which no two of them share."""
    found: dict[tuple[str, int], str] = {}
    for assembly, lengths in _LENGTHS.items():
        autosomes = _MOUSE_CHROMOSOMES if assembly.startswith("mm") else _HUMAN_CHROMOSOMES
        names = (*map(str, range(1, autosomes + 1)), "X", "Y")
        found |= dict.fromkeys(zip(names, lengths, strict=True), assembly)
    return found


_ASSEMBLY_OF = _by_length()


def assembly_of_lengths(lengths: Mapping[str, int]) -> str:
    """The assembly that has chromosomes of these names and lengths; empty where none has, or several have."""
    found = {
        _ASSEMBLY_OF.get((name.removeprefix("chr"), length))
        for chromosome, length in lengths.items()
        for name in other_names(chromosome)
    } - {None}
    return str(found.pop()) if len(found) == 1 else ""


def wrong_assembly(assembly: str, lengths: Mapping[str, int]) -> str:
    """That chromosomes have the lengths of another assembly than the known one that is named; empty otherwise."""
    named, found = assembly_called(assembly), assembly_of_lengths(lengths)
    if named not in _LENGTHS or not found or found == named:
        return ""
    example = next(name for name, length in lengths.items() if assembly_of_lengths({name: length}))
    return (
        f"the chromosomes are those of {found}, not of {assembly}: {example} has {lengths[example]:,} bases. "
        f'Write assembly = "{found}", or name a reference of {assembly}'
    )


def doubt_about(assembly: str, lengths: Mapping[str, int]) -> str:
    """What may be a mistake in the name of an assembly, in a sentence; empty where it is known and fits."""
    named, found = assembly_called(assembly), assembly_of_lengths(lengths)
    if named in _LENGTHS:
        if found:
            return ""
        return f"No chromosome has a length that it has in {named}: the files hold parts of it, or another genome."
    if found:
        return f'The chromosomes are those of {found}: write assembly = "{found}", so that checkpoints of {found} fit.'
    known = listed(list(_LENGTHS), 9)
    return f"{assembly} is none of the assemblies whose lengths are known ({known}), so its name was not checked."
