"""What a result can be trusted for: killed, out of disk, with other files or other numbers, a run ends as it should."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from toy_binding import finetune_spec, pretrain_spec, write_toy_binding

from ebert_core.jobs.specs import write_spec

TOYS = Path(__file__).parents[1]
KILLED = Path(__file__).with_name("killed_training.py")


def alone(**more: str) -> dict[str, str]:
    """The environment of a child on one thread that can import the toys."""
    return {**os.environ, "PYTHONPATH": str(TOYS), "OMP_NUM_THREADS": "1", **more}


@pytest.mark.parametrize(
    ("verb", "moments"),
    [
        (
            "finetune",
            {
                "first state",
                "open best-#.safetensors.part",
                "os.rename best-#.safetensors",
                "open resume.safetensors.part",
                "os.rename resume.safetensors",
                "os.remove best-#.safetensors",
                "os.rename out",
                "os.rename result.json",
                "os.rmdir checkpoints",
            },
        ),
        (
            "pretrain",
            {
                "first state",
                "open resume.safetensors.part",
                "os.rename resume.safetensors",
                "os.rename out",
                "os.rename result.json",
                "os.rmdir checkpoints",
            },
        ),
    ],
)
def test_killed_before_any_change_of_its_files_a_resumed_run_writes_the_same_bits(tmp_path, verb, moments):
    output = tmp_path / "made" / "out"
    dataset = write_toy_binding(tmp_path)
    if verb == "finetune":
        spec = finetune_spec(dataset, output, epochs=2, batch_size=40, validation=("chr2:1-3,000",))
    else:
        spec = pretrain_spec(dataset, output, steps=4, evaluate_every=2)
    write_spec(tmp_path / f"{verb}.toml", spec)
    command = [sys.executable, str(KILLED), str(tmp_path / f"{verb}.toml"), str(output)]
    ended = subprocess.run(command, capture_output=True, text=True, env=alone(EBERT_JOBS=str(tmp_path / "jobs")))
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert json.loads(ended.stdout.splitlines()[-1]) == dict.fromkeys(moments, True)
