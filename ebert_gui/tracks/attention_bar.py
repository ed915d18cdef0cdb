"""The narrow bar over an attention track: which layer and head, and what attention is not."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QWidget

from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.widgets.flow import FlowLayout
from ebert_gui.widgets.forms import label
from ebert_gui.widgets.plain import PlainLabel


class AttentionBar(QWidget):
    """Chooses a layer and a head (None averages heads), both directions' visibility, and the triangle."""

    choice_changed = pyqtSignal(int, object)
    directions_changed = pyqtSignal(bool, bool)
    triangle_toggled = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer = QComboBox()
        self.head = QComboBox()
        self.from_anchor = QCheckBox("f&rom here")
        self.to_anchor = QCheckBox("&to here")
        self.triangle = QCheckBox("tria&ngle")
        self.caption = label("Attention, not contacts", "muted")
        self.caption.setWordWrap(False)
        self.caption.setToolTip(
            "How much the network looks from one place to another while it predicts. It says nothing about DNA "
            "that touches in the nucleus."
        )
        for box in (self.from_anchor, self.to_anchor):
            box.setChecked(True)
        self._lay_out()
        self._name_fields()
        self.layer.currentIndexChanged.connect(self._announce_choice)
        self.head.currentIndexChanged.connect(self._announce_choice)
        self.from_anchor.toggled.connect(self._announce_directions)
        self.to_anchor.toggled.connect(self._announce_directions)
        self.triangle.toggled.connect(self.triangle_toggled)
        self.set_network(0, 0)

    @property
    def chosen_layer(self) -> int:
        """Index of the chosen layer, from 0; the last layer at first."""
        return max(0, self.layer.currentIndex())

    @property
    def chosen_head(self) -> int | None:
        """Index of the chosen head, or None for their mean."""
        head: int | None = self.head.currentData()
        return head

    def set_network(self, layers: int, heads: int) -> None:
        """Offer the layers and heads of a checkpoint, the last layer and the mean chosen; zero turns the bar off."""
        for box in (self.layer, self.head):
            box.blockSignals(True)
            box.clear()
        for number in range(1, layers + 1):
            self.layer.addItem(_layer_name(number, layers), number - 1)
        if heads:
            self.head.addItem("mean", None)
        for number in range(1, heads + 1):
            self.head.addItem(str(number), number - 1)
        self.layer.setCurrentIndex(layers - 1)
        for box in (self.layer, self.head):
            box.blockSignals(False)
        self.setEnabled(layers > 0)

    def follow(self, track: AttentionTrack) -> None:
        """Show what a track is set to; what the network lacks is left as it is. Nothing is announced."""
        parts = (self.layer, self.head, self.triangle, self.from_anchor, self.to_anchor)
        for part in parts:
            part.blockSignals(True)
        if track.layer < self.layer.count():
            self.layer.setCurrentIndex(track.layer)
        if track.head is None or track.head < self.head.count() - 1:
            self.head.setCurrentIndex(0 if track.head is None else track.head + 1)
        self.triangle.setChecked(track.is_map)
        self.from_anchor.setChecked(track.shows_from)
        self.to_anchor.setChecked(track.shows_to)
        for part in parts:
            part.blockSignals(False)

    def _lay_out(self) -> None:
        layout = FlowLayout(self, gap=12)
        layout.setContentsMargins(12, 4, 12, 4)
        for text, box in (("&Layer", self.layer), ("Hea&d", self.head)):
            caption = PlainLabel(text)
            caption.setBuddy(box)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            pair = QWidget()
            beside = QHBoxLayout(pair)
            beside.setContentsMargins(0, 0, 0, 0)
            beside.setSpacing(8)
            beside.addWidget(caption)
            beside.addWidget(box)
            layout.addWidget(pair)
        for widget in (self.from_anchor, self.to_anchor, self.triangle):
            layout.addWidget(widget)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.caption.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout.addWidget(self.caption)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _name_fields(self) -> None:
        for field in (self.layer, self.head, self.from_anchor, self.to_anchor, self.triangle):
            field.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the tracks
        self.layer.setAccessibleName("Attention layer")
        self.head.setAccessibleName("Attention head")
        self.from_anchor.setToolTip("What the clicked position looks at")
        self.to_anchor.setToolTip("What looks at the clicked position")
        self.triangle.setToolTip("All pairs of positions, under the axis")

    def _announce_choice(self) -> None:
        self.choice_changed.emit(self.chosen_layer, self.chosen_head)

    def _announce_directions(self) -> None:
        self.directions_changed.emit(self.from_anchor.isChecked(), self.to_anchor.isChecked())


def _layer_name(number: int, layers: int) -> str:
    if number == layers:
        return f"{number} (last)"
    return f"{number} (first)" if number == 1 else str(number)
