"""The desk of a worker: which requests wait, which one runs, and which are no longer wanted.

The reader thread puts requests on it, the main thread takes them off; every method may be called from both.
"""

import threading
import time
from typing import Literal

from ebert_core.protocol.messages import Ask

Verdict = Literal["cancelled", "replaced"]


class Desk:
    """Requests in the order in which they came; of those with one view key only the running and the newest are kept."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[int, Ask] = {}
        self._running: Ask | None = None
        self._running_since = 0.0
        self._verdict: Verdict | None = None
        self._is_closed = False

    def put(self, ask: Ask) -> list[int]:
        """Lays a request down and returns the ids of waiting ones that it replaces."""
        with self._changed:
            replaced = []
            if ask.view_key:
                replaced = [other.id for other in self._waiting.values() if other.view_key == ask.view_key]
                for number in replaced:
                    del self._waiting[number]
                if self._running is not None and self._running.view_key == ask.view_key:
                    self._verdict = self._verdict or "replaced"
            self._waiting[ask.id] = ask
            self._changed.notify_all()
            return replaced

    def cancel(self, number: int) -> bool:
        """Whether the request was still waiting; a running one is told at its next report."""
        with self._changed:
            if self._running is not None and self._running.id == number:
                self._verdict = "cancelled"
            return self._waiting.pop(number, None) is not None

    def take(self) -> Ask | None:
        """The oldest waiting request, as soon as there is one; None when the window has gone."""
        with self._changed:
            self._running = None
            self._verdict = None
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            if self._is_closed:
                return None
            self._running = self._waiting.pop(next(iter(self._waiting)))
            self._running_since = time.monotonic()
            return self._running

    def close(self) -> None:
        """The window has gone: nothing is wanted any more."""
        with self._changed:
            self._is_closed = True
            self._verdict = "cancelled"
            self._changed.notify_all()

    def verdict(self) -> Verdict | None:
        """Why the running request is no longer wanted, or None while it is."""
        return self._verdict

    def busy_seconds(self) -> float:
        """For how long the present request has been running, or 0."""
        with self._changed:
            return 0.0 if self._running is None else time.monotonic() - self._running_since
