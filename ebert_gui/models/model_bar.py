"""The row over the checkpoint's page that lists the open models: one is chosen, and can be closed."""

from collections.abc import Mapping

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ebert_core.protocol.machine.showing import shown, shown_lines
from ebert_core.protocol.modelling import ModelSummary
from ebert_gui.widgets.plain import PlainLabel

_TOOLTIP = Qt.ItemDataRole.ToolTipRole


class ModelBar(QWidget):
    """Lists the open models by name; `chosen` and `closed` carry where one lies. Hidden while none is open."""

    chosen = pyqtSignal(str)
    closed = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models = QComboBox()
        self.close_button = QPushButton("Close")
        caption = PlainLabel("Open")
        caption.setProperty("role", "muted")
        caption.setBuddy(self.models)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 0)
        for widget in (caption, self.models, self.close_button):
            layout.addWidget(widget)
        self.models.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.models.setMinimumContentsLength(12)
        self.models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.models.setAccessibleName("Open models")
        self.models.setToolTip("Exports and fine-tunings start from the model that is chosen here")
        self.close_button.setToolTip("Close the chosen model and take its tracks off the screen; Undo brings them back")
        self.models.activated.connect(lambda place: self.chosen.emit(self.models.itemData(place)))
        self.close_button.clicked.connect(lambda: self.closed.emit(self.models.currentData()))
        self.hide()

    def show_models(self, models: Mapping[str, ModelSummary], chosen: ModelSummary | None) -> None:
        """List these models."""
        self.models.clear()
        for path, model in models.items():
            self.models.addItem(shown(model.name), path)
            self.models.setItemData(self.models.count() - 1, shown_lines(path), _TOOLTIP)
        self.models.setCurrentIndex(self.models.findData(chosen.path) if chosen is not None else -1)
        self.close_button.setEnabled(chosen is not None)
        self.setVisible(bool(models))
