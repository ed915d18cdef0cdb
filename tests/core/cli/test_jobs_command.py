"""`ebert jobs`: the lines in which a person reads what became of a job, and what the same says as JSON."""

import datetime
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ebert_core.cli.jobs import described, line_of
from ebert_core.cli.program import main
from ebert_core.jobs.reporter import open_job
from ebert_core.jobs.summary import summarise
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped
from ebert_core.protocol.work import JobSummary

STARTED = datetime.datetime(2026, 3, 4, 5, 6).timestamp()


def job_of(**changes: Any) -> JobSummary:
    known: dict[str, Any] = {
        "directory": "/jobs/1",
        "id": "1",
        "verb": "predict",
        "name": "x",
        "state": "done",
        "host": "here",
    }
    return JobSummary(**{**known, "started": STARTED, "fraction": 0.5, **changes})


@pytest.fixture
def spec(toy_binding: Path, tmp_path: Path) -> Predict:
    return Predict("/c", str(toy_binding), "alpha", "FOS", str(tmp_path / "x.bw"))


def test_a_job_is_one_line_and_what_is_wrong_with_its_files_a_second() -> None:
    assert line_of(job_of()) == "done       50 %  2026-03-04 05:06  predict  x  /jobs/1"
    assert line_of(job_of(problem="events.jsonl\x07 is damaged.")).splitlines() == [
        "done       50 %  2026-03-04 05:06  predict  x  /jobs/1",
        "  events.jsonl\\x07 is damaged.",
    ]


def test_a_job_is_described_by_all_that_is_known_of_it(spec: Predict) -> None:
    with open_job(spec) as job:
        job.metric(3, 1, "validation", "auPRC", 0.25)
        job.metric(9, 1, "validation", "auPRC", 0.5)
    known = job_of(directory=str(job.directory), note="chr2", message="It failed.", details="Why.", result="/x.bw")
    assert described(known).splitlines() == [
        line_of(known),
        "chr2",
        "It failed.",
        "Why.",
        "/x.bw",
        "  validation auPRC: 0.5000 at step 9",
    ]


def test_figures_that_cannot_be_read_are_said_to_be_so_and_left_out_of_the_json(
    spec: Predict, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_job(spec) as job:
        job.metric(3, 1, "validation", "auPRC", 0.25)
    metrics = job.directory / "metrics.jsonl"
    metrics.unlink()
    os.mkfifo(metrics)
    assert main(["jobs", "show", str(job.directory)]) == 0
    assert "  No figures: " in capsys.readouterr().out.splitlines()[-1]
    assert main(["jobs", "show", str(job.directory), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"] == {}


def test_a_job_that_runs_is_asked_to_stop_and_one_that_has_ended_cannot_be(
    spec: Predict, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_job(spec) as job:
        assert main(["jobs", "stop", str(job.directory)]) == 0
        said = capsys.readouterr().out
        assert said.startswith("Asked to stop: ")
        assert said.endswith(f"x  {job.directory}\n")
        assert job.stop_requested()
        assert main(["jobs", "stop", str(job.directory), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["job"]["directory"] == str(job.directory)
        job.finish(spec.output)
    for action in ("stop", "resume"):
        assert main(["jobs", action, str(job.directory)]) == 2
        assert job.directory.name in capsys.readouterr().err
    assert main(["jobs", "list"]) == 0
    assert capsys.readouterr().out.startswith("done      100 %")


def test_jobs_lie_beside_the_dataset_that_is_named_or_in_the_folder(
    spec: Predict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_job(spec) as job:
        job.finish("x.bw")
    dataset = Path(spec.dataset)
    monkeypatch.chdir(dataset.parent)
    for words in ([], ["--dataset", dataset.name], ["--dataset", str(dataset)]):
        assert main(["jobs", "list", *words]) == 0
        assert str(job.directory) in capsys.readouterr().out
    assert main(["jobs", "list", "--dataset", "absent.toml"]) == 2
    assert "There is no dataset absent.toml." in capsys.readouterr().err
    monkeypatch.delenv("EBERT_JOBS")
    monkeypatch.chdir(tmp_path)
    assert main(["jobs", "list"]) == 0
    assert f"No jobs in {tmp_path / 'jobs'}." in capsys.readouterr().err


def test_what_would_be_removed_is_counted_and_why_nothing_is(spec: Predict, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: str) -> str:
        assert main(["jobs", "prune", *words]) == 0
        return capsys.readouterr().out.splitlines()[-1]

    folder = os.environ["EBERT_JOBS"]
    nothing = f"Nothing to remove: {folder} has no "
    assert said() == f"{nothing}job that ended more than 30 days ago and is not kept. --older-than 0 takes newer ones."
    assert said("--older-than", "0", "--failed") == f"{nothing}failed or lost job that has ended and is not kept."
    with open_job(spec) as job:
        job.finish("x.bw")
    assert said("--older-than", "0").startswith("Would remove a job, 0.0 MB. Nothing was removed; --yes does it.")
    assert job.directory.exists()
    assert said("--older-than", "0", "--yes") == "Removed a job, 0.0 MB."
    assert not job.directory.exists()
    for days in ("-1", "inf", "nan"):
        assert main(["jobs", "prune", "--older-than", days]) == 2
        assert f"--older-than is {float(days)}; give a number of days" in capsys.readouterr().err


def test_a_job_that_fails_keeps_its_sentence_for_whoever_asks(
    spec: Predict, capsys: pytest.CaptureFixture[str]
) -> None:
    with suppress(InvalidRequest), open_job(spec) as job:
        job.progress(0.25, "chr2")
        raise InvalidRequest("The disk is full.")
    assert main(["jobs", "show", str(job.directory)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("failed     25 %")
    assert "The disk is full." in shown


def test_a_job_that_is_waited_for_ends_the_command_with_its_own_exit_code(spec: Predict) -> None:
    with suppress(Stopped), open_job(spec) as job:
        raise Stopped("Stopped after step 7.")
    command = [sys.executable, "-m", "ebert_core", "jobs", "resume", str(job.directory), "--wait"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.endswith("ebert predict: There is no checkpoint at /c.\n")
    assert summarise(job.directory).state == "failed"
