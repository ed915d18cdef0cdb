"""The data role: opens datasets, reads their tracks for the screen, starts and follows jobs. Never torch.

What reads files is imported with the first request that needs it, so that the worker says hello at once.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ebert_core.dataset.shown import remarks_on, summary_of
from ebert_core.genome.places import Stamp, ask_servers_again, stamp_if_there
from ebert_core.protocol.addresses import place_of
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.reading import reads
from ebert_core.protocol.tracks import (
    CheckDraft,
    DatasetDraft,
    DatasetSummary,
    DraftCheck,
    FileKind,
    FindPlace,
    Genes,
    InspectFile,
    OpenDataset,
    OpenFiles,
    Peaks,
    Places,
    ReadGenes,
    ReadPeaks,
    ReadSequence,
    ReadSignal,
    ReadStates,
    ReadTruth,
    Sequence,
    Signal,
    States,
    Truth,
)
from ebert_core.roles import offers, work
from ebert_core.roles.anew import reading_anew
from ebert_core.roles.session import Handlers, Report

if TYPE_CHECKING:
    from ebert_core.dataset.description import Dataset
    from ebert_core.dataset.draft import DraftChecker

_LONGEST_SEQUENCE = 100_000
_MOST_COLUMNS = 20_000


def handlers() -> Handlers:
    """The table of the data role: tracks and jobs."""
    answers = DataAnswers()
    reading: Handlers = {
        OpenDataset: answers.open_dataset,
        OpenFiles: answers.open_files,
        InspectFile: answers.inspect_file,
        DatasetDraft: answers.write_dataset,
        CheckDraft: answers.check_draft,
        ReadSequence: answers.read_sequence,
        ReadGenes: answers.read_genes,
        ReadStates: answers.read_states,
        ReadSignal: answers.read_signal,
        ReadPeaks: answers.read_peaks,
        ReadTruth: answers.read_truth,
        FindPlace: answers.find_place,
    }
    return {**reading_anew(reading), **offers.handlers(), **work.handlers()}


class DataAnswers:
    """The dataset that is open, and what it answers. A file that has changed on disk is opened anew."""

    def __init__(self) -> None:
        self._dataset: Dataset | None = None
        self._open_again: Callable[[], Dataset] | None = None
        self._stamps: dict[str, Stamp] = {}
        self._bare_states: dict[str, Dataset] = {}
        self._drafts: DraftChecker | None = None

    def open_dataset(self, request: OpenDataset, report: Report) -> DatasetSummary:
        """Opens a DATASET.toml, and says what the checkpoint that will be opened with it predicts."""
        from ebert_core.dataset.description import Dataset

        report(0.0, "opening the dataset")
        summary = self._opened(lambda: Dataset.open(Path(request.path), is_for_drawing=True))
        return replace(summary, predicted=_factors_of(request.checkpoint))

    def open_files(self, request: OpenFiles, report: Report) -> DatasetSummary:
        """Opens bare files, beside a dataset or by themselves."""
        from ebert_core.dataset.description import Dataset

        report(0.0, "opening the files")
        paths = [place_of(path) for path in request.paths]
        if not request.dataset:
            return self._opened(lambda: Dataset.from_files(paths))
        return self._opened(lambda: Dataset.open(Path(request.dataset), is_for_drawing=True).with_files(paths))

    def inspect_file(self, request: InspectFile, report: Report) -> FileKind:
        """Says what a file is."""
        from ebert_core.genome.kinds import kind_of_file

        report(0.0)
        ask_servers_again()
        place = place_of(request.path)
        reads(str(place))
        return kind_of_file(place)

    def write_dataset(self, request: DatasetDraft, report: Report) -> DatasetSummary:
        """Writes the dataset that a person put together, and opens it."""
        from ebert_core.dataset.description import Dataset
        from ebert_core.dataset.draft import write_dataset

        write_dataset(request, self._draft_checker(), report)
        return self._opened(lambda: Dataset.open(Path(request.path), is_for_drawing=True))

    def check_draft(self, request: CheckDraft, report: Report) -> DraftCheck:
        """Says what is wrong with the files of a dataset that is being put together."""
        return self._draft_checker().check(request.draft, report)

    def read_sequence(self, request: ReadSequence, report: Report) -> Sequence:
        """Bases of an interval."""
        if request.interval.length > _LONGEST_SEQUENCE:
            raise InvalidRequest(f"The sequence is shown up to {_LONGEST_SEQUENCE // 1000} kb; zoom in.")
        dataset = self._current()
        if dataset.reference is None:
            raise InvalidRequest(f"{dataset.layout.name} has no reference sequence.")
        report(0.0)
        reads(dataset.layout.reference)
        return Sequence(request.interval, dataset.reference.bases(request.interval))

    def read_genes(self, request: ReadGenes, report: Report) -> Genes:
        """Genes of the dataset or of a bare file."""
        from ebert_core.roles.screen import genes_for_screen

        dataset = self._current(request.path)
        genes = dataset.gene_file(request.path) if request.path else dataset.genes
        if genes is None:
            raise InvalidRequest(f"{dataset.layout.name} names no genes.")
        report(0.0)
        reads(request.path or dataset.layout.genes)
        shown = genes_for_screen(request.interval, genes.touching(request.interval))
        return replace(shown, remarks=remarks_on(dataset, genes, request.interval.chromosome))

    def read_states(self, request: ReadStates, report: Report) -> States:
        """States of a cell type or of a bare file."""
        from ebert_core.roles.screen import states_for_screen

        report(0.0)
        if request.path:
            dataset = self._states_alone(request.path)
        else:
            dataset = self._current(self._current().cell_type(request.cell_type).states)
        states = dataset.states(request.path or request.cell_type)
        if states is None:
            raise InvalidRequest(f"{dataset.layout.name} has no chromatin states for {request.cell_type}.")
        runs = states.runs(request.interval)
        shown = states_for_screen(request.interval, runs, dataset.state_colours, _columns(request.columns))
        return replace(shown, remarks=remarks_on(dataset, states, request.interval.chromosome))

    def read_signal(self, request: ReadSignal, report: Report) -> Signal:
        """A signal of a cell type or of a bare file, binned."""
        dataset = self._current()
        path = request.path or dataset.cell_type(request.cell_type).signals.get(request.signal, "")
        if not path:
            raise InvalidRequest(f"{dataset.layout.name} has no {request.signal} signal for {request.cell_type}.")
        report(0.0)
        signal = self._current(path).signal_file(path)
        bins = signal.binned(request.interval, _columns(request.columns))
        remarks = remarks_on(dataset, signal, request.interval.chromosome)
        return Signal(request.interval, *bins, signal.block_bases, remarks)

    def read_peaks(self, request: ReadPeaks, report: Report) -> Peaks:
        """Peaks of a factor or of a bare file."""
        from ebert_core.roles.screen import peaks_for_screen

        dataset = self._current()
        path = request.path
        if not path:
            files = dataset.cell_type(request.cell_type).peaks.get(request.factor)
            path = "" if files is None else files.relaxed if request.is_relaxed else files.conservative
        if not path:
            strictness = "relaxed " if request.is_relaxed else ""
            raise InvalidRequest(
                f"{dataset.layout.name} has no {strictness}{request.factor} peaks for {request.cell_type}."
            )
        report(0.0)
        peaks = self._current(path).feature_file(path)
        shown = peaks_for_screen(request.interval, peaks.touching(request.interval))
        return replace(shown, remarks=remarks_on(dataset, peaks, request.interval.chromosome))

    def read_truth(self, request: ReadTruth, report: Report) -> Truth:
        """Planted sites of a synthetic genome."""
        dataset = self._current()
        if dataset.truth is None:
            raise InvalidRequest(f"{dataset.layout.name} is no synthetic genome, so nobody knows the truth.")
        report(0.0)
        reads(dataset.layout.truth)
        return dataset.truth.touching(request.interval, request.factor, request.cell_type)

    def find_place(self, request: FindPlace, report: Report) -> Places:
        """Genes by the beginning of their names."""
        from ebert_core.roles.places import find_genes

        report(0.0)
        return find_genes(self._current(), request.text, request.limit)

    def _draft_checker(self) -> "DraftChecker":
        """What has been read for one check is not read again for the next."""
        from ebert_core.dataset.draft import DraftChecker

        self._drafts = self._drafts or DraftChecker()
        return self._drafts

    def _opened(self, open_it: "Callable[[], Dataset]") -> DatasetSummary:
        """The summary of a dataset that is then the open one; when it cannot be opened, the one before stays."""
        ask_servers_again()
        dataset = open_it()
        summary = summary_of(dataset)
        self._dataset, self._open_again = dataset, open_it
        self._forget_files()
        return summary

    def _current(self, path: str = "") -> "Dataset":
        """The open dataset, opened anew when its description or the file that is read from now on has changed."""
        reads(path)
        if self._dataset is None or self._open_again is None:
            raise InvalidRequest("No dataset is open; open one first.")
        watched = [name for name in (str(self._dataset.path or ""), path) if name]
        stamps = {name: stamp_if_there(place_of(name)) for name in watched}
        if any(self._stamps.get(name, stamp) != stamp for name, stamp in stamps.items()):
            self._dataset = self._open_again()
            self._forget_files()
        self._stamps.update(stamps)
        return self._dataset

    def _forget_files(self) -> None:
        self._stamps.clear()
        self._bare_states.clear()

    def _states_alone(self, path: str) -> "Dataset":
        """A dataset of one bare segmentation on the same genome: its states have names and colours of their own."""
        from ebert_core.dataset.description import Dataset
        from ebert_core.dataset.layout import CellTypePaths

        dataset = self._current(path)
        if path not in self._bare_states:
            cell_types = {path: CellTypePaths(states=path)}
            layout = replace(dataset.layout, state_names=(), state_colours=(), cell_types=cell_types, motifs={})
            self._bare_states[path] = Dataset(layout, dataset.path, dataset.files, is_for_drawing=True)
        return self._bare_states[path]


def _columns(columns: int) -> int:
    if not 1 <= columns <= _MOST_COLUMNS:
        raise InvalidRequest(f"{columns} columns cannot be drawn; ask for 1 to {_MOST_COLUMNS:,}.")
    return columns


def _factors_of(checkpoint: str) -> tuple[str, ...]:
    """The factors that a checkpoint predicts, the best first; none where it cannot be read, which its loader says."""
    from ebert_core.model.description import read_description
    from ebert_core.protocol.calling import best_first
    from ebert_core.roles.factors import factor_summaries

    if not checkpoint:
        return ()
    try:
        description = read_description(Path(checkpoint))
    except InvalidRequest:
        return ()
    return best_first(factor_summaries(description), description.verdict)
