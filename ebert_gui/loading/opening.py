"""Opens datasets, bare files and models, and opens them again when a worker was lost."""

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from PyQt6.QtCore import QObject, pyqtSignal

from ebert_core.protocol.modelling import ModelSummary, OpenModel
from ebert_core.protocol.offers import Demonstration, ListShipped, MakeDemonstration, Shipped
from ebert_core.protocol.tracks import (
    CheckDraft,
    DatasetDraft,
    DatasetSummary,
    DraftCheck,
    FileKind,
    InspectFile,
    OpenDataset,
    OpenFiles,
)
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.failures import model_sentence
from ebert_gui.loading.host_places import HostPlaces
from ebert_gui.loading.loader import Client
from ebert_gui.state.session import Session
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState

_ALIVE = (Condition.READY, Condition.BUSY)

# The session of a dataset or of bare files, which may be those of a new dataset.
SessionOf = Callable[[str, tuple[str, ...], bool], Session]


def _no_session(_dataset: str, _files: tuple[str, ...], _is_new: bool) -> Session:
    return Session()


class _Wanted(NamedTuple):
    """What is to be opened, and what comes after it; `adds_tracks` unless the files have theirs already.

    Files are opened beside what is open, unless they are to be `alone`.
    """

    paths: tuple[str, ...] = ()
    then: Callable[[], None] | None = None
    adds_tracks: bool = True
    is_new: bool = False
    alone: bool = False


class _Refused(NamedTuple):
    """A file that could not be opened: the track that stands for it, where its name tells of one, and why."""

    path: str
    track: Track | None
    failure: Failure


class Opener(QObject):
    """Brings what a person opens into a workspace.

    `problem` carries a sentence and its details, `told` a sentence about what changed by itself. `settled` says that
    nothing is being opened any more, `opened` names the session of what is being opened.
    """

    problem = pyqtSignal(str, str)
    told = pyqtSignal(str)
    settled = pyqtSignal()
    reopened = pyqtSignal()
    opened = pyqtSignal(tuple)

    def __init__(self, workspace: Workspace, data: Client, model: Client, kinds: Kinds) -> None:
        super().__init__()
        self.session_of: SessionOf = _no_session
        self._workspace = workspace
        self._data = data
        self.places = HostPlaces(workspace, data)
        self.kinds = kinds
        self._model = model
        self._opening: set[str] = set()
        self._line: deque[Callable[[], None]] = deque()
        self._opened: OpenDataset | OpenFiles | None = None
        self._awaited: list[_Wanted] = []
        self._wanted_model = ""
        self._wanted_models: dict[str, None] = {}
        self._were_alive = {"data": False, "model": False}

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being opened."""
        return not self._opening

    @property
    def files(self) -> tuple[str, ...]:
        """The bare files that are open, or are still being opened."""
        awaited = (path for wanted in self._awaited for path in wanted.paths)
        return tuple(dict.fromkeys([*self._files_open(), *awaited]))

    @property
    def chosen_model(self) -> str:
        """Where the model lies that is chosen or was asked for last, even if it could not be loaded here and now."""
        return self._wanted_model

    @property
    def models(self) -> tuple[str, ...]:
        """The models that are open or were asked for, as the session keeps them."""
        return tuple(self._wanted_models)

    def choose_model(self, path: str) -> None:
        """Choose another of the open models."""
        self._wanted_model = path
        self._workspace.choose_model(path)

    def close_model(self, path: str) -> None:
        """Close an open model."""
        self._wanted_models.pop(path, None)
        self._workspace.close_model(path)
        chosen = self._workspace.model
        self._wanted_model = chosen.path if chosen is not None else ""

    def open_dataset(self, path: str, then: Callable[[], None] | None = None, model: str = "") -> None:
        """Open a DATASET.toml as its session left it, or with the suggested tracks, and go on with `then`.

        Where `model` names the one that `then` will open, the first factor is one that it predicts.
        """
        request, wanted = OpenDataset(path, model), _Wanted(then=then)
        self._in_line(lambda: self._ask_data(request, lambda summary: self._show(request, summary, wanted)))

    def open_files(
        self, paths: tuple[str, ...], then: Callable[[], None] | None = None, *, alone: bool = False
    ) -> None:
        """Open track files: beside the dataset that is open, or `alone`, in the place of all that is.

        A file among others that cannot be read keeps none of them from being opened; its own track says why, or a
        sentence where it cannot have one.
        """
        self._open_wanted(_Wanted(paths, then, alone=alone))

    def _open_wanted(self, wanted: _Wanted) -> None:
        self._awaited.append(wanted)
        self._in_line(lambda: self._open_readable(wanted, wanted.paths, ()))

    def _open_readable(self, wanted: _Wanted, paths: tuple[str, ...], refused: tuple[_Refused, ...]) -> None:
        dataset = self._workspace.dataset
        beside = dataset if dataset is not None and dataset.chromosomes and not wanted.alone else None
        gone = [each.path for each in refused]
        before = tuple(path for path in self._files_open() if path not in gone) if beside else ()
        together = tuple(dict.fromkeys([*before, *paths]))
        request = OpenFiles(together, beside.path if beside else "")

        def opened(summary: DatasetSummary) -> None:
            self._awaited.remove(wanted)
            if beside:
                self._show_more(request, summary, paths if wanted.adds_tracks else ())
            else:
                self._show(request, summary, wanted)
            self._tell_refused(refused)

        def failed(failure: Failure) -> None:
            # The file may also be one that was open before and has gone since.
            named = failure.file if failure.file in together else ""
            rest = tuple(path for path in paths if path != named)
            more = (*refused, _Refused(named, self.kinds.track_of_unreadable(named), failure))
            if named and rest:
                self._open_readable(wanted, rest, more)
                return
            if failure.kind in ("invalid", "avoided"):
                # Files that were lost with the worker are still wanted.
                self._awaited.remove(wanted)
            self._tell_refused(more)
            self._end("dataset")

        self._ask_data(request, opened, failed)

    def _tell_refused(self, refused: tuple[_Refused, ...]) -> None:
        """Give files that cannot be read tracks that say so, unless they have them; otherwise say it in sentences."""
        shown = self._paths_shown()
        tracks = [each.track for each in refused if each.track is not None and self._workspace.dataset is not None]
        self._add(track for track in tracks if track.word("path") not in shown)
        for each in refused:
            if each.track not in tracks and (each.failure.is_final or each.failure.kind == "lost"):
                self.problem.emit(each.failure.message, each.failure.details)

    def write_dataset(self, draft: DatasetDraft, then: Callable[[], None], refused: Callable[[str], None]) -> None:
        """Write a new DATASET.toml, open it and go on with `then`; `refused` hears why it cannot be written."""
        wanted = _Wanted(then=then, is_new=True)

        def on_failure(failure: Failure) -> None:
            refused(failure.message)
            self._end("dataset")

        self._in_line(
            lambda: self._ask_data(
                draft, lambda summary: self._show(OpenDataset(summary.path), summary, wanted), on_failure
            )
        )

    def check_draft(self, draft: DatasetDraft, on_check: Callable[[DraftCheck], None], asks_again: bool = True) -> None:
        """Ask whether a dataset can be made of a draft; only the newest is answered."""

        def failed(failure: Failure) -> None:
            # The next worker leaves out the file that ended this one, and says so.
            if asks_again and failure.kind in ("lost", "avoided"):
                self.check_draft(draft, on_check, asks_again=False)

        self._data.request(CheckDraft(draft), DraftCheck, on_check, failed, view_key="draft")

    def forgive(self, paths: tuple[str, ...]) -> None:
        """Let what a person opens be read although a worker ended on it; of a dataset, all that it may name."""
        meant = None if any(path.endswith(".toml") for path in paths) else paths
        for client in (self._data, self._model):
            client.forgive(meant)

    def inspect(self, path: str, on_kind: Callable[[FileKind], None]) -> None:
        """Ask what a file is; one that cannot be read comes back with an empty kind and a sentence."""
        self._data.request(InspectFile(path), FileKind, on_kind, lambda failure: on_kind(FileKind("", failure.message)))

    def open_model(self, path: str, is_beginning: bool = False) -> None:
        """Load a model for the dataset that is open; at a beginning both are opened in one go."""
        dataset = self._workspace.dataset
        if dataset is None or not dataset.path:
            self.problem.emit("Open a dataset first: a checkpoint predicts on the sequence of a dataset.", "")
            return
        self._wanted_model = path
        self._ask_model(OpenModel(path, dataset.path), partial(self._on_model, is_beginning=is_beginning))

    def _ask_model(self, request: OpenModel, on_model: Callable[[OpenModel, ModelSummary], None]) -> None:
        self._wanted_models[request.path] = None
        self._workspace.await_model(request.path, Path(request.path).name)
        self._begin(f"model {request.path}")
        self._model.request(request, ModelSummary, partial(on_model, request), partial(self._on_no_model, request))

    def _open_again(self, paths: Iterable[str]) -> None:
        """Open models that were open before; the chosen one stays chosen, and nothing is added for the others."""
        dataset = self._workspace.dataset
        for path in paths if dataset is not None else ():
            if path == self._wanted_model:
                self.open_model(path)
            elif dataset is not None:
                self._ask_model(OpenModel(path, dataset.path), self._on_model_again)

    def list_shipped(self, on_shipped: Callable[[Shipped], None]) -> None:
        """Ask which checkpoints come with the program."""
        self._data.request(ListShipped(), Shipped, on_shipped)

    def open_demonstration(self, then: Callable[[], None]) -> None:
        """Open the demonstration with its checkpoint, which is written first where it is not there yet."""
        self._begin("demonstration")

        def made(demonstration: Demonstration) -> None:
            def opened() -> None:
                then()
                if self._wanted_model != demonstration.checkpoint:
                    self.open_model(demonstration.checkpoint, is_beginning=True)

            self.open_dataset(demonstration.dataset, opened, demonstration.checkpoint)
            self._end("demonstration")

        def failed(failure: Failure) -> None:
            then()
            self._on_failure("demonstration", failure)

        self._data.request(MakeDemonstration(), Demonstration, made, failed)

    def on_data_state(self, state: WorkerState) -> None:
        """A data worker that came back must be told what is open."""
        is_alive, was_alive = state.condition in _ALIVE, self._were_alive["data"]
        self._were_alive["data"] = is_alive
        if is_alive and not was_alive and self._opened is not None and self._workspace.dataset is not None:
            self._reopen(self._opened)
        elif state.condition in (Condition.FAILED, Condition.RESTARTING) and state.sentence:
            self.problem.emit(state.sentence, state.details)

    def on_model_state(self, state: WorkerState) -> None:
        """A model worker that came back loads the models again; one that cannot start is named in the tracks."""
        is_alive, was_alive = state.condition in _ALIVE, self._were_alive["model"]
        self._were_alive["model"] = is_alive
        if state.condition == Condition.FAILED:
            self._workspace.lose_model(model_sentence(state))
            if self._wanted_model:
                self.problem.emit(model_sentence(state), state.details)
        elif state.condition == Condition.RESTARTING:
            self.problem.emit(state.sentence, state.details)
        elif is_alive and not was_alive and not any(each.startswith("model ") for each in self._opening):
            # Those that are open, and those that were lost with the worker while they were being opened.
            self._open_again(tuple(dict.fromkeys([*self._workspace.models, *self._workspace.opening])))

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

    def _show(self, request: OpenDataset | OpenFiles, summary: DatasetSummary, wanted: _Wanted) -> None:
        # The session of what was open is kept now, while it is still there.
        session = self.session_of(summary.path, wanted.paths, wanted.is_new)
        self._opened = request
        self._wanted_model = ""
        self._wanted_models.clear()
        self._workspace.open_dataset(summary, session.setup)
        if not session.is_empty:
            self._restore(session, wanted.paths)
            self._workspace.choose_predicted_factor()
        self.opened.emit(wanted.paths or (summary.path,))
        if wanted.then is not None:
            wanted.then()
        self._wanted_model = self._wanted_model or session.model
        kept = dict.fromkeys([*session.models, *filter(None, [session.model])])
        if session.model != self._wanted_model:
            kept.pop(session.model, None)
        self._open_again(tuple(path for path in kept if path not in self._wanted_models))

    def _restore(self, session: Session, asked: tuple[str, ...]) -> None:
        """Go on where an earlier session of this dataset, or of these files, ended."""
        span, view = session.setup.pane.span, self._workspace.view
        if span.chromosome in view.chromosome_lengths:
            view.jump(span)
        self._add_tracks_of(tuple(path for path in asked if path not in session.files))
        rest = tuple(path for path in session.files if path not in asked)
        if rest:
            self._open_wanted(_Wanted(rest, adds_tracks=False))

    def _show_more(self, request: OpenFiles, summary: DatasetSummary, paths: tuple[str, ...]) -> None:
        self._opened = request
        self._workspace.refresh_dataset(summary)
        self._add_tracks_of(paths)
        if paths:
            self.opened.emit(paths)

    def _add_tracks_of(self, paths: tuple[str, ...]) -> None:
        """Tracks of files that were asked for, unless there are some already."""
        dataset, shown = self._workspace.dataset, self._paths_shown()
        files = dataset.files if dataset else ()
        new = [file for file in files if file.path in paths and file.path not in shown]
        self._add(self.kinds.track_of_file(file) for file in new)

    def _add(self, tracks: Iterable[Track]) -> None:
        self._workspace.history.change(self._workspace.setup.with_added(*tracks))

    def _paths_shown(self) -> set[str]:
        return {track.word("path") for track in self._workspace.setup.tracks}

    def _files_open(self) -> tuple[str, ...]:
        """The bare files that the worker has open, among them those that give no track, as a reference does."""
        return self._opened.paths if isinstance(self._opened, OpenFiles) else ()

    def _reopen(self, request: OpenDataset | OpenFiles) -> None:
        """Tell the worker what is open; a bare file that has gone meanwhile is left out, its track says so."""

        def failed(failure: Failure) -> None:
            paths = request.paths if isinstance(request, OpenFiles) else ()
            named = failure.file if failure.file in paths else ""
            rest = tuple(path for path in paths if path != named)
            if isinstance(request, OpenFiles) and named and (rest or request.dataset):
                self._reopen(OpenFiles(rest, request.dataset))
            else:
                self._on_failure("dataset", failure)

        self._ask_data(request, self._on_reopened, failed)

    def _on_reopened(self, summary: DatasetSummary) -> None:
        self._workspace.refresh_dataset(summary)
        self.reopened.emit()

    def _on_model_again(self, request: OpenModel, summary: ModelSummary) -> None:
        if self._is_still_wanted(request):
            self._workspace.add_model(summary)
        self._end(f"model {request.path}")

    def _on_model(self, request: OpenModel, summary: ModelSummary, is_beginning: bool) -> None:
        if self._is_still_wanted(request):
            before, shown = self._workspace.factor, len(self._workspace.setup.tracks)
            self._workspace.open_model(summary)
            now, added = self._workspace.factor, len(self._workspace.setup.tracks) - shown
            if added and not is_beginning:
                what = "1 track was" if added == 1 else f"{added} tracks were"
                self.told.emit(f"{summary.name} is open: {what} added; what was in view stays there.")
            # At a beginning nobody had chosen the factor before.
            if before and now != before and not is_beginning:
                self.told.emit(
                    f"{summary.name} does not predict {before}, so the tracks show {now} instead; Undo takes this back."
                )
        self._end(f"model {request.path}")

    def _on_no_model(self, request: OpenModel, failure: Failure) -> None:
        if failure.is_final and self._is_still_wanted(request):
            self._workspace.fail_model(request.path, failure.message)  # those that were open before go on
        self._on_failure(f"model {request.path}", failure)

    def _is_still_wanted(self, request: OpenModel) -> bool:
        """Whether neither another dataset was asked for while this model was loading, nor the model was closed."""
        dataset = self._workspace.dataset
        return dataset is not None and dataset.path == request.dataset and request.path in self._wanted_models

    def _on_failure(self, what: str, failure: Failure) -> None:
        if failure.is_final or failure.kind == "lost":
            self.problem.emit(failure.message, failure.details)
        self._end(what)

    def _in_line(self, ask: Callable[[], None]) -> None:
        """Ask for data when what was asked for before has come: each opening builds on what is open then."""
        self._line.append(ask)
        if "dataset" not in self._opening:
            self._line.popleft()()

    def _begin(self, what: str) -> None:
        self._opening.add(what)

    def _end(self, what: str) -> None:
        self._opening.discard(what)
        if self._line and "dataset" not in self._opening:
            self._line.popleft()()
        if not self._opening:
            self.settled.emit()
