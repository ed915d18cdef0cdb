"""One session of a worker with a window: requests come in, handlers answer them, until the window goes.

Handlers run in the main thread. A reader thread takes requests, cancels and pings even while a handler is busy, and
ends the process when the window has gone; a writer thread (`outbox`) sends. Only the standard library and `protocol`
are imported here, so that a worker says hello before it loads anything heavy.
"""

import os
import platform
import signal
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial, reduce
from importlib.metadata import version
from operator import or_
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from ebert_core.protocol import codec
from ebert_core.protocol.frames import PREAMBLE, BrokenStream, FrameReader
from ebert_core.protocol.machine.showing import tell
from ebert_core.protocol.messages import (
    LONGEST_DETAILS,
    LONGEST_SENTENCE,
    PROTOCOL_VERSION,
    Ask,
    Avoid,
    Begun,
    Cancel,
    Credit,
    Failed,
    Hello,
    Ping,
    Pong,
    Progress,
    Role,
    ToWorker,
)
from ebert_core.protocol.terms.errors import InvalidRequest, PackageFault, file_problem, refused_path
from ebert_core.protocol.terms.hearing import heard_by
from ebert_core.protocol.terms.reading import Avoided, FileStamp, stamp_of, told_to
from ebert_core.roles.desk import Desk
from ebert_core.roles.orphans import die_with_parent
from ebert_core.roles.outbox import Outbox
from ebert_core.roles.streams import Streams, take_streams

_READ_BYTES = 256 * 1024
_REPORT_EVERY = 0.1
# How long a busy handler gets to notice that the window has gone.
_GRACE_SECONDS = 0.5


class Cancelled(BaseException):
    """Raised by `report` when the answer is no longer wanted; no `except Exception` on the way up may swallow it."""


class Report(Protocol):
    """How far a handler is, 0 to 1; raises Cancelled when the answer is no longer wanted. Call it every 100 ms."""

    def __call__(self, fraction: float, note: str = "") -> None:
        """Says how far the work is, at most ten times a second; costs next to nothing when called more often."""


# Any: each handler takes its own kind of request; the key in the table says which.
Handler = Callable[[Any, Report], msgspec.Struct]
Handlers = Mapping[type[msgspec.Struct], Handler]


class HelloDetails(NamedTuple):
    """What a worker says of itself beyond its name; device and precision are those of the model role."""

    device: str = ""
    precision: str = ""


_NO_DETAILS = HelloDetails()


def serve(
    role: Role, handlers: Handlers, hello_details: HelloDetails = _NO_DETAILS, streams: Streams | None = None
) -> None:
    """Answers requests until the window goes.

    Args:
        role: which worker this is.
        handlers: what answers each type of request; all types are structs with different tags.
        hello_details: device and precision, for the hello.
        streams: the pipes, when `take_streams` was already called (before imports that may print).
    """
    streams = streams or take_streams()
    die_with_parent()
    # Ctrl-C in the terminal under the window is for the window. A handler, not SIG_IGN: jobs must not inherit it.
    signal.signal(signal.SIGINT, lambda *_: None)
    _Session(role, handlers, hello_details, streams).run()


class _Session:
    def __init__(self, role: Role, handlers: Handlers, details: HelloDetails, streams: Streams) -> None:
        self._streams = streams
        self._handlers = handlers
        self._requests: codec.Decoder[msgspec.Struct] = codec.Decoder(reduce(or_, handlers))
        self._desk = Desk()
        self._outbox = Outbox(streams.to_window, self._end_soon)
        self._last_sent: Ask | None = None
        self._role: Role = role
        # By path: a file that has changed since may be read.
        self._avoided: dict[str, FileStamp] = {}
        self._hello = Hello(
            protocol_version=PROTOCOL_VERSION,
            package_version=version("ebert-browser"),
            role=role,
            process=os.getpid(),
            host=platform.node(),
            device=details.device,
            precision=details.precision,
        )

    def run(self) -> None:
        """Says hello, then answers one request after the other in this thread."""
        os.write(self._streams.to_window, PREAMBLE)
        self._outbox.send(self._hello)
        self._outbox.start()
        threading.Thread(target=self._read_for_ever, name="reader", daemon=True).start()
        while (ask := self._desk.take()) is not None:
            self._answer(ask)
        self._outbox.wait_until_sent(_GRACE_SECONDS)

    def _answer(self, ask: Ask) -> None:
        report = _Reporter(ask.id, self._desk, self._outbox)
        self._outbox.send_now(Begun(ask.id))
        try:
            request = self._requests.decode(memoryview(ask.body))
            with told_to(partial(self._before_reading, ask.id)), heard_by(report):
                reply = codec.encode(self._handlers[type(request)](request, report))
        except Cancelled:
            self._fail(ask.id, self._desk.verdict() or "cancelled")
        except Avoided as error:
            self._fail(ask.id, "avoided", str(error), file=error.path)
        except PackageFault as error:
            lines = "".join(traceback.format_exception(error.__cause__ or error))
            self._fail(ask.id, "bug", str(error), lines, error.path)
        except InvalidRequest as error:
            self._fail(ask.id, "invalid", str(error), file=error.path)
        except MemoryError:
            sentence = f"{platform.node()} has not enough free memory for this; ask for a smaller region."
            self._fail(ask.id, "invalid", sentence, traceback.format_exc())
        except KeyboardInterrupt:
            raise
        except OSError as error:
            path = refused_path(error)
            message = file_problem(error) or f"{type(error).__name__}: {error}"
            self._fail(ask.id, "invalid" if path else "bug", message, traceback.format_exc(), path)
        except BaseException as error:
            # A worker outlives every mistake of a handler, also a panic of a library in Rust, which is no Exception;
            # the window shows the line and, on request, the rest.
            self._fail(ask.id, "bug", f"{type(error).__name__}: {error}", traceback.format_exc())
        else:
            self._last_sent = ask
            self._outbox.send_reply(ask.id, reply)

    def _before_reading(self, number: int, path: str) -> None:
        stamp = stamp_of(path) if path else None
        if stamp is not None and self._avoided.get(path) == stamp:
            raise Avoided(self._role, path)
        self._outbox.send_now(Begun(number, stamp))

    def _fail(
        self,
        number: int,
        kind: Literal["invalid", "bug", "cancelled", "replaced", "avoided"],
        message: str = "",
        details: str = "",
        file: str = "",
    ) -> None:
        self._outbox.send(Failed(number, kind, message[:LONGEST_SENTENCE], details[-LONGEST_DETAILS:], file))

    def _read_for_ever(self) -> None:
        reader: FrameReader[ToWorker] = FrameReader(ToWorker, expects_preamble=False)
        try:
            while data := os.read(self._streams.from_window, _READ_BYTES):
                for message in reader.feed(data):
                    self._take(message)
        except OSError:
            pass  # A pipe that cannot be read is a window that has gone.
        except BrokenStream as error:
            tell(f"The window sent what this worker cannot read: {error}")
        finally:
            # Also after a mistake of ours: a worker that hears nothing more must not stay.
            self._end_soon()

    def _take(self, message: ToWorker) -> None:
        match message:
            case Ask():
                for number in self._desk.put(message):
                    self._fail(number, "replaced")
                self._drop_older_reply(message)
            case Cancel():
                if self._desk.cancel(message.id) or self._outbox.drop_reply(message.id):
                    self._fail(message.id, "cancelled")
            case Avoid():
                self._avoided = {file.path: file for file in message.files}
            case Ping():
                self._outbox.send(Pong(message.nonce, self._desk.busy_seconds()))
            case Credit():
                self._outbox.add_credit(message.bytes)

    def _drop_older_reply(self, ask: Ask) -> None:
        """A reply that waits for credit is not worth sending once the same view has asked for another."""
        older = self._last_sent
        if older is not None and ask.view_key and older.view_key == ask.view_key and self._outbox.drop_reply(older.id):
            self._fail(older.id, "replaced")

    def _end_soon(self) -> None:
        """The window has gone: the handler may end by itself, but not for long."""
        self._desk.close()
        threading.Thread(target=_exit_after, args=(_GRACE_SECONDS,), name="end", daemon=True).start()


class _Reporter:
    """The `report` of one request."""

    def __init__(self, number: int, desk: Desk, outbox: Outbox) -> None:
        self._number = number
        self._desk = desk
        self._outbox = outbox
        self._next_report = 0.0

    def __call__(self, fraction: float, note: str = "") -> None:
        verdict = self._desk.verdict()
        if verdict is not None:
            raise Cancelled(verdict)
        now = time.monotonic()
        if not note and not self._next_report:
            # What is answered at once needs no progress.
            self._next_report = now + _REPORT_EVERY
        if now >= self._next_report:
            self._next_report = now + _REPORT_EVERY
            self._outbox.send(Progress(self._number, min(1.0, max(0.0, fraction)), note[:LONGEST_SENTENCE]))


def _exit_after(seconds: float) -> None:
    time.sleep(seconds)
    os._exit(0)
