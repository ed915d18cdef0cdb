"""The dialog lists files, says what each is, takes corrections and makes a draft."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ebert_core.protocol.tracks import FileKind
from ebert_gui.windows.new_dataset_dialog import NewDatasetDialog

KINDS = {
    "fa": FileKind("reference", "DNA sequence of 25 chromosomes."),
    "narrowPeak": FileKind("peaks", "Peaks: narrowPeak."),
    "bam": FileKind("", "BAM holds reads; open it in IGV."),
}
FILES = ["/lab/hg19.fa", "/lab/K562.CTCF.narrowPeak", "/lab/reads.bam"]


def answer_at_once(path: str, reply: Callable[[FileKind], None]) -> None:
    reply(KINDS[path.rpartition(".")[2]])


@pytest.fixture
def dialog(qtbot: QtBot) -> NewDatasetDialog:
    dialog = NewDatasetDialog(answer_at_once)
    qtbot.addWidget(dialog)
    return dialog


def create(dialog: NewDatasetDialog) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == "Create dataset")


def shown(dialog: NewDatasetDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


def cell(dialog: NewDatasetDialog, number: int, column: int) -> str:
    item = dialog.table.item(number, column)
    return item.text() if item is not None else ""


def test_an_empty_dialog_asks_for_files(dialog: NewDatasetDialog) -> None:
    assert not create(dialog).isEnabled()
    assert "Add files, or drop them here." in shown(dialog)


def test_added_files_become_a_draft(dialog: NewDatasetDialog) -> None:
    dialog.add_files(FILES)
    draft = dialog.draft()
    assert (draft.path, draft.name, draft.assembly) == ("/lab/DATASET.toml", "lab", "hg19")
    assert draft.reference == "/lab/hg19.fa"
    assert draft.peaks == (("K562", "CTCF", "conservative", "/lab/K562.CTCF.narrowPeak"),)
    assert create(dialog).isEnabled()


def test_every_file_is_said_to_be_something(dialog: NewDatasetDialog) -> None:
    dialog.add_files(FILES)
    assert [cell(dialog, number, 4) for number in range(3)] == [kind.sentence for kind in KINDS.values()]


def test_a_person_corrects_what_was_guessed(dialog: NewDatasetDialog) -> None:
    dialog.add_files(FILES)
    dialog.table.item(1, 2).setText("my cells")
    dialog.choose_use(0, "")
    draft = dialog.draft()
    assert draft.peaks[0][0] == "my cells"
    assert draft.reference == ""
    assert "No reference sequence" in shown(dialog)
    assert create(dialog).isEnabled()


def test_a_file_is_listed_once(dialog: NewDatasetDialog) -> None:
    dialog.add_files(FILES)
    dialog.add_files([*FILES, FILES[0]])
    assert dialog.table.rowCount() == 3


def test_chosen_files_are_removed_with_the_delete_key(dialog: NewDatasetDialog, qtbot: QtBot) -> None:
    dialog.add_files(FILES)
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.table.selectRow(0)
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert [entry.path for entry in dialog.entries()] == FILES[1:]


def test_dropped_files_are_listed(dialog: NewDatasetDialog) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in FILES])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    dialog.dropEvent(QDropEvent(QPointF(5, 5), copy, data, Qt.MouseButton.LeftButton, none))
    assert [entry.path for entry in dialog.entries()] == FILES


def test_answers_may_come_late_or_after_the_dialog_closed(qtbot: QtBot) -> None:
    replies: list[Callable[[FileKind], None]] = []
    dialog = NewDatasetDialog(lambda _path, reply: replies.append(reply))
    qtbot.addWidget(dialog)
    dialog.add_files(FILES[:2])
    assert cell(dialog, 0, 4) == "looking…"
    replies[0](KINDS["fa"])
    assert dialog.draft().reference == "/lab/hg19.fa"
    dialog.reject()
    replies[1](KINDS["narrowPeak"])
    assert cell(dialog, 1, 4) == "looking…"


def test_a_name_that_a_person_wrote_stays(dialog: NewDatasetDialog) -> None:
    dialog.name.setText("mine")
    dialog.add_files(FILES)
    assert dialog.draft().name == "mine"
