"""Whole job folders with one file damaged in every way that a seed draws: that job's row says so, the others are right.

`EBERT_FUZZ_SEED` chooses other damage, `EBERT_FUZZ_COUNT` more of it.
"""

import os
import random
import re
import shutil
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ebert_core.cli.jobs import described, line_of
from ebert_core.jobs.control import refuse_second, remove_job, resume_job, stop_job
from ebert_core.jobs.directory import LOG, RESULT, read_metrics, read_verdict
from ebert_core.jobs.reading import Damaged
from ebert_core.jobs.reporter import open_job
from ebert_core.jobs.summary import list_jobs, summarise
from ebert_core.protocol.codec import Decoder, encode
from ebert_core.protocol.specs.jobs import Pretrain
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped
from ebert_core.protocol.work import Jobs, JobSummary, Metrics

SEED = int(os.environ.get("EBERT_FUZZ_SEED", "1"))
COUNT = int(os.environ.get("EBERT_FUZZ_COUNT", "200"))
FILES = ("spec.toml", "events.jsonl", "metrics.jsonl", "pid", "lock", "stop", RESULT, LOG, "checkpoints", "reserve")
NUMBERS = (b"-1", b"1e400", b"1e308", b"9223372036854775808", b"9" * 5000, b"NaN", b"null", b'"x"', b"0.5", b"-0.0")

Damage = Callable[[Path, random.Random], None]


def replaced_by(content: bytes) -> Damage:
    def damage(path: Path, _draw: random.Random) -> None:
        path.write_bytes(content)

    return damage


def changed_by(change: Callable[[bytes, random.Random], bytes]) -> Damage:
    def damage(path: Path, draw: random.Random) -> None:
        path.write_bytes(change(path.read_bytes() if path.is_file() else b'{"a": 1}\n', draw))

    return damage


def another_number(content: bytes, draw: random.Random) -> bytes:
    places = list(re.finditer(rb"[0-9.]+", content))
    if not places:
        return draw.choice(NUMBERS)
    place = draw.choice(places)
    return content[: place.start()] + draw.choice(NUMBERS) + content[place.end() :]


def flipped(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content or b"\0")
    for _ in range(draw.randint(1, 8)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def instead(make: Callable[[Path], object]) -> Damage:
    def damage(path: Path, _draw: random.Random) -> None:
        path.unlink(missing_ok=True)
        make(path)

    return damage


def of_five_gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(5 * 2**30)


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))  # the address of a socket is short


DAMAGES: tuple[Damage, ...] = (
    replaced_by(b""),
    replaced_by(b"\0" * 4096),
    replaced_by(b"[" * 200_000 + b"\n"),
    replaced_by(b'{"a":' * 100_000 + b"\n"),
    replaced_by(b"a = " + b"[" * 50_000),
    replaced_by(b'{"time":1.0,"kind":"done","result":"' + b"x" * 3_000_000 + b'"}\n'),
    replaced_by(b'{"pid":1,"host":"elsewhere","started":1.0,"started_ticks":0}\n'),
    replaced_by(b"\xff\xfe\x00 not text\n" * 50),
    changed_by(lambda content, draw: draw.randbytes(draw.randint(1, 5000))),
    changed_by(lambda content, draw: content[: draw.randint(0, len(content))]),
    changed_by(lambda content, draw: content[draw.randint(0, len(content)) :]),
    changed_by(lambda content, draw: content * draw.randint(2, 50)),
    changed_by(flipped),
    changed_by(another_number),
    instead(Path.mkdir),
    instead(os.mkfifo),
    instead(bound),
    instead(of_five_gigabytes),
    instead(lambda path: path.symlink_to("/nowhere/at/all")),
    instead(lambda path: path.symlink_to(path.name)),
    instead(lambda path: path.symlink_to("/dev/zero")),
    instead(lambda path: path.symlink_to("/")),
    instead(lambda path: None),
)


def pretrain(folder: Path, name: str) -> Pretrain:
    return Pretrain(str(folder / "DATASET.toml"), str(folder / name), ("chr1",), ("chr2",))


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of three jobs; the name of the one to damage ends in `victim`."""
    monkeypatch.delenv("EBERT_JOBS")
    monkeypatch.chdir(tmp_path)
    for name in ("first", "victim", "third"):
        spec = pretrain(tmp_path, name)
        with suppress(Stopped), open_job(spec) as job:
            (job.checkpoints / "resume.safetensors").write_bytes(b"state")
            job.progress(0.5, "half")
            for step in range(5):
                job.metric(step, 0, "training", "loss", 1 / (step + 1))
            if name == "victim":
                raise Stopped("Stopped after step 4.")
            job.finish(spec.output, {"auprc": 0.5})
        (job.directory / LOG).write_text("a line\n")
    return tmp_path / "jobs"


def test_one_damaged_file_of_a_job_costs_its_row_and_nothing_else(jobs: Path, tmp_path: Path) -> None:
    (victim,) = (job.directory for job in list_jobs(jobs) if job.name == "victim")
    whole = tmp_path / "whole"
    shutil.copytree(victim, whole)
    right = {job.name: job for job in list_jobs(jobs) if job.name != "victim"}
    draw = random.Random(SEED)
    for number in range(COUNT):
        shutil.rmtree(victim)
        shutil.copytree(whole, victim)
        named = []
        for _ in range(draw.choice((1, 1, 1, 3))):
            file, damage = draw.choice(FILES), draw.randrange(len(DAMAGES))
            named.append((file, damage))
            target = Path(victim, file)
            if target.is_file() or not os.path.lexists(target):
                DAMAGES[damage](target, draw)
        try:
            check_list(jobs, right)
            check_deeds(Path(victim))
        except BaseException as error:
            error.add_note(f"round {number} of seed {SEED}: {named}")
            raise


def check_list(jobs: Path, right: dict[str, JobSummary]) -> None:
    listed = list_jobs(jobs, str(jobs.parent / "DATASET.toml"))
    assert {job.name: job for job in listed if job.name != "victim"} == right
    assert len(Decoder(Jobs).decode(encode(Jobs(tuple(listed)))).jobs) == len(listed)
    for name in ("another", "first", "victim"):
        refuse_second(pretrain(jobs.parent, name))
    for job in listed:
        assert line_of(job)
        assert described(job)


def check_deeds(victim: Path) -> None:
    before = summarise(victim)
    assert before.state in ("done", "failed", "stopped", "lost")
    with suppress(Damaged):
        assert Decoder(Metrics).decode(encode(read_metrics(victim))) is not None
    read_verdict(victim)
    with pytest.raises(InvalidRequest):
        stop_job(str(victim))
    if before.state == "done":
        with pytest.raises(InvalidRequest, match="is done"):
            resume_job(str(victim))
    remove_job(str(victim))
    assert not victim.exists()
    victim.mkdir()


@pytest.mark.parametrize("file", ["spec.toml", "events.jsonl", "pid", "lock"])
@pytest.mark.parametrize("damage", [instead(Path.mkdir), instead(lambda path: path.symlink_to("/nowhere"))])
def test_the_row_names_the_file(jobs: Path, file: str, damage: Damage) -> None:
    (victim,) = (job.directory for job in list_jobs(jobs) if job.name == "victim")
    damage(Path(victim, file), random.Random(1))
    (row,) = (job for job in list_jobs(jobs, str(jobs.parent / "DATASET.toml")) if job.name == "victim")
    assert row.problem.startswith("This job's files are damaged: ")
    assert row.problem not in row.message
    assert file in row.problem
    assert row.is_resumable is (file != "spec.toml")


def test_an_empty_pid_file_keeps_nobody_from_the_list_or_from_starting(jobs: Path) -> None:
    (victim,) = (job.directory for job in list_jobs(jobs) if job.name == "victim")
    (Path(victim) / "pid").write_bytes(b"")
    assert len(list_jobs(jobs)) == 3
    refuse_second(pretrain(jobs.parent, "first"))
    assert "pid does not say which process runs the job" in summarise(Path(victim)).problem


def test_a_folder_of_a_job_that_is_a_file_or_a_link_to_nowhere_is_a_row_that_can_be_removed(jobs: Path) -> None:
    (jobs / "20260101T000000Z-finetune-file").write_text("")
    (jobs / "20260101T000000Z-finetune-link").symlink_to("/nowhere")
    kept = jobs.parent / "kept"
    kept.mkdir()
    (jobs / "20260101T000000Z-finetune-loop").symlink_to(kept)
    rows = {job.name: job.problem for job in list_jobs(jobs)}
    assert "it is no directory" in rows["file"]
    assert "it is a link to nowhere" in rows["link"]
    assert "it has no spec.toml" in rows["loop"]
    for name in ("file", "link", "loop"):
        remove_job(str(jobs / f"20260101T000000Z-finetune-{name}"))
    assert len(list_jobs(jobs)) == 3
    assert kept.is_dir()


@pytest.mark.parametrize("closed", ["", *FILES[:5]])
def test_what_may_not_be_read_costs_its_row_and_nothing_else(
    jobs: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EBERT_JOBS", str(jobs))  # who cannot write beside the dataset has jobs elsewhere
    for folder in (*jobs.parents, jobs, *jobs.iterdir()):
        if folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir()):
            folder.chmod(0o755)
    (victim,) = (job.directory for job in list_jobs(jobs) if job.name == "victim")
    Path(victim, closed).chmod(0)

    def look() -> str:
        rows = list_jobs(jobs, str(jobs.parent / "DATASET.toml"))
        refuse_second(pretrain(jobs.parent, "first"))
        return "\n".join(f"{job.name} {job.state} {job.problem}" for job in rows)

    said = by_somebody_whom_permissions_bind(look)
    Path(victim, closed).chmod(0o755)
    rows = {line.split()[0]: line for line in said.splitlines()}
    assert rows["first"].split()[1:] == rows["third"].split()[1:] == ["done"]
    assert ("Permission denied" in rows["victim"]) is (closed != "metrics.jsonl")


def by_somebody_whom_permissions_bind(look: Callable[[], str]) -> str:
    """What a child process sees that is not root, be the tests run by root or not."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            os.write(theirs, look().encode())
        except BaseException as error:
            os.write(theirs, repr(error).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as said:
        text = said.read()
    os.waitpid(child, 0)
    return text
