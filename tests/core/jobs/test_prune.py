"""Old jobs are removed when a person says so: never one that runs, and none that something still needs unless told."""

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ebert_core.cli.program import main
from ebert_core.jobs.control import remove_job
from ebert_core.jobs.lines import LineWriter
from ebert_core.jobs.prune import bytes_in, prunable_jobs
from ebert_core.jobs.records import Event, EventKind
from ebert_core.jobs.reporter import JobReporter, open_job
from ebert_core.jobs.summary import list_jobs
from ebert_core.protocol.specs.jobs import Evaluate, Pretrain
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped

LONG_AGO = time.time() - 100 * 86_400


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("EBERT_JOBS")
    (tmp_path / "DATASET.toml").write_text("")
    return tmp_path / "DATASET.toml"


def ended(dataset: Path, name: str, state: EventKind, when: float = LONG_AGO) -> Path:
    spec = Pretrain(str(dataset), str(dataset.parent / name), ("chr1",), ("chr2",))
    with suppress(Stopped), open_job(spec) as job:
        (job.directory / "log.txt").write_bytes(os.urandom(200_000))
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


def test_nothing_is_removed_before_a_person_says_so(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ends: tuple[EventKind, ...] = ("done", "failed", "stopped")
    for end in ends:
        ended(dataset, end, end)
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
    assert "Nothing to remove: " in capsys.readouterr().out


def test_only_failed_ones_when_asked(dataset: Path) -> None:
    ends: tuple[EventKind, ...] = ("done", "failed")
    for end in ends:
        ended(dataset, end, end)
    prune(dataset, "--yes", "--failed")
    assert names(dataset) == {"done"}


def test_a_running_job_is_never_removed(dataset: Path) -> None:
    directory = ended(dataset, "runs", "stopped")
    with suppress(Stopped), JobReporter(directory):
        assert prune(dataset, "--yes", "--with-states", "--older-than", "0") == 0
        assert names(dataset) == {"runs"}
        raise Stopped("Stopped.")


def test_what_another_job_names_stays_until_told(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
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


def test_the_oldest_come_first_and_their_room_is_counted_with_all_folders(dataset: Path) -> None:
    for name, days in (("young", 40), ("old", 90), ("middle", 60)):
        ended(dataset, name, "done", time.time() - days * 86_400)
    folder = dataset.parent / "jobs"
    found = prunable_jobs(folder, 50, failed_only=False, with_states=False)
    started = [each.job.started for each in found]
    assert {each.job.name for each in found} == {"old", "middle"}
    assert started == sorted(started)
    inner = Path(found[0].job.directory) / "deep" / "deeper"
    inner.mkdir(parents=True)
    (inner / "file").write_bytes(b"x" * 300_000)
    (inner / "link").symlink_to(dataset.parent)
    [more, *_] = prunable_jobs(folder, 50, failed_only=False, with_states=False)
    assert 300_000 <= more.bytes_on_disk - found[0].bytes_on_disk < 350_000


def test_a_link_to_a_directory_takes_no_room_of_it(dataset: Path, tmp_path: Path) -> None:
    directory = ended(dataset, "done", "done")
    (tmp_path / "link").symlink_to(directory)
    assert bytes_in(tmp_path / "link") == 0
    assert bytes_in(directory) >= 200_000
    assert bytes_in(tmp_path / "gone") == 0


def test_a_job_whose_result_lies_in_it_stays_until_told(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = ended(dataset, "inside", "failed")
    result = directory / "checkpoints" / "result"
    result.parent.mkdir(exist_ok=True)
    result.write_bytes(b"model")
    writer = LineWriter(directory / "events.jsonl")
    writer.append(Event(LONG_AGO, "done", result=str(result)))
    writer.close()
    prune(dataset, "--yes")
    assert "kept: its result lies in it" in capsys.readouterr().out
    assert result.exists()
    prune(dataset, "--yes", "--with-states")
    assert not directory.exists()


def test_damaged_jobs_can_be_pruned_and_odd_numbers_are_refused(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = ended(dataset, "damaged", "failed")
    (damaged / "pid").write_bytes(b"")
    (damaged / "spec.toml").write_bytes(b"\0")
    prune(dataset, "--yes")
    assert names(dataset) == set()
    for days in ("nan", "inf", "-1"):
        assert prune(dataset, f"--older-than={days}") == 2
    assert "--older-than is -1.0; give a number of days, such as 30." in capsys.readouterr().err


def test_a_result_that_is_no_path_lies_in_no_job(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = ended(dataset, "done", "done")
    writer = LineWriter(directory / "events.jsonl")
    writer.append(Event(LONG_AGO, "done", result="weights"))
    writer.close()
    monkeypatch.chdir(directory)
    [found] = prunable_jobs(dataset.parent / "jobs", 50, failed_only=False, with_states=False)
    assert found.kept_for == ""


def test_a_job_that_a_person_removes_goes_with_what_they_put_there(dataset: Path) -> None:
    directory = ended(dataset, "done", "done")
    (directory / "notes.txt").write_text("mine")
    [found] = prunable_jobs(dataset.parent / "jobs", 50, failed_only=False, with_states=False)
    assert found.kept_for == "it holds notes.txt, which the job did not write"
    remove_job(str(directory))
    assert not directory.exists()


def test_a_link_to_a_job_goes_and_the_job_stays(dataset: Path) -> None:
    directory = ended(dataset, "done", "done")
    link = directory.with_name("20200101T000000Z-pretrain-link")
    link.symlink_to(directory)
    remove_job(str(link))
    assert not link.is_symlink()
    assert (directory / "spec.toml").exists()


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_in_a_home_folder_only_jobs_are_removed(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder in which somebody keeps a spec is no job, nor is one that somebody has given a name of their own."""
    home = dataset.parent / "home"
    monkeypatch.setenv("EBERT_JOBS", str(home))
    ended(dataset, "old", "failed").rename(home / "the run of the paper")
    gone = ended(dataset, "gone", "done")
    thesis = home / "thesis"
    thesis.mkdir()
    (thesis / "spec.toml").write_bytes((gone / "spec.toml").read_bytes())
    (thesis / "chapter.tex").write_text("years of work")
    for path in (thesis / "spec.toml", thesis):
        os.utime(path, (LONG_AGO, LONG_AGO))
    kept = everything(home) - everything(gone) - {gone}
    assert main(["jobs", "prune", "--yes", "--with-states", "--older-than", "0"]) == 0
    assert everything(home) == kept
    with pytest.raises(InvalidRequest, match=r"thesis holds chapter\.tex, which no job wrote, so it is not removed"):
        remove_job(str(thesis))
    assert everything(home) == kept
    # A job that a person renamed is removed when a person says so of it alone.
    remove_job(str(home / "the run of the paper"))
    assert os.listdir(home) == ["thesis"]


def test_what_a_person_put_into_a_job_stays_until_told(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ended(dataset, "noted", "done") / "notes.txt").write_text("batch 3 was mislabelled")
    assert prune(dataset, "--yes") == 0
    assert "kept: it holds notes.txt, which the job did not write (--with-states" in capsys.readouterr().out
    assert names(dataset) == {"noted"}


def test_jobs_of_other_datasets_and_other_people_stay(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EBERT_JOBS", str(dataset.parent / "shared"))
    other = dataset.parent / "other" / "DATASET.toml"
    other.parent.mkdir()
    other.write_text("")
    mine, elsewhere = ended(dataset, "mine", "done"), ended(other, "elsewhere", "done")
    monkeypatch.setattr(os, "getuid", lambda: os.stat(mine).st_uid + 1)
    assert prune(dataset, "--yes", "--with-states") == 0
    assert mine.exists()
    monkeypatch.undo()
    monkeypatch.setenv("EBERT_JOBS", str(dataset.parent / "shared"))
    assert prune(dataset, "--yes", "--with-states") == 0
    assert (mine.exists(), elsewhere.exists()) == (False, True)


def test_averaged_checkpoints_in_a_job_stay_each(dataset: Path) -> None:
    kept = [ended(dataset, name, "done") for name in ("first", "second")]
    joined = "+".join(f"{each}/checkpoints/best" for each in kept)
    output = str(dataset.parent / "s.json")
    with open_job(Evaluate(dataset=str(dataset), checkpoint=joined, output=output, regions=("chr2",))):
        pass
    prune(dataset, "--yes")
    assert all(each.exists() for each in kept)


def test_each_path_is_resolved_once_however_many_jobs_there_are(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved: list[str] = []
    counts, usual = [], os.path.realpath

    def noted(path: str, **options: bool) -> str:
        resolved.append(path)
        return usual(path, **options)

    monkeypatch.setattr(os.path, "realpath", noted)
    for number in range(12):
        ended(dataset, f"job {number}", "done")
        if number in (5, 11):
            resolved.clear()
            assert len(prunable_jobs(dataset.parent / "jobs", 50, failed_only=False, with_states=False)) == number + 1
            counts.append(len(resolved))
    assert 0 < counts[1] <= 2 * counts[0]


def test_a_job_that_cannot_be_removed_does_not_keep_the_others(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("first", "second"):
        ended(dataset, name, "done")

    def removed(directory: str) -> None:
        if directory.endswith("first"):
            raise InvalidRequest("The job first cannot be removed: Device or resource busy.")
        remove_job(directory)

    monkeypatch.setattr("ebert_core.cli.jobs.remove_job", removed)
    assert prune(dataset, "--yes") == 0
    assert names(dataset) == {"first"}
    said = capsys.readouterr().out
    assert "kept: The job first cannot be removed: Device or resource busy." in said
    assert "Removed a job, 0.2 MB." in said
