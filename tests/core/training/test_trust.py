"""What a result can be trusted for: killed, out of disk, with other files or other numbers, a run ends as it should."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ebert_core.cli.program import main
from ebert_core.jobs.summary import list_jobs
from ebert_core.protocol.specs.jobs import JobSpec
from ebert_core.protocol.specs.on_disk import write_spec
from ebert_core.training.finetune import finetune
from tests.core.toy_binding import SilentReport, finetune_spec, pretrain_spec, write_toy_binding

ROOT = Path(__file__).parents[3]
KILLED = Path(__file__).with_name("killed_training.py")


def alone(**more: str) -> dict[str, str]:
    """The environment of a child on one thread that can import the toys."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **more}


BETWEEN_BEST_AND_STATE, WHILE_SAVING_BEST = "open .resume.safetensors.part", "os.rename best-#.safetensors"
AFTER_THE_LAST_STEP, BEFORE_THE_END = "os.rename out", "os.rename result.json"
IN_AN_EPOCH = "first os.rename resume.safetensors"


@pytest.mark.parametrize(
    ("verb", "moments"),
    [
        (
            "finetune",
            (IN_AN_EPOCH, WHILE_SAVING_BEST, BETWEEN_BEST_AND_STATE, AFTER_THE_LAST_STEP, BEFORE_THE_END),
        ),
        ("pretrain", (IN_AN_EPOCH, AFTER_THE_LAST_STEP)),
    ],
)
def test_killed_before_any_change_of_its_files_a_resumed_run_writes_the_same_bits(
    tmp_path: Path, verb: str, moments: tuple[str, ...]
) -> None:
    output = tmp_path / "made" / "out"
    dataset = write_toy_binding(tmp_path)
    spec: JobSpec
    if verb == "finetune":
        spec = finetune_spec(dataset, output, epochs=2, batch_size=40, validation=("chr2:1-3,000",))
    else:
        spec = pretrain_spec(dataset, output, steps=4, evaluate_every=2)
    write_spec(tmp_path / f"{verb}.toml", spec)
    command = [sys.executable, str(KILLED), str(tmp_path / f"{verb}.toml"), str(output), *moments]
    ended = subprocess.run(command, capture_output=True, text=True, env=alone(EBERT_JOBS=str(tmp_path / "jobs")))
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert json.loads(ended.stdout.splitlines()[-1]) == dict.fromkeys(moments, True)


SITE = """
import os, signal, sys
from tests.core.toy_binding import SMALLEST
from ebert_core.model import config
from ebert_core.training import resume
config.PRESETS["tiny"] = SMALLEST
resume._SAVE_EVERY_SECONDS = 0.0

saved = []

def before_the_second_state(event, arguments):
    if event == "os.rename" and str(arguments[1]).endswith("/resume.safetensors"):
        saved.append(event)
        if len(saved) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

if os.environ.get("KILLED"):
    sys.addaudithook(before_the_second_state)
"""


def test_a_command_that_was_killed_goes_on_by_the_command_for_jobs(
    smallest: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = write_toy_binding(tmp_path)
    spec = finetune_spec(dataset, tmp_path / "out", epochs=2, batch_size=10, validation=("chr2:1-3,000",))
    whole = finetune(msgspec.structs.replace(spec, output=str(tmp_path / "whole")), SilentReport(), tmp_path / "work")
    write_spec(tmp_path / "spec.toml", spec)
    (tmp_path / "sitecustomize.py").write_text(SITE)
    for name, value in alone(PYTHONPATH=f"{tmp_path}:{ROOT}", EBERT_JOBS=str(tmp_path / "jobs")).items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "ebert_core", "finetune", str(tmp_path / "spec.toml")]
    assert subprocess.run(command, env={**os.environ, "KILLED": "yes"}).returncode == -signal.SIGKILL
    [job] = list_jobs(tmp_path / "jobs")
    assert job.state == "lost"
    assert not (tmp_path / "out").exists()
    assert main(["jobs", "resume", job.directory]) == 0
    wait_until(lambda: list_jobs(tmp_path / "jobs")[0].state in ("done", "failed", "lost"))
    assert list_jobs(tmp_path / "jobs")[0].state == "done"
    assert (tmp_path / "out" / "weights.safetensors").read_bytes() == (whole / "weights.safetensors").read_bytes()
    assert "Going on after step" in (Path(job.directory) / "events.jsonl").read_text()
    wait_until(lambda: not (Path(job.directory) / "checkpoints").exists())


def wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"factors": ("GATA9",)}, "has no peaks of GATA9"),
        ({"cell_types": ("gamma",)}, "DATASET.toml has no cell type gamma"),
        ({"training": ("chr9",)}, "'chr9' is no region"),
        ({"validation_cell_types": ("gamma",)}, "DATASET.toml has no cell type gamma"),
    ],
)
def test_a_mistyped_name_leaves_no_failed_job_behind(
    smallest: None,
    toy_binding: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, tuple[str]],
    sentence: str,
) -> None:
    write_spec(tmp_path / "spec.toml", finetune_spec(toy_binding, tmp_path / "out", **changes))
    assert main(["finetune", str(tmp_path / "spec.toml")]) == 2
    assert sentence in capsys.readouterr().err
    assert list_jobs(Path(os.environ["EBERT_JOBS"])) == []


def test_a_run_that_failed_after_its_first_step_stays_in_the_list(
    smallest: None, toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wild = finetune_spec(toy_binding, tmp_path / "out", learning_rate=1e30, warmup_steps=1)
    write_spec(tmp_path / "spec.toml", wild)
    assert main(["finetune", str(tmp_path / "spec.toml")]) == 2
    [job] = list_jobs(Path(os.environ["EBERT_JOBS"]))
    assert job.state == "failed"
    assert "nothing was overwritten" in job.message
