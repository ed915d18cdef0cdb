"""The commands of the frame itself: undo, places, colours, messages, the end."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMessageBox

from ebert_core.protocol.terms.locus import format_locus
from ebert_gui.commands.command import Command, Needs, has_genome
from ebert_gui.commands.desk import Desk
from ebert_gui.widgets.theme import program_icon

_STEP, _SCREEN = 0.1, 0.9
_ZOOM = 2.0


def _copy_locus(desk: Desk) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(format_locus(desk.workspace.view.interval))


def _pan(desk: Desk, share: float) -> None:
    """Slide by a share of the screen."""
    view = desk.workspace.view
    view.pan_by(share * view.span.length)


def show_about(desk: Desk) -> None:
    """Say what this program is."""
    from importlib.metadata import version  # brings half of the e-mail package with it

    box = QMessageBox(desk.window)
    box.setWindowTitle("About EBERT Browser")
    box.setIconPixmap(program_icon().pixmap(48, 48))
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(f"<b>EBERT Browser {version('ebert-browser')}</b>")
    box.setInformativeText(
        "A genome browser in which the model is a track.\n\nGPL-3.0-or-later. It comes with no warranty."
    )
    box.finished.connect(lambda _result: box.deleteLater())
    box.open()


def _quit(desk: Desk) -> None:
    desk.frame.close()


_EDIT = (
    Command(
        "edit.undo",
        "&Undo",
        "Take back the last change of tracks, cell type, factor or clicked position",
        lambda desk: desk.workspace.history.undo(),
        "Ctrl+Z",
        Needs(lambda desk: desk.workspace.history.can_undo, "There is nothing to undo."),
    ),
    Command(
        "edit.redo",
        "&Redo",
        "Make it again",
        lambda desk: desk.workspace.history.redo(),
        "Ctrl+Shift+Z",
        Needs(lambda desk: desk.workspace.history.can_redo, "Nothing was undone that could be made again."),
    ),
    Command("locus.copy", "&Copy locus", "Copy the place on screen", _copy_locus, "Ctrl+Shift+C", has_genome),
)
_GO = (
    Command("locus.edit", "&Locus or gene", "Type where to go", lambda desk: desk.frame.edit_locus(), "Ctrl+L"),
    Command("go.back", "&Back", "To the place before", lambda desk: desk.workspace.view.go_back(), "Alt+Left"),
    Command("go.forward", "&Forward", "To the place after", lambda desk: desk.workspace.view.go_forward(), "Alt+Right"),
    Command(
        "go.left",
        "Slide left",
        "By a tenth of a screen",
        lambda desk: _pan(desk, -_STEP),
        "Left",
        of_canvas=True,
    ),
    Command(
        "go.right",
        "Slide right",
        "By a tenth of a screen",
        lambda desk: _pan(desk, _STEP),
        "Right",
        of_canvas=True,
    ),
    Command(
        "go.screen-left",
        "A screen left",
        "A screen to the left",
        lambda desk: _pan(desk, -_SCREEN),
        "Shift+Left",
        of_canvas=True,
    ),
    Command(
        "go.screen-right",
        "A screen right",
        "A screen to the right",
        lambda desk: _pan(desk, _SCREEN),
        "Shift+Right",
        of_canvas=True,
    ),
    Command("zoom.in", "Zoom &in", "Half as much", lambda desk: desk.workspace.view.zoom(_ZOOM), "Ctrl++"),
    Command("zoom.out", "Zoom &out", "Twice as much", lambda desk: desk.workspace.view.zoom(1 / _ZOOM), "Ctrl+-"),
    Command(
        "go.chromosome",
        "&Whole chromosome",
        "All of it",
        lambda desk: desk.navigator.show_chromosome(),
        "Ctrl+0",
        has_genome,
    ),
)
_VIEW = (
    Command("window.theme", "Dark or light", "Change the colours", lambda desk: desk.frame.toggle_theme(), "Ctrl+D"),
    Command(
        "window.messages",
        "&Messages",
        "All that was said, newest first",
        lambda desk: desk.frame.show_messages(),
        "Ctrl+4",
    ),
    Command(
        "window.full-screen",
        "Full screen",
        "Fill the screen",
        lambda desk: desk.frame.toggle_full_screen(),
        "F11",
    ),
)
COMMANDS = (
    *_EDIT,
    *_GO,
    *_VIEW,
    Command("window.quit", "&Quit", "Close the window; jobs go on", _quit, "Ctrl+Q"),
    Command(
        "window.palette",
        "Find a &command…",
        "Find any command by its words, and why it may be off",
        lambda desk: desk.frame.show_palette(),
        "Ctrl+Shift+P",
    ),
    Command(
        "help.sheet",
        "&Keys, mouse and marks",
        "All shortcuts, what the mouse does, and what marks in the tracks mean",
        lambda desk: desk.frame.show_help(),
        "F1",
    ),
    Command("help.about", "&About EBERT Browser", "What this is", show_about),
)
