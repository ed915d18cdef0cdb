"""The verdict in the checkpoint's dock: the same panel as beside a job, or why there is none."""

import pytest
from msgspec.structs import replace
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import CheckpointSummary
from ebert_core.protocol.verdict import Judgement, Verdict
from ebert_gui.windows.checkpoint_dock import CheckpointDock, why_no_verdict
from ebert_gui.windows.theme import DARK
from ebert_gui.windows.verdict_panel import VerdictPanel

CTCF = Judgement("CTCF", ("K562",), 37, 150, "level", "CTCF is level.", 0.43, 0.41, 0.2, 0.02, -0.05, 0.08)
VERDICT = Verdict(CTCF, "motif x accessibility", "chr20", (CTCF, replace(CTCF, factor="MAX")), ("Read once.",))


@pytest.fixture
def dock(qtbot: QtBot) -> CheckpointDock:
    dock = CheckpointDock()
    qtbot.addWidget(dock)
    return dock


def test_the_dock_shows_the_verdict_with_its_notes(dock: CheckpointDock, checkpoint: CheckpointSummary) -> None:
    dock.show_checkpoint(replace(checkpoint, verdict=VERDICT))
    panel = dock.findChild(VerdictPanel)
    assert panel is not None
    assert panel.sentence.text() == "CTCF is level."
    assert panel.notes.text() == "• Read once."
    dock.set_theme(DARK)
    assert panel.table.rowCount() == 2


@pytest.mark.parametrize(("width", "is_hidden"), [(300, True), (600, False)])
def test_intervals_are_left_out_where_there_is_no_room(qtbot: QtBot, width: int, is_hidden: bool) -> None:
    panel = VerdictPanel()
    qtbot.addWidget(panel)
    panel.show_verdict(VERDICT)
    panel.resize(width, 400)
    panel.show()
    assert panel.table.isColumnHidden(4) is is_hidden


def test_a_checkpoint_without_a_verdict_says_why(dock: CheckpointDock, checkpoint: CheckpointSummary) -> None:
    pretrained, average = replace(checkpoint, factors=()), replace(checkpoint, members=3)
    said = [why_no_verdict(summary) for summary in (pretrained, average, checkpoint)]
    assert said[0].startswith("Pre-trained only")
    assert said[1].startswith("The mean of 3 models was not compared")
    assert said[2].startswith("It was not compared")
    dock.show_checkpoint(average)
    dock.set_theme(DARK)
    assert said[1] in [shown.text() for shown in dock.findChildren(QLabel)]
    assert dock.findChild(VerdictPanel) is None


def test_a_checkpoint_that_learnt_in_another_assembly_before_says_so(
    dock: CheckpointDock, checkpoint: CheckpointSummary
) -> None:
    dock.show_checkpoint(checkpoint)
    assert "labels of hg38" not in [shown.text() for shown in dock.findChildren(QLabel)]
    dock.show_checkpoint(replace(checkpoint, other_assemblies=("hg38",)))
    assert "labels of hg38" in [shown.text() for shown in dock.findChildren(QLabel)]
