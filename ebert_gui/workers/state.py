"""What a worker is doing, in words that a window can show."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ebert_core.protocol.messages import Hello


class Condition(StrEnum):
    """Where a worker is in its life."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    RESTARTING = "restarting"
    FAILED = "failed"

    @property
    def is_alive(self) -> bool:
        """Whether it answers."""
        return self in (Condition.READY, Condition.BUSY)


@dataclass(frozen=True)
class WorkerState:
    """Where a worker is; `sentence` says why when that is no good news, `details` holds its last lines on stderr.

    `lacks_torch` where it cannot start because PyTorch is not installed.
    """

    condition: Condition
    sentence: str = ""
    details: str = ""
    hello: Hello | None = None
    lacks_torch: bool = False


@dataclass(frozen=True)
class Failure:
    """Why a request got no reply.

    `invalid` has a sentence for the person, `bug` a traceback in `details`, `cancelled` and `replaced` say themselves;
    `lost` means that the worker ended before it could answer: ask again once it is ready. `avoided` means that the
    worker ended on this very request, or would: it is not asked again until the `file` changes or a person wants it.
    `file` of an `invalid` request is what it is about, if anything.
    """

    kind: Literal["invalid", "bug", "cancelled", "replaced", "lost", "avoided"]
    message: str = ""
    details: str = ""
    file: str = ""

    @property
    def is_final(self) -> bool:
        """Whether asking again would bring the same, until something changes."""
        return self.kind in ("invalid", "bug", "avoided")

    @property
    def is_told(self) -> bool:
        """Whether a person is to hear of it: all but what was taken back or replaced."""
        return self.is_final or self.kind == "lost"


@dataclass(frozen=True)
class Patience:
    """How long a client waits for its worker before it acts, in milliseconds.

    `start` is the deadline of a first start; later ones follow what starts have taken. A worker is given up when
    nothing came from it during `silent_beats` beats: a library may hold the interpreter for many seconds without harm.
    A data worker that says nothing of the file that it reads for `stuck_beats` waits for a disk that does not answer.
    """

    start: int = 180_000
    beat: int = 2_000
    silent_beats: int = 15
    stuck_beats: int = 60
    cancel: int = 10_000
    end: int = 1_500
    first_pause: int = 250
    restarts: int = 4
    stable: int = 60_000
