"""A disk that is full at any moment of a training costs one sentence; with room again, the run goes on to the bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

from ebert_core.protocol.specs.on_disk import write_spec
from tests.core.toy_binding import finetune_spec, write_toy_binding

ROOT = Path(__file__).parents[3]
STARVED = Path(__file__).with_name("starved_training.py")
# Before the job has a record, at the first state, and between states.
MOMENTS = (1, 6, 14)


def test_a_disk_that_is_full_at_any_moment_costs_a_sentence_and_nothing_that_was_kept(tmp_path: Path) -> None:
    dataset, output = write_toy_binding(tmp_path), tmp_path / "made" / "out"
    spec = finetune_spec(dataset, output, epochs=1, batch_size=40, validation=("chr2:1-3,000",))
    write_spec(tmp_path / "finetune.toml", spec)
    command = [sys.executable, str(STARVED), str(tmp_path / "finetune.toml"), str(output), *map(str, MOMENTS)]
    more = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "EBERT_JOBS": str(tmp_path / "jobs")}
    ended = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **more})
    assert ended.returncode == 0, ended.stderr[-2000:]
    found = json.loads(ended.stdout.splitlines()[-1])
    for moment, (code, said, has_traceback, states, is_same) in found.items():
        assert (code, has_traceback, is_same) == (2, False, True), (moment, said)
        assert said.startswith("ebert finetune: "), moment
        assert "full" in said or "No space left" in said, moment
        assert states in ([], ["failed"]), moment
    assert found[str(MOMENTS[-1])][3] == ["failed"]
