"""Opens datasets and bare files, and opens them again when their worker was lost."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import msgspec
from PyQt6.QtCore import QObject, pyqtSignal

from ebert_core.protocol.offers import Demonstration, MakeDemonstration
from ebert_core.protocol.terms.wording import listed
from ebert_core.protocol.tracks import (
    DatasetDraft,
    DatasetSummary,
    OpenDataset,
    OpenFiles,
)
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.host_places import HostPlaces
from ebert_gui.loading.in_progress import DATA, InProgress
from ebert_gui.loading.loader import Client
from ebert_gui.loading.model_opening import ModelOpener
from ebert_gui.loading.questions import Questions
from ebert_gui.state.session import Session
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState

# The session of a dataset or of bare files, which may be those of a new dataset.
SessionOf = Callable[[str, tuple[str, ...], bool], Session]


def _no_session(_dataset: str, _files: tuple[str, ...], _is_new: bool) -> Session:
    return Session()


class _Wanted(NamedTuple):
    """What is to be opened, and what comes after it; `adds_tracks` unless the files have theirs already.

    Files are opened beside what is open, unless they are to be `alone`. Those that are `unread` are only kept.
    """

    paths: tuple[str, ...] = ()
    then: Callable[[], None] | None = None
    adds_tracks: bool = True
    is_new: bool = False
    alone: bool = False
    unread: tuple[str, ...] = ()


class _Refused(NamedTuple):
    """A file that could not be opened, and why."""

    path: str
    failure: Failure


class Opener(QObject):
    """Brings what a person opens into a workspace.

    `problem` carries a sentence and its details, `lost` the role of a worker that ended before them, `told` a sentence
    about what changed by itself. `settled` says that nothing is being opened any more, `opened` names the session of
    what is being opened. `models` opens models, `questions` asks about files, `places` about folders.
    """

    problem = pyqtSignal(str, str)
    lost = pyqtSignal(str, str, str)
    told = pyqtSignal(str)
    settled = pyqtSignal()
    reopened = pyqtSignal()
    opened = pyqtSignal(tuple)

    def __init__(self, workspace: Workspace, data: Client, model: Client, kinds: Kinds) -> None:
        super().__init__()
        self.session_of: SessionOf = _no_session
        self._workspace = workspace
        self._data = data
        self._model = model
        self._progress = InProgress()
        self._progress.settled.connect(self.settled)
        self.kinds = kinds
        self.places = HostPlaces(workspace, data)
        self.questions = Questions(data)
        self.models = ModelOpener(workspace, model, self._progress)
        self.models.problem.connect(self.problem)
        self.models.lost.connect(self.lost)
        self.models.told.connect(self.told)
        self._opened: OpenDataset | OpenFiles | None = None
        self._awaited: list[_Wanted] = []
        self._unread: tuple[str, ...] = ()
        self._was_alive = False
        self._told: set[str] = set()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being opened."""
        return self._progress.is_settled

    @property
    def files(self) -> tuple[str, ...]:
        """The bare files that are open, are still being opened, or belong to a package that is not here."""
        awaited = (path for wanted in self._awaited for path in wanted.paths)
        return tuple(dict.fromkeys([*self._files_open(), *self._unread, *awaited]))

    def open_dataset(self, path: str, then: Callable[[], None] | None = None, model: str = "") -> None:
        """Open a DATASET.toml as its session left it, or with the suggested tracks, and go on with `then`.

        Where `model` names the one that `then` will open, the first factor is one that it predicts.
        """
        request, wanted = OpenDataset(path, model), _Wanted(then=then)
        self._progress.in_line(lambda: self._ask_data(request, lambda summary: self._show(request, summary, wanted)))

    def open_files(
        self,
        paths: tuple[str, ...],
        then: Callable[[], None] | None = None,
        *,
        alone: bool = False,
        tracks: tuple[Track, ...] = (),
    ) -> None:
        """Open track files: beside the dataset that is open, or `alone`, in the place of all that is.

        A file among others that cannot be read keeps none of them from being opened; its own track says why, or a
        sentence where it cannot have one. A file that one of the `tracks` of its session shows, whose package is not
        here, is kept and not read: what it looks like to others is not what it is.
        """
        self._open_wanted(_Wanted(paths, then, alone=alone, unread=self.kinds.files_of_absent(tracks, paths)))

    def _open_wanted(self, wanted: _Wanted) -> None:
        self._awaited.append(wanted)
        readable = tuple(path for path in wanted.paths if path not in wanted.unread)
        if readable or not wanted.unread:
            self._progress.in_line(lambda: self._open_readable(wanted, readable, ()))
        else:
            self._progress.in_line(lambda: self._keep_unread(wanted))

    def _keep_unread(self, wanted: _Wanted) -> None:
        """Keep files of which none is read now; without anything else there is no genome to show their rows on."""
        self._progress.begin(DATA)
        self._awaited.remove(wanted)
        dataset = self._workspace.dataset
        if dataset is None or not dataset.chromosomes or wanted.alone:
            self.problem.emit(f"Nothing that is installed opens {listed(wanted.unread)}; the package is not here.", "")
        else:
            self._unread = tuple(dict.fromkeys([*self._unread, *wanted.unread]))
            if wanted.then is not None:
                wanted.then()
        self._progress.end(DATA)

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
                self._unread = tuple(dict.fromkeys([*self._unread, *wanted.unread]))
                self._show_more(request, summary, paths if wanted.adds_tracks else ())
                if wanted.then is not None:
                    wanted.then()
            else:
                self._show(request, summary, wanted)
            self._tell_refused(refused)

        def failed(failure: Failure) -> None:
            # The file may also be one that was open before and has gone since.
            named = failure.file if failure.file in together else ""
            rest = tuple(path for path in paths if path != named)
            more = (*refused, _Refused(named, failure))
            if named and rest:
                self._open_readable(wanted, rest, more)
                return
            if failure.is_final:
                # Files that were lost with the worker are still wanted.
                self._awaited.remove(wanted)
            self._tell_refused(more)
            self._progress.end(DATA)

        self._ask_data(request, opened, failed)

    def _tell_refused(self, refused: tuple[_Refused, ...]) -> None:
        """Give files that cannot be read tracks that say so, unless they have them; otherwise say it in sentences."""
        shown, has_rows = self._paths_shown(), self._workspace.dataset is not None
        # Only now, since the worker says how files are called after it was asked for the first of them.
        tracks = {each.path: self.kinds.track_of_unreadable(each.path) if has_rows else None for each in refused}
        self._add(track for path, track in tracks.items() if track is not None and path not in shown)
        for each in refused:
            if tracks[each.path] is None and each.failure.is_told:
                self.problem.emit(each.failure.message, each.failure.details)

    def write_dataset(self, draft: DatasetDraft, then: Callable[[], None], refused: Callable[[str], None]) -> None:
        """Write a new DATASET.toml, open it and go on with `then`; `refused` hears why it cannot be written."""
        wanted = _Wanted(then=then, is_new=True)

        def on_failure(failure: Failure) -> None:
            refused(failure.message)
            self._progress.end(DATA)

        self._progress.in_line(
            lambda: self._ask_data(
                draft, lambda summary: self._show(OpenDataset(summary.path), summary, wanted), on_failure
            )
        )

    def forgive(self, paths: tuple[str, ...]) -> None:
        """Let what a person opens be read although a worker ended on it; of a dataset, all that it may name."""
        meant = None if any(path.endswith(".toml") for path in paths) else paths
        for client in (self._data, self._model):
            client.forgive(meant)

    def open_demonstration(self, then: Callable[[], None]) -> None:
        """Open the demonstration with its checkpoint, which is written first where it is not there yet."""
        self._progress.begin("demonstration")

        def made(demonstration: Demonstration) -> None:
            def opened() -> None:
                then()
                if self.models.chosen != demonstration.checkpoint:
                    self.models.open(demonstration.checkpoint, is_beginning=True)

            self.open_dataset(demonstration.dataset, opened, demonstration.checkpoint)
            self._progress.end("demonstration")

        def failed(failure: Failure) -> None:
            then()
            self._on_failure("demonstration", failure)

        self._data.request(MakeDemonstration(), Demonstration, made, failed)

    def on_data_state(self, state: WorkerState) -> None:
        """A data worker that came back must be told what is open."""
        is_alive, was_alive = state.condition.is_alive, self._was_alive
        self._was_alive = is_alive
        if is_alive and not was_alive and self._opened is not None and self._workspace.dataset is not None:
            self._reopen(self._opened)
        elif state.condition in (Condition.FAILED, Condition.RESTARTING) and state.sentence:
            self.lost.emit("data", state.sentence, state.details)

    def _ask_data(
        self,
        request: msgspec.Struct,
        on_summary: Callable[[DatasetSummary], None],
        on_failure: Callable[[Failure], None] | None = None,
    ) -> None:
        self._progress.begin(DATA)

        def finished(summary: DatasetSummary) -> None:
            on_summary(summary)
            self._tell(summary.remarks)
            self._progress.end(DATA)

        self._data.request(request, DatasetSummary, finished, on_failure or partial(self._on_failure, DATA))

    def _tell(self, remarks: tuple[str, ...]) -> None:
        """Say what the worker remarks on packages, each sentence once."""
        for remark in remarks:
            if remark not in self._told:
                self._told.add(remark)
                self.told.emit(remark)

    def _show(self, request: OpenDataset | OpenFiles, summary: DatasetSummary, wanted: _Wanted) -> None:
        # The session of what was open is kept now, while it is still there.
        session = self.session_of(summary.path, wanted.paths, wanted.is_new)
        self._opened, self._unread = request, wanted.unread
        self.models.forget()
        setup = session.setup
        tracks = self.kinds.with_known_files(setup.tracks, summary.files)
        self._workspace.open_dataset(summary, msgspec.structs.replace(setup, tracks=tracks))
        if not session.is_empty:
            self._restore(session, wanted.paths)
            self._workspace.choose_predicted_factor()
        self.opened.emit(wanted.paths or (summary.path,))
        if wanted.then is not None:
            wanted.then()
        self.models.restore(session)

    def _restore(self, session: Session, asked: tuple[str, ...]) -> None:
        """Go on where an earlier session of this dataset, or of these files, ended."""
        span, view = session.setup.pane.span, self._workspace.view
        if span.chromosome in view.chromosome_lengths:
            view.jump(span)
        self._add_tracks_of(tuple(path for path in asked if path not in session.files))
        rest = tuple(path for path in session.files if path not in asked)
        if rest:
            unread = self.kinds.files_of_absent(session.setup.tracks, rest)
            self._open_wanted(_Wanted(rest, adds_tracks=False, unread=unread))

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
        return {path for track in self._workspace.setup.tracks for path in track.paths}

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
                self._on_failure(DATA, failure)

        self._ask_data(request, self._on_reopened, failed)

    def _on_reopened(self, summary: DatasetSummary) -> None:
        self._workspace.refresh_dataset(summary)
        self.reopened.emit()

    def _on_failure(self, what: str, failure: Failure) -> None:
        if failure.is_told:
            self.problem.emit(failure.message, failure.details)
        self._progress.end(what)
