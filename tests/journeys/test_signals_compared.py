"""Two signals are compared, smoothed and written to a file from the window; the file says what the window draws."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyBigWig
import pytest
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.app.window_program import WindowProgram
from ebert_gui.browser.scene import GUTTER
from ebert_gui.exporting.signal_dialog import SignalDialog
from ebert_gui.kinds.comparison import ComparisonTrack
from ebert_gui.tracks.track_commands import join_choices
from tests.certain import present

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 60_000
LENGTH = 20_000


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """Two signals of a genome: 0, 1, 2, … and a half of that."""
    found = []
    for number in (1, 2):
        path = tmp_path / f"signal{number}.bw"
        with pyBigWig.open(str(path), "w") as file:
            file.addHeader([("chr1", LENGTH)])
            file.addEntries("chr1", 0, values=(np.arange(LENGTH) / number).tolist(), span=1, step=1)
        found.append(str(path))
    return found


def test_a_comparison_is_drawn_and_written(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, paths: list[str], tmp_path: Path
) -> None:
    program = open_window(files=tuple(paths))
    workspace, window = program.workspace, program.window
    qtbot.waitUntil(lambda: len(workspace.setup.tracks) == 2 and program.loader.is_idle, timeout=LONG)
    workspace.view.show(Interval("chr1", 1000, 3000))
    signals = workspace.setup.tracks
    choice = next(each for each in join_choices(workspace.history, signals, program.kinds) if "Compare" in each.text)
    present(choice.act)()
    track = workspace.setup.tracks[-1]
    assert isinstance(track, ComparisonTrack)
    workspace.history.change(workspace.setup.redrawn((track.id,), lambda drawn: drawn.changed(smoothing=201)))
    shown = workspace.setup.tracks[-1]

    def has_come() -> bool:
        content = program.loader.content(shown)
        return not content.is_loading and content.parts["signal"] != ()

    qtbot.waitUntil(has_come, timeout=LONG)
    row = next(row for row in window.canvas.scene.rows() if row.track.id == track.id)
    axis = window.canvas.scene.axis()
    words = window.canvas.scene.at(row, axis.x_of(2000.5) + GUTTER).words
    assert words.startswith("1000")
    assert words.endswith("smoothed over 201 bp")
    workspace.selection.select((track.id,))
    window.actions_by_id["signal.write"].trigger()
    [dialog] = window.findChildren(SignalDialog)
    taken = tmp_path / "signal1.bw-signal2.bw.bw"
    assert dialog.file().path == str(taken)
    dialog.step.setValue(10)
    dialog.target.setText(str(tmp_path / "written.bw"))
    dialog.accept()
    qtbot.waitUntil(lambda: (tmp_path / "written.bw").exists(), timeout=LONG)

    def is_told() -> bool:
        said = window.messages.shown
        return said is not None and said.sentence == f"The signal is in {tmp_path / 'written.bw'}"

    qtbot.waitUntil(is_told, timeout=LONG)
    with pyBigWig.open(str(tmp_path / "written.bw")) as file:
        assert file.chroms() == {"chr1": LENGTH}
        assert file.values("chr1", 2005, 2006) == pytest.approx([1002.25], abs=0.1)
        assert file.stats("chr1", 0, LENGTH, type="coverage") == [1.0]
