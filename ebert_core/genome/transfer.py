"""One answer of a server, received by a thread of its own while its caller waits, hears of cancels, and tells progress.

A thread, since nothing else wakes a caller whose server is silent; one that is no longer waited for ends by itself, at
its next piece or when the server has been silent for too long.
"""

import os
import threading
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

from ebert_core.genome.refusals import Broken, of_library, of_status
from ebert_core.protocol.terms.addresses import Address
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.hearing import tell_progress, tell_still_waiting

if TYPE_CHECKING:
    import requests

# How often a waiting caller looks whether it is still wanted.
_TICK = 0.2
# How long a server may take to let us in, and to send the next bytes.
CONNECTION_SECONDS, SILENCE_SECONDS = 10.0, 30.0
_PIECE = 1 << 16
_TRIES = 2
_WHOLE, _PART, _NO_SUCH_PART = 200, 206, 416


class Version(NamedTuple):
    """What a server says of the state of a file; empty, or None, where it does not say it."""

    etag: str
    modified: str
    length: int | None

    def is_like(self, other: "Version") -> bool:
        """Whether both may be of one state of the file.

        Servers that share the work may each have an ETag of their own for it; then the date tells.
        """
        if len({self.length, other.length} - {None}) > 1 or self.modified != other.modified:
            return False
        return bool(self.modified) or self.etag == other.etag


class Head(NamedTuple):
    """What comes before the bytes: the file's version, and whether a part of it follows, or all of it."""

    version: Version
    is_part: bool


class Sink(Protocol):
    """Takes the bytes of an answer."""

    def write(self, piece: bytes, /) -> None:
        """Takes some of them; raises to refuse the rest."""


# Where the bytes go, given what comes before them; raises to refuse them.
Accept = Callable[[Head], Sink]


class Span(NamedTuple):
    """The bytes [start, end) of a file."""

    start: int
    end: int


def receive(address: Address, span: Span | None, accept: Accept, *, is_whole_told: bool = False) -> Head:
    """Asks a server for a part of a file, or all of it, once more where the answer breaks off.

    Args:
        address: where the file lies.
        span: which bytes; all where None. A server may send all nevertheless, which `accept` learns first.
        accept: gives what the bytes are written to; called once for each try.
        is_whole_told: whether progress is told as a share of the file, for what takes long.

    Raises:
        InvalidRequest: the server cannot be reached, refuses, is silent, or its answer is none.
        BaseException: whatever says that the answer is no longer wanted.
    """
    for number in range(1, _TRIES + 1):
        transfer = _Transfer(address, span, accept, is_whole_told)
        try:
            return transfer.run()
        except Broken as broken:
            if number == _TRIES:
                raise InvalidRequest(str(broken)) from None
    raise AssertionError


class _Transfer:
    def __init__(self, address: Address, span: Span | None, accept: Accept, is_whole_told: bool) -> None:
        self._address, self._span, self._accept, self._is_whole_told = address, span, accept, is_whole_told
        self._is_over, self._is_abandoned = threading.Event(), False
        self._head: Head | None = None
        self._error: BaseException | None = None
        self._received = 0

    def run(self) -> Head:
        threading.Thread(target=self._work, name="transfer", daemon=True).start()
        try:
            self._tell()
            while not self._is_over.wait(_TICK):
                self._tell()
        except BaseException:
            self._is_abandoned = True
            raise
        if self._error is not None:
            raise self._error
        assert self._head is not None
        return self._head

    def _tell(self) -> None:
        length = self._head.version.length if self._head else None
        if self._is_whole_told:
            share = min(1.0, self._received / length) if length else 0.0
            tell_progress(share, f"downloading {self._address.name}")
        else:
            tell_still_waiting(f"reading {self._address.name}")

    def _work(self) -> None:
        try:
            self._receive()
        except BaseException as error:  # raised again where it is waited for
            self._error = error
        finally:
            self._is_over.set()

    def _receive(self) -> None:
        with of_library(self._address):
            session, asked = _session(os.getpid()), {"Accept-Encoding": "identity"}
            if self._span is not None:
                asked["Range"] = f"bytes={self._span.start}-{self._span.end - 1}"
            login = self._address.login
            with session.get(
                self._address.url,
                headers=asked,
                auth=(login.name, login.password) if login else None,
                stream=True,
                timeout=(CONNECTION_SECONDS, SILENCE_SECONDS),
            ) as answer:
                self._take(answer)

    def _take(self, answer: "requests.Response") -> None:
        _refuse_unsafe(self._address, str(answer.url))
        if answer.status_code not in (_WHOLE, _PART, _NO_SUCH_PART):
            raise of_status(self._address, answer.status_code)
        expected = _number(answer.headers.get("Content-Length", ""))
        is_part = answer.status_code != _WHOLE
        self._head = Head(_version(answer, _total(answer) if is_part else expected), is_part)
        sink = self._accept(self._head)
        if answer.status_code == _NO_SUCH_PART:
            return
        # What comes is counted below, and said.
        answer.raw.enforce_content_length = False
        while not self._is_abandoned and (piece := answer.raw.read1(_PIECE, decode_content=False)):
            sink.write(piece)
            self._received += len(piece)
        if not self._is_abandoned and expected is not None and self._received != expected:
            raise Broken(
                f"The answer for {self._address} ended early: {self._received:,} bytes came of {expected:,}; try again."
            )


@cache
def _session(process: int) -> "requests.Session":  # noqa: ARG001 # what tells one process from its forks
    """What keeps connections open, one for each process: sockets must not be shared with a fork."""
    # 80 ms of imports that only addresses need.
    import requests

    session = requests.Session()
    session.headers["User-Agent"] = "ebert-browser"
    return session


def _refuse_unsafe(address: Address, answered_by: str) -> None:
    if address.text.startswith("https:") and not answered_by.startswith("https:"):
        raise InvalidRequest(
            f"{address} sends its readers on to an address that is not encrypted, at {urlsplit(answered_by).hostname}; "
            "ask whoever keeps the server for the right address."
        )


def _version(answer: "requests.Response", length: int | None) -> Version:
    return Version(answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""), length)


def _total(answer: "requests.Response") -> int | None:
    """The length of the file of which a part was asked for."""
    return _number(answer.headers.get("Content-Range", "").rpartition("/")[2])


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
