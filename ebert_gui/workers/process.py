"""A worker's process as messages: starts it, reads frames from it, ends it when asked, and says how it ended."""

from collections import deque
from collections.abc import Sequence

import msgspec
from PyQt6.QtCore import QObject, QProcess, QTimer, pyqtSignal

from ebert_core.protocol.frames import BrokenStream, FrameReader, frame
from ebert_core.protocol.messages import FromWorker
from ebert_gui.workers.endings import Ending

_LINES_KEPT = 40
_LONGEST_LINE = 2_000


class WorkerProcess(QObject):
    """One run of a worker. `ended` comes exactly once, after the last message."""

    received = pyqtSignal(object)
    broken = pyqtSignal(str)
    ended = pyqtSignal(object, int)

    def __init__(self, argv: Sequence[str], milliseconds_to_end: int, parent: QObject) -> None:
        super().__init__(parent)
        self._argv = list(argv)
        self._frames: FrameReader[FromWorker] = FrameReader(FromWorker, expects_preamble=True)
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._is_broken = False
        self._has_ended = False
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._keep_lines)
        self._process.errorOccurred.connect(self._on_error)
        self._process.finished.connect(self._on_finished)
        self._end_timer = QTimer(self)
        self._end_timer.setInterval(milliseconds_to_end)
        self._end_timer.timeout.connect(self._end_harder)
        self._next_step = self._process.terminate

    def start(self) -> None:
        """Starts the program; what happens then comes as signals."""
        self._process.start(self._argv[0], self._argv[1:])

    def send(self, message: msgspec.Struct) -> None:
        """Sends a message; to a process that has ended it goes nowhere, which `ended` tells."""
        if self._process.state() == QProcess.ProcessState.Running:
            self._process.write(frame(message))

    def end(self) -> None:
        """Closes its pipe, which ends a healthy worker; one that stays is terminated, then killed."""
        self._process.closeWriteChannel()
        self._end_timer.start()

    def end_by_force(self) -> None:
        """Terminates it, then kills it."""
        self._end_harder()
        self._end_timer.start()

    def wait_for_end(self, milliseconds: int) -> None:
        """Returns once the process has ended; it is killed when that takes too long. Only for the program's own end."""
        if self._process.state() == QProcess.ProcessState.NotRunning:
            return
        if not self._process.waitForFinished(milliseconds):
            self._process.kill()
            self._process.waitForFinished(milliseconds)

    @property
    def number(self) -> int:
        """The process id, 0 when none runs."""
        return self._process.processId()

    @property
    def last_lines(self) -> str:
        """What it wrote on stderr last, and what stood before the preamble when that never came."""
        banner = "" if self._frames.has_begun else self._frames.skipped.decode("utf-8", "replace").strip()
        return "\n".join(part for part in (banner, *self._lines) if part)

    @property
    def has_answered(self) -> bool:
        """Whether a worker of ours has begun to speak."""
        return self._frames.has_begun

    @property
    def program(self) -> str:
        """The program that was to be started."""
        return self._argv[0]

    def _end_harder(self) -> None:
        self._next_step()
        self._next_step = self._process.kill

    def _read(self) -> None:
        data = self._process.readAllStandardOutput().data()
        if self._is_broken:
            return
        try:
            messages = self._frames.feed(data)
        except BrokenStream as error:
            self._is_broken = True
            self.broken.emit(str(error))
            return
        for message in messages:
            self.received.emit(message)

    def _keep_lines(self) -> None:
        text = self._process.readAllStandardError().data().decode("utf-8", "replace")
        self._lines.extend(line[:_LONGEST_LINE] for line in text.splitlines() if line.strip())

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._lines.append(self._process.errorString())
            self._end_as(Ending.NOT_STARTED, 0)

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        # Qt has told of all that was written by now.
        self._end_as(Ending.CRASHED if status == QProcess.ExitStatus.CrashExit else Ending.EXITED, code)

    def _end_as(self, ending: Ending, code: int) -> None:
        if not self._has_ended:
            self._has_ended = True
            self._end_timer.stop()
            self.ended.emit(ending, code)
