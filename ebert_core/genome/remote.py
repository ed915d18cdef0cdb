"""Files on servers of http and https: their parts in cached blocks, or all of one in a file without a name.

A file is known by its version (ETag, Last-Modified, length). Whoever reads one holds on to one version. When the server
has another, what was read of the old one counts no more, and its readers are told to open the file anew.
"""

import os
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from itertools import takewhile
from typing import Protocol

from ebert_core.genome.block_cache import BLOCKS
from ebert_core.genome.refusals import Unreachable
from ebert_core.genome.transfer import Accept, Head, Sink, Span, Version, receive
from ebert_core.protocol.terms.addresses import Address
from ebert_core.protocol.terms.errors import InvalidRequest

BLOCK = 1 << 16
# What a reader takes at once to have something at hand: no more than the first block of it is wanted for sure.
LEAST_READ = 1 << 13
# What is read from one end to the other is asked for in ever longer runs of blocks, up to this.
_LONGEST_RUN = 64
# What is fetched whole: texts without an index, and files of servers that give no parts.
MOST_READ_THROUGH = 256 * 2**20
# How long a failure is believed: of a server that was not reached, and any other.
UNREACHABLE_SECONDS, FAILURE_SECONDS = 60.0, 5.0
_MOST_KEPT = 2 * MOST_READ_THROUGH


class Changed(InvalidRequest):
    """A file that was replaced on its server while it was read; opened anew, it is read as it is now."""

    def __init__(self, address: Address) -> None:
        super().__init__(f"{address} was replaced on its server while it was read; open it again.")


class Source(Protocol):
    """One version of a file."""

    @property
    def length(self) -> int:
        """How many bytes it has."""

    def read_at(self, position: int, count: int) -> bytes:
        """At most so many bytes from a position on; at least one where the file has any there."""


class Remote:
    """A file on a server; the server is asked when something of the file is wanted for the first time."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._version: Version | None = None
        self._gives_parts = self._is_current = False
        self._failure: InvalidRequest | None = None
        self._fails_until = 0.0

    @property
    def version(self) -> Version:
        """The version that is read now.

        Raises:
            InvalidRequest: the server does not give the file.
        """
        if self._version is None or not self._is_current:
            self._ask()
        assert self._version is not None
        return self._version

    def ask_again(self) -> None:
        """Whoever opens the file next asks the server for its version."""
        self._is_current, self._failure = False, None

    def by_parts(self) -> Source:
        """What reads any place of the file; all of it is fetched where the server gives no parts.

        Raises:
            InvalidRequest: the server does not give the file, or gives no parts of one that is too large.
        """
        version = self.version
        return _Parts(self, version) if self._gives_parts else self._whole("its server gives no parts of files")

    def whole(self) -> Source:
        """All of the file, fetched once.

        Raises:
            InvalidRequest: the server does not give the file, or it is too large.
        """
        version = self.version
        if self._gives_parts and version.length is not None and version.length <= BLOCK:
            return _Parts(self, version)
        return self._whole("a text without an index is read from one end to the other")

    def cached(self, version: Version, first: int, last: int) -> list[bytes | None]:
        """Blocks [first, last) of a version as far as they are in the cache.

        Raises:
            Changed: the server has another version.
        """
        if version != self._version:
            raise Changed(self.address)
        return [BLOCKS.get((self.address.text, version, number)) for number in range(first, last)]

    def fetch(self, version: Version, first: int, last: int) -> list[bytes]:
        """Blocks [first, last) of a version from the server; they are in the cache then.

        Raises:
            Changed: the server has another version.
            InvalidRequest: the server does not give them.
        """
        assert version.length is not None
        span = Span(first * BLOCK, min(last * BLOCK, version.length))
        part = _Part(self.address, span.end - span.start)
        try:
            head = self._receive(span, lambda head: part.of(head, version))
        except _Other as other:
            head = other.head
        if not head.version.is_like(version):
            self._version = None
            raise Changed(self.address)
        if not head.is_part:
            self._is_current = False
            raise InvalidRequest(f"The server of {self.address} has stopped giving parts of it; open it again.")
        blocks = part.blocks()
        for number, block in enumerate(blocks, first):
            BLOCKS.put((self.address.text, version, number), block)
        return blocks

    def _ask(self) -> None:
        """Asks for the first block: with it the server says which version the file has, and whether it gives parts."""
        part, all_of_it = _Part(self.address, BLOCK), _Download(self.address, "its server gives no parts of files")
        head = self._receive(
            Span(0, BLOCK),
            lambda head: part.of(head, head.version) if head.is_part else all_of_it.of(head),
            is_whole_told=True,
        )
        version = head.version
        if self._version is not None and version.is_like(self._version):
            version = self._version  # by which its blocks are known
        self._gives_parts = head.is_part and version.length is not None
        if self._gives_parts:
            BLOCKS.put((self.address.text, version, 0), part.content(min(BLOCK, version.length or 0)))
        elif not head.is_part:
            version = _WHOLE.keep(self.address, version, all_of_it.received)
        self._version, self._is_current = version, True

    def _receive(self, span: Span | None, accept: Accept, *, is_whole_told: bool = False) -> Head:
        """What `receive` gives; what failed a moment ago fails again without being tried, since every view asks."""
        if self._failure is not None and time.monotonic() < self._fails_until:
            raise self._failure.with_traceback(None)
        self._failure = None
        try:
            return receive(self.address, span, accept, is_whole_told=is_whole_told)
        except InvalidRequest as failure:
            seconds = UNREACHABLE_SECONDS if isinstance(failure, Unreachable) else FAILURE_SECONDS
            self._failure, self._fails_until = failure, time.monotonic() + seconds
            raise

    def _whole(self, reason: str) -> Source:
        version = self.version
        if (kept := _WHOLE.get(self.address, version)) is not None:
            return kept
        download = _Download(self.address, reason)
        head = self._receive(None, download.of, is_whole_told=True)
        if not head.version.is_like(version):
            self._version = None
            raise Changed(self.address)
        self._version = _WHOLE.keep(self.address, version, download.received)
        return download.received


class _Other(Exception):
    """An answer that is not of the part or the version that was asked for."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.head = head


class _Part:
    """Takes the bytes of a part of a file."""

    def __init__(self, address: Address, most: int) -> None:
        self._address, self._most = address, most
        self._content = bytearray()

    def of(self, head: Head, version: Version) -> "Sink":
        """Where the bytes go of an answer that is of a version, from its beginning."""
        if not head.is_part or not head.version.is_like(version):
            raise _Other(head)
        self._content.clear()
        return self

    def write(self, piece: bytes) -> None:
        """Takes some bytes."""
        if len(self._content) + len(piece) > self._most:
            raise self._wrong()
        self._content += piece

    def content(self, length: int) -> bytes:
        """All bytes, which must be so many."""
        if len(self._content) != length:
            raise self._wrong()
        return bytes(self._content)

    def blocks(self) -> list[bytes]:
        """The same, cut into blocks."""
        content = self.content(self._most)
        return [content[start : start + BLOCK] for start in range(0, len(content), BLOCK)]

    def _wrong(self) -> InvalidRequest:
        return InvalidRequest(f"The server of {self._address} sent another part of it than it was asked for.")


class _Whole:
    """A file in a file without a name, which goes when nobody holds it any more."""

    def __init__(self) -> None:
        self.length = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 # closed below
        self._lock = threading.Lock()

    def __del__(self) -> None:
        with suppress(AttributeError):  # the file could not be made
            self._file.close()

    def append(self, piece: bytes) -> None:
        with self._lock:
            self._file.seek(self.length)
            self._file.write(piece)
            self._file.flush()
            self.length += len(piece)

    def read_at(self, position: int, count: int) -> bytes:
        if hasattr(os, "pread"):
            # Processes that were forked share the place at which a file stands.
            return os.pread(self._file.fileno(), count, position)
        with self._lock:
            self._file.seek(position)
            return self._file.read(count)


class _Download:
    """Takes the bytes of a whole file, up to the limit."""

    def __init__(self, address: Address, reason: str) -> None:
        self._address, self._reason = address, reason
        self._received: _Whole | None = None

    @property
    def received(self) -> _Whole:
        """What has come."""
        assert self._received is not None
        return self._received

    def of(self, head: Head) -> "Sink":
        """Where the bytes go of an answer, from its beginning."""
        if (head.version.length or 0) > MOST_READ_THROUGH:
            raise self._too_large()
        self._received = _Whole()
        return self

    def write(self, piece: bytes) -> None:
        """Takes some bytes."""
        if self.received.length + len(piece) > MOST_READ_THROUGH:
            raise self._too_large()
        self.received.append(piece)

    def _too_large(self) -> InvalidRequest:
        return InvalidRequest(
            f"{self._address} has more than {MOST_READ_THROUGH // 2**20} MB, and {self._reason}; download it and open "
            "it from your disk, or make a bigWig or bigBed of it."
        )


class _KeptWhole:
    """The files that were fetched whole, up to a limit of bytes; the longest unused go first."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, Version], _Whole] = OrderedDict()

    def get(self, address: Address, version: Version) -> _Whole | None:
        """A file that was fetched before; None where it is not kept."""
        found = self._files.get((address.text, version))
        if found is not None:
            self._files.move_to_end((address.text, version))
        return found

    def keep(self, address: Address, version: Version, file: _Whole) -> Version:
        """Keeps a file, and says its version, of which the length is known now."""
        version = version._replace(length=file.length)
        self._files[address.text, version] = file
        while sum(each.length for each in self._files.values()) > _MOST_KEPT:
            self._files.popitem(last=False)
        return version


_WHOLE = _KeptWhole()


class _Parts:
    """A version of a file, of which the server gives parts."""

    def __init__(self, remote: Remote, version: Version) -> None:
        assert version.length is not None
        self._remote, self._version = remote, version
        self.length = version.length
        self._run, self._run_end = 1, -1

    def read_at(self, position: int, count: int) -> bytes:
        """At most so many bytes from a position on: those at hand, or else what is missing from the server."""
        end = min(position + count, self.length)
        if position >= end:
            return b""
        first, last = position // BLOCK, -(-end // BLOCK)
        if count <= LEAST_READ:
            last = first + 1
        found = self._remote.cached(self._version, first, last)
        at_hand = list(takewhile(lambda block: block is not None, found)) or self._fetched(first, last)
        content = b"".join(filter(None, at_hand))
        return content[position - first * BLOCK : end - first * BLOCK]

    def _fetched(self, first: int, last: int) -> list[bytes]:
        """Blocks from the server; more than are wanted when the last ones that were fetched end here."""
        self._run = min(2 * self._run, _LONGEST_RUN) if first == self._run_end else 1
        self._run_end = min(max(last, first + self._run), -(-self.length // BLOCK))
        return self._remote.fetch(self._version, first, self._run_end)[: last - first]
