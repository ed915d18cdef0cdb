"""What a form of an export or of a picture starts."""

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.work import StartJob
from ebert_gui.exporting.export_dialog import ExportDialog
from ebert_gui.exporting.picture_dialog import PictureDialog
from ebert_gui.windows.main_window import MainWindow
from tests.gui.dialogs import asked, is_gone, only
from tests.gui.silent import Silent

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")


def test_an_export_that_is_started_reaches_the_worker_and_one_that_is_closed_does_not(
    window: MainWindow, data: Silent, checkpoint: ModelSummary
) -> None:
    window.workspace.open_model(checkpoint)
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


def test_the_form_of_an_export_says_how_long_it_takes_at_the_speed_of_what_was_predicted_here(
    window: MainWindow, checkpoint: ModelSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.workspace.open_model(checkpoint)
    monkeypatch.setattr(type(window.loader), "bases_per_second", property(lambda _loader: 100.0))
    window.actions_by_id["predictions.export"].trigger()
    form = only(window, ExportDialog)
    form.genome.setChecked(True)
    said = " ".join(label.text() for label in form.findChildren(QLabel))
    assert "in about 17 min, or less where bases are unknown (N)" in said.replace("\n", " ")
