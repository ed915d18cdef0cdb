"""A job's directory: where it lies, what it is called, and what lies in it."""

import os
import re
import time
from pathlib import Path

import msgspec
import numpy as np

from ebert_core.jobs.lines import read_records
from ebert_core.jobs.reading import Damaged, content_of, ends_of
from ebert_core.jobs.records import Metric, Process, Result
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.own_folders import data_home, may_write, name_for
from ebert_core.protocol.specs.jobs import JobSpec
from ebert_core.protocol.specs.on_disk import LARGEST_SPEC, spec_of, verb, write_spec
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.verdict import Verdict
from ebert_core.protocol.work import Curve, Metrics

SPEC, EVENTS, METRICS, PID, STOP, RESULT, LOG = (
    "spec.toml",
    "events.jsonl",
    "metrics.jsonl",
    "pid",
    "stop",
    "result.json",
    "log.txt",
)
_OWN = frozenset([SPEC, EVENTS, METRICS, PID, STOP, RESULT, LOG, "lock", "lock.held", "reserve", "checkpoints"])
_LONGEST_NAME = 40
_LOG_TAIL_BYTES = 4_000
_LARGEST_PID_FILE = 65_536
_LARGEST_RESULT = 16_000_000
# More curves than any job of ours has.
_MOST_CURVES = 500
# What is left of a file of ours that was being written, and what NFS keeps of one that was open.
_HIDDEN = re.compile(r"\.(.+\.part|nfs[0-9a-f]+)$")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_NAME = re.compile(r"\d{8}T\d{6}Z-[a-z]+-", re.ASCII)


def jobs_folder(dataset: str) -> Path:
    """The folder of a dataset's jobs: `$EBERT_JOBS`, else `jobs/` beside the dataset where that can be written.

    Beside a dataset that others keep nothing can be; its jobs lie in the person's own folder,
    `$XDG_DATA_HOME/ebert-browser/jobs`.

    Raises:
        InvalidRequest: there is no dataset beside which they could lie.
    """
    chosen = os.environ.get("EBERT_JOBS")
    if chosen:
        return Path(chosen).absolute()
    if not dataset:
        raise InvalidRequest("Jobs lie beside a dataset; save these files as a dataset first, or set EBERT_JOBS.")
    beside = Path(dataset).absolute().parent / "jobs"
    return beside if may_write(beside) else data_home() / "jobs" / name_for(Path(dataset))


def new_job(spec: JobSpec, dataset: str) -> Path:
    """A new job directory that holds the spec.

    Raises:
        InvalidRequest: the folder of jobs cannot be written.
    """
    folder = jobs_folder(dataset)
    stem = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{verb(spec)}-{_name_after(spec.output)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        directory = _make_first_free(folder, stem)
        try:
            write_spec(directory / SPEC, spec)
        except OSError:
            directory.rmdir()
            raise
    except OSError as error:
        raise InvalidRequest(
            f"No job can be started in {folder}: {error.strerror}. Set EBERT_JOBS to a folder that can be written."
        ) from error
    return directory


def _name_after(output: str) -> str:
    """After the file; of one that is named by placeholders such as `{factor}`, after the folder and what is left."""
    path = Path(output)
    said = _PLACEHOLDER.sub(" ", path.stem)
    words = path.stem if said == path.stem else f"{path.parent.name} {said}"
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:_LONGEST_NAME].strip("-") or "job"


def _make_first_free(folder: Path, stem: str) -> Path:
    number = 1
    while True:
        directory = folder / (stem if number == 1 else f"{stem}-{number}")
        try:
            directory.mkdir()
        except FileExistsError:
            number += 1
        else:
            return directory


def is_named_like_a_job(directory: Path) -> bool:
    """Whether the name is one that `new_job` gives."""
    return bool(_NAME.match(directory.name))


def is_job(directory: Path) -> bool:
    """Whether this is the directory of a job, be it damaged: it has a job's name, or a spec."""
    return is_named_like_a_job(directory) or os.path.lexists(directory / SPEC)


def foreign_files(directory: Path) -> list[str]:
    """Names in a job's directory of what no job writes there, in alphabetical order; none where it cannot be listed."""
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    return sorted(name for name in names if name not in _OWN and not _HIDDEN.match(name))


def job_directory(text: str) -> Path:
    """The directory of a job, checked.

    Raises:
        InvalidRequest: it is none.
    """
    directory = Path(text)
    if not is_job(directory.absolute()):
        raise InvalidRequest(f"{text} is no job directory: it has no {SPEC}.")
    return directory


def read_job_spec(directory: Path) -> JobSpec:
    """What a job was asked.

    Raises:
        InvalidRequest: its spec is absent, damaged, or none.
    """
    path = directory / SPEC
    try:
        return spec_of(path, content_of(path, LARGEST_SPEC))
    except FileNotFoundError:
        raise Damaged(f"it has no {SPEC}") from None


def read_metrics(directory: Path) -> Metrics:
    """All curves of a job; of a step that was run twice, the later value.

    Raises:
        Damaged: they cannot be read.
    """
    curves: dict[tuple[str, str], dict[int, float]] = {}
    for record in read_records(directory / METRICS, Metric).records:
        key = (record.split, record.name)
        if key in curves or len(curves) < _MOST_CURVES:
            curves.setdefault(key, {})[record.step] = np.nan if record.value is None else record.value
    return Metrics(
        tuple(
            Curve(split, name, np.array(sorted(curve), np.int64), np.array([curve[step] for step in sorted(curve)]))
            for (split, name), curve in curves.items()
        )
    )


def read_verdict(directory: Path) -> Verdict | None:
    """The verdict that a fine-tuning ended with; None before its end, for other jobs, and where it cannot be read."""
    try:
        return parse_json(content_of(directory / RESULT, _LARGEST_RESULT), Result).verdict
    except (FileNotFoundError, Damaged, msgspec.DecodeError):
        return None


def read_process(directory: Path) -> Process | None:
    """Which process runs or ran the job, or None before the first did.

    Raises:
        Damaged: the file does not say so.
    """
    try:
        return parse_json(content_of(directory / PID, _LARGEST_PID_FILE), Process)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        raise Damaged(f"{PID} does not say which process runs the job") from None


def log_tail(directory: Path) -> str:
    """The last lines that the job's command printed; empty where they cannot be read."""
    try:
        return ends_of(directory / LOG, 0, _LOG_TAIL_BYTES)[1].decode("utf-8", "replace")
    except (FileNotFoundError, Damaged):
        return ""
