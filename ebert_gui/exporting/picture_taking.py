"""Draws a picture of what is on screen to a file, once the data for its resolution have come."""

from collections.abc import Callable

from PyQt6.QtCore import QMetaObject, QObject

from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.browser.picture import PictureStyle, save_picture, scene_of_picture
from ebert_gui.browser.scene import Scene
from ebert_gui.loading.loader import Loader


class PictureTaker(QObject):
    """Takes one picture at a time; the columns of the screen come back when it is written."""

    def __init__(self, shown: Scene, loader: Loader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown = shown
        self._loader = loader
        self._waiting: QMetaObject.Connection | None = None

    def take(self, path: str, style: PictureStyle, done: Callable[[str], None]) -> None:
        """Write a picture; `done` hears what went wrong, or nothing."""
        view = self._shown.workspace.view
        scene = scene_of_picture(self._shown, style)

        def draw() -> None:
            if not self._loader.is_idle:
                return
            self._stop_waiting()
            problem = ""
            try:
                scene.refresh()
                save_picture(scene, path)
            except InvalidRequest as error:
                problem = str(error)
            finally:
                view.set_columns(self._shown.plot_columns)
            done(problem)

        self._stop_waiting()
        # A finer picture holds finer values; those of the screen would say of themselves what is not true of them.
        view.set_columns(scene.plot_columns)
        self._waiting = self._loader.idle.connect(draw)
        draw()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            QObject.disconnect(self._waiting)
            self._waiting = None
