"""The verdict in the checkpoint's dock: the same panel as beside a job, or why there is none."""

from itertools import pairwise

import pytest
from msgspec.structs import replace
from PyQt6.QtWidgets import QApplication, QLabel, QScrollArea, QTableWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from ebert_gui.models.model_dock import ModelDock, why_no_verdict
from ebert_gui.widgets import theme
from ebert_gui.widgets.theme import DARK
from ebert_gui.widgets.verdict_panel import VerdictPanel
from tests.certain import present

CTCF = Judgement("CTCF", ("K562",), 37, 150, "level", "CTCF is level.", 0.43, 0.41, 0.2, 0.02, -0.05, 0.08)
VERDICT = Verdict(CTCF, "motif x accessibility", "chr20", (CTCF, replace(CTCF, factor="MAX")), ("Read once.",))


@pytest.fixture
def dock(qtbot: QtBot) -> ModelDock:
    dock = ModelDock()
    qtbot.addWidget(dock)
    return dock


def test_the_dock_shows_the_verdict_with_its_notes(dock: ModelDock, checkpoint: ModelSummary) -> None:
    dock.show_model(replace(checkpoint, verdict=VERDICT))
    panel = dock.findChild(VerdictPanel)
    assert panel is not None
    assert panel.sentence.text() == "CTCF is level."
    assert panel.notes.text() == "• Read once."
    dock.set_theme(DARK)
    assert panel.table.rowCount() == 2


def _table_of_factors(dock: ModelDock) -> QTableWidget:
    page = present(dock.pages.currentWidget())  # the page before is deleted a moment later
    tables = page.findChildren(QTableWidget)
    found: QTableWidget = next(each for each in tables if each.accessibleName().startswith("Factors that this"))
    return found


def test_a_factor_has_one_auprc_on_screen_which_says_where_it_was_measured(
    dock: ModelDock, checkpoint: ModelSummary
) -> None:
    def headers(table: QTableWidget) -> list[str]:
        return [present(table.horizontalHeaderItem(column)).text() for column in range(table.columnCount())]

    dock.show_model(checkpoint)
    assert headers(_table_of_factors(dock)) == ["Factor", "Trained in", "auPRC"]
    dock.show_model(replace(checkpoint, verdict=VERDICT))
    table = _table_of_factors(dock)
    assert headers(table) == ["Factor", "Trained in", "Called bound"]
    assert [present(table.item(row, 2)).text() for row in range(2)] == ["from 0.4", "no calls"]
    assert "is called bound: no threshold was measured" in present(table.item(1, 2)).toolTip()
    panel = dock.findChild(VerdictPanel)
    assert panel is not None
    assert panel.units.text() == "Model and baseline: auPRC on the held-out loci of chr20"
    assert not any("0.71" in shown.text() for shown in present(dock.pages.currentWidget()).findChildren(QLabel))


def test_factors_come_in_the_order_of_their_names(dock: ModelDock, checkpoint: ModelSummary) -> None:
    dock.show_model(replace(checkpoint, outputs=checkpoint.outputs[::-1]))
    table = _table_of_factors(dock)
    assert [present(table.item(row, 0)).text() for row in range(2)] == ["CTCF", "MAX"]


def test_the_dock_says_in_one_way_what_was_seen_and_how_much(dock: ModelDock, checkpoint: ModelSummary) -> None:
    training = (Interval("chr3", 42_000_000, 44_000_000), Interval("chr20", 1_000_000, 2_800_000))
    dock.show_model(replace(checkpoint, training=training))
    said = [shown.text() for shown in dock.findChildren(QLabel)]
    facts = dict(pairwise(said))
    assert facts["Seen in training"] == "3.8 Mb: chr3:42,000,001-44,000,000, chr20:1,000,001-2,800,000"
    assert facts["Chose epoch"] == "20 kb: chr17:20,001-40,000; held out of the training"


@pytest.mark.parametrize(
    ("are_unseen", "words"),
    [(True, "neither the training nor the choice of the epoch looked"), (False, "also chose the epoch")],
)
def test_each_of_two_held_out_sets_says_what_it_was_for(
    dock: ModelDock, checkpoint: ModelSummary, are_unseen: bool, words: str
) -> None:
    dock.show_model(replace(checkpoint, verdict=replace(VERDICT, are_unseen=are_unseen)))
    facts = dict(pairwise([shown.text() for shown in dock.findChildren(QLabel)]))
    assert facts["Judged on"].startswith("chr20: the verdict's loci")
    assert words in facts["Judged on"]
    assert "held out of the training" in facts["Chose epoch"]


@pytest.mark.parametrize(("width", "is_hidden"), [(300, True), (600, False)])
def test_intervals_are_left_out_where_there_is_no_room(qtbot: QtBot, width: int, is_hidden: bool) -> None:
    panel = VerdictPanel()
    qtbot.addWidget(panel)
    panel.show_verdict(VERDICT)
    panel.resize(width, 400)
    panel.show()
    assert panel.table.isColumnHidden(5) is is_hidden


def test_a_checkpoint_without_a_verdict_says_why(dock: ModelDock, checkpoint: ModelSummary) -> None:
    pretrained, average = replace(checkpoint, outputs=()), replace(checkpoint, members=3)
    said = [why_no_verdict(summary) for summary in (pretrained, average, checkpoint)]
    assert said[0].startswith("Pre-trained only")
    assert said[1].startswith("The mean of 3 models was not compared")
    assert said[2].startswith("It was not compared")
    dock.show_model(average)
    dock.set_theme(DARK)
    assert said[1] in [shown.text() for shown in dock.findChildren(QLabel)]
    assert dock.findChild(VerdictPanel) is None


def test_a_checkpoint_that_learnt_in_another_assembly_before_says_so(dock: ModelDock, checkpoint: ModelSummary) -> None:
    dock.show_model(checkpoint)
    assert "labels of hg38" not in [shown.text() for shown in dock.findChildren(QLabel)]
    dock.show_model(replace(checkpoint, other_assemblies=("hg38",)))
    assert "labels of hg38" in [shown.text() for shown in dock.findChildren(QLabel)]


def test_the_dock_says_which_rule_made_the_labels(dock: ModelDock, checkpoint: ModelSummary) -> None:
    dock.show_model(replace(checkpoint, label_rule="organisers"))
    assert "the rule organisers" in [shown.text() for shown in dock.findChildren(QLabel)]


def test_a_dock_is_never_so_narrow_that_a_line_of_it_is_cut(
    dock: ModelDock, checkpoint: ModelSummary, qtbot: QtBot, qapp: QApplication, undressed: None
) -> None:
    theme.apply(qapp, theme.LIGHT)
    words = "chr15:124,000,000-126,000,000"
    dock.show_model(replace(checkpoint, verdict=replace(VERDICT, regions=words)))
    dock.show()
    dock.resize(10, 600)
    area = present(dock.pages.currentWidget())
    assert isinstance(area, QScrollArea)
    contents, port = present(area.widget()), present(area.viewport())
    qtbot.waitUntil(lambda: contents.width() <= port.width())
    panel = present(dock.findChild(VerdictPanel))
    assert panel.mapTo(contents, panel.rect().topRight()).x() < port.width()
