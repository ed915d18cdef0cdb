"""What the window asks in its dialogs, and what the answer starts."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QCoreApplication, QEvent
from PyQt6.QtWidgets import QDialog, QLabel, QMessageBox
from pytestqt.qtbot import QtBot
from silent import Silent, entry

from ebert_core.protocol.modelling import CheckpointSummary
from ebert_core.protocol.tracks import InspectFile, OpenDataset
from ebert_core.protocol.work import StartJob
from ebert_gui.datasets.new_dataset_dialog import NewDatasetDialog
from ebert_gui.datasets.opening import ask_for_dataset_of
from ebert_gui.exporting.export_dialog import ExportDialog
from ebert_gui.exporting.picture_dialog import PictureDialog
from ebert_gui.finetuning.asking import ask_for_finetuning
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.state.recent import add_recent
from ebert_gui.windows.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")


def asked(data: Silent, kind: type) -> list[Any]:
    return [body for body in data.asked if isinstance(body, kind)]


def only(window: MainWindow, kind: type) -> Any:
    (dialog,) = window.findChildren(kind)
    assert dialog.isVisible()
    return dialog


def is_gone(window: MainWindow, kind: type) -> bool:
    """Whether Qt has freed the dialogs of a kind that wait for that."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return window.findChildren(kind) == []


def test_a_dataset_of_the_assembly_is_opened_with_its_checkpoint(
    window: MainWindow, data: Silent, files: dict[str, Any]
) -> None:
    ask_for_dataset_of(window.desk, "hg19", "/c/small")
    assert asked(data, OpenDataset) == []
    add_recent(("/d/old/DATASET.toml",))
    files["answer"] = "/e/DATASET.toml"
    ask_for_dataset_of(window.desk, "hg19", "/c/small")
    assert asked(data, OpenDataset) == [OpenDataset("/e/DATASET.toml", "/c/small")]
    assert [(wanted.title, beginning) for wanted, beginning in files["asked"]] == [
        ("Open a dataset of hg19", "~"),
        ("Open a dataset of hg19", "/d/old"),
    ]


def test_a_dataset_that_was_begun_is_kept_with_its_window_and_gone_on_with(window: MainWindow, data: Silent) -> None:
    window.actions_by_id["dataset.new"].trigger()
    form = only(window, NewDatasetDialog)
    form.add_files(["/lab/hg19.fa"])
    assert asked(data, InspectFile) == [InspectFile("/lab/hg19.fa")]
    form.reject()
    assert window.messages.shown is not None
    assert "What you filled in is kept" in window.messages.shown.sentence
    window.actions_by_id["dataset.new"].trigger()
    assert only(window, NewDatasetDialog) is form
    assert form.table.paths() == ["/lab/hg19.fa"]
    window.messages.dismiss_all()
    form.start_over()
    form.reject()
    assert window.messages.shown is None
    assert window.findChildren(NewDatasetDialog) == []
    window.actions_by_id["dataset.new"].trigger()
    assert only(window, NewDatasetDialog).table.paths() == []


def test_an_export_that_is_started_reaches_the_worker_and_one_that_is_closed_does_not(
    window: MainWindow, data: Silent, checkpoint: CheckpointSummary
) -> None:
    window.workspace.open_checkpoint(checkpoint)
    window.actions_by_id["predictions.export"].trigger()
    only(window, ExportDialog).reject()
    assert asked(data, StartJob) == []
    assert is_gone(window, ExportDialog)
    window.actions_by_id["predictions.export"].trigger()
    form = only(window, ExportDialog)
    wanted = form.spec()
    assert (wanted.cell_type, wanted.factor) == (window.workspace.cell_type, window.workspace.factor)
    form.accept()
    assert asked(data, StartJob) == [StartJob(wanted, "/data/DATASET.toml")]


@pytest.mark.parametrize(
    ("menu", "text", "form"),
    [
        ("File", "New dataset…", NewDatasetDialog),
        ("File", "Save picture…", PictureDialog),
        ("Model", "Fine-tune…", FineTuneDialog),
        ("Model", "Export predicted binding…", ExportDialog),
    ],
)
def test_a_menu_opens_its_form(
    window: MainWindow, checkpoint: CheckpointSummary, menu: str, text: str, form: type[QDialog]
) -> None:
    window.workspace.open_checkpoint(checkpoint)
    entry(window, menu, text).trigger()
    only(window, form).reject()
    assert is_gone(window, form)


def test_the_spec_of_an_earlier_fine_tuning_fills_the_form(
    window: MainWindow, files: dict[str, Any], tmp_path: Path
) -> None:
    files["answer"] = str(tmp_path / "spec.toml")
    Path(files["answer"]).write_text(
        'job = "finetune"\ndataset = "D.toml"\noutput = "made"\n'
        'training = ["chr3"]\nvalidation = ["chr5"]\nepochs = 7\n'
    )
    entry(window, "Model", "Fine-tune again from a spec…").trigger()
    spec = only(window, FineTuneDialog).spec()
    assert (spec.epochs, spec.output, spec.training, spec.validation) == (
        *(7, str(tmp_path / "made")),
        *(("chr3",), ("chr5",)),
    )


def test_a_fine_tuning_that_was_closed_comes_back_as_it_was_left_and_a_started_one_afresh(
    window: MainWindow, data: Silent, checkpoint: CheckpointSummary
) -> None:
    window.actions_by_id["finetuning.start"].trigger()
    form = only(window, FineTuneDialog)
    form.output.setText("/mine/model")
    form.reject()
    assert asked(data, StartJob) == []
    assert is_gone(window, FineTuneDialog)
    # What was left without a checkpoint is not for one.
    window.workspace.open_checkpoint(checkpoint)
    window.actions_by_id["finetuning.start"].trigger()
    form = only(window, FineTuneDialog)
    assert form.output.text() != "/mine/model"
    form.output.setText("/mine/better")
    form.reject()
    window.workspace.open_checkpoint(replace(checkpoint, path="/data/checkpoints/other"))
    is_gone(window, FineTuneDialog)
    window.actions_by_id["finetuning.start"].trigger()
    assert only(window, FineTuneDialog).output.text() != "/mine/better"
    only(window, FineTuneDialog).reject()
    window.workspace.open_checkpoint(checkpoint)
    is_gone(window, FineTuneDialog)
    window.actions_by_id["finetuning.start"].trigger()
    form = only(window, FineTuneDialog)
    assert form.output.text() == "/mine/better"
    wanted = form.spec()
    form.accept()
    assert asked(data, StartJob) == [StartJob(wanted, "/data/DATASET.toml")]
    is_gone(window, FineTuneDialog)
    window.actions_by_id["finetuning.start"].trigger()
    assert only(window, FineTuneDialog).output.text() != "/mine/better"
    only(window, FineTuneDialog).reject()
    is_gone(window, FineTuneDialog)
    ask_for_finetuning(window.desk, replace(wanted, output="/given"))
    assert only(window, FineTuneDialog).output.text() == "/given"


def test_a_picture_is_written_where_it_was_asked_for_and_the_next_is_proposed_beside_it(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.workspace.history.change(
        window.workspace.setup.with_tracks(()), reveals=False
    )  # so that no data are waited for
    window.actions_by_id["picture.save"].trigger()
    form = only(window, PictureDialog)
    form.in_view.setChecked(True)
    form.target.setText(str(tmp_path / "x.png"))
    form.accept()
    qtbot.waitUntil(lambda: window.messages.shown is not None)
    assert window.messages.shown is not None
    assert window.messages.shown.sentence == f"The picture is in {tmp_path}/x.png"
    assert (tmp_path / "x.png").exists()
    assert is_gone(window, PictureDialog)
    window.actions_by_id["picture.save"].trigger()
    assert Path(only(window, PictureDialog).path()).parent == tmp_path


def test_why_a_picture_was_not_written_is_a_sentence(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.workspace.history.change(
        window.workspace.setup.with_tracks(()), reveals=False
    )  # so that no data are waited for
    window.actions_by_id["picture.save"].trigger()
    form = only(window, PictureDialog)
    form.in_view.setChecked(True)
    form.target.setText(str(tmp_path / "absent" / "x.png"))
    form.accept()
    qtbot.waitUntil(lambda: window.messages.shown is not None)
    assert window.messages.shown is not None
    assert window.messages.shown.level == "error"
    assert str(tmp_path / "absent") in window.messages.shown.sentence


def test_what_the_program_says_of_itself_is_gone_once_it_is_closed(window: MainWindow) -> None:
    entry(window, "Help", "About EBERT Browser").trigger()
    only(window, QMessageBox).close()
    assert is_gone(window, QDialog)


def test_the_form_of_an_export_says_how_long_it_takes_at_the_speed_of_what_was_predicted_here(
    window: MainWindow, checkpoint: CheckpointSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.workspace.open_checkpoint(checkpoint)
    monkeypatch.setattr(type(window.loader), "bases_per_second", property(lambda _loader: 100.0))
    window.actions_by_id["predictions.export"].trigger()
    form = only(window, ExportDialog)
    form.genome.setChecked(True)
    said = " ".join(label.text() for label in form.findChildren(QLabel))
    assert "in about 17 min, or less where bases are unknown (N)" in said.replace("\n", " ")
