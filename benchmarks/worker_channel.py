"""How fast window and worker talk: start, small requests, and a 20 MB reply, against a bare pipe of the same bytes.

Run: python benchmarks/worker_channel.py
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

import msgspec
import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QCoreApplication, QEventLoop

from ebert_core.roles.session import serve
from ebert_gui.workers.client import WorkerClient, local_worker
from ebert_gui.workers.state import Condition, WorkerState

_BYTES = 20_000_000
_SMALL, _BIG, _STARTS = 2_000, 15, 5


class Values(msgspec.Struct, frozen=True):
    """Some bytes, as an array."""

    values: NDArray[np.uint8]


class Give(msgspec.Struct, frozen=True, tag="give"):
    """Ask for that many bytes."""

    count: int


def main() -> None:
    """Measures and prints."""
    app = QCoreApplication([])
    hello = median(_start_seconds(local_worker("data")) for _ in range(_STARTS))
    bare = median(_seconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)) for _ in range(_STARTS))
    imports = "import msgspec, numpy, importlib.metadata"
    least = median(
        _seconds(lambda: subprocess.run([sys.executable, "-c", imports], check=True)) for _ in range(_STARTS)
    )
    print(f"data worker ready       {1000 * hello:8.0f} ms   (bare interpreter {1000 * bare:.0f} ms, "
          f"with numpy and msgspec {1000 * least:.0f} ms)")  # fmt: skip
    client = WorkerClient([sys.executable, __file__, "serve"], "data")
    _start(client)
    small = median(_seconds(lambda: _ask(client, 1)) for _ in range(_SMALL))
    print(f"small request and reply {1e6 * small:8.0f} µs")
    big = median(_seconds(lambda: _ask(client, _BYTES)) for _ in range(_BIG))
    pipe = median(_pipe_seconds() for _ in range(_BIG))
    print(f"20 MB reply             {1000 * big:8.1f} ms   {_BYTES / big / 1e9:.2f} GB/s, "
          f"{big / pipe:.1f} times a bare pipe")  # fmt: skip
    client.stop_and_wait()
    app.quit()


def _start_seconds(argv: list[str]) -> float:
    client = WorkerClient(argv, "data")
    seconds = _seconds(lambda: _start(client))
    client.stop_and_wait()
    return seconds


def _start(client: WorkerClient) -> None:
    loop = QEventLoop()

    def look(state: WorkerState) -> None:
        if state.condition not in (Condition.STARTING, Condition.STOPPED):
            loop.quit()

    client.state_changed.connect(look)
    client.start()
    loop.exec()
    if client.state.condition != Condition.READY:
        sys.exit(f"{client.state.sentence}\n{client.state.details}")


def _ask(client: WorkerClient, count: int) -> None:
    loop = QEventLoop()
    client.request(Give(count), Values, lambda _: loop.quit())
    loop.exec()


def _pipe_seconds() -> float:
    program = f"import os\nd = memoryview(bytes({_BYTES}))\nos.read(0, 1)\nwhile d: d = d[os.write(1, d):]"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"x")
        begun = time.perf_counter()
        process.stdin.close()
        received = len(os.read(process.stdout.fileno(), 1))
        begun = time.perf_counter()
        while received < _BYTES:
            received += len(os.read(process.stdout.fileno(), 1 << 20))
        return time.perf_counter() - begun


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve("data", {Give: lambda request, _report: Values(np.zeros(request.count, np.uint8))})
    else:
        main()
