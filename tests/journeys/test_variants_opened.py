"""A VCF in the real window: opened beside nothing, clicked, closed, and there again in the next window."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QDialog, QPlainTextEdit
from pytestqt.qtbot import QtBot

from ebert_gui.app.window_program import WindowProgram
from ebert_gui.browser.scene import GUTTER
from ebert_gui.kinds.variants import VariantsTrack

LONG = 60_000
VCF = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=5000>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tann\n"
    "chr1\t1001\trs1\tA\tG\t50\tPASS\tDP=3\tGT:GQ\t0/1:99\n"
    "chr1\tx\t.\tA\tG\n"
)
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)")


def test_a_click_on_a_variant_shows_all_that_the_file_says_of_it_and_the_track_comes_back(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "calls.vcf.gz"
    path.write_bytes(gzip.compress(VCF.encode()))
    program = open_window(files=(str(path),))
    qtbot.waitUntil(lambda: program.workspace.dataset is not None and program.loader.is_idle, timeout=LONG)
    [track] = program.workspace.setup.tracks
    assert track == VariantsTrack(id=track.id, path=str(path), name="calls.vcf.gz")
    canvas = program.window.canvas
    [row] = canvas.scene.rows()
    assert canvas.scene.about(row).startswith("1 line left out, first line 5: the position 'x'")
    x = GUTTER + canvas.scene.axis().x_of(1000.5)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(row.top + 10)))

    def shown() -> QDialog | None:
        return next((each for each in program.window.findChildren(QDialog) if each.windowTitle() == "Details"), None)

    qtbot.waitUntil(lambda: shown() is not None, timeout=LONG)
    dialog = shown()
    assert dialog is not None
    lines = dialog.findChildren(QPlainTextEdit)[0].toPlainText().splitlines()
    assert lines[0].split() == ["CHROM", "chr1"]
    assert lines[-1].split(maxsplit=1) == ["ann", "0/1 (A/G), GQ 99"]
    dialog.close()
    program.window.close()
    again = open_window(files=(str(path),))
    qtbot.waitUntil(lambda: again.workspace.dataset is not None and again.loader.is_idle, timeout=LONG)
    assert again.workspace.setup.tracks == (track,)
    assert again.loader.content(track).parts["variants"][0].shape.names == ("rs1",)
