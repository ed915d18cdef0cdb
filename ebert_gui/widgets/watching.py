"""What watches all events of the application, and stops before Python ends."""

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QApplication


class ApplicationWatcher(QObject):
    """An event filter on the application; subclasses say in `eventFilter` what they look for."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.installEventFilter(self)
        app.aboutToQuit.connect(self.stop)

    def stop(self) -> None:
        """Watch no more: the application's own end goes through its filters, with no Python left to run them."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
