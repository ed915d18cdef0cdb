"""State, workers and loading, put together; a window or a picture is drawn of them."""

from typing import NamedTuple

from ebert_core.protocol.tracks import FileFormats
from ebert_gui.browser.picture import DOTS_PER_INCH
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.guessing import guess_anchor
from ebert_gui.loading.loader import Loader
from ebert_gui.loading.navigator import Navigator
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.remarks import RemarkTeller
from ebert_gui.loading.saved_sessions import SavedSessions
from ebert_gui.state.fatal_files import kept_fatal_files
from ebert_gui.state.session import Session
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.client import WorkerClient, local_worker
from ebert_gui.workers.state import WorkerState


class Options(NamedTuple):
    """What was asked for on the command line."""

    dataset: str = ""
    files: tuple[str, ...] = ()
    locus: str = ""
    cell_type: str = ""
    models: tuple[str, ...] = ()
    """The last one is the chosen one."""
    session: str = ""
    saved_session: str = ""
    picture: str = ""
    size: tuple[int, int] | None = None
    dots_per_inch: int = DOTS_PER_INCH
    is_dark: bool | None = None

    @property
    def names_something(self) -> bool:
        """Whether anything is to be opened."""
        return bool(self.dataset or self.files or self.models or self.saved_session)


class Program:
    """State, workers and loading, without a window."""

    def __init__(self, options: Options, data: WorkerClient | None = None) -> None:
        self.options = options
        self.kinds = Kinds.with_plugins()
        self.workspace = Workspace(self.kinds)
        self.data = data or WorkerClient(local_worker("data"), "data", fatal=kept_fatal_files())
        self.model = WorkerClient(local_worker("model"), "model", fatal=kept_fatal_files())
        self.opener = Opener(self.workspace, self.data, self.model, self.kinds)
        self.saved = SavedSessions(self.workspace, self.opener, self.kinds, self.data)
        self.navigator = Navigator(self.workspace, self.data)
        self.saved.place_wanted.connect(self.navigator.go)
        self.loader = Loader(self.workspace, {"data": self.data, "model": self.model})
        self.remarks = RemarkTeller(self.workspace, self.loader)
        self.data.state_changed.connect(self._on_data_state)
        self.model.state_changed.connect(self._on_model_state)
        self.opener.reopened.connect(self.loader.retry)
        # Asked before anything is opened: a file that cannot be read gets the track of the format that its name tells.
        self.opener.questions.list_formats(self._learn_formats)
        self.loader.idle.connect(lambda: guess_anchor(self.workspace, self.loader, self.kinds))

    def open(self, session: Session) -> None:
        """Open what the command line names, beside what the session had; `session` is empty where it is not wanted."""
        options = self.options
        dataset = options.dataset or session.dataset
        if options.saved_session:
            self.saved.open(options.saved_session, lambda: self._after_opening(options.files))
        elif dataset:
            kept = session.model if dataset == session.dataset else ""
            model = options.models[0] if options.models else kept
            self.opener.open_dataset(dataset, lambda: self._after_opening(options.files), model)
        elif files := tuple(dict.fromkeys([*session.files, *options.files])):
            self.opener.open_files(files, then=lambda: self._after_opening(()))

    def stop(self) -> None:
        """End the workers."""
        self.data.stop_and_wait()
        self.model.stop_and_wait()

    def _after_opening(self, files: tuple[str, ...]) -> None:
        options, workspace = self.options, self.workspace
        if options.cell_type:
            self._choose_cell_type(options.cell_type)
        if options.locus:
            self.navigator.go(options.locus)
        if files:
            self.opener.open_files(files)
        for model in options.models:
            self.opener.models.open(model, is_beginning=True)
        workspace.view.changed.announce()

    def _choose_cell_type(self, name: str) -> None:
        dataset = self.workspace.dataset
        known = [cell.name for cell in dataset.cell_types] if dataset else []
        if name in known:
            self.workspace.choose_cell_type(name)
        else:
            listed = ", ".join(known) or "no cell types"
            self.opener.problem.emit(f"This dataset does not have the cell type {name}. It has {listed}.", "")

    def _on_data_state(self, state: WorkerState) -> None:
        self.opener.on_data_state(state)
        if state.condition.is_alive:
            self.loader.schedule()

    def _learn_formats(self, found: FileFormats) -> None:
        self.kinds.formats = found.formats

    def _on_model_state(self, state: WorkerState) -> None:
        self.opener.models.on_worker_state(state)
        if state.condition.is_alive:
            self.loader.schedule()
