"""Draws the whole window with its docks, for docs/window.md: `python tools/window_picture.py DATASET.toml OUT.png`."""

import sys

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication

from ebert_core.protocol.machine.resources import resource
from ebert_gui.app.program import Options
from ebert_gui.app.window_program import WindowProgram
from ebert_gui.models.model_dock import MODEL_DOCK
from ebert_gui.tracks.track_dock import TRACK_DOCK

_WIDTH, _HEIGHT = 1600, 960
_PATIENCE_MILLISECONDS = 120_000
_REST_MILLISECONDS = 2000


def main(dataset: str, picture: str) -> int:
    """Opens the dataset with the checkpoint of the demonstration, waits until all is drawn; 0 when it was saved."""
    app = QApplication(sys.argv[:1])
    program = WindowProgram(
        Options(dataset=dataset, models=(str(resource("checkpoints/demonstration")),), is_dark=False), app
    )
    window = program.window
    window.setFixedSize(_WIDTH, _HEIGHT)  # the screen of the platform without a display is smaller
    window.show()
    for dock in (TRACK_DOCK, MODEL_DOCK):
        window.toggle_dock(dock)
    loop, rest = QEventLoop(), QTimer()
    rest.setSingleShot(True)
    rest.setInterval(_REST_MILLISECONDS)
    rest.timeout.connect(loop.quit)

    def wait_a_moment() -> None:
        if program.workspace.model is not None and program.loader.is_idle:
            rest.start()

    program.loader.idle.connect(wait_a_moment)
    QTimer.singleShot(_PATIENCE_MILLISECONDS, lambda: loop.exit(1))
    failed = loop.exec()
    saved = window.grab().save(picture)
    window.close()
    window.deleteLater()
    app.processEvents()
    return 1 if failed or not saved else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
