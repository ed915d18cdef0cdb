"""The curves of a training: one metric at a time, training and held-out data in two colours."""

import html

import numpy as np
import pyqtgraph
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.work import Curve, Metrics
from ebert_gui.widgets.forms import label
from ebert_gui.widgets.theme import Theme, window_font

_MOST_MARKED = 60
# Beyond, sums of the axis overflow.
_LARGEST_DRAWN = 1e100
# A name without end would make the plot wider than anything can be painted.
_LONGEST_NAME = 60
_MEANS = (
    "The loss in training is a mean: in fine-tuning over the last 20 steps and, at an epoch's end, over the epoch; "
    "in pre-training over all steps since the last evaluation."
)


# The window's words for the splits of `metrics.jsonl`.
_WORDS = {"train": "training", "validation": "held out"}


class _WholeSteps(pyqtgraph.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """An axis of steps, which have no fractions."""

    def tickSpacing(self, low: float, high: float, pixels: float) -> list[tuple[float, float]]:
        """Distances of ticks, none below a step."""
        spacings: list[tuple[float, float]] = super().tickSpacing(low, high, pixels)
        return list(dict.fromkeys((max(1.0, spacing), offset) for spacing, offset in spacings))


class MetricsPlot(QWidget):
    """Draws curves over steps; a choice says which metric when there are several."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._metrics = Metrics(())
        self.choice = QComboBox()
        self.choice.setAccessibleName("Metric to draw")
        self.choice.currentIndexChanged.connect(self._draw)
        self.plot = pyqtgraph.PlotWidget(background=None, axisItems={"bottom": _WholeSteps("bottom")})
        self.plot.setAccessibleName("Curves of the training")
        self.plot.setMinimumHeight(90)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.viewport().setAutoFillBackground(False)
        self.plot.getAxis("left").enableAutoSIPrefix(False)
        self.plot.getAxis("bottom").enableAutoSIPrefix(False)
        self._keys = QLabel()
        self._keys.setTextFormat(Qt.TextFormat.RichText)
        self._keys.setProperty("markup", "keys")
        self._keys.setToolTip(_MEANS)
        self._nothing = label("", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.set_theme(theme)
        self.clear()

    def show_metrics(self, metrics: Metrics) -> None:
        """Draw these curves; the chosen metric stays chosen."""
        self._metrics = Metrics(tuple(curve for curve in metrics.curves if len(curve.steps)))
        names = list(dict.fromkeys(curve.name for curve in self._metrics.curves))
        chosen = self.choice.currentData()
        if names != [self.choice.itemData(number) for number in range(self.choice.count())]:
            self.choice.blockSignals(True)
            self.choice.clear()
            for name in names:
                self.choice.addItem(_short(name), name)
            self.choice.setCurrentIndex(names.index(chosen) if chosen in names else 0)
            self.choice.blockSignals(False)
        self._draw()

    def clear(self) -> None:
        """Draw nothing."""
        self.show_metrics(Metrics(()))

    def expect(self, when: str) -> None:
        """Say, where there are no curves, when some will come; empty: that none will."""
        self._nothing.setText(when or "No curves: the job ended before it recorded any.")

    def shown(self) -> tuple[Curve, ...]:
        """The curves on screen."""
        name = self.choice.currentData()
        return tuple(curve for curve in self._metrics.curves if curve.name == name)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(theme.hairline)
            axis.setTextPen(theme.muted)
            axis.setTickFont(window_font(11))
        self.plot.showGrid(x=False, y=True, alpha=0.15)
        # The view keeps a picture of its background, in the colours of before.
        self.plot.resetCachedContent()
        self._draw()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.choice)
        head.addWidget(self._keys)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._nothing, 1)
        layout.addWidget(self.plot, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _colour(self, number: int, split: str) -> str:
        fixed = {"training": self._theme.muted, "train": self._theme.muted, "validation": self._theme.accent}
        return fixed.get(split, self._theme.signals[(number + 1) % len(self._theme.signals)])

    def _draw(self) -> None:
        curves = self.shown()
        self.plot.clear()
        keys = []
        for number, curve in enumerate(curves):
            colour = self._colour(number, curve.split)
            marks = {"symbol": "o", "symbolSize": 5, "symbolBrush": colour, "symbolPen": None}
            can_be_drawn = np.abs(curve.values) < _LARGEST_DRAWN  # not of NaN
            if can_be_drawn.any():
                self.plot.plot(
                    curve.steps.astype(float),
                    np.where(can_be_drawn, curve.values, np.nan),
                    antialias=True,
                    pen=pyqtgraph.mkPen(QColor(colour), width=1.5),
                    **(marks if len(curve.steps) <= _MOST_MARKED else {}),
                )
            last, words = f"{curve.values[-1]:.4g}", html.escape(_short(_WORDS.get(curve.split, curve.split)))
            if (words, curve.name) == ("training", "loss"):
                words = "training, mean of recent steps"
            keys.append(f'<span style="color:{colour}">●</span>&nbsp;{words}&nbsp;<b>{last}</b>')
        self._keys.setText("&nbsp;&nbsp;&nbsp;".join(keys))
        self.plot.setLabel("bottom", "step", color=self._theme.muted)
        for widget in (self.choice, self._keys, self.plot):
            widget.setVisible(bool(curves))
        self._nothing.setVisible(not curves)


def _short(name: str) -> str:
    """As much of a name as a form has room for."""
    text = shown(name)
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1]}…"
