"""What the data role answers about jobs: a real job is checked, started, stopped, resumed, read and removed."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ebert_core.jobs import control
from ebert_core.jobs.reporter import open_job
from ebert_core.jobs.summary import summarise
from ebert_core.protocol.specs.jobs import FineTune, Predict, Pretrain
from ebert_core.protocol.specs.on_disk import read_spec, write_spec
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from ebert_core.protocol.work import (
    LIVE,
    CheckJob,
    JobCheck,
    JobRequest,
    JobSummary,
    JobVerdict,
    ListJobs,
    ReadMetrics,
    ReadSpec,
    ReadSpecFile,
    ReadVerdict,
    Removed,
    RemoveJob,
    ResumeJob,
    StartJob,
    StopJob,
)
from ebert_core.roles.work import handlers
from tests.core.toy_binding import finetune_spec

TOY = (sys.executable, str(Path(__file__).parents[1] / "jobs" / "toy_job.py"))
Ask = Callable[[msgspec.Struct], Any]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks one data role, whose jobs run a stand-in for `ebert`."""
    for name in ("start_job", "resume_job"):
        monkeypatch.setattr(control, name, partial(getattr(control, name), program=TOY))
    table = handlers()
    return lambda request: table[type(request)](request, lambda _fraction, _note="": None)


@pytest.fixture
def dataset(toy_binding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the toy dataset, with jobs beside it."""
    monkeypatch.delenv("EBERT_JOBS", raising=False)
    for path in toy_binding.parent.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    return tmp_path / toy_binding.name


@pytest.fixture
def started(ask: Ask, dataset: Path) -> Iterator[tuple[Pretrain, JobSummary]]:
    """A job that goes on until it is asked to stop, and what was asked of it."""
    spec = Pretrain(str(dataset), str(dataset.parent / "long"), training=("chr1",), validation=("chr2",))
    job = ask(StartJob(spec, str(dataset)))
    yield spec, job
    (Path(job.directory) / "stop").touch()
    wait_until(job.directory, "stopped")


def wait_for(has_come: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not has_come():
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_until(directory: str, *states: str) -> JobSummary:
    end = time.monotonic() + 20
    while (summary := summarise(Path(directory))).state not in states:
        assert time.monotonic() < end, summary
        time.sleep(0.02)
    return summary


def test_a_started_job_is_described_listed_and_stopped(
    ask: Ask, dataset: Path, started: tuple[Pretrain, JobSummary]
) -> None:
    spec, job = started
    assert (job.verb, job.name, job.state in LIVE) == ("pretrain", "long", True)
    assert Path(job.directory).parent == dataset.parent / "jobs"
    assert [each.directory for each in ask(ListJobs(str(dataset))).jobs] == [job.directory]
    assert ask(ReadSpec(job.directory)) == JobRequest(spec)
    wait_until(job.directory, "running")
    stopping = ask(StopJob(job.directory))
    assert (stopping.directory, stopping.state in (*LIVE, "stopped")) == (job.directory, True)
    wait_until(job.directory, "stopped")
    [curve] = ask(ReadMetrics(job.directory)).curves
    assert (curve.split, curve.name, curve.values.tolist()) == ("training", "loss", [0.5])
    assert ask(ReadVerdict(job.directory)) == JobVerdict(None)


WHOLE = 'job = "finetune"\ndataset = "D.toml"\noutput = "../out"\ntraining = ["chr1"]\nvalidation = ["chr2"]\n'


def test_a_spec_file_is_read_as_its_job_would_read_it(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(WHOLE)
    found = ask(ReadSpecFile(str(path), "finetune")).spec
    assert found == FineTune(str(tmp_path / "D.toml"), str(tmp_path.parent / "out"), ("chr1",), ("chr2",))
    path.write_text(WHOLE + 'start_from = "~/mine"\nword_length = 6\n')
    found = ask(ReadSpecFile(str(path), "finetune")).spec
    assert found == read_spec(path)
    write_spec(path, found)
    assert ask(ReadSpecFile(str(path), "finetune")).spec == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("job = ", "is no TOML"),
        ('job = "pretrain"', "is a spec for ebert pretrain, not for ebert finetune"),
        ('name = "a dataset"', "lacks the key job"),
        (WHOLE + "epoch = 3", "line 6: there is no key epoch; did you mean epochs?"),
        (WHOLE + 'epochs = "many"', "line 6: epochs: expected a whole number, got a text in quotes."),
    ],
)
def test_what_is_no_fine_tuning_is_refused_in_one_sentence(ask: Ask, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(text)
    with pytest.raises(InvalidRequest, match=r"spec\.toml") as refused:
        ask(ReadSpecFile(str(path), "finetune"))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_spec_file_that_is_not_there_is_named(ask: Ask, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"There is no file .*none\.toml"):
        ask(ReadSpecFile(str(tmp_path / "none.toml"), "finetune"))


def test_a_stopped_job_goes_on_as_itself(ask: Ask, started: tuple[Pretrain, JobSummary]) -> None:
    job = started[1]
    wait_until(job.directory, "running")
    ask(StopJob(job.directory))
    wait_until(job.directory, "stopped")
    resumed = ask(ResumeJob(job.directory))
    assert (resumed.directory, resumed.state in LIVE) == (job.directory, True)
    # The job says that it runs before it says with what it was begun.
    wait_for(lambda: "arguments ['--resume'" in (Path(job.directory) / "events.jsonl").read_text())


def test_nothing_is_started_or_removed_while_a_job_writes_to_the_same_place(
    ask: Ask, dataset: Path, started: tuple[Pretrain, JobSummary]
) -> None:
    spec, job = started
    sentence = "runs already and writes to"
    assert sentence in ask(CheckJob(spec, str(dataset))).problem
    with pytest.raises(InvalidRequest, match=sentence):
        ask(StartJob(spec, str(dataset)))
    with pytest.raises(InvalidRequest, match="stop it before it is removed"):
        ask(RemoveJob(job.directory))
    assert [each.directory for each in ask(ListJobs(str(dataset))).jobs] == [job.directory]


def test_a_removed_job_is_gone(ask: Ask, dataset: Path) -> None:
    with open_job(finetune_spec(dataset, dataset.parent / "out")) as job:
        job.finish("x")
    directory = str(job.directory)
    assert ask(RemoveJob(directory)) == Removed(directory)
    assert not job.directory.exists()
    assert ask(ListJobs(str(dataset))).jobs == ()


def test_the_verdict_of_a_fine_tuning_is_what_it_ended_with(ask: Ask, dataset: Path) -> None:
    verdict = Verdict(Judgement("FOS", ("alpha",), 7, 9, "better", "It is better."), "regression", "chr2")
    with open_job(finetune_spec(dataset, dataset.parent / "out")) as job:
        job.finish("x", {}, verdict)
    assert ask(ReadVerdict(str(job.directory))) == JobVerdict(verdict)


def test_a_fine_tuning_is_judged_as_its_start_would_judge_it(ask: Ask, dataset: Path) -> None:
    from ebert_core.training.checks import check_finetune

    spec = finetune_spec(dataset, dataset.parent / "out")
    checked = check_finetune(spec)
    assert checked.seconds > 0
    assert checked.warnings
    assert ask(CheckJob(spec, str(dataset))) == JobCheck("", checked.warnings, checked.seconds, ("chr1", "chr2"))
    wrong = finetune_spec(dataset, dataset.parent / "out", training=("chr99",))
    problem = ask(CheckJob(wrong, str(dataset))).problem
    assert "chr99" in problem
    with pytest.raises(InvalidRequest) as refused:
        ask(StartJob(wrong, str(dataset)))
    assert str(refused.value) == problem
    assert ask(ListJobs(str(dataset))).jobs == (), "what is refused leaves no job behind"


def test_a_pretraining_has_nothing_to_be_judged_by(ask: Ask, dataset: Path) -> None:
    spec = Pretrain(str(dataset), str(dataset.parent / "out"), training=("chr1",), validation=("chr2",))
    assert ask(CheckJob(spec, str(dataset))) == JobCheck("")


def test_a_dataset_is_opened_once_for_many_checks_and_anew_when_it_or_its_file_changes(
    ask: Ask, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ebert_core.dataset.description import Dataset

    opened: list[Path] = []
    usual = Dataset.open

    def counted(path: Path, **how: Any) -> Dataset:
        opened.append(path)
        return usual(path, **how)

    monkeypatch.setattr(Dataset, "open", staticmethod(counted))
    request = CheckJob(finetune_spec(dataset, dataset.parent / "out"), str(dataset))
    assert ask(request) == ask(request)
    assert opened == [dataset]
    text = dataset.read_text()
    dataset.write_text(text.replace("peaks.FOS", "peaks.MAX").replace('FOS = "motifs.pfm"', 'MAX = "motifs.pfm"'))
    spec = finetune_spec(dataset, dataset.parent / "out", factors=("FOS",))
    assert "FOS" in ask(CheckJob(spec, str(dataset))).problem
    assert opened == [dataset] * 2
    other = dataset.with_name("OTHER.toml")
    other.write_text(text)
    assert ask(CheckJob(finetune_spec(other, dataset.parent / "out"), str(other))).problem == ""
    assert opened == [dataset] * 2 + [other]
    absent = dataset.with_name("ABSENT.toml")
    assert "ABSENT.toml" in ask(CheckJob(finetune_spec(absent, dataset.parent / "out"), str(absent))).problem


def test_a_prediction_that_has_no_inputs_is_refused_before_it_has_a_directory(
    ask: Ask, dataset: Path, toy_checkpoint: Path
) -> None:
    spec = Predict(str(toy_checkpoint), str(dataset), "alpha", ("FOS",), str(dataset.parent / "x.bw"))
    assert ask(CheckJob(spec, str(dataset))) == JobCheck("")
    text = dataset.read_text()
    dataset.write_text(text.replace('states = "alpha.bed"\n', "").replace('signals.DNase = "alpha.bw"\n', ""))
    problem = ask(CheckJob(spec, str(dataset))).problem
    assert "alpha" in problem
    with pytest.raises(InvalidRequest) as refused:
        ask(StartJob(spec, str(dataset)))
    assert str(refused.value) == problem
    assert ask(ListJobs(str(dataset))).jobs == ()


@pytest.fixture
def stopped(ask: Ask, dataset: Path, toy_checkpoint: Path) -> tuple[Pretrain, JobSummary]:
    """A stopped job at whose output another job has finished a checkpoint since."""
    spec = Pretrain(str(dataset), str(dataset.parent / "long"), training=("chr1",), validation=("chr2",))
    job = ask(StartJob(spec, str(dataset)))
    wait_until(job.directory, "running")
    ask(StopJob(job.directory))
    wait_until(job.directory, "stopped")
    shutil.copytree(toy_checkpoint, spec.output)
    return spec, job


def test_a_finished_result_of_another_job_is_neither_resumed_over_nor_started_over(
    ask: Ask, dataset: Path, stopped: tuple[Pretrain, JobSummary]
) -> None:
    spec, job = stopped
    before = {path: path.read_bytes() for path in Path(job.directory).iterdir() if path.is_file()}
    with pytest.raises(InvalidRequest, match=r"/long holds the finished result of another job.*Edit and start again"):
        ask(ResumeJob(job.directory))
    assert {path: path.read_bytes() for path in Path(job.directory).iterdir() if path.is_file()} == before
    left = summarise(Path(job.directory))
    assert (left.state, left.is_resumable) == ("stopped", True)
    said = r"/long holds the finished result of another job.*Choose another name"
    with pytest.raises(InvalidRequest, match=said):
        ask(StartJob(spec, str(dataset)))
    assert [each.directory for each in ask(ListJobs(str(dataset))).jobs] == [job.directory]
    shutil.rmtree(spec.output)
    assert ask(ResumeJob(job.directory)).state in LIVE
    (Path(job.directory) / "stop").touch()
    wait_until(job.directory, "stopped")


def test_a_job_that_is_refused_since_another_writes_there_stays_as_it_was(
    ask: Ask, dataset: Path, stopped: tuple[Pretrain, JobSummary]
) -> None:
    spec, job = stopped
    shutil.rmtree(spec.output)
    other = ask(StartJob(msgspec.structs.replace(spec, seed=7), str(dataset)))
    wait_until(other.directory, "running")
    with pytest.raises(InvalidRequest, match="runs already and writes to"):
        ask(ResumeJob(job.directory))
    left = summarise(Path(job.directory))
    assert (left.state, left.is_resumable) == ("stopped", True)
    ask(StopJob(other.directory))
    wait_until(other.directory, "stopped")


def test_a_job_that_ran_before_stays_resumable_when_its_command_refuses_to_go_on(tmp_path: Path) -> None:
    directory = tmp_path / "20260101T000000Z-pretrain-x"
    directory.mkdir()
    write_spec(directory / "spec.toml", Pretrain(str(tmp_path / "D.toml"), str(tmp_path / "x"), ("chr1",), ("chr2",)))
    with pytest.raises(InvalidRequest), open_job(read_spec(directory / "spec.toml"), directory):
        raise InvalidRequest("There is no chromosome chr1.")
    assert not summarise(directory).is_resumable, "it never began"
    (directory / "events.jsonl").unlink()
    with pytest.raises(Stopped), open_job(read_spec(directory / "spec.toml"), directory):
        raise Stopped("Stopped.")
    with pytest.raises(InvalidRequest), open_job(read_spec(directory / "spec.toml"), directory):
        raise InvalidRequest("Another job writes there.")
    left = summarise(directory)
    assert (left.state, left.is_resumable) == ("failed", True)
