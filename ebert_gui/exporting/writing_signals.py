"""What a person sees of signals that are being written: how far each is, how to call it off, and what came of it."""

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QProgressDialog

from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.commands.desk import Desk
from ebert_gui.loading.signal_writing import SignalFile, SignalWriter
from ebert_gui.widgets.paths import file_name


class WritingSignals(QObject):
    """Shows a window with a bar for each file, beside which one can go on; it appears where writing takes long."""

    def __init__(self, desk: Desk, writer: SignalWriter) -> None:
        super().__init__(desk.window)
        self._desk, self._writer = desk, writer
        self.windows: dict[str, QProgressDialog] = {}
        writer.progressed.connect(self._show_progress)
        writer.written.connect(self._tell_written)
        writer.failed.connect(self._tell_failed)

    def write(self, file: SignalFile, dataset: DatasetSummary) -> None:
        """Begin to write a file."""
        if file.path in self.windows:
            self._desk.say(f"{file.path} is being written already.")
            return
        window = QProgressDialog(f"Writing {file_name(file.path)}", "Cancel", 0, 100, self._desk.window)
        window.setWindowTitle("Write signal")
        window.setWindowModality(Qt.WindowModality.NonModal)
        window.setAutoClose(False)
        window.setAutoReset(False)
        window.setMinimumDuration(1000)
        window.setValue(0)
        window.canceled.connect(lambda: self._call_off(file.path))
        self.windows[file.path] = window
        self._writer.write(file, dataset)

    def _show_progress(self, path: str, share: float) -> None:
        if path in self.windows:
            self.windows[path].setValue(round(100 * share))

    def _call_off(self, path: str) -> None:
        self._writer.call_off(path)
        self._close(path)

    def _tell_written(self, path: str) -> None:
        self._close(path)
        self._desk.tell(f"The signal is in {path}")

    def _tell_failed(self, path: str, sentence: str, details: str) -> None:
        self._close(path)
        self._desk.say(sentence, details)

    def _close(self, path: str) -> None:
        window = self.windows.pop(path, None)
        if window is not None:
            window.blockSignals(True)  # to close it is not to cancel
            window.close()
            window.deleteLater()
