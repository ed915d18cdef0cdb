"""The dock that lists the tracks on screen, to order, resize, recolour and remove them, and offers more."""

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PyQt6.QtGui import QColor, QIcon, QKeySequence, QPixmap, QShortcut
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QDockWidget,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.machine.showing import shown
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.setup import LARGEST_HEIGHT, SMALLEST_HEIGHT
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.plain import PlainLabel

# As the layout of the docks names it.
TRACK_DOCK = "track-dock"
_ID = Qt.ItemDataRole.UserRole
# Two lines: on a low screen the other docks need the room.
_LOWEST = 24
# What the colour dialog opens on for tracks that are drawn in many colours.
_NO_COLOUR = "#5b6b7d"


class TrackDock(QDockWidget):
    """Follows the track list of a workspace; `colour_of` tells in which colour a track is drawn."""

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
        self.list = QListWidget()
        self.offers = QTreeWidget()
        self.height_box = QSpinBox()
        self.colour = QPushButton("Colour…")
        self.remove = QPushButton("Remove")
        self._set_up()
        self._lay_out()
        workspace.tracks_changed.connect(self.follow)
        for announcer in (workspace.dataset_changed, workspace.model_changed):
            announcer.connect(self.offer)
        self.follow()

    def follow(self) -> None:
        """List the tracks as they are."""
        if self._is_following:
            return
        self._is_following = True
        chosen, row = self._chosen_id(), self.list.currentRow()
        self.list.clear()
        for track in self._workspace.setup.tracks:
            item = QListWidgetItem(shown(f"{track.title}  {track.subtitle}".rstrip()))
            item.setData(_ID, track.id)
            pixels = QPixmap(10, 10)
            # Tracks without a colour keep the place of one, so that all names stand in line.
            pixels.fill(QColor(self._colour_of(track) or "transparent"))
            item.setIcon(QIcon(pixels))
            self.list.addItem(item)
            if track.id == chosen:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0 <= row:
            # The chosen track has gone: its neighbour is next.
            self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._is_following = False
        self._show_chosen()

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

    def choose_colour(self, tracks: Sequence[Track]) -> None:
        """Ask for a colour of these tracks."""
        dialog = QColorDialog(QColor(self._colour_of(tracks[0]) or _NO_COLOUR), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(
            lambda colour: self._history.change(
                self._history.setup.redrawn(
                    [track.id for track in tracks], lambda drawn: drawn.changed(colour=colour.name())
                )
            )
        )
        dialog.open()

    def _set_up(self) -> None:
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setAccessibleName("Tracks on screen")
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_chosen())
        model: QAbstractItemModel | None = self.list.model()
        assert model is not None
        model.rowsMoved.connect(self._on_moved)
        self.offers.setHeaderHidden(True)
        for view in (self.list, self.offers):
            view.setMinimumHeight(_LOWEST)
        self.offers.setAccessibleName("Tracks that can be added")
        # A double-click or Enter.
        self.offers.itemActivated.connect(lambda item, _column: self.add_chosen(item))
        self.height_box.setRange(SMALLEST_HEIGHT, LARGEST_HEIGHT)
        self.height_box.setSuffix(" px")
        self.height_box.setKeyboardTracking(False)
        self.height_box.setAccessibleName("Height of the track")
        self.height_box.valueChanged.connect(self._on_height)
        self.colour.clicked.connect(lambda: self._with_chosen(lambda track: self.choose_colour((track,))))
        self.remove.clicked.connect(self._remove_chosen)
        self.remove.setToolTip("Take the track off the screen (Delete)")
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove_chosen)

    def _lay_out(self) -> None:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.list, 3)
        sizes, changes = QHBoxLayout(), QHBoxLayout()
        sizes.addWidget(PlainLabel("Height"))
        sizes.addWidget(self.height_box, 1)
        changes.addWidget(self.colour)
        changes.addWidget(self.remove)
        layout.addLayout(sizes)
        layout.addLayout(changes)
        caption = PlainLabel("Add by double-click or Enter")
        caption.setProperty("role", "muted")
        layout.addWidget(caption)
        layout.addWidget(self.offers, 2)
        body.setMinimumWidth(240)
        self.setWidget(body)

    def _chosen_id(self) -> str:
        item = self.list.currentItem()
        return str(item.data(_ID)) if item is not None else ""

    def _with_chosen(self, action: Callable[[Track], None]) -> None:
        track = self._workspace.setup.find(self._chosen_id())
        if track is not None:
            action(track)

    def _remove_chosen(self) -> None:
        self._with_chosen(lambda track: self._history.change(self._history.setup.without(track.id)))

    def _show_chosen(self) -> None:
        track = self._workspace.setup.find(self._chosen_id())
        for widget in (self.height_box, self.colour, self.remove):
            widget.setEnabled(track is not None)
        if track is not None:
            self.height_box.blockSignals(True)
            self.height_box.setValue(track.pixels)
            self.height_box.blockSignals(False)

    def _on_height(self, height: int) -> None:
        chosen = self._chosen_id()
        # Held down, an arrow of the box is one gesture.
        self._history.change(self._history.setup.resized(chosen, height), f"height of {chosen}")

    def _on_moved(self, _parent: QModelIndex, _first: int, _last: int, _target: QModelIndex, _row: int) -> None:
        items = (self.list.item(place) for place in range(self.list.count()))
        self._is_following = True
        self._history.change(self._history.setup.reordered(str(item.data(_ID)) for item in items if item is not None))
        self._is_following = False
