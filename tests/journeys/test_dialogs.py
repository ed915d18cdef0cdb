"""The dialogs open on what is open, and a job that is started is followed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.specs.on_disk import write_spec
from ebert_gui.app.window_program import WindowProgram
from ebert_gui.browser.scene import GUTTER
from ebert_gui.datasets.new_dataset_dialog import NewDatasetDialog
from ebert_gui.exporting.export_dialog import ExportDialog
from ebert_gui.exporting.picture_dialog import PictureDialog
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.widgets.place_picker import PlacePicker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 60_000


@pytest.fixture
def program(open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, toy_model: Path):
    program = open_window(dataset=str(toy_dataset), models=(str(toy_model),))
    qtbot.waitUntil(lambda: program.workspace.model is not None and program.loader.is_idle, timeout=LONG)
    return program


def test_every_dialog_opens_and_closes(program) -> None:
    for ask in ("finetuning.start", "predictions.export", "dataset.new", "picture.save", "help.about"):
        program.window.actions_by_id[ask].trigger()
        shown = [dialog for dialog in program.window.findChildren(QDialog) if dialog.isVisible()]
        assert len(shown) == 1, ask
        shown[0].reject()


def test_a_new_dataset_that_was_not_finished_is_gone_on_with(program, qtbot: QtBot, toy_dataset: Path) -> None:
    program.window.actions_by_id["dataset.new"].trigger()
    (dialog,) = program.window.findChildren(NewDatasetDialog)
    dialog.add_files([str(toy_dataset.parent / "toy.fa")])
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert "What you filled in is kept" in program.window.messages.shown.sentence
    program.window.actions_by_id["dataset.new"].trigger()
    assert program.window.findChildren(NewDatasetDialog) == [dialog]
    assert dialog.isVisible()
    assert dialog.table.paths() == [str(toy_dataset.parent / "toy.fa")]
    dialog.start_over()
    dialog.reject()
    assert program.window.findChildren(NewDatasetDialog) == []


def test_a_picture_for_print_holds_finer_values_and_the_screen_keeps_its_own(
    program, qtbot: QtBot, tmp_path: Path
) -> None:
    view, target = program.workspace.view, tmp_path / "out.png"
    columns, asked = view.columns, []
    view.changed.connect(lambda: asked.append(view.columns))
    program.window.actions_by_id["picture.save"].trigger()
    dialog = program.window.findChild(PictureDialog)
    dialog.size_box.setCurrentIndex(1)
    dialog.target.setText(str(target))
    dialog.accept()
    qtbot.waitUntil(target.exists, timeout=LONG)
    scene = program.window.canvas.scene
    assert QImage(str(target)).width() == round(2 * scene.width)
    assert max(asked) == round(2 * (scene.width - GUTTER))
    assert view.columns == columns
    assert str(target) in program.window.messages.shown.sentence


def test_an_earlier_fine_tuning_fills_the_form_and_a_wrong_file_is_a_sentence(
    program, qtbot: QtBot, tmp_path: Path
) -> None:
    begun = FineTune(program.workspace.dataset.path, str(tmp_path / "out"), ("chr1",), ("chr2",), word_length=5)
    spec, wrong = tmp_path / "spec.toml", tmp_path / "wrong.toml"
    write_spec(spec, begun)
    wrong.write_text("name = 'no spec'")
    for path in (wrong, spec):
        program.window.actions_by_id["finetuning.again"].trigger()
        (picker,) = [each for each in program.window.findChildren(PlacePicker) if each.isVisible()]
        picker.line.setText(str(path))
        picker.footer.action.click()
        qtbot.waitUntil(lambda: program.window.findChildren(PlacePicker) == [], timeout=LONG)
    qtbot.waitUntil(lambda: program.window.messages.shown is not None, timeout=LONG)
    assert "wrong.toml lacks the key job" in program.window.messages.shown.sentence
    # The spec is read by the worker.
    qtbot.waitUntil(lambda: any(each.isVisible() for each in program.window.findChildren(FineTuneDialog)), timeout=LONG)
    shown = [dialog for dialog in program.window.findChildren(FineTuneDialog) if dialog.isVisible()]
    assert len(shown) == 1
    assert shown[0].spec().word_length == 5
    shown[0].reject()


def test_an_export_with_nothing_changed_writes_a_bigwig_into_a_folder_of_its_own(
    program, qtbot: QtBot, toy_dataset: Path
) -> None:
    import pyBigWig

    assert not (toy_dataset.parent / "exports").exists()
    program.window.actions_by_id["predictions.export"].trigger()
    (dialog,) = [each for each in program.window.findChildren(ExportDialog) if each.isVisible()]
    # The worker says first whether it would start this.
    qtbot.waitUntil(dialog._footer.action.isEnabled, timeout=LONG)
    with qtbot.waitSignal(program.jobs.ended, timeout=LONG) as told:
        qtbot.mouseClick(dialog._footer.action, Qt.MouseButton.LeftButton)
    job = told.args[0]
    assert job.state == "done", job
    path, sidecar = sorted((toy_dataset.parent / "exports").iterdir())
    assert path.suffix == ".bw"
    assert sidecar.name == f"{path.name}.json"
    chromosome = program.workspace.view.interval.chromosome
    with pyBigWig.open(str(path)) as file:
        values = file.intervals(chromosome)
    assert len(values) > 100
    assert all(0 < value < 1 for _start, _end, value in values)


def test_an_exported_bigwig_is_followed_and_becomes_a_track(program, qtbot: QtBot, tmp_path: Path) -> None:
    from ebert_core.protocol.specs.jobs import Predict

    checkpoint, dataset = program.workspace.model, program.workspace.dataset
    target = tmp_path / "out.bw"
    spec = Predict(checkpoint.path, dataset.path, "alpha", "FOS", str(target), locus="chr1:1-3000")
    with qtbot.waitSignal(program.jobs.ended, timeout=LONG) as told:
        program.jobs.start(spec)
    job = told.args[0]
    assert job.state == "done", job
    assert program.window.shown_jobs.dock().isVisible()
    before = len(program.workspace.setup.tracks)
    program.window.shown_jobs.dock().use_requested.emit(job)
    qtbot.waitUntil(lambda: len(program.workspace.setup.tracks) == before + 1, timeout=LONG)
    qtbot.waitUntil(lambda: program.loader.is_idle, timeout=LONG)
    assert not program.loader.content(program.workspace.setup.tracks[-1]).sentence
