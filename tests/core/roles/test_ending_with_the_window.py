"""A worker ends with its window: when its pipe is closed, and when its parent ended before it could ask to be told."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.certain import present
from tests.processes import comes_within, is_gone_within

ROOT = Path(__file__).parents[3]
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


def test_a_worker_that_holds_the_interpreter_dies_with_its_parent(tmp_path: Path) -> None:
    """The parent starts a worker, makes it deaf for a minute, prints its process id, and is killed."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells a process that its parent has ended")
    script = tmp_path / "parent.py"
    script.write_text(
        f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
from tests.core.roles.test_session import PlainWindow
from tests.core.roles.toy_worker import HoldInterpreter
window = PlainWindow()
window.next()
window.ask(1, HoldInterpreter(60_000))
print(window.process.pid, flush=True)
time.sleep(60)
"""
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as parent:
        worker = int(present(parent.stdout).readline())
        os.kill(parent.pid, signal.SIGKILL)
    assert is_gone_within(worker, 2.0)


_SLOW_TORCH = {
    "lets others run": "import time; time.sleep(60)",
    "holds the interpreter": "import ctypes; ctypes.PyDLL(None).usleep(60_000_000)",
}


@pytest.mark.parametrize("how", _SLOW_TORCH)
def test_a_model_worker_that_is_still_importing_torch_ends_with_its_window(tmp_path: Path, how: str) -> None:
    """Its window is killed, as by a crash."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells a process that its parent has ended")
    (tmp_path / "torch.py").write_text(f"open({str(tmp_path / 'begun')!r}, 'w').close()\n{_SLOW_TORCH[how]}\n")
    script = tmp_path / "parent.py"
    script.write_text(
        f"""
import subprocess, sys, time
worker = subprocess.Popen(
    [sys.executable, "-m", "ebert_core", "worker", "model"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={{"PYTHONPATH": {str(tmp_path)!r}}},
)
print(worker.pid, flush=True)
time.sleep(60)
"""
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as parent:
        worker = int(present(parent.stdout).readline())
        assert comes_within(tmp_path / "begun", 20.0)
        os.kill(parent.pid, signal.SIGKILL)
    assert is_gone_within(worker, 2.0)


def test_a_model_worker_that_is_still_importing_torch_ends_when_its_pipe_is_closed(tmp_path: Path) -> None:
    """Its window lives on, as one does that closes this worker."""
    (tmp_path / "torch.py").write_text(f"open({str(tmp_path / 'begun')!r}, 'w').close()\nimport time; time.sleep(60)\n")
    command = [sys.executable, "-m", "ebert_core", "worker", "model"]
    environment = {"PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as worker:
        assert comes_within(tmp_path / "begun", 20.0)
        present(worker.stdin).close()
        assert worker.wait(timeout=2) == 0
