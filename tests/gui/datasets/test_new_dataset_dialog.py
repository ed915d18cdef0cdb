"""The dialog lists files, says what each is, takes corrections and makes a draft."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ebert_core.protocol.tracks import DatasetDraft, DraftCheck, DraftProblem, FileKind
from ebert_gui.datasets.new_dataset_dialog import Answers, NewDatasetDialog
from tests.certain import present

KINDS = {
    "fa": FileKind("reference", "DNA sequence of 25 chromosomes."),
    "narrowPeak": FileKind("peaks", "Peaks: narrowPeak."),
    "bam": FileKind("", "BAM holds reads; open it in IGV."),
}
FILES = ["/lab/hg19.fa", "/lab/K562.CTCF.narrowPeak", "/lab/reads.bam"]


class Worker:
    """Answers at once: what a file is by its ending, and of a draft what a test wants it to find."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}
        self.refusal = ""
        self.checked: list[DatasetDraft] = []
        self.written: list[DatasetDraft] = []

    def inspect(self, path: str, reply: Callable[[FileKind], None]) -> None:
        reply(KINDS[path.rpartition(".")[2]])

    def check(self, draft: DatasetDraft, reply: Callable[[DraftCheck], None]) -> None:
        self.checked.append(draft)
        reply(DraftCheck(tuple(DraftProblem(*pair) for pair in self.problems.items())))

    def write(self, draft: DatasetDraft, done: Callable[[], None], refused: Callable[[str], None]) -> None:
        if self.refusal:
            refused(self.refusal)
        else:
            self.written.append(draft)
            done()


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def dialog(worker: Worker, qtbot: QtBot) -> NewDatasetDialog:
    dialog = NewDatasetDialog(Answers(worker.inspect, worker.check, worker.write))
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
    assert dialog._footer.problem.property("role") == "muted", "an empty form is no mistake"
    dialog.add_files(FILES[2:])
    assert dialog._footer.problem.text()
    assert dialog._footer.problem.property("role") == "error"


def test_files_that_are_picked_are_listed(dialog: NewDatasetDialog) -> None:
    dialog.place_wanted.connect(lambda _wanted, then: then(tuple(FILES[:2])))
    dialog.add.click()
    assert dialog.table.paths() == FILES[:2]


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
    present(dialog.table.item(1, 2)).setText("my cells")
    dialog.table.choose_use(0, "")
    draft = dialog.draft()
    assert draft.peaks[0][0] == "my cells"
    assert draft.reference == ""
    assert "Add a reference sequence" in shown(dialog)
    assert not create(dialog).isEnabled()


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
    assert dialog.table.paths() == FILES[1:]


def test_dropped_files_are_listed(dialog: NewDatasetDialog) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in FILES])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    dialog.dropEvent(QDropEvent(QPointF(5, 5), copy, data, Qt.MouseButton.LeftButton, none))
    assert dialog.table.paths() == FILES


def test_answers_may_come_late_or_after_the_dialog_closed(qtbot: QtBot) -> None:
    replies: list[Callable[[FileKind], None]] = []
    worker = Worker()
    dialog = NewDatasetDialog(Answers(lambda _path, reply: replies.append(reply), worker.check, worker.write))
    qtbot.addWidget(dialog)
    dialog.add_files(FILES[:2])
    assert cell(dialog, 0, 4) == "looking…"
    replies[0](KINDS["fa"])
    assert dialog.draft().reference == "/lab/hg19.fa"
    dialog.accept()
    replies[1](KINDS["narrowPeak"])
    assert cell(dialog, 1, 4) == "looking…"


def test_a_name_that_a_person_wrote_stays(dialog: NewDatasetDialog) -> None:
    dialog.name.setText("mine")
    dialog.add_files(FILES)
    assert dialog.draft().name == "mine"


def test_a_file_that_cannot_serve_is_named_beside_it_while_the_form_is_filled(
    dialog: NewDatasetDialog, worker: Worker, qtbot: QtBot
) -> None:
    worker.problems = {"/lab/hg19.fa": "/lab/hg19.fa is packed with plain gzip; pack it again with bgzip."}
    dialog.add_files(FILES)
    qtbot.waitUntil(lambda: "plain gzip" in cell(dialog, 0, 4))
    assert cell(dialog, 0, 4) == "hg19.fa is packed with plain gzip; pack it again with bgzip."
    assert cell(dialog, 1, 4) == KINDS["narrowPeak"].sentence
    assert "plain gzip" in shown(dialog)
    assert not create(dialog).isEnabled()
    worker.problems = {}
    dialog.name.setText("again")
    qtbot.waitUntil(lambda: create(dialog).isEnabled())
    assert cell(dialog, 0, 4) == KINDS["fa"].sentence


def test_a_place_that_cannot_be_written_is_said_below_the_field(
    dialog: NewDatasetDialog, worker: Worker, qtbot: QtBot
) -> None:
    worker.problems = {"/lab/DATASET.toml": "/lab/DATASET.toml is there already; give another name."}
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.add_files(FILES)
    qtbot.waitUntil(lambda: dialog.path.property("invalid") is True)
    note = next(label for label in dialog.findChildren(QLabel) if label.isVisible() and "already" in label.text())
    qtbot.waitUntil(lambda: note.width() > 400 and note.height() >= note.heightForWidth(note.width()))
    assert "DATASET.toml is there already; give another name." in shown(dialog)
    dialog.path.setText("/lab/other.toml")
    assert dialog.path.property("invalid") is False
    assert create(dialog).isEnabled()


def test_a_burst_of_changes_is_checked_once(dialog: NewDatasetDialog, worker: Worker, qtbot: QtBot) -> None:
    dialog.add_files(FILES)
    for letter in range(20):
        dialog.name.setText("n" * letter)
    dialog.name.setText("last")
    qtbot.waitUntil(lambda: bool(worker.checked))
    assert [draft.name for draft in worker.checked] == ["last"]


def test_a_refusal_keeps_the_form_and_can_be_tried_again(
    dialog: NewDatasetDialog, worker: Worker, qtbot: QtBot
) -> None:
    worker.refusal = "/lab/hg19.fa, line 3: the lines of chr1 differ in length."
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.add_files(FILES)
    create(dialog).click()
    assert dialog.isVisible()
    assert "hg19.fa, line 3: the lines of chr1 differ in length." in shown(dialog)
    assert dialog.table.paths() == FILES
    assert dialog.path.text() == "/lab/DATASET.toml"
    worker.refusal = ""
    create(dialog).click()
    assert not dialog.isVisible()
    assert [draft.reference for draft in worker.written] == ["/lab/hg19.fa"]


def test_the_first_thing_to_press_is_add_files(dialog: NewDatasetDialog, qtbot: QtBot) -> None:
    with qtbot.waitActive(dialog):
        dialog.show()
    assert dialog.add.hasFocus()
    assert dialog.add.isDefault()
    dialog.add_files(FILES)
    assert create(dialog).isDefault()


@pytest.mark.parametrize(
    ("chosen", "path"), [("/lab/DATASET.toml", "/lab/DATASET.toml"), ("/lab/mine", "/lab/mine.toml")]
)
def test_only_what_the_person_was_asked_about_is_replaced(dialog: NewDatasetDialog, chosen: str, path: str) -> None:
    dialog.add_files(FILES)
    assert not dialog.draft().may_replace
    # The picker asks whether to replace what has the whole name.
    dialog.place_wanted.connect(lambda wanted, then: then((wanted.complete(chosen),)))
    dialog.browse.click()
    assert (dialog.draft().path, dialog.draft().may_replace) == (path, True)
    dialog.path.setText("/lab/other.toml")
    assert not dialog.draft().may_replace


def test_every_part_of_the_form_can_be_seen(dialog: NewDatasetDialog, qtbot: QtBot) -> None:
    with qtbot.waitExposed(dialog):
        dialog.show()
    for part in (dialog.table, dialog.add, dialog.remove, dialog.name, dialog.assembly, dialog.path, dialog.browse):
        assert not part.visibleRegion().isEmpty()
    assert not dialog.remove.isEnabled()
    dialog.add_files(FILES[:1])
    dialog.table.selectRow(0)
    assert dialog.remove.isEnabled()


def test_escape_keeps_what_was_filled_in(dialog: NewDatasetDialog, qtbot: QtBot) -> None:
    dialog.open()
    dialog.add_files(FILES)
    dialog.name.setText("mine")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert dialog.is_unfinished
    before = dialog.draft()
    dialog.open()
    assert dialog.draft() == before
    assert dialog.name.text() == "mine"


def test_answers_that_come_while_a_kept_form_is_closed_are_taken(worker: Worker, qtbot: QtBot) -> None:
    replies: list[Callable[[FileKind], None]] = []
    dialog = NewDatasetDialog(Answers(lambda _path, reply: replies.append(reply), worker.check, worker.write))
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.add_files(FILES[:1])
    dialog.reject()
    replies[0](KINDS["fa"])
    assert cell(dialog, 0, 4) == KINDS["fa"].sentence


def test_an_empty_form_is_not_kept(dialog: NewDatasetDialog) -> None:
    dialog.open()
    dialog.reject()
    assert not dialog.is_unfinished


def test_starting_over_empties_the_form(dialog: NewDatasetDialog, worker: Worker, qtbot: QtBot) -> None:
    dialog.open()
    assert not dialog.over.isEnabled()
    dialog.add_files(FILES)
    assert dialog.over.isEnabled()
    qtbot.mouseClick(dialog.over, Qt.MouseButton.LeftButton)
    assert dialog.table.paths() == []
    assert [field.text() for field in (dialog.name, dialog.assembly, dialog.path)] == ["", "", ""]
    dialog.reject()
    assert not dialog.is_unfinished


def test_a_dataset_that_was_written_is_not_kept(dialog: NewDatasetDialog, worker: Worker) -> None:
    dialog.open()
    dialog.add_files(FILES)
    create(dialog).click()
    assert worker.written
    assert not dialog.is_unfinished
