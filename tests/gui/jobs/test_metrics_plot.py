"""The curves of a training as they are drawn: values, colours, words and numbers."""

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ebert_core.protocol.work import Curve, Metrics
from ebert_gui.jobs.metrics_plot import MetricsPlot
from ebert_gui.widgets.theme import DARK, LIGHT, window_font

STEPS = np.array([20, 40, 60])


@pytest.fixture
def drawn(qtbot: QtBot) -> MetricsPlot:
    drawn = MetricsPlot(LIGHT)
    qtbot.addWidget(drawn)
    return drawn


def curve(split: str, name: str = "loss", values: tuple[float, ...] = (3.0, 2.0, 1.23456)) -> Curve:
    return Curve(split, name, np.arange(20, 20 * len(values) + 1, 20), np.array(values))


def lines(drawn: MetricsPlot) -> list[tuple[list[float], list[float], str, int]]:
    """Of every curve on screen: its steps, its values, its colour and how many points are marked."""
    found = []
    for line in drawn.plot.listDataItems():
        steps, values = line.getData()
        marked = len(steps) if line.opts["symbol"] else 0
        found.append((list(steps), list(values), line.opts["pen"].color().name(), marked))
    return found


def keys(drawn: MetricsPlot) -> str:
    return next(label.text() for label in drawn.findChildren(QLabel) if label.property("markup") == "keys")


def test_each_split_is_a_curve_of_its_own_colour_with_its_last_value(drawn: MetricsPlot) -> None:
    drawn.show_metrics(Metrics((curve("train"), curve("validation", values=(3.5, 3.0, 2.0)))))
    assert lines(drawn) == [
        ([20, 40, 60], [3.0, 2.0, 1.23456], LIGHT.muted, 3),
        ([20, 40, 60], [3.5, 3.0, 2.0], LIGHT.accent, 3),
    ]
    assert f'<span style="color:{LIGHT.muted}">●</span>&nbsp;training, mean of recent steps&nbsp;<b>1.235</b>' in keys(
        drawn
    )
    assert "held out&nbsp;<b>2</b>" in keys(drawn)
    drawn.set_theme(DARK)
    assert [line[2] for line in lines(drawn)] == [DARK.muted, DARK.accent]


def test_other_splits_have_colours_of_the_signals(drawn: MetricsPlot) -> None:
    drawn.show_metrics(Metrics((curve("a"), curve("b"))))
    assert [line[2] for line in lines(drawn)] == [LIGHT.signals[1], LIGHT.signals[2]]
    (words,) = [label for label in drawn.findChildren(QLabel) if label.property("markup") == "keys"]
    assert words.textFormat() is Qt.TextFormat.RichText


def test_many_steps_are_a_line_without_marks_and_what_cannot_be_drawn_is_left_out(drawn: MetricsPlot) -> None:
    values = (1e300, np.nan, *(1.0,) * 59)
    drawn.show_metrics(Metrics((curve("train", values=values), curve("validation", values=(1.0,) * 60))))
    (first, second) = lines(drawn)
    assert np.isnan(first[1][:2]).all()
    assert first[1][2:] == [1.0] * 59
    assert (first[3], second[3]) == (0, 60)
    drawn.show_metrics(Metrics((curve("train", values=(np.inf, np.nan)),)))
    assert lines(drawn) == []
    assert "training" in keys(drawn)


def test_a_chosen_metric_stays_chosen_and_is_drawn_when_another_is_chosen(drawn: MetricsPlot) -> None:
    both = Metrics((curve("train"), curve("train", "auPRC", (0.1, 0.2, 0.5))))
    drawn.show_metrics(both)
    assert lines(drawn)[0][1][-1] == 1.23456
    drawn.choice.setCurrentIndex(1)
    assert lines(drawn)[0][1] == [0.1, 0.2, 0.5]
    drawn.show_metrics(Metrics((curve("train", "new"), *both.curves)))
    assert drawn.choice.currentData() == "auPRC"
    assert [drawn.choice.itemText(place) for place in range(drawn.choice.count())] == ["new", "loss", "auPRC"]
    drawn.choice.setCurrentIndex(0)
    assert lines(drawn)[0][1][-1] == 1.23456
    drawn.show_metrics(Metrics((curve("train", "loss"),)))
    assert drawn.choice.currentData() == "loss"


def test_a_long_name_is_cut_at_sixty_letters(drawn: MetricsPlot) -> None:
    drawn.show_metrics(Metrics((curve("train", "n" * 60), curve("train", "m" * 61))))
    assert [drawn.choice.itemText(place) for place in range(2)] == ["n" * 60, "m" * 59 + "…"]
    assert [drawn.choice.itemData(place) for place in range(2)] == ["n" * 60, "m" * 61]


def test_without_curves_only_the_sentence_is_there(drawn: MetricsPlot) -> None:
    drawn.expect("")
    sentence = next(label for label in drawn.findChildren(QLabel) if label.property("role") == "muted")
    assert sentence.text() == "No curves: the job ended before it recorded any."
    parts = (drawn.choice, drawn.plot)
    assert [part.isHidden() for part in (*parts, sentence)] == [True, True, False]
    drawn.show_metrics(Metrics((Curve("train", "loss", STEPS[:0], STEPS[:0] / 1.0), curve("train", "auPRC"))))
    assert [part.isHidden() for part in (*parts, sentence)] == [False, False, True]
    assert drawn.choice.count() == 1
    drawn.clear()
    assert [part.isHidden() for part in (*parts, sentence)] == [True, True, False]


def test_the_axes_say_whole_numbers_in_the_windows_letters(drawn: MetricsPlot) -> None:
    drawn.show_metrics(Metrics((curve("train"),)))
    for side in ("left", "bottom"):
        axis = drawn.plot.getAxis(side)
        assert not axis.autoSIPrefix
        assert axis.style["tickFont"] == window_font(11)
        assert axis.pen().color().name() == LIGHT.hairline
        assert axis.textPen().color().name() == LIGHT.muted
    assert drawn.plot.getAxis("bottom").labelText == "step"
    assert drawn.plot.getAxis("left").grid
    assert not drawn.plot.getAxis("bottom").grid
    assert drawn.plot.minimumHeight() == 90


def test_curves_say_what_they_are_to_screen_readers_and_take_no_key_or_drag(drawn: MetricsPlot) -> None:
    assert drawn.choice.accessibleName() == "Metric to draw"
    assert drawn.plot.accessibleName() == "Curves of the training"
    assert "mean" in next(label for label in drawn.findChildren(QLabel) if label.property("markup")).toolTip()
    assert not drawn.plot.focusPolicy().value
    view = drawn.plot.getPlotItem()
    assert view.getViewBox().state["mouseEnabled"] == [False, False]
    assert not view.menuEnabled()
    assert view.buttonsHidden
