"""How the program is asked to end from outside, and what becomes of a mistake in a slot."""

import contextlib
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from PyQt6.QtCore import QCoreApplication, QObject, QSocketNotifier, pyqtSignal

from ebert_core.protocol.showing import tell

# Ctrl-C, the end of the machine or of a batch system's patience, and the terminal that was closed.
_WISHES = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_MOST_MISTAKES = 20


class AskedToEnd(QObject):
    """`asked` carries the number of the signal, as soon as the event loop runs: Qt does not wake Python for signals.

    A signal that whoever started the program has switched off, as `nohup` does, stays so.
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
        for number in _WISHES:
            if signal.getsignal(number) is not signal.SIG_IGN:
                # The number comes through the socket; a second Ctrl-C finds the program ending.
                signal.signal(number, lambda *_: None)

    def stop(self) -> None:
        """Hear no more wishes: the program is ending, and Python would let one of them kill it on its last steps."""
        for number in _WISHES:
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        self._notifier.setEnabled(False)
        for end in (self._written, self._read_end):
            end.close()

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            for number in self._read_end.recv(64):
                if number in _WISHES:
                    self.asked.emit(number)


class Mistakes:
    """Takes what no slot has caught: PyQt would end the program, so it is told instead, each mistake once."""

    def __init__(self, say: Callable[[str, str], None]) -> None:
        self._say = say
        self._told: set[str] = set()
        self._before = sys.excepthook
        sys.excepthook = self._take

    def stop(self) -> None:
        """Leave mistakes to whoever took them before."""
        sys.excepthook = self._before

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        # A mistake in painting comes again with every picture: it is known by its place, not by its words.
        last = traceback.extract_tb(trace)[-1:]
        place = f"{kind.__name__} {last[0].filename} {last[0].lineno}" if last else kind.__name__
        if place in self._told or len(self._told) >= _MOST_MISTAKES:
            return
        self._told.add(place)
        tell(details.rstrip())
        sentence = f"A mistake of this program: {kind.__name__}: {error}. What is on screen may be incomplete."
        # Whoever says it may be what is broken.
        with contextlib.suppress(Exception):
            self._say(sentence, details)
