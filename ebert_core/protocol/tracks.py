"""What the window asks the data role about a dataset, and the replies.

Positions are 0-based and half-open. What a track draws is asked for with `sources.Read`.
"""

import re

import msgspec

from ebert_core.protocol.shapes import RunClass
from ebert_core.protocol.terms.locus import Interval, format_locus

_VERSION = re.compile(r"\.\d+$")


class Chromosome(msgspec.Struct, frozen=True):
    """A chromosome and its length in bases."""

    name: str
    length: int


class Band(msgspec.Struct, frozen=True):
    """A cytogenetic band; `stain` as in UCSC's cytoBand tables (`gneg`, `gpos50`, `acen`, ...)."""

    chromosome: str
    start: int
    end: int
    name: str
    stain: str


class PeakFiles(msgspec.Struct, frozen=True):
    """Which peak sets of a factor exist in a cell type."""

    factor: str
    has_relaxed: bool


class CellType(msgspec.Struct, frozen=True):
    """What the dataset knows of one cell type."""

    name: str
    has_states: bool
    signals: tuple[str, ...] = ()
    peaks: tuple[PeakFiles, ...] = ()


class MadeSignal(msgspec.Struct, frozen=True):
    """A signal that can be made of what the dataset holds, for a model; `meaning` says to a person what it is."""

    name: str
    meaning: str


class BareFile(msgspec.Struct, frozen=True):
    """A track file opened beside a dataset or without; `kind` is what it holds, such as `signal` or `variants`.

    Of one that a dataset lists and nobody can open, the kind is empty and `problem` says why.
    """

    path: str
    name: str
    kind: str
    problem: str = ""


class DatasetSummary(msgspec.Struct, frozen=True):
    """An opened dataset. `path` is empty for bare files opened together; `seed` is set for a synthetic genome.

    `predicted` are the factors of the model that comes with it, the best first. `remarks` are sentences on what other
    packages added to the worker and what had to be switched off.
    """

    path: str
    name: str
    assembly: str
    chromosomes: tuple[Chromosome, ...]
    has_sequence: bool
    has_genes: bool
    bands: tuple[Band, ...]
    states: tuple[RunClass, ...]
    cell_types: tuple[CellType, ...]
    files: tuple[BareFile, ...] = ()
    labelled_regions: tuple[Interval, ...] = ()
    truth_factors: tuple[str, ...] = ()
    seed: int | None = None
    start_locus: Interval | None = None
    start_factor: str = ""
    made_signals: tuple[MadeSignal, ...] = ()
    predicted: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


class OpenDataset(msgspec.Struct, frozen=True, tag="open-dataset"):
    """Open a DATASET.toml; `model` is what will be opened with it. Reply: DatasetSummary."""

    path: str
    model: str = ""


class OpenFiles(msgspec.Struct, frozen=True, tag="open-files"):
    """Open these track files and no others; with `dataset`, beside that dataset's tracks. Reply: DatasetSummary."""

    paths: tuple[str, ...]
    dataset: str = ""


class InspectFile(msgspec.Struct, frozen=True, tag="inspect-file"):
    """What is this file? Reply: FileKind."""

    path: str


class FileKind(msgspec.Struct, frozen=True):
    """What a file is; `sentence` says it to a person.

    `kind` is as in BareFile, or `reference`, `chromosome-sizes`, `bands`, `dataset`, `checkpoint`, `session`.
    """

    kind: str
    sentence: str


class ListFormats(msgspec.Struct, frozen=True, tag="list-formats"):
    """Which formats of files are known? Reply: FileFormats."""


class FileFormat(msgspec.Struct, frozen=True):
    """A format of files: what it is called, how their names end, and what its files can be as tracks.

    `kinds` are as in BareFile; `package` is the one that brought it, empty for what comes with the program.
    """

    name: str
    kinds: tuple[str, ...]
    endings: tuple[str, ...]
    package: str = ""


class FileFormats(msgspec.Struct, frozen=True):
    """Formats of files, those that come with the program first."""

    formats: tuple[FileFormat, ...] = ()


class FindGenes(msgspec.Struct, frozen=True, tag="find-genes"):
    """Genes whose names start with a text, best first. Reply: FoundGenes."""

    text: str
    limit: int = 12


class FoundGene(msgspec.Struct, frozen=True):
    """A gene that was looked for by its name, or by that of a transcript; then `name` is the transcript's."""

    name: str
    interval: Interval
    gene: str = ""

    @property
    def label(self) -> str:
        """Its name and where it is, for a choice between genes of one name."""
        of_gene = f" of {self.gene}" if self.gene else ""
        return f"{self.name}{of_gene} at {format_locus(self.interval)}"


class FoundGenes(msgspec.Struct, frozen=True):
    """Found genes, best first."""

    genes: tuple[FoundGene, ...]

    def called(self, name: str) -> tuple[FoundGene, ...]:
        """Those that have this very name, in whatever case; else those that have it but for a version, as `.2`."""
        wanted = name.strip().casefold()
        named = tuple(gene for gene in self.genes if gene.name.casefold() == wanted)
        return named or tuple(gene for gene in self.genes if _VERSION.sub("", gene.name.casefold()) == wanted)

    def sentence_on(self, name: str) -> str:
        """What is said where this very name is not among them, or more than once."""
        named = self.called(name)
        if named:
            return f"{len(named)} genes are called {name}; choose one: {', '.join(each.label for each in named)}."
        if not self.genes:
            return f"There is no chromosome, gene or transcript called {name} here."
        alike = ", ".join(dict.fromkeys(gene.name for gene in self.genes))
        return f"There is no chromosome, gene or transcript called {name} here. What begins so: {alike}."


class DatasetDraft(msgspec.Struct, frozen=True, tag="write-dataset"):
    """Write a DATASET.toml from what the "New dataset" dialog holds. Reply: DatasetSummary of the written dataset.

    `states`, `signals` and `peaks` are (cell type, path), (cell type, signal, path) and
    (cell type, factor, `conservative` or `relaxed`, path); `motifs` are files of matrices. A file that is at `path` is
    kept unless `may_replace`.
    """

    path: str
    name: str
    assembly: str
    reference: str
    chromosome_sizes: str = ""
    genes: str = ""
    bands: str = ""
    blacklist: str = ""
    labelled_regions: str = ""
    motifs: tuple[str, ...] = ()
    states: tuple[tuple[str, str], ...] = ()
    signals: tuple[tuple[str, str, str], ...] = ()
    peaks: tuple[tuple[str, str, str, str], ...] = ()
    may_replace: bool = False


class CheckDraft(msgspec.Struct, frozen=True, tag="check-draft"):
    """Can a dataset be made of what the "New dataset" dialog holds? Reply: DraftCheck. Nothing is written."""

    draft: DatasetDraft


class DraftProblem(msgspec.Struct, frozen=True):
    """Why a file cannot serve as what it is to be used as; `path` is the file's, or the dataset's own."""

    path: str
    sentence: str


class DraftCheck(msgspec.Struct, frozen=True):
    """What the files of a draft say. `bin_width` is 0, and a colour empty, where the segmentations do not tell."""

    problems: tuple[DraftProblem, ...] = ()
    states: tuple[RunClass, ...] = ()
    bin_width: int = 0
