"""The outbox of a worker: one thread that writes, control messages before chunks of replies, chunks within credit."""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from ebert_core.protocol.frames import CREDIT_WINDOW, cut, frame
from ebert_core.protocol.messages import Chunk


class _Reply:
    """An encoded reply on its way; `next_chunk` is None when all of it has been handed over."""

    def __init__(self, number: int, data: bytes) -> None:
        self.number = number
        self._pieces: Iterator[tuple[memoryview, bool]] = cut(data)
        self.next_chunk: Chunk | None = None
        self.advance()

    def advance(self) -> None:
        piece = next(self._pieces, None)
        self.next_chunk = None if piece is None else Chunk(self.number, bytes(piece[0]), piece[1])


class Outbox:
    """Sends messages from any thread in the right order; `on_gone` is called once when nobody reads any more."""

    def __init__(self, descriptor: int, on_gone: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_gone = on_gone
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._control: deque[msgspec.Struct] = deque()
        self._reply: _Reply | None = None
        self._credit = CREDIT_WINDOW
        self._is_gone = False
        self._is_writing = False

    def start(self) -> None:
        """Begins to write, in a thread of its own."""
        threading.Thread(target=self._write_for_ever, name="outbox", daemon=True).start()

    def send(self, message: msgspec.Struct) -> None:
        """Sends a small message, before any chunk that waits."""
        with self._changed:
            self._control.append(message)
            self._changed.notify_all()

    def send_now(self, message: msgspec.Struct) -> None:
        """Sends a small message before it returns, ahead of what waits: what comes next may end this process."""
        # A window that does not read any more is noticed by whoever writes or reads next.
        with contextlib.suppress(OSError):
            self._write(message)

    def send_reply(self, number: int, data: bytes) -> None:
        """Sends an encoded reply in chunks; waits only while an earlier reply is still on its way."""
        with self._changed:
            self._changed.wait_for(lambda: self._reply is None or self._is_gone)
            self._reply = _Reply(number, data)
            self._changed.notify_all()

    def drop_reply(self, number: int) -> bool:
        """Whether the rest of this reply was still waiting; it is not sent any more."""
        with self._changed:
            if self._reply is None or self._reply.number != number:
                return False
            self._reply = None
            self._changed.notify_all()
            return True

    def add_credit(self, count: int) -> None:
        """The window has read this many bytes of chunks."""
        with self._changed:
            # More than a window's worth is never on its way, whatever is said.
            self._credit = min(CREDIT_WINDOW, self._credit + max(0, count))
            self._changed.notify_all()

    def wait_until_sent(self, seconds: float) -> None:
        """Returns when all has been written, nobody reads, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_gone or not self._has_work(), seconds)

    def _has_work(self) -> bool:
        return bool(self._control) or self._reply is not None or self._is_writing

    def _write_for_ever(self) -> None:
        while True:
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()
                self._changed.wait_for(self._has_something_to_write)
                message = self._next_message()
                self._is_writing = True
            try:
                self._write(message)
            except OSError:
                with self._changed:
                    self._is_gone = True
                    self._changed.notify_all()
                self._on_gone()
                return

    def _write(self, message: msgspec.Struct) -> None:
        with self._writing:
            _write_all(self._descriptor, frame(message))

    def _has_something_to_write(self) -> bool:
        if self._control:
            return True
        chunk = None if self._reply is None else self._reply.next_chunk
        return chunk is not None and len(chunk.data) <= self._credit

    def _next_message(self) -> msgspec.Struct:
        if self._control:
            return self._control.popleft()
        assert self._reply is not None
        assert self._reply.next_chunk is not None
        chunk = self._reply.next_chunk
        self._credit -= len(chunk.data)
        self._reply.advance()
        if self._reply.next_chunk is None:
            self._reply = None
        return chunk


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
