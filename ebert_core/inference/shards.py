"""One prediction shared by several processes, as `torchrun` starts them: each its blocks, the first puts them together.

Which process computes a block changes nothing in it: tiles, batches and bytes are those of a run without shards. Blocks
travel as `parts`, files in a folder beside the output, which all processes must see; a small store of PyTorch says
where it is and who lives, so that nobody waits for the dead.
"""

import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Protocol

from torch import distributed

from ebert_core.inference.parts import Parts
from ebert_core.inference.stretches import Block
from ebert_core.protocol.machine.launched import launched
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import TellProgress

_BEAT_SECONDS = 5.0
_SILENCE_SECONDS = 120.0
_PATIENCE_SECONDS = 300.0
_POLL_SECONDS = 0.05
_LOOK_SECONDS = 0.5

Encode = Callable[[Block, TellProgress], list[bytes]]


class _Store(Protocol):
    """What we use of PyTorch's store; its own class is not typed."""

    def set(self, key: str, value: str) -> None: ...

    def get(self, key: str) -> bytes: ...

    def check(self, keys: list[str]) -> bool: ...


class OtherEnded(InvalidRequest):
    """Another process of the prediction computes no more, so that this one cannot go on."""


class Shards:
    """This process among those of one prediction; a context manager around the whole of its work.

    Who lives stands in `lives`, the store of all predictions that these processes make, so that one that died before
    it came to this prediction is known to be dead.
    """

    def __init__(self, rank: int, size: int, store: _Store, lives: _Store | None = None) -> None:
        self.rank = rank
        self.size = size
        self._store = store
        self._lives = lives or store
        self._beats: dict[int, tuple[bytes, float]] = {}
        self._begun = time.monotonic()
        self._next_look = 0.0
        self._has_ended = threading.Event()
        self._heart = threading.Thread(target=self._beat, daemon=True)

    @classmethod
    def from_environment(cls) -> "Shards | None":
        """What `torchrun` tells this process of the others; None when it runs alone.

        Raises:
            InvalidRequest: the other processes are not to be found.
        """
        process = launched()
        if process is None:
            return None
        # Under torchrun, its own process keeps the store, which so outlives every one of ours.
        is_kept_here = process.rank == 0 and os.environ.get("TORCHELASTIC_USE_AGENT_STORE") != "True"
        try:
            store = distributed.TCPStore(  # type: ignore[attr-defined] # its module declares no exports
                process.host,
                process.port,
                process.size,
                is_kept_here,
                timedelta(seconds=_PATIENCE_SECONDS),
                wait_for_workers=False,
            )
        except distributed.DistError as error:
            raise InvalidRequest(
                f"Process {process.rank + 1} of {process.size} finds no others at {process.host}:{process.port}: "
                f"{str(error).splitlines()[0]}"
            ) from None
        run = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
        prefixed = distributed.PrefixStore(f"ebert-predict-{run}", store)  # type: ignore[attr-defined] # as above
        return cls(process.rank, process.size, prefixed)

    def of_prediction(self, number: int) -> "Shards":
        """The same processes for one of the predictions that they make one after the other."""
        store = distributed.PrefixStore(str(number), self._store)  # type: ignore[attr-defined,arg-type] # as above
        return Shards(self.rank, self.size, store, self._lives)

    @property
    def is_first(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def computes(self, number: int) -> bool:
        """Whether a block is this process's share."""
        return number % self.size == self.rank

    @contextmanager
    def sharing(self, parts: Parts) -> Iterator[None]:
        """For the first process: tells the others where to put their blocks, and when it is over."""
        self._parts = parts
        try:
            self._store.set("folder", str(parts.folder))
            yield
        finally:
            with suppress(distributed.DistError):
                self._store.set("over", "")

    def wait_for_first(self) -> None:
        """For the others: returns when the first process has found the request sound, so that it alone complains.

        Raises:
            InvalidRequest: the first process has ended.
        """
        with _store_said():
            while not self._store.check(["folder"]):
                self._look_at(0)
                time.sleep(_POLL_SECONDS)
            self._parts = Parts(Path(self._store.get("folder").decode()))

    def contribute(self, blocks: Sequence[Block], encode: Encode) -> None:
        """For the others: computes the blocks of this process's share and hands them over.

        Raises:
            InvalidRequest: a block cannot be written, or the first process has ended.
        """

        def heard(_fraction: float, _note: str) -> None:
            with _store_said():
                self._look_at(0)

        for number, block in enumerate(blocks):
            if self.computes(number) and not self._parts.has(number):
                content = encode(block, heard)
                try:
                    self._parts.write(number, content)
                except InvalidRequest:
                    heard(0.0, "")  # where the first process has gone, so has the folder
                    raise

    def received(self, number: int, report: TellProgress) -> list[bytes]:
        """For the first process: a block that another one has computed.

        Raises:
            OtherEnded: that process has ended without handing it over.
        """
        owner = number % self.size
        with _store_said():
            while not self._parts.has(number):
                report(0.0, f"waiting for process {owner + 1} of {self.size}")
                ended = self._why_ended(owner)
                if ended and not self._parts.has(number):
                    raise OtherEnded(f"{ended} Nothing was written; run the command again.")
                time.sleep(_POLL_SECONDS)
        return self._parts.read(number)

    def __enter__(self) -> "Shards":
        with _store_said():
            self._lives.set(f"process-{self.rank}", f"{platform.node()} {os.getpid()}")
        self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._has_ended.set()
        with suppress(distributed.DistError):
            if error is None:
                self._store.set(f"done-{self.rank}", "")
            elif isinstance(error, KeyboardInterrupt):
                self._store.set(f"stopped-{self.rank}", "")
            else:
                self._store.set(f"failed-{self.rank}", str(error))
            if self.is_first and isinstance(error, KeyboardInterrupt | InvalidRequest):
                self._blame(error)

    def _blame(self, end: BaseException) -> None:
        """Under torchrun, all are told to end when one has died; the sentence for the person is why that one did."""
        others = [rank for rank in range(1, self.size) if not self._store.check([f"stopped-{rank}"])]
        reason = next(filter(None, map(self._why_ended, others)), "")
        if reason and not isinstance(end, OtherEnded):
            raise OtherEnded(f"{reason} Nothing was written; run the command again.") from end

    def _beat(self) -> None:
        count = 0
        with suppress(distributed.DistError):
            while not self._has_ended.wait(_BEAT_SECONDS):
                count += 1
                self._lives.set(f"beat-{self.rank}", str(count))

    def _look_at(self, rank: int) -> None:
        """Raises when another process has ended; looks now and then, however often it is called."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _LOOK_SECONDS
        ended = self._why_ended(rank)
        if ended or self._store.check(["over"]):
            raise OtherEnded(ended or "The first process has ended.")

    def _why_ended(self, rank: int) -> str:
        """A sentence when another process will not compute any more, else nothing."""
        name = f"Process {rank + 1} of {self.size}"
        if self._store.check([f"failed-{rank}"]):
            return f"{name} ended: {self._store.get(f'failed-{rank}').decode()}"
        if self._store.check([f"stopped-{rank}"]):
            return f"{name} was stopped."
        if self._store.check([f"done-{rank}"]):
            return ""
        if not self._lives.check([f"process-{rank}"]):
            late = time.monotonic() - self._begun > _PATIENCE_SECONDS
            return f"{name} did not appear within {_PATIENCE_SECONDS:.0f} s." if late else ""
        host, _, number = self._lives.get(f"process-{rank}").decode().rpartition(" ")
        if host == platform.node() and not _is_running(int(number)):
            return f"{name} has died: it was killed, or its memory ran out."
        return self._why_silent(rank, f"{name} on {host}")

    def _why_silent(self, rank: int, name: str) -> str:
        key = f"beat-{rank}"
        beat = self._lives.get(key) if self._lives.check([key]) else b""
        if self._beats.get(rank, (None, 0.0))[0] != beat:
            self._beats[rank] = (beat, time.monotonic())
        silence = time.monotonic() - self._beats[rank][1]
        return f"{name} has given no sign of life for {silence:.0f} s." if silence > _SILENCE_SECONDS else ""


@contextmanager
def _store_said() -> Iterator[None]:
    """Turns the loss of the store, which lives where the first process does, into a sentence."""
    try:
        yield
    except distributed.DistError:
        raise InvalidRequest("The first process cannot be reached any more; its own message says why.") from None


def _is_running(pid: int) -> bool:
    """Whether a process of this machine computes: one that died and is still to be buried does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (OSError, IndexError):
        return not os.path.isdir("/proc/self")
