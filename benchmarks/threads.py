"""What threads cost alone and beside others: `python benchmarks/threads.py`.

Predicts binding of a stretch with the demonstration's checkpoint, alone and two at a time, with waiting threads that
sleep (as every `ebert` command has it) or spin (OpenMP's own default), on one thread and on all cores. Prints the time
from start to end and the processor time of each, as ratios to one thread alone.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ebert_core.demonstration.generate import DATASET
from ebert_core.protocol.machine.resources import resource as shipped
from ebert_core.protocol.machine.threads import choose_threads

_REGION = "chr2:1-1,500,000"


def main() -> None:
    """Measure and print."""
    cores = choose_threads("", {}).number
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = [sys.executable, "-m", "ebert_core", "demo", "--directory", str(folder), "--generate-only"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        _measure(folder, 1, 1, "PASSIVE")  # the files are in memory from here on
        alone = _measure(folder, 1, 1, "PASSIVE")
        print(f"{'threads':>7}  {'waiting':>7}  {'at a time':>9}  {'time':>6}  {'processor time of each':>22}")
        for threads in dict.fromkeys((1, cores)):
            for policy in ("PASSIVE", "ACTIVE") if threads > 1 else ("PASSIVE",):
                for together in (1, 2):
                    wall, processor = _measure(folder, threads, together, policy)
                    waiting = {"PASSIVE": "sleep", "ACTIVE": "spin"}[policy]
                    ratios = f"{wall / alone[0]:6.2f}  {processor / alone[1]:22.2f}"
                    print(f"{threads:7}  {waiting:>7}  {together:9}  {ratios}", flush=True)
        print(f"1 thread alone: {alone[0]:.1f} s, {alone[1]:.1f} s of a processor; {cores} cores")


def _measure(folder: Path, threads: int, together: int, policy: str) -> tuple[float, float]:
    """Seconds until all have ended, and processor seconds of each."""
    surroundings = {**os.environ, "OMP_WAIT_POLICY": policy, "EBERT_JOBS": str(folder / "jobs")}
    surroundings = {name: value for name, value in surroundings.items() if not name.endswith("_THREADS")}
    checkpoint, dataset = str(shipped("checkpoints/demonstration")), str(folder / DATASET)
    command = [sys.executable, "-m", "ebert_core", "predict", checkpoint, dataset, "--threads", str(threads)]
    command += ["--cell-types", "alpha", "--factors", "DEMO-A", "--regions", _REGION, "--quiet"]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    running = [
        subprocess.Popen(
            [*command, "--output", str(folder / f"{number}.bw")], env=surroundings, stdout=subprocess.DEVNULL
        )
        for number in range(together)
    ]
    if any(process.wait() for process in running):
        raise SystemExit("ebert predict failed")
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used / together


if __name__ == "__main__":
    main()
