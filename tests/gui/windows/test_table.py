"""The one table of commands: what every menu, key and list of commands is built from."""

import importlib
import pkgutil
import re
from collections import Counter

import pytest
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QDialog, QToolButton

import ebert_gui
from ebert_gui.commands.command import Command
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.windows.table import COMMANDS, LINE, MENUS

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")


def of_all_rooms() -> list[Command]:
    """The commands of every room, whether the table has them or not."""
    names = [each.name for each in pkgutil.walk_packages(ebert_gui.__path__, "ebert_gui.")]
    modules = [importlib.import_module(name) for name in names if name.endswith(("commands", ".table"))]
    return [each for module in modules for each in getattr(module, "COMMANDS", ()) if isinstance(each, Command)]


def test_every_command_of_every_room_is_in_the_table_under_an_id_of_its_own() -> None:
    commands = of_all_rooms()
    assert len(commands) > 30
    assert [name for name, times in Counter(each.id for each in commands).items() if times > 1] == []
    assert {each.id: each for each in commands} == COMMANDS


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.id)
def test_a_command_says_what_it_does_and_does_one_thing(command: Command) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z-]+", command.id)
    assert command.text.replace("&", "").strip()
    assert command.tip.strip()
    assert (command.run is None) is (command.choices is not None), "it runs, or it shows a list"
    assert command.shortcut == QKeySequence(command.shortcut).toString(), "keys that Qt knows"


def test_every_shortcut_belongs_to_one_command() -> None:
    shortcuts = Counter(each.shortcut for each in COMMANDS.values() if each.shortcut)
    assert len(shortcuts) > 25
    assert [keys for keys, times in shortcuts.items() if times > 1] == []


def test_every_command_stands_in_one_menu_and_no_letter_chooses_two_of_it() -> None:
    standing = [each for ids in MENUS.values() for each in ids if each != LINE]
    assert sorted(standing) == sorted(COMMANDS)
    for texts in (MENUS, *([COMMANDS[each].text for each in ids if each != LINE] for ids in MENUS.values())):
        letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        assert len(letters) == len(set(letters))


def test_menus_and_keys_are_those_of_the_table(window: MainWindow) -> None:
    for title, ids in MENUS.items():
        actions = window.menus[title.replace("&", "")].actions()
        assert [action.isSeparator() for action in actions] == [each == LINE for each in ids]
        for action, each in zip(actions, ids, strict=True):
            if each != LINE:
                command = COMMANDS[each]
                assert action is window.actions_by_id[each]
                assert (action.text(), action.shortcut().toString()) == (command.text, command.shortcut)
                assert action.toolTip() == action.statusTip() == command.tip


def test_the_bar_holds_the_menus_in_their_order_and_the_canvas_its_own_keys(window: MainWindow) -> None:
    bar = window.menuBar()
    assert bar is not None
    assert [action.menu() for action in bar.actions()] == list(window.menus.values())
    assert [action.text() for action in bar.actions()] == list(MENUS)
    own = [each for ids in MENUS.values() for each in ids if each != LINE and COMMANDS[each].of_canvas]
    assert len(own) == 12
    assert [window.actions_by_id[each] for each in own] == window.canvas.actions()


def test_keys_that_a_button_names_are_those_of_a_command(window: MainWindow) -> None:
    tips = [button.toolTip() for button in window.findChildren(QToolButton)]
    named = [keys for tip in tips for keys in re.findall(r"\(((?:Ctrl|Alt|Shift)\+.+)\)$", tip)]
    assert len(named) >= 5
    assert {keys for keys in named if keys not in {each.shortcut for each in COMMANDS.values()}} == set()


@pytest.mark.parametrize(("command", "dock"), [("tracks.dock", "track_dock"), ("checkpoint.dock", "model_dock")])
def test_a_switch_shows_a_dock_and_says_in_its_menu_whether_it_is_on(
    window: MainWindow, command: str, dock: str
) -> None:
    action, shown = window.actions_by_id[command], getattr(window, dock)
    for is_on in (False, True, False):
        assert shown.isVisible() is is_on
        window.menus["View"].aboutToShow.emit()
        assert action.isChecked() is is_on
        window.menus["View"].aboutToHide.emit()
        action.trigger()
        if is_on:
            # However it was closed, the menu knows.
            shown.show()
            shown.close()
        assert window.desk.frame.shows_dock(shown.objectName()) is (not is_on)


def test_a_command_that_cannot_be_used_is_grey_in_its_menu_and_does_nothing_by_its_key(window: MainWindow) -> None:
    export = window.actions_by_id["predictions.export"]
    window.menus["Model"].aboutToShow.emit()
    assert not export.isEnabled()
    window.menus["Model"].aboutToHide.emit()
    assert export.isEnabled(), "its key is let through, and then judged"
    export.trigger()
    assert window.findChildren(QDialog) == []


def test_what_commands_keep_for_a_window_is_made_once(window: MainWindow) -> None:
    class Kept(list[int]):
        """What a room keeps."""

    first = window.desk.kept(Kept, lambda: Kept([1]))
    assert window.desk.kept(Kept, lambda: Kept([2])) is first
