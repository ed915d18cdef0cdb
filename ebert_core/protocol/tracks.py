"""What the window asks the data role about a dataset, and the replies.

Positions are 0-based and half-open. A `columns` field is the number of equal bins the interval is cut into.
`remarks` say what of a file was not read as it stands, or that it does not meet the genome in view.
"""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.locus import Interval, format_locus
from ebert_core.protocol.shapes import check_same_length

# `strange names`: no name of the file is of the genome in view, so that nothing of it can be drawn there.
RemarkKind = Literal["reading", "prediction", "strange names"]


class Remark(msgspec.Struct, frozen=True):
    """What is to be said of a file that is drawn: in the few words that a track has room for, and in a sentence.

    `is_told` says it once in a message, too. `kind` is what it is about.
    """

    short: str
    full: str
    is_told: bool = True
    kind: RemarkKind = "reading"


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


class StateName(msgspec.Struct, frozen=True):
    """A chromatin state of the dataset's segmentation and its colour (`#rrggbb`)."""

    name: str
    colour: str


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
    """A track file opened beside a dataset or without; `kind` is `signal`, `features`, `genes`, `states` or `peaks`."""

    path: str
    name: str
    kind: str


class DatasetSummary(msgspec.Struct, frozen=True):
    """An opened dataset. `path` is empty for bare files opened together; `seed` is set for a synthetic genome.

    `predicted` are the factors of the checkpoint that comes with it, the best first.
    """

    path: str
    name: str
    assembly: str
    chromosomes: tuple[Chromosome, ...]
    has_sequence: bool
    has_genes: bool
    bands: tuple[Band, ...]
    states: tuple[StateName, ...]
    cell_types: tuple[CellType, ...]
    files: tuple[BareFile, ...] = ()
    labelled_regions: tuple[Interval, ...] = ()
    truth_factors: tuple[str, ...] = ()
    seed: int | None = None
    start_locus: Interval | None = None
    made_signals: tuple[MadeSignal, ...] = ()
    predicted: tuple[str, ...] = ()


class OpenDataset(msgspec.Struct, frozen=True, tag="open-dataset"):
    """Open a DATASET.toml; `checkpoint` is what will be opened with it. Reply: DatasetSummary."""

    path: str
    checkpoint: str = ""


class OpenFiles(msgspec.Struct, frozen=True, tag="open-files"):
    """Open these track files and no others; with `dataset`, beside that dataset's tracks. Reply: DatasetSummary."""

    paths: tuple[str, ...]
    dataset: str = ""


class InspectFile(msgspec.Struct, frozen=True, tag="inspect-file"):
    """What is this file? Reply: FileKind."""

    path: str


class FileKind(msgspec.Struct, frozen=True):
    """What a file is; `sentence` says it to a person.

    `kind` is as in BareFile, or `reference`, `chromosome-sizes`, `bands`, `dataset`, `checkpoint`.
    """

    kind: str
    sentence: str


class ReadSequence(msgspec.Struct, frozen=True, tag="read-sequence"):
    """Base codes of an interval of at most 100 kb. Reply: Sequence."""

    interval: Interval


class Sequence(msgspec.Struct, frozen=True):
    """`codes` are uint8 base codes, one per base; N outside the chromosome."""

    interval: Interval
    codes: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if check_same_length(codes=self.codes) != self.interval.length:
            raise ValueError(f"{len(self.codes):,} bases came for {self.interval.length:,}")


class ReadGenes(msgspec.Struct, frozen=True, tag="read-genes"):
    """Genes that touch an interval; `path` reads a bare file. Reply: Genes."""

    interval: Interval
    path: str = ""


class Gene(msgspec.Struct, frozen=True):
    """One gene: exons and coding parts as (start, end) pairs; strand is `+`, `-` or `.`.

    They are those of one of its `transcripts`.
    """

    name: str
    start: int
    end: int
    strand: str
    exons: tuple[tuple[int, int], ...] = ()
    coding: tuple[tuple[int, int], ...] = ()
    transcripts: int = 1


class Genes(msgspec.Struct, frozen=True):
    """Genes in order of their starts; `omitted` more were left out because nobody could see them."""

    interval: Interval
    genes: tuple[Gene, ...]
    omitted: int = 0
    remarks: tuple[Remark, ...] = ()


class ReadStates(msgspec.Struct, frozen=True, tag="read-states"):
    """Chromatin states of a cell type (or of a bare file) over an interval. Reply: States."""

    interval: Interval
    cell_type: str = ""
    path: str = ""
    columns: int = 2000


class States(msgspec.Struct, frozen=True):
    """Runs of one state; `ids` index `names`. When `is_reduced`, runs of columns show their commonest state."""

    interval: Interval
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    ids: NDArray[np.uint8]
    names: tuple[StateName, ...]
    is_reduced: bool = False
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        check_same_length(starts=self.starts, ends=self.ends, ids=self.ids)
        if len(self.ids) and self.ids.max() >= len(self.names):
            raise ValueError(f"a state has the number {self.ids.max()}, and there are {len(self.names)} names")


class ReadSignal(msgspec.Struct, frozen=True, tag="read-signal"):
    """A signal of a cell type (or a bare file) in `columns` bins. Reply: Signal."""

    interval: Interval
    columns: int
    cell_type: str = ""
    signal: str = ""
    path: str = ""


class Signal(msgspec.Struct, frozen=True):
    """Minimum, maximum and mean per bin as float32; NaN where the file has no value.

    `block_bases` is set where the file holds a binary mark, nothing but 0 and 1: the width of its blocks, 1 where they
    have none in common.
    """

    interval: Interval
    minimum: NDArray[np.float32]
    maximum: NDArray[np.float32]
    mean: NDArray[np.float32]
    block_bases: int | None = None
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        check_same_length(minimum=self.minimum, maximum=self.maximum, mean=self.mean)


class ReadPeaks(msgspec.Struct, frozen=True, tag="read-peaks"):
    """Peaks or features that touch an interval, of a dataset's factor or of a bare file. Reply: Peaks."""

    interval: Interval
    cell_type: str = ""
    factor: str = ""
    is_relaxed: bool = False
    path: str = ""


class Peaks(msgspec.Struct, frozen=True):
    """Peaks in order of their starts. `summits` are absolute, -1 where unknown; `omitted` more were not sent."""

    interval: Interval
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    summits: NDArray[np.int64]
    scores: NDArray[np.float32]
    names: tuple[str, ...] = ()
    omitted: int = 0
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        count = check_same_length(starts=self.starts, ends=self.ends, summits=self.summits, scores=self.scores)
        if self.names and len(self.names) != count:
            raise ValueError(f"{len(self.names)} names came for {count} peaks")


class ReadTruth(msgspec.Struct, frozen=True, tag="read-truth"):
    """Planted sites of a synthetic genome that touch an interval. Reply: Truth."""

    interval: Interval
    factor: str
    cell_type: str


class Truth(msgspec.Struct, frozen=True):
    """Planted sites: `is_bound` says which of them are bound in the cell type."""

    interval: Interval
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    is_bound: NDArray[np.bool_]

    def __post_init__(self) -> None:
        check_same_length(starts=self.starts, ends=self.ends, is_bound=self.is_bound)


class FindPlace(msgspec.Struct, frozen=True, tag="find-place"):
    """Genes whose names start with a text, best first. Reply: Places."""

    text: str
    limit: int = 12


class Place(msgspec.Struct, frozen=True):
    """A named place."""

    name: str
    interval: Interval

    @property
    def label(self) -> str:
        """Its name and where it is, for a choice between places of one name."""
        return f"{self.name} at {format_locus(self.interval)}"


class Places(msgspec.Struct, frozen=True):
    """Found places, best first."""

    places: tuple[Place, ...]

    def called(self, name: str) -> tuple[Place, ...]:
        """Those that have this very name, in whatever case."""
        return tuple(place for place in self.places if place.name.casefold() == name.strip().casefold())

    def sentence_on(self, name: str) -> str:
        """What is said where this very name is not among them, or more than once."""
        named = self.called(name)
        if named:
            return f"{len(named)} genes are called {name}; choose one: {', '.join(each.label for each in named)}."
        if not self.places:
            return f"There is no chromosome and no gene called {name} here."
        alike = ", ".join(dict.fromkeys(place.name for place in self.places))
        return f"There is no chromosome and no gene called {name} here. Genes that begin so: {alike}."


class DatasetDraft(msgspec.Struct, frozen=True, tag="write-dataset"):
    """Write a DATASET.toml from what the "New dataset" dialog holds. Reply: DatasetSummary of the written dataset.

    `states`, `signals` and `peaks` are (cell type, path), (cell type, signal, path) and
    (cell type, factor, `conservative` or `relaxed`, path). A file that is at `path` is kept unless `may_replace`.
    """

    path: str
    name: str
    assembly: str
    reference: str
    chromosome_sizes: str = ""
    genes: str = ""
    bands: str = ""
    blacklist: str = ""
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
    states: tuple[StateName, ...] = ()
    bin_width: int = 0


DataRequest = (
    OpenDataset
    | OpenFiles
    | InspectFile
    | ReadSequence
    | ReadGenes
    | ReadStates
    | ReadSignal
    | ReadPeaks
    | ReadTruth
    | FindPlace
    | DatasetDraft
    | CheckDraft
)
