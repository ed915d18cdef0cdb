"""A minute of what tools/soak.py does for an hour: browsing, jobs, and workers that are killed while all goes on."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what a process holds is read from /proc")
def test_every_track_comes_however_often_a_worker_is_killed(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "tools/soak.py",
        "--minutes",
        "0.6",
        "--kill-seconds",
        "7",
        "--to",
        str(tmp_path / "soak"),
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Every track came after every kill" in ended.stdout
    killed = sum(int(number) for number in re.findall(r"(\d+) (?:data|model|job) killed", ended.stdout))
    assert killed >= 2
    assert (tmp_path / "soak" / "soak.tsv").read_text().startswith("seconds\tprocesses\trole")
