"""Builds menus and keys from the table of commands."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMainWindow, QMenu, QWidget

from ebert_gui.commands.command import Choice, Command
from ebert_gui.commands.desk import Desk
from ebert_gui.widgets.plain import literal
from ebert_gui.windows.table import COMMANDS, LINE, MENUS


class Menus(NamedTuple):
    """The menus by title without `&`, and the action of each command by its id."""

    menus: Mapping[str, QMenu]
    actions: Mapping[str, QAction]


def build_menus(desk: Desk, window: QMainWindow, canvas: QWidget) -> Menus:
    """Put the menus into the window's bar; a command that cannot be used yet is grey when its menu opens."""
    menus: dict[str, QMenu] = {}
    actions: dict[str, QAction] = {}
    for title, ids in MENUS.items():
        own = [each for each in ids if each != LINE]
        menu = menus[title.replace("&", "")] = _menu(desk, window, title, own, actions)
        for each in ids:
            if each == LINE:
                menu.addSeparator()
            else:
                actions[each] = action = _action(desk, COMMANDS[each], window)
                menu.addAction(action)
                if COMMANDS[each].of_canvas:
                    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                    canvas.addAction(action)
    return Menus(menus, actions)


def follow(desk: Desk, command: Command, action: QAction) -> None:
    """Show whether a command can be used, and whether what it switches is on."""
    lacks = command.lacks(desk)
    action.setEnabled(not lacks)
    _explain(action, f"{command.tip}. {lacks}" if lacks else command.tip)
    if command.is_on is not None:
        action.setChecked(command.is_on(desk))


def show_choices(menu: QMenu, choices: Sequence[Choice]) -> None:
    """Fill a menu with these choices and no others."""
    menu.clear()
    for choice in choices:
        if not choice.text:
            menu.addSeparator()
            continue
        if choice.choices:
            within = QMenu(literal(choice.text), menu)
            show_choices(within, choice.choices)
            menu.addMenu(within)
            continue
        action = menu.addAction(literal(choice.text))
        assert action is not None
        action.setToolTip(choice.tip)
        action.setCheckable(choice.is_on is not None)
        action.setChecked(bool(choice.is_on))
        action.setEnabled(choice.act is not None)
        if choice.act is not None:
            action.triggered.connect(lambda _checked, act=choice.act: act())


def _menu(desk: Desk, window: QMainWindow, title: str, ids: Sequence[str], actions: Mapping[str, QAction]) -> QMenu:
    bar = window.menuBar()
    assert bar is not None
    menu = QMenu(title, window)
    menu.setToolTipsVisible(True)

    def follow_all() -> None:
        for each in ids:
            follow(desk, COMMANDS[each], actions[each])

    def enable_all() -> None:
        # Let every shortcut through again; whether a command can be used is judged when it is.
        for each in ids:
            actions[each].setEnabled(True)

    menu.aboutToShow.connect(follow_all)
    menu.aboutToHide.connect(enable_all)
    bar.addMenu(menu)
    return menu


def _action(desk: Desk, command: Command, window: QMainWindow) -> QAction:
    if command.choices is not None:
        return _list_of(desk, command, window)
    action = QAction(command.text, window)
    action.setShortcut(command.shortcut)
    action.setCheckable(command.is_on is not None)
    _explain(action, command.tip)
    action.triggered.connect(lambda _checked: run(desk, command))
    return action


def _list_of(desk: Desk, command: Command, window: QMainWindow) -> QAction:
    """A menu of its own, filled anew whenever it opens."""
    menu = QMenu(command.text, window)
    menu.setToolTipsVisible(True)
    own = menu.menuAction()
    assert own is not None
    assert command.choices is not None
    choose = command.choices
    _explain(own, command.tip)
    menu.aboutToShow.connect(lambda: choose(desk, lambda choices: show_choices(menu, choices)))
    return own


def _explain(action: QAction, words: str) -> None:
    action.setToolTip(words)
    action.setStatusTip(words)


def run(desk: Desk, command: Command) -> None:
    """Do what a command does, where it can be used now."""
    if command.run is not None and command.is_ready(desk):
        command.run(desk)
