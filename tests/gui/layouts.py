"""Where the parts of a window stand, for tests of its layout."""

from collections.abc import Iterator
from itertools import pairwise

from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QWidget

_PARTS = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLabel, QLineEdit)


def parts_of(window: QWidget) -> Iterator[QWidget]:
    """The labels, buttons, fields and lists of a window that are shown, and not what these are made of."""
    for child in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isHidden():
            continue
        if isinstance(child, _PARTS):
            yield child
        else:
            yield from parts_of(child)


def place_of(part: QWidget, window: QWidget) -> QRect:
    """Where a part stands in a window."""
    return QRect(part.mapTo(window, QPoint(0, 0)), part.size())


def margins_of(window: QWidget) -> tuple[int, int, int]:
    """What stays free at the left, at the top and at the right of the parts of a window."""
    places = [place_of(part, window) for part in parts_of(window)]
    right = max(place.right() for place in places)
    return min(place.left() for place in places), min(place.top() for place in places), window.width() - 1 - right


def gaps_down(window: QWidget) -> list[int]:
    """The distances between the lines of a window, top to bottom; what stands side by side is one line."""
    places = sorted((place_of(part, window) for part in parts_of(window)), key=lambda place: place.top())
    gaps, bottom = [], places[0].bottom()
    for place in places[1:]:
        if place.top() > bottom:
            gaps.append(place.top() - bottom - 1)
        bottom = max(bottom, place.bottom())
    return gaps


def gaps_across(window: QWidget) -> list[int]:
    """The distances between what stands side by side in a bar, left to right."""
    places = sorted((place_of(part, window) for part in parts_of(window)), key=lambda place: place.left())
    return [after.left() - before.right() - 1 for before, after in pairwise(places)]
