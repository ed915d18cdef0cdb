"""A picture waits for the data that it shows, is written once, and gives the screen its columns back."""

from pathlib import Path

import pytest
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ebert_gui.browser.picture import PictureStyle
from ebert_gui.exporting.picture_taking import PictureTaker
from ebert_gui.widgets.theme import LIGHT
from ebert_gui.windows.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)")


def test_the_last_picture_that_was_asked_for_is_written_once_its_data_have_come(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    view, columns = window.workspace.view, window.canvas.scene.plot_columns
    view.set_columns(columns)
    qtbot.waitUntil(lambda: not window.loader.is_idle)
    said: list[tuple[str, str]] = []
    fine = PictureStyle(LIGHT, 2.0, has_all_tracks=True)
    taker = PictureTaker(window.canvas.scene, window.loader)
    for name in ("first.png", "second.png"):
        taker.take(str(tmp_path / name), fine, lambda problem, name=name: said.append((name, problem)))
        assert view.columns > 1.5 * columns, "a finer picture needs finer values"
    window.loader.idle.emit()
    assert (said, list(tmp_path.iterdir())) == ([], []), "not all has come"
    window.workspace.history.change(window.workspace.setup.with_tracks(()), reveals=False)
    qtbot.waitUntil(lambda: window.loader.is_idle)
    window.loader.idle.emit()
    assert said == [("second.png", "")]
    assert view.columns == columns
    assert [path.name for path in tmp_path.iterdir()] == ["second.png"]
    assert QImage(str(tmp_path / "second.png")).width() == 2 * window.canvas.width()
    window.loader.idle.emit()
    assert len(said) == 1
