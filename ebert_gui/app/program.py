"""State, workers and loading, put together; a window or a picture is drawn of them."""

from typing import NamedTuple

from ebert_core.protocol.terms.wording import choice_of
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

# The word for no cell type beside the chosen one.
NONE = "none"


class Options(NamedTuple):
    """What was asked for on the command line."""

    dataset: str = ""
    files: tuple[str, ...] = ()
    locus: str = ""
    cell_type: str = ""
    beside: str = ""
    """The cell type beside it; `none` for none."""
    factor: str = ""
    models: tuple[str, ...] = ()
    """The last one is the chosen one."""
    session: str = ""
    saved_session: str = ""
    picture: str = ""
    loci: str = ""
    """A BED file; each of its regions becomes a picture in the folder `pictures`, with so many bases `around` it."""
    pictures: str = ""
    ending: str = ".png"
    around: int = 0
    size: tuple[int, int] | None = None
    dots_per_inch: int = DOTS_PER_INCH
    is_dark: bool | None = None

    @property
    def draws(self) -> bool:
        """Whether pictures are drawn in place of a window."""
        return bool(self.picture or self.pictures)

    @property
    def names_something(self) -> bool:
        """Whether anything is to be opened."""
        return bool(self.dataset or self.files or self.models or self.saved_session)


class Program:
    """State, workers and loading, without a window."""

    def __init__(self, options: Options, data: WorkerClient | None = None) -> None:
        self.options = options
        self._unchecked_factor = options.factor
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
            self.opener.open_files(files, lambda: self._after_opening(()), tracks=session.setup.tracks)

    def stop(self) -> None:
        """End the workers."""
        self.data.stop_and_wait()
        self.model.stop_and_wait()

    def _after_opening(self, files: tuple[str, ...]) -> None:
        options, workspace = self.options, self.workspace
        self._choose()
        if options.locus:
            self.navigator.go(options.locus)
        if files:
            self.opener.open_files(files)
        for model in options.models:
            self.opener.models.open(model, is_beginning=True)
        workspace.view.changed.announce()

    def _choose(self) -> None:
        """Look at the cell types and the factor that the command line names."""
        options, workspace = self.options, self.workspace
        dataset = workspace.dataset
        known = [cell.name for cell in dataset.cell_types] if dataset else []
        beside = "" if options.beside == NONE and NONE not in known else options.beside
        for name in filter(None, (options.cell_type, beside)):
            if name not in known:
                self.opener.problem.emit(
                    f"This dataset has no cell type {name}; {choice_of(name, known, 'it has')}.", ""
                )
                return
        if options.factor:
            workspace.choose_factor(options.factor)
            if options.models:
                # What a model predicts is known once it is open.
                workspace.model_changed.connect(self._check_factor)
            else:
                self._check_factor()
        if options.cell_type or options.beside:
            workspace.look_at(options.cell_type or workspace.cell_type, beside)

    def _check_factor(self) -> None:
        """Say so where nobody knows the factor that the command line names."""
        workspace, factor = self.workspace, self._unchecked_factor
        if not factor or workspace.opening or (self.options.models and workspace.model is None):
            return
        self._unchecked_factor = ""  # from now on a person chooses
        planted = workspace.dataset.truth_factors if workspace.dataset else ()
        known = list(dict.fromkeys((*planted, *(each.name for each in workspace.factors()))))
        if factor in known:
            workspace.choose_factor(factor)
            return
        where = "Neither this dataset nor the open model knows" if workspace.model else "This dataset does not know"
        self.opener.problem.emit(f"{where} the factor {factor}; {choice_of(factor, known, 'there are')}.", "")

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
