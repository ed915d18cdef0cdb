"""Has a signal written to a bigWig by a worker of its own, so that tracks are read meanwhile."""

from collections.abc import Callable
from typing import NamedTuple

from PyQt6.QtCore import QCoreApplication, QObject, pyqtSignal

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary, OpenDataset, OpenFiles
from ebert_core.protocol.writing import WrittenSignal, write_request
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track
from ebert_gui.workers.client import WorkerClient, local_worker
from ebert_gui.workers.state import Failure


class SignalFile(NamedTuple):
    """What is written: a signal, where to, the bases of each bin, and of which places; of all where there are none."""

    source: Source
    path: str
    step: int = 50
    places: tuple[Interval, ...] = ()


def source_to_write(track: Track, scope: Scope) -> Source | None:
    """The signal of files that a track shows, as it is drawn; None where it shows anything else."""
    sources = [source for _, source in track.reads_as_drawn(scope)]
    if len(sources) != 1:
        return None
    is_of_files = sources[0].role == "data" and sources[0].tiling == "tiles"
    return sources[0] if sources[0].shape is Signal and is_of_files else None


def _own_worker() -> WorkerClient:
    return WorkerClient(local_worker("data"), "data")


class SignalWriter(QObject):
    """Writes one file after the other; each has a worker of its own, which ends with it or with the program.

    `progressed` carries the path of a file and the share of it that is written, `written` its path, `failed` its path
    why there is none, and its details.
    """

    progressed = pyqtSignal(str, float)
    written = pyqtSignal(str)
    failed = pyqtSignal(str, str, str)

    def __init__(self, parent: QObject | None = None, make: Callable[[], WorkerClient] = _own_worker) -> None:
        super().__init__(parent)
        self._make = make
        self._clients: dict[str, WorkerClient] = {}
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.stop)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that are being written."""
        return tuple(self._clients)

    def write(self, file: SignalFile, dataset: DatasetSummary) -> None:
        """Begin to write a file of a signal of a dataset; one that is being written already goes on."""
        if file.path in self._clients:
            return
        client = self._clients[file.path] = self._make()

        def fail(failure: Failure) -> None:
            self._end(file.path)
            self.failed.emit(file.path, failure.message, failure.details)

        def succeed(reply: WrittenSignal) -> None:
            self._end(file.path)
            self.written.emit(reply.path)

        def write(_summary: DatasetSummary) -> None:
            request = write_request(file.source, file.path, file.step, *file.places)
            client.request(request, WrittenSignal, succeed, fail, progress)

        def progress(share: float, _note: str) -> None:
            self.progressed.emit(file.path, share)

        files = tuple(each.path for each in dataset.files)
        opening = OpenFiles(files, dataset.path) if files else OpenDataset(dataset.path)
        client.request(opening, DatasetSummary, write, fail)
        client.start()

    def call_off(self, path: str) -> None:
        """Stop writing a file; nothing of it stays."""
        self._end(path)

    def stop(self) -> None:
        """End all workers and wait for that: the program ends."""
        for path in self.paths:
            self._clients.pop(path).stop_and_wait()

    def _end(self, path: str) -> None:
        client = self._clients.pop(path, None)
        if client is not None:
            client.state_changed.connect(lambda _state: client.deleteLater() if client.process_id == 0 else None)
            client.stop()
