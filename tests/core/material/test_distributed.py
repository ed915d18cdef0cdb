"""Training in two real processes: the same curve as one, one job, and a sentence when one of them dies."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file

from ebert_core.cli.program import main
from ebert_core.jobs.directory import read_metrics, read_process
from ebert_core.jobs.summary import list_jobs
from ebert_core.material.distributed import agreed, agreed_text, processes, rank, share_of
from ebert_core.protocol.specs.learning import Pretrain
from ebert_core.protocol.specs.on_disk import write_spec
from tests.certain import present
from tests.core.toy_binding import finetune_spec, pretrain_spec, write_toy_binding

TOYS = Path(__file__).parents[1]
# The preset tiny becomes far smaller in every process, as in the fixture `smallest`.
SITE = """
from ebert_core.model import config
from toy_binding import SMALLEST
config.PRESETS["tiny"] = SMALLEST
"""


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """`torchrun -m ebert_core`, two processes on one thread each."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "ebert_core"]
    return begin([*command, *words], environment(folder))


def begin(command: list[str], where: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, env=where, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def environment(folder: Path) -> dict[str, str]:
    """Of a process in which the preset tiny is far smaller, as with the fixture `smallest`."""
    (folder / "site").mkdir(exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(SITE)
    where = {"PYTHONPATH": f"{folder / 'site'}:{TOYS}", "OMP_NUM_THREADS": "1", "EBERT_JOBS": str(folder / "jobs")}
    return os.environ | where


def run_together(folder: Path, *words: str) -> str:
    """What two processes print that are started by hand, without `torchrun`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
    command = [sys.executable, "-m", "ebert_core", *words]
    both = [begin(command, environment(folder) | where | {"RANK": str(rank)}) for rank in range(2)]
    (code, out, err), (other_code, other_out, other_err) = map(ended, both)
    assert (code, other_code) == (0, 0), err[-3000:] + other_err[-3000:]
    assert (other_out, other_err) == ("", "")
    return out


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def curve(folder: Path) -> dict[tuple[str, str], list[float]]:
    [job] = list_jobs(folder / "jobs")
    assert job.state == "done"
    return {(each.split, each.name): list(each.values) for each in read_metrics(Path(job.directory)).curves}


def test_alone_a_share_is_the_whole_batch_and_its_mean_the_mean() -> None:
    share = share_of(5)
    assert (rank(), processes(), share.rows, agreed(3.0), agreed_text("x")) == (0, 1, slice(0, 5), 3.0, "x")
    assert share.mean(torch.tensor([1.0, 2.0, 6.0])) == 3
    assert share.mean(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 1.0])) == 1.25
    assert share.mean(torch.zeros(0)) == 0


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pretrain]:
    """A pre-training by two processes, from beginning to end."""
    folder = tmp_path_factory.mktemp("together")
    spec = pretrain_spec(write_toy_binding(folder), folder / "whole", steps=30, evaluate_every=3, batch_size=5)
    write_spec(folder / "whole.toml", spec)
    out = run_together(folder, "pretrain", str(folder / "whole.toml"))
    assert out.splitlines()[-1] == spec.output
    return folder, spec


def follow_each_other(one: Path, two: Path) -> None:
    """Curves to 1e-4, and the checkpoint knows how many made it."""
    first, second = curve(one), curve(two)
    assert first.keys() == second.keys()
    for name, values in first.items():
        assert values == pytest.approx(second[name], abs=1e-4), name


def processes_of(checkpoint: str) -> int:
    found: int = json.loads((Path(checkpoint) / "description.json").read_text())["versions"]["processes"]
    return found


def test_two_processes_pretrain_along_the_curve_of_one(
    smallest: None, together: tuple[Path, Pretrain], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, spec = together
    monkeypatch.setenv("EBERT_JOBS", str(tmp_path / "jobs"))
    alone = msgspec.structs.replace(spec, output=str(tmp_path / "out"))
    write_spec(tmp_path / "spec.toml", alone)
    assert main(["pretrain", str(tmp_path / "spec.toml")]) == 0
    follow_each_other(tmp_path, folder)
    assert (processes_of(alone.output), processes_of(spec.output)) == (1, 2)


def test_two_processes_finetune_along_the_curve_of_one(
    smallest: None, together: tuple[Path, Pretrain], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, two = together[0], tmp_path / "two"
    two.mkdir()
    monkeypatch.setenv("EBERT_JOBS", str(tmp_path / "jobs"))
    for place in (tmp_path, two):
        spec = finetune_spec(
            folder / "DATASET.toml", place / "out", epochs=2, batch_size=7, dropout=0.0, further_windows=0.3
        )
        write_spec(place / "spec.toml", spec)
    assert main(["finetune", str(tmp_path / "spec.toml")]) == 0
    run_together(two, "finetune", str(two / "spec.toml"))
    follow_each_other(tmp_path, two)


def test_preempted_and_then_robbed_of_a_process_a_run_says_so_and_goes_on_to_the_same_bits(
    together: tuple[Path, Pretrain], tmp_path: Path
) -> None:
    folder, whole = together
    spec = msgspec.structs.replace(whole, output=str(tmp_path / "out"))
    write_spec(tmp_path / "spec.toml", spec)

    preempted = start(tmp_path, "pretrain", str(tmp_path / "spec.toml"))
    wait_for_state(tmp_path, 1)
    preempted.send_signal(signal.SIGTERM)
    assert ended(preempted)[0] != 0
    [job] = list_jobs(tmp_path / "jobs")
    assert (job.state, job.message) == ("stopped", "")
    step = int(load_file(Path(job.directory) / "checkpoints" / "resume.safetensors")["step"])

    robbed = start(tmp_path, "pretrain", str(tmp_path / "spec.toml"), "--resume")
    wait_for_state(tmp_path, step + 1)
    children = Path(f"/proc/{robbed.pid}/task/{robbed.pid}/children").read_text().split()
    [other] = {int(child) for child in children} - {present(read_process(Path(job.directory))).pid}
    os.kill(other, signal.SIGKILL)
    code, _, err = ended(robbed)
    assert code != 0
    [job] = list_jobs(tmp_path / "jobs")
    assert job.state == "failed"
    assert job.message.startswith("Another process of this run ended")
    assert "resume to go on" in job.message
    assert f"ebert pretrain: {job.message}" in err

    run_together(tmp_path, "pretrain", str(tmp_path / "spec.toml"), "--resume")
    weights = [(path / "weights.safetensors").read_bytes() for path in (tmp_path / "out", folder / "whole")]
    assert weights[0] == weights[1]
    assert [each.state for each in list_jobs(tmp_path / "jobs")] == ["done"]


def wait_for_state(folder: Path, step: int) -> None:
    """Until a state of at least this step lies in the newest job."""
    end = time.monotonic() + 120
    while True:
        assert time.monotonic() < end
        for path in sorted((folder / "jobs").glob("*-out/checkpoints/resume.safetensors")):
            if int(load_file(path)["step"]) >= step:
                return
        time.sleep(0.02)
