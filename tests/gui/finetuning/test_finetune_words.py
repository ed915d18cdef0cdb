"""Every row of the form for a fine-tuning: its words, its hint, its limits, and what it changes in the spec."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.finetuning.pair_table import PairTable
from ebert_gui.widgets.forms import Fold, Footer
from ebert_gui.widgets.spec_settings import SpecSettings
from ebert_gui.widgets.wanted_place import Wanted
from tests.certain import present
from tests.gui.layouts import margins_of, parts_of, place_of


@pytest.fixture
def dialog(dataset: DatasetSummary, checkpoint: ModelSummary, qtbot: QtBot) -> FineTuneDialog:
    dialog = FineTuneDialog(dataset, checkpoint)
    qtbot.addWidget(dialog)
    dialog.resize(900, 900)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def captions(dialog: QWidget) -> list[str]:
    labels = [part for part in dialog.findChildren(QLabel) if part.buddy() is not None and part.isVisibleTo(dialog)]
    return [each.text() for each in sorted(labels, key=lambda each: place_of(each, dialog).top())]


def test_the_form_asks_in_the_order_in_which_a_person_decides(dialog: FineTuneDialog) -> None:
    assert dialog.windowTitle() == "Fine-tune on measured peaks"
    assert captions(dialog) == [
        "Start from",
        "&Train on",
        "Ho&ld out",
        "Look at",
        "Signals",
        "&Passes over the data",
        "&Result goes to",
    ]
    assert margins_of(dialog)[::2] == (16, 16)
    starts = [dialog.from_open, dialog.from_nothing, dialog.from_folder]
    assert [button.text() for button in starts] == [
        "the open checkpoint, small",
        "nothing: random weights, needs far more data",
        "another checkpoint folder:",
    ]
    tops = [place_of(button, dialog).top() for button in starts]
    assert tops == sorted(tops)
    assert dialog.folder.width() > 200
    edges = {place_of(field, dialog).left() for field in (dialog.from_open, dialog.training, dialog.epochs)}
    assert len(edges) == 1
    boxes = [part for part in parts_of(dialog) if isinstance(part, QCheckBox)]
    assert [box.text() for box in boxes] == ["sequence (always)", "chromatin states", "motif matches", "DNase"]
    assert [(box.isChecked(), box.isEnabled()) for box in boxes[:3]] == [(True, False), (True, True), (True, True)]


def test_the_form_without_an_open_checkpoint_begins_with_nothing(dataset: DatasetSummary, qtbot: QtBot) -> None:
    dialog = FineTuneDialog(
        replace(dataset, cell_types=tuple(replace(c, has_states=False) for c in dataset.cell_types)), None
    )
    qtbot.addWidget(dialog)
    assert dialog.from_open.text() == "the open checkpoint (none is open)"
    assert not dialog.from_open.isEnabled()
    assert dialog.from_nothing.isChecked()
    assert (dialog.use_states.isEnabled(), dialog.use_states.isChecked()) == (False, False)
    assert not any(box.isChecked() for box in dialog.signals.values())


def test_fields_say_what_belongs_into_them(dialog: FineTuneDialog) -> None:
    for field in (dialog.training, dialog.validation):
        assert field.toolTip() == "Chromosomes or regions, separated by commas."
        assert field.cursorPosition() == 0
    assert dialog.epochs.toolTip() == "How often every place is seen in every cell type; the best pass is kept."
    assert (dialog.epochs.minimum(), dialog.epochs.maximum(), dialog.epochs.width()) == (1, 1000, 84)
    assert dialog.folder.placeholderText() == "/path/to/checkpoint"
    assert dialog.folder.accessibleName() == "Checkpoint folder to start from"
    assert dialog.output.placeholderText() == "/path/to/result"
    said = [part.text() for part in parts_of(dialog) if isinstance(part, QLabel)]
    assert "Kept out of training, to choose the best pass and to measure it." in said


@pytest.mark.parametrize(
    ("change", "is_changed"),
    [
        (lambda form: form.use_states.click(), lambda spec: not spec.use_states),
        (lambda form: form.use_motifs.click(), lambda spec: not spec.use_motifs),
        (lambda form: form.signals["DNase"].click(), lambda spec: spec.signals == ()),
        (lambda form: form.epochs.setValue(7), lambda spec: spec.epochs == 7),
        (lambda form: form.training.setText("chr17"), lambda spec: spec.training == ("chr17",)),
        (lambda form: form.validation.setText("chr5:1-900"), lambda spec: spec.validation == ("chr5:1-900",)),
        (lambda form: form.output.setText("/elsewhere"), lambda spec: spec.output == "/elsewhere"),
        (lambda form: form.from_nothing.click(), lambda spec: spec.start_from == ""),
        (lambda form: form.folder.setText("/c") or form.from_folder.click(), lambda spec: spec.start_from == "/c"),
        (lambda form: form.pairs.choose_use("HepG2", "leave out"), lambda spec: "HepG2" not in spec.cell_types),
        (lambda form: form.pairs.choose_factor("MAX", False), lambda spec: "MAX" not in spec.factors),
        (lambda form: form._settings.widget("seed").setValue(77), lambda spec: spec.seed == 77),
        (lambda form: form._settings.widget("dropout").setValue(0.25), lambda spec: spec.dropout == 0.25),
        (lambda form: form._settings.widget("motif_head").click(), lambda spec: spec.motif_head is not None),
        (lambda form: form._settings.widget("preset").setCurrentIndex(2), lambda spec: bool(spec.preset)),
    ],
)
def test_every_change_of_the_form_is_in_the_spec_and_is_judged_anew(
    dataset: DatasetSummary, checkpoint: ModelSummary, qtbot: QtBot, change, is_changed
) -> None:
    asked = []
    form = FineTuneDialog(dataset, checkpoint, check=lambda spec, _answer: asked.append(spec))
    qtbot.addWidget(form)
    footer = form.findChild(Footer)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert footer.problem.text() == "Checking …"
    change(form)
    assert is_changed(form.spec())
    if footer.problem.text() == "Checking …":
        qtbot.waitUntil(lambda: len(asked) == 2)
        assert asked[-1] == form.spec()
    else:
        assert footer.problem.text()


def test_typing_a_folder_chooses_it_and_an_empty_one_is_asked_for(dialog: FineTuneDialog, qtbot: QtBot) -> None:
    footer = dialog.findChild(Footer)
    dialog.from_folder.click()
    assert footer.problem.text() == "Name the checkpoint folder to start from."
    dialog.from_nothing.click()
    qtbot.keyClicks(dialog.folder, "/my/own")
    assert dialog.from_folder.isChecked()
    assert "starting from the chosen checkpoint" in footer.summary.text()
    dialog.from_nothing.click()
    assert "starting from random weights" in footer.summary.text()
    dialog.from_open.click()
    assert "starting from small" in footer.summary.text()


def browse_buttons(dialog: FineTuneDialog) -> list[QPushButton]:
    return [each for each in dialog.findChildren(QPushButton) if "rowse" in each.text() or "…" in each.text()]


def test_browsing_begins_at_what_is_written_and_writes_what_was_chosen(
    dialog: FineTuneDialog,
) -> None:
    asked: list[tuple[str, str, str]] = []
    answers = ["/chosen", "/result", ""]

    def choose(wanted: Wanted, then: Callable[[tuple[str, ...]], None]) -> None:
        asked.append((wanted.title, wanted.mode, wanted.start))
        answer = answers.pop(0)
        if answer:
            then((answer,))

    dialog.place_wanted.connect(choose)
    dialog.folder.setText("/begin")
    dialog.from_nothing.click()
    checkpoint, result = browse_buttons(dialog)
    checkpoint.click()
    assert (dialog.folder.text(), dialog.from_folder.isChecked()) == ("/chosen", True)
    dialog.from_nothing.click()
    before = dialog.output.text()
    result.click()
    assert (dialog.output.text(), dialog.from_folder.isChecked()) == ("/result", False)
    result.click()
    assert dialog.output.text() == "/result"
    assert asked == [
        ("Checkpoint folder", "folder", "/begin"),
        ("Result", "save", before),
        ("Result", "save", "/result"),
    ]


def test_all_factors_and_no_factor_are_a_click_away(dialog: FineTuneDialog) -> None:
    everything, nothing = (
        next(button for button in dialog.findChildren(QPushButton) if button.text() == text)
        for text in ("All factors", "No factor")
    )
    nothing.click()
    assert dialog.spec().factors == ()
    assert dialog.findChild(Footer).problem.text() == "Choose at least one factor."
    everything.click()
    assert dialog.spec().factors == ("CTCF", "FOXA1", "GABPA", "MAX")
    assert not everything.autoDefault()
    heading = next(part for part in parts_of(dialog) if isinstance(part, QLabel) and part.text().startswith("What was"))
    assert heading.property("role") == "heading"
    assert place_of(everything, dialog).right() < place_of(nothing, dialog).left()


def test_the_settings_that_most_people_leave_are_folded_in_and_each_says_what_it_does(dialog: FineTuneDialog) -> None:
    fold = dialog.findChild(Fold)
    assert fold.heading.text() == "&More settings"
    assert not fold.contents.isVisible()
    fold.set_open(True)
    settings = dialog._settings
    hints = {name: settings.widget(name).toolTip() for name in settings.names()}
    silent = {name for name, hint in hints.items() if not hint}
    assert silent == {"device", "precision"}
    for name, hint in hints.items():
        widget = settings.widget(name)
        assert widget.accessibleDescription() == hint
        assert widget.accessibleName()
        shown = [part for part in fold.findChildren(QLabel) if hint and part.text() == hint]
        assert len(shown) == bool(hint)
        if not shown:
            continue
        assert not shown[0].wordWrap()
        assert place_of(shown[0], fold).left() > place_of(widget, fold).right()
    assert len({settings.widget(name).width() for name in settings.names()}) == 1
    headings = [part for part in fold.findChildren(QLabel) if part.property("role") == "heading"]
    assert len(headings) >= 3


@pytest.mark.parametrize(
    ("name", "least", "most", "step", "suffix", "nothing"),
    [
        ("learning_rate", 1e-8, 1.0, 1e-4, "", ""),
        ("layer_decay", 0.01, 10.0, 0.05, "", ""),
        ("weight_average", 0.0, 0.99999, 0.01, "", ""),
        ("further_windows", 0.0, 100.0, 0.5, " x", "none"),
        ("dropout", 0.0, 0.99, 0.05, "", ""),
        ("batch_size", 1, 4096, 1, "", ""),
        ("warmup_steps", 0, 100_000, 1, " steps", ""),
        ("hard_negative_rounds", 0, 1000, 1, " passes", "none"),
    ],
)
def test_a_number_has_its_limits_its_unit_and_a_word_for_none(
    name: str, least: float, most: float, step: float, suffix: str, nothing: str
) -> None:
    box = SpecSettings(FineTune).widget(name)
    assert isinstance(box, QSpinBox | QDoubleSpinBox)
    assert (box.minimum(), box.maximum(), box.singleStep()) == (least, most, step)
    assert (box.suffix(), box.specialValueText()) == (suffix, nothing)


def test_small_numbers_are_written_as_short_as_they_are(qtbot: QtBot) -> None:
    box = SpecSettings(FineTune).widget("learning_rate")
    assert isinstance(box, QDoubleSpinBox)
    for value, text in ((0.0005, "0.0005"), (1.0, "1"), (1e-8, "0.00000001"), (0.25, "0.25")):
        box.setValue(value)
        assert box.text() == text
        assert box.value() == value


def test_what_lies_beyond_the_limits_of_a_field_comes_back_as_it_was(dataset: DatasetSummary, qtbot: QtBot) -> None:
    begun = replace(
        FineTuneDialog(dataset, None).spec(),
        seed=2**40,
        batch_size=9000,
        learning_rate=3.0,
        dropout=0.995,
        device="cuda:1",
        epochs=5000,
    )
    dialog = FineTuneDialog(dataset, None, begun=begun)
    qtbot.addWidget(dialog)
    assert dialog.spec() == begun
    # A larger seed than Qt can count is the largest that it can.
    shown = {"seed": 2**31 - 1, "batch_size": 9000, "learning_rate": 3.0, "dropout": 0.995}
    assert {name: dialog._settings.widget(name).value() for name in shown} == shown
    assert dialog.epochs.value() == 5000
    other = FineTuneDialog(dataset, None, begun=replace(begun, motif_head=not begun.motif_head, co_binding=True))
    qtbot.addWidget(other)
    boxes = [other._settings.widget(name) for name in ("motif_head", "co_binding")]
    assert [box.isChecked() for box in boxes if isinstance(box, QCheckBox)] == [not begun.motif_head, True]
    box = dialog._settings.widget("device")
    assert isinstance(box, QComboBox)
    assert box.currentText() == "cuda:1"


# The table of pairs


PAIRS = {"CTCF": ("A", "B"), "MAX": ("A",), **{f"F{number}": ("B",) for number in range(6)}}


@pytest.fixture
def table(qtbot: QtBot) -> PairTable:
    table = PairTable(PAIRS, "B")
    qtbot.addWidget(table)
    table.resize(600, table.height())
    with qtbot.waitExposed(table):
        table.show()
    return table


def test_the_choices_of_use_stay_under_their_names_when_the_table_is_scrolled(qtbot: QtBot) -> None:
    cells = tuple(f"cell-{number}" for number in range(12))
    table = PairTable({"CTCF": cells}, cells[0])
    qtbot.addWidget(table)
    table.resize(500, table.height())
    with qtbot.waitExposed(table):
        table.show()
    header, scroll = present(table.horizontalHeader()), present(table.horizontalScrollBar())
    assert scroll.maximum() > 500
    scroll.setValue(scroll.maximum())
    boxes = {box.accessibleName(): box for box in table.findChildren(QComboBox)}
    for column, cell in enumerate(sorted(cells), start=1):
        box = boxes[f"Use of {cell}"]
        assert (box.x(), box.width()) == (
            header.sectionViewportPosition(column) + 2,
            header.sectionSize(column) - 4,
        )
    assert header.sectionViewportPosition(12) < 500, "the last is in view"


def test_the_choices_of_use_stand_under_the_names_of_their_cell_types(table: PairTable) -> None:
    first, second = (box for box in table.findChildren(QComboBox))
    assert [box.accessibleName() for box in (first, second)] == ["Use of A", "Use of B"]
    assert [box.currentText() for box in (first, second)] == ["train on", "hold out"]
    assert [first.itemText(place) for place in range(3)] == ["train on", "hold out", "leave out"]
    assert [box.geometry().getRect()[:2] for box in (first, second)] == [
        (table.columnViewportPosition(1) + 2, 30),
        (table.columnViewportPosition(2) + 2, 30),
    ]
    assert (first.width(), first.height()) == (table.columnWidth(1) - 4, 32)
    assert table.columnWidth(0) == 164
    assert table.columnWidth(1) == table.columnWidth(2)
    assert table.height() == 30 + 38 + 28 * 5 + 2
    assert present(table.horizontalHeader()).height() == 68
    (caption,) = [part for part in table.findChildren(QLabel) if part.text() == "Use this cell type to"]
    assert caption.geometry().getRect() == (2, 30, 160, 32)


def test_a_pair_says_what_it_is_used_for_and_fades_where_it_is_not(table: PairTable) -> None:
    def of(factor: str, cell: str) -> tuple[str, str]:
        row, column = list(PAIRS).index(factor), {"A": 1, "B": 2}[cell]
        item = present(table.item(row, column))
        return item.text(), item.foreground().color().name(QColor.NameFormat.HexArgb)

    used, unused = of("CTCF", "A")[1], of("MAX", "B")[1]
    assert used != unused
    assert of("CTCF", "A") == ("trained on", used)
    assert of("CTCF", "B") == ("held out", used)
    assert of("MAX", "B") == ("not measured", unused)
    table.choose_use("B", "leave out")
    assert of("CTCF", "B") == ("left out", unused)
    table.choose_factor("CTCF", False)
    assert of("CTCF", "A") == ("left out", unused)
    assert of("MAX", "A") == ("trained on", used)


def test_only_the_boxes_of_factors_can_be_ticked_and_every_change_is_told(table: PairTable, qtbot: QtBot) -> None:
    told = []
    table.changed.connect(lambda: told.append(table.factors()))
    table.choose_factor("MAX", False)
    assert told == [tuple(name for name in PAIRS if name != "MAX")]
    table.choose_use("A", "check")
    assert len(told) == 2
    assert (table.cells("check"), table.cells("learn")) == (("A", "B"), ())
    assert present(table.item(0, 0)).flags() & Qt.ItemFlag.ItemIsUserCheckable
    assert not present(table.item(0, 1)).flags() & (Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable)
    assert not present(table.item(0, 0)).flags() & Qt.ItemFlag.ItemIsEditable
    present(table.item(0, 0)).setCheckState(Qt.CheckState.Unchecked)
    assert "CTCF" not in told[-1]


@pytest.mark.parametrize(("chosen", "is_scrolled"), [("F2", False), ("F3", True)])
def test_the_first_chosen_factor_is_in_sight_when_the_table_is_shown(
    qtbot: QtBot, chosen: str, is_scrolled: bool
) -> None:
    table = PairTable(PAIRS, "")
    qtbot.addWidget(table)
    for factor in PAIRS:
        table.choose_factor(factor, factor == chosen)
    with qtbot.waitExposed(table):
        table.show()
    assert (present(table.verticalScrollBar()).value() > 0) is is_scrolled
    assert table.cells("check") == ()


def test_the_table_is_read_like_the_others(table: PairTable, qtbot: QtBot) -> None:
    assert present(table.verticalHeader()).isHidden()
    assert not table.showGrid()
    assert table.accessibleName() == "Measured pairs of factor and cell type"
    assert {table.rowHeight(row) for row in range(table.rowCount())} == {28}
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Tab)
    assert not table.hasFocus()
    assert present(table.horizontalHeaderItem(0)).text() == "Factor"
    table.setCurrentCell(1, 0)
    table.setCurrentCell(2, 0)
    assert len(table.selectedItems()) <= 1
    narrow = PairTable({"CTCF": tuple(f"C{number}" for number in range(20))}, "")
    qtbot.addWidget(narrow)
    narrow.resize(400, 150)
    narrow.show()
    assert narrow.columnWidth(1) >= 112
    box = narrow.findChildren(QComboBox)[0]
    before = box.x()
    present(narrow.horizontalScrollBar()).setValue(57)
    assert box.x() == before - 57
