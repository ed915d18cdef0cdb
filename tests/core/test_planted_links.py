"""Whatever the program writes, in a folder where others may write, too: a link that lies there is not written through.

Each case writes a file of one kind where a link, or a second name, of a precious file lies in its place.
"""

import ast
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
import pytest

import ebert_core
from ebert_core.dataset.layout import read_layout, write_layout
from ebert_core.demonstration.files import write_new
from ebert_core.dream.label_writer import LabelWriter
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.fasta_index import write_indexes
from ebert_core.inference.files import complete_file
from ebert_core.jobs import directory as names
from ebert_core.jobs.control import stop_job
from ebert_core.jobs.lines import LineWriter, write_file
from ebert_core.jobs.lock import take_lock, writing_to
from ebert_core.jobs.records import Event
from ebert_core.jobs.reporter import open_job
from ebert_core.model.description import read_description, replace_description
from ebert_core.protocol.machine.whole_files import new_file, new_part, write_whole
from ebert_core.protocol.specs.jobs import Pretrain
from ebert_core.protocol.specs.on_disk import write_spec
from ebert_core.protocol.terms.errors import InvalidRequest

PRECIOUS = b"what nobody may lose\n"
Write = Callable[[Path], object]


def bigwig(path: Path) -> None:
    with BigWigWriter(path, {"chr1": 1000}) as writer:
        writer.append("chr1", 0, 50, np.ones(4, np.float32))


def labels(path: Path) -> None:
    with LabelWriter(path, ("K562",)) as writer:
        writer.write("chr1", np.array([0, 50]), np.zeros((1, 2), np.int8))


def exported(path: Path) -> None:
    with complete_file(path) as file:
        file.write(b"chr1\t0\t50\n")


def figure(path: Path) -> None:
    drawing = pytest.importorskip("ebert_core.judging.drawing")
    if not drawing.can_draw():
        pytest.skip("matplotlib is not installed")
    with drawing.figure(2, 2, path):
        pass


def lines(path: Path) -> None:
    writer = LineWriter(path)
    writer.append(Event(1.0, "started"))
    writer.close()


def spec(folder: Path) -> Pretrain:
    return Pretrain(str(folder / "DATASET.toml"), str(folder / "out"), ("chr1",), ("chr2",))


def output_lock(path: Path) -> None:
    output = path.with_name(path.name.removeprefix(".").removesuffix(".lock"))
    with writing_to(output, "/jobs/1"):
        pass


def job_lock(path: Path) -> None:
    take_lock(path.parent).release()


WRITERS: dict[str, tuple[str, Write]] = {
    "settings and sessions": ("session.json", lambda path: write_whole(path, b"new")),
    "files of a job": ("pid", lambda path: write_file(path, b"new")),
    "events and figures of a job": ("metrics.jsonl", lines),
    "lock of a job": ("lock", job_lock),
    "lock of an output": (".out.bw.lock", output_lock),
    "specs": ("spec.toml", lambda path: write_spec(path, spec(path.parent))),
    "bigWig": ("x.bw", bigwig),
    "calls and tables": ("x.bed.gz", exported),
    "labels": ("x.tsv.gz", labels),
    "figures": ("x.png", figure),
    "index of a FASTA": ("x.fa.fai", lambda path: write_indexes(path.with_suffix(""), {".fai": b"chr1\t1\t6\t1\t2\n"})),
    "demonstration": ("genes.bed", lambda path: write_new(path, "chr1\n")),
    "under a name of its own": ("x", lambda path: os.close(new_file(path))),
}


def planted(folder: Path, name: str, plant: str) -> Path:
    precious = folder / "home" / "precious"
    precious.parent.mkdir()
    precious.write_bytes(PRECIOUS)
    for place in (folder / name, folder / f"{name}.part"):
        if plant == "link":
            place.symlink_to(precious)
        else:
            os.link(precious, place)
    return precious


@pytest.mark.parametrize("plant", ["link", "second name"])
@pytest.mark.parametrize("kind", WRITERS)
def test_a_planted_link_is_not_written_through(tmp_path: Path, kind: str, plant: str) -> None:
    name, write = WRITERS[kind]
    precious = planted(tmp_path, name, plant)
    with suppress(InvalidRequest):  # one sentence, or a file that was written
        write(tmp_path / name)
    assert precious.read_bytes() == PRECIOUS
    assert {path.name for path in tmp_path.iterdir()} <= {name, f"{name}.part", "home"}


def test_a_dataset_is_not_written_through_a_link(toy_binding: Path, tmp_path: Path) -> None:
    precious = planted(tmp_path, "DATASET.toml", "link")
    write_layout(read_layout(toy_binding), tmp_path / "DATASET.toml")
    assert precious.read_bytes() == PRECIOUS
    assert read_layout(tmp_path / "DATASET.toml").assembly == read_layout(toy_binding).assembly


def test_a_checkpoint_takes_the_place_of_links_and_leaves_folders_of_other_names(
    toy_checkpoint: Path, tmp_path: Path
) -> None:
    from ebert_core.model.checkpoint import load_checkpoint, save_checkpoint

    precious = tmp_path / "home"
    precious.mkdir()
    (precious / "weights.safetensors").write_bytes(PRECIOUS)
    (tmp_path / "made.part").symlink_to(precious)
    (tmp_path / "made.old").mkdir()
    (tmp_path / "made.old" / "notes").write_bytes(PRECIOUS)
    loaded = load_checkpoint(toy_checkpoint)
    for _ in range(2):
        save_checkpoint(tmp_path / "made", loaded.network, loaded.description)
    assert (precious / "weights.safetensors").read_bytes() == (tmp_path / "made.old" / "notes").read_bytes() == PRECIOUS
    assert {path.name for path in tmp_path.iterdir()} == {"home", "made", "made.part", "made.old"}


def test_a_description_is_not_written_through_a_link(toy_checkpoint: Path, tmp_path: Path) -> None:
    description = read_description(toy_checkpoint)
    precious = planted(tmp_path, "description.json", "link")
    precious.write_bytes((toy_checkpoint / "description.json").read_bytes())
    before = precious.read_bytes()
    replace_description(tmp_path, msgspec.structs.replace(description, name="newer"))
    assert precious.read_bytes() == before
    assert read_description(tmp_path).name == "newer"


@pytest.mark.parametrize("plant", ["link", "second name"])
@pytest.mark.parametrize("name", [names.LOG, names.EVENTS, names.METRICS, names.PID, names.STOP, names.RESULT, "lock"])
def test_no_file_of_a_job_is_written_through_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, plant: str
) -> None:
    """The folder is made by another person, who then waits until a job is resumed or stopped in it."""
    monkeypatch.setenv("EBERT_JOBS", str(tmp_path / "jobs"))
    with open_job(spec(tmp_path)) as job:
        job.progress(0.5)
    (job.directory / name).unlink(missing_ok=True)
    precious = planted(tmp_path, "precious", plant)
    os.replace(tmp_path / "precious", job.directory / name) if plant == "second name" else (
        job.directory / name
    ).symlink_to(precious)
    with suppress(InvalidRequest), open_job(spec(tmp_path), job.directory) as again:
        again.metric(1, 1, "training", "loss", 0.5)
        again.finish("/made")
    with suppress(InvalidRequest):
        stop_job(str(job.directory))
    assert precious.read_bytes() == PRECIOUS


@pytest.mark.parametrize("plant", ["link", "second name"])
def test_what_a_started_command_prints_goes_through_no_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: str
) -> None:
    from ebert_core.jobs import launch

    folder = tmp_path / "job"
    folder.mkdir()
    precious = planted(tmp_path, "precious", plant)
    (folder / "log.txt").symlink_to(precious) if plant == "link" else os.link(precious, folder / "log.txt")
    with launch._log(str(folder / "log.txt")) as log:
        log.write(b"a line\n")
    assert precious.read_bytes() == PRECIOUS
    assert (folder / "log.txt").read_bytes() == b"a line\n"


def test_a_checkpoints_folder_that_is_a_link_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EBERT_JOBS", str(tmp_path / "jobs"))
    (tmp_path / "home").mkdir()
    with open_job(spec(tmp_path)) as job:
        (job.directory / "checkpoints").symlink_to(tmp_path / "home")
        with pytest.raises(InvalidRequest, match="checkpoints is a link"):
            _ = job.checkpoints
        job.forget_checkpoints()
    assert (tmp_path / "home").is_dir()


def test_what_killed_processes_left_is_removed_after_a_day_and_what_is_being_written_stays(tmp_path: Path) -> None:
    target = tmp_path / "x.bw"
    old, young = new_part(target), new_part(target)
    other = new_part(tmp_path / "y.bw")
    for path in (old, other):
        os.utime(path, (1.0, 1.0))
    write_whole(target, b"new")
    assert set(tmp_path.iterdir()) == {target, young, other}
    write_whole(target, b"newer", is_ours_alone=True)
    assert set(tmp_path.iterdir()) == {target, other}


def test_what_a_process_left_that_was_killed_here_is_removed_at_once(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        try:
            new_part(tmp_path / "x.bw").write_bytes(b"half")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"half"]
    write_whole(tmp_path / "x.bw", b"whole")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"whole"]


@pytest.mark.parametrize(("mask", "mode"), [(0o077, 0o600), (0o002, 0o664), (0o022, 0o644)])
def test_a_file_may_be_read_by_whom_the_umask_allows(tmp_path: Path, mask: int, mode: int) -> None:
    usual = os.umask(mask)
    try:
        write_whole(tmp_path / "x", b"new")
        bigwig(tmp_path / "x.bw")
        write_spec(tmp_path / "spec.toml", spec(tmp_path))
    finally:
        os.umask(usual)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {mode}


def test_in_a_sticky_folder_the_file_of_another_person_stays_and_one_sentence_says_so(tmp_path: Path) -> None:
    """As in /tmp: everybody may make files, nobody may replace another's. Seen by a process that is not root."""
    if os.geteuid():
        pytest.skip("only root can make files of two persons")
    own = Path(tempfile.gettempdir()).resolve()
    for folder in (tmp_path, *(each for each in tmp_path.parents if own in each.parents)):
        folder.chmod(0o755)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    for name in ("x.bed.gz", ".x.bed.gz.lock"):
        (shared / name).write_bytes(PRECIOUS)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            with writing_to(shared / "x.bed.gz", "/jobs/1"):
                exported(shared / "x.bed.gz")
            os.write(theirs, b"written")
        except BaseException as error:  # whatever it is, this process must not go on with the other tests
            os.write(theirs, str(error).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    said = os.read(ours, 4096).decode()
    os.close(ours)
    os.waitpid(child, 0)
    assert said == f"{shared / 'x.bed.gz'} could not be written: Operation not permitted."
    assert {path.name: path.read_bytes() for path in shared.iterdir()} == {
        "x.bed.gz": PRECIOUS,
        ".x.bed.gz.lock": PRECIOUS,
    }


def test_names_as_long_as_the_system_takes_can_be_written(tmp_path: Path) -> None:
    for name in ("n" * 255, "ü" * 127):
        write_whole(tmp_path / name, b"new")
    assert len(os.listdir(tmp_path)) == 2


# Who may open a file for writing by its name: who writes into a folder of its own, and who
# opens no file but a descriptor or the null device.
_ALLOWED = {"dataset/prepare.py", "model/checkpoint.py", "jobs/launch.py", "protocol/machine/showing.py"}


def test_no_module_writes_to_a_name_but_through_whole_files() -> None:
    core = Path(ebert_core.__path__[0])
    modules = (*core.rglob("*.py"), *core.with_name("ebert_gui").rglob("*.py"))
    writing = {path for path in modules for node in ast.walk(ast.parse(path.read_text())) if _writes(node)}
    assert {path.relative_to(core.parent).as_posix().partition("/")[2] for path in writing} == _ALLOWED


def _writes(call: ast.AST) -> bool:
    if not isinstance(call, ast.Call):
        return False
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    modes = [node.value for node in call.args if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    is_open = name == "open" and any(set(mode) & set("wax") and len(mode) <= 3 for mode in modes)
    return (is_open and not _is_bigwig(call)) or name in ("write_text", "write_bytes")


def _is_bigwig(call: ast.Call) -> bool:
    """PyBigWig takes a name, which is that of a new part."""
    return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "pyBigWig"
