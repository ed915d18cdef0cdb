"""The names by which one chromosome is known, which of them a file uses, and the order of chromosomes.

`chr1`, `1` and `CHR1` are one chromosome, and so are `chrM`, `M` and `MT`. RefSeq names it by an accession number that
belongs to one assembly: NC_000001.10 is chromosome 1 of hg19, NC_000001.11 of hg38.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import has_no

_MITOCHONDRIAL = ("chrM", "MT", "M", "chrMT")
# Names of one assembly in Ensembl, NCBI, the 1000 Genomes project and the Broad Institute, by that of UCSC. b37 and
# hs37d5 are GRCh37 with another mitochondrion than hg19, and the latter with decoys.
_OTHER_NAMES = {
    "hg18": ("NCBI36", "b36"),
    "hg19": ("GRCh37", "hg37", "b37", "hs37", "hs37d5", "g1k_v37", "human_g1k_v37"),
    "hg38": ("GRCh38", "b38", "hs38", "hs38d1", "hs38DH"),
    "mm9": ("NCBIM37", "MGSCv37"),
    "mm10": ("GRCm38",),
    "mm39": ("GRCm39",),
}
_ASSEMBLIES = {other.lower(): name for name, others in _OTHER_NAMES.items() for other in (name, *others)}
# Versions of the accession numbers NC_000001 to NC_000024 of chromosomes 1 to 22, X and Y (NCBI's assembly reports).
_HUMAN_VERSIONS = {
    "hg19": (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9),
    "hg38": (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10),
}
_HUMAN = (*map(str, range(1, 23)), "X", "Y")
# NC_000067 to NC_000087 of the mouse.
_MOUSE_VERSIONS = {"mm10": (6,) * 19 + (7, 7)}
_MOUSE = (*map(str, range(1, 20)), "X", "Y")
_FIRST_MOUSE = 67


def _accession_numbers() -> dict[str, tuple[str, str]]:
    """Chromosome (without `chr`) and assembly by accession number."""
    found = {"NC_012920.1": ("MT", "")}  # one sequence in GRCh37 and hg38
    for first, names, versions in ((1, _HUMAN, _HUMAN_VERSIONS), (_FIRST_MOUSE, _MOUSE, _MOUSE_VERSIONS)):
        for assembly, numbers in versions.items():
            for place, (name, version) in enumerate(zip(names, numbers, strict=True)):
                found[f"NC_{first + place:06d}.{version}"] = (name, assembly)
    return found


_BY_ACCESSION = _accession_numbers()
_ACCESSIONS: dict[str, tuple[str, ...]] = {}
for _accession, (_name, _) in _BY_ACCESSION.items():
    _ACCESSIONS[_name] = (*_ACCESSIONS.get(_name, ()), _accession)


@lru_cache(maxsize=10_000)
def other_names(chromosome: str) -> tuple[str, ...]:
    """The names under which files may know this chromosome, the given one first."""
    short, _ = _BY_ACCESSION.get(chromosome, (chromosome.removeprefix("chr"), ""))
    if short in ("M", "MT"):
        usual: tuple[str, ...] = (*_MITOCHONDRIAL, *_ACCESSIONS["MT"])
    else:
        other = short if chromosome.startswith("chr") else f"chr{short}"
        usual = (other, short, *_ACCESSIONS.get(short, ()))
    return tuple(dict.fromkeys((chromosome, *usual)))


class KnownNames:
    """The names of a file, in which chromosomes are looked up under any name; a genome may have half a million."""

    def __init__(self, names: Iterable[str]) -> None:
        """Keeps the names, which must not change; a mapping or a set is not copied."""
        self._names = names if isinstance(names, (Mapping, set, frozenset)) else dict.fromkeys(names)

    def find(self, chromosome: str) -> str | None:
        """The name under which a file knows a chromosome (`1` for `chr1`, `Chr1` for `chr1`), or None."""
        wanted = other_names(chromosome)
        for name in wanted:
            if name in self._names:
                return name
        folded = {name.lower() for name in (*wanted, *other_names(_usual_case(chromosome)))}
        found = [self._by_lower[name] for name in folded if name in self._by_lower]
        return min(found)[1] if found else None

    def needed(self, chromosome: str, where: object) -> str:
        """As `find`, of a genome that must have the chromosome; `where` is the file that lists its names.

        Raises:
            InvalidRequest: it has none of this name.
        """
        name = self.find(chromosome)
        if name is None:
            raise InvalidRequest(has_no(where, "chromosome", chromosome, self._names))
        return name

    @cached_property
    def _by_lower(self) -> dict[str, tuple[int, str]]:
        """The place of each name in the file, and the name, by the name in lower case; the first of two alike."""
        found: dict[str, tuple[int, str]] = {}
        for place, name in enumerate(self._names):
            found.setdefault(name.lower(), (place, name))
        return found


class FirstNames:
    """Under which name a file speaks first of each chromosome: `chr1` also for a `1` that comes later."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def of(self, chromosome: str) -> str:
        """The first of the names so far that are of the same chromosome; this one where it is the first."""
        found = self._first.get(chromosome)
        if found is None:
            usual = re.sub("^chr", "chr", chromosome, flags=re.IGNORECASE)
            names = (*other_names(chromosome), *other_names(usual))
            found = next((self._first[each] for each in names if each in self._first), chromosome)
            for each in names:
                self._first.setdefault(each, found)
        return found


def name_in(names: Iterable[str], chromosome: str) -> str | None:
    """As `KnownNames.find`, for a single look: each goes through all names."""
    return KnownNames(names).find(chromosome)


def _usual_case(chromosome: str) -> str:
    """`chrX` for `CHRx`: the case in which other names of it are known."""
    return re.sub("^CHR", "chr", chromosome.upper())


def assembly_called(name: str) -> str:
    """UCSC's name of an assembly: `hg19` for `GRCh37`, `GRCh37.p13`, `b37` and `HG19`; any other name as it is."""
    return _ASSEMBLIES.get(name.strip().lower().partition(".")[0], name)


def are_other_mitochondria(one: str, length: int, other: str, other_length: int) -> bool:
    """Whether these are the mitochondrion of UCSC's hg19 (chrM, 16,571 bases) and that of b37 and hg38 (MT, 16,569).

    They are two sequences of one molecule, so that a position means the same within two bases.
    """
    are_mitochondria = all(_rank(name, False)[0] == 2 for name in (one, other))
    return are_mitochondria and {length, other_length} == {16_569, 16_571}


def assembly_of_names(names: Iterable[str]) -> str:
    """The assembly that accession numbers among these names belong to; empty where there are none."""
    return next((_BY_ACCESSION[name][1] for name in names if _BY_ACCESSION.get(name, ("", ""))[1]), "")


def in_natural_order(names: Iterable[str]) -> list[str]:
    """1, 2, ... 22, X, Y, MT, then scaffolds; I, II, III, IV where chromosomes have Roman numbers."""
    listed = list(names)
    are_roman = any(re.fullmatch(r"(chr)?(II|III|IV)", name, re.IGNORECASE) for name in listed)
    return sorted(listed, key=lambda name: (_rank(name, are_roman), natural_order(name)))


def natural_order(name: str) -> list[tuple[int, str]]:
    """Sorts chr2 before chr10."""
    return [(int(digits or 0), text) for digits, text in re.findall(r"(\d{1,18})|(\D+)", name)]


def _rank(name: str, are_roman: bool) -> tuple[int, int, str]:
    """Numbered chromosomes, those with letters, that of the mitochondria, all others."""
    short = _BY_ACCESSION.get(name, (name, ""))[0]
    short = re.sub("^chr", "", short, flags=re.IGNORECASE)
    if short.upper() in ("M", "MT", "MITO"):
        return 2, 0, ""
    if numbered := re.fullmatch(r"(\d{1,18})([LRab]?)", short):
        return 0, int(numbered[1]), numbered[2]
    if are_roman and re.fullmatch(r"[IVXL]+", short, re.IGNORECASE):
        return 0, _roman(short.upper()), ""
    return (1, 0, short) if re.fullmatch("[A-Za-z]", short) and short.upper() in "XYZW" else (3, 0, "")


def _roman(text: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50}[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
