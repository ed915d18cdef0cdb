"""Frames survive any cutting, banners before them, and whatever is no frame."""

import msgspec
import pytest

from ebert_core.protocol.codec import encode
from ebert_core.protocol.frames import CHUNK_BYTES, FRAME_CAP, PREAMBLE, BrokenStream, FrameReader, cut, frame
from ebert_core.protocol.messages import Ask, Cancel, Chunk, FromWorker, Ping, Pong, ToWorker


def from_worker() -> FrameReader[FromWorker]:
    return FrameReader(FromWorker, expects_preamble=True)


def test_messages_arrive_whole_when_bytes_come_one_by_one() -> None:
    stream = PREAMBLE + frame(Pong(1)) + frame(Chunk(2, b"abc", True))
    reader = from_worker()
    received = [message for byte in stream for message in reader.feed(bytes([byte]))]
    assert received == [Pong(1), Chunk(2, b"abc", True)]


def test_a_banner_before_the_preamble_is_skipped_and_kept() -> None:
    reader = from_worker()
    assert reader.feed(b"Welcome to gpu-box\n\x89EB" + PREAMBLE + frame(Pong(7))) == [Pong(7)]
    assert reader.skipped == b"Welcome to gpu-box\n\x89EB"


def test_a_preamble_cut_in_two_is_found() -> None:
    reader = from_worker()
    assert reader.feed(b"hello " + PREAMBLE[:4]) == []
    assert not reader.has_begun
    assert reader.feed(PREAMBLE[4:]) == []
    assert reader.has_begun


def test_a_banner_without_end_is_refused_and_kept() -> None:
    reader = from_worker()
    with pytest.raises(BrokenStream, match="64 kB"):
        reader.feed(b"x" * 70_000)
    assert len(reader.skipped) == 65_536


def test_a_frame_over_the_cap_is_refused_before_it_is_read() -> None:
    with pytest.raises(BrokenStream, match="over the cap"):
        from_worker().feed(PREAMBLE + (FRAME_CAP + 1).to_bytes(4, "big"))


@pytest.mark.parametrize("body", [b"", b"\xc1", encode(Cancel(1)), b"\xd9\xff"])
def test_a_frame_that_holds_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(BrokenStream, match="holds no message"):
        from_worker().feed(PREAMBLE + len(body).to_bytes(4, "big") + body)


def test_a_request_travels_inside_its_envelope_unread() -> None:
    reader: FrameReader[ToWorker] = FrameReader(ToWorker, expects_preamble=False)
    (ask,) = reader.feed(frame(Ask(3, msgspec.Raw(encode(Ping(9))), "view")))
    assert isinstance(ask, Ask)
    assert bytes(ask.body) == encode(Ping(9))


@pytest.mark.parametrize("length", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_the_pieces_of_a_reply_make_it_again(length: int) -> None:
    data = bytes(range(256)) * (length // 256 + 1)
    pieces = list(cut(data[:length]))
    assert b"".join(bytes(piece) for piece, _ in pieces) == data[:length]
    assert [is_last for _, is_last in pieces] == [False] * (len(pieces) - 1) + [True]
    assert all(len(piece) <= CHUNK_BYTES for piece, _ in pieces)


def test_a_message_over_the_cap_is_not_sent() -> None:
    with pytest.raises(ValueError, match="over the cap"):
        frame(Chunk(1, bytes(FRAME_CAP), True))
