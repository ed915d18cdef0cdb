"""The window: puts canvas, bars and docks together; what they do is in their own files."""

import time
from typing import NamedTuple

from PyQt6.QtCore import QPoint, Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PyQt6.QtWidgets import QLabel, QMainWindow, QMenu, QStackedWidget, QStatusBar, QVBoxLayout, QWidget

from ebert_core.protocol.addresses import is_address, without_secrets
from ebert_core.protocol.locus import Interval, format_locus
from ebert_core.protocol.showing import shown
from ebert_core.protocol.specs import FineTune
from ebert_gui.browser.canvas import Canvas
from ebert_gui.exporting.picture_taking import PictureTaker
from ebert_gui.kinds.attention import changed_attention, first_attention
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.details import ask_for_details
from ebert_gui.loading.dropping import Dropped
from ebert_gui.loading.jobs import JobFollower
from ebert_gui.loading.loader import Loader
from ebert_gui.loading.navigator import Navigator
from ebert_gui.loading.opening import Opener
from ebert_gui.models.checkpoint_dock import CheckpointDock
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.attention_bar import AttentionBar
from ebert_gui.tracks.track_commands import track_commands
from ebert_gui.tracks.track_dock import TrackDock
from ebert_gui.widgets.messages import MessageBar, details_window
from ebert_gui.widgets.plain import PlainLabel
from ebert_gui.widgets.theme import DARK, LIGHT, Theme, window_font
from ebert_gui.windows import asking
from ebert_gui.windows.actions import build_menus
from ebert_gui.windows.job_desk import JobDesk
from ebert_gui.windows.locus_bar import LocusBar, WholeBar
from ebert_gui.windows.message_list import MessageDesk
from ebert_gui.windows.offering import Offering
from ebert_gui.windows.passing import PassingMessages
from ebert_gui.windows.screens import first_size
from ebert_gui.workers.state import Condition, WorkerState

# How long a worker is busy before it is said with what, in seconds: most answers come sooner.
SHOWN_AFTER = 1.0
_DOT = {"ready": "●", "busy": "◐", "starting": "○", "restarting": "○", "failed": "✕", "stopped": "○"}


class Parts(NamedTuple):
    """What the window stands on."""

    workspace: Workspace
    loader: Loader
    opener: Opener
    navigator: Navigator
    jobs: JobFollower
    kinds: Kinds


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
        self.checkpoint_dock = CheckpointDock(theme, self)
        self.job_desk = JobDesk(self)
        self.unsent: dict[str, FineTune] = {}
        self._ended: dict[str, WorkerState] = {}
        self._working_since: dict[str, float] = {}
        self._model = WorkerState(Condition.STOPPED)
        self.worker_states: dict[str, QLabel] = {"data": PlainLabel(), "model": PlainLabel()}
        self.under_cursor = PlainLabel()
        self.offering: Offering = Offering(self)
        self.pictures = PictureTaker(self.canvas.scene, parts.loader, self)
        self.picture_folders: tuple[str, ...] = ()
        self._pages = QStackedWidget()
        self.setWindowTitle("EBERT Browser")
        self.setAcceptDrops(True)
        self.resize(first_size(self))
        self._lay_out()
        self.messages = MessageBar(self._pages)
        self.message_desk: MessageDesk = MessageDesk(self.messages, self)
        self._status_bar().insertPermanentWidget(1, self.message_desk.button)
        self.menus = build_menus(self)
        self._add_dock_menu()
        self._connect_state()
        self._connect_parts()
        self.canvas.setFocus()

    def say(self, sentence: str, details: str = "") -> None:
        """Show a problem in the message bar."""
        self.messages.error(sentence, details)

    def show_worker(self, role: str, state: WorkerState) -> None:
        """Say in the status bar how a worker is."""
        word = state.condition.value
        if state.condition is Condition.RESTARTING:
            self._ended[role] = state
        elif state.condition is Condition.READY and role in self._ended:
            ended = self._ended.pop(role)
            if self.messages.withdraw(ended.sentence):
                self.messages.info(f"The {role} worker had ended and is back.", ended.details)
        device = f" on {state.hello.device}" if state.hello is not None and state.hello.device else ""
        said = f"{_DOT.get(word, '○')} {role} {word}{device}"
        if role == "model":
            self._model = state
            if state.condition is Condition.READY and self.workspace.checkpoint is None:
                said = "○ model: no checkpoint open"  # it is the worker that is ready, not a model
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
        self.checkpoint_dock.set_theme(theme)
        self.job_desk.dress()

    def pan(self, share: float) -> None:
        """Slide by a share of the screen."""
        self.workspace.view.pan_by(share * self.workspace.view.span.length)

    def show_chromosome(self) -> None:
        """Show the whole chromosome."""
        self.navigator.show_chromosome()

    def edit_locus(self) -> None:
        """Put the cursor into the locus."""
        self.locus_bar.locus.setFocus()
        self.locus_bar.locus.selectAll()

    def copy_locus(self) -> None:
        """Copy the place on screen."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(format_locus(self.workspace.view.interval))

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        self.theme_wanted.emit(LIGHT if self.theme is DARK else DARK)

    def toggle_jobs(self) -> None:
        """Show or hide the jobs."""
        self.job_desk.toggle()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop filling it."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def quit(self) -> None:
        """Close the window."""
        self.close()

    def open_all(self, paths: tuple[str, ...]) -> None:
        """Open whatever these files are, together."""
        self.opener.forgive(paths)
        Dropped(self.opener, self.workspace, self.say).open(paths)

    def ask_for_dataset(self) -> None:
        """Ask for a DATASET.toml."""
        asking.for_dataset(self)

    def ask_for_files(self) -> None:
        """Ask for track files."""
        asking.for_files(self)

    def ask_for_address(self) -> None:
        """Ask for addresses of track files."""
        asking.for_address(self)

    def ask_for_new_dataset(self) -> None:
        """Ask for the files of a new dataset."""
        asking.for_new_dataset(self)

    def ask_for_checkpoint(self) -> None:
        """Ask for a checkpoint folder."""
        asking.for_checkpoint(self)

    def ask_for_finetuning(self) -> None:
        """Ask what to fine-tune, and start it."""
        asking.for_finetuning(self)

    def ask_for_finetuning_again(self) -> None:
        """Ask for the settings of an earlier fine-tuning, and what to change in them."""
        asking.for_finetuning_again(self)

    def ask_for_export(self) -> None:
        """Ask what to export, and start it."""
        asking.for_export(self)

    def ask_for_picture(self) -> None:
        """Ask where to save a picture."""
        asking.for_picture(self)

    def show_about(self) -> None:
        """Say what this is."""
        asking.about(self)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Files may be dropped anywhere."""
        mime = event.mimeData() if event is not None else None
        if event is not None and mime is not None and mime.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Open what was dropped."""
        mime = event.mimeData() if event is not None else None
        if mime is not None:
            self.open_all(tuple(filter(None, map(_dropped, mime.urls()))))
            for url in mime.urls():
                if not _dropped(url):
                    shown = url.toString(QUrl.UrlFormattingOption.RemovePassword)
                    self.say(f"{shown} is neither a file of this machine nor an address of http; download it first.")

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
        for page in (self.canvas, self.offering.page):
            self._pages.addWidget(page)
        self._pages.setFocusProxy(self.canvas)
        for widget in (self._pages, self.attention_bar):
            layout.addWidget(widget, 1 if widget is self._pages else 0)
        self.attention_bar.hide()
        self.setCentralWidget(body)
        for dock, area in (
            (self.track_dock, Qt.DockWidgetArea.LeftDockWidgetArea),
            (self.checkpoint_dock, Qt.DockWidgetArea.RightDockWidgetArea),
        ):
            self.addDockWidget(area, dock)
            dock.hide()
        status = self._status_bar()
        status.addWidget(self.under_cursor, 1)
        status.addPermanentWidget(self.job_desk.running)
        for label in self.worker_states.values():
            status.addPermanentWidget(label)

    def _status_bar(self) -> QStatusBar:
        status = self.statusBar()
        assert status is not None
        return status

    def _add_dock_menu(self) -> None:
        menu = self.menus["View"]
        menu.addSeparator()
        for dock, shortcut in ((self.track_dock, "Ctrl+1"), (self.checkpoint_dock, "Ctrl+2")):
            action = dock.toggleViewAction()
            assert action is not None
            action.setShortcut(shortcut)
            menu.addAction(action)

    def _connect_state(self) -> None:
        workspace = self.workspace
        workspace.dataset_changed.connect(self._follow_dataset)
        workspace.dataset_changed.connect(self.choose_page)
        workspace.checkpoint_changed.connect(self._follow_checkpoint)
        workspace.choice_changed.connect(lambda: self.checkpoint_dock.choose_factor(workspace.factor))
        workspace.tracks_changed.connect(self._follow_tracks)

    def _connect_parts(self) -> None:
        self.canvas.hovered.connect(self._show_under_cursor)
        self.canvas.linked.connect(self.loader.take_offer)
        self.canvas.explained.connect(self._explain)
        self.canvas.asked.connect(self._show_details)
        self.canvas.menu_wanted.connect(self._show_track_menu)
        self.loader.arrived.connect(self.canvas.take_arrival)
        self.canvas.sight_changed.connect(self.loader.prefer)
        self.loader.idle.connect(self.canvas.refresh)
        self.locus_bar.left.connect(self.canvas.setFocus)
        self.opener.problem.connect(self.say)
        self.navigator.problem.connect(self.say)
        self.passing = PassingMessages(self.messages, self.workspace, self.opener, self.locus_bar)
        self.opener.settled.connect(self.choose_page)
        self.attention_bar.choice_changed.connect(lambda layer, head: self._change_attention(layer=layer, head=head))
        self.attention_bar.triangle_toggled.connect(lambda is_map: self._change_attention(is_map=is_map))
        self.attention_bar.directions_changed.connect(
            lambda shows_from, shows_to: self._change_attention(shows_from=shows_from, shows_to=shows_to)
        )
        self.checkpoint_dock.open_requested.connect(self.ask_for_checkpoint)

    def _follow_dataset(self) -> None:
        dataset = self.workspace.dataset
        self.show_worker("model", self._model)
        if dataset is not None:
            name, assembly = dataset.name or "Files", dataset.assembly or "no assembly"
            is_told = dataset.seed is None or "SYNTHETIC" in name
            title = shown(f"{'' if is_told else 'SYNTHETIC · '}{name} ({assembly})")
            self.setWindowTitle(f"{title} · EBERT Browser")

    def _follow_checkpoint(self) -> None:
        checkpoint = self.workspace.checkpoint
        self.checkpoint_dock.show_checkpoint(checkpoint, self.workspace.model_problem)
        self.show_worker("model", self._model)
        self.attention_bar.set_network(checkpoint.layers if checkpoint else 0, checkpoint.heads if checkpoint else 0)
        self._follow_tracks()

    def _follow_tracks(self) -> None:
        shown = first_attention(self.workspace.setup.tracks)
        self.attention_bar.setVisible(shown is not None and self.workspace.checkpoint is not None)
        if shown is not None:
            self.attention_bar.follow(shown)

    def _change_attention(self, **changes: object) -> None:
        history = self.workspace.history
        history.change(history.setup.rewritten(lambda track: changed_attention(track, **changes)))

    def _show_under_cursor(self, position: float, words: str) -> None:
        chromosome = self.workspace.view.span.chromosome
        where = f"{chromosome}:{int(position) + 1:,}" if position >= 0 and chromosome else ""
        line, room = shown(f"{where}    {words}".strip()), self.under_cursor.width()
        metrics = self.under_cursor.fontMetrics()
        self.under_cursor.setText(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room))

    def _explain(self, track: Track) -> None:
        content = self.loader.content(track)
        self._open_details(content.sentence, content.details)

    def _show_details(self, track: Track, subject: Interval) -> None:
        ask_for_details(
            self.loader, self.kinds, track, subject, lambda said: self._open_details(said.heading, said.text), self.say
        )

    def _open_details(self, sentence: str, details: str) -> None:
        window = details_window(sentence, details, self)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.show()

    def _show_track_menu(self, track: Track | None, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if track is not None:
            for text, act in track_commands(self.workspace.history, self.kinds, track, self.track_dock.choose_colour):
                action = menu.addAction(text)
                assert action is not None
                action.triggered.connect(lambda _checked, act=act: act())
            menu.addSeparator()
        action = self.track_dock.toggleViewAction()
        assert action is not None
        menu.addAction(action)
        menu.popup(where)


def _dropped(url: QUrl) -> str:
    """The path or address of what was dropped; empty where it is neither."""
    if url.isLocalFile():
        return url.toLocalFile()
    text = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
    return without_secrets(text) if is_address(text) else ""
