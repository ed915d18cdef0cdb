"""A prediction that was killed goes on where it was, to the same bytes, and begins anew where anything has changed."""

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ebert_core.cli.program import main
from ebert_core.inference import parts, stretches
from ebert_core.inference.export import predict_to_files
from ebert_core.inference.parts import Parts
from ebert_core.jobs.control import resume_job
from ebert_core.jobs.directory import jobs_folder
from ebert_core.jobs.summary import list_jobs
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.core.full_disk import files_of_at_most
from tests.core.toy_binding import quiet, write_toy_binding

pytestmark = pytest.mark.usefixtures("short_blocks")

KILLED = """
import os, signal, sys
from ebert_core.inference import parts, stretches
from ebert_core.cli.program import main
stretches._BLOCK_BASES, stretches._FEWEST_BATCHES = 1_600, 1
kept, write = [], parts.Parts.write
def write_and_die(self, number, block):
    write(self, number, block)
    kept.append(number)
    if len(kept) == int(sys.argv[1]):
        os.kill(os.getpid(), getattr(signal, sys.argv[2]))
parts.Parts.write = write_and_die
sys.exit(main(sys.argv[3:]))
"""


@pytest.fixture
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of four tiles, so that the toy chromosomes have 27 of them."""
    monkeypatch.setattr(stretches, "_BLOCK_BASES", 1_600)
    monkeypatch.setattr(stretches, "_FEWEST_BATCHES", 1)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return write_toy_binding(tmp_path / "data")


@pytest.fixture
def checkpoint(toy_checkpoint: Path, tmp_path: Path) -> Path:
    shutil.copytree(toy_checkpoint, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def spec_of(dataset: Path, checkpoint: Path, tmp_path: Path) -> Callable[..., Predict]:
    (tmp_path / "out").mkdir()

    def make(name: str = "x.bw", **changes: int | str | tuple[str]) -> Predict:
        fixed: dict[str, Any] = {"cell_type": "alpha", "factor": "FOS", "precision": "fp32", "sidecar": False}
        return Predict(str(checkpoint), str(dataset), output=str(tmp_path / "out" / name), **{**fixed, **changes})

    return make


@pytest.fixture
def words(dataset: Path, checkpoint: Path) -> list[str]:
    return [
        "predict",
        str(checkpoint),
        str(dataset),
        "--cell-types",
        "alpha",
        "--factors",
        "FOS",
        "--precision",
        "fp32",
    ]


def stopped_after(blocks: int) -> Callable[[float, str], None]:
    """A listener that ends the work when so many blocks are there."""
    seen: set[int] = set()

    def heard(fraction: float, note: str) -> None:
        seen.add(int(fraction * 27 + 1e-6))
        if len(seen) > blocks:
            raise InvalidRequest("Stopped.")

    return heard


def parts_of(path: str) -> Path:
    return parts.parts_folder(Path(path))


@pytest.mark.parametrize(
    ("ending", "how"),
    [
        ("bw", "SIGKILL"),
        ("tab.gz", "SIGKILL"),
        ("bed.gz", "SIGKILL"),
        ("tsv", "SIGKILL"),
        ("bw", "SIGTERM"),
        ("bw", "SIGINT"),
    ],
)
def test_a_killed_command_that_is_given_again_writes_the_same_bytes(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str, how: str
) -> None:
    (tmp_path / "out").mkdir()
    whole, cut = tmp_path / "out" / f"whole.{ending}", tmp_path / "out" / f"cut.{ending}"
    assert main([*words, "--output", str(whole)]) == 0
    program = [sys.executable, "-c", KILLED, "5", how, *words, "--output", str(cut)]
    ended = subprocess.run(program, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert ended.returncode == (-9 if how == "SIGKILL" else 130)
    kept = sorted(parts_of(str(cut)).glob("*.block"))
    assert len(kept) == 5
    assert not cut.exists()
    if how != "SIGKILL":
        assert "The same command goes on from here: 5 blocks (" in ended.stderr
    capsys.readouterr()
    assert main([*words, "--output", str(cut)]) == 0
    assert "Going on with 5 blocks that an earlier run kept." in capsys.readouterr().err
    assert cut.read_bytes() == whole.read_bytes()
    left = sorted(path.name for path in (tmp_path / "out").iterdir())
    beside = ["", ".json", ".tbi"] if ending == "bed.gz" else ["", ".json"]
    assert left == sorted(f"{path.name}{more}" for path in (cut, whole) for more in beside)


def test_what_is_kept_is_not_computed_again(
    spec_of: Callable[..., Predict], computed_tiles: list[tuple[str, int]]
) -> None:
    spec = spec_of()
    predict_to_files(spec_of("whole.bw"), quiet)
    every = len(computed_tiles)
    with pytest.raises(InvalidRequest):
        predict_to_files(spec, stopped_after(20))
    before = len(list(parts_of(spec.output).glob("*.block")))
    assert before >= 10
    del computed_tiles[:]
    [path] = predict_to_files(spec, quiet)
    assert len(computed_tiles) <= every * (27 - before) / 27 + 12  # a batch on either side of a block is computed again
    assert path.read_bytes() == Path(spec_of("whole.bw").output).read_bytes()


def test_temporary_room_is_that_of_the_values(spec_of: Callable[..., Predict]) -> None:
    with pytest.raises(InvalidRequest):
        predict_to_files(spec_of(), stopped_after(20))
    blocks = list(parts_of(spec_of().output).glob("*.block"))
    sizes = sum(path.stat().st_size for path in blocks)
    assert sizes <= len(blocks) * (1_600 // 50 * 4 + 40)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("calibration", "since the checkpoint's calibration changed"),
        ("reference", r"since reference (toy.fa) changed"),
        ("states", r"since cell_types.alpha.states (alpha.bed) changed"),
        ("regions", "since the regions changed"),
        ("strands", "since the strands changed"),
        ("cell type", "since the cell type"),
    ],
)
def test_whatever_changed_is_named_and_nothing_kept_is_used(
    spec_of: Callable[..., Predict],
    dataset: Path,
    checkpoint: Path,
    computed_tiles: list[tuple[str, int]],
    change: str,
    said: str,
) -> None:
    spec = spec_of()
    with pytest.raises(InvalidRequest):
        predict_to_files(spec, stopped_after(10))
    match change:
        case "calibration":
            described = msgspec.json.decode((checkpoint / "description.json").read_bytes())
            described["factors"][0]["calibration"]["offset"] += 0.5
            (checkpoint / "description.json").write_bytes(msgspec.json.encode(described))
        case "reference":
            text = (dataset.parent / "toy.fa").read_text()
            (dataset.parent / "toy.fa").write_text(text[:100] + "A" * 20 + text[120:])
        case "states":
            text = (dataset.parent / "alpha.bed").read_text()
            (dataset.parent / "alpha.bed").write_text(text.replace("closed", "open", 1))
        case "regions":
            spec = spec_of(chromosomes=("chr1",))
        case "strands":
            spec = spec_of(strands=1)
        case _:
            spec = spec_of(cell_type="beta")
    del computed_tiles[:]
    heard: list[str] = []
    [path] = predict_to_files(spec, quiet, tell=heard.append)
    assert any(said in sentence and "this one begins anew" in sentence for sentence in heard)
    assert ("chr1", 0) in computed_tiles
    [other] = predict_to_files(msgspec.structs.replace(spec, output=spec_of("other.bw").output), quiet)
    assert path.read_bytes() == other.read_bytes()
    assert not parts_of(spec.output).exists()


def test_a_block_that_was_torn_is_computed_again(spec_of: Callable[..., Predict]) -> None:
    spec = spec_of()
    with pytest.raises(InvalidRequest):
        predict_to_files(spec, stopped_after(10))
    blocks = sorted(parts_of(spec.output).glob("*.block"))
    blocks[0].write_bytes(blocks[0].read_bytes()[:-5])
    blocks[1].write_bytes(bytes(blocks[1].stat().st_size))
    blocks[2].write_bytes(b"")
    heard: list[str] = []
    [path] = predict_to_files(spec, quiet, tell=heard.append)
    assert heard[0].startswith(f"Going on with {len(blocks) - 3} block")
    [whole] = predict_to_files(spec_of("whole.bw"), quiet)
    assert path.read_bytes() == whole.read_bytes()


def test_on_a_full_disk_it_keeps_what_it_has_and_goes_on_later(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    output = tmp_path / "out" / "x.tab.gz"
    write, calls = Parts.write, []

    def full(self: Parts, number: int, block: list[bytes]) -> None:
        calls.append(number)
        if len(calls) > 3:
            raise InvalidRequest("The disk that holds X is full; free some space.")
        write(self, number, block)

    with monkeypatch.context() as filling:
        filling.setattr(Parts, "write", full)
        assert main([*words, "--output", str(output)]) == 2
    said = capsys.readouterr().err
    assert "is full; free some space. The same command goes on from here: 3 blocks (" in said
    assert sorted(path.name for path in output.parent.iterdir()) == [".x.tab.gz.parts"]
    assert main([*words, "--output", str(output)]) == 0
    assert gzip.decompress(output.read_bytes()).count(b"\n") == sum(
        (length - 200) // 50 + 1 for length in (30_000, 12_130)
    )


def test_a_part_that_no_disk_takes_is_a_sentence(tmp_path: Path) -> None:
    kept = Parts(tmp_path)
    sentence = rf"The disk that holds {tmp_path.parent} is full; free some space\."
    with files_of_at_most(20_000), pytest.raises(InvalidRequest, match=sentence):
        kept.write(1, [bytes(30_000)])
    assert list(tmp_path.iterdir()) == []


def test_anew_forgets_what_was_kept(
    words: list[str], spec_of: Callable[..., Predict], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InvalidRequest):
        predict_to_files(spec_of(), stopped_after(10))
    assert main([*words, "--output", spec_of().output, "--anew"]) == 0
    assert "Going on" not in capsys.readouterr().err
    assert not parts_of(spec_of().output).exists()


def test_of_several_cell_types_those_that_are_complete_are_kept(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], computed_tiles: list[tuple[str, int]]
) -> None:
    (tmp_path / "out").mkdir()
    words[words.index("alpha")] = "all"
    asked = [*words, "--output", str(tmp_path / "out" / "{cell_type}.tab.gz")]
    alpha, beta = (tmp_path / "out" / f"{cell}.tab.gz" for cell in ("alpha", "beta"))
    assert main(asked) == 0
    first = (alpha.read_bytes(), beta.read_bytes())
    beta.unlink()
    del computed_tiles[:]
    capsys.readouterr()
    assert main(asked) == 0
    said = capsys.readouterr()
    assert "alpha is complete already; --anew computes it again." in said.err
    assert said.out.splitlines() == [str(alpha), str(beta)]
    assert (alpha.read_bytes(), beta.read_bytes()) == first
    of_one = len(computed_tiles)
    for changed in ([*asked, "--strands", "1", "--overwrite"], [*asked, "--anew", "--overwrite"]):
        beta.unlink()
        del computed_tiles[:]
        assert main(changed) == 0
        assert len(computed_tiles) >= 2 * of_one
        assert "complete already" not in capsys.readouterr().err
    del computed_tiles[:]
    assert main(asked) == 0  # whoever asks again for all that is there wants it computed again
    assert len(computed_tiles) == 2 * of_one


def test_a_job_of_the_window_goes_on_too(
    words: list[str], spec_of: Callable[..., Predict], dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = [sys.executable, "-c", KILLED, "5", "SIGKILL", *words, "--output", spec_of().output]
    subprocess.run(program, capture_output=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    [job] = list_jobs(jobs_folder(str(dataset)))
    assert job.state == "lost"
    script = tmp_path / "ebert.py"
    script.write_text(KILLED.replace("sys.argv[1]", '"99"').replace("sys.argv[3:]", "sys.argv[1:]"))
    resume_job(job.directory, [sys.executable, str(script)])
    log = Path(job.directory) / "log.txt"
    for _ in range(600):
        [job] = list_jobs(jobs_folder(str(dataset)))
        if job.state in ("done", "failed", "lost"):
            break
        import time

        time.sleep(0.1)
    assert job.state == "done", log.read_text()
    assert "Going on with 5 blocks that an earlier run kept." in log.read_text()
    [whole] = predict_to_files(spec_of("whole.bw"), quiet)
    assert Path(spec_of().output).read_bytes() == whole.read_bytes()


def test_where_every_bin_is_unknown_nothing_is_kept(
    spec_of: Callable[..., Predict], tmp_path: Path, dataset: Path
) -> None:
    text = (dataset.parent / "toy.fa").read_text()
    head = text.index("\n") + 1
    (dataset.parent / "toy.fa").write_text(text[:head] + "N" * 20_000 + text[head + 20_000 :])
    with pytest.raises(InvalidRequest, match="every bin that was asked for holds an N"):
        predict_to_files(spec_of(regions=("chr1:1-19,000",)), quiet)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(("free", "warned"), [(1_000, True), (10**9, False)])
def test_a_disk_with_too_little_room_is_told_of_at_the_first_block(
    spec_of: Callable[..., Predict], monkeypatch: pytest.MonkeyPatch, free: int, warned: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(free, 0, free))
    said: list[str] = []
    blocks: list[int] = []
    kept = Parts.write

    def noted(self: Parts, number: int, block: list[bytes]) -> None:
        blocks.append(number)
        kept(self, number, block)

    monkeypatch.setattr(Parts, "write", noted)
    spec = spec_of("x.tab.gz")
    predict_to_files(spec, quiet, tell=lambda text: said.append(f"{len(blocks)} {text}"))
    wanted = f"0 WARNING: {Path(spec.output).parent} has room for 1.0 kB, and about "
    assert [text.startswith(wanted) for text in said] == [True] * warned


def test_what_lies_among_the_blocks_and_is_no_file_is_removed_unread(tmp_path: Path) -> None:
    kept = Parts(tmp_path / ".x.bw.parts")
    kept.folder.mkdir()
    kept.write(1, [b"values"])
    (tmp_path / "precious").write_bytes(b"precious")
    os.mkfifo(kept.folder / "2.block")
    (kept.folder / "3.block").symlink_to("/dev/zero")
    (kept.folder / "4.block").symlink_to(tmp_path / "precious")
    (kept.folder / "5.block").mkdir()
    os.mkfifo(kept.folder / "request.json")
    assert kept._begun() is None
    kept._drop_damaged()
    assert [path.name for path in kept._blocks()] == ["1.block"]
    assert (tmp_path / "precious").read_bytes() == b"precious"
