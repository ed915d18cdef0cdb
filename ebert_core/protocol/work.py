"""What the window asks the data role about jobs, and the replies.

A job is a detached `ebert` command with a directory.
"""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.arrays import check_same_length
from ebert_core.protocol.specs.jobs import JobSpec
from ebert_core.protocol.terms.verdict import Verdict

JobState = Literal["starting", "running", "suspended", "silent", "done", "failed", "stopped", "lost"]

# A job that may still write: `suspended` goes on when its process is continued, `silent` was not heard from for long,
# on a machine that cannot be asked from here.
LIVE: frozenset[JobState] = frozenset(["starting", "running", "suspended", "silent"])


class StartJob(msgspec.Struct, frozen=True, tag="start-job"):
    """Start a job. Reply: JobSummary."""

    spec: JobSpec
    dataset: str


class CheckJob(msgspec.Struct, frozen=True, tag="check-job"):
    """Judge a job as its start would, and start nothing. Reply: JobCheck."""

    spec: JobSpec
    dataset: str


class JobCheck(msgspec.Struct, frozen=True):
    """Why a job would be refused, empty where it would start; and what to know before it does.

    `seconds` is about how long it takes on two processor cores, 0 where nobody knows. `usable` are the chromosomes on
    which a fine-tuning has a sequence and peaks of what it learns; empty where that was not looked at.
    """

    problem: str
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    usable: tuple[str, ...] = ()


class ReadSpec(msgspec.Struct, frozen=True, tag="read-spec"):
    """What a job was asked. Reply: JobRequest."""

    directory: str


class ReadSpecFile(msgspec.Struct, frozen=True, tag="read-spec-file"):
    """What a file asks of a job, as `ebert` itself would read it. Reply: JobRequest.

    A file that holds no spec, or one of another job than `verb`, is refused in a sentence.
    """

    path: str
    verb: Literal["pretrain", "finetune", "evaluate", "predict"]


class JobRequest(msgspec.Struct, frozen=True):
    """What a job was asked, or is to be asked."""

    spec: JobSpec


class RemoveJob(msgspec.Struct, frozen=True, tag="remove-job"):
    """Remove the directory of a job that does not run; what it made elsewhere stays. Reply: Removed."""

    directory: str


class Removed(msgspec.Struct, frozen=True):
    """A job's directory is gone."""

    directory: str


class ListJobs(msgspec.Struct, frozen=True, tag="list-jobs"):
    """Jobs of a dataset, newest first. Reply: Jobs."""

    dataset: str


class StopJob(msgspec.Struct, frozen=True, tag="stop-job"):
    """Ask a job to stop; what it had finished stays. Reply: JobSummary."""

    directory: str


class ResumeJob(msgspec.Struct, frozen=True, tag="resume-job"):
    """Go on with a job that stopped, failed or was lost. Reply: JobSummary."""

    directory: str


class ReadMetrics(msgspec.Struct, frozen=True, tag="read-metrics"):
    """The curves of a job. Reply: Metrics."""

    directory: str


class ReadVerdict(msgspec.Struct, frozen=True, tag="read-verdict"):
    """What a fine-tuning's end said about its model. Reply: JobVerdict."""

    directory: str


class JobVerdict(msgspec.Struct, frozen=True):
    """The verdict of a job; None before its end, and for jobs that judge nothing."""

    verdict: Verdict | None


class JobSummary(msgspec.Struct, frozen=True):
    """A job as its directory tells it.

    `message` is the sentence of an error, `result` the path of what it made, `ended` when it ended in seconds since
    1970, None while it runs. `problem` says which of its files are damaged; `is_resumable` whether it can go on, which
    a job cannot that was refused before it began.
    """

    directory: str
    id: str
    verb: str
    name: str
    state: JobState
    host: str
    started: float
    fraction: float = 0.0
    note: str = ""
    remaining_seconds: float | None = None
    message: str = ""
    details: str = ""
    result: str = ""
    ended: float | None = None
    problem: str = ""
    is_resumable: bool = False


class Jobs(msgspec.Struct, frozen=True):
    """Jobs, newest first."""

    jobs: tuple[JobSummary, ...]


class Curve(msgspec.Struct, frozen=True):
    """One metric over training steps."""

    split: str
    name: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]

    def __post_init__(self) -> None:
        check_same_length(steps=self.steps, values=self.values)


class Metrics(msgspec.Struct, frozen=True):
    """All curves of a job, in order of appearance."""

    curves: tuple[Curve, ...]
