"""The readers of the data role: one function for each kind of source, and the table of all of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.shown import remarks_on
from ebert_core.genome.annotation import FeatureSource
from ebert_core.genome.features import Extents
from ebert_core.protocol.machine.plugins import blaming, plugins_of
from ebert_core.protocol.machine.showing import tell
from ebert_core.protocol.shapes import Features, Letters, Runs, Shape, Signal
from ebert_core.protocol.sources import (
    ChromatinStates,
    Compared,
    FindBeside,
    FoundBeside,
    GeneModels,
    MeasuredPeaks,
    MeasuredSignal,
    PairedPlaces,
    PlantedSites,
    Read,
    ReferenceSequence,
    Shapes,
    Smoothed,
    Source,
    SourceTable,
    VariantCalls,
)
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reading import reads
from ebert_core.sources.beside import beside
from ebert_core.sources.computed import ReadSignal, compared, smoothed
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.pairs import read_pairs
from ebert_core.sources.reader import Reader
from ebert_core.sources.said import all_said_of
from ebert_core.sources.screen import features_for_screen, states_for_screen
from ebert_core.sources.variants import extents_of_variants, read_variants

_LONGEST_SEQUENCE = 100_000
_MOST_COLUMNS = 20_000


def read_sequence(_source: ReferenceSequence, interval: Interval, _columns: int, opened: OpenedDataset) -> Letters:
    """Bases of an interval."""
    if interval.length > _LONGEST_SEQUENCE:
        raise InvalidRequest(f"The sequence is shown up to {_LONGEST_SEQUENCE // 1000} kb; zoom in.")
    dataset = opened.current()
    if dataset.reference is None:
        raise InvalidRequest(f"{dataset.layout.name} has no reference sequence.")
    reads(dataset.layout.reference)
    return Letters(interval, dataset.reference.bases(interval))


def _genes_of(source: GeneModels, opened: OpenedDataset) -> tuple[Dataset, FeatureSource]:
    dataset = opened.current(source.path)
    path = source.path or dataset.layout.genes
    if not path:
        raise InvalidRequest(f"{dataset.layout.name} names no genes.")
    reads(path)
    return dataset, dataset.gene_file(path) if source.is_folded else dataset.transcript_file(path)


def read_genes(source: GeneModels, interval: Interval, columns: int, opened: OpenedDataset) -> Features:
    """Genes of the dataset or of a bare file."""
    dataset, genes = _genes_of(source, opened)
    if source.says_all:
        return all_said_of(interval, genes)
    shown = features_for_screen(interval, columns, genes)
    return replace(shown, remarks=remarks_on(dataset, genes, interval.chromosome))


def read_states(source: ChromatinStates, interval: Interval, columns: int, opened: OpenedDataset) -> Runs:
    """States of a cell type or of a bare file."""
    if source.path:
        dataset = opened.states_alone(source.path)
    else:
        dataset = opened.current(opened.current().cell_type(source.cell_type).states)
    states = dataset.states(source.path or source.cell_type)
    if states is None:
        raise InvalidRequest(f"{dataset.layout.name} has no chromatin states for {source.cell_type}.")
    runs = states.runs(interval)
    shown = states_for_screen(interval, runs, dataset.state_colours, columns)
    return replace(shown, remarks=remarks_on(dataset, states, interval.chromosome))


def read_signal(source: MeasuredSignal, interval: Interval, columns: int, opened: OpenedDataset) -> Signal:
    """A signal of a cell type or of a bare file, binned."""
    dataset = opened.current()
    path = source.path or dataset.cell_type(source.cell_type).signals.get(source.signal, "")
    if not path:
        raise InvalidRequest(f"{dataset.layout.name} has no {source.signal} signal for {source.cell_type}.")
    signal = opened.current(path).signal_file(path)
    bins = signal.binned(interval, columns)
    remarks = remarks_on(dataset, signal, interval.chromosome)
    return Signal(interval, *bins, block_bases=signal.block_bases, remarks=remarks)


def _peaks_of(source: MeasuredPeaks, opened: OpenedDataset) -> tuple[Dataset, FeatureSource]:
    dataset = opened.current()
    path = source.path
    if not path:
        files = dataset.cell_type(source.cell_type).peaks.get(source.factor)
        path = "" if files is None else files.relaxed if source.is_relaxed else files.conservative
    if not path:
        strictness = "relaxed " if source.is_relaxed else ""
        raise InvalidRequest(f"{dataset.layout.name} has no {strictness}{source.factor} peaks for {source.cell_type}.")
    return dataset, opened.current(path).feature_file(path)


def read_peaks(source: MeasuredPeaks, interval: Interval, columns: int, opened: OpenedDataset) -> Features:
    """Peaks of a factor or of a bare file."""
    dataset, peaks = _peaks_of(source, opened)
    if source.says_all:
        return all_said_of(interval, peaks)
    shown = features_for_screen(interval, columns, peaks)
    return replace(shown, remarks=remarks_on(dataset, peaks, interval.chromosome))


def read_planted_sites(source: PlantedSites, interval: Interval, _columns: int, opened: OpenedDataset) -> Features:
    """Planted sites of a synthetic genome."""
    dataset = opened.current()
    if dataset.truth is None:
        raise InvalidRequest(f"{dataset.layout.name} is no synthetic genome, so nobody knows the truth.")
    reads(dataset.layout.truth)
    return dataset.truth.touching(interval, source.factor, source.cell_type)


def _extents_of_sites(source: PlantedSites, interval: Interval, opened: OpenedDataset) -> Extents:
    sites = read_planted_sites(source, interval, 1, opened)
    return Extents(sites.starts, sites.ends)


# Any: a table of readers holds readers of different sources.
BUILT_IN: tuple[Reader[Any], ...] = (
    Reader(ReferenceSequence, read_sequence),
    Reader(GeneModels, read_genes, lambda source, here, opened: _genes_of(source, opened)[1].extents(here)),
    Reader(ChromatinStates, read_states),
    Reader(MeasuredSignal, read_signal),
    Reader(MeasuredPeaks, read_peaks, lambda source, here, opened: _peaks_of(source, opened)[1].extents(here)),
    Reader(PlantedSites, read_planted_sites, _extents_of_sites),
    Reader(VariantCalls, read_variants, extents_of_variants),
    Reader(PairedPlaces, read_pairs),
)


class Readers:
    """The sources that the data role can read: the built-in ones and those of plug-ins, through the same door.

    What is computed of signals reads them through this table, whoever brings them.
    """

    def __init__(self, readers: Iterable[Reader[Any]] = BUILT_IN) -> None:
        computed = (Reader(Smoothed, self._read_smoothed), Reader(Compared, self._read_compared))
        self._readers = {reader.source: reader for reader in (*readers, *computed)}
        self._sources = SourceTable(self._readers)

    @classmethod
    def with_plugins(cls) -> "Readers":
        """All that are installed; what cannot be loaded is said on stderr."""
        taken = [*(reader.source.tag() for reader in BUILT_IN), Smoothed.tag(), Compared.tag()]
        added = plugins_of("sources", Reader, taken, lambda reader: reader.source.tag())
        for problem in added.problems:
            tell(problem)
        return cls((*BUILT_IN, *added.found))

    def read(self, request: Read, opened: OpenedDataset) -> Shapes:
        """What the sources of a request hold.

        Raises:
            InvalidRequest: this worker cannot read one of them, or a file cannot be read.
        """
        columns = check_columns(request.columns)
        sources = self._sources.sources_of(request)
        return Shapes(tuple(self.shape_of(source, request.interval, columns, opened) for source in sources))

    def _read_smoothed(self, source: Smoothed, interval: Interval, columns: int, opened: OpenedDataset) -> Signal:
        length = opened.current().chromosome_lengths.get(interval.chromosome, interval.end)
        return smoothed(source, interval, columns, length, self._signals(opened))

    def _read_compared(self, source: Compared, interval: Interval, columns: int, opened: OpenedDataset) -> Signal:
        return compared(source, interval, columns, self._signals(opened))

    def _signals(self, opened: OpenedDataset) -> ReadSignal:
        def read(argument: bytes, interval: Interval, columns: int) -> Signal:
            source = self.source_of(argument)
            shape = self.shape_of(source, interval, columns, opened)
            if not isinstance(shape, Signal):
                raise InvalidRequest(f"A signal is computed of signals, and {source.tag()} is none.")
            return shape

        return read

    def source_of(self, argument: bytes) -> Source:
        """A source that travelled by itself.

        Raises:
            InvalidRequest: this worker cannot read it.
        """
        return self._sources.source_of(argument)

    def shape_of(self, source: Source, interval: Interval, columns: int, opened: OpenedDataset) -> Shape:
        """What one source holds in an interval, in however many bins."""
        with blaming(source):
            return self._readers[type(source)].read(source, interval, columns, opened)

    def files_of(self, source: Source, opened: OpenedDataset) -> Iterator[str]:
        """The files that are read for a source, those of a dataset's signals among them."""
        match source:
            case Smoothed():
                yield from self.files_of(self.source_of(source.signal), opened)
            case Compared():
                for argument in (source.first, source.second):
                    yield from self.files_of(self.source_of(argument), opened)
            case MeasuredSignal(path=""):
                yield str(opened.current().cell_type(source.cell_type).signals.get(source.signal, ""))
            case _:
                yield str(getattr(source, "path", ""))

    def beside(self, request: FindBeside, opened: OpenedDataset) -> FoundBeside:
        """The next feature of a source, or the one before.

        Raises:
            InvalidRequest: this worker cannot read the source, or its file cannot be read.
        """
        source = self._sources.source_of(bytes(request.source))
        extents = self._readers[type(source)].extents
        if extents is None:
            raise InvalidRequest("What this track shows has no features to go to.")
        with blaming(source):
            found = beside(
                lambda interval: extents(source, interval, opened),
                request.place,
                request.length,
                is_forward=request.is_forward,
            )
        return FoundBeside(found)


def check_columns(columns: int) -> int:
    """A number of bins that can be drawn.

    Raises:
        InvalidRequest: it is none.
    """
    if not 1 <= columns <= _MOST_COLUMNS:
        raise InvalidRequest(f"{columns} columns cannot be drawn; ask for 1 to {_MOST_COLUMNS:,}.")
    return columns
