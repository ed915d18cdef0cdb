"""The dock that lists the tracks on screen, to select, order and remove them, and offers more."""

from collections.abc import Callable

from PyQt6.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QDropEvent, QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.machine.showing import shown
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.colour_button import swatch
from ebert_gui.widgets.plain import PlainLabel

# As the layout of the docks names it.
TRACK_DOCK = "track-dock"
_ID = Qt.ItemDataRole.UserRole
# Two lines: on a low screen the other docks need the room.
_LOWEST = 24


class _Rows(QListWidget):
    """Counts how often something was dropped into it."""

    drops = 0

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Move what was dragged."""
        self.drops += 1
        super().dropEvent(event)


class TrackDock(QDockWidget):
    """Follows the tracks of a workspace and those that are selected; `colour_of` tells in which colour one is drawn.

    `settings_wanted` asks for the settings of the selected tracks.
    """

    settings_wanted = pyqtSignal()

    def __init__(
        self,
        workspace: Workspace,
        kinds: Kinds,
        parent: QWidget | None = None,
        colour_of: Callable[[Track], str] = lambda track: track.colour,
    ) -> None:
        super().__init__("Tracks", parent)
        self.setObjectName(TRACK_DOCK)
        self._workspace = workspace
        self._history = workspace.history
        self._kinds = kinds
        self._colour_of = colour_of
        self._is_following = False
        self.list = _Rows()
        self.offers = QTreeWidget()
        self.settings = QPushButton("Settings…")
        self.remove = QPushButton("Remove")
        self._set_up()
        self._lay_out()
        workspace.tracks_changed.connect(self.follow)
        workspace.selection.changed.connect(self.follow)
        for announcer in (workspace.dataset_changed, workspace.model_changed):
            announcer.connect(self.offer)
        self.follow()

    def follow(self) -> None:
        """List the tracks as they are."""
        if self._is_following:
            return
        self._is_following = True
        selection, find = self._workspace.selection, self._workspace.setup.find
        selected, row = selection.ids, self.list.currentRow()
        has_lost = any(find(str(item.data(_ID))) is None for item in self.list.selectedItems())
        self.list.clear()
        for track in self._workspace.setup.tracks:
            item = QListWidgetItem(shown(f"{track.title}  {track.subtitle}".rstrip()))
            item.setData(_ID, track.id)
            # Tracks without a colour keep the place of one, so that all names stand in line.
            item.setIcon(swatch(self._colour_of(track) or "transparent"))
            self.list.addItem(item)
            item.setSelected(track.id in selected)
            if track.id == selection.last:
                self.list.setCurrentItem(item, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._is_following = False
        if has_lost and not selected and self.list.count():
            # The selected tracks have gone: their neighbour is next.
            self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._show_selected()

    def choose(self, track_id: str) -> None:
        """Choose a track in the list."""
        for place in range(self.list.count()):
            item = self.list.item(place)
            if item is not None and item.data(_ID) == track_id:
                self.list.setCurrentItem(item)

    def offer(self) -> None:
        """List what the dataset and the checkpoint can show; what was unfolded stays so."""
        before = (self.offers.topLevelItem(place) for place in range(self.offers.topLevelItemCount()))
        unfolded = {item.text(0) for item in before if item is not None and item.isExpanded()}
        self.offers.clear()
        for group, offered in self._kinds.offers(self._workspace.scope):
            parent = QTreeWidgetItem([shown(group)])
            self.offers.addTopLevelItem(parent)
            parent.setExpanded(parent.text(0) in unfolded)
            for offer in offered:
                child = QTreeWidgetItem([shown(offer.name)])
                child.setData(0, _ID, offer.track)
                child.setToolTip(0, "Double-click or Enter to add")
                parent.addChild(child)

    def add_chosen(self, item: QTreeWidgetItem) -> None:
        """Add the offered track."""
        track: Track | None = item.data(0, _ID)
        if track is not None:
            self._history.change(self._history.setup.with_added(track))

    def _set_up(self) -> None:
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setAccessibleName("Tracks on screen")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.itemSelectionChanged.connect(self._take_selected)
        self.list.itemDoubleClicked.connect(lambda _item: self.settings_wanted.emit())
        model: QAbstractItemModel | None = self.list.model()
        assert model is not None
        model.rowsMoved.connect(self._on_moved)
        self.offers.setHeaderHidden(True)
        for view in (self.list, self.offers):
            view.setMinimumHeight(_LOWEST)
        self.offers.setAccessibleName("Tracks that can be added")
        # A double-click or Enter.
        self.offers.itemActivated.connect(lambda item, _column: self.add_chosen(item))
        self.settings.clicked.connect(lambda: self.settings_wanted.emit())
        self.settings.setToolTip("How the selected tracks are drawn")
        self.remove.clicked.connect(self._remove_selected)
        self.remove.setToolTip("Take the selected tracks off the screen (Delete)")
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove_selected)

    def _lay_out(self) -> None:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.list, 3)
        changes = QHBoxLayout()
        changes.addWidget(self.settings)
        changes.addWidget(self.remove)
        layout.addLayout(changes)
        caption = PlainLabel("Add by double-click or Enter")
        caption.setProperty("role", "muted")
        layout.addWidget(caption)
        layout.addWidget(self.offers, 2)
        body.setMinimumWidth(240)
        self.setWidget(body)

    def _take_selected(self) -> None:
        if not self._is_following:
            current = self.list.currentItem()
            last = str(current.data(_ID)) if current is not None else ""
            self._is_following = True
            self._workspace.selection.select((str(item.data(_ID)) for item in self.list.selectedItems()), last)
            self._is_following = False
            self._show_selected()

    def _remove_selected(self) -> None:
        setup = self._history.setup
        for track_id in self._workspace.selection.ids:
            setup = setup.without(track_id)
        self._history.change(setup)

    def _show_selected(self) -> None:
        is_any = bool(self._workspace.selection.tracks)
        for widget in (self.settings, self.remove):
            widget.setEnabled(is_any)

    def _on_moved(self, _parent: QModelIndex, _first: int, _last: int, _target: QModelIndex, _row: int) -> None:
        items = (self.list.item(place) for place in range(self.list.count()))
        self._is_following = True
        order = [str(item.data(_ID)) for item in items if item is not None]
        # Several tracks that are dragged together move one after the other.
        self._history.change(self._history.setup.reordered(order), f"order {self.list.drops}")
        self._is_following = False
