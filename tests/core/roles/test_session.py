"""A worker's session, spoken to over real pipes by a window that knows only frames."""

import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import pytest

from ebert_core.protocol import codec
from ebert_core.protocol.frames import CHUNK_BYTES, CREDIT_WINDOW, FrameReader, frame
from ebert_core.protocol.messages import (
    LONGEST_DETAILS,
    LONGEST_SENTENCE,
    PROTOCOL_VERSION,
    Ask,
    Avoid,
    Begun,
    Cancel,
    Chunk,
    Credit,
    Failed,
    FromWorker,
    Hello,
    Ping,
    Pong,
    Progress,
)
from ebert_core.protocol.terms.reading import stamp_of
from tests.certain import of, present
from tests.core.roles.toy_worker import (
    Big,
    Compute,
    Count,
    Double,
    HoldInterpreter,
    Number,
    PrintAll,
    Raise,
    Read,
    Say,
    Values,
    Work,
)

ROOT = Path(__file__).parents[3]
Reply = TypeVar("Reply", bound=msgspec.Struct)
TOY_WORKER = Path(__file__).with_name("toy_worker.py")


class PlainWindow:
    """The other end of a worker's pipes."""

    def __init__(self, mode: str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(TOY_WORKER), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._reader: FrameReader[FromWorker] = FrameReader(FromWorker, expects_preamble=True)
        self._received: list[FromWorker] = []

    def send(self, *messages: msgspec.Struct) -> None:
        os.write(present(self.process.stdin).fileno(), b"".join(frame(message) for message in messages))

    def ask(self, number: int, body: msgspec.Struct, view_key: str = "") -> None:
        self.send(Ask(number, msgspec.Raw(codec.encode(body)), view_key))

    def next(
        self, is_wanted: Callable[[FromWorker], bool] = lambda message: not isinstance(message, Begun)
    ) -> FromWorker:
        """The next message that is wanted; others are passed over."""
        while True:
            while self._received:
                message = self._received.pop(0)
                if is_wanted(message):
                    return message
            data = os.read(present(self.process.stdout).fileno(), 1 << 20)
            assert data, "the worker has gone"
            self._received += self._reader.feed(data)

    def next_answer(self) -> Chunk | Failed:
        answer = self.next(lambda message: isinstance(message, Chunk | Failed))
        assert isinstance(answer, Chunk | Failed)
        return answer

    def next_chunk(self) -> Chunk:
        return of(Chunk, self.next_answer())

    def reply(self, kind: type[Reply]) -> Reply:
        pieces = []
        while True:
            chunk = self.next_chunk()
            pieces.append(chunk.data)
            self.send(Credit(len(chunk.data)))
            if chunk.is_last:
                decoder: codec.Decoder[Reply] = codec.Decoder(kind)
                return decoder.decode(b"".join(pieces))


@pytest.fixture
def window() -> Iterator[PlainWindow]:
    window = PlainWindow()
    assert isinstance(window.next(), Hello)
    yield window
    for pipe in (window.process.stdin, window.process.stdout, window.process.stderr):
        present(pipe).close()
    window.process.kill()
    window.process.wait()


def test_a_worker_says_who_it_is_before_anything_else() -> None:
    window = PlainWindow()
    try:
        hello = Hello(PROTOCOL_VERSION, version("ebert-browser"), "data", window.process.pid, platform.node())
        assert window.next(lambda _: True) == hello
        window.send(Ping(3))
        assert window.next(lambda _: True) == Pong(3, 0.0)
    finally:
        window.process.kill()
        window.process.communicate()


def test_a_request_is_answered(window: PlainWindow) -> None:
    window.ask(1, Double(21))
    assert window.reply(Number) == Number(42)


def test_what_libraries_and_children_print_stays_out_of_the_protocol(window: PlainWindow) -> None:
    window.ask(1, PrintAll("Loading 100%"))
    assert window.reply(Number) == Number(0)
    assert os.read(present(window.process.stderr).fileno(), 1000).count(b"Loading 100%") == 3


@pytest.mark.parametrize(
    ("kind", "expected", "sentence"),
    [
        ("invalid", "invalid", "There is no chr99; this genome has chr1 to chr22."),
        ("memory", "invalid", "not enough free memory"),
        ("bug", "bug", "RuntimeError: something of ours broke"),
        ("exit", "bug", "SystemExit: 3"),
        ("panic", "bug", "Panic: a library in Rust gave up"),
    ],
)
def test_a_handler_that_raises_does_not_end_the_worker(
    window: PlainWindow, kind: str, expected: str, sentence: str
) -> None:
    window.ask(1, Raise(kind))
    failed = window.next()
    assert isinstance(failed, Failed)
    assert (failed.kind, sentence in failed.message) == (expected, True)
    assert ("Traceback" in failed.details) == (kind != "invalid")
    window.ask(2, Double(1))
    assert window.reply(Number) == Number(2)


def test_a_request_that_nobody_knows_is_our_mistake_and_harmless(window: PlainWindow) -> None:
    window.ask(1, Ping(1))
    failed = window.next()
    assert isinstance(failed, Failed)
    assert failed.kind == "bug"
    window.ask(2, Double(1))
    assert window.reply(Number) == Number(2)


def test_of_a_thousand_requests_for_one_view_only_the_running_and_the_newest_are_computed(window: PlainWindow) -> None:
    window.ask(1, Compute(1.0), "view")
    window.next(lambda message: isinstance(message, Progress))
    window.send(*(Ask(number, msgspec.Raw(codec.encode(Work(0))), "view") for number in range(2, 1002)))
    answers = [window.next_answer() for _ in range(1001)]
    replaced = [answer.id for answer in answers if isinstance(answer, Failed) and answer.kind == "replaced"]
    assert sorted(replaced) == list(range(2, 1001))
    assert [answer.id for answer in answers if isinstance(answer, Chunk)] == [1, 1001]
    window.ask(1002, Count())
    assert window.reply(Number) == Number(1)


def test_a_running_request_that_is_replaced_ends_at_its_next_report(window: PlainWindow) -> None:
    window.ask(1, Work(30), "view")
    window.next(lambda message: isinstance(message, Progress))
    window.ask(2, Double(3), "view")
    assert window.next_answer() == Failed(1, "replaced")
    assert window.reply(Number) == Number(6)


def test_requests_for_different_views_do_not_replace_each_other(window: PlainWindow) -> None:
    for number, key in enumerate(["genes", "signal", ""]):
        window.ask(number, Double(number), key)
    assert [window.reply(Number) for _ in range(3)] == [Number(0), Number(2), Number(4)]


def test_a_running_request_is_cancelled_at_its_next_report(window: PlainWindow) -> None:
    window.ask(1, Work(30))
    window.next(lambda message: isinstance(message, Progress))
    window.send(Cancel(1))
    assert window.next_answer() == Failed(1, "cancelled")


def test_a_waiting_request_is_cancelled_at_once(window: PlainWindow) -> None:
    window.ask(1, Compute(1.0))
    window.next(lambda message: isinstance(message, Progress))
    window.ask(2, Double(1))
    window.send(Cancel(2))
    assert window.next_answer() == Failed(2, "cancelled")
    assert window.reply(Number) == Number(1)


def test_progress_comes_at_most_ten_times_a_second(window: PlainWindow) -> None:
    window.ask(1, Work(1.0))
    messages: list[FromWorker] = []
    while not isinstance(messages[-1] if messages else None, Chunk):
        messages.append(window.next())
    assert 1 <= sum(isinstance(message, Progress) for message in messages) <= 11


def test_progress_is_a_share_with_a_note_of_readable_length(window: PlainWindow) -> None:
    window.ask(1, Say(((-3.0, "before"), (0.25, ""), (7.0, "x" * 2 * LONGEST_SENTENCE)), 0.15))
    assert window.next() == Progress(1, 0.0, "before")
    assert window.next() == Progress(1, 0.25, "")
    assert window.next() == Progress(1, 1.0, "x" * LONGEST_SENTENCE)
    assert isinstance(window.next(), Chunk)


def test_what_is_answered_at_once_reports_no_progress_and_what_lasts_does(window: PlainWindow) -> None:
    window.ask(1, Say(((0.0, ""),)))
    assert isinstance(window.next(), Chunk)
    window.ask(2, Say(((0.0, ""), (0.5, "")), 0.15))
    assert window.next() == Progress(2, 0.5, "")


def test_ctrl_c_in_the_terminal_of_the_window_ends_no_worker_and_no_request(window: PlainWindow) -> None:
    window.ask(1, Say(((0.0, "begun"), (0.5, "")), 0.3))
    assert window.next() == Progress(1, 0.0, "begun")
    window.process.send_signal(signal.SIGINT)
    assert window.reply(Number) == Number(2)
    window.ask(2, Double(2))
    assert window.reply(Number) == Number(4)


def test_a_ping_is_answered_while_a_handler_computes(window: PlainWindow) -> None:
    window.ask(1, Compute(1.0))
    window.next(lambda message: isinstance(message, Progress))
    window.send(Ping(5))
    first = window.next(lambda message: not isinstance(message, Progress | Begun))
    assert isinstance(first, Pong)
    window.send(Ping(6))
    second = window.next(lambda message: not isinstance(message, Progress | Begun))
    assert isinstance(second, Pong)
    assert second.nonce == 6
    assert second.busy_seconds > 0


def test_a_big_reply_waits_for_credit_and_lets_a_pong_pass(window: PlainWindow) -> None:
    window.ask(1, Big(20_000_000))
    pieces = [window.next_chunk() for _ in range(CREDIT_WINDOW // CHUNK_BYTES)]
    window.send(Ping(1))
    assert isinstance(window.next(), Pong)
    window.send(Credit(CREDIT_WINDOW))
    while not pieces[-1].is_last:
        pieces.append(window.next_chunk())
        window.send(Credit(len(pieces[-1].data)))
    decoder: codec.Decoder[Values] = codec.Decoder(Values)
    reply = decoder.decode(b"".join(piece.data for piece in pieces))
    assert np.array_equal(reply.values, np.arange(20_000_000, dtype=np.uint64).astype(np.uint8))


def test_a_reply_that_waits_for_credit_is_dropped_when_cancelled(window: PlainWindow) -> None:
    window.ask(1, Big(20_000_000))
    for _ in range(CREDIT_WINDOW // CHUNK_BYTES):
        window.next_answer()
    window.send(Cancel(1))
    assert window.next_answer() == Failed(1, "cancelled")
    window.send(Credit(CREDIT_WINDOW))
    window.ask(2, Double(4))
    assert window.reply(Number) == Number(8)


@pytest.mark.parametrize(("key", "is_replaced"), [("view", True), ("other", False), ("", False)])
def test_a_reply_that_waits_for_credit_is_dropped_once_its_view_has_asked_for_another(
    window: PlainWindow, key: str, is_replaced: bool
) -> None:
    window.ask(1, Big(CREDIT_WINDOW + CHUNK_BYTES), "view" if key else "")
    for _ in range(CREDIT_WINDOW // CHUNK_BYTES):
        window.next_answer()
    window.ask(2, Double(4), key)
    if is_replaced:
        assert window.next_answer() == Failed(1, "replaced")
    window.send(Credit(CREDIT_WINDOW))
    if not is_replaced:
        while not (rest := window.next_chunk()).is_last:
            assert rest.id == 1
    assert window.reply(Number) == Number(8)


def test_what_was_answered_before_it_was_cancelled_or_replaced_is_not_answered_again(window: PlainWindow) -> None:
    window.ask(1, Double(1), "view")
    assert window.reply(Number) == Number(2)
    window.send(Cancel(1), Cancel(99))
    window.ask(2, Double(2), "view")
    assert window.next() == Chunk(2, codec.encode(Number(4)), True)


@pytest.mark.parametrize("body", [Work(60), Compute(60), Count()])
def test_a_worker_ends_within_two_seconds_of_its_window(window: PlainWindow, body: Work | Compute | Count) -> None:
    window.ask(1, body)
    window.send(Ping(1))
    window.next(lambda message: isinstance(message, Pong))
    present(window.process.stdin).close()
    assert window.process.wait(timeout=2) == 0
    window.process.stdin = open(os.devnull, "wb")  # noqa: SIM115 - the fixture closes it


def test_an_oversized_frame_from_the_window_ends_the_worker_with_a_line(window: PlainWindow) -> None:
    os.write(present(window.process.stdin).fileno(), (1 << 31).to_bytes(4, "big"))
    assert window.process.wait(timeout=5) == 0
    assert b"over the cap" in present(window.process.stderr).read()


def test_what_is_begun_and_read_is_said_before_the_worker_can_end_on_it(window: PlainWindow, tmp_path: Path) -> None:
    deadly = tmp_path / "deadly"
    deadly.write_text("DEADLY")
    window.ask(7, Read(str(deadly)))
    assert window.next(lambda message: isinstance(message, Begun)) == Begun(7)
    assert window.next(lambda message: isinstance(message, Begun)) == Begun(7, stamp_of(str(deadly)))
    assert window.process.wait(timeout=5) == -signal.SIGSEGV


def test_a_file_that_the_system_refuses_travels_beside_the_sentence_about_it(
    window: PlainWindow, tmp_path: Path
) -> None:
    absent = str(tmp_path / "absent")
    window.ask(1, Read(absent))
    failed = of(Failed, window.next_answer())
    assert (failed.kind, failed.file) == ("invalid", absent)
    assert failed.message == f"{absent} cannot be used: no such file or directory."


def test_a_file_to_avoid_is_not_read_until_it_changes(window: PlainWindow, tmp_path: Path) -> None:
    file = tmp_path / "deadly"
    file.write_text("DEADLY")
    window.send(Avoid((stamp_of(str(file)),)))
    window.ask(1, Read(str(file)))
    sentence = f"The data worker ended while it read {file}. This is not tried again until the file changes."
    assert window.next_answer() == Failed(1, "avoided", sentence, file=str(file))
    file.write_text("mended")
    window.ask(2, Read(str(file)))
    assert window.reply(Number) == Number(6)


def test_a_file_is_avoided_only_as_long_as_the_window_says_so(window: PlainWindow, tmp_path: Path) -> None:
    file = tmp_path / "harmless"
    file.write_text("fine")
    window.send(Avoid((stamp_of(str(file)),)))
    window.ask(1, Read(str(file)))
    assert of(Failed, window.next_answer()).kind == "avoided"
    window.send(Avoid(()))
    window.ask(2, Read(str(file)))
    assert window.reply(Number) == Number(4)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a pipe be widened")
def test_a_pipe_to_the_window_holds_a_whole_chunk_and_the_worker_keeps_no_other_descriptor(window: PlainWindow) -> None:
    import fcntl

    assert fcntl.fcntl(present(window.process.stdout), fcntl.F_GETPIPE_SZ) >= CHUNK_BYTES
    assert sorted(map(int, os.listdir(f"/proc/{window.process.pid}/fd"))) == [0, 1, 2, 3, 4]


def test_nesting_without_end_from_the_window_ends_the_worker_with_a_line(window: PlainWindow) -> None:
    body = b"\x83\xa4type\xa3ask\xa2id\x01\xa4body" + b"\x91" * 200_000 + b"\xc0"
    os.write(present(window.process.stdin).fileno(), len(body).to_bytes(4, "big") + body)
    assert window.process.wait(timeout=5) == 0
    assert present(window.process.stderr).read().splitlines()[1:] == []


def test_credit_that_makes_no_sense_neither_stops_nor_floods_a_reply(window: PlainWindow) -> None:
    window.send(Credit(-(2**62)), Credit(2**62))
    window.ask(1, Big(20_000_000))
    for _ in range(CREDIT_WINDOW // CHUNK_BYTES):
        assert isinstance(window.next_answer(), Chunk)
    window.send(Ping(1))
    assert isinstance(window.next(), Pong)
    window.send(Cancel(1))
    assert window.next_answer() == Failed(1, "cancelled")


def test_a_sentence_without_end_is_cut_and_one_with_a_name_that_is_no_utf_8_arrives(window: PlainWindow) -> None:
    window.ask(1, Raise("endless"))
    failed = window.next_answer()
    assert isinstance(failed, Failed)
    assert len(failed.message) == LONGEST_SENTENCE
    assert len(failed.details) == LONGEST_DETAILS
    window.ask(2, Raise("caf\udce9"))
    failed = window.next_answer()
    assert isinstance(failed, Failed)
    assert failed.message == "There is no file caf\udce9."


def test_holding_the_interpreter_delays_a_pong_and_nothing_else(window: PlainWindow) -> None:
    window.ask(1, HoldInterpreter(300))
    window.send(Ping(1))
    assert window.reply(Number) == Number(300)
