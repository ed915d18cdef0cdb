"""What a worker was asked, and the dialogs of a window."""

from typing import Any

from PyQt6.QtCore import QCoreApplication, QEvent

from ebert_gui.windows.main_window import MainWindow
from tests.gui.silent import Silent


def asked(data: Silent, kind: type) -> list[Any]:
    return [body for body in data.asked if isinstance(body, kind)]


def only(window: MainWindow, kind: type) -> Any:
    dialog: Any
    (dialog,) = window.findChildren(kind)
    assert dialog.isVisible()
    return dialog


def is_gone(window: MainWindow, kind: type) -> bool:
    """Whether Qt has freed the dialogs of a kind that wait for that."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return window.findChildren(kind) == []
