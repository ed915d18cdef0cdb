"""The window: puts canvas, bars and docks together; what they do is in their own files."""

import time

from PyQt6.QtCore import QPoint, Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QCursor, QDragEnterEvent, QDropEvent, QKeyEvent
from PyQt6.QtWidgets import (
    QDialog,
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QStatusBar,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.terms.addresses import is_address, without_secrets
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.canvas import Canvas
from ebert_gui.datasets.opening import open_all
from ebert_gui.finetuning.asking import ask_for_finetuning
from ebert_gui.jobs.jobs_list import JOBS_DOCK
from ebert_gui.jobs.shown_jobs import ShownJobs
from ebert_gui.loading.details import ask_for_details
from ebert_gui.models.model_dock import ModelDock
from ebert_gui.regions.regions_dock import RegionsDock
from ebert_gui.sessions.asking import ask_for_missing
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.attention_bar import AttentionBar
from ebert_gui.tracks.attention_following import AttentionFollower
from ebert_gui.tracks.settings_dock import SettingsDock
from ebert_gui.tracks.track_commands import track_commands
from ebert_gui.tracks.track_dock import TrackDock
from ebert_gui.widgets.messages import MessageBar, details_window
from ebert_gui.widgets.plain import PlainLabel
from ebert_gui.widgets.theme import DARK, LIGHT, Theme, window_font
from ebert_gui.windows.desk import Parts, Room, WindowDesk
from ebert_gui.windows.help_sheet import show_help
from ebert_gui.windows.locus_bar import LocusBar, WholeBar
from ebert_gui.windows.menus import build_menus, follow, run, show_choices
from ebert_gui.windows.message_list import AllMessages
from ebert_gui.windows.offering import Offering
from ebert_gui.windows.palette import show_palette
from ebert_gui.windows.passing import PassingMessages
from ebert_gui.windows.screens import first_size, lay_docks, shows_dock
from ebert_gui.windows.table import COMMANDS
from ebert_gui.windows.titles import title_of_window
from ebert_gui.workers.state import Condition, WorkerState

# How long a worker is busy before it is said with what, in seconds: most answers come sooner.
SHOWN_AFTER = 1.0
_DOT = {"ready": "●", "busy": "◐", "starting": "○", "restarting": "○", "failed": "✕", "stopped": "○"}

_DETAILS = "details"
# Text of the status bar stands clear of the edges of the screen, also in a maximised window.
_BESIDE_STATUS = 8


class MainWindow(QMainWindow):
    """The one window of the program. `theme_wanted` asks for other colours, `closing` comes before the end."""

    theme_wanted = pyqtSignal(object)
    closing = pyqtSignal()

    def __init__(self, parts: Parts, theme: Theme) -> None:
        super().__init__()
        self.workspace: Workspace = parts.workspace
        self.opener = parts.opener
        self.navigator = parts.navigator
        self.jobs = parts.jobs
        self.loader = parts.loader
        self.kinds = parts.kinds
        self.theme = theme
        self.canvas = Canvas(parts.workspace, parts.loader, parts.kinds, theme, window_font())
        self.locus_bar = LocusBar(parts.workspace, parts.navigator)
        self.attention_bar = AttentionBar()
        self.track_dock = TrackDock(parts.workspace, parts.kinds, self, self.canvas.scene.colour_of)
        self.settings_dock = SettingsDock(
            parts.workspace, self, self.canvas.scene.colour_of, self.canvas.scene.usual_colours
        )
        self.regions_dock = RegionsDock(parts.workspace, self)
        self.model_dock = ModelDock(theme, self)
        self._ended: dict[str, WorkerState] = {}
        self._working_since: dict[str, float] = {}
        self._model = WorkerState(Condition.STOPPED)
        self.worker_states: dict[str, QLabel] = {"data": PlainLabel(), "model": PlainLabel()}
        self.under_cursor = PlainLabel()
        self._pages = QStackedWidget()
        self.setWindowTitle("EBERT Browser")
        self.setAcceptDrops(True)
        self.resize(first_size(self))
        self._lay_out()
        self.messages = MessageBar(self._pages)
        self.all_messages: AllMessages = AllMessages(self.messages, self)
        self.desk: WindowDesk = WindowDesk(parts, Room(self, self, self.canvas.scene, self.messages))
        self.shown_jobs = ShownJobs(self.desk, self)
        self.offering: Offering = Offering(self.desk)
        self._pages.addWidget(self.offering.page)
        for place, button in enumerate((self.all_messages.button, self.shown_jobs.running), start=1):
            self._status_bar().insertPermanentWidget(place, button)
        self.menus, self.actions_by_id = build_menus(self.desk, self, self.canvas)
        self._connect_state()
        self._connect_parts()
        self.canvas.setFocus()

    def show_worker(self, role: str, state: WorkerState) -> None:
        """Say in the status bar how a worker is."""
        word = state.condition.value
        if state.condition in (Condition.RESTARTING, Condition.FAILED):
            self._ended[role] = state
        elif state.condition is Condition.READY and role in self._ended:
            ended = self._ended.pop(role)
            if self.messages.withdraw(_about_worker(role)):
                self.messages.info(f"The {role} worker had ended and is back.", ended.details)
        device = f" on {state.hello.device}" if state.hello is not None and state.hello.device else ""
        said = f"{_DOT.get(word, '○')} {role} {word}{device}"
        if role == "model":
            self._model = state
            if state.condition is Condition.READY and self.workspace.model is None:
                said = "○ model: no checkpoint open"  # it is the worker that is ready, not a model
            elif state.condition is Condition.STOPPED:
                said = "○ model: starts with a dataset"
        self._working_since[role] = time.monotonic()
        self.worker_states[role].setText(said)
        self.worker_states[role].setToolTip(state.sentence or f"The {role} worker is {word}")

    def show_work(self, role: str, fraction: float, note: str) -> None:
        """Say in the status bar what a worker does that takes long, and how far it is."""
        if note and time.monotonic() - self._working_since[role] >= SHOWN_AFTER:
            self.worker_states[role].setText(f"{_DOT[Condition.BUSY.value]} {role}: {shown(note)}, {fraction:.0%}")

    def choose_page(self) -> None:
        """Show the tracks, or what can be opened where no genome is."""
        is_blank = self.workspace.dataset is None and self.opener.is_settled
        if is_blank and self._pages.currentWidget() is not self.offering.page:
            self.offering.refresh()
            self._pages.setCurrentWidget(self.offering.page)
        elif not is_blank and self._pages.currentWidget() is not self.canvas:
            self._pages.setCurrentWidget(self.canvas)
            self.canvas.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours; the application's style is set by who asked."""
        self.theme = theme
        self.canvas.dress(theme, window_font())
        self.track_dock.follow()
        self.settings_dock.follow()
        self.model_dock.set_theme(theme)
        self.shown_jobs.dress()

    def lay_docks(self, layout: str) -> None:
        """Put the docks where they stood when this layout was kept."""
        lay_docks(self, layout)
        if shows_dock(layout, JOBS_DOCK):
            self.shown_jobs.show()

    def shows_dock(self, name: str) -> bool:
        """Whether a dock is shown."""
        return self.shown_jobs.is_shown if name == JOBS_DOCK else not self._dock(name).isHidden()

    def pointed_track(self) -> Track | None:
        """The track under the mouse."""
        place = self.canvas.mapFromGlobal(QCursor.pos())
        row = self.canvas.scene.row_at(place.y()) if self.canvas.rect().contains(place) else None
        return row.track if row is not None else None

    def toggle_dock(self, name: str) -> None:
        """Show a dock, or hide it."""
        if name == JOBS_DOCK:
            self.shown_jobs.toggle()  # it is built when it is first wanted
            return
        for typed_in in (self.settings_dock, self.regions_dock):
            if name == typed_in.objectName() and typed_in.isHidden():
                typed_in.take_keyboard()
                return
        dock = self._dock(name)
        toggle = dock.toggleViewAction()
        assert toggle is not None
        toggle.trigger()
        dock.raise_()  # it may share its place with another

    def edit_locus(self) -> None:
        """Put the cursor into the locus."""
        self.locus_bar.locus.setFocus()
        self.locus_bar.locus.selectAll()

    def show_messages(self) -> None:
        """Open the list of all that was said."""
        self.all_messages.show_list()

    def name_region(self) -> None:
        """Let a person name the region that was marked last."""
        self.regions_dock.name_last()

    def show_help(self) -> None:
        """Open the sheet of keys, mouse and marks."""
        show_help(self.desk)

    def show_palette(self) -> None:
        """Let a person find a command by its words."""
        show_palette(self.desk)

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        self.theme_wanted.emit(LIGHT if self.theme is DARK else DARK)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop filling it."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Files may be dropped anywhere."""
        mime = event.mimeData() if event is not None else None
        if event is not None and mime is not None and mime.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Open what was dropped."""
        mime = event.mimeData() if event is not None else None
        if mime is not None:
            open_all(self.desk, tuple(filter(None, map(_dropped, mime.urls()))))
            for url in mime.urls():
                if not _dropped(url):
                    shown = url.toString(QUrl.UrlFormattingOption.RemovePassword)
                    self.desk.say(
                        f"{shown} is neither a file of this machine nor an address of http; download it first."
                    )

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape leads back to the tracks, and there it dismisses the newest message."""
        assert event is not None
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif not self.canvas.hasFocus():
            self.canvas.setFocus()
        else:
            self.messages.dismiss()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Let the session be kept first."""
        self.closing.emit()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.addToolBar(WholeBar("Locus bar", self.locus_bar))
        self._pages.addWidget(self.canvas)
        self._pages.setFocusProxy(self.canvas)
        for widget in (self._pages, self.attention_bar):
            layout.addWidget(widget, 1 if widget is self._pages else 0)
        self.attention_bar.hide()
        self.setCentralWidget(body)
        for dock, area in (
            (self.track_dock, Qt.DockWidgetArea.LeftDockWidgetArea),
            (self.model_dock, Qt.DockWidgetArea.RightDockWidgetArea),
            (self.settings_dock, Qt.DockWidgetArea.RightDockWidgetArea),
            (self.regions_dock, Qt.DockWidgetArea.RightDockWidgetArea),
        ):
            self.addDockWidget(area, dock)
            dock.hide()
        self.tabifyDockWidget(self.model_dock, self.settings_dock)
        self.tabifyDockWidget(self.settings_dock, self.regions_dock)
        status = self._status_bar()
        status.setContentsMargins(_BESIDE_STATUS, 0, _BESIDE_STATUS, 0)
        status.addWidget(self.under_cursor, 1)
        for label in self.worker_states.values():
            status.addPermanentWidget(label)

    def _status_bar(self) -> QStatusBar:
        status = self.statusBar()
        assert status is not None
        return status

    def _dock(self, name: str) -> QDockWidget:
        docks = (self.track_dock, self.model_dock, self.settings_dock, self.regions_dock)
        return {dock.objectName(): dock for dock in docks}[name]

    def _connect_state(self) -> None:
        workspace = self.workspace
        workspace.dataset_changed.connect(self._follow_dataset)
        workspace.dataset_changed.connect(self.choose_page)
        workspace.model_changed.connect(self._follow_model)
        workspace.choice_changed.connect(lambda: self.model_dock.choose_factor(workspace.factor))

    def _connect_parts(self) -> None:
        self.canvas.hovered.connect(self._show_under_cursor)
        self.canvas.linked.connect(self.loader.take_offer)
        self.canvas.explained.connect(self._explain)
        self.canvas.asked.connect(self.show_details)
        self.regions_dock.place_wanted.connect(self.navigator.show)
        self.track_dock.settings_wanted.connect(self.settings_dock.take_keyboard)
        self.canvas.menu_wanted.connect(self._show_track_menu)
        self.loader.arrived.connect(self.canvas.take_arrival)
        self.canvas.sight_changed.connect(self.loader.prefer)
        self.loader.idle.connect(self.canvas.refresh)
        self.locus_bar.left.connect(self.canvas.setFocus)
        self.opener.problem.connect(self.desk.say)
        self.opener.lost.connect(
            lambda role, sentence, details: self.messages.error(sentence, details, _about_worker(role))
        )
        self.desk.sessions.problem.connect(self.desk.say)
        self.desk.sessions.missing.connect(lambda: ask_for_missing(self.desk))
        self.desk.sessions.changed.connect(self._follow_title)
        self.navigator.problem.connect(self.desk.say)
        self.passing = PassingMessages(self.messages, self.workspace, self.opener, self.locus_bar)
        self.opener.settled.connect(self.choose_page)
        AttentionFollower(self.attention_bar, self.workspace)
        self.model_dock.open_requested.connect(lambda: run(self.desk, COMMANDS["checkpoint.open"]))
        self.model_dock.models.chosen.connect(self.opener.models.choose)
        self.model_dock.models.closed.connect(self.opener.models.close)
        self.shown_jobs.edit_wanted.connect(lambda spec: ask_for_finetuning(self.desk, spec))

    def _follow_dataset(self) -> None:
        self.show_worker("model", self._model)
        self._follow_title()

    def _follow_title(self) -> None:
        sessions = self.desk.sessions
        self.setWindowTitle(title_of_window(self.workspace.dataset, sessions.path))
        self.setWindowModified(sessions.is_changed)

    def _follow_model(self) -> None:
        checkpoint = self.workspace.model
        self.model_dock.show_model(checkpoint, self.workspace.model_problem, self.workspace.opening_model)
        self.model_dock.models.show_models(self.workspace.models, checkpoint)
        self.show_worker("model", self._model)

    def _show_under_cursor(self, position: float, words: str) -> None:
        chromosome = self.workspace.view.span.chromosome
        where = f"{chromosome}:{int(position) + 1:,}" if position >= 0 and chromosome else ""
        line, room = shown(f"{where}    {words}".strip()), self.under_cursor.width()
        metrics = self.under_cursor.fontMetrics()
        self.under_cursor.setText(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room))

    def _explain(self, track: Track) -> None:
        content = self.loader.content(track)
        self._open_details(content.sentence, content.details)

    def show_details(self, track: Track, subject: Interval) -> None:
        """Show all that a track's file says of the things on a stretch."""
        ask_for_details(
            self.loader,
            self.kinds,
            track,
            subject,
            lambda said: self._open_details(said.heading, said.text),
            self.desk.say,
        )

    def _open_details(self, sentence: str, details: str) -> None:
        for before in self.findChildren(QDialog, _DETAILS):
            before.close()  # else every click would leave one more
        window = details_window(sentence, details, self)
        window.setObjectName(_DETAILS)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.show()

    def _show_track_menu(self, track: Track | None, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if track is not None:
            selection = self.workspace.selection
            if track.id not in selection.ids:
                selection.select((track.id,))
            show_choices(
                menu,
                track_commands(self.workspace.history, selection.tracks, self.settings_dock.take_keyboard, self.kinds),
            )
            menu.addSeparator()
        for name in ("signal.write", "tracks.dock"):
            if name == "tracks.dock" or COMMANDS[name].is_ready(self.desk):
                follow(self.desk, COMMANDS[name], self.actions_by_id[name])
                menu.addAction(self.actions_by_id[name])
        menu.popup(where)


def _dropped(url: QUrl) -> str:
    """The path or address of what was dropped; empty where it is neither."""
    if url.isLocalFile():
        return url.toLocalFile()
    text = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
    return without_secrets(text) if is_address(text) else ""


def _about_worker(role: str) -> str:
    """What messages about a worker that ended are about."""
    return f"worker {role}"
