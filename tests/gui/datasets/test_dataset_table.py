"""The table of a dataset to be: what can be changed in it, what it says, and how it looks."""

from typing import cast

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QPalette
from PyQt6.QtWidgets import QComboBox, QDialogButtonBox, QLineEdit
from pytestqt.qtbot import QtBot

from ebert_core.protocol.tracks import DraftCheck, FileKind
from ebert_gui.datasets import dataset_plan as plan
from ebert_gui.datasets.dataset_plan import Entry
from ebert_gui.datasets.dataset_table import FileTable
from ebert_gui.datasets.new_dataset_dialog import Answers, NewDatasetDialog
from tests.certain import present

PEAKS = "/lab/K562.CTCF.narrowPeak"
BOTH = ("/lab/hg19.fa", PEAKS)


@pytest.fixture
def table(qtbot: QtBot) -> FileTable:
    table = FileTable()
    qtbot.addWidget(table)
    table.resize(900, 300)
    with qtbot.waitExposed(table):
        table.show()
    return table


def row(table: FileTable, number: int) -> list[str]:
    choice = cast(QComboBox, table.cellWidget(number, 1))
    texts = [item.text() if (item := table.item(number, column)) else "" for column in range(5)]
    return [texts[0], choice.currentText(), *texts[2:]]


def test_a_row_says_what_a_file_is_and_only_cell_and_name_can_be_written(table: FileTable) -> None:
    table.add(PEAKS)
    assert row(table, 0) == ["K562.CTCF.narrowPeak", "leave out", "", "", "looking…"]
    table.fill(PEAKS, FileKind("peaks", "Peaks: narrowPeak."))
    assert row(table, 0) == ["K562.CTCF.narrowPeak", "peaks", "K562", "CTCF", "Peaks: narrowPeak."]
    assert table.entries() == [Entry(PEAKS, "peaks", "K562", "CTCF")]
    items = [table.item(0, column) for column in range(5)]
    assert [bool(present(item).flags() & Qt.ItemFlag.ItemIsEditable) for item in items] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert [present(item).toolTip() for item in items] == [PEAKS, "", "", "", "Peaks: narrowPeak."]
    choice = cast(QComboBox, table.cellWidget(0, 1))
    assert choice.accessibleName() == "What K562.CTCF.narrowPeak is used as"
    assert [choice.itemText(place) for place in range(choice.count())] == list(plan.USE_WORDS.values())


def test_a_change_by_a_person_is_announced_once_and_filling_a_row_once(table: FileTable) -> None:
    announced: list[int] = []
    table.changed.connect(lambda: announced.append(1))
    table.add(PEAKS)
    assert announced == []
    table.fill(PEAKS, FileKind("peaks", "Peaks."))
    assert len(announced) == 1
    table.say({PEAKS: "/lab/K562.CTCF.narrowPeak is empty."})
    assert len(announced) == 1
    present(table.item(0, 2)).setText("mine")
    assert len(announced) == 2
    table.choose_use(0, "")
    assert len(announced) == 3
    table.selectRow(0)
    table.remove_chosen()
    assert len(announced) == 4
    table.clear_files()
    assert len(announced) == 5


def test_what_stands_in_the_way_is_said_in_the_colour_of_errors_and_goes(table: FileTable) -> None:
    for path in BOTH:
        table.add(path)
    table.fill(PEAKS, FileKind("peaks", "Peaks."))
    table.say({PEAKS: f"{PEAKS} is empty."})
    wrong, usual = table.palette().color(QPalette.ColorRole.BrightText), table.palette().color(QPalette.ColorRole.Text)
    assert (row(table, 1)[4], present(table.item(1, 4)).toolTip()) == (
        "K562.CTCF.narrowPeak is empty.",
        f"{PEAKS} is empty.",
    )
    assert present(table.item(1, 4)).foreground().color() == wrong
    assert (row(table, 0)[4], present(table.item(0, 4)).foreground().color()) == ("looking…", usual)
    table.say({})
    assert (row(table, 1)[4], present(table.item(1, 4)).foreground().color()) == ("Peaks.", usual)
    table.clear_files()
    table.add(PEAKS)
    table.say({})
    assert row(table, 0)[4] == "looking…", "what was known of a file went with it"


def test_several_rows_are_removed_together(table: FileTable) -> None:
    for name in "abcd":
        table.add(f"/{name}")
    table.selectRow(1)
    present(table.selectionModel()).select(
        present(table.model()).index(3, 0), present(table.selectionModel()).SelectionFlag.Select
    )
    table.remove_chosen()
    assert table.paths() == ["/a", "/c"]


def test_an_empty_table_invites_and_a_full_one_has_its_columns(table: FileTable) -> None:
    def ink(middle: int, right: int) -> int:
        image = present(table.viewport()).grab().toImage()
        ground = image.pixelColor(2, 2)
        return sum(image.pixelColor(x, y) != ground for x in range(0, right, 2) for y in range(middle - 8, middle + 8))

    invitation, width = present(table.viewport()).height() // 2, present(table.viewport()).width()
    assert ink(invitation, width) > 50
    assert ink(17, 200) == 0
    table.add("/reads-of-a-file.bw")
    assert ink(invitation, width) == 0
    assert ink(17, 200) > 50, "the name of the file"
    assert [present(table.horizontalHeaderItem(column)).text() for column in range(5)] == [
        *("File", "Use as", "Cell type", "Factor or signal", "What was found"),
    ]
    assert [table.columnWidth(column) for column in range(4)] == [210, 190, 92, 124]
    assert sum(table.columnWidth(column) for column in range(5)) == present(table.viewport()).width()
    assert table.rowHeight(0) == 34
    assert present(table.verticalHeader()).isHidden()
    assert not table.showGrid()
    assert not table.wordWrap()
    assert not table.tabKeyNavigation()
    assert table.textElideMode() is Qt.TextElideMode.ElideRight
    assert (table.accessibleName(), table.property("role"), table.minimumHeight()) == (
        *("Files of the dataset", "pairs"),
        150,
    )
    assert (
        present(table.horizontalHeader()).defaultAlignment()
        == Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    )
    table.selectRow(0)
    assert len(table.selectedIndexes()) == 5


def test_a_cell_is_written_by_typing(table: FileTable, qtbot: QtBot) -> None:
    table.add(PEAKS)
    table.setCurrentCell(0, 2)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_H)
    assert table.findChild(QLineEdit) is not None


@pytest.fixture
def dialog(qtbot: QtBot) -> NewDatasetDialog:
    kinds = {"fa": "reference", "narrowPeak": "peaks"}

    def inspect(path, reply) -> None:
        reply(FileKind(kinds[path.rpartition(".")[2]], "A file."))

    dialog = NewDatasetDialog(Answers(inspect, lambda _draft, reply: reply(DraftCheck()), lambda *_words: None))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def test_the_dataset_lies_beside_its_reference(dialog: NewDatasetDialog) -> None:
    dialog.add_files(["/peaks/hg38.K562.CTCF.narrowPeak"])
    assert (dialog.name.text(), dialog.assembly.text(), dialog.path.text()) == ("peaks", "hg38", "/peaks/DATASET.toml")
    dialog.add_files(["/genome/GRCh38.fa"])
    assert (dialog.name.text(), dialog.path.text()) == ("genome", "/genome/DATASET.toml")


def test_files_are_welcomed_and_dropped_and_text_is_not(dialog: NewDatasetDialog) -> None:
    copy, none, left = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    assert dialog.acceptDrops()
    files, text = QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile(PEAKS)])
    text.setText("chr3")
    for mime, is_taken in ((files, True), (text, False)):
        event = QDragEnterEvent(QPoint(5, 5), copy, mime, left, none)
        event.setAccepted(False)
        dialog.dragEnterEvent(event)
        assert event.isAccepted() is is_taken
    drop = QDropEvent(QPointF(5, 5), copy, files, left, none)
    drop.setAccepted(False)
    dialog.dropEvent(drop)
    assert drop.isAccepted()
    assert dialog.table.paths() == [PEAKS]


def test_cancel_closes_the_form_and_its_parts_have_their_names(dialog: NewDatasetDialog) -> None:
    assert dialog.windowTitle() == "New dataset"
    assert dialog.browse.accessibleName() == "Browse for the dataset's file"
    assert dialog.assembly.placeholderText() == "hg38"
    assert (dialog.width(), dialog.height()) == (1040, 620)
    assert not any(each.autoDefault() for each in (dialog.remove, dialog.over, dialog.browse))
    cancel = present(dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel))
    cancel.click()
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([Entry("/r", "reference")], "Describes 1 file. The files stay where they are."),
        (
            [Entry("/r", "reference", "ignored"), Entry("/p", "peaks", "K562", "CTCF"), Entry("/x")],
            "Describes 2 files, K562. The files stay where they are.",
        ),
    ],
)
def test_what_the_dataset_will_be_is_said_in_a_sentence(entries: list[Entry], said: str) -> None:
    assert plan.summary(entries, DraftCheck()) == said


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("CTCF_SK_N_SH.bed", plan.Guess("SK-N-SH", "CTCF")),
        ("CTCF.H1-hESC.bed", plan.Guess("H1-hESC", "CTCF")),
        ("CTCF.K562", plan.Guess("K562", "CTCF")),
        ("MAX_1.ENCFF001ABC.bed", plan.Guess("", "MAX")),
    ],
)
def test_the_last_words_of_a_name_may_be_the_cell_type(name: str, guess: plan.Guess) -> None:
    assert plan.guess_names(f"/data/{name}") == guess
