"""Runs a training on a disk that becomes full at some moment, makes room, goes on, and compares.

Arguments: the spec, the folder for the checkpoint, the moments: from which file on that is newly written there is no
room. Prints one line of JSON: for each moment the exit code and last line of the run that was starved, the state of its
job, and whether the run that went on wrote the weights of the undisturbed one to the bit.
"""

import errno
import json
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import torch

from ebert_core.cli.program import main
from ebert_core.jobs.summary import list_jobs
from ebert_core.model.config import PRESETS
from ebert_core.training import resume
from tests.core.toy_binding import SMALLEST
from tests.core.training.killed_training import in_a_child


class FullDisk:
    """Refuses every new file under some folders from the given one on; counts them before."""

    def __init__(self, folders: list[Path], first: int) -> None:
        self._folders = [str(folder) for folder in folders]
        self._left = first
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if event != "open" or not isinstance(arguments[2], int) or not arguments[2] & os.O_CREAT:
            return
        if any(str(arguments[0]).startswith(folder) for folder in self._folders):
            self._left -= 1
            if self._left < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))


def starved(words: list[str], folders: list[Path], moment: int, said: Path) -> int:
    FullDisk(folders, moment)
    with said.open("w") as file:
        os.dup2(file.fileno(), 2)
    return main(words)


def run(spec: str, output: Path, moments: list[int]) -> None:
    torch.set_num_threads(1)
    PRESETS["tiny"] = SMALLEST
    resume._SAVE_EVERY_SECONDS = 0.0  # before every step
    jobs = Path(os.environ["EBERT_JOBS"])
    words = [Path(spec).stem, spec]
    for folder in (jobs, output.parent):
        folder.mkdir(exist_ok=True)
    assert in_a_child(partial(main, words)) == 0
    weights = (output / "weights.safetensors").read_bytes()
    found = {}
    for moment in moments:
        for folder in (jobs, output):
            shutil.rmtree(folder, ignore_errors=True)
        jobs.mkdir()
        said = jobs.parent / "said"
        code = in_a_child(partial(starved, words, [jobs, output.parent], moment, said))
        listed = list_jobs(jobs)
        again = [*words, "--resume"] if listed else words
        same = in_a_child(partial(main, again)) == 0 and (output / "weights.safetensors").read_bytes() == weights
        text = said.read_text()
        found[moment] = [code, text.splitlines()[-1], "Traceback" in text, [job.state for job in listed], same]
    sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), list(map(int, sys.argv[3:])))
