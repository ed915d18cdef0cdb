"""Features in the real window: a click shows the whole record, and keys go from one to the next."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QDialog, QPlainTextEdit
from pytestqt.qtbot import QtBot

from ebert_gui.app.window_program import WindowProgram
from ebert_gui.browser.scene import GUTTER

LONG = 60_000
PEAKS = "".join(
    f"chr1\t{start}\t{start + 200}\tp{start}\t0\t.\t{start / 1000}\t-1\t2.5\t50\n" for start in (1000, 3000, 900_000)
)
GENES = (
    'chr1\tx\ttranscript\t1501\t2900\t.\t+\t.\tgene_id "G"; transcript_id "T"; gene_name "ONE"; tag "basic";\n'
    'chr1\tx\texon\t1501\t2900\t.\t+\t.\tgene_id "G"; transcript_id "T"; gene_name "ONE";\n'
)
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)")


def test_a_click_shows_the_whole_record_and_keys_go_to_the_next_feature(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "x.narrowPeak").write_text(PEAKS)
    (tmp_path / "x.gtf").write_text(GENES)
    program = open_window(files=(str(tmp_path / "x.narrowPeak"), str(tmp_path / "x.gtf")), locus="chr1:501-4500")
    qtbot.waitUntil(lambda: program.workspace.dataset is not None and program.loader.is_idle, timeout=LONG)
    canvas, window, view = program.window.canvas, program.window, program.workspace.view

    def said_at(position: float, row: int, height: float) -> list[list[str]]:
        """What a click shows, each line as its name and its value."""
        x = GUTTER + canvas.scene.axis().x_of(position)
        top = tuple(canvas.scene.rows())[row].top
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(top + height)))
        qtbot.waitUntil(lambda: any(each.windowTitle() == "Details" for each in dialogs()), timeout=LONG)
        (dialog,) = (each for each in dialogs() if each.windowTitle() == "Details")
        lines = dialog.findChildren(QPlainTextEdit)[0].toPlainText().splitlines()
        dialog.close()
        qtbot.waitUntil(lambda: not dialogs(), timeout=LONG)
        return [line.split(maxsplit=1) for line in lines]

    def dialogs() -> list[QDialog]:
        return [each for each in window.findChildren(QDialog) if each.isVisible()]

    peak = said_at(3100, 0, 11)
    assert peak[3:5] == [["name", "p3000"], ["score", "0"]]
    assert peak[6:] == [["signalValue", "3.0"], ["pValue", "-1"], ["qValue", "2.5"], ["peak", "50"]]
    assert said_at(2000, 1, 11)[-2:] == [["gene_name", "ONE"], ["tag", "basic"]]
    # The last peak ends with the chromosome, as far as these files know it.
    for command, first in (("go.next-feature", 1100), ("go.next-feature", 896_200), ("go.previous-feature", 1100)):
        window.actions_by_id[command].trigger()
        qtbot.waitUntil(lambda first=first: round(view.span.start) == first, timeout=LONG)
