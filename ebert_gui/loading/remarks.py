"""Says once what of a file was not read as it stands; from then on its row says it."""

from PyQt6.QtCore import QObject, pyqtSignal

from ebert_core.protocol.shapes import Remark
from ebert_gui.loading.loader import Loader
from ebert_gui.state.workspace import Workspace


class RemarkTeller(QObject):
    """`told` carries a sentence about a track's file, the first time that it is known."""

    told = pyqtSignal(str)

    def __init__(self, workspace: Workspace, loader: Loader) -> None:
        super().__init__()
        self._workspace, self._loader = workspace, loader
        self._said: set[tuple[str, Remark]] = set()
        loader.idle.connect(self.tell)

    def tell(self) -> None:
        """Say what has become known of the tracks in view."""
        for track in self._workspace.setup.tracks:
            for remark in self._loader.content(track).remarks:
                if remark.is_told and (track.title, remark) not in self._said:
                    self._said.add((track.title, remark))
                    self.told.emit(f"{track.title}: {remark.full}")
