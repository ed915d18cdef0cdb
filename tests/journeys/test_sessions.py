"""Sessions of real windows: what was open comes back once, and nothing that was asked for gets lost."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ebert_gui.app.window_program import WindowProgram
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.session import read_session
from ebert_gui.state.session_files import newest_sessions
from ebert_gui.state.tracks import UnknownTrack
from tests.certain import present

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 60_000
CLOSED_EARLY = """
import sys
import ebert_gui.app.running as program
from PyQt6.QtCore import QTimer
from ebert_gui.__main__ import main

whole = program.run


def run(options, app, data):
    QTimer.singleShot(int(sys.argv[1]), app.closeAllWindows)
    return whole(options, app, data)


program.run = run
sys.exit(main(sys.argv[2:]))
"""


def _settle(program: WindowProgram, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: program.opener.is_settled and program.loader.is_idle and program.workspace.dataset is not None,
        timeout=LONG,
    )


def _paths(program: WindowProgram) -> list[str]:
    return [path for track in program.workspace.setup.tracks if (path := getattr(track, "path", ""))]


def test_a_bare_file_opened_three_times_and_restored_twice_is_one_track(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    bare = str(toy_dataset.parent / "alpha.bw")
    for dataset in ("", str(toy_dataset)):
        for _ in range(3):
            program = open_window(dataset=dataset, files=(bare,))
            _settle(program, qtbot)
            assert _paths(program) == [bare]
            program.window.close()
        for _ in range(2):
            program = open_window()
            _settle(program, qtbot)
            assert (present(program.workspace.dataset).path, _paths(program)) == (dataset, [bare])
            program.window.close()


def test_a_window_closed_while_it_opens_keeps_the_files_and_the_checkpoint(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, toy_model: Path
) -> None:
    bare = str(toy_dataset.parent / "alpha.bw")
    first = open_window(dataset=str(toy_dataset), files=(bare,), models=(str(toy_model),))
    qtbot.waitUntil(lambda: first.workspace.dataset is not None, timeout=LONG)
    assert first.workspace.model is None
    first.window.close()
    second = open_window()
    _settle(second, qtbot)
    qtbot.waitUntil(lambda: second.workspace.model is not None, timeout=LONG)
    assert second.opener.files == (bare,)
    second.window.close()
    third = open_window()
    qtbot.waitUntil(lambda: third.workspace.dataset is not None, timeout=LONG)
    third.window.close()
    kept = json.loads(newest_sessions()[0].read_text())
    assert (kept["files"], kept["checkpoint"]) == ([bare], str(toy_model))


def test_a_track_of_an_unknown_kind_is_a_row_and_is_written_back(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "S.json"
    track = {"type": "variants", "id": "v", "vcf": "/d/x.vcf"}
    genes = {"type": "sequence", "id": "q"}
    kept.write_text(json.dumps({"dataset": str(toy_dataset), "tracks": [genes, track]}))
    program = open_window(session=str(kept))
    _settle(program, qtbot)
    shown = program.workspace.setup.tracks
    assert isinstance(shown[1], UnknownTrack)
    assert "Nothing installed here shows" in program.loader.content(shown[1]).sentence
    image = program.window.canvas.grab().toImage()
    row = list(program.window.canvas.scene.rows())[1]
    at_its_end = image.pixelColor(program.window.canvas.width() - 40, round(row.top + 5))
    assert at_its_end.name() == program.window.theme.hairline
    program.window.close()
    assert json.loads(kept.read_text())["setup"]["tracks"][1] == track


def test_what_cannot_be_opened_now_stays_in_the_session(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "S.json"
    kept.write_text(json.dumps({"dataset": str(tmp_path / "unmounted.toml"), "tracks": [{"type": "genes"}]}))
    before = kept.read_text()
    program = open_window(session=str(kept))
    qtbot.waitUntil(lambda: program.window.messages.shown is not None, timeout=LONG)
    program.window.close()
    assert kept.read_text() == before


def test_an_unreadable_session_is_said_in_the_window_and_kept_apart(
    open_window: Callable[..., WindowProgram], tmp_path: Path
) -> None:
    kept = tmp_path / "S.json"
    kept.write_text("{")
    program = open_window(session=str(kept))
    assert program.window.messages.shown is not None
    assert "this is a fresh start" in program.window.messages.shown.sentence
    assert [path.read_text() for path in tmp_path.glob("S.json.aside-*")] == ["{"]


def test_a_turn_of_the_wheel_chooses_no_other_cell_type(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    program = open_window(dataset=str(toy_dataset))
    _settle(program, qtbot)
    box = program.window.locus_bar.cell_type
    middle = QPointF(box.rect().center())
    turn = QWheelEvent(
        middle,
        box.mapToGlobal(middle),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    before = program.workspace.cell_type
    QApplication.sendEvent(box, turn)
    assert not turn.isAccepted()
    assert (box.currentText(), program.workspace.cell_type) == (before, before)


@pytest.mark.parametrize("milliseconds", [0, 300, 600])
def test_a_window_closed_while_it_opens_ends_well(toy_dataset: Path, tmp_path: Path, milliseconds: int) -> None:
    kept = tmp_path / "S.json"
    kept.write_text(json.dumps({"dataset": str(toy_dataset), "tracks": [{"type": "genes", "id": "mine"}]}))
    command = [sys.executable, "-c", CLOSED_EARLY, str(milliseconds), "--session", str(kept)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    assert [track.id for track in read_session(kept, Kinds().read).session.setup.tracks] == ["mine"]
    assert [path.name for path in tmp_path.iterdir()] == ["S.json"]
