"""Puts the program together; the only file that knows all of its parts."""

import math
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PyQt6.QtCore import QObject, QThread, QTimer
from PyQt6.QtWidgets import QApplication

from ebert_core.protocol.machine.showing import tell
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.browser.picture import DOTS_PER_INCH, save_picture
from ebert_gui.browser.scene import Scene
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.guessing import guess_anchor
from ebert_gui.loading.jobs import JobFollower
from ebert_gui.loading.keeping import Appearance, SessionKeeper
from ebert_gui.loading.loader import Loader
from ebert_gui.loading.navigator import Navigator
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.remarks import RemarkTeller
from ebert_gui.state.defaults import is_measured
from ebert_gui.state.fatal_files import kept_fatal_files
from ebert_gui.state.recent import add_recent
from ebert_gui.state.session import Session, read_session
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets import theme as themes
from ebert_gui.widgets.forms import WheelScrolls
from ebert_gui.widgets.plain import PlainText
from ebert_gui.widgets.theme import DARK, LIGHT, Theme, system_theme, window_font
from ebert_gui.windows.desk import Parts
from ebert_gui.windows.ending import AskedToEnd, Mistakes
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.windows.screens import WithinScreen, layout_of_docks, place, place_of
from ebert_gui.workers.client import WorkerClient, local_worker
from ebert_gui.workers.state import Condition, WorkerState

# Shells say so that a signal has ended a program.
_SIGNALLED = 128


class Options(NamedTuple):
    """What was asked for on the command line."""

    dataset: str = ""
    files: tuple[str, ...] = ()
    locus: str = ""
    cell_type: str = ""
    checkpoint: str = ""
    session: str = ""
    picture: str = ""
    size: tuple[int, int] | None = None
    dots_per_inch: int = DOTS_PER_INCH
    is_dark: bool | None = None

    @property
    def names_something(self) -> bool:
        """Whether anything is to be opened."""
        return bool(self.dataset or self.files or self.checkpoint)


class Program:
    """State, workers and loading, without a window."""

    def __init__(self, options: Options, data: WorkerClient | None = None) -> None:
        self.options = options
        self.kinds = Kinds.with_plugins()
        self.workspace = Workspace(self.kinds)
        self.data = data or WorkerClient(local_worker("data"), "data", fatal=kept_fatal_files())
        self.model = WorkerClient(local_worker("model"), "model", fatal=kept_fatal_files())
        self.opener = Opener(self.workspace, self.data, self.model, self.kinds)
        self.navigator = Navigator(self.workspace, self.data)
        self.loader = Loader(self.workspace, {"data": self.data, "model": self.model})
        self.remarks = RemarkTeller(self.workspace, self.loader)
        self.data.state_changed.connect(self._on_data_state)
        self.model.state_changed.connect(self._on_model_state)
        self.opener.reopened.connect(self.loader.retry)
        self.loader.idle.connect(lambda: guess_anchor(self.workspace, self.loader, self.kinds))

    def open(self, session: Session) -> None:
        """Open what the command line names, beside what the session had; `session` is empty where it is not wanted."""
        options = self.options
        dataset = options.dataset or session.dataset
        if dataset:
            checkpoint = options.checkpoint or (session.model if dataset == session.dataset else "")
            self.opener.open_dataset(dataset, lambda: self._after_opening(options.files), checkpoint)
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
        if options.checkpoint:
            self.opener.open_model(options.checkpoint, is_beginning=True)
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
        if state.condition in (Condition.READY, Condition.BUSY):
            self.loader.schedule()

    def _on_model_state(self, state: WorkerState) -> None:
        self.opener.on_model_state(state)
        if state.condition in (Condition.READY, Condition.BUSY):
            self.loader.schedule()


class WindowProgram(Program):
    """The program with its window."""

    def __init__(self, options: Options, app: QApplication, data: WorkerClient | None = None) -> None:
        super().__init__(options, data)
        self._app = app
        self.signalled = 0
        """The exit code after a signal that asked the program to end, as shells count it."""
        self.keeper = SessionKeeper(self.workspace, self.opener, self.kinds, options.session, self._appearance)
        self.opener.session_of = self.keeper.begin
        looks = self.keeper.looks()
        dark = options.is_dark if options.is_dark is not None else looks.is_dark
        theme = system_theme() if dark is None else (DARK if dark else LIGHT)
        themes.apply(app, theme)
        self._within_screen = WithinScreen(app)
        self._wheel_scrolls = WheelScrolls(app)
        self._plain_text = PlainText(app)
        self.jobs = JobFollower(self.workspace, self.data)
        self.window = MainWindow(
            Parts(self.workspace, self.loader, self.opener, self.navigator, self.jobs, self.kinds), theme
        )
        place(self.window, looks.geometry)
        self.window.lay_docks(looks.layout)
        self._connect()
        self._calm = [
            self.window.canvas.painted.connect(self._start_model_when_calm),
            self.loader.idle.connect(self._start_model_when_calm),
        ]
        self.data.start()
        session = self.keeper.last() if options.session or not options.names_something else Session()
        has_checkpoint = bool(options.checkpoint or session.model)
        if has_checkpoint and QThread.idealThreadCount() > 1:
            self._start_model()
        self.open(session)
        self.window.choose_page()
        QTimer.singleShot(0, self._start_model_when_calm)

    def _connect(self) -> None:
        """Let the window show what the parts say, and the parts follow what the window asks for."""
        self.data.state_changed.connect(lambda state: self.window.show_worker("data", state))
        self.model.state_changed.connect(lambda state: self.window.show_worker("model", state))
        for role, client in (("data", self.data), ("model", self.model)):
            self.window.show_worker(role, client.state)
            client.unheard_failure.connect(lambda failure: self.window.desk.say(failure.message, failure.details))
            client.unheard_progress.connect(partial(self.window.show_work, role))
        self.remarks.told.connect(self.window.messages.info)
        for problem in self.kinds.problems:
            self.window.messages.warning(problem)
        self.window.theme_wanted.connect(self._set_theme)
        self.window.closing.connect(self._end)
        self.keeper.noted.connect(self.window.messages.info)
        self.keeper.problem.connect(self.window.messages.warning)
        self.keeper.solved.connect(self.window.messages.withdraw)
        self.opener.opened.connect(add_recent)

    def _appearance(self) -> Appearance:
        window = self.window
        return Appearance(window.theme is DARK, layout_of_docks(window), place_of(window))

    def _start_model_when_calm(self) -> None:
        """Start the model once tracks are drawn, where it would keep them from a core: importing torch takes one."""
        if not self._calm:
            return
        is_nothing_coming = self.opener.is_settled and self.workspace.dataset is None
        is_drawn = self.workspace.dataset is not None and self.loader.is_idle
        if is_drawn or is_nothing_coming:
            self._start_model()

    def _start_model(self) -> None:
        self._stop_waiting_for_calm()
        self.model.start()

    def _stop_waiting_for_calm(self) -> None:
        for connection in self._calm:
            QObject.disconnect(connection)
        self._calm.clear()

    def _set_theme(self, theme: Theme) -> None:
        themes.apply(self._app, theme)
        self.window.set_theme(theme)
        self.keeper.save_soon()

    def end_because_of(self, signal_number: int) -> None:
        """End as the window's button does, whatever dialog is open; asked again, it is already ending."""
        if not self.signalled:
            self.signalled = _SIGNALLED + signal_number
            self.window.close()
            self._app.exit(self.signalled)

    def _end(self) -> None:
        # What was under way may come to rest after the end; nobody is left to stop a worker that it would start.
        self._stop_waiting_for_calm()
        self.keeper.end()
        self.stop()


class PictureProgram(Program):
    """The program without a window: draws once everything has come, and ends."""

    def __init__(self, options: Options, app: QApplication, data: WorkerClient | None = None) -> None:
        super().__init__(options, data)
        self._app = app
        self._problem = ""
        theme = DARK if options.is_dark else LIGHT
        width, height = options.size or (1600, 0)
        self.scene = Scene(self.workspace, self.loader, self.kinds, theme, window_font())
        self.scene.width, self.scene.height = float(width), float(height)
        if options.picture.lower().endswith(".png"):
            self.scene.ratio = options.dots_per_inch / DOTS_PER_INCH
        self.workspace.view.set_columns(self.scene.plot_columns)
        for asked in (self.opener, self.navigator):
            asked.problem.connect(lambda sentence, _details: self._fail(sentence))
            asked.settled.connect(self._draw_when_complete)
        for told in (self.opener.told, self.remarks.told):
            told.connect(tell)
        for problem in self.kinds.problems:
            tell(problem)
        self.loader.idle.connect(self._draw_when_complete)
        for client in (self.data, self.model):
            client.state_changed.connect(self._on_worker)
        session = self._named_session()
        self.opener.session_of = lambda dataset, files, _is_new: session if session.is_of(dataset, files) else Session()
        self.data.start()
        if options.checkpoint or session.model:
            self.model.start()
        self.open(session)

    def _named_session(self) -> Session:
        """The session that is to be drawn; a picture reads it and changes nothing in it."""
        if not self.options.session:
            return Session()
        found = read_session(Path(self.options.session), self.kinds.read)
        if found.problem:
            self._fail(found.problem)
        elif found.session.is_empty and not self.options.names_something:
            self._fail(f"There is no session in {self.options.session}.")
        return found.session

    def _on_worker(self, state: WorkerState) -> None:
        if state.condition is Condition.FAILED:
            self._fail(f"{state.sentence} {state.details.strip().splitlines()[-1] if state.details.strip() else ''}")

    def _draw_when_complete(self) -> None:
        is_settled = self.opener.is_settled and self.navigator.is_settled and self.loader.is_idle
        if not is_settled or self.workspace.dataset is None or self._problem:
            return
        if not self.options.size:
            self.scene.height = self.scene.header_height + self.scene.content_height
        self.scene.refresh()
        try:
            save_picture(self.scene, self.options.picture)
        except InvalidRequest as error:
            self._fail(str(error))
            return
        self._say_what_is_cut_off()
        # Its row says what was not measured in a cell type; the picture is whole.
        for sentence in self._sentences_of_rows(measured=False):
            tell(sentence)
        if unread := self._sentences_of_rows(measured=True):
            self._fail(*unread)
        else:
            self._app.exit(0)

    def _sentences_of_rows(self, *, measured: bool) -> list[str]:
        """Why rows show nothing, each reason once: of what the dataset has, or of what it lacks in a cell type."""
        workspace = self.workspace
        tracks = [t for t in workspace.setup.tracks if is_measured(t, workspace.dataset) is measured]
        contents = map(self.loader.content, tracks)
        return list(dict.fromkeys(content.sentence for content in contents if content.is_error))

    def _say_what_is_cut_off(self) -> None:
        needed = math.ceil(self.scene.header_height + self.scene.content_height)
        hidden = [row.track for row in self.scene.rows() if row.top + row.height > self.scene.height]
        if hidden:
            tracks = "1 track is" if len(hidden) == 1 else f"{len(hidden)} tracks are"
            width, height = round(self.scene.width), round(self.scene.height)
            sentence = (
                f"{tracks} cut off at a height of {height}; --size {width}x{needed} shows all, as no --size does."
            )
            tell(sentence)

    def _fail(self, *sentences: str) -> None:
        if not self._problem:
            self._problem = sentences[0]
            for sentence in sentences:
                tell(f"ebert-browser: {sentence.strip()}")
            # The event loop may not run yet when this is found out.
            QTimer.singleShot(0, lambda: self._app.exit(2))


def run(options: Options, app: QApplication, data: WorkerClient) -> int:
    """Run the program until its window closes or its picture is written; the exit code.

    The data worker may have been started already: it gets ready while this module is being imported.
    """
    app.setApplicationName("EBERT Browser")
    asked = AskedToEnd(app)
    if options.picture:
        drawing = PictureProgram(options, app, data)
        asked.asked.connect(lambda number: app.exit(_SIGNALLED + number))
        code = app.exec()
        asked.stop()
        drawing.stop()
        return code
    app.setWindowIcon(themes.program_icon())
    program = WindowProgram(options, app, data)
    mistakes = Mistakes(program.window.desk.say)
    asked.asked.connect(program.end_because_of)
    program.window.show()
    code = app.exec()
    asked.stop()
    mistakes.stop()
    return program.signalled or code
