"""The program with its window."""

from functools import partial

from PyQt6.QtCore import QObject, QThread, QTimer
from PyQt6.QtWidgets import QApplication

from ebert_gui.app.program import Options, Program
from ebert_gui.loading.jobs import JobFollower
from ebert_gui.loading.keeping import Appearance, SessionKeeper
from ebert_gui.state.recent import add_recent
from ebert_gui.state.session import Session
from ebert_gui.widgets import theme as themes
from ebert_gui.widgets.forms import WheelScrolls
from ebert_gui.widgets.plain import PlainText
from ebert_gui.widgets.theme import DARK, LIGHT, Theme, system_theme
from ebert_gui.windows.desk import Parts
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.windows.screens import WithinScreen, layout_of_docks, place, place_of
from ebert_gui.workers.client import WorkerClient

# Shells say so that a signal has ended a program.
SIGNALLED = 128


class WindowProgram(Program):
    """The program with its window."""

    def __init__(self, options: Options, app: QApplication, data: WorkerClient | None = None) -> None:
        super().__init__(options, data)
        self._app = app
        self.signalled = 0
        """The exit code after a signal that asked the program to end, as shells count it."""
        self.keeper = SessionKeeper(self.workspace, self.saved, self.kinds, options.session, self._appearance)
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
            Parts(self.workspace, self.loader, self.opener, self.navigator, self.jobs, self.kinds, self.saved), theme
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
        has_model = bool(options.models or session.model)
        if has_model and QThread.idealThreadCount() > 1:
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
        self.kinds.say = self.window.messages.warning
        self.window.theme_wanted.connect(self._set_theme)
        self.window.closing.connect(self._end)
        self.keeper.noted.connect(self.window.messages.info)
        self.keeper.problem.connect(self.window.messages.warning)
        messages = self.window.messages
        self.keeper.unsaved.connect(lambda sentence: messages.warning(sentence, about="session"))
        self.keeper.saved_again.connect(lambda: messages.withdraw("session"))
        self.saved.noted.connect(self.window.messages.info)
        self.saved.reported.connect(self.window.messages.info)
        self.opener.opened.connect(self._note_opened)
        self.saved.opened.connect(lambda path: add_recent((path,)))

    def _note_opened(self, opened: tuple[str, ...]) -> None:
        """Keep what was opened in the list of what was opened lately; what a saved session opens is there as that."""
        dataset, files = self.saved.subject
        if self.saved.path is None or opened not in ((dataset,), files):
            add_recent(opened)

    def _appearance(self) -> Appearance:
        window = self.window
        return Appearance(window.theme is DARK, layout_of_docks(window), place_of(window))

    def _start_model_when_calm(self) -> None:
        """Start the model once tracks are drawn, where it would keep them from a core: importing torch takes one.

        Files alone have nothing to predict on, and leave its memory to others.
        """
        if not self._calm:
            return
        is_nothing_coming = self.opener.is_settled and self.workspace.dataset is None
        dataset = self.workspace.dataset
        is_drawn = dataset is not None and bool(dataset.path) and self.loader.is_idle
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
            self.signalled = SIGNALLED + signal_number
            self.window.close()
            self._app.exit(self.signalled)

    def _end(self) -> None:
        # What was under way may come to rest after the end; nobody is left to stop a worker that it would start.
        self._stop_waiting_for_calm()
        self.keeper.end()
        self.stop()
        for watcher in (self._within_screen, self._plain_text):
            watcher.stop()
