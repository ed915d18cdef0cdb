"""The dock of the checkpoint says what it is, and the button asks for one."""

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QTableWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_gui.models.model_dock import ModelDock
from tests.certain import present
from tests.gui.listed_jobs import button, texts
from tests.toy_summaries import checkpoint_summary, motif_summary


@pytest.fixture
def about(qtbot: QtBot) -> ModelDock:
    about = ModelDock()
    qtbot.addWidget(about)
    return about


def test_a_checkpoint_that_did_not_open_says_why_until_another_does(about: ModelDock, checkpoint: ModelSummary) -> None:
    about.show_model(None, "/data/x/weights.safetensors does not fit its description.")
    assert "does not fit its description" in texts(about)
    about.show_model(checkpoint)
    about.show_model(None)
    assert "does not fit" not in texts(about)


def test_without_a_checkpoint_one_can_be_opened(about: ModelDock, qtbot: QtBot) -> None:
    about.show_model(None)
    assert "No checkpoint is open" in texts(about)
    with qtbot.waitSignal(about.open_requested):
        qtbot.mouseClick(button(about, "Open checkpoint…"), Qt.MouseButton.LeftButton)


def test_a_checkpoint_says_what_it_is_and_where_not_to_trust_it(about: ModelDock, checkpoint: ModelSummary) -> None:
    about.show_model(checkpoint)
    said = texts(about)
    for text in (
        "small",
        "Trained on little DNA",
        "GM12878, K562",
        "chr3",
        "chr17:20,001-40,000",
        "cpu in bf16",
        "5.1",
    ):
        assert text in said
    table = about.findChild(QTableWidget)
    assert table is not None
    rows = [[present(table.item(row, column)).text() for column in range(3)] for row in range(table.rowCount())]
    assert rows == [["CTCF", "GM12878, K562", "0.71"], ["MAX", "GM12878", "not scored"]]
    assert "HepG2, chr5" in present(table.item(0, 2)).toolTip()


def test_a_synthetic_checkpoint_says_so(about: ModelDock, checkpoint: ModelSummary) -> None:
    about.show_model(replace(checkpoint, is_synthetic=True, outputs=(), limits=()))
    assert "SYNTHETIC" in texts(about)
    assert "None yet: fine-tune it." in texts(about)


def test_another_checkpoint_takes_the_place_of_the_first(about: ModelDock, checkpoint: ModelSummary) -> None:
    about.show_model(checkpoint)
    about.show_model(replace(checkpoint, name="other"))
    assert "other" in texts(about)
    about.show_model(None)
    assert "No checkpoint is open" in texts(about)


def test_a_model_that_nothing_trained_claims_nothing_of_training(about: ModelDock) -> None:
    about.show_model(motif_summary())
    said = texts(about)
    for text in (
        "m.pfm",
        "A motif is not binding.",
        "What it scores",
        "Each value is the best log-odds of both strands.",
        "Matrices",
    ):
        assert text in said
    for claim in ("verdict", "What it has seen", "Network", "Parameters", "fine-tune", "auPRC"):
        assert claim not in said
    table = about.findChild(QTableWidget)
    assert table is not None
    assert [present(table.item(0, column)).text() for column in range(3)] == [
        "CTCF",
        "bits",
        "50 bp",
    ]


def test_open_models_are_listed_one_is_chosen_and_can_be_closed(about: ModelDock, qtbot: QtBot) -> None:
    scan, small = motif_summary(), checkpoint_summary(path="/c")
    bar = about.models
    bar.show_models({scan.path: scan, small.path: small}, small)
    assert [bar.models.itemText(place) for place in range(bar.models.count())] == ["m.pfm", "toy"]
    assert bar.models.currentText() == "toy"
    assert not bar.isHidden()
    with qtbot.waitSignal(bar.closed) as closed:
        qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert closed.args == ["/c"]
    with qtbot.waitSignal(bar.chosen) as chosen:
        bar.models.activated.emit(0)
    assert chosen.args == ["/m.pfm"]
    bar.show_models({}, None)
    assert bar.isHidden()
