"""The wheel over a field is left to the form around it, which scrolls, and changes no field."""

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QPlainTextEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from ebert_gui.widgets.forms import WheelScrolls


@pytest.fixture
def wheel_scrolls(qapp: QApplication) -> Iterator[None]:
    watch = WheelScrolls(qapp)
    yield
    qapp.removeEventFilter(watch)


def _turn(field: QWidget) -> QWheelEvent:
    middle = QPointF(field.rect().center())
    none = Qt.KeyboardModifier.NoModifier
    turn = QWheelEvent(
        middle,
        QPointF(field.mapToGlobal(middle.toPoint())),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, turn)
    return turn


def _value(field: QWidget) -> object:
    assert isinstance(field, QComboBox | QSpinBox | QDoubleSpinBox)
    return field.currentText() if isinstance(field, QComboBox) else field.value()


@pytest.mark.parametrize("kind", [QSpinBox, QDoubleSpinBox, QComboBox])
def test_a_turn_over_a_field_is_left_to_the_form(wheel_scrolls: None, qtbot: QtBot, kind: type[QWidget]) -> None:
    field = kind()
    qtbot.addWidget(field)
    if isinstance(field, QComboBox):
        field.addItems(["a", "b", "c"])
    with qtbot.waitExposed(field):
        field.show()
    field.setFocus()
    before = _value(field)
    # What is not accepted goes on to the widget around the field.
    assert not any(_turn(field).isAccepted() for _ in range(3))
    assert _value(field) == before


def test_a_turn_over_anything_else_is_its_own(wheel_scrolls: None, qtbot: QtBot) -> None:
    text = QPlainTextEdit("line\n" * 200)
    qtbot.addWidget(text)
    with qtbot.waitExposed(text):
        text.show()
    viewport, bar = text.viewport(), text.verticalScrollBar()
    assert viewport is not None
    assert bar is not None
    _turn(viewport)
    assert bar.value() > 0


def test_an_application_that_ends_is_watched_no_more(qapp: QApplication, qtbot: QtBot) -> None:
    watch = WheelScrolls(qapp)
    box = QSpinBox()
    qtbot.addWidget(box)
    with qtbot.waitExposed(box):
        box.show()
    box.setFocus()
    assert not _turn(box).isAccepted()
    qapp.aboutToQuit.emit()
    assert _turn(box).isAccepted()
    watch.deleteLater()
