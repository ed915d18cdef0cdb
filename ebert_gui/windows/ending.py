"""Signals that ask the program to end, and exceptions that no slot has caught."""

import contextlib
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from PyQt6.QtCore import QCoreApplication, QObject, QSocketNotifier, pyqtSignal

from ebert_core.protocol.machine.showing import tell

# Of Ctrl-C; of a shutdown, a batch system or `kill`; of a terminal that is closed.
_ASKING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_MOST_MISTAKES = 20


class AskedToEnd(QObject):
    """`asked` carries the number of a signal as soon as the event loop runs: Qt does not wake Python for signals.

    A signal that is ignored when the program starts, as under `nohup`, stays ignored.
    """

    asked = pyqtSignal(int)

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._written, self._read_end = socket.socketpair()
        for end in (self._written, self._read_end):
            end.setblocking(False)
        kind, descriptor = QSocketNotifier.Type.Read, self._read_end.fileno()
        self._notifier = QSocketNotifier(descriptor, kind, self)  # type: ignore[call-overload] # int serves as voidptr
        self._notifier.activated.connect(self._read)
        signal.set_wakeup_fd(self._written.fileno(), warn_on_full_buffer=False)
        for number in _ASKING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                # Python writes the number to the socket; the handler itself has nothing to do.
                signal.signal(number, lambda *_: None)

    def stop(self) -> None:
        """Ignore the signals from now on: the program is ending, and one of them would kill it before it has."""
        for number in _ASKING:
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        self._notifier.setEnabled(False)
        for end in (self._written, self._read_end):
            end.close()

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            for number in self._read_end.recv(64):
                if number in _ASKING:
                    self.asked.emit(number)


class Mistakes:
    """Takes exceptions that no slot has caught, at which PyQt would end the program, and tells each of them once."""

    def __init__(self, say: Callable[[str, str], None]) -> None:
        self._say = say
        self._told: set[str] = set()
        self._before = sys.excepthook
        sys.excepthook = self._take

    def stop(self) -> None:
        """Restore the hook that was there before."""
        sys.excepthook = self._before

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        # A mistake in painting comes again with every frame, perhaps in other words: its line identifies it.
        last = traceback.extract_tb(trace)[-1:]
        place = f"{kind.__name__} {last[0].filename} {last[0].lineno}" if last else kind.__name__
        if place in self._told or len(self._told) >= _MOST_MISTAKES:
            return
        self._told.add(place)
        tell(details.rstrip())
        sentence = f"A mistake of this program: {kind.__name__}: {error}. What is on screen may be incomplete."
        # The message bar may itself be what is broken.
        with contextlib.suppress(Exception):
            self._say(sentence, details)
