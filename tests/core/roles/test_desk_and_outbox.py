"""A worker's desk and outbox by themselves: what is wanted, in which order it is sent, and how much at a time."""

import os
import threading
from collections.abc import Iterator

import msgspec
import pytest

from ebert_core.protocol.frames import CHUNK_BYTES, CREDIT_WINDOW, FrameReader
from ebert_core.protocol.messages import Ask, Chunk, FromWorker, Pong
from ebert_core.roles.desk import Desk
from ebert_core.roles.outbox import Outbox
from tests.certain import of, present


def ask(number: int, view_key: str = "") -> Ask:
    return Ask(number, msgspec.Raw(b"\xc0"), view_key)


def test_requests_are_taken_in_the_order_in_which_they_came() -> None:
    desk = Desk()
    assert desk.busy_seconds() == 0
    assert [desk.put(ask(number)) for number in (7, 3, 5)] == [[], [], []]
    assert [desk.take(), desk.take()] == [ask(7), ask(3)]
    assert desk.busy_seconds() > 0
    assert desk.verdict() is None


def test_only_waiting_requests_of_the_same_view_are_replaced() -> None:
    desk = Desk()
    for number, key in ((1, "a"), (2, "b"), (3, "")):
        desk.put(ask(number, key))
    assert desk.put(ask(4, "a")) == [1]
    assert desk.put(ask(5)) == []
    assert [present(desk.take()).id for _ in range(4)] == [2, 3, 4, 5]


def test_a_running_request_learns_whether_it_was_replaced_or_cancelled_and_the_next_begins_wanted() -> None:
    desk = Desk()
    desk.put(ask(1, "a"))
    desk.take()
    desk.put(ask(2, "b"))
    assert not desk.cancel(9)
    assert desk.verdict() is None
    assert desk.put(ask(3, "a")) == [], "the running one is not waiting"
    assert desk.verdict() == "replaced"
    desk.take()
    assert desk.verdict() is None
    assert not desk.cancel(2)
    assert desk.verdict() == "cancelled"
    desk.put(ask(4, "b"))
    assert desk.verdict() == "cancelled", "what came first stays"
    assert desk.cancel(3)
    assert present(desk.take()).id == 4


def test_who_waits_for_a_request_gets_it_when_it_comes_and_nothing_when_the_window_goes() -> None:
    desk = Desk()
    taken = []
    for give, expected in ((lambda: desk.put(ask(1)), ask(1)), (desk.close, None)):
        waiting = threading.Thread(target=lambda: taken.append(desk.take()), daemon=True)
        waiting.start()
        waiting.join(0.05)
        assert waiting.is_alive()
        give()
        waiting.join(60)
        assert taken.pop() == expected
    desk.put(ask(2))
    assert desk.take() is None
    desk.close()
    assert desk.verdict() == "cancelled"


class Reading:
    """An outbox and the messages that arrive at the other end of its pipe."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.gone = threading.Event()
        self.times_gone = 0
        self.outbox = Outbox(self.writing, self._go)
        self._reader: FrameReader[FromWorker] = FrameReader(FromWorker, expects_preamble=False)
        self._messages: list[FromWorker] = []

    def _go(self) -> None:
        self.times_gone += 1
        self.gone.set()

    def next(self) -> FromWorker:
        while not self._messages:
            self._messages += self._reader.feed(os.read(self.reading, 1 << 20))
        return self._messages.pop(0)

    def next_chunk(self) -> Chunk:
        return of(Chunk, self.next())


@pytest.fixture
def box() -> Iterator[Reading]:
    reading = Reading()
    yield reading
    os.close(reading.writing)
    if not reading.gone.is_set():
        os.close(reading.reading)


def test_small_messages_go_before_a_reply_and_a_reply_comes_whole_in_chunks(box: Reading) -> None:
    data = os.urandom(CHUNK_BYTES + 10)
    box.outbox.send_reply(4, data)
    box.outbox.send(Pong(1, 0.0))
    box.outbox.send(Pong(2, 0.0))
    box.outbox.start()
    assert [box.next(), box.next()] == [Pong(1, 0.0), Pong(2, 0.0)]
    chunks = [box.next_chunk(), box.next_chunk()]
    assert b"".join(chunk.data for chunk in chunks) == data
    assert [(chunk.id, chunk.is_last) for chunk in chunks] == [(4, False), (4, True)]
    box.outbox.send(Pong(3, 0.0))
    assert box.next() == Pong(3, 0.0)


def test_what_is_sent_now_is_in_the_pipe_before_the_call_returns_and_a_closed_one_is_no_error(box: Reading) -> None:
    box.outbox.send_now(Pong(1, 0.0))
    assert box.next() == Pong(1, 0.0)
    os.close(box.reading)
    box.outbox.send_now(Pong(2, 0.0))
    box.gone.set()


def test_no_more_is_on_its_way_than_the_window_gave_credit_for(box: Reading) -> None:
    pieces = CREDIT_WINDOW // CHUNK_BYTES
    box.outbox.send_reply(1, bytes(CREDIT_WINDOW + 2 * CHUNK_BYTES))
    box.outbox.start()
    for _ in range(pieces):
        assert isinstance(box.next(), Chunk)
    box.outbox.send(Pong(1, 0.0))
    assert box.next() == Pong(1, 0.0)
    box.outbox.add_credit(-5)
    box.outbox.add_credit(CHUNK_BYTES - 1)
    box.outbox.send(Pong(2, 0.0))
    assert box.next() == Pong(2, 0.0), "not enough for a chunk"
    box.outbox.add_credit(1)
    assert not box.next_chunk().is_last
    box.outbox.add_credit(10**12)
    assert box.next_chunk().is_last
    box.outbox.wait_until_sent(60)


def test_a_reply_that_waits_is_dropped_by_its_number_and_the_next_takes_its_place(box: Reading) -> None:
    assert not box.outbox.drop_reply(1)
    box.outbox.send_reply(1, b"first")
    assert not box.outbox.drop_reply(2)
    following = threading.Thread(target=box.outbox.send_reply, args=(2, b"second"), daemon=True)
    following.start()
    following.join(0.05)
    assert following.is_alive(), "one reply is on its way at a time"
    assert box.outbox.drop_reply(1)
    following.join(60)
    assert not following.is_alive()
    box.outbox.start()
    assert box.next() == Chunk(2, b"second", True)
    box.outbox.wait_until_sent(60)
    assert not box.outbox.drop_reply(2)


def test_who_waits_until_all_is_sent_waits_no_longer_than_it_takes(box: Reading) -> None:
    box.outbox.send(Pong(1, 0.0))
    box.outbox.send_reply(2, b"x")
    box.outbox.wait_until_sent(0.01)  # nothing writes yet
    box.outbox.start()
    box.outbox.wait_until_sent(60)
    os.set_blocking(box.reading, False)
    assert [box.next(), box.next()] == [Pong(1, 0.0), Chunk(2, b"x", True)]


def test_when_nobody_reads_any_more_it_is_said_once_and_nobody_waits(box: Reading) -> None:
    os.close(box.reading)
    box.outbox.send(Pong(1, 0.0))
    box.outbox.start()
    assert box.gone.wait(60)
    box.outbox.send(Pong(2, 0.0))
    box.outbox.send_reply(1, b"x")
    box.outbox.send_reply(2, b"y")
    box.outbox.wait_until_sent(60)
    assert box.times_gone == 1
