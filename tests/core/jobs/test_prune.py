"""Old jobs are removed when a person says so: never one that runs, and none that something still needs unless told."""

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ebert_core.cli.program import main
from ebert_core.jobs.lines import LineWriter
from ebert_core.jobs.records import Event
from ebert_core.jobs.reporter import JobReporter, open_job
from ebert_core.jobs.summary import list_jobs
from ebert_core.protocol.specs import Evaluate, Pretrain
from ebert_core.training.report import Stopped

LONG_AGO = time.time() - 100 * 86_400


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("EBERT_JOBS")
    (tmp_path / "DATASET.toml").write_text("")
    return tmp_path / "DATASET.toml"


def ended(dataset: Path, name: str, state: str, when: float = LONG_AGO) -> Path:
    spec = Pretrain(str(dataset), str(dataset.parent / name), ("chr1",), ("chr2",))
    with suppress(Stopped), open_job(spec) as job:
        (job.directory / "weights").write_bytes(os.urandom(200_000))
        if state == "stopped":
            (job.checkpoints / "resume.safetensors").write_bytes(b"state")
            raise Stopped("Stopped.")
    (job.directory / "events.jsonl").unlink()
    writer = LineWriter(job.directory / "events.jsonl")
    for event in (Event(when, "started"), Event(when, state)):
        writer.append(event)
    writer.close()
    return job.directory


def prune(dataset: Path, *words: str) -> int:
    return main(["jobs", "prune", "--dataset", str(dataset), *words])


def names(dataset: Path) -> set[str]:
    return {job.name for job in list_jobs(dataset.parent / "jobs")}


def test_nothing_is_removed_before_a_person_says_so(dataset, capsys):
    for name, state in (("done", "done"), ("failed", "failed"), ("stopped", "stopped")):
        ended(dataset, name, state)
    ended(dataset, "young", "done", time.time())
    assert prune(dataset) == 0
    said = capsys.readouterr().out
    assert names(dataset) == {"done", "failed", "stopped", "young"}
    assert "kept: it can be resumed (--with-states removes it, too)" in said
    assert said.endswith("Would remove 2 jobs, 0.4 MB. Nothing was removed; --yes does it.\n")
    assert "young" not in said
    assert prune(dataset, "--yes") == 0
    assert names(dataset) == {"stopped", "young"}
    assert capsys.readouterr().out.endswith("Removed 2 jobs, 0.4 MB.\n")
    assert prune(dataset, "--yes", "--with-states", "--older-than", "0") == 0
    assert names(dataset) == set()
    assert prune(dataset) == 0
    assert "Nothing to remove in" in capsys.readouterr().out


def test_only_failed_ones_when_asked(dataset):
    for name, state in (("done", "done"), ("failed", "failed")):
        ended(dataset, name, state)
    prune(dataset, "--yes", "--failed")
    assert names(dataset) == {"done"}


def test_a_running_job_is_never_removed(dataset):
    directory = ended(dataset, "runs", "stopped")
    with suppress(Stopped), JobReporter(directory):
        assert prune(dataset, "--yes", "--with-states", "--older-than", "0") == 0
        assert names(dataset) == {"runs"}
        raise Stopped("Stopped.")


def test_what_another_job_names_stays_until_told(dataset, capsys):
    source = ended(dataset, "source", "done")
    evaluation = Evaluate(
        dataset=str(dataset), checkpoint=f"{source}/weights", output=str(dataset.parent / "s.json"), regions=("chr2",)
    )
    with open_job(evaluation):
        pass
    prune(dataset, "--yes")
    assert "names a file in it" in capsys.readouterr().out
    assert "source" in names(dataset)
    prune(dataset, "--yes", "--with-states")
    assert "source" not in names(dataset)


def test_damaged_jobs_can_be_pruned_and_odd_numbers_are_refused(dataset, capsys):
    damaged = ended(dataset, "damaged", "failed")
    (damaged / "pid").write_bytes(b"")
    (damaged / "spec.toml").write_bytes(b"\0")
    prune(dataset, "--yes")
    assert names(dataset) == set()
    for days in ("nan", "inf", "-1"):
        assert prune(dataset, f"--older-than={days}") == 2
    assert "--older-than is -1.0; give a number of days, such as 30." in capsys.readouterr().err
