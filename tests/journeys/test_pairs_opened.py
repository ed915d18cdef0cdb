"""Pairs of places in the real window: opened, pointed at, closed, and there again in the next window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from ebert_gui.app.window_program import WindowProgram
from ebert_gui.browser.scene import GUTTER
from ebert_gui.kinds.arcs import ArcsTrack

LONG = 60_000
BEDPE = "chr1\t1000\t2000\tchr1\t8000\t9000\tloop1\t5\t+\t-\nchr1\t3000\t4000\tchr2\t500\t600\ttrans\t3\t+\t+\n"
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)")


def test_pairs_of_a_file_are_arcs_that_say_what_they_join_and_come_back(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "loops.bedpe"
    path.write_text(BEDPE)
    program = open_window(files=(str(path),))
    qtbot.waitUntil(lambda: program.workspace.dataset is not None and program.loader.is_idle, timeout=LONG)
    [track] = program.workspace.setup.tracks
    assert track == ArcsTrack(id=track.id, path=str(path), name="loops.bedpe")
    canvas = program.window.canvas
    [row] = canvas.scene.rows()
    assert canvas.scene.about(row).startswith("Pairs with an end on another chromosome are drawn as stubs")
    place = QPointF(GUTTER + canvas.scene.axis().x_of(1200), row.top + row.height - 4)
    assert canvas.scene.at(row, place.x(), place.y()).words.startswith("loop1 · chr1:1,001-2,000 – chr1:8,001-9,000")
    program.window.close()
    again = open_window(files=(str(path),))
    qtbot.waitUntil(lambda: again.workspace.dataset is not None and again.loader.is_idle, timeout=LONG)
    assert again.workspace.setup.tracks == (track,)
    assert again.loader.content(track).parts["pairs"][0].shape.names == ("loop1", "trans")
