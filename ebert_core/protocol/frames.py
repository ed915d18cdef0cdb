"""Frames: how messages follow one another on a pipe between the window and a worker.

A worker's stream starts with a magic preamble, because a login shell may have written a banner before it; after that
both directions are 4 bytes of big-endian length and a msgpack message each.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

from ebert_core.protocol import codec

Message = TypeVar("Message")

# Its first byte is no text in any encoding, its line ends show a stream that something translated.
PREAMBLE = b"\x89EBERT\r\n\x1a\n"
LONGEST_BANNER = 64 * 1024
CHUNK_BYTES = 1024 * 1024
FRAME_CAP = 8 * 1024 * 1024
# How many bytes of chunks a worker may have on their way before the window has read them.
CREDIT_WINDOW = 8 * 1024 * 1024
_LENGTH_BYTES = 4


class BrokenStream(Exception):
    """The other side sent what is no stream of frames; the sentence says what came instead."""


def frame(message: msgspec.Struct) -> bytes:
    """Bytes of one message with its length before it."""
    body = codec.encode(message)
    if len(body) > FRAME_CAP:
        raise ValueError(f"a message of {len(body):,} bytes is over the cap of {FRAME_CAP:,}")
    return len(body).to_bytes(_LENGTH_BYTES, "big") + body


def cut(data: bytes) -> Iterator[tuple[memoryview, bool]]:
    """Pieces of an encoded reply of at most `CHUNK_BYTES`, each with whether it is the last."""
    view = memoryview(data)
    for start in range(0, max(1, len(view)), CHUNK_BYTES):
        yield view[start : start + CHUNK_BYTES], start + CHUNK_BYTES >= len(view)


class FrameReader(Generic[Message]):
    """Turns bytes, however they were cut on their way, into messages.

    `skipped` keeps what stood before the preamble, for the message a person reads when no worker answers.
    """

    def __init__(self, kind: Any, expects_preamble: bool) -> None:  # Any: a union of types has no type of its own.
        self._decoder: codec.Decoder[Message] = codec.Decoder(kind)
        self._waits_for_preamble = expects_preamble
        self._buffer = bytearray()
        self.skipped = b""

    @property
    def has_begun(self) -> bool:
        """Whether the preamble has been seen (or none is expected)."""
        return not self._waits_for_preamble

    def feed(self, data: bytes) -> list[Message]:
        """The messages that these bytes complete.

        Raises:
            BrokenStream: too much stands before the preamble, a frame is over the cap or holds no message.
        """
        self._buffer += data
        if self._waits_for_preamble:
            self._skip_to_preamble()
        messages = []
        while (body := self._next_body()) is not None:
            try:
                messages.append(self._decoder.decode(body))
            except codec.Undecodable as error:
                raise BrokenStream(f"A frame of {len(body):,} bytes holds no message: {error}") from error
        return messages

    def _skip_to_preamble(self) -> None:
        at = self._buffer.find(PREAMBLE)
        self.skipped = bytes(self._buffer[: LONGEST_BANNER if at < 0 else at])
        if at < 0 and len(self._buffer) <= LONGEST_BANNER + len(PREAMBLE):
            return
        if not 0 <= at <= LONGEST_BANNER:
            raise BrokenStream(f"No EBERT worker answered in the first {LONGEST_BANNER // 1024} kB.")
        del self._buffer[: at + len(PREAMBLE)]
        self._waits_for_preamble = False

    def _next_body(self) -> bytes | None:
        if self._waits_for_preamble or len(self._buffer) < _LENGTH_BYTES:
            return None
        length = int.from_bytes(self._buffer[:_LENGTH_BYTES], "big")
        if length > FRAME_CAP:
            raise BrokenStream(f"A frame of {length:,} bytes is over the cap of {FRAME_CAP:,}.")
        end = _LENGTH_BYTES + length
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            body = bytes(view[_LENGTH_BYTES:end])
        del self._buffer[:end]
        return body
