"""A person who starts the program for the first time finds something to open, and finds it again the next time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from ebert_core.protocol.machine.resources import resource
from ebert_gui.app.window_program import WindowProgram
from tests.certain import present

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 120_000


def offers(program: WindowProgram) -> dict[str, QPushButton]:
    page = program.window.offering.page
    return {button.text(): button for button in page.findChildren(QPushButton) if button.isVisible()}


def words(program: WindowProgram) -> str:
    page = program.window.offering.page
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def menu_of(program: WindowProgram, title: str, text: str) -> QMenu:
    menu = present(next(action.menu() for action in program.window.menus[title].actions() if action.text() == text))
    menu.aboutToShow.emit()
    return menu


def test_a_first_start_leads_to_the_demonstration_and_the_next_one_offers_it_again(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    program = open_window()
    qtbot.waitUntil(lambda: "human_slices" in offers(program), timeout=LONG)
    assert {"Open a dataset…", "Open track files…", "New dataset…", "See the demonstration"} <= set(offers(program))
    assert "for datasets of hg19" in words(program)
    assert "Opened lately" not in words(program)
    assert not program.window.canvas.isVisible()
    offers(program)["See the demonstration"].click()
    assert "The demonstration is being prepared" in words(program)
    qtbot.waitUntil(lambda: program.workspace.model is not None and program.loader.is_idle, timeout=LONG)
    assert program.window.canvas.isVisible()
    assert program.window.messages.shown is None
    assert present(program.workspace.model).path == str(resource("checkpoints/demonstration"))
    shipped = menu_of(program, "Model", "&Shipped checkpoints")
    qtbot.waitUntil(lambda: len(shipped.actions()) == 2, timeout=LONG)
    assert [(action.text().split(":")[0], action.isEnabled()) for action in shipped.actions()] == [
        ("demonstration", True),
        ("human_slices", False),
    ]
    recent = menu_of(program, "File", "Open &recent")
    assert [action.text() for action in recent.actions() if action.text()] == ["demonstration", "Forget these"]
    program.window.close()
    # A start without its session, as after the session was deleted.
    again = open_window(session=str(tmp_path / "none.json"))
    lately = again.window.offering.page.recent
    assert lately.isVisible()
    assert [button.text() for button in lately.buttons] == ["demonstration"]
    lately.buttons[0].click()
    qtbot.waitUntil(lambda: again.window.canvas.isVisible(), timeout=LONG)
    assert present(again.workspace.dataset).assembly == "demo1"


def test_a_session_whose_dataset_is_gone_leads_to_the_start_page_with_a_sentence(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    program = open_window(dataset=str(tmp_path / "none.toml"))
    assert program.window.canvas.isVisible()
    qtbot.waitUntil(lambda: program.window.offering.page.isVisible(), timeout=LONG)
    assert "none.toml" in present(program.window.messages.shown).sentence
