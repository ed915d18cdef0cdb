"""A worker with toy handlers, run as a script by the tests of both ends of the session channel."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.frames import FRAME_CAP, PREAMBLE, frame
from ebert_core.protocol.messages import PROTOCOL_VERSION, Hello
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.reading import reads


class Double(msgspec.Struct, frozen=True, tag="double"):
    number: int


class Number(msgspec.Struct, frozen=True):
    number: int


class Raise(msgspec.Struct, frozen=True, tag="raise"):
    kind: str


class PrintAll(msgspec.Struct, frozen=True, tag="print-all"):
    text: str


class Big(msgspec.Struct, frozen=True, tag="big"):
    count: int


class Values(msgspec.Struct, frozen=True):
    values: NDArray[np.uint8]


class Work(msgspec.Struct, frozen=True, tag="work"):
    """Reports until `seconds` are over."""

    seconds: float


class Compute(msgspec.Struct, frozen=True, tag="compute"):
    """Reports that it has begun, then computes without reporting."""

    seconds: float


class HoldInterpreter(msgspec.Struct, frozen=True, tag="hold-interpreter"):
    milliseconds: int


class Count(msgspec.Struct, frozen=True, tag="count"):
    """How many `Work` were begun."""


class Say(msgspec.Struct, frozen=True, tag="say"):
    """Reports each share and note, one after the other, a while apart."""

    reports: tuple[tuple[float, str], ...]
    seconds_between: float = 0.0


class Die(msgspec.Struct, frozen=True, tag="die"):
    code: int


class Read(msgspec.Struct, frozen=True, tag="read"):
    """Reads a file: DEADLY kills the process, EXITS ends it, SLOW keeps it busy for a minute.

    TALKS lets it report for a while.
    """

    path: str


class Panic(BaseException):
    """As what pyo3 raises when a library in Rust panics."""


Report = Callable[[float, str], None]
_begun = 0


def _double(request: Double, report: Report) -> Number:
    return Number(2 * request.number)


def _raise(request: Raise, report: Report) -> NoReturn:
    match request.kind:
        case "invalid":
            raise InvalidRequest("There is no chr99; this genome has chr1 to chr22.")
        case "memory":
            raise MemoryError
        case "exit":
            sys.exit(3)
        case "endless":
            raise RuntimeError("no end " * 2_000_000)
        case "caf\udce9":
            raise InvalidRequest(f"There is no file {request.kind}.")
        case "panic":
            raise Panic("a library in Rust gave up")
    raise RuntimeError("something of ours broke")


def _print_all(request: PrintAll, report: Report) -> Number:
    print(request.text, flush=True)  # noqa: T201 - what a library does
    os.write(1, request.text.encode())
    subprocess.run(["echo", request.text], check=True)
    read = subprocess.run(["cat"], check=True, stdout=subprocess.PIPE).stdout
    return Number(len(read) + len(sys.stdin.read()))


def _big(request: Big, report: Report) -> Values:
    return Values(np.arange(request.count, dtype=np.uint64).astype(np.uint8))


def _work(request: Work, report: Report) -> Number:
    global _begun
    _begun += 1
    end = time.monotonic() + request.seconds
    while time.monotonic() < end:
        report(0.5, "working")
        time.sleep(0.005)
    return Number(_begun)


def _compute(request: Compute, report: Report) -> Number:
    report(0.0, "computing")
    end = time.monotonic() + request.seconds
    while time.monotonic() < end:
        sum(range(1000))
    return Number(1)


def _hold(request: HoldInterpreter, report: Report) -> Number:
    # PyDLL keeps the interpreter's lock during the call, as a reader library does during a long read.
    ctypes.PyDLL(None).usleep(1000 * request.milliseconds)
    return Number(request.milliseconds)


def _count(request: Count, report: Report) -> Number:
    return Number(_begun)


def _say(request: Say, report: Report) -> Number:
    for fraction, note in request.reports:
        report(fraction, note)
        time.sleep(request.seconds_between)
    return Number(len(request.reports))


def _die(request: Die, report: Report) -> NoReturn:
    os._exit(request.code)


def _read(request: Read, report: Report) -> Number:
    reads(request.path)
    text = Path(request.path).read_text()
    if text == "DEADLY":
        os.kill(os.getpid(), signal.SIGSEGV)
    if text == "EXITS":
        os._exit(1)
    if text == "TALKS":
        return _work(Work(0.6), report)
    return _compute(Compute(60.0), report) if text == "SLOW" else Number(len(text))


HANDLERS: dict[type[msgspec.Struct], Callable[[Any, Report], msgspec.Struct]] = {
    Double: _double,
    Raise: _raise,
    PrintAll: _print_all,
    Big: _big,
    Work: _work,
    Compute: _compute,
    HoldInterpreter: _hold,
    Count: _count,
    Say: _say,
    Die: _die,
    Read: _read,
}


HELLO = frame(Hello(PROTOCOL_VERSION, "0.1", "data", 1, "gpu-box"))
NESTED = b"\x91" * 200_000 + b"\xc0"
# What some workers write in place of a hello, before they wait for their end.
SAID = {
    "endless-banner": b"All rights reserved. " * 10_000,
    "other-version": PREAMBLE + frame(Hello(99, "9.9", "data", 1, "gpu-box")),
    "oversized": PREAMBLE + HELLO + (FRAME_CAP + 1).to_bytes(4, "big"),
    "two-faced": PREAMBLE + HELLO + HELLO,
    "nested": PREAMBLE + HELLO + len(NESTED).to_bytes(4, "big") + NESTED,
    "silent": b"",
}
BANNER = b"Welcome to gpu-box!\nLast login: yesterday\n"


def main(mode: str) -> None:
    out = sys.stdout.buffer
    if mode == "stillborn":
        sys.exit("No module named ebert_core")
    said = BANNER if mode == "banner" else SAID.get(mode, b"")
    out.write(said)
    out.flush()
    if mode in SAID:
        sys.stdin.buffer.read()
    from ebert_core.roles.session import serve

    if mode == "fruitless":
        # Ends a moment after its hello, whether or not it is asked anything.
        threading.Timer(0.5, os._exit, (7,)).start()
    serve("data", HANDLERS)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
