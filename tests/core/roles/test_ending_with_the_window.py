"""A worker ends with its window: when its pipe is closed, and when its parent ended before it could ask to be told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.certain import present

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such pipes and parents on Windows")


def test_a_pipe_that_stays_open_or_is_closed_after_the_block_ends_nobody() -> None:
    """In a process of its own: one that ended the tests would look as if all had passed."""
    script = (
        "import os, time\n"
        "from ebert_core.roles.orphans import ending_with\n"
        "watched, kept = os.pipe()\n"
        "with ending_with(watched):\n    time.sleep(0.3)\n"  # longer than it waits for one look
        "os.close(kept)\ntime.sleep(0.3)\nprint('lives on')"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "lives on\n", "")


def test_within_the_block_it_ends_at_once_and_without_a_word() -> None:
    script = (
        "import time\n"
        "from ebert_core.roles.orphans import ending_with\n"
        "with ending_with(0):\n    print('within', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as worker:
        assert present(worker.stdout).readline() == b"within\n"
        present(worker.stdin).close()
        assert worker.wait(timeout=10) == 0
        assert present(worker.stdout).read() + present(worker.stderr).read() == b""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
@pytest.mark.parametrize("has_ended", [False, True])
def test_a_worker_whose_parent_ended_while_it_started_ends_by_itself(tmp_path: Path, has_ended: bool) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(
        f"""
import os, pathlib, sys, time
from ebert_core.roles.orphans import die_with_parent
parent = os.getppid()
print("imported", flush=True)
while {has_ended} and os.getppid() == parent:
    time.sleep(0.01)
die_with_parent()
print("lives on", flush=True)
"""
    )
    launcher = "import subprocess, sys; subprocess.Popen([sys.executable, sys.argv[1]], stdout=3, pass_fds=[3])"
    launcher += "" if has_ended else ".wait()"
    reading, writing = os.pipe()
    script = f"import os; os.dup2({writing}, 3); {launcher}; os.read(0, 1)"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(worker)], stdin=subprocess.PIPE, pass_fds=[writing]
    ) as parent:
        os.close(writing)
        with open(reading, "rb") as told:
            assert told.readline() == b"imported\n"
            present(parent.stdin).close()
            assert told.read() == (b"" if has_ended else b"lives on\n")
