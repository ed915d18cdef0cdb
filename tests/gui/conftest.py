"""What every test of the window may use."""

import pytest
from pages import new_page, written
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

__all__ = ["new_page", "qtbot", "written"]


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """pytest-qt's robot, which keeps its widgets until it has closed them.

    It knows them by weak references only: Python may free a shown widget as soon as a test returns, while Qt still has
    events for it, and the process ends in a segmentation fault.
    """
    kept: list[QWidget] = []
    add = qtbot.addWidget

    def add_and_keep(widget: QWidget, **more: object) -> None:
        kept.append(widget)
        add(widget, **more)

    monkeypatch.setattr(qtbot, "addWidget", add_and_keep)
    return qtbot
