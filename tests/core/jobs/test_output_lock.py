"""Two jobs do not write to one place, and a job that died keeps nobody from it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ebert_core.jobs.lock import writing_to
from ebert_core.protocol.terms.errors import InvalidRequest

HOLD = """
import sys
from pathlib import Path
from ebert_core.jobs.lock import writing_to
with writing_to(Path(sys.argv[1]), Path("/jobs/first")):
    print("holds", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_refused_with_the_first_ones_job_and_allowed_after_its_death(tmp_path: Path) -> None:
    output = tmp_path / "checkpoints" / "out"
    command = [sys.executable, "-c", HOLD, str(output)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"holds\n"
        said = f"^/jobs/first runs already and writes to {output}. Wait for it"
        with pytest.raises(InvalidRequest, match=said), writing_to(output, tmp_path):
            pass
        first.kill()
    with writing_to(output, tmp_path):
        assert os.listdir(output.parent) == [".out.lock"]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="refused"), writing_to(tmp_path / "a" / "new" / "out", tmp_path):
        raise ValueError("refused")
    assert list(tmp_path.iterdir()) == []
    with writing_to(tmp_path / "new" / "out", tmp_path):
        (tmp_path / "new" / "out").mkdir()
    assert os.listdir(tmp_path / "new") == ["out"]


@pytest.mark.parametrize("output", ["/proc/x/y", ""])
def test_a_place_where_no_lock_can_be_made_is_left_to_whoever_writes_there(output: str, tmp_path: Path) -> None:
    with writing_to(Path(output), tmp_path):
        pass
