"""The verdict in the jobs dock: the sentence, a row per factor, and all of it as text."""

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QGuiApplication
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.verdict import Judgement, Verdict
from ebert_core.protocol.work import Jobs, JobSummary
from ebert_gui.jobs.jobs_dock import JobsDock
from ebert_gui.widgets.theme import DARK, LIGHT, Theme, apply
from ebert_gui.widgets.verdict_panel import VerdictPanel, cells
from tests.certain import present

CTCF = Judgement("CTCF", ("K562",), 37, 150, "level", "CTCF is level.", 0.43, 0.41, 0.2, 0.02, -0.05, 0.08)
REST = Judgement("REST", ("K562",), 6, 20, "too few peaks", "REST has only 6 peaks.")
OVERALL = replace(CTCF, factor="", outcome="better", sentence="On the whole it is better.")
MANY = Verdict(OVERALL, "motif x accessibility", "chr20", (CTCF, REST), ("The same loci chose the epoch.",))
ONE = Verdict(CTCF, "motif x state", "chr20", (CTCF,))
DONE = JobSummary("/jobs/2", "2-finetune-x", "finetune", "x", "done", "box", 1000.0, 1.0, result="/data/x")


@pytest.fixture
def panel(qtbot: QtBot) -> VerdictPanel:
    panel = VerdictPanel(DARK)
    qtbot.addWidget(panel)
    return panel


def test_the_sentence_stands_first_and_each_factor_has_its_own(panel: VerdictPanel) -> None:
    panel.show_verdict(MANY)
    assert panel.heading.text() == "Over CTCF on chr20: better than motif x accessibility"
    assert panel.sentence.text() == "On the whole it is better."
    assert panel.chosen.text() == "CTCF is level."
    panel.table.setCurrentCell(1, 0)
    assert panel.chosen.text() == "REST has only 6 peaks."
    assert panel.notes.text() == "• The same loci chose the epoch."
    panel.set_theme(LIGHT)
    item = panel.table.item(1, 0)
    assert item is not None
    assert item.text() == "REST"


def test_the_factor_in_view_is_chosen_and_followed(panel: VerdictPanel) -> None:
    panel.choose_factor("REST")
    panel.show_verdict(MANY)
    assert (panel.table.currentRow(), panel.chosen.text()) == (1, "REST has only 6 peaks.")
    panel.choose_factor("CTCF")
    assert (panel.table.currentRow(), panel.chosen.text()) == (0, "CTCF is level.")
    panel.choose_factor("EP300")
    assert (panel.table.currentRow(), panel.chosen.text()) == (-1, "EP300 is not in this verdict.")


def test_the_columns_say_what_they_are_and_every_row_explains_itself(panel: VerdictPanel) -> None:
    panel.show_verdict(MANY)
    assert panel.units.text() == "Model and baseline: auPRC on the held-out loci of chr20"
    heads = [panel.table.horizontalHeaderItem(column) for column in range(7)]
    assert [present(head).text() for head in heads] == [
        *("Factor", "Peaks", "Model", "Baseline", "Trees", "Difference, 95 %", "Verdict")
    ]
    assert [present(head).toolTip() for head in heads[3:6]] == [
        "motif x accessibility",
        "boosted trees",
        "of the model and the best of the baselines",
    ]
    assert {present(panel.table.item(1, column)).toolTip() for column in range(7)} == {"REST has only 6 peaks."}
    assert not present(panel.table.item(0, 0)).textAlignment() & Qt.AlignmentFlag.AlignRight
    assert panel.table.height() == 28 + 2 + 2 * 24
    assert panel.copy.toolTip() == panel.copy.accessibleDescription() == "Copy the whole verdict as text"
    assert (panel.table.accessibleName(), panel.chosen.accessibleName()) == (
        *("Verdict by factor", "Verdict on the chosen factor"),
    )
    assert panel.heading.font().weight() == QFont.Weight.DemiBold
    short = replace(MANY, baseline="motif x states", factors=(CTCF,) * 20)
    panel.show_verdict(short)
    assert present(panel.table.horizontalHeaderItem(3)).text() == "motif x states"
    assert (panel.table.rowCount(), panel.table.height()) == (20, 28 + 2 + 14 * 24)
    panel.table.selectAll()
    assert len({item.row() for item in panel.table.selectedItems()}) <= 1


def test_a_verdict_that_is_neither_good_nor_bad_has_a_plain_heading(panel: VerdictPanel) -> None:
    assert panel.text() == ""
    panel.choose_factor("CTCF")
    panel.set_theme(LIGHT)
    assert panel.chosen.text() == ""
    panel.show_verdict(replace(MANY, overall=replace(OVERALL, outcome="level")))
    assert panel.heading.property("role") == "heading"


def test_one_factor_needs_no_table(panel: VerdictPanel) -> None:
    panel.show_verdict(ONE)
    assert panel.heading.text() == "Level with motif x state"
    assert panel.table.isHidden()
    assert panel.chosen.isHidden()


@pytest.mark.parametrize(
    ("factor", "row"),
    [
        (CTCF, ("CTCF", "37", "0.43", "0.41", "–", "+0.02 (-0.05 to +0.08)", "level")),
        (REST, ("REST", "6", "–", "–", "–", "", "few peaks")),
    ],
)
def test_a_row_says_what_the_claim_rests_on(factor: Judgement, row: tuple[str, ...]) -> None:
    assert cells(factor) == row


def colours_written(panel: VerdictPanel, row: int) -> set[str]:
    """The colours in the verdict column of a row; the darkest strokes have the very colour of the text."""
    panel.show()
    item = panel.table.item(row, 6)
    viewport = panel.table.viewport()
    assert item is not None
    assert viewport is not None
    image = viewport.grab(panel.table.visualItemRect(item)).toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


@pytest.mark.usefixtures("undressed")
@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
@pytest.mark.parametrize("chosen", [0, 1])
def test_better_and_worse_keep_their_colour_in_the_chosen_row(
    qapp: QApplication, panel: VerdictPanel, look: Theme, chosen: int
) -> None:
    apply(qapp, look)
    panel.set_theme(look)
    outcomes = (replace(CTCF, outcome="better"), replace(REST, outcome="worse"))
    panel.resize(600, 400)
    panel.show_verdict(replace(MANY, factors=outcomes))
    panel.table.setCurrentCell(chosen, 0)
    assert look.success in colours_written(panel, 0)
    assert look.error in colours_written(panel, 1)
    assert look.selection in colours_written(panel, chosen)
    assert look.selection not in colours_written(panel, 1 - chosen)


@pytest.mark.parametrize("width", [270, 360, 380, 420, 450, 500, 575, 600])
def test_the_verdict_of_a_factor_is_never_cut_off(panel: VerdictPanel, width: int) -> None:
    panel.resize(width, 400)
    panel.show()
    wide = replace(CTCF, peaks=1_234, outcome="cannot be told", trees=0.4, difference=-0.2, low=-0.35, high=-0.05)
    panel.show_verdict(replace(MANY, factors=(wide, replace(REST, outcome="no baseline"))))
    table = panel.table
    assert table.columnWidth(6) >= table.sizeHintForColumn(6)


def test_trees_have_a_column_where_a_verdict_knows_them(panel: VerdictPanel) -> None:
    panel.resize(700, 400)
    panel.show()
    panel.show_verdict(MANY)
    assert panel.table.isColumnHidden(4)
    panel.show_verdict(replace(MANY, factors=(replace(CTCF, trees=0.44), REST)))
    assert not panel.table.isColumnHidden(4)
    assert cells(replace(CTCF, trees=0.44))[4] == "0.44"


def test_the_heading_says_the_worst_first(panel: VerdictPanel) -> None:
    behind = replace(REST, outcome="far behind", model=0.01, baseline=0.92)
    panel.show_verdict(replace(MANY, factors=(CTCF, behind)))
    assert panel.heading.text() == "Worse for REST. Over CTCF on chr20: better than motif x accessibility"
    assert panel.heading.property("role") == "error"
    panel.show_verdict(MANY)
    assert panel.heading.property("role") == "success"


def test_everything_can_be_selected_and_copied(panel: VerdictPanel) -> None:
    panel.show_verdict(MANY)
    for text in (panel.sentence, panel.chosen, panel.notes):
        assert text.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    panel.copy.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == "\n".join(MANY.lines()) == panel.text()


def test_the_dock_shows_the_verdict_of_the_chosen_job_only(qtbot: QtBot) -> None:
    dock = JobsDock()
    qtbot.addWidget(dock)
    dock.show_jobs(Jobs((DONE,)))
    dock.show_verdict("/jobs/another", ONE)
    assert dock.judged.isHidden()
    dock.show_verdict("/jobs/2", ONE)
    assert not dock.judged.isHidden()
    dock.set_theme(DARK)
    dock.show_verdict("/jobs/2", None)
    assert dock.judged.isHidden()
