"""What the files of a job directory hold."""

import platform
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from ebert_core.protocol.terms.verdict import Verdict

EventKind = Literal["queued", "started", "progress", "note", "done", "failed", "stopped"]

# What cannot be is refused where it is read, so that no later sum, date or system call meets it.
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
# The largest number that Linux gives a process.
_Pid = Annotated[int, msgspec.Meta(ge=1, le=2**22)]


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of `events.jsonl`: a run begins with `queued` or `started`, ends with `done`, `failed` or `stopped`.

    `is_refused` tells a run that failed because of what it was asked, before it got anywhere.
    """

    time: Seconds
    kind: EventKind
    fraction: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    note: str = ""
    message: str = ""
    details: str = ""
    result: str = ""
    is_refused: bool = False


class Metric(msgspec.Struct, frozen=True):
    """One line of `metrics.jsonl`; a value that is no number is null."""

    time: Seconds
    step: _Count
    epoch: _Count
    split: str
    name: str
    value: float | None


class Process(msgspec.Struct, frozen=True):
    """The file `pid`: which process runs the job; `started_ticks` tells it from a later one with the same number.

    `threads` are those that it computes on, 0 where an older version did not say: with others, last bits differ.
    """

    pid: _Pid
    host: Annotated[str, msgspec.Meta(max_length=255)]
    started: Seconds
    started_ticks: _Count = 0
    threads: _Count = 0


class Result(msgspec.Struct, frozen=True):
    """The file `result.json`: what the job made, its figures, and the verdict on a fine-tuned model."""

    output: str
    figures: dict[str, float | None] = {}
    verdict: Verdict | None = None


def this_host() -> str:
    """The name of this machine."""
    return platform.node()


def started_ticks(pid: int) -> int:
    """When a process was started, in the kernel's ticks; 0 where the system does not tell."""
    fields = _kernel_says(pid)
    return int(fields[19]) if len(fields) > 19 else 0


def is_suspended(process: Process) -> bool:
    """Whether a process of this host is stopped by a signal, and goes on when it is continued."""
    fields = _kernel_says(process.pid)
    return len(fields) > 19 and fields[0] in ("T", "t") and int(fields[19]) == process.started_ticks


def _kernel_says(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` after the name, which may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
