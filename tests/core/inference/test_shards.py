"""Several processes write the file that one would have written; nobody waits for a process that has gone."""

import os
import platform
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from torch.distributed import HashStore  # type: ignore[attr-defined] # its module declares no exports

from ebert_core.dataset.sidecar import read_sidecar
from ebert_core.inference import shards, stretches
from ebert_core.inference.export import predict_to_files
from ebert_core.inference.parts import Parts
from ebert_core.inference.shards import OtherEnded, Shards
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.certain import present
from tests.core.toy_binding import quiet

GONE = """
import os
from ebert_core.inference.shards import OtherEnded, Shards
with Shards.from_environment():
    os.kill(os.getpid(), 9)
"""


def start(rank: int, port: int, program: list[str]) -> subprocess.Popen[bytes]:
    """One of two processes, as torchrun starts them."""
    told = {"RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_RANK": str(rank), "MASTER_PORT": str(port)}
    where = {**os.environ, **told, "MASTER_ADDR": "127.0.0.1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, *program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=where)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
        return found


@pytest.fixture
def regions(tmp_path: Path) -> str:
    """Blocks on either chromosome in turn, so that each process has some of them."""
    path = tmp_path / "r.bed"
    path.write_text("chr2\t0\t5000\nchr1\t0\t9000\nchr2\t5000\t12000\nchr1\t600\t30000\nchr2\t100\t900\n")
    return str(path)


def flags(checkpoint: Path, dataset: Path, output: Path, cell_type: str, regions: str) -> list[str]:
    words = [str(checkpoint), str(dataset), "--output", str(output), "--cell-type", cell_type, "--regions", regions]
    return ["-m", "ebert_core", "predict", *words, "--factor", "FOS", "--precision", "fp32"]


@pytest.fixture
def alone(
    toy_binding: Path, toy_checkpoint: Path, regions: str, tmp_path: Path
) -> Callable[[str], tuple[bytes, Predict]]:
    """What one process writes, and the spec by which it did."""

    def predict(ending: str) -> tuple[bytes, Predict]:
        output = str(tmp_path / f"alone.{ending}")
        spec = Predict(str(toy_checkpoint), str(toy_binding), "alpha", "FOS", output, regions=regions, precision="fp32")
        spec = msgspec.structs.replace(spec, sidecar=False)
        return predict_to_files(spec, quiet)[0].read_bytes(), spec

    return predict


def test_two_processes_write_the_bigwig_of_one_to_the_last_byte(
    alone: Callable[[str], tuple[bytes, Predict]],
    toy_binding: Path,
    toy_checkpoint: Path,
    regions: str,
    tmp_path: Path,
    port: int,
) -> None:
    program = flags(toy_checkpoint, toy_binding, tmp_path / "both.bw", "alpha", regions)
    first, second = (start(rank, port, program) for rank in (0, 1))
    expected, _ = alone("bw")
    assert second.communicate() == (b"", b"")
    said, complained = first.communicate()
    assert (said.decode(), first.returncode, second.returncode) == (f"{tmp_path / 'both.bw'}\n", 0, 0)
    assert b"Error" not in complained
    assert (tmp_path / "both.bw").read_bytes() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alone.bw", "both.bw", "both.bw.json", "r.bed"]
    assert present(read_sidecar(tmp_path / "both.bw")).versions.processes == 2


def test_two_processes_predict_one_cell_type_after_the_other(
    toy_binding: Path, toy_checkpoint: Path, regions: str, tmp_path: Path, port: int
) -> None:
    program = flags(toy_checkpoint, toy_binding, tmp_path / "{cell_type}.tab.gz", "alpha", regions)
    program[program.index("alpha")] = "all"
    both = [start(rank, port, program) for rank in (0, 1)]
    said, complained = both[0].communicate()
    assert both[1].communicate() == (b"", b"")
    assert [each.returncode for each in both] == [0, 0], complained
    assert said.decode().splitlines() == [str(tmp_path / f"{cell}.tab.gz") for cell in ("alpha", "beta")]
    for cell in ("alpha", "beta"):
        output = str(tmp_path / f"alone.{cell}.tab.gz")
        spec = Predict(str(toy_checkpoint), str(toy_binding), cell, "FOS", output, regions=regions, precision="fp32")
        assert predict_to_files(spec, quiet)[0].read_bytes() == (tmp_path / f"{cell}.tab.gz").read_bytes()


@pytest.mark.parametrize("ending", ["bw", "tab.gz", "bed.gz"])
def test_blocks_in_turn_make_the_file_of_one_process(
    alone: Callable[[str], tuple[bytes, Predict]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(stretches, "_BLOCK_BASES", 1_600)
    monkeypatch.setattr(stretches, "_FEWEST_BATCHES", 1)
    expected, spec = alone(ending)
    spec = msgspec.structs.replace(spec, output=str(tmp_path / f"shared.{ending}"))
    store = HashStore()

    def share(rank: int) -> None:
        with Shards(rank, 3, store) as shared:
            predict_to_files(spec, quiet, shared)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(share, range(3)))
    assert Path(spec.output).read_bytes() == expected
    assert len(list(tmp_path.iterdir())) == (5 if ending == "bed.gz" else 3)


def test_a_process_that_is_killed_ends_the_run_with_a_sentence(
    alone: Callable[[str], tuple[bytes, Predict]],
    toy_binding: Path,
    toy_checkpoint: Path,
    regions: str,
    tmp_path: Path,
    port: int,
) -> None:
    first = start(0, port, flags(toy_checkpoint, toy_binding, tmp_path / "x.bw", "alpha", regions))
    second = start(1, port, ["-c", GONE])
    assert second.wait() == -9
    said, complained = first.communicate()
    second.communicate()
    assert (said, first.returncode) == (b"", 2)
    assert b"Process 2 of 2 has died: it was killed, or its memory ran out. Nothing was written" in complained
    assert b"The same command goes on from here: " in complained
    assert sorted(path.name for path in tmp_path.iterdir()) == [".x.bw.parts", "r.bed"]
    program = flags(toy_checkpoint, toy_binding, tmp_path / "x.bw", "alpha", regions)
    two = [start(rank, port, program) for rank in (0, 1)]
    _, told = two[0].communicate()
    two[1].communicate()
    assert b"Going on with " in told
    assert (tmp_path / "x.bw").read_bytes() == alone("bw")[0]


@pytest.fixture
def first_of_two(tmp_path: Path) -> Iterator[tuple[Shards, HashStore]]:
    """The first process, and what the other has told so far."""
    store = HashStore()
    shared = Shards(0, 2, store)
    with shared, shared.sharing(Parts(tmp_path)):
        yield shared, store


def test_what_went_wrong_elsewhere_is_said_by_the_first(first_of_two: tuple[Shards, HashStore]) -> None:
    shared, store = first_of_two
    store.set("failed-1", "The disk is full.")
    with pytest.raises(InvalidRequest, match=r"Process 2 of 2 ended: The disk is full\. Nothing was written"):
        shared.received(1, quiet)


def test_a_machine_that_says_nothing_any_more_is_given_up(
    first_of_two: tuple[Shards, HashStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, store = first_of_two
    store.set("process-1", "another-machine 1")
    monkeypatch.setattr(shards, "_SILENCE_SECONDS", 0.0)
    with pytest.raises(InvalidRequest, match="Process 2 of 2 on another-machine has given no sign of life"):
        shared.received(1, quiet)


def test_a_process_that_never_comes_is_given_up(
    first_of_two: tuple[Shards, HashStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "_PATIENCE_SECONDS", 0.0)
    with pytest.raises(InvalidRequest, match="Process 2 of 2 did not appear"):
        first_of_two[0].received(1, quiet)


def test_an_interruption_that_another_s_death_brought_is_blamed_on_it(tmp_path: Path) -> None:
    store = HashStore()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    store.set("process-1", f"{platform.node()} {ended.pid}")
    with pytest.raises(InvalidRequest, match="Process 2 of 2 has died"), Shards(0, 2, store):
        raise KeyboardInterrupt


def test_the_end_of_another_process_is_said_once_however_long_it_is_silent_by_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = HashStore()
    store.set("process-1", "another-machine 1")
    monkeypatch.setattr(shards, "_SILENCE_SECONDS", 0.0)
    ended = OtherEnded("Process 2 of 2 on another-machine has given no sign of life for 31 s.")
    with pytest.raises(OtherEnded) as refused, Shards(0, 2, store):
        raise ended
    assert refused.value is ended


def test_an_interruption_by_the_person_is_one() -> None:
    store = HashStore()
    store.set("stopped-1", "")
    with pytest.raises(KeyboardInterrupt), Shards(0, 2, store):
        raise KeyboardInterrupt


def test_half_of_what_torchrun_says_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.delenv("RANK", raising=False)
    with pytest.raises(InvalidRequest, match="WORLD_SIZE is 2 but RANK is not set"):
        Shards.from_environment()


def test_the_others_end_when_the_first_has(tmp_path: Path) -> None:
    store = HashStore()
    store.set("failed-0", "There is no checkpoint at /c.")
    with (
        pytest.raises(InvalidRequest, match="Process 1 of 2 ended: There is no checkpoint"),
        Shards(1, 2, store) as it,
    ):
        it.wait_for_first()
