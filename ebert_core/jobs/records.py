"""What the files of a job directory hold."""

import platform
from pathlib import Path
from typing import Literal

import msgspec

from ebert_core.protocol.verdict import Verdict

EventKind = Literal["queued", "started", "progress", "note", "done", "failed", "stopped"]


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of `events.jsonl`: a run begins with `queued` or `started`, ends with `done`, `failed` or `stopped`."""

    time: float
    kind: EventKind
    fraction: float = 0.0
    note: str = ""
    message: str = ""
    details: str = ""
    result: str = ""


class Metric(msgspec.Struct, frozen=True):
    """One line of `metrics.jsonl`; a value that is no number is null."""

    time: float
    step: int
    epoch: int
    split: str
    name: str
    value: float | None


class Process(msgspec.Struct, frozen=True):
    """The file `pid`: which process runs the job; `started_ticks` tells it from a later one with the same number."""

    pid: int
    host: str
    started: float
    started_ticks: int = 0


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
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19])
    except (OSError, IndexError, ValueError):
        return 0
