"""What a person's own files are for: guesses from their names, and the dataset that they make, without Qt."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple

from ebert_core.protocol.tracks import DatasetDraft, DraftCheck
from ebert_gui.widgets.paths import file_name, is_absolute
from ebert_gui.widgets.wording import listed

Use = Literal[
    "",
    "reference",
    "chromosome-sizes",
    "genes",
    "bands",
    "blacklist",
    "labelled",
    "motifs",
    "states",
    "signal",
    "peaks",
    "relaxed peaks",
]

USE_WORDS: dict[Use, str] = {
    "": "leave out",
    "reference": "reference sequence",
    "chromosome-sizes": "chromosome sizes",
    "genes": "genes",
    "bands": "chromosome bands",
    "blacklist": "regions to distrust",
    "labelled": "searched regions",
    "motifs": "motif matrices",
    "states": "chromatin states",
    "signal": "signal",
    "peaks": "peaks",
    "relaxed peaks": "peaks, relaxed",
}
NEEDS_CELL: frozenset[Use] = frozenset(["states", "signal", "peaks", "relaxed peaks"])
NEEDS_NAME: frozenset[Use] = frozenset(["signal", "peaks", "relaxed peaks"])
_ONCE: tuple[Use, ...] = ("reference", "chromosome-sizes", "genes", "bands", "blacklist", "labelled")
# What names of files say of tables of genes that are no more than regions with names, as BED6.
_GENES = re.compile(r"(ref|ens|known)?(seq)?genes?|refseq|gencode|ensembl", re.IGNORECASE)

_CELLS = (
    "A549",
    "GM12878",
    "H1-hESC",
    "HCT116",
    "HeLa-S3",
    "HepG2",
    "HUVEC",
    "IMR-90",
    "K562",
    "MCF-7",
    "Panc1",
    "PC-3",
)
_MORE_CELLS = ("SK-N-SH", "HEK293", "HEK293T", "Jurkat", "NHEK", "HAP1", "U2OS", "LNCaP", "WTC11", "liver")
_CELL_OF = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in (*_CELLS, *_MORE_CELLS)} | {"hela": "HeLa-S3"}
_SIGNALS = {"dnase": "DNase", "dnaseseq": "DNase", "dhs": "DNase", "atac": "ATAC", "atacseq": "ATAC", "mnase": "MNase"}
_MARK = re.compile(r"h[234][ab]?k\d+(me\d|ac|ub\d?)|h2az", re.IGNORECASE)
_FACTOR = re.compile(r"[A-Z][A-Z0-9]{2,9}|[A-Z][a-z]{2,6}\d{1,2}|[A-Z]\d?[A-Z]\d")
_ASSEMBLY = re.compile(r"(hg19|hg38|hg18|GRCh3[78]|mm9|mm10|mm39|GRCm3[89]|dm6|ce11|sacCer3|danRer1[01]|demo\d)")
_NOISE = re.compile(
    r"chip|seq|chipseq|tfbs|idr|peaks?|narrowpeak|broadpeak|conservative|relaxed|optimal|train|test|rep\d?|pooled|signal|"
    r"fold|change|fc|pval|bigwig|bw|bed|bedgraph|bigbed|bb|gz|encode|dream|hub|all|merged|final|spp|macs2?|states?|"
    r"chromhmm|ideas|segmentation|segments|dense|expanded|data|track|file|rpkm|cpm|norm(alized)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Guess:
    """What a file name says: a cell type, and a factor or signal; empty where it is silent."""

    cell_type: str = ""
    name: str = ""


@dataclass(frozen=True)
class Entry:
    """A file of the dataset to be: what it is used as, for which cell type, and the factor or signal in it."""

    path: str
    use: Use = ""
    cell_type: str = ""
    name: str = ""


def guess_use(kind: str, path: str) -> Use:
    """What a file of this kind is most likely for."""
    words = {word.lower() for word in _words(path)}
    if kind == "features" and words & {"blacklist", "exclude", "excluded"}:
        return "blacklist"
    if kind == "features" and words & {"labelled", "labeled", "callable"}:
        return "labelled"
    if kind == "features" and any(_GENES.fullmatch(word) for word in words):
        return "genes"
    if kind in ("peaks", "features") and guess_names(path).name:
        return "relaxed peaks" if "relaxed" in words else "peaks"
    uses: dict[str, Use] = {use: use for use in USE_WORDS if use}
    return uses.get(kind, "")


def guess_names(path: str) -> Guess:
    """The cell type and the factor or signal that the file name mentions."""
    words = _words(path)
    cell, words = _take_cell(words)
    names = [word for word in words if not _NOISE.fullmatch(word) and not _ASSEMBLY.fullmatch(word)]
    signal = next((_signal_name(word) for word in names if _signal_name(word)), "")
    factor = next((word for word in names if _FACTOR.fullmatch(word) and not word.startswith("ENC")), "")
    found = signal or factor
    if not cell:
        rest = [word for word in names if word != factor and not _signal_name(word) and not word.isdigit()]
        cell = rest[0] if found and rest and not rest[0].startswith("ENC") else ""
    return Guess(cell, found)


def _words(path: str) -> list[str]:
    return [word for word in re.split(r"[^A-Za-z0-9]+", file_name(path)) if word]


def _take_cell(words: list[str]) -> tuple[str, list[str]]:
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            cell = _CELL_OF.get("".join(words[start : start + size]).lower())
            if cell:
                return cell, words[:start] + words[start + size :]
    for number, word in enumerate(words):
        inside = [alias for alias in _CELL_OF if len(alias) > 3 and alias in word.lower()]
        if inside:
            alias = max(inside, key=len)
            rest = re.split(alias, word, flags=re.IGNORECASE)
            return _CELL_OF[alias], [*words[:number], *filter(None, rest), *words[number + 1 :]]
    return "", words


def _signal_name(word: str) -> str:
    if _MARK.fullmatch(word):
        return word[0].upper() + word[1:].replace("k", "K").replace("AC", "ac").replace("ME", "me")
    return _SIGNALS.get(word.lower(), "")


def guess_assembly(paths: Sequence[str]) -> str:
    """The assembly that most paths mention."""
    found = Counter(match for path in paths for match in _ASSEMBLY.findall(path))
    return found.most_common(1)[0][0] if found else ""


def draft_of(
    path: str, name: str, assembly: str, entries: Sequence[Entry], *, may_replace: bool = False
) -> DatasetDraft:
    """The dataset that these files make."""

    def only(use: Use) -> str:
        return next((entry.path for entry in entries if entry.use == use), "")

    grades = {"peaks": "conservative", "relaxed peaks": "relaxed"}
    return DatasetDraft(
        path=path,
        name=name,
        assembly=assembly,
        reference=only("reference"),
        chromosome_sizes=only("chromosome-sizes"),
        genes=only("genes"),
        bands=only("bands"),
        blacklist=only("blacklist"),
        labelled_regions=only("labelled"),
        motifs=tuple(entry.path for entry in entries if entry.use == "motifs"),
        states=tuple((entry.cell_type, entry.path) for entry in entries if entry.use == "states"),
        signals=tuple((entry.cell_type, entry.name, entry.path) for entry in entries if entry.use == "signal"),
        peaks=tuple(
            (entry.cell_type, entry.name, grades[entry.use], entry.path) for entry in entries if entry.use in grades
        ),
        may_replace=may_replace,
    )


class Objection(NamedTuple):
    """Why a dataset cannot be written: `field` is `name`, `assembly`, `path` or a listed file; empty for the whole.

    `may_be_tried` where the reason may have gone since: a disk was full, a folder not writable.
    """

    sentence: str = ""
    field: str = ""
    may_be_tried: bool = False


def objection(path: str, name: str, assembly: str, entries: Sequence[Entry]) -> Objection:
    """Why this dataset cannot be written, in one sentence that says what to do; empty when it can."""
    used = [entry for entry in entries if entry.use]
    if not used:
        return Objection("Add at least one file that is used." if entries else "Add files, or drop them here.")
    found = _objections_to_rows(used), _objections_to_pairs(used), _objections_to_fields(path, name, assembly)
    return next(chain(*found), Objection())


def _objections_to_rows(used: Sequence[Entry]) -> Iterator[Objection]:
    for entry in used:
        if entry.use in NEEDS_CELL and not entry.cell_type:
            yield Objection(f"Say which cell type {file_name(entry.path)} is from.", entry.path)
        if entry.use in NEEDS_NAME and not entry.name:
            word = "signal" if entry.use == "signal" else "factor"
            yield Objection(f"Say which {word} {file_name(entry.path)} measures.", entry.path)


def _objections_to_pairs(used: Sequence[Entry]) -> Iterator[Objection]:
    for use in _ONCE:
        last = [entry.path for entry in used if entry.use == use][1:]
        if last:
            yield Objection(f"Two files are used as {USE_WORDS[use]}: leave one out.", last[-1])
    places: dict[tuple[Use, str, str], str] = {}
    for entry in used:
        place = (entry.use, entry.cell_type, entry.name if entry.use in NEEDS_NAME else "")
        if entry.use in NEEDS_CELL and place in places:
            what = " ".join(filter(None, (place[2], USE_WORDS[entry.use])))
            sentence = f"Two files are used as {what} of {entry.cell_type}: leave one out or rename it."
            yield Objection(sentence, entry.path)
        places[place] = entry.path
    for (use, cell, name), path in places.items():
        if use == "relaxed peaks" and ("peaks", cell, name) not in places:
            sentence = f"{name} in {cell} has relaxed peaks only: use them as peaks, or add the conservative ones."
            yield Objection(sentence, path)
    if not any(entry.use in ("reference", "chromosome-sizes") for entry in used):
        yield Objection("Add a reference sequence (FASTA or 2bit), or a table of chromosome sizes.")


def _objections_to_fields(path: str, name: str, assembly: str) -> Iterator[Objection]:
    if not name:
        yield Objection("Give the dataset a name.", "name")
    if not assembly:
        yield Objection("Say which assembly the files are of, such as hg19.", "assembly")
    if not is_absolute(path) or not path.endswith(".toml"):
        yield Objection("Say where to save it: a whole path that ends in .toml.", "path")


def summary(entries: Sequence[Entry], check: DraftCheck) -> str:
    """What the dataset will be, in one or two sentences."""
    cells = sorted({entry.cell_type for entry in entries if entry.use in NEEDS_CELL})
    used = sum(bool(entry.use) for entry in entries)
    of_cells = f", {listed(cells)}" if cells else ""
    files = "1 file" if used == 1 else f"{used} files"
    return f"Describes {files}{of_cells}. {_of_states(check)}The files stay where they are."


def _of_states(check: DraftCheck) -> str:
    if not check.states:
        return ""
    colours = "with the colours of the file" if all(state.colour for state in check.states) else "without colours"
    return f"{len(check.states)} chromatin states in bins of {check.bin_width:,} bp, {colours}. "


def missing(entries: Sequence[Entry]) -> str:
    """What cannot be done with these files, in one or two sentences; empty when everything can."""
    uses = {entry.use for entry in entries}
    if not uses & {"reference", "chromosome-sizes"}:
        return ""
    if "reference" not in uses:
        return "No reference sequence: browsing works, but predictions need one (FASTA or 2bit)."
    if "peaks" not in uses:
        return "No peaks: browsing and prediction work, but fine-tuning needs measured peaks."
    if "motifs" not in uses:
        return "No motif matrices: models that read motif scores, as human_slices does, predict far worse without them."
    cells = {entry.cell_type for entry in entries if entry.use == "peaks"}
    bare = sorted(cells - {entry.cell_type for entry in entries if entry.use in ("states", "signal")})
    if bare:
        return f"No chromatin states or signals for {listed(bare)}: only the sequence can be looked at there."
    return ""
