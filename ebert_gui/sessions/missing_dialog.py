"""The form that says which files of a session are not where they were, and lets a person look for them."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDialog, QHeaderView, QPushButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ebert_core.protocol.machine.showing import shown
from ebert_gui.loading.saved_sessions import SavedSessions, Searched
from ebert_gui.widgets.forms import Footer, above_footer, label, row

_HELP = (
    "Choose the folder to which they were moved, or any folder above: each file is looked for there under the end of "
    "its path, and what lay beside it with it."
)
_NO_DATASET = "The dataset is missing, and nothing can be shown without it."


class MissingFiles(QDialog):
    """Shows what is missing until all of it is found, the session is opened without it, or given up."""

    folder_wanted = pyqtSignal()

    def __init__(self, sessions: SavedSessions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sessions = sessions
        self.setWindowTitle("Files of the session")
        self.heading = label("", "heading")
        self.list = QTreeWidget()
        self.look = QPushButton("&Look in a folder…")
        self.look.setAutoDefault(False)
        self.footer = Footer("&Open without them")
        self._lay_out()
        self.look.clicked.connect(self.folder_wanted.emit)
        self.footer.buttons.accepted.connect(self.accept)
        self.footer.buttons.rejected.connect(self.reject)
        self.accepted.connect(sessions.go_on)
        self.rejected.connect(sessions.give_up)
        sessions.complete.connect(self._close)
        sessions.missing.connect(self.follow)
        self.resize(760, 420)
        self.follow()

    def follow(self) -> None:
        """Show what has been found by now."""
        searched = self._sessions.searched
        if searched is None:
            return
        missing, moved = searched.missing, _moved(searched)
        count = "1 file" if len(missing) == 1 else f"{len(missing)} files"
        verb = "is" if len(missing) == 1 else "are"
        self.heading.setText(shown(f"{count} of {searched.named.path.name} {verb} not where the session says."))
        self.list.clear()
        for before, now in (*((path, "") for path in missing), *moved):
            item = QTreeWidgetItem([shown(before), shown(now) or "not found"])
            for column, path in enumerate((before, now)):
                item.setToolTip(column, shown(path))
            item.setDisabled(bool(now))
            self.list.addTopLevelItem(item)
        found = "1 other was found elsewhere." if len(moved) == 1 else f"{len(moved)} others were found elsewhere."
        self.footer.say(found if moved else "", _NO_DATASET if searched.is_without_dataset else "")

    def _lay_out(self) -> None:
        self.list.setHeaderLabels(["Where it was", "Where it is now"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setAccessibleName("Files of the session")
        header = self.list.header()
        assert header is not None
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        contents = QVBoxLayout()
        contents.setContentsMargins(16, 14, 16, 12)
        contents.setSpacing(10)
        contents.addWidget(self.heading)
        contents.addWidget(self.list, 1)
        contents.addWidget(label(_HELP, "muted"))
        contents.addLayout(row(self.look))
        above_footer(self, contents, self.footer)
        self.look.setFocus()

    def _close(self) -> None:
        """The session is being opened, whoever has asked for it."""
        if self.isVisible():
            self.accepted.disconnect(self._sessions.go_on)
            self.accept()


def _moved(searched: Searched) -> list[tuple[str, str]]:
    pairs = zip(searched.places, searched.found, strict=True)
    return [(place.path, now) for place, now in pairs if now and now != place.path]
