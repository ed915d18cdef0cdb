"""The picker of places where something is to be saved: nothing is replaced unless a person says so."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ebert_gui.widgets.place_picker import PlacePicker
from tests.gui.widgets.picking import Answering, listed, press_return, write

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def save(show: Callable[..., PlacePicker], laboratory: Path) -> PlacePicker:
    found: PlacePicker = show(
        mode="save",
        action="Save",
        start=str(laboratory / "made" / "new.bw"),
        complete=lambda path: path if path.endswith(".bw") else f"{path}.bw",
    )
    return found


def test_a_name_to_save_under_is_kept_although_its_folder_is_not_there_yet(
    show: Callable[..., PlacePicker], laboratory: Path
) -> None:
    picker = save(show, laboratory)
    assert (picker.line.text(), listed(picker)) == ("new.bw", ["peaks", "signals", "a.bw", "b.bed", "notes.txt"])
    picker.ways.itemActivated.emit(picker.ways.item(0))
    assert picker.line.text() == "new.bw"
    picker.line.setText("mine")
    picker.footer.action.click()
    assert picker.paths == (str(laboratory / "mine.bw"),)


def test_what_is_there_is_replaced_only_when_a_person_says_so(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path
) -> None:
    picker = save(show, laboratory)
    for _ in range(2):
        write(picker, qtbot, "a")
        assert picker.footer.action.text() == "Save"
        press_return(picker, qtbot)
        assert picker.isVisible()
        assert picker.note.text().startswith("a.bw is there already, 5 B, of 2")
        assert picker.footer.action.text() == "Replace"
        assert not picker.footer.action.hasFocus()
    picker.footer.action.click()
    assert picker.paths == (str(laboratory / "a.bw"),)


def test_a_folder_to_be_made_asks_too_before_it_takes_the_place_of_one(
    show: Callable[..., PlacePicker], laboratory: Path
) -> None:
    picker = show(mode="save", saves_folder=True)
    assert listed(picker) == ["peaks", "signals"]
    picker.line.setText("signals")
    picker.footer.action.click()
    assert picker.note.text() == "signals is there already. Replace it?"
    picker.footer.action.click()
    assert picker.paths == (str(laboratory / "signals"),)


def test_the_question_is_forgotten_in_another_folder(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path
) -> None:
    picker = save(show, laboratory)
    write(picker, qtbot, "a")
    press_return(picker, qtbot)
    assert picker.footer.action.text() == "Replace"
    picker.crumbs.buttons[-1].click()
    assert picker.footer.action.text() == "Save"
    picker.footer.action.click()
    assert picker.isVisible()
    assert "Replace it?" in picker.note.text()


def test_a_folder_that_cannot_be_written_says_so(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root, who may run this, may write everywhere.
    monkeypatch.setattr(os, "access", lambda *_: False)
    picker = show(mode="save")
    write(picker, qtbot, "new.bw")
    assert picker.footer.problem.text().startswith("You may not write into ")
    assert not picker.footer.action.isEnabled()
    write(picker, qtbot, f"{laboratory}/signals/new.bw")
    press_return(picker, qtbot)
    assert "You may not write into" in picker.note.text()
    assert picker.isVisible()


def test_a_host_that_falls_silent_while_it_is_asked_for_a_target_leaves_the_question_to_the_person(
    show: Callable[..., PlacePicker], qtbot: QtBot, host: Answering
) -> None:
    picker = show(mode="save")
    host.is_silent = True
    picker.line.setText("/far/x.bw")
    press_return(picker, qtbot)
    qtbot.waitUntil(lambda: "does not answer" in picker.note.text())
    press_return(picker, qtbot)
    assert picker.isVisible()
    assert "Nobody can say whether x.bw is there" in picker.note.text()
    picker.footer.action.click()
    assert picker.paths == ("/far/x.bw",)
