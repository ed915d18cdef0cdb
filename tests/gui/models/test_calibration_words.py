"""The dock and the export form say where probabilities were not calibrated, and what a call was worth."""

import msgspec
import pytest
from PyQt6.QtWidgets import QLabel, QTableWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.reliability import MeasuredCell, Reliability, ReliabilityPoint, Transfer
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.exporting.export_words import caution
from ebert_gui.models.model_dock import ModelDock, worth_of

RELIABLE = Reliability(
    ("chr20",),
    (MeasuredCell("HepG2", 40_000, 480, 60),),
    True,
    False,
    (ReliabilityPoint(0.01, 0.1, 1.0, 0.05, 0.2), ReliabilityPoint(0.4, 0.8, 0.45, 0.61, 0.88)),
)
DOUBTFUL = msgspec.structs.replace(RELIABLE, transfers=(Transfer("HepG2", ("GM12878",), 60, 2.0, 1.7, 2.4, 0.02),))
WARNING = "Probabilities of MAX ran 2.0 times too low in held-out HepG2 when calibrated on other cell types"


@pytest.fixture
def calibrated(checkpoint: ModelSummary) -> ModelSummary:
    """CTCF is reliable at its threshold of 0.4, MAX is not."""
    known = {"CTCF": RELIABLE, "MAX": DOUBTFUL}
    factors = tuple(msgspec.structs.replace(each, reliability=known[each.name]) for each in checkpoint.outputs)
    return msgspec.structs.replace(checkpoint, outputs=factors)


@pytest.fixture
def dock(qtbot: QtBot, calibrated: ModelSummary) -> ModelDock:
    dock = ModelDock()
    qtbot.addWidget(dock)
    dock.show_model(calibrated)
    return dock


def named(dock: ModelDock, name: str) -> QLabel:
    (found,) = (each for each in dock.findChildren(QLabel) if each.accessibleName() == name)
    return found


def test_the_doubtful_factor_is_chosen_first_and_another_one_can_be(dock: ModelDock) -> None:
    doubt = named(dock, "Why not to trust the probabilities of the chosen factor")
    worth = named(dock, "What a call of the chosen factor was worth")
    assert doubt.text() == f"{WARNING}; take them as ranks."
    assert worth.text() == "No bin of MAX is called bound: no threshold was measured."
    table = dock.findChild(QTableWidget)
    assert table is not None
    table.setCurrentCell(0, 0)
    assert doubt.isHidden()
    said = worth.text().removeprefix("auPRC 0.710 on HepG2, chr5. ")
    assert said.startswith("CTCF is called bound from 0.4. About 80\u00a0% of bins at or above this were bound")
    assert worth.wordWrap()


def test_an_old_checkpoint_says_that_nothing_was_measured(checkpoint: ModelSummary) -> None:
    assert worth_of(checkpoint.outputs[0]) == "What a probability of CTCF is worth was not measured on held-out bins."


@pytest.mark.parametrize(
    ("cell", "factor", "said"),
    [
        ("GM12878", "MAX", WARNING),
        ("liver", "MAX", WARNING),
        ("K562", "MAX", WARNING),
        ("GM12878", "CTCF", ""),
    ],
)
def test_the_export_form_warns_too(
    dataset: DatasetSummary, calibrated: ModelSummary, cell: str, factor: str, said: str
) -> None:
    sentence = caution(Predict("/c", "/d", cell, factor, "/x.bw"), dataset, calibrated)
    assert said in sentence
    assert bool(sentence) is bool(said)
