"""Every word of the checkpoint's dock, in order: what a person can read of a model before trusting it."""

from itertools import pairwise

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary, OutputSummary
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from ebert_gui.models.model_dock import ModelDock
from ebert_gui.widgets.theme import DARK
from ebert_gui.widgets.verdict_panel import VerdictPanel, outcome_colour
from tests.certain import of, present
from tests.gui.layouts import parts_of

CTCF = Judgement("CTCF", ("K562",), 37, 150, "level", "CTCF is level.", 0.43, 0.41, 0.2, 0.02, -0.05, 0.08)
VERDICT = Verdict(CTCF, "motif x accessibility", "chr20", (CTCF, replace(CTCF, factor="MAX")), ("Read once.",))


@pytest.fixture
def dock(qtbot: QtBot) -> ModelDock:
    dock = ModelDock()
    qtbot.addWidget(dock)
    return dock


def page_of(dock: ModelDock) -> QWidget:
    return present(of(QScrollArea, dock.pages.currentWidget()).widget())


def words(dock: ModelDock) -> list[str]:
    """The labels of the page of a checkpoint."""
    return words_of(page_of(dock))


def words_of(page: QWidget) -> list[str]:
    """The labels of a page, top to bottom; a table stands as one."""
    said = []
    for part in parts_of(page):
        if isinstance(part, QTableWidget):
            said.append("<table>")
        elif isinstance(part, QLabel | QPushButton | QLineEdit):
            said.append(part.text())
    return said


def test_all_that_is_known_of_a_checkpoint_is_said_in_one_order(dock: ModelDock, checkpoint: ModelSummary) -> None:
    dock.show_model(checkpoint)
    assert words(dock) == [
        "small",
        "Before you trust it",
        "Trained on little DNA: treat every score as a first guess.",
        "No verdict",
        "It was not compared with a baseline on held-out loci; a fine-tuning does that at its end.",
        "Factors and their auPRC on held-out bins",
        "<table>",
        "auPRC 0.710 on HepG2, chr5. What a probability of CTCF is worth was not measured on held-out bins.",
        *("What it has seen", "Genome", "hg19", "Cell types", "GM12878, K562"),
        *(
            "Seen in training",
            "50 kb: chr3 (50 kb)",
            "Chose epoch",
            "20 kb: chr17:20,001-40,000; held out of the training",
        ),
        *("States", "2 states", "Signals", "DNase"),
        *("What it is", "Network", "6 x 256 x 8 x 4,000 bp", "Parameters", "5.1 million"),
        *("Sees at once", "4 kb", "Runs on", "cpu in bf16"),
        "/data/checkpoints/small",
        "Open checkpoint…",
    ]


def test_a_bare_checkpoint_says_what_it_has_not(dock: ModelDock, checkpoint: ModelSummary) -> None:
    bare = replace(
        checkpoint,
        outputs=(),
        limits=(),
        states=(),
        signals=(),
        training=(),
        validation=(),
        cell_types=(),
        precision="",
        is_synthetic=True,
    )
    dock.show_model(bare)
    said = words(dock)
    assert said[:5] == [
        "small",
        "SYNTHETIC: made on an invented genome, it says nothing about real DNA.",
        "No verdict",
        "Pre-trained only: it predicts no factor yet, so there is nothing to compare with a baseline.",
        "Factors",
    ]
    facts = dict(pairwise(said))
    assert [
        facts[name] for name in ("Cell types", "Seen in training", "Chose epoch", "States", "Signals", "Runs on")
    ] == [
        "none",
        "not recorded",
        "nothing",
        "not used",
        "not used",
        "cpu",
    ]


def test_the_path_is_whole_to_read_and_copy_and_not_to_change(
    dock: ModelDock, checkpoint: ModelSummary, qtbot: QtBot
) -> None:
    dock.show_model(replace(checkpoint, path="/a/very/long/way/" * 20))
    (path,) = page_of(dock).findChildren(QLineEdit)
    qtbot.keyClicks(path, "typed")
    assert path.text() == path.toolTip() == "/a/very/long/way/" * 20
    assert path.cursorPosition() == 0


def test_an_empty_dock_says_what_a_checkpoint_is_and_why_none_is_open(dock: ModelDock) -> None:
    assert words_of(dock.pages) == [
        "No checkpoint is open",
        "A checkpoint is a trained EBERT. With one open, predicted binding becomes a track.",
        "Open checkpoint…",
    ]
    dock.show_model(None, "It is damaged.")
    said = [part for part in parts_of(dock.pages) if isinstance(part, QLabel)]
    assert said[1].text() == "It is damaged."
    assert said[1].textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert dock.pages.minimumSizeHint().width() >= 320
    assert dock.pages.sizeHint().width() == 400


def test_a_dock_says_which_checkpoint_is_on_its_way(dock: ModelDock) -> None:
    dock.show_model(None, opening="human_slices")
    assert words_of(dock.pages)[0] == "Opening human_slices…"
    dock.show_model(None)
    assert words_of(dock.pages)[0] == "No checkpoint is open"


def table_of(dock: ModelDock, beginning: str) -> QTableWidget:
    tables = page_of(dock).findChildren(QTableWidget)
    return next(table for table in tables if table.accessibleName().startswith(beginning))


def test_a_factor_of_many_cell_types_counts_them_and_names_them_in_its_hint(
    dock: ModelDock, checkpoint: ModelSummary
) -> None:
    factors = (OutputSummary("A", ("x", "y")), OutputSummary("B", ("x", "y", "z"), 0.3))
    dock.show_model(replace(checkpoint, outputs=factors, verdict=VERDICT))
    table = table_of(dock, "Factors that this")
    rows = [[table.item(row, column) for column in range(3)] for row in range(2)]
    assert [[present(item).text() for item in row] for row in rows] == [
        ["A", "x, y", "no calls"],
        ["B", "3 cell types", "from 0.3"],
    ]
    assert [present(item).toolTip() for item in rows[1]] == [
        "B",
        "x, y, z",
        "The probability from which a bin of 200 bp is called bound, chosen on the held-out bins.",
    ]
    assert present(table.horizontalHeaderItem(2)).toolTip() == present(rows[1][2]).toolTip()
    dock.show_model(replace(checkpoint, outputs=factors))
    assert present(table_of(dock, "Factors that this").horizontalHeaderItem(2)).toolTip() == ""


def test_the_factor_in_view_is_chosen_before_and_after_a_checkpoint_opens(
    dock: ModelDock, checkpoint: ModelSummary
) -> None:
    dock.choose_factor("MAX")
    dock.show_model(replace(checkpoint, verdict=VERDICT))
    assert table_of(dock, "Factors that this").currentRow() == 1
    assert table_of(dock, "Verdict by").currentRow() == 1
    dock.choose_factor("CTCF")
    assert table_of(dock, "Factors that this").currentRow() == 0
    assert table_of(dock, "Verdict by").currentRow() == 0
    dock.choose_factor("GM12878, K562")
    assert table_of(dock, "Factors that this").currentRow() == 0
    dock.show_model(None)
    dock.choose_factor("MAX")


def test_what_a_call_was_worth_follows_the_chosen_row(dock: ModelDock, checkpoint: ModelSummary) -> None:
    dock.show_model(checkpoint)
    table = table_of(dock, "Factors that this")
    (worth,) = [
        label for label in page_of(dock).findChildren(QLabel) if label.accessibleName().startswith("What a call of")
    ]
    table.setCurrentCell(1, 0)
    assert worth.text() == "What a probability of MAX is worth was not measured on held-out bins."
    table.setCurrentCell(0, 0)
    assert worth.text().startswith("auPRC 0.710")


def test_the_dock_and_its_verdict_take_the_colours_of_another_theme(dock: ModelDock, checkpoint: ModelSummary) -> None:
    behind = replace(CTCF, outcome="worse")
    dock.set_theme(DARK)
    dock.show_model(replace(checkpoint, verdict=replace(VERDICT, factors=(behind, CTCF))))
    table = table_of(dock, "Verdict by")
    assert present(table.item(0, 6)).foreground().color().name() == DARK.error


def test_only_what_is_behind_or_better_has_a_colour_of_its_own() -> None:
    colours = {
        outcome: outcome_colour(outcome, DARK) for outcome in ("better", "level", "worse", "far behind", "no baseline")
    }
    assert colours == {
        "better": DARK.success,
        "level": DARK.text,
        "worse": DARK.error,
        "far behind": DARK.error,
        "no baseline": DARK.muted,
    }


def test_a_verdict_names_its_baseline_where_it_fits_and_has_hints_where_words_are_short(qtbot: QtBot) -> None:
    panel = VerdictPanel()
    qtbot.addWidget(panel)

    def header(column: int) -> tuple[str, str]:
        item = present(panel.table.horizontalHeaderItem(column))
        return item.text(), item.toolTip()

    panel.show_verdict(VERDICT)
    assert header(3) == ("Baseline", "motif x accessibility")
    assert header(4) == ("Trees", "boosted trees")
    assert header(5) == ("Difference, 95 %", "of the model and the best of the baselines")
    assert {present(panel.table.item(0, column)).toolTip() for column in range(7)} == {"CTCF is level."}
    panel.show_verdict(replace(VERDICT, baseline="motif x state."))
    assert header(3) == ("motif x state.", "motif x state.")
    panel.show_verdict(replace(VERDICT, factors=(CTCF,)))
    assert panel.units.isHidden()
    assert panel.heading.property("role") == "heading"
    assert panel.copy.toolTip() == "Copy the whole verdict as text"
    assert panel.chosen.accessibleName() == "Verdict on the chosen factor"
    assert panel.table.height() == 28 + 2 + 24
    many = tuple(replace(CTCF, factor=f"F{number}") for number in range(20))
    panel.show_verdict(replace(VERDICT, factors=many))
    assert panel.table.height() == 28 + 2 + 14 * 24
    assert not panel.units.isHidden()


@pytest.mark.parametrize(
    ("width", "hidden"), [(574, {5}), (575, set()), (420, {5}), (419, {4, 5}), (360, {4, 5}), (359, {3, 4, 5})]
)
def test_columns_give_way_one_after_the_other(qtbot: QtBot, width: int, hidden: set[int]) -> None:
    panel = VerdictPanel()
    qtbot.addWidget(panel)
    panel.show_verdict(replace(VERDICT, factors=(replace(CTCF, trees=0.4), CTCF)))
    panel.resize(width, 300)
    panel.grab()
    assert {column for column in range(7) if panel.table.isColumnHidden(column)} == hidden
