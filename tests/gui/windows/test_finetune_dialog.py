"""The fine-tune form fills a spec that can start, and says why when it cannot."""

import msgspec
import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import CheckpointSummary
from ebert_core.protocol.specs import FineTune, JobSpec
from ebert_core.protocol.tracks import DatasetSummary, MadeSignal
from ebert_gui.windows.finetune_dialog import FineTuneDialog


@pytest.fixture
def dialog(qtbot: QtBot, dataset: DatasetSummary, checkpoint: CheckpointSummary) -> FineTuneDialog:
    dialog = FineTuneDialog(dataset, checkpoint)
    qtbot.addWidget(dialog)
    return dialog


def start(dialog: FineTuneDialog) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == "Start fine-tuning")


def texts(dialog: FineTuneDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def test_the_form_as_it_opens_can_start(dialog: FineTuneDialog) -> None:
    spec = dialog.spec()
    assert start(dialog).isEnabled()
    assert spec == FineTune(
        dataset="/data/DATASET.toml",
        output="/data/checkpoints/slices-CTCF-FOXA1-GABPA",
        training=("chr3", "chr17"),
        validation=("chr5",),
        start_from="/data/checkpoints/small",
        factors=("CTCF", "FOXA1", "GABPA", "MAX"),
        cell_types=("HepG2", "K562"),
        validation_cell_types=("GM12878",),
        signals=("DNase",),
    )
    assert msgspec.toml.decode(msgspec.toml.encode(spec), type=JobSpec) == spec


def test_without_a_checkpoint_it_starts_from_nothing(qtbot: QtBot, dataset: DatasetSummary) -> None:
    dialog = FineTuneDialog(dataset, None)
    qtbot.addWidget(dialog)
    assert dialog.spec().start_from == ""
    assert not dialog.from_open.isEnabled()


def test_many_signals_push_nothing_off_the_form(qtbot: QtBot, dataset: DatasetSummary) -> None:
    names = tuple(f"ChIP-FACTOR-{number}" for number in range(30))
    cells = tuple(replace(cell, signals=names) for cell in dataset.cell_types)
    dialog = FineTuneDialog(replace(dataset, cell_types=cells), None)
    qtbot.addWidget(dialog)
    dialog.show()
    area = dialog.findChildren(QScrollArea)[0]
    contents, viewport = area.widget(), area.viewport()
    assert contents is not None
    assert viewport is not None
    assert len(dialog.signals) == 30
    assert contents.minimumSizeHint().width() <= viewport.width()


def test_signals_made_of_the_dataset_are_explained_and_follow_the_measured_ones(
    qtbot: QtBot, dataset: DatasetSummary
) -> None:
    made = (MadeSignal("log(DNase)", "The logarithm of DNase."), MadeSignal("binding", "Where each factor is bound."))
    cells = tuple(replace(cell, signals=("DNase",)) for cell in dataset.cell_types)
    dialog = FineTuneDialog(replace(dataset, cell_types=cells, made_signals=made), None)
    qtbot.addWidget(dialog)
    assert dialog.made_signals["binding"].toolTip() == "Where each factor is bound."
    for box in (dialog.made_signals["binding"], dialog.signals["DNase"]):
        box.setChecked(True)
    assert dialog.spec().signals == ("DNase", "binding")


def test_typing_a_folder_chooses_it(dialog: FineTuneDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.folder, "/other/checkpoint")
    assert dialog.from_folder.isChecked()
    assert dialog.spec().start_from == "/other/checkpoint"


def test_an_objection_disables_the_button_until_it_is_met(dialog: FineTuneDialog) -> None:
    dialog.validation.setText("chr3")
    assert not start(dialog).isEnabled()
    assert any("learnt from and checked on" in text for text in texts(dialog))
    dialog.validation.setText("chr5")
    assert start(dialog).isEnabled()


@pytest.mark.parametrize(
    ("factor", "cell", "word"),
    [
        ("CTCF", "GM12878", "checks"),
        ("CTCF", "K562", "learns"),
        ("FOXA1", "K562", "not measured"),
        ("MAX", "K562", "left out"),
        ("CTCF", "HepG2", "left out"),
    ],
)
def test_the_table_says_what_every_pair_is_used_for(dialog: FineTuneDialog, factor: str, cell: str, word: str) -> None:
    dialog.pairs.choose_factor("MAX", False)
    dialog.pairs.choose_use("HepG2", "leave out")
    assert dialog.pairs.word(factor, cell) == word


def test_start_accepts_and_escape_does_not(dialog: FineTuneDialog, qtbot: QtBot) -> None:
    dialog.show()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(start(dialog), Qt.MouseButton.LeftButton)
    dialog.show()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_dataset_without_peaks_opens_and_says_so(qtbot: QtBot, dataset: DatasetSummary) -> None:
    dialog = FineTuneDialog(replace(dataset, cell_types=()), None)
    qtbot.addWidget(dialog)
    assert any("no measured peaks" in text for text in texts(dialog))


def test_every_field_has_a_name_for_people_who_cannot_see_it(dialog: FineTuneDialog) -> None:
    fields = (dialog.pairs, dialog.folder, dialog.training, dialog.validation, dialog.epochs, dialog.output)
    assert [field for field in fields if not field.accessibleName()] == []


def test_the_dialog_fits_a_small_screen(dialog: FineTuneDialog) -> None:
    assert dialog.minimumSizeHint().width() <= 1200
    assert dialog.minimumSizeHint().height() <= 640
