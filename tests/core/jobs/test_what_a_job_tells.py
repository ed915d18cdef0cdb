"""What a job tells of itself while it runs, and what of its files makes no sense."""

import os
import re
import signal
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from ebert_core.jobs import reporter
from ebert_core.jobs.directory import jobs_folder, log_tail, new_job
from ebert_core.jobs.lines import LineWriter, read_lines, read_records
from ebert_core.jobs.records import Event, Metric
from ebert_core.jobs.reporter import open_job
from ebert_core.jobs.summary import list_jobs, summarise
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.core.full_disk import files_of_at_most

ONE, TWO, THREE = (Event(float(number), "note", note=str(number)) for number in (1, 2, 3))


@pytest.fixture
def spec(tmp_path: Path) -> Predict:
    return Predict(str(tmp_path / "c"), str(tmp_path / "D.toml"), "K562", "CTCF", str(tmp_path / "x.bw"))


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    time = monotonic


def test_progress_is_written_every_second_at_first_and_ever_more_seldom(
    spec: Predict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter, "time", clock := Clock())
    monkeypatch.setattr(reporter, "_PROGRESS_LINES", 20)
    with open_job(spec) as job:
        begun = clock.now
        while clock.now < begun + 1_000:
            job.progress((clock.now - begun) / 1_000, "step")
            clock.now += 0.25
        told = [event.time - begun for event in read_lines(job.directory / "events.jsonl", Event) if event.note]
    assert told[:20] == list(range(20))
    pauses = [after - before for before, after in pairwise(told)]
    # Each pause is a twentieth of what has passed, to the next quarter of a second.
    assert all(max(1, at / 20) <= pause < max(1, at / 20) + 0.25 for at, pause in zip(told, pauses, strict=False))
    assert pauses[-1] > 40


def test_a_job_that_has_ended_leaves_no_file_open(spec: Predict) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with open_job(spec) as job:
            job.metric(1, 0, "training", "loss", 0.5)
            summarise(job.directory)
    assert len(os.listdir("/proc/self/fd")) == before


def test_whoever_is_refused_a_job_that_runs_keeps_no_file_open(spec: Predict) -> None:
    with open_job(spec) as job:
        before = len(os.listdir("/proc/self/fd"))
        with pytest.raises(InvalidRequest, match="is already running"):
            open_job(spec, job.directory)
        assert len(os.listdir("/proc/self/fd")) == before


def test_other_hosts_hear_that_a_job_lives_as_long_as_it_does(spec: Predict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporter, "HEARTBEAT_SECONDS", 0.01)
    with open_job(spec) as job:
        os.utime(job.directory / "lock", (1, 1))
        end = time.monotonic() + 30
        while (job.directory / "lock").stat().st_mtime == 1:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_ctrl_c_says_that_the_job_ends_and_how_it_ends_at_once(
    spec: Predict, capfd: pytest.CaptureFixture[str]
) -> None:
    with open_job(spec):
        signal.raise_signal(signal.SIGINT)
    assert capfd.readouterr().err == "\nEnding at the next step; Ctrl-C again ends it at once.\n"


def test_what_waits_for_room_is_written_in_its_order_once_there_is_some(tmp_path: Path) -> None:
    writer = LineWriter(tmp_path / "metrics.jsonl")
    with files_of_at_most(0):
        writer.append_when_possible(ONE)
        writer.append_when_possible(TWO)
        assert read_lines(tmp_path / "metrics.jsonl", Event) == []
    writer.append_when_possible(THREE)
    assert read_lines(tmp_path / "metrics.jsonl", Event) == [ONE, TWO, THREE]
    writer.close()


def test_a_file_of_a_job_that_cannot_be_written_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InvalidRequest, match=rf"^{tmp_path}/folder cannot be written: Is a directory\.$"):
        LineWriter(tmp_path / "folder")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    with pytest.raises(InvalidRequest, match=rf"^{tmp_path}/link is a link and is not written through; remove it\.$"):
        LineWriter(tmp_path / "link")
    assert not (tmp_path / "other").exists()


def test_a_file_that_has_a_second_name_elsewhere_is_copied_before_it_is_written(tmp_path: Path) -> None:
    writer = LineWriter(tmp_path / "mine")
    writer.append(ONE)
    writer.close()
    os.link(tmp_path / "mine", tmp_path / "events.jsonl")
    writer = LineWriter(tmp_path / "events.jsonl")
    writer.append(TWO)
    writer.close()
    assert read_lines(tmp_path / "mine", Event) == [ONE]
    assert read_lines(tmp_path / "events.jsonl", Event) == [ONE, TWO]


def test_a_pipe_is_no_file_to_write_lines_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "events.jsonl")
    with pytest.raises(InvalidRequest, match=r"events\.jsonl cannot be written: it is no file of its own\.$"):
        LineWriter(tmp_path / "events.jsonl")


def as_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("name", ["pid", "events.jsonl", "spec.toml", "lock"])
@pytest.mark.parametrize(
    ("spoil", "why"), [(as_link, "is a link"), (as_pipe, "is no file"), (as_folder, "(is no file|cannot be read)")]
)
def test_a_file_of_a_job_that_is_none_is_said_and_nothing_is_read_through_it(
    spec: Predict, name: str, spoil: Callable[[Path], None], why: str
) -> None:
    with open_job(spec, new_job(spec, spec.dataset)) as job:
        job.event("one")
    spoil(job.directory / name)
    problem = summarise(job.directory).problem
    assert re.fullmatch(rf"This job's files are damaged: {name} {why}.*\.", problem), problem


@pytest.mark.parametrize(("count", "lines"), [(1, "a line"), (2, "2 lines"), (1_200, "1,200 lines")])
def test_lines_of_events_that_make_no_sense_are_counted(spec: Predict, count: int, lines: str) -> None:
    with open_job(spec) as job:
        job.event("one")
    with (job.directory / "events.jsonl").open("a") as file:
        file.write("nonsense\n" * count)
    summary = summarise(job.directory)
    assert summary.problem == f"This job's files are damaged: {lines} of events.jsonl cannot be understood."
    assert summary.state == "done"


def test_a_job_whose_directory_is_none_is_a_row_that_says_so(spec: Predict) -> None:
    folder = new_job(spec, spec.dataset).parent
    (folder / "20260101T000000Z-predict-file").write_text("")
    (folder / "20260101T000000Z-predict-link").symlink_to("/nowhere/at/all")
    problems = {job.name: job.problem for job in list_jobs(jobs_folder(spec.dataset), spec.dataset)}
    assert "it is no directory" in problems["file"]
    assert "it is a link to nowhere" in problems["link"]
    assert "nowhere" not in problems["file"]
    assert problems["x"] == ""


def test_a_job_that_is_just_being_made_is_no_row_yet(tmp_path: Path) -> None:
    directory = tmp_path / "20260101T000000Z-predict-x"
    directory.mkdir()
    (directory / "lock").touch()
    assert list_jobs(tmp_path) == []
    os.utime(directory, (1, 1))
    [job] = list_jobs(tmp_path)
    assert (job.name, job.state) == ("x", "lost")
    os.utime(directory)
    assert list_jobs(tmp_path) == []
    (directory / "log.txt").touch()
    assert [job.name for job in list_jobs(tmp_path)] == ["x"]


def test_of_a_file_too_large_to_be_read_the_beginning_and_the_end_are_read(tmp_path: Path) -> None:
    writer = LineWriter(tmp_path / "events.jsonl")
    every = [Event(float(number), "note", note=f"step {number}") for number in range(5_000)]
    for event in every:
        writer.append(event)
    writer.close()
    assert read_records(tmp_path / "events.jsonl", Event) == (every, 0)
    found = read_records(tmp_path / "events.jsonl", Event, 10_000)
    gap = next(number for number, event in enumerate(found.records) if event != every[number])
    assert found.records == [*every[:gap], *every[gap - len(found.records) :]]
    assert gap > 1_000
    assert 100 < len(found.records) - gap < 300
    assert found.odd == 0


def test_of_a_long_log_the_last_lines_are_shown(spec: Predict) -> None:
    lines = "".join(f"line {number}\n" for number in range(2_000))
    with open_job(spec) as job:
        (job.directory / "log.txt").write_text(lines)
    assert log_tail(job.directory) == lines[-4_000:]
    (job.directory / "log.txt").unlink()
    assert log_tail(job.directory) == ""


def test_a_job_that_ended_says_when_and_one_that_runs_does_not(spec: Predict) -> None:
    with open_job(spec) as job:
        assert summarise(job.directory).ended is None
        job.progress(0.5, "half")
        running = summarise(job.directory)
    events = read_lines(job.directory / "events.jsonl", Event)
    done = summarise(job.directory)
    assert (running.started, running.ended, running.fraction, running.note) == (events[0].time, None, 0.5, "half")
    assert (done.started, done.ended, done.fraction, done.note) == (events[0].time, events[-1].time, 1.0, "")


def test_of_a_value_that_is_no_number_the_step_is_kept(spec: Predict) -> None:
    with open_job(spec) as job:
        job.metric(7, 2, "training", "loss", float("nan"))
    [metric] = read_lines(job.directory / "metrics.jsonl", Metric)
    assert (metric.step, metric.epoch, metric.split, metric.name, metric.value) == (7, 2, "training", "loss", None)
