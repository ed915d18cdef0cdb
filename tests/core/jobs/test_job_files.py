"""The files of a job directory: written line by line, read after crashes, on a full disk, after a resume."""

import errno
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from ebert_core.jobs import directory, reporter
from ebert_core.jobs.control import remove_job
from ebert_core.jobs.directory import foreign_files, jobs_folder, new_job, read_metrics
from ebert_core.jobs.lines import LineWriter, read_lines
from ebert_core.jobs.records import Event
from ebert_core.jobs.reporter import JobReporter, open_job
from ebert_core.jobs.summary import summarise
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped
from tests.core.full_disk import files_of_at_most

ONE, TWO = Event(1.0, "note", note="one"), Event(2.0, "note", note="two")


@pytest.fixture
def spec(tmp_path: Path) -> Predict:
    output = str(tmp_path / "CTCF in K562.bw")
    return Predict(str(tmp_path / "checkpoint"), str(tmp_path / "D.toml"), "K562", "CTCF", output)


def test_an_unterminated_last_line_is_dropped_by_readers_and_removed_by_the_next_writer(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = LineWriter(path)
    writer.append(ONE)
    writer.close()
    with path.open("ab") as file:
        file.write(b'{"time":2.0,"ki')
    assert read_lines(path, Event) == [ONE]
    writer = LineWriter(path)
    writer.append(TWO)
    writer.close()
    assert read_lines(path, Event) == [ONE, TWO]


def test_a_block_of_zeros_left_by_a_power_cut_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\0" * 100 + b"\n")
    writer = LineWriter(path)
    writer.append(ONE)
    writer.close()
    assert read_lines(path, Event) == [ONE]


def test_a_full_disk_is_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = LineWriter(path)
    writer.append(ONE)
    sentence = "is full; what was finished is kept"
    with files_of_at_most(path.stat().st_size + 5), pytest.raises(InvalidRequest, match=sentence):
        writer.append(TWO)
    assert read_lines(path, Event) == [ONE]
    writer.append(TWO)
    writer.close()
    assert read_lines(path, Event) == [ONE, TWO]


def test_a_job_from_the_shell_gets_a_directory_named_after_verb_and_output(spec: Predict) -> None:
    with open_job(spec) as job:
        assert job.directory.parent == jobs_folder(spec.dataset)
        assert job.directory.name[8] == "T"
        assert job.directory.name[15:] == "Z-predict-ctcf-in-k562"
        assert summarise(job.directory).state == "running"
        job.finish(spec.output)
    summary = summarise(job.directory)
    assert (summary.verb, summary.name, summary.state) == ("predict", "ctcf-in-k562", "done")


def test_after_a_resume_the_last_value_of_a_step_counts(spec: Predict) -> None:
    with open_job(spec) as job:
        for step, value in [(1, 0.9), (2, 0.8), (3, 0.7)]:
            job.metric(step, 0, "training", "loss", value)
        job.metric(2, 0, "validation", "auprc", float("nan"))
    with JobReporter(job.directory) as job:
        job.metric(2, 0, "training", "loss", 0.6)
        job.metric(3, 0, "training", "loss", float("inf"))
    loss, auprc = read_metrics(job.directory).curves
    assert (loss.split, loss.name) == ("training", "loss")
    np.testing.assert_array_equal(loss.steps, [1, 2, 3])
    np.testing.assert_array_equal(loss.values, [0.9, 0.6, np.nan])
    np.testing.assert_array_equal(auprc.values, [np.nan])


def test_the_time_that_a_job_still_takes_is_told_from_its_steps_not_from_its_preparation(
    spec: Predict, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_job(spec) as job:
        begun = time.time()
        writer = LineWriter(job.directory / "events.jsonl")
        for seconds, fraction in [(0.0, 0.0), (100.0, 0.0), (110.0, 0.1), (120.0, 0.2)]:
            writer.append(Event(begun + seconds, "progress", fraction))
        writer.close()
        monkeypatch.setattr(time, "time", lambda: begun + 130.0)
        assert summarise(job.directory).remaining_seconds == pytest.approx(70.0)


def test_after_the_last_step_no_time_is_told_that_steps_do_not_tell(
    spec: Predict, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_job(spec) as job:
        begun = time.time()
        writer = LineWriter(job.directory / "events.jsonl")
        for seconds, fraction in [(0.0, 0.0), (100.0, 0.1), (1000.0, 0.98), (1010.0, 0.99)]:
            writer.append(Event(begun + seconds, "progress", fraction))
        writer.close()
        monkeypatch.setattr(time, "time", lambda: begun + 1030.0)
        assert summarise(job.directory).remaining_seconds is None


def test_only_a_job_that_has_ended_is_removed(spec: Predict) -> None:
    with open_job(spec) as job:
        with pytest.raises(InvalidRequest, match="runs; stop it before it is removed"):
            remove_job(str(job.directory))
        assert job.directory.is_dir()
    remove_job(str(job.directory))
    assert not job.directory.exists()


def test_a_running_job_cannot_be_opened_twice(spec: Predict) -> None:
    with open_job(spec) as job:
        with pytest.raises(InvalidRequest, match="already running"):
            JobReporter(job.directory)
        assert summarise(job.directory).state == "running"


def test_a_forked_helper_does_not_keep_a_dead_job_alive(spec: Predict) -> None:
    with open_job(spec) as job:
        read_end, write_end = os.pipe()
        helper = os.fork()
        if helper == 0:
            os.close(write_end)
            os.read(read_end, 1)
            os._exit(0)
    assert summarise(job.directory).state == "done"
    with JobReporter(job.directory):
        pass
    os.close(write_end)
    os.close(read_end)
    os.waitpid(helper, 0)


def test_interrupting_a_job_stops_it(spec: Predict) -> None:
    job = open_job(spec)
    job.progress(0.5, "half")
    with pytest.raises(KeyboardInterrupt), job:
        raise KeyboardInterrupt
    summary = summarise(job.directory)
    assert (summary.state, summary.fraction, summary.note) == ("stopped", 0.5, "half")


def test_a_job_that_is_seen_to_run_hears_the_wish_to_end(spec: Predict, monkeypatch: pytest.MonkeyPatch) -> None:
    append = LineWriter.append
    heard = []

    def end_as_soon_as_it_runs(writer: LineWriter, record: Event) -> None:
        append(writer, record)
        if record.kind == "started":
            heard.append(signal.getsignal(signal.SIGTERM))
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(LineWriter, "append", end_as_soon_as_it_runs)
    usual = signal.signal(signal.SIGTERM, lambda *_: None)  # this process lives where the job does not listen
    try:
        with suppress(Stopped), open_job(spec) as job:
            assert job.stop_requested()
            raise Stopped("Stopped.")
    finally:
        signal.signal(signal.SIGTERM, usual)
    assert len(heard) == 1
    assert summarise(job.directory).state == "stopped"


def test_a_job_that_cannot_say_that_it_runs_lets_go(spec: Predict) -> None:
    job = open_job(spec, new_job(spec, spec.dataset))
    size = (job.directory / "events.jsonl").stat().st_size
    before = signal.getsignal(signal.SIGINT)
    with files_of_at_most(size + 5), pytest.raises(InvalidRequest, match="is full"), job:
        pass
    assert signal.getsignal(signal.SIGINT) is before
    with JobReporter(job.directory) as again:
        again.finish(spec.output)
    assert summarise(job.directory).state == "done"


def test_a_job_that_fails_once_it_was_asked_to_stop_is_stopped(spec: Predict) -> None:
    job = open_job(spec)
    (job.directory / "stop").touch()
    with pytest.raises(InvalidRequest), job:
        raise InvalidRequest("Another process of this run has ended.")
    summary = summarise(job.directory)
    assert (summary.state, summary.message, summary.is_resumable) == ("stopped", "", True)
    assert not (job.directory / "stop").exists()


def test_asked_to_end_from_outside_a_job_saves_first_and_ends_at_once_only_when_it_was_stopped_before(
    spec: Predict,
) -> None:
    def asked(job: JobReporter) -> None:
        assert not job.stop_requested()
        signal.raise_signal(signal.SIGTERM)
        assert job.stop_requested()
        signal.raise_signal(signal.SIGTERM)  # a batch system and torchrun both pass it on
        raise Stopped("Stopped; resume to go on.")

    def stopped_before(job: JobReporter) -> None:
        (job.directory / "stop").touch()
        signal.raise_signal(signal.SIGTERM)

    directory = new_job(spec, spec.dataset)
    for work, error in ((asked, Stopped), (stopped_before, KeyboardInterrupt)):
        with pytest.raises(error), JobReporter(directory) as job:
            work(job)
        assert summarise(directory).state == "stopped"


def test_a_ctrl_c_that_torchrun_passes_on_is_the_same_wish(spec: Predict) -> None:
    with open_job(spec) as job:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert job.stop_requested()


def test_ctrl_c_lets_a_job_save_and_pressed_again_ends_it(spec: Predict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporter, "_SAME_PRESS_SECONDS", -1.0)
    usual = signal.getsignal(signal.SIGINT)
    directory = new_job(spec, spec.dataset)

    def pressed_twice() -> None:
        with JobReporter(directory) as job:
            assert not job.stop_requested()
            signal.raise_signal(signal.SIGINT)
            assert job.stop_requested()
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        pressed_twice()
    assert summarise(directory).state == "stopped"
    assert signal.getsignal(signal.SIGINT) is usual


def test_ctrl_c_ends_a_job_at_once_that_was_asked_to_stop_before(spec: Predict) -> None:
    directory = new_job(spec, spec.dataset)

    def stopped_before() -> None:
        with JobReporter(directory) as job:
            (directory / "stop").touch()
            assert job.stop_requested()
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        stopped_before()
    assert summarise(directory).state == "stopped"


def test_a_job_from_the_shell_that_is_refused_before_it_got_anywhere_leaves_nothing(spec: Predict) -> None:
    def refused_after(fraction: float) -> Path:
        with suppress(InvalidRequest), open_job(spec) as job:
            job.progress(fraction, "preparing")
            raise InvalidRequest("There is no factor GATA9.")
        return job.directory

    assert not refused_after(0.0).exists()
    assert summarise(refused_after(0.1)).is_resumable


def test_a_job_of_the_window_that_is_refused_stays_with_its_reason_and_is_not_resumed(spec: Predict) -> None:
    with pytest.raises(InvalidRequest), open_job(spec, new_job(spec, spec.dataset)) as job:
        raise InvalidRequest("There is no factor GATA9.")
    summary = summarise(job.directory)
    assert (summary.state, summary.message) == ("failed", "There is no factor GATA9.")
    assert not summary.is_resumable
    with pytest.raises(Stopped), JobReporter(job.directory) as job:
        raise Stopped("Stopped.")
    assert summarise(job.directory).is_resumable


def test_the_reason_of_a_failure_fits_on_a_full_disk(spec: Predict, tmp_path: Path) -> None:
    job = open_job(spec, new_job(spec, spec.dataset))
    assert (job.directory / "reserve").stat().st_size >= 8192
    with pytest.raises(InvalidRequest), job:
        raise InvalidRequest("The disk is full.")
    assert not (job.directory / "reserve").exists()
    assert summarise(job.directory).message == "The disk is full."


def test_a_full_disk_under_what_training_writes_is_a_sentence(spec: Predict) -> None:
    with pytest.raises(OSError, match="No space left"), open_job(spec) as job:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/weights.safetensors")
    summary = summarise(job.directory)
    assert summary.message.startswith("The disk is full: /data/weights.safetensors could not be written.")
    assert summary.details == ""


def test_jobs_lie_beside_the_dataset_unless_a_folder_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EBERT_JOBS", str(tmp_path / "elsewhere"))
    assert jobs_folder("/data/DATASET.toml") == tmp_path / "elsewhere"
    monkeypatch.delenv("EBERT_JOBS")
    assert jobs_folder("/data/DATASET.toml") == Path("/data/jobs")
    with pytest.raises(InvalidRequest, match="save these files as a dataset first"):
        jobs_folder("")


def test_jobs_of_a_dataset_that_others_keep_lie_in_the_own_folder(
    spec: Predict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EBERT_JOBS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    monkeypatch.setattr(directory, "may_write", lambda _: False)
    folder = jobs_folder("/data/DATASET.toml")
    assert folder.parent == tmp_path / "own" / "ebert-browser" / "jobs"
    assert folder != jobs_folder("/other/DATASET.toml")
    assert new_job(spec, "/data/DATASET.toml").parent == folder


def test_what_no_job_wrote_into_its_directory_is_listed(spec: Predict) -> None:
    with open_job(spec) as job:
        (job.checkpoints / "resume.safetensors").write_bytes(b"")
        for name in (
            "log.txt",
            "result.json",
            "stop",
            "lock.held",
            ".log.txt.part",
            ".nfs00a1",
            "thesis.docx",
            "Notes",
        ):
            (job.directory / name).write_text("")
        assert foreign_files(job.directory) == ["Notes", "thesis.docx"]
    assert foreign_files(job.directory / "gone") == []


def test_a_folder_that_cannot_be_made_is_named(spec: Predict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EBERT_JOBS", str(tmp_path / "file" / "jobs"))
    with pytest.raises(InvalidRequest, match=r"No job can be started in .*file/jobs"):
        new_job(spec, spec.dataset)
