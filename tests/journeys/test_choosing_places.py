"""Places are chosen in the real window, with a real worker that lists the folders of its machine."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pyBigWig
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ebert_gui.app.window_program import WindowProgram
from ebert_gui.exporting.export_dialog import ExportDialog
from ebert_gui.widgets.place_picker import PlacePicker
from ebert_gui.workers.state import Condition

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 60_000
# The name of a peak file that is no UTF-8.
STRANGE = os.fsdecode(b"caf\xe9.bed")


def bigwig(path: Path) -> Path:
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader([("chr1", 10_000)])
        file.addEntries("chr1", 0, values=[float(value % 7) for value in range(200)], span=50, step=50)
    return path


def picker_of(program) -> PlacePicker:
    (picker,) = [each for each in program.window.findChildren(PlacePicker) if each.isVisible()]
    return picker


def names(picker: PlacePicker) -> list[str]:
    return [entry.name for entry in picker.files.entries]


def test_tracks_are_found_by_keyboard_alone_and_opened(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "signals"
    folder.mkdir()
    (folder / STRANGE).write_text("chr1\t100\t500\tone\n")
    bigwig(folder / "other.bw")
    (folder / "notes.log").touch()
    program = open_window()
    qtbot.waitUntil(lambda: bool(program.kinds.formats), timeout=LONG)
    program.window.actions_by_id["files.open"].trigger()
    picker = picker_of(program)
    qtbot.keyClicks(picker.line, f"{tmp_path}/sig")
    qtbot.waitUntil(lambda: names(picker) == ["signals"], timeout=LONG)
    qtbot.keyClick(picker.line, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: names(picker) == [STRANGE, "other.bw"], timeout=LONG)
    qtbot.keyClick(picker.line, Qt.Key.Key_Down)
    qtbot.keyClick(picker.files, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(picker.files, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(program.workspace.setup.tracks) == 2, timeout=LONG)
    paths = [track.word("path") for track in program.workspace.setup.tracks]
    assert paths == [str(folder / name) for name in (STRANGE, "other.bw")]


def test_a_file_says_what_it_is_when_it_is_asked(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    bigwig(tmp_path / "a.bw")
    program = open_window()
    program.window.actions_by_id["files.open"].trigger()
    picker = picker_of(program)
    picker.go(str(tmp_path))
    qtbot.waitUntil(lambda: names(picker) == ["a.bw"], timeout=LONG)
    picker.files.choose("a.bw")
    picker.what.click()
    qtbot.waitUntil(lambda: picker.note.text().startswith("a.bw: ") and "…" not in picker.note.text(), timeout=LONG)
    assert "bigWig" in picker.note.text()
    picker.reject()


def test_an_export_is_saved_where_it_was_browsed_to(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, toy_model: Path, tmp_path: Path
) -> None:
    program = open_window(dataset=str(toy_dataset), models=(str(toy_model),))
    qtbot.waitUntil(lambda: program.workspace.model is not None and program.loader.is_idle, timeout=LONG)
    (tmp_path / "there.bw").touch()
    program.window.actions_by_id["predictions.export"].trigger()
    (dialog,) = [each for each in program.window.findChildren(ExportDialog) if each.isVisible()]
    dialog._pick_file()
    (picker,) = dialog.findChildren(PlacePicker)
    qtbot.waitUntil(lambda: bool(picker.line.text()), timeout=LONG)
    picker.line.setText(f"{tmp_path}/there")
    picker.footer.action.click()
    qtbot.waitUntil(lambda: picker.footer.action.text() == "Replace", timeout=LONG)
    picker.footer.action.click()
    qtbot.waitUntil(lambda: dialog.output.text() == str(tmp_path / "there.bw"), timeout=LONG)
    dialog.reject()


def test_a_picker_outlives_its_worker_and_lists_again_when_that_is_back(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "DATASET.toml").touch()
    program = open_window()
    qtbot.waitUntil(lambda: program.data.state.condition is Condition.READY, timeout=LONG)
    program.window.actions_by_id["dataset.open"].trigger()
    picker = picker_of(program)
    os.kill(program.data.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: program.data.state.condition is Condition.RESTARTING, timeout=LONG)
    picker.go(str(tmp_path))
    qtbot.waitUntil(lambda: names(picker) == ["DATASET.toml"], timeout=LONG)
    picker.reject()
