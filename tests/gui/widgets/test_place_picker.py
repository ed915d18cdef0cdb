"""The picker of places: what a person types, presses and chooses, on folders that are really there."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.folders import MOST_ENTRIES
from ebert_gui.widgets.place_list import size_in_words, time_in_words
from ebert_gui.widgets.place_picker import PlacePicker, pick
from ebert_gui.widgets.wanted_place import ALL, Kind, Wanted, common_beginning
from tests.certain import present
from tests.gui.widgets.picking import Answering, listed, press_return, write

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
TRACKS = Kind("Tracks", (".bw", ".bed"))


def test_it_begins_where_something_was_opened_last_and_lists_what_is_there(
    show: Callable[..., PlacePicker], laboratory: Path
) -> None:
    picker = show()
    assert listed(picker) == ["peaks", "signals", "a.bw", "b.bed", "notes.txt"]
    assert picker.note.text() == "5 entries."
    assert picker.crumbs.buttons[-1].toolTip() == str(laboratory)
    assert picker.line.hasFocus()
    assert not picker.footer.action.isEnabled()
    assert picker.footer.problem.text() == "Choose a file, or type its path."


def test_a_kind_and_the_box_for_hidden_files_change_what_is_listed(show: Callable[..., PlacePicker]) -> None:
    picker = show(kinds=(TRACKS, ALL))
    assert listed(picker) == ["peaks", "signals", "a.bw", "b.bed"]
    picker.hidden.click()
    assert listed(picker) == ["peaks", "signals", ".hidden.bw", "a.bw", "b.bed"]
    picker.kind.setCurrentIndex(1)
    assert "notes.txt" in listed(picker)


def test_typing_narrows_and_return_takes_what_is_left(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path, host: Answering
) -> None:
    picker = show()
    write(picker, qtbot, "not")
    assert listed(picker) == ["notes.txt"]
    press_return(picker, qtbot)
    assert picker.paths == (str(laboratory / "notes.txt"),)
    assert host.remembered == [str(laboratory)]
    assert host.was_forgotten


def test_a_typed_path_lists_its_folder_and_tab_completes_it(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path
) -> None:
    picker = show()
    write(picker, qtbot, f"{laboratory}/si")
    assert listed(picker) == ["signals"]
    qtbot.keyClick(picker.line, Qt.Key.Key_Tab)
    assert picker.line.text() == f"{laboratory}/signals/"
    qtbot.waitUntil(lambda: listed(picker) == ["deep.bw"])
    qtbot.keyClick(picker.line, Qt.Key.Key_Tab)
    assert picker.line.text() == f"{laboratory}/signals/deep.bw"
    qtbot.waitUntil(lambda: not picker._rest.isActive())
    press_return(picker, qtbot)
    assert picker.paths == (str(laboratory / "signals" / "deep.bw"),)


def test_tab_leaves_a_line_that_it_cannot_complete(show: Callable[..., PlacePicker], qtbot: QtBot) -> None:
    picker = show()
    qtbot.keyClick(picker.line, Qt.Key.Key_Tab)
    assert not picker.line.hasFocus()


def test_a_path_that_is_pasted_is_taken_before_the_list_has_followed(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path
) -> None:
    picker = show()
    picker.line.setText(f"{laboratory}/signals/../b.bed")
    press_return(picker, qtbot)
    assert picker.paths == (str(laboratory / "b.bed"),)


@pytest.mark.parametrize(
    ("mode", "text", "sentence"),
    [
        ("file", "gone.bw", "There is no file {}/gone.bw."),
        ("folder", "gone", "There is no folder {}/gone."),
        ("folder", "a.bw", "{}/a.bw is no folder."),
        ("file", "gone/a.bw", "There is no folder {}/gone."),
        ("save", "gone/a.bw", "There is no folder {}/gone."),
        ("file", "https://h/a.bw", "An address cannot be chosen here; choose a place of this machine."),
    ],
)
def test_what_cannot_be_taken_is_a_sentence_and_the_picker_stays(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path, mode: str, text: str, sentence: str
) -> None:
    picker = show(mode=mode)
    write(picker, qtbot, text)
    press_return(picker, qtbot)
    assert picker.note.text().replace("\u200b", "") == sentence.format(laboratory)
    assert picker.note.property("role") == "error"
    assert picker.isVisible()


def test_folders_are_walked_with_the_keyboard(show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path) -> None:
    picker = show()
    qtbot.keyClick(picker.line, Qt.Key.Key_Down)
    assert picker.files.hasFocus()
    qtbot.keyClick(picker.files, Qt.Key.Key_Down)
    press_return(picker, qtbot, picker.files)
    assert listed(picker) == ["deep.bw"]
    qtbot.keyClick(picker.files, Qt.Key.Key_Backspace)
    assert picker.files.entries[picker.files.currentIndex().row()].name == "signals", "where one came from"
    press_return(picker, qtbot, picker.files)
    press_return(picker, qtbot, picker.files)
    assert picker.paths == (str(laboratory / "signals" / "deep.bw"),)


def test_the_folders_around_and_home_are_one_press_away(show: Callable[..., PlacePicker], laboratory: Path) -> None:
    picker = show()
    picker.crumbs.buttons[-2].click()
    assert picker.crumbs.buttons[-1].toolTip() == str(laboratory.parent)
    picker.ways.itemActivated.emit(picker.ways.item(0))
    assert picker.crumbs.buttons[-1].toolTip() == str(laboratory)


def test_several_files_are_chosen_together_where_several_make_sense(
    show: Callable[..., PlacePicker], laboratory: Path
) -> None:
    picker = show(mode="files")
    picker.files.choose("b.bed", "a.bw")
    assert picker.note.text() == "2 of 5 entries are chosen."
    picker.footer.action.click()
    assert picker.paths == (str(laboratory / "a.bw"), str(laboratory / "b.bed"))


def test_addresses_are_taken_without_their_secrets_and_completed(
    show: Callable[..., PlacePicker], qtbot: QtBot
) -> None:
    picker = show(mode="files", takes_addresses=True)
    qtbot.keyClicks(picker.line, "https://h/f")
    qtbot.keyClick(picker.line, Qt.Key.Key_Tab)
    assert picker.line.text() == "https://h/folder/"
    write(picker, qtbot, "https://ann:pw@h/x.bw https://h/y.bw?token=1")
    press_return(picker, qtbot)
    assert picker.paths == ("https://h/x.bw", "https://h/y.bw")


def test_a_folder_is_chosen_as_it_is_listed_or_in_its_list(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path
) -> None:
    picker = show(mode="folder")
    assert listed(picker) == ["peaks", "signals"]
    assert picker.note.text() == f"2 entries. {laboratory.name} itself is taken where none of them is chosen."
    picker.footer.action.click()
    assert picker.paths == (str(laboratory),)
    picker = show(mode="folder")
    picker.files.choose("signals")
    picker.footer.action.click()
    assert picker.paths == (str(laboratory / "signals"),)


def test_what_is_typed_last_counts_and_not_what_was_chosen_before(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path
) -> None:
    picker = show()
    picker.files.choose("a.bw")
    qtbot.keyClicks(picker.line, f"{laboratory}/b.bed")
    press_return(picker, qtbot)
    assert picker.paths == (f"{laboratory}/b.bed",)


def test_return_before_the_list_has_followed_takes_what_is_typed_and_not_what_is_left(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path
) -> None:
    picker = show(start=f"{laboratory}/signals")
    assert listed(picker) == ["deep.bw"]
    qtbot.keyClicks(picker.line, "gone.bw")
    press_return(picker, qtbot)
    assert picker.isVisible()
    assert "There is no file" in picker.note.text()


def test_the_keyboard_begins_at_the_file_that_was_named_and_alt_up_leads_to_the_folder_around(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path
) -> None:
    picker = show(start=f"{laboratory}/b.bed")
    assert picker.files.currentIndex().data() == "b.bed"
    with qtbot.waitActive(picker):
        picker.activateWindow()
    qtbot.keyClick(picker.line, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert picker.crumbs.buttons[-1].toolTip() == str(laboratory.parent)


def test_where_nothing_answers_a_typed_path_is_taken(
    show: Callable[..., PlacePicker], qtbot: QtBot, host: Answering
) -> None:
    host.is_silent = True
    picker = show(start="~")
    qtbot.waitUntil(lambda: "does not answer" in picker.note.text())
    assert "A whole path can be typed" in picker.note.text()
    picker.line.setText("sub/x.bw")
    press_return(picker, qtbot)
    assert picker.isVisible(), "nobody knows in which folder"
    assert picker.note.text().startswith("Type a whole path")
    picker.line.setText("/far/x.bw")
    press_return(picker, qtbot)
    assert picker.paths == ("/far/x.bw",)


def test_a_person_can_ask_what_one_file_is_and_nothing_is_looked_into_before(
    show: Callable[..., PlacePicker], host: Answering
) -> None:
    picker = show()
    assert not picker.what.isEnabled()
    picker.files.choose("signals")
    assert not picker.what.isEnabled()
    picker.files.choose("a.bw")
    assert host.inspected == []
    picker.what.click()
    assert host.inspected == [f"{host.home}/a.bw"]
    assert picker.note.text() == "a.bw: A bigWig of 3 chromosomes."


def test_headings_ask_the_host_for_another_order(show: Callable[..., PlacePicker], host: Answering) -> None:
    picker = show()
    present(picker.files.header()).sectionClicked.emit(1)
    present(picker.files.header()).sectionClicked.emit(2)
    assert [request.order for request in host.asked] == ["name", "largest", "newest"]


def test_of_a_large_folder_a_part_is_listed_and_the_rest_is_a_few_letters_away(
    show: Callable[..., PlacePicker], qtbot: QtBot, laboratory: Path
) -> None:
    for number in range(MOST_ENTRIES):
        (laboratory / "peaks" / f"{number}.bed").touch()
    (laboratory / "peaks" / "zebra.bed").touch()
    picker = show(start=f"{laboratory}/peaks")
    assert picker.note.text() == "2,001 entries, of which 2,000 are listed: type a part of a name to narrow them."
    write(picker, qtbot, "zeb")
    assert listed(picker) == ["zebra.bed"]


def test_names_that_are_no_utf8_or_very_long_are_shown_and_chosen(
    show: Callable[..., PlacePicker], laboratory: Path
) -> None:
    strange, long = os.fsdecode(b"caf\xe9.bw"), f"{'n' * 200}.bw"
    for name in (strange, long):
        (laboratory / "peaks" / name).touch()
    picker = show(start=f"{laboratory}/peaks")
    shown = [present(picker.files.model()).index(row, 0).data() for row in range(2)]
    assert "caf\\udce9.bw" in shown
    picker.files.choose(strange)
    picker.footer.action.click()
    assert picker.paths == (f"{laboratory}/peaks/{strange}",)
    assert picker.width() < 1000


def test_every_part_says_what_it_is_to_a_screen_reader(show: Callable[..., PlacePicker]) -> None:
    picker = show(mode="files", kinds=(TRACKS, ALL))
    for part in (picker.line, picker.files, picker.ways, picker.kind, *picker.crumbs.buttons):
        assert part.accessibleName()
    assert all(button.text() or button.accessibleName() for button in picker.findChildren(QPushButton))


def test_what_is_picked_goes_to_who_asked_and_nothing_where_it_is_closed(
    qtbot: QtBot, host: Answering, laboratory: Path
) -> None:
    parent, chosen = QWidget(), list[object]()
    qtbot.addWidget(parent)
    pick(host, parent, Wanted("Choose"), chosen.append)
    picker = parent.findChild(PlacePicker)
    picker.reject()
    assert chosen == []
    pick(host, parent, Wanted("Choose"), chosen.append)
    picker = next(each for each in parent.findChildren(PlacePicker) if each.isVisible())
    picker.files.choose("a.bw")
    picker.footer.action.click()
    assert chosen == [(str(laboratory / "a.bw"),)]


def test_sizes_and_times_are_said_in_words() -> None:
    assert [size_in_words(size) for size in (0, 999, 1000, 9_940, 12_300, 999_600, 3_100_000_000)] == [
        *("0 B", "999 B", "1.0 kB", "9.9 kB"),
        *("12 kB", "1.0 MB", "3.1 GB"),
    ]
    assert time_in_words(1e18) == ""
    assert len(time_in_words(1_700_000_000)) == len("2023-11-14 22:13")


def test_a_common_beginning_is_as_the_first_is_written() -> None:
    assert common_beginning(["Chr1.bw", "chr10.bw"]) == "Chr1"
    assert common_beginning(["a"]) == "a"
    assert common_beginning([]) == ""
