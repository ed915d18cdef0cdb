"""What every test of the window may use: pages, a small realistic dataset and checkpoint, silent workers."""

from typing import Any

import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary, OutputSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles
from ebert_gui.widgets.place_picker import PlacePicker
from ebert_gui.windows.main_window import MainWindow
from tests.gui.pages import new_page, written
from tests.gui.silent import Silent, window_of

__all__ = ["new_page", "qtbot", "written"]

MEASURED = {
    "GM12878": ("CTCF", "GABPA", "MAX"),
    "HepG2": ("CTCF", "FOXA1", "GABPA", "MAX"),
    "K562": ("CTCF", "MAX"),
}


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """pytest-qt's robot, which keeps its widgets until it has closed them.

    It knows them by weak references only: Python may free a shown widget as soon as a test returns, while Qt still has
    events for it, and the process ends in a segmentation fault.
    """
    kept: list[QWidget] = []
    add = qtbot.addWidget

    def add_and_keep(widget: QWidget, **more: Any) -> None:
        kept.append(widget)
        add(widget, **more)

    monkeypatch.setattr(qtbot, "addWidget", add_and_keep)
    return qtbot


@pytest.fixture
def dataset() -> DatasetSummary:
    return DatasetSummary(
        path="/data/DATASET.toml",
        name="slices",
        assembly="hg19",
        chromosomes=(Chromosome("chr3", 50_000), Chromosome("chr5", 10_000), Chromosome("chr17", 40_000)),
        has_sequence=True,
        has_genes=True,
        bands=(),
        states=(),
        cell_types=tuple(
            CellType(cell, True, ("DNase",), tuple(PeakFiles(factor, False) for factor in factors))
            for cell, factors in MEASURED.items()
        ),
    )


@pytest.fixture
def checkpoint() -> ModelSummary:
    return ModelSummary(
        path="/data/checkpoints/small",
        name="small",
        assembly="hg19",
        exports=True,
        trains=True,
        is_synthetic=False,
        architecture="6 x 256 x 8 x 4,000 bp",
        parameters=5_100_000,
        context=4000,
        layers=6,
        heads=8,
        outputs=(
            OutputSummary("CTCF", ("GM12878", "K562"), 0.4, 0.71, "HepG2, chr5"),
            OutputSummary("MAX", ("GM12878",), None, None, ""),
        ),
        states=("TssA", "Enh"),
        signals=("DNase",),
        training=(Interval("chr3", 0, 50_000),),
        validation=(Interval("chr17", 20_000, 40_000),),
        cell_types=("GM12878", "K562"),
        live_limit=200_000,
        device="cpu",
        precision="bf16",
        limits=("Trained on little DNA: treat every score as a first guess.",),
    )


@pytest.fixture
def data() -> Silent:
    return Silent()


@pytest.fixture
def window(qtbot: QtBot, dataset: DatasetSummary, data: Silent) -> MainWindow:
    window = window_of(qtbot, data)
    window.workspace.open_dataset(dataset)
    window.workspace.view.show(Interval("chr3", 10_000, 20_000))
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The picker of places, which answers at once with `answer` and keeps what it was `asked`: Wanted and folder."""
    state: dict[str, Any] = {"answer": "", "asked": []}

    def answer(picker: PlacePicker) -> None:
        state["asked"].append((picker.wanted, picker.beginning))
        answered = state["answer"]
        if answered:
            picker.choose((answered,) if isinstance(answered, str) else answered)

    monkeypatch.setattr(PlacePicker, "open", answer)
    return state
