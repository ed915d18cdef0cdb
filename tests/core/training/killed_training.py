"""Runs a training again and again, kills it before one of its operations on files each time, resumes it, and compares.

Arguments: the spec, the folder for the checkpoint, the operations. Prints one line of JSON: for each operation before
which the process was killed, whether the resumed run wrote the weights of the uninterrupted one to the bit.
"""

import json
import os
import re
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from ebert_core.cli.program import main
from ebert_core.jobs.summary import list_jobs
from ebert_core.model.config import PRESETS
from ebert_core.training import resume
from tests.core.toy_binding import SMALLEST

CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir")


class Watch:
    """Sees every change of files in some folders before it happens; may kill the process there."""

    def __init__(self, folders: list[Path]) -> None:
        self._folders = [str(folder) for folder in folders]
        self.seen: list[str] = []
        self.kill_before = -1
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        is_write = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        is_sync = event == "open" and str(arguments[0]).endswith(".part")
        if event not in CHANGES and not is_write and not is_sync:
            return
        path = str(arguments[1] if event == "os.rename" else arguments[0])
        if any(path.startswith(folder) for folder in self._folders):
            if len(self.seen) == self.kill_before:
                os.kill(os.getpid(), signal.SIGKILL)
            self.seen.append(f"{event} {os.path.basename(path)}")


def in_a_child(work: Callable[[], int]) -> int:
    """How a forked process that does the work ended: its exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work()
        except Exception:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def place_of(moment: str, operations: list[str]) -> int:
    """Which operation a moment names: the first with `first ` before it, else the last; numbers in names are #."""
    named = [re.sub(r"\d+", "#", re.sub(r"\.[0-9a-f]{20}\.part", ".part", name)) for name in operations]
    if moment.startswith("first "):
        return named.index(moment.removeprefix("first "))
    return len(named) - 1 - named[::-1].index(moment)


def run(spec: str, output: Path, moments: list[str]) -> None:
    torch.set_num_threads(1)
    PRESETS["tiny"] = SMALLEST
    resume._SAVE_EVERY_SECONDS = 0.0  # before every step
    jobs = Path(os.environ["EBERT_JOBS"])
    verb = Path(spec).stem
    for folder in (jobs, output.parent):
        folder.mkdir(exist_ok=True)
    watch = Watch([jobs, output.parent])
    operations = jobs.parent / "operations"

    def recorded() -> int:
        watch.seen.clear()
        code = main([verb, spec])
        operations.write_text("\n".join(watch.seen))
        return code

    def killed(before: int) -> int:
        watch.seen.clear()
        watch.kill_before = before
        return main([verb, spec])

    def resumed() -> int:
        [job] = list_jobs(jobs)
        return 0 if job.state == "done" else main([verb, spec, "--resume"])

    assert in_a_child(recorded) == 0
    weights = (output / "weights.safetensors").read_bytes()
    same = {}
    done = operations.read_text().splitlines()
    for moment in moments:
        for folder in (jobs, output):
            shutil.rmtree(folder, ignore_errors=True)
        jobs.mkdir()
        assert in_a_child(partial(killed, place_of(moment, done))) == -signal.SIGKILL, moment
        same[moment] = in_a_child(resumed) == 0 and (output / "weights.safetensors").read_bytes() == weights
    sys.stdout.write(f"{json.dumps(same)}\n")


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
