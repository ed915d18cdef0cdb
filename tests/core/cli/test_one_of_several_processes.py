"""What each process of a training under `torchrun` does: the first is the job, the others obey it and write nothing."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from ebert_core.cli import train
from ebert_core.cli.outcomes import Ending
from ebert_core.cli.program import main
from ebert_core.jobs.summary import list_jobs
from ebert_core.material import distributed
from ebert_core.material.distributed import LostProcess, SharedReport
from ebert_core.protocol.specs.jobs import Pretrain
from ebert_core.protocol.specs.on_disk import write_spec
from ebert_core.protocol.terms.report import Report
from tests.core.toy_binding import pretrain_spec

Training = Callable[[Pretrain, Report, Path], Path]


@pytest.fixture
def run(
    toy_binding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[bool, Training], int]]:
    """Runs one of two processes with something that trains; the other one is not there, so nothing is agreed upon."""
    usual = {wish: signal.getsignal(wish) for wish in (signal.SIGTERM, signal.SIGINT)}
    write_spec(tmp_path / "s.toml", pretrain_spec(toy_binding, tmp_path / "out", device="cpu"))
    joined: list[str] = []

    def join(device: str) -> nullcontext[None]:
        joined.append(device)
        return nullcontext()

    def run_one(is_first: bool, training: Training) -> int:
        monkeypatch.setenv("WORLD_SIZE", "2")
        monkeypatch.setenv("RANK", "0" if is_first else "1")
        monkeypatch.setattr(distributed, "joined", join)
        monkeypatch.setattr(distributed, "is_first", lambda: is_first)
        monkeypatch.setattr(distributed, "agreed_text", lambda text: f"{text}/agreed")
        monkeypatch.setattr(train, "_runner", lambda name: {"pretrain": training}[name])
        ended = main(["pretrain", str(tmp_path / "s.toml")])
        assert joined == ["cpu"]
        return ended

    yield run_one
    SharedReport.current = None
    for wish, handler in usual.items():
        signal.signal(wish, handler)


def test_the_first_reports_for_all_and_keeps_the_job(
    run: Callable[[bool, Training], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def training(spec: Pretrain, report: Report, work: Path) -> Path:
        assert isinstance(report, SharedReport)
        [job] = list_jobs(Path(os.environ["EBERT_JOBS"]))
        assert (job.state, work) == ("running", Path(job.directory) / "checkpoints" / "agreed")
        report.event("Trained.")
        return Path(spec.output)

    assert run(True, training) == 0
    assert capsys.readouterr() == (f"{tmp_path / 'out'}\n", "Trained.\n")
    [job] = list_jobs(Path(os.environ["EBERT_JOBS"]))
    assert (job.state, job.result) == ("done", str(tmp_path / "out"))


def test_the_others_compute_and_neither_speak_nor_keep_a_job(
    run: Callable[[bool, Training], int], capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[Path] = []

    def training(spec: Pretrain, report: Report, work: Path) -> Path:
        assert isinstance(report, SharedReport)
        report.event("Trained.")
        assert not report.stop_requested()
        begun.append(work)
        return Path(spec.output)

    assert run(False, training) == 0
    assert begun == [Path("/agreed")]
    assert capsys.readouterr() == ("", "")
    assert list_jobs(Path(os.environ["EBERT_JOBS"])) == []


def test_the_others_go_on_when_all_are_asked_to_end_until_the_first_has_saved_the_state(
    run: Callable[[bool, Training], int],
) -> None:
    went_on: list[signal.Signals] = []

    def training(spec: Pretrain, _report: Report, _work: Path) -> Path:
        for wish in (signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), wish)
            went_on.append(wish)
        return Path(spec.output)

    assert run(False, training) == 0
    assert went_on == [signal.SIGTERM, signal.SIGINT]


def test_another_that_loses_a_process_ends_without_a_word_since_the_first_says_it(
    run: Callable[[bool, Training], int], capsys: pytest.CaptureFixture[str]
) -> None:
    def training(_spec: Pretrain, _report: Report, _work: Path) -> Path:
        raise LostProcess("Another process of this run ended.")

    with pytest.raises(SystemExit) as ended:
        run(False, training)
    assert ended.value.code == Ending.REFUSED
    assert capsys.readouterr() == ("", "")
