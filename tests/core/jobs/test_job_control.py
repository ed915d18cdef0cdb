"""Jobs with real, detached processes: they start, end in every way, stop, resume, and outlive who started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ebert_core.jobs import control
from ebert_core.jobs.directory import jobs_folder, new_job, read_process
from ebert_core.jobs.lines import read_lines
from ebert_core.jobs.records import Event, Result
from ebert_core.jobs.summary import jobs_writing_to, list_jobs, summarise
from ebert_core.protocol.specs.jobs import Predict, Pretrain
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.work import JobSummary
from tests.certain import present

TOY = (sys.executable, str(Path(__file__).with_name("toy_job.py")))
ENDED = ("done", "failed", "stopped", "lost")


@pytest.fixture
def start(tmp_path: Path) -> Callable[[str], JobSummary]:
    def start(name: str) -> JobSummary:
        dataset = str(tmp_path / "DATASET.toml")
        spec = Pretrain(dataset=dataset, output=str(tmp_path / name), training=("chr1",), validation=("chr2",))
        return control.start_job(spec, dataset, TOY)

    return start


def wait_until(directory: str, *states: str) -> JobSummary:
    end = time.monotonic() + 15
    while (summary := summarise(Path(directory))).state not in states:
        assert time.monotonic() < end, summary
        time.sleep(0.02)
    return summary


def test_no_two_jobs_write_to_one_place(start: Callable[[str], JobSummary]) -> None:
    first = start("long")
    with pytest.raises(InvalidRequest, match=r"runs already and writes to .*long\. Wait for it, stop it"):
        start("long")
    other = start("works")
    control.stop_job(first.directory)
    wait_until(first.directory, "stopped")
    wait_until(other.directory, "done")
    assert wait_until(start("works").directory, "done").state == "done"


def test_predictions_in_two_cell_types_are_of_two_places_where_the_output_names_them(tmp_path: Path) -> None:
    def predict(output: str, cell_type: str) -> Predict:
        return Predict("checkpoint", str(tmp_path / "DATASET.toml"), cell_type, (), str(tmp_path / output))

    new_job(predict("F.{factor}.{cell_type}.bw", "alpha"), str(tmp_path / "DATASET.toml"))
    new_job(predict("x.bw", "alpha"), str(tmp_path / "DATASET.toml"))
    same = [predict("F.{factor}.{cell_type}.bw", "alpha"), predict("x.bw", "beta")]
    assert [len(list(jobs_writing_to(spec))) for spec in same] == [1, 1]
    assert not list(jobs_writing_to(predict("F.{factor}.{cell_type}.bw", "beta")))


@pytest.mark.parametrize(
    ("output", "name"),
    [
        ("predicted/{factor}.bw", "predicted"),
        ("predicted/{factor}.K562.bw", "predicted-k562"),
        ("F.{factor}.{cell_type}.tab.gz", "here-f-tab"),
        ("CTCF.K562.bw", "ctcf-k562"),
    ],
)
def test_a_job_is_named_after_its_file_and_never_after_a_placeholder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, name: str
) -> None:
    monkeypatch.setenv("EBERT_JOBS", str(tmp_path / "jobs"))
    spec = Predict("checkpoint", str(tmp_path / "DATASET.toml"), "K562", (), str(tmp_path / "here" / output))
    assert new_job(spec, spec.dataset).name.split("-", 2)[2] == name


@pytest.mark.parametrize(
    ("name", "state", "message"),
    [
        ("works", "done", ""),
        ("invalid", "failed", "There is no chromosome chr99."),
        ("bug", "failed", "RuntimeError: a mistake of ours"),
        ("vanish", "failed", "The job ended before it could say why; its last lines may tell."),
    ],
)
def test_a_job_ends_as_its_command_did(start: Callable[[str], JobSummary], name: str, state: str, message: str) -> None:
    started = start(name)
    assert started.state in ("starting", "running", *ENDED)
    assert started.verb == "pretrain"
    assert started.name == name
    summary = wait_until(started.directory, *ENDED)
    assert (summary.state, summary.message) == (state, message)


def test_a_failed_job_shows_the_traceback_or_its_last_lines(start: Callable[[str], JobSummary]) -> None:
    assert "Traceback" in wait_until(start("bug").directory, *ENDED).details
    assert "no such library" in wait_until(start("vanish").directory, *ENDED).details


def test_a_done_job_names_what_it_made(start: Callable[[str], JobSummary], tmp_path: Path) -> None:
    summary = wait_until(start("works").directory, *ENDED)
    assert summary.result == str(tmp_path / "works")
    assert summary.fraction == 1.0
    text = (Path(summary.directory) / "result.json").read_bytes()
    assert msgspec.json.decode(text, type=Result) == Result(str(tmp_path / "works"), {"auprc": 0.5})


def test_a_job_runs_in_a_session_of_its_own_behind_the_window(start: Callable[[str], JobSummary]) -> None:
    directory = wait_until(start("works").directory, *ENDED).directory
    niceness = min(19, os.nice(0) + 5)
    assert f"niceness {niceness}, session True, arguments []" in (Path(directory) / "events.jsonl").read_text()


def test_a_running_job_stops_when_asked_and_can_be_resumed(start: Callable[[str], JobSummary]) -> None:
    directory = start("long").directory
    running = wait_until(directory, "running")
    wait_for_progress(directory)
    assert summarise(Path(directory)).note == "epoch 1 of 4"
    assert running.host == os.uname().nodename
    assert control.stop_job(directory).state in ("running", "stopped")
    assert wait_until(directory, *ENDED).state == "stopped"
    resumed = control.resume_job(directory, TOY)
    assert (resumed.directory, resumed.state in ("starting", "running", "stopped")) == (directory, True)
    wait_until(directory, "running")
    control.stop_job(directory)
    assert wait_until(directory, *ENDED).state == "stopped"
    assert "'--resume'" in (Path(directory) / "events.jsonl").read_text()


def test_a_job_goes_on_by_as_many_threads_as_it_had_since_other_numbers_change_the_last_bits(
    start: Callable[[str], JobSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EBERT_THREADS", "3")
    directory = start("invalid").directory
    assert wait_until(directory, *ENDED).state == "failed"
    monkeypatch.delenv("EBERT_THREADS")
    control.resume_job(directory, TOY)
    assert wait_until(directory, *ENDED).state == "failed"
    notes = [each.note for each in read_lines(Path(directory) / "events.jsonl", Event) if "arguments" in each.note]
    assert [note.partition("arguments ")[2] for note in notes] == ["[]", "['--resume', '--threads', '3']"]


def wait_for_progress(directory: str) -> None:
    end = time.monotonic() + 10
    while summarise(Path(directory)).fraction != 0.25:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_job_that_does_not_listen_is_terminated_by_a_later_stop(start: Callable[[str], JobSummary]) -> None:
    directory = start("deaf").directory
    wait_until(directory, "running")
    wait_for_progress(directory)
    assert control.stop_job(directory).note == "stopping"
    stop = Path(directory) / "stop"
    os.utime(stop, (time.time() - 60, time.time() - 60))
    control.stop_job(directory)
    assert wait_until(directory, *ENDED).state == "stopped"


def test_a_job_that_was_killed_is_lost_and_can_be_resumed(start: Callable[[str], JobSummary]) -> None:
    directory = start("long").directory
    wait_until(directory, "running")
    wait_for_progress(directory)
    os.kill(present(read_process(Path(directory))).pid, signal.SIGKILL)
    lost = wait_until(directory, *ENDED)
    assert lost.state == "lost"
    assert lost.message.endswith("It can be resumed.")
    control.resume_job(directory, TOY)
    wait_until(directory, "running")
    control.stop_job(directory)
    assert wait_until(directory, *ENDED).state == "stopped"


def test_a_job_outlives_who_started_it(tmp_path: Path) -> None:
    script = tmp_path / "starter.py"
    script.write_text(
        f"""
import time
from ebert_core.jobs.control import start_job
from ebert_core.protocol.specs.jobs import Predict, Pretrain
spec = Pretrain({str(tmp_path / "D.toml")!r}, {str(tmp_path / "long")!r}, ("chr1",), ("chr2",))
print(start_job(spec, spec.dataset, {TOY!r}).directory, flush=True)
time.sleep(60)
"""
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as starter:
        directory = present(starter.stdout).readline().strip()
        wait_until(directory, "running")
        starter.kill()
    assert summarise(Path(directory)).state == "running"
    control.stop_job(directory)
    assert wait_until(directory, *ENDED).state == "stopped"


def test_a_done_or_running_job_is_not_resumed_and_a_done_one_not_stopped(start: Callable[[str], JobSummary]) -> None:
    done = wait_until(start("works").directory, *ENDED).directory
    with pytest.raises(InvalidRequest, match="is done; start a new one"):
        control.resume_job(done, TOY)
    with pytest.raises(InvalidRequest, match="is not running: it is done"):
        control.stop_job(done)
    running = start("long").directory
    with pytest.raises(InvalidRequest, match="already running"):
        control.resume_job(running, TOY)
    wait_until(running, "running")
    control.stop_job(running)
    wait_until(running, *ENDED)


def test_jobs_are_listed_newest_first_and_by_dataset(start: Callable[[str], JobSummary], tmp_path: Path) -> None:
    first = start("works")
    wait_until(first.directory, *ENDED)
    second = start("works")
    wait_until(second.directory, *ENDED)
    assert first.id != second.id
    dataset = str(tmp_path / "DATASET.toml")
    listed = list_jobs(jobs_folder(dataset), dataset)
    assert [job.id for job in listed] == sorted([first.id, second.id], reverse=True)
    assert list_jobs(jobs_folder(dataset), str(tmp_path / "other.toml")) == []


def test_a_folder_that_is_no_job_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"is no job directory: it has no spec\.toml"):
        control.stop_job(str(tmp_path))
