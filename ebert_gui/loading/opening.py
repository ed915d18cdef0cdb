"""Opens datasets, bare files and checkpoints, and opens them again when a worker was lost."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import NamedTuple

import msgspec
from PyQt6.QtCore import QObject, pyqtSignal

from ebert_core.protocol.modelling import CheckpointSummary, OpenCheckpoint
from ebert_core.protocol.tracks import (
    CheckDraft,
    DatasetDraft,
    DatasetSummary,
    DraftCheck,
    FileKind,
    FindPlace,
    InspectFile,
    OpenDataset,
    OpenFiles,
    Places,
)
from ebert_gui.loading.loader import Client
from ebert_gui.state.defaults import track_of_file, track_of_unreadable
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState

_ALIVE = (Condition.READY, Condition.BUSY)


class _Refused(NamedTuple):
    """A file that could not be opened: the track that stands for it, and why."""

    track: Track
    failure: Failure


class Opener(QObject):
    """Brings what a person opens into a workspace.

    `problem` carries a sentence and its details, `settled` says that nothing is being opened any more.
    """

    problem = pyqtSignal(str, str)
    settled = pyqtSignal()
    reopened = pyqtSignal()

    def __init__(self, workspace: Workspace, data: Client, model: Client) -> None:
        super().__init__()
        self._workspace = workspace
        self._data = data
        self._model = model
        self._opening: set[str] = set()
        self._opened: OpenDataset | OpenFiles | None = None
        self._wanted_checkpoint = ""
        self._were_alive = {"data": False, "model": False}

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being opened."""
        return not self._opening

    @property
    def files(self) -> tuple[str, ...]:
        """The bare files that are open."""
        dataset = self._workspace.dataset
        return tuple(file.path for file in dataset.files) if dataset else ()

    def open_dataset(self, path: str, tracks: tuple[Track, ...] = (), then: Callable[[], None] | None = None) -> None:
        """Open a DATASET.toml with these tracks or the suggested ones, and go on with `then`."""
        request = OpenDataset(path)
        self._ask_data(request, lambda summary: self._show(request, summary, tracks, then))

    def open_files(
        self, paths: tuple[str, ...], tracks: tuple[Track, ...] = (), then: Callable[[], None] | None = None
    ) -> None:
        """Open track files: beside the dataset that is open, or alone.

        A file among others that cannot be read keeps none of them from being opened; its own track says why.
        """
        self._open_readable(paths, (), tracks, then)

    def _open_readable(
        self,
        paths: tuple[str, ...],
        refused: tuple[_Refused, ...],
        tracks: tuple[Track, ...],
        then: Callable[[], None] | None,
    ) -> None:
        dataset = self._workspace.dataset
        beside = dataset if dataset is not None and dataset.chromosomes else None
        together = tuple(dict.fromkeys([*self.files, *paths])) if beside else paths
        request = OpenFiles(together, beside.path if beside else "")

        def opened(summary: DatasetSummary) -> None:
            if beside:
                self._show_more(request, summary, paths)
            else:
                self._show(request, summary, tracks, then)
            self._show_refused(refused)

        def failed(failure: Failure) -> None:
            named = _named_in(failure.message, paths)
            track = track_of_unreadable(named)
            rest = tuple(path for path in paths if path != named)
            if failure.kind != "invalid" or track is None or not (rest or beside):
                for each in refused:
                    self.problem.emit(each.failure.message, each.failure.details)
                self._on_failure("dataset", failure)
            elif rest:
                self._open_readable(rest, (*refused, _Refused(track, failure)), tracks, then)
            else:
                self._show_refused((*refused, _Refused(track, failure)))
                self._end("dataset")

        self._ask_data(request, opened, failed)

    def _show_refused(self, refused: tuple[_Refused, ...]) -> None:
        """Give files that cannot be read their tracks, unless they have them from before."""
        shown = {getattr(track, "path", "") for track in self._workspace.tracks.tracks}
        missing = [each.track for each in refused if getattr(each.track, "path", "") not in shown]
        if missing:
            self._workspace.tracks.add(*missing)

    def write_dataset(self, draft: DatasetDraft, then: Callable[[], None], refused: Callable[[str], None]) -> None:
        """Write a new DATASET.toml, open it and go on with `then`; `refused` hears why it cannot be written."""

        def on_failure(failure: Failure) -> None:
            refused(failure.message)
            self._end("dataset")

        self._ask_data(draft, lambda summary: self._show(OpenDataset(summary.path), summary, (), then), on_failure)

    def check_draft(self, draft: DatasetDraft, on_check: Callable[[DraftCheck], None]) -> None:
        """Ask whether a dataset can be made of a draft; only the newest is answered."""
        self._data.request(CheckDraft(draft), DraftCheck, on_check, lambda _failure: None, view_key="draft")

    def inspect(self, path: str, on_kind: Callable[[FileKind], None]) -> None:
        """Ask what a file is; one that cannot be read comes back with an empty kind and a sentence."""
        self._data.request(InspectFile(path), FileKind, on_kind, lambda failure: on_kind(FileKind("", failure.message)))

    def open_checkpoint(self, path: str) -> None:
        """Load a checkpoint for the dataset that is open."""
        dataset = self._workspace.dataset
        if dataset is None or not dataset.path:
            self.problem.emit("Open a dataset first: a checkpoint predicts on the sequence of a dataset.", "")
            return
        self._wanted_checkpoint = path
        self._begin("checkpoint")
        self._model.request(
            OpenCheckpoint(path, dataset.path), CheckpointSummary, self._on_checkpoint, self._on_no_checkpoint
        )

    def find_place(self, text: str) -> None:
        """Go to a gene."""
        self._begin("place")

        def found(places: Places) -> None:
            place = next(iter(places.places), None)
            if place is None:
                self.problem.emit(f"There is no chromosome and no gene called {text} here.", "")
            else:
                self._workspace.show_place(place.interval)
            self._end("place")

        self._data.request(FindPlace(text, 1), Places, found, partial(self._on_failure, "place"))

    def open_dropped(self, paths: tuple[str, ...]) -> None:
        """Open whatever these are."""
        plain = []
        for path in paths:
            if PurePath(path).suffix == ".toml":
                self.open_dataset(path)
            else:
                plain.append(path)
        for path in plain:
            self._begin(f"inspect {path}")
            self._data.request(
                InspectFile(path),
                FileKind,
                partial(self._on_inspected, path),
                partial(self._on_failure, f"inspect {path}"),
            )

    def on_data_state(self, state: WorkerState) -> None:
        """A data worker that came back must be told what is open."""
        is_alive, was_alive = state.condition in _ALIVE, self._were_alive["data"]
        self._were_alive["data"] = is_alive
        if is_alive and not was_alive and self._opened is not None and self._workspace.dataset is not None:
            self._ask_data(self._opened, self._on_reopened)
        elif state.condition in (Condition.FAILED, Condition.RESTARTING) and state.sentence:
            self.problem.emit(state.sentence, state.details)

    def on_model_state(self, state: WorkerState) -> None:
        """A model worker that came back loads the checkpoint again; one that cannot start is named in the tracks."""
        is_alive, was_alive = state.condition in _ALIVE, self._were_alive["model"]
        self._were_alive["model"] = is_alive
        if state.condition == Condition.FAILED:
            self._workspace.lose_model(_model_sentence(state))
            if self._wanted_checkpoint:
                self.problem.emit(_model_sentence(state), state.details)
        elif state.condition == Condition.RESTARTING:
            self.problem.emit(state.sentence, state.details)
        elif is_alive and not was_alive and self._workspace.checkpoint is not None and self._wanted_checkpoint:
            self.open_checkpoint(self._wanted_checkpoint)

    def _ask_data(
        self,
        request: msgspec.Struct,
        on_summary: Callable[[DatasetSummary], None],
        on_failure: Callable[[Failure], None] | None = None,
    ) -> None:
        self._begin("dataset")

        def finished(summary: DatasetSummary) -> None:
            on_summary(summary)
            self._end("dataset")

        self._data.request(request, DatasetSummary, finished, on_failure or partial(self._on_failure, "dataset"))

    def _show(
        self,
        request: OpenDataset | OpenFiles,
        summary: DatasetSummary,
        tracks: tuple[Track, ...],
        then: Callable[[], None] | None,
    ) -> None:
        self._opened = request
        self._workspace.open_dataset(summary, tracks)
        for warning in summary.warnings:
            self.problem.emit(warning, "")
        if then is not None:
            then()

    def _show_more(self, request: OpenFiles, summary: DatasetSummary, paths: tuple[str, ...]) -> None:
        before = set(self.files)
        self._opened = request
        self._workspace.refresh_dataset(summary)
        new = [file for file in summary.files if file.path in paths and file.path not in before]
        self._workspace.tracks.add(*(track_of_file(file) for file in new))

    def _on_reopened(self, summary: DatasetSummary) -> None:
        self._workspace.refresh_dataset(summary)
        self.reopened.emit()

    def _on_checkpoint(self, summary: CheckpointSummary) -> None:
        self._workspace.open_checkpoint(summary)
        self._end("checkpoint")

    def _on_no_checkpoint(self, failure: Failure) -> None:
        if failure.kind in ("invalid", "bug") and self._workspace.checkpoint is None:
            self._workspace.lose_model(failure.message)
        self._on_failure("checkpoint", failure)

    def _on_inspected(self, path: str, kind: FileKind) -> None:
        match kind.kind:
            case "dataset":
                self.open_dataset(path)
            case "checkpoint":
                self.open_checkpoint(path)
            case "signal" | "features" | "genes" | "states" | "peaks":
                self.open_files((path,))
            case _:
                self.problem.emit(kind.sentence, "")
        self._end(f"inspect {path}")

    def _on_failure(self, what: str, failure: Failure) -> None:
        if failure.kind in ("invalid", "bug", "lost"):
            self.problem.emit(failure.message, failure.details)
        self._end(what)

    def _begin(self, what: str) -> None:
        self._opening.add(what)

    def _end(self, what: str) -> None:
        self._opening.discard(what)
        if not self._opening:
            self.settled.emit()


def _named_in(sentence: str, paths: tuple[str, ...]) -> str:
    """The path that a sentence speaks of; the longest, since one may begin another."""
    return max((path for path in paths if path in sentence), key=len, default="")


def _model_sentence(state: WorkerState) -> str:
    if "No module named 'torch'" in state.details or "torch" in state.sentence:
        return 'PyTorch is not installed, so nothing can be predicted: pip install "ebert-browser[model]".'
    return f"Nothing can be predicted: {state.sentence}"
