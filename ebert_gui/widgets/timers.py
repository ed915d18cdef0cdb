"""Timers that wait until something rests."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer


def calls_once(parent: QObject, milliseconds: int, then: Callable[[], object]) -> QTimer:
    """A timer, not yet started, that calls `then` once, so many milliseconds after it was started last."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(then)
    return timer
