"""The data role: opens datasets, reads their tracks for the screen, starts and follows jobs. Never torch.

What reads files is imported with the first request that needs it, so that the worker says hello at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ebert_core.genome.places import ask_servers_again
from ebert_core.protocol.sources import FindBeside, FoundBeside, Read, Shapes
from ebert_core.protocol.terms.addresses import place_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.reading import reads
from ebert_core.protocol.tracks import (
    CheckDraft,
    DatasetDraft,
    DatasetSummary,
    DraftCheck,
    FileFormats,
    FileKind,
    FindGenes,
    FoundGenes,
    InspectFile,
    ListFormats,
    OpenDataset,
    OpenFiles,
)
from ebert_core.protocol.writing import WriteSignal, WrittenSignal
from ebert_core.roles import folders, offers, regions, saved_sessions, work
from ebert_core.roles.anew import reading_anew
from ebert_core.roles.session import Handlers, Report
from ebert_core.sources.open_dataset import OpenedDataset

if TYPE_CHECKING:
    from ebert_core.dataset.draft import DraftChecker
    from ebert_core.sources.readers import Readers


def handlers() -> Handlers:
    """The table of the data role: tracks and jobs."""
    opened = OpenedDataset()
    answers = DataAnswers(opened)
    reading: Handlers = {
        OpenDataset: answers.open_dataset,
        OpenFiles: answers.open_files,
        InspectFile: answers.inspect_file,
        ListFormats: answers.list_formats,
        DatasetDraft: answers.write_dataset,
        CheckDraft: answers.check_draft,
        Read: answers.read,
        FindBeside: answers.find_beside,
        FindGenes: answers.find_genes,
        WriteSignal: answers.write_signal,
    }
    rest = (folders.handlers(), offers.handlers(), saved_sessions.handlers(), work.handlers())
    others = {kind: answer for part in rest for kind, answer in part.items()}
    return {**reading_anew({**reading, **regions.handlers(opened)}), **others}


class DataAnswers:
    """The dataset that is open, and what it answers. A file that has changed on disk is opened anew."""

    def __init__(self, opened: OpenedDataset) -> None:
        self._opened = opened
        self._readers: Readers | None = None
        self._drafts: DraftChecker | None = None

    def open_dataset(self, request: OpenDataset, report: Report) -> DatasetSummary:
        """Opens a DATASET.toml, and says what the checkpoint that will be opened with it predicts."""
        from ebert_core.dataset.description import Dataset

        report(0.0, "opening the dataset")
        summary = self._opened.open(lambda: Dataset.open(Path(request.path), is_for_drawing=True))
        return replace(summary, predicted=_factors_of(request.model))

    def open_files(self, request: OpenFiles, report: Report) -> DatasetSummary:
        """Opens bare files, beside a dataset or by themselves."""
        from ebert_core.dataset.description import Dataset

        report(0.0, "opening the files")
        paths = [place_of(path) for path in request.paths]
        if not request.dataset:
            return self._opened.open(lambda: Dataset.from_files(paths))
        return self._opened.open(lambda: Dataset.open(Path(request.dataset), is_for_drawing=True).with_files(paths))

    def inspect_file(self, request: InspectFile, report: Report) -> FileKind:
        """Says what a file is."""
        from ebert_core.genome.kinds import kind_of_file

        report(0.0)
        ask_servers_again()
        place = place_of(request.path)
        reads(str(place))
        return kind_of_file(place)

    def list_formats(self, _request: ListFormats, report: Report) -> FileFormats:
        """Says which formats of files are known."""
        from ebert_core.genome.kinds import recognisers

        report(0.0)
        return FileFormats(recognisers().formats)

    def write_dataset(self, request: DatasetDraft, report: Report) -> DatasetSummary:
        """Writes the dataset that a person put together, and opens it."""
        from ebert_core.dataset.description import Dataset
        from ebert_core.dataset.draft import write_dataset

        write_dataset(request, self._draft_checker(), report)
        return self._opened.open(lambda: Dataset.open(Path(request.path), is_for_drawing=True))

    def check_draft(self, request: CheckDraft, report: Report) -> DraftCheck:
        """Says what is wrong with the files of a dataset that is being put together."""
        return self._draft_checker().check(request.draft, report)

    def read(self, request: Read, report: Report) -> Shapes:
        """What sources hold in an interval, cut down to what a screen shows."""
        report(0.0)
        return self._all_readers().read(request, self._opened)

    def write_signal(self, request: WriteSignal, report: Report) -> WrittenSignal:
        """Writes a signal as a bigWig."""
        from ebert_core.roles.written_signals import write_signal

        report(0.0, "reading")
        return write_signal(request, self._all_readers(), self._opened, report)

    def find_beside(self, request: FindBeside, report: Report) -> FoundBeside:
        """The next feature of a source, or the one before."""
        report(0.0)
        return self._all_readers().beside(request, self._opened)

    def find_genes(self, request: FindGenes, report: Report) -> FoundGenes:
        """Genes by the beginning of their names."""
        from ebert_core.roles.genes import find_genes

        report(0.0)
        return find_genes(self._opened.current(), request.text, request.limit)

    def _all_readers(self) -> "Readers":
        from ebert_core.sources.readers import Readers

        self._readers = self._readers or Readers.with_plugins()
        return self._readers

    def _draft_checker(self) -> "DraftChecker":
        """What has been read for one check is not read again for the next."""
        from ebert_core.dataset.draft import DraftChecker

        self._drafts = self._drafts or DraftChecker()
        return self._drafts


def _factors_of(checkpoint: str) -> tuple[str, ...]:
    """The factors that a checkpoint predicts, the best first; none where it cannot be read, which its loader says."""
    from ebert_core.inference.factors import output_summaries
    from ebert_core.model.description import read_description
    from ebert_core.protocol.calling import best_first

    if not checkpoint:
        return ()
    try:
        description = read_description(Path(checkpoint))
    except InvalidRequest:
        return ()
    return best_first(output_summaries(description), description.verdict)
