"""The table of actions: every command of the window with its menu, shortcut and words."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu

if TYPE_CHECKING:
    from ebert_gui.windows.main_window import MainWindow

Ready = Callable[["MainWindow"], bool]


def _always(_window: "MainWindow") -> bool:
    return True


def _has_dataset(window: "MainWindow") -> bool:
    dataset = window.workspace.dataset
    return dataset is not None and bool(dataset.path)


def _has_genome(window: "MainWindow") -> bool:
    return window.workspace.dataset is not None


def _can_predict(window: "MainWindow") -> bool:
    checkpoint = window.workspace.checkpoint
    return _has_dataset(window) and checkpoint is not None and bool(checkpoint.factors)


class Action(NamedTuple):
    """One command; `menu` is where it stands, `&` marks its letter. An empty text is a line between commands.

    With `fill` it is a menu of its own, filled anew whenever it opens.
    The shortcut of an action `of_canvas` works while the tracks have the keyboard: elsewhere its keys choose or type.
    """

    menu: str
    text: str = ""
    shortcut: str = ""
    tip: str = ""
    run: Callable[["MainWindow"], None] = lambda _window: None
    is_ready: Ready = _always
    fill: Callable[["MainWindow", QMenu], None] | None = None
    of_canvas: bool = False


ACTIONS = (
    Action("&File", "&Open dataset…", "Ctrl+O", "Open a DATASET.toml", lambda w: w.ask_for_dataset()),
    Action(
        "&File", "Open &track files…", "Ctrl+Shift+O", "Open bigWig, BED and other files", lambda w: w.ask_for_files()
    ),
    Action(
        "&File",
        "Open &address…",
        "Ctrl+Alt+O",
        "Open files at addresses of http and https",
        lambda w: w.ask_for_address(),
    ),
    Action("&File", "&New dataset…", "Ctrl+N", "Make a dataset from your own files", lambda w: w.ask_for_new_dataset()),
    Action(
        "&File",
        "Open &recent",
        tip="Datasets and files that were open before",
        fill=lambda w, menu: w.offering.fill_recent(menu),
    ),
    Action(
        "&File",
        "Open the &demonstration",
        "",
        "A small synthetic genome whose truth is known, with a model trained on it",
        lambda w: w.offering.open_demonstration(),
    ),
    Action("&File"),
    Action(
        "&File",
        "Save &picture…",
        "Ctrl+Shift+S",
        "Save all tracks or those in view as PNG, SVG or PDF, for paper or as on screen",
        lambda w: w.ask_for_picture(),
        _has_genome,
    ),
    Action("&File"),
    Action("&File", "&Quit", "Ctrl+Q", "Close the window; jobs go on", lambda w: w.quit()),
    Action(
        "&Edit",
        "&Undo",
        "Ctrl+Z",
        "Take back the last change of tracks, cell type, factor or clicked position",
        lambda w: w.workspace.history.undo(),
        lambda w: w.workspace.history.can_undo,
    ),
    Action(
        "&Edit",
        "&Redo",
        "Ctrl+Shift+Z",
        "Make it again",
        lambda w: w.workspace.history.redo(),
        lambda w: w.workspace.history.can_redo,
    ),
    Action("&Edit"),
    Action("&Edit", "&Copy locus", "Ctrl+Shift+C", "Copy the place on screen", lambda w: w.copy_locus(), _has_genome),
    Action("&Go", "&Locus or gene", "Ctrl+L", "Type where to go", lambda w: w.edit_locus()),
    Action("&Go", "&Back", "Alt+Left", "To the place before", lambda w: w.workspace.view.go_back()),
    Action("&Go", "&Forward", "Alt+Right", "To the place after", lambda w: w.workspace.view.go_forward()),
    Action("&Go"),
    Action("&Go", "Left", "Left", "A tenth of a screen to the left", lambda w: w.pan(-0.1), of_canvas=True),
    Action("&Go", "Right", "Right", "A tenth of a screen to the right", lambda w: w.pan(0.1), of_canvas=True),
    Action("&Go", "A screen left", "Shift+Left", "A screen to the left", lambda w: w.pan(-0.9), of_canvas=True),
    Action("&Go", "A screen right", "Shift+Right", "A screen to the right", lambda w: w.pan(0.9), of_canvas=True),
    Action("&Go", "Zoom &in", "Ctrl++", "Half as much", lambda w: w.workspace.view.zoom(2)),
    Action("&Go", "Zoom &out", "Ctrl+-", "Twice as much", lambda w: w.workspace.view.zoom(0.5)),
    Action("&Go", "&Whole chromosome", "Ctrl+0", "All of it", lambda w: w.show_chromosome(), _has_genome),
    Action(
        "&Model", "Open &checkpoint…", "Ctrl+K", "Open a trained model", lambda w: w.ask_for_checkpoint(), _has_dataset
    ),
    Action(
        "&Model",
        "&Shipped checkpoints",
        tip="Trained models that come with the program",
        fill=lambda w, menu: w.offering.fill_shipped(menu),
    ),
    Action(
        "&Model",
        "&Fine-tune…",
        "Ctrl+T",
        "Train on the peaks of this dataset; it goes on when the window closes",
        lambda w: w.ask_for_finetuning(),
        _has_dataset,
    ),
    Action(
        "&Model",
        "Fine-tune &again from a spec…",
        "Ctrl+Shift+T",
        "Fill the form with an earlier fine-tuning: the spec.toml of its job, or one of your own",
        lambda w: w.ask_for_finetuning_again(),
        _has_dataset,
    ),
    Action(
        "&Model",
        "&Export predicted binding…",
        "Ctrl+E",
        "Write a bigWig, BED or table",
        lambda w: w.ask_for_export(),
        _can_predict,
    ),
    Action(
        "&View",
        "&Suggested tracks",
        "",
        "Show what this dataset shows at its first opening; undo brings your tracks back",
        lambda w: w.workspace.suggest_tracks(),
        _has_genome,
    ),
    Action("&View", "Dark or light", "Ctrl+D", "Change the colours", lambda w: w.toggle_theme()),
    Action("&View", "&Jobs", "Ctrl+3", "What runs and what has run", lambda w: w.toggle_jobs()),
    Action("&View", "&Messages", "Ctrl+4", "All that was said, newest first", lambda w: w.message_desk.show_list()),
    Action("&View", "Full screen", "F11", "Fill the screen", lambda w: w.toggle_full_screen()),
    Action("&Help", "&About EBERT Browser", "", "What this is", lambda w: w.show_about()),
)


def build_menus(window: "MainWindow") -> dict[str, QMenu]:
    """The menus of the table, by title without `&`; an action that cannot be used yet is grey when its menu opens."""
    bar = window.menuBar()
    assert bar is not None
    menus: dict[str, QMenu] = {}
    for entry in ACTIONS:
        if entry.menu not in menus:
            menus[entry.menu] = _menu(window, entry.menu)
        if not entry.text:
            menus[entry.menu].addSeparator()
            continue
        if entry.fill is not None:
            menus[entry.menu].addMenu(_filled_menu(window, entry))
            continue
        action = QAction(entry.text, window)
        action.setShortcut(entry.shortcut)
        action.setToolTip(entry.tip)
        action.setStatusTip(entry.tip)
        action.triggered.connect(lambda _checked, entry=entry: entry.run(window) if entry.is_ready(window) else None)
        action.setProperty("entry", ACTIONS.index(entry))
        if entry.of_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            window.canvas.addAction(action)
        menus[entry.menu].addAction(action)
    return {title.replace("&", ""): menu for title, menu in menus.items()}


def _menu(window: "MainWindow", title: str) -> QMenu:
    bar = window.menuBar()
    assert bar is not None
    menu = QMenu(title, window)
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(lambda: _enable(window, menu))
    menu.aboutToHide.connect(lambda: _enable_all(menu))
    bar.addMenu(menu)
    return menu


def _filled_menu(window: "MainWindow", entry: Action) -> QMenu:
    menu = QMenu(entry.text, window)
    menu.setToolTipsVisible(True)
    own = menu.menuAction()
    assert own is not None
    own.setToolTip(entry.tip)
    own.setStatusTip(entry.tip)

    def fill() -> None:
        assert entry.fill is not None
        menu.clear()
        entry.fill(window, menu)

    menu.aboutToShow.connect(fill)
    return menu


def _enable(window: "MainWindow", menu: QMenu) -> None:
    for action in menu.actions():
        place = action.property("entry")
        if place is not None:
            action.setEnabled(ACTIONS[place].is_ready(window))


def _enable_all(menu: QMenu) -> None:
    """Let every shortcut through again; whether it can be used is judged when it is."""
    for action in menu.actions():
        action.setEnabled(True)
