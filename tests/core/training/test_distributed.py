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
from toy_binding import finetune_spec, pretrain_spec, write_toy_binding

from ebert_core.jobs.directory import list_jobs, read_metrics, read_process
from ebert_core.jobs.specs import write_spec
from ebert_core.training.distributed import agreed, agreed_text, processes, rank, share_of

TOYS = Path(__file__).parents[1]
# The preset tiny becomes far smaller in every process, as in the fixture `smallest`.
SITE = """
from ebert_core.model import config
from toy_binding import SMALLEST
config.PRESETS["tiny"] = SMALLEST
"""


def start(folder: Path, *words: str, together: int = 2) -> subprocess.Popen[str]:
    """`torchrun -m ebert_core`, each process on one thread."""
    (folder / "site").mkdir(exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(SITE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", f"--nproc-per-node={together}"]
    command += ["--master-addr=127.0.0.1", f"--master-port={port}", "-m", "ebert_core", *words]
    where = {"PYTHONPATH": f"{folder / 'site'}:{TOYS}", "OMP_NUM_THREADS": "1", "EBERT_JOBS": str(folder / "jobs")}
    return subprocess.Popen(
        command, env={**os.environ, **where}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def curve(folder: Path) -> dict[tuple[str, str], list[float]]:
    [job] = list_jobs(folder / "jobs")
    assert job.state == "done"
    return {(each.split, each.name): list(each.values) for each in read_metrics(Path(job.directory)).curves}


def test_alone_a_share_is_the_whole_batch_and_its_mean_the_mean():
    share = share_of(5)
    assert (rank(), processes(), share.rows, agreed(3.0), agreed_text("x")) == (0, 1, slice(0, 5), 3.0, "x")
    assert share.mean(torch.tensor([1.0, 2.0, 6.0])) == 3
    assert share.mean(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 1.0])) == 1.25
    assert share.mean(torch.zeros(0)) == 0


@pytest.mark.parametrize("verb", ["finetune", "pretrain"])
def test_two_processes_follow_the_curve_of_one(tmp_path, verb):
    dataset = write_toy_binding(tmp_path)
    found = {}
    for together in (1, 2):
        folder = tmp_path / str(together)
        folder.mkdir()
        if verb == "finetune":
            spec = finetune_spec(dataset, folder / "out", epochs=1, batch_size=7, dropout=0.0)
        else:
            spec = pretrain_spec(dataset, folder / "out", steps=6, evaluate_every=1, batch_size=5)
        write_spec(folder / "spec.toml", spec)
        code, out, err = ended(start(folder, verb, str(folder / "spec.toml"), together=together))
        assert code == 0, err[-3000:]
        assert out.splitlines()[-1] == str(folder / "out")
        found[together] = curve(folder)
        description = json.loads((folder / "out" / "description.json").read_text())
        assert description["versions"]["processes"] == together
    assert found[1].keys() == found[2].keys()
    for name, values in found[1].items():
        assert values == pytest.approx(found[2][name], abs=1e-4), name
    one, two = (load_file(tmp_path / name / "out" / "weights.safetensors") for name in ("1", "2"))
    for name in one:
        torch.testing.assert_close(one[name], two[name], atol=2e-3, rtol=0.02)


def test_preempted_and_then_robbed_of_a_process_a_run_says_so_and_goes_on_to_the_same_bits(tmp_path):
    dataset = write_toy_binding(tmp_path)
    spec = pretrain_spec(dataset, tmp_path / "out", steps=40, evaluate_every=4)
    whole = msgspec.structs.replace(spec, output=str(tmp_path / "whole"))
    for name, each in (("spec", spec), ("whole", whole)):
        write_spec(tmp_path / f"{name}.toml", each)
    assert ended(start(tmp_path, "pretrain", str(tmp_path / "whole.toml")))[0] == 0

    preempted = start(tmp_path, "pretrain", str(tmp_path / "spec.toml"))
    wait_for_state(tmp_path, 1)
    preempted.send_signal(signal.SIGTERM)
    assert ended(preempted)[0] != 0
    job = list_jobs(tmp_path / "jobs")[0]
    assert (job.state, job.message) == ("stopped", "")
    state = Path(job.directory) / "checkpoints" / "resume.safetensors"
    step = int(load_file(state)["step"])
    assert step >= 4

    robbed = start(tmp_path, "pretrain", str(tmp_path / "spec.toml"), "--resume")
    wait_for_state(tmp_path, step + 1)
    children = Path(f"/proc/{robbed.pid}/task/{robbed.pid}/children").read_text().split()
    [other] = {int(child) for child in children} - {read_process(Path(job.directory)).pid}
    os.kill(other, signal.SIGKILL)
    code, _, err = ended(robbed)
    assert code != 0
    job = list_jobs(tmp_path / "jobs")[0]
    assert job.state == "failed"
    assert job.message.startswith("Another process of this run ended")
    assert "resume to go on" in job.message
    assert f"ebert pretrain: {job.message}" in err

    assert ended(start(tmp_path, "pretrain", str(tmp_path / "spec.toml"), "--resume"))[0] == 0
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("out", "whole")]
    assert weights[0] == weights[1]
    assert [each.state for each in list_jobs(tmp_path / "jobs")] == ["done", "done"]


def wait_for_state(folder: Path, step: int) -> None:
    """Until a state of at least this step lies in the newest job."""
    end = time.monotonic() + 120
    while True:
        assert time.monotonic() < end
        for path in sorted((folder / "jobs").glob("*-out/checkpoints/resume.safetensors")):
            if int(load_file(path)["step"]) >= step:
                return
        time.sleep(0.02)
