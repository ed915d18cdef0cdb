"""Sources: where a shape comes from. A source is a small frozen struct of arguments; the worker has a reader for it.

A request carries sources as their tag and raw arguments, so that a plugin's sources travel like those defined here.
"""

from collections.abc import Hashable, Iterable
from functools import reduce
from operator import or_
from typing import ClassVar, Literal

import msgspec

from ebert_core.protocol import codec
from ebert_core.protocol.messages import Role
from ebert_core.protocol.shapes import Arcs, Features, Grid, Letters, Matrix, Runs, Shape, Signal
from ebert_core.protocol.terms.edits import Edit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

# How a source is asked for. tiles: in pieces of a fixed grid; letters: in pieces, and only where letters or a lens are
# shown; live: what is on screen, a draft first; anchor: once for the anchor.
Tiling = Literal["tiles", "letters", "live", "anchor"]

# Bases per bin, as binary logarithms, below which reading finer tiles shows nothing more.
_FINEST_FEATURES = 5
_FINEST_LETTERS = 1


class Source(msgspec.Struct, frozen=True, tag_field="source"):
    """Arguments of a reader. A class of sources has a tag, the shape that its reader gives, and who reads it."""

    shape: ClassVar[type[msgspec.Struct]]
    role: ClassVar[Role] = "data"
    tiling: ClassVar[Tiling] = "tiles"
    finest: ClassVar[int] = 0

    @classmethod
    def tag(cls) -> str:
        """What this kind of source is called where it travels."""
        return str(cls.__struct_config__.tag)

    @property
    def batch(self) -> Hashable:
        """Sources of one batch are answered together by one request."""
        return self

    @property
    def of_model(self) -> str:
        """Where the model lies that is asked; empty for what no model answers."""
        return str(getattr(self, "model", ""))

    @property
    def draft(self) -> "Source | None":
        """A source of the same that is read sooner and is less good, if there is one."""
        return None


class ReferenceSequence(Source, frozen=True, tag="sequence"):
    """The bases of the reference; at most 100 kb at once."""

    shape = Letters
    tiling = "letters"
    finest = _FINEST_LETTERS


class GeneModels(Source, frozen=True, tag="genes"):
    """Genes of the dataset, or of a file at `path`; with `is_folded` False each of their transcripts.

    With `says_all`, the records that cover exactly the interval, with a column for everything that the file says.
    """

    path: str = ""
    is_folded: bool = True
    says_all: bool = False

    shape = Features
    finest = _FINEST_FEATURES


class ChromatinStates(Source, frozen=True, tag="states"):
    """Chromatin states of a cell type, or of a file at `path`."""

    cell_type: str = ""
    path: str = ""

    shape = Runs
    finest = _FINEST_FEATURES


class MeasuredSignal(Source, frozen=True, tag="signal"):
    """A signal of a cell type, or of a file at `path`."""

    cell_type: str = ""
    signal: str = ""
    path: str = ""

    shape = Signal


class Smoothed(Source, frozen=True, tag="smoothed"):
    """The moving mean of another signal over a window of bases; where that has no value, this has none."""

    signal: bytes
    window: int

    shape = Signal


Comparison = Literal["difference", "ratio", "log ratio"]


class Compared(Source, frozen=True, tag="compared"):
    """The difference of two signals, their ratio, or its binary logarithm.

    Where one has no value it counts as 0 if `fills_gaps`; else, and where neither has one, there is none. Of ratios,
    `added` is added to both first, so that a small denominator does not make a large ratio; a denominator of 0 gives
    no value.
    """

    first: bytes
    second: bytes
    by: Comparison = "difference"
    added: float = 1.0
    fills_gaps: bool = True

    shape = Signal


def as_argument(source: Source) -> bytes:
    """A source as an argument of another, from which SourceTable makes it again."""
    return codec.encode(source)


class MeasuredPeaks(Source, frozen=True, tag="peaks"):
    """Peaks of a factor in a cell type, or the features of a file at `path`.

    With `says_all`, the records that cover exactly the interval, with a column for everything that the file says.
    """

    cell_type: str = ""
    factor: str = ""
    is_relaxed: bool = False
    path: str = ""
    says_all: bool = False

    shape = Features
    finest = _FINEST_FEATURES


class VariantCalls(Source, frozen=True, tag="variants"):
    """Variants of a VCF at `path`, with the columns `ref`, `alt`, `qual`, `filter` and `kind`.

    With `says_all`, the variants that cover exactly the interval, and all columns, keys of INFO and genotypes.
    """

    path: str
    says_all: bool = False

    shape = Features
    finest = _FINEST_FEATURES


class PairedPlaces(Source, frozen=True, tag="pairs"):
    """Pairs of places of a BEDPE or interact file at `path`."""

    path: str

    shape = Arcs
    finest = _FINEST_FEATURES


class PlantedSites(Source, frozen=True, tag="truth"):
    """Planted sites of a factor in a synthetic genome; the score is 1 where one is bound in the cell type, else 0."""

    cell_type: str
    factor: str

    shape = Features
    finest = _FINEST_FEATURES


class PredictedBinding(Source, frozen=True, tag="prediction"):
    """An output of an open model in a cell type, such as the calibrated probability that a factor is bound.

    Bins are joined, by their largest value, until they are no more than the columns asked for. `strands` 1 is a quick
    draft, 2 is the mean of both strands. Of a model that has no draft none is asked. A model that reads no cell type
    is asked with an empty one.
    """

    model: str
    dataset: str
    cell_type: str
    output: str
    strands: int = 2
    edits: tuple[Edit, ...] = ()
    has_draft: bool = True

    shape = Signal
    role = "model"
    tiling = "live"

    @property
    def batch(self) -> Hashable:
        """All outputs of one cell type come out of the same pass of the network."""
        return (self.model, self.dataset, self.cell_type, self.strands, self.edits)

    @property
    def draft(self) -> "PredictedBinding | None":
        """The same by one strand alone."""
        return msgspec.structs.replace(self, strands=1) if self.has_draft and self.strands > 1 else None


class AttentionProfile(Source, frozen=True, tag="attention-profile"):
    """Attention between the anchor's token and every token of its window; without a `head` the mean over heads.

    The grid has the rows FROM_ANCHOR and TO_ANCHOR.
    """

    model: str
    dataset: str
    cell_type: str
    layer: int
    head: int | None = None
    edits: tuple[Edit, ...] = ()

    shape = Grid
    role = "model"
    tiling = "anchor"


class AttentionMap(Source, frozen=True, tag="attention-map"):
    """Attention inside the context window around the anchor; without a `head` the mean over heads."""

    model: str
    dataset: str
    cell_type: str
    layer: int
    head: int | None = None
    edits: tuple[Edit, ...] = ()

    shape = Matrix
    role = "model"
    tiling = "anchor"


FROM_ANCHOR, TO_ANCHOR = "from the anchor", "to the anchor"


class Read(msgspec.Struct, frozen=True, tag="read"):
    """What these sources hold in an interval. Reply: Shapes, one for each source in their order.

    `columns` is into how many bins the interval is cut where values are binned.
    """

    sources: tuple[msgspec.Raw, ...]
    interval: Interval
    columns: int = 2000


class FindBeside(msgspec.Struct, frozen=True, tag="find-beside"):
    """Which feature of a source is the next on a chromosome of some length, or the one before. Reply: FoundBeside.

    Features follow each other by their starts, then by their ends. `place` is the feature to go from, or any stretch.
    """

    source: msgspec.Raw
    place: Interval
    length: int
    is_forward: bool = True


class FoundBeside(msgspec.Struct, frozen=True):
    """The reply to FindBeside: where the feature lies; None where there is none."""

    place: Interval | None = None


class Shapes(msgspec.Struct, frozen=True):
    """The reply to Read."""

    shapes: tuple[Shape, ...]


def _packed(source: Source) -> msgspec.Raw:
    return msgspec.Raw(codec.encode(source))


def beside_request(source: Source, place: Interval, length: int, *, is_forward: bool) -> FindBeside:
    """The request for the next feature of a source, or the one before."""
    return FindBeside(_packed(source), place, length, is_forward)


def read_request(sources: Iterable[Source], interval: Interval, columns: int = 2000) -> Read:
    """The request that reads these sources."""
    return Read(tuple(map(_packed, sources)), interval, columns)


class SourceTable:
    """The sources that a worker can read: what travels as raw arguments becomes a source again."""

    def __init__(self, kinds: Iterable[type[Source]]) -> None:
        self._decoder: codec.Decoder[Source] = codec.Decoder(reduce(or_, kinds))

    def source_of(self, argument: bytes) -> Source:
        """The source that is an argument of another.

        Raises:
            InvalidRequest: this worker cannot read it.
        """
        try:
            return self._decoder.decode(argument)
        except codec.Undecodable as error:
            raise InvalidRequest(f"This worker cannot read what is asked for: {error}.") from error

    def sources_of(self, request: Read) -> tuple[Source, ...]:
        """The sources that a request names.

        Raises:
            InvalidRequest: this worker cannot read one of them.
        """
        return tuple(self.source_of(bytes(raw)) for raw in request.sources)
