"""How many processor threads a process computes on: what was asked for, what a batch system gave, or what there is."""

import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import NamedTuple

from ebert_core.protocol.terms.errors import InvalidRequest

VARIABLE = "EBERT_THREADS"
# In this order: what is meant for us, for every program, and what SLURM, Grid Engine, PBS and LSF gave a job.
_NAMED = (VARIABLE, "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_PER_TASK = "SLURM_CPUS_PER_TASK"
_GIVEN = (_PER_TASK, "SLURM_CPUS_ON_NODE", "NSLOTS", "PBS_NCPUS", "NCPUS", "LSB_DJOB_NUMPROC")
# Pools of threads in the libraries that we load: torch and scikit-learn, numpy, polars, pybigtools.
_POOLS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS")
_MOST = 4096


class Threads(NamedTuple):
    """So many threads, and the option or variable that says so; empty where the machine does."""

    number: int
    source: str = ""

    def words(self) -> str:
        """As in `4 threads, as SLURM_CPUS_PER_TASK says`; empty where nobody chose for us."""
        # OMP_NUM_THREADS is also what our own processes tell those they start.
        if self.source in ("", "OMP_NUM_THREADS"):
            return ""
        return f"{self.number} thread{'s' if self.number > 1 else ''}, as {self.source} says"


def choose_threads(wanted: str = "", environment: Mapping[str, str] = os.environ) -> Threads:
    """The threads for this process: `wanted`, else what a variable names, else what the machine leaves to us.

    Hardware threads that share a core count once: two products at a time on one core are no faster than one. What a
    machine or a batch system gives is shared by the processes of one run on this machine, as LOCAL_WORLD_SIZE says.

    Raises:
        InvalidRequest: the option or a variable names no number of threads.
    """
    if wanted:
        return Threads(_number("--threads", wanted), "--threads")
    room = _present()
    for name in _NAMED:
        if environment.get(name):
            return Threads(_number(name, environment[name]), name)
    for name in _GIVEN:
        if environment.get(name):
            # A job may be given a whole machine and be held to fewer cores.
            given = min(_number(name, environment[name]), max(room, 1))
            # A task is torchrun with all that it starts, or one of the processes.
            is_own = name == _PER_TASK and "TORCHELASTIC_RUN_ID" not in environment
            return Threads(given if is_own else _shared(given, environment), name)
    return Threads(_shared(room, environment))


def take_threads(threads: Threads, environment: MutableMapping[str, str] = os.environ) -> None:
    """Tells the libraries, which must not be loaded yet, and what this process starts; leaves what a person set.

    Threads that wait for one another spin by default, on cores that window, workers and jobs share.
    """
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if threads.source == "--threads":
        environment[VARIABLE] = str(threads.number)
    for pool in _POOLS:
        if threads.source in ("--threads", VARIABLE):
            environment[pool] = str(threads.number)
        else:
            environment.setdefault(pool, str(threads.number))


def _shared(number: int, environment: Mapping[str, str]) -> int:
    """The part of one of the processes of this machine."""
    together = environment.get("LOCAL_WORLD_SIZE") or "1"
    return max(1, number // max(1, int(together))) if together.isascii() and together.isdecimal() else number


def _number(name: str, value: str) -> int:
    # OMP_NUM_THREADS may name more numbers, for threads within threads; we have none.
    found = re.fullmatch(r"\s*(\d{1,6})\s*(,[\d, ]*)?", value)
    if found is None or not 1 <= int(found[1]) <= _MOST:
        raise InvalidRequest(f"{name} is {value!r}, which is no number of threads; write 1 to {_MOST}.")
    return int(found[1])


def _present(root: Path = Path("/")) -> int:
    """Cores that this process may use: of those it is bound to, as many as its group is given the time of."""
    try:
        bound = os.sched_getaffinity(0)
    except AttributeError:  # only Linux binds processes
        return os.cpu_count() or 1
    cores = {_siblings(root, number) for number in bound}
    return max(1, min(len(cores), _allowed(root)))


def _siblings(root: Path, processor: int) -> str:
    """The hardware threads of one core; each is a core of its own where nothing is known."""
    topology = root / "sys/devices/system/cpu" / f"cpu{processor}" / "topology"
    for name in ("core_cpus_list", "thread_siblings_list"):
        try:
            return _read(topology / name).strip()
        except OSError:
            continue
    return str(processor)


def _allowed(root: Path) -> int:
    """As many cores as the control groups of this process are given the time of, rounded up."""
    found = _MOST
    for folder in _groups(root):
        try:
            quota, period = _read(folder / "cpu.max").split()
        except (OSError, ValueError):
            try:
                quota = _read(folder / "cpu.cfs_quota_us").strip()
                period = _read(folder / "cpu.cfs_period_us").strip()
            except (OSError, ValueError):  # a name that no file can have
                continue
        if quota.isdecimal() and period.isdecimal() and int(period):
            found = min(found, -(-int(quota) // int(period)))
    return found


def _groups(root: Path) -> list[Path]:
    """The folders of the control groups that may limit this process, with all that are above them."""
    try:
        lines = _read(root / "proc/self/cgroup").split("\n")
    except OSError:
        return []
    folders = []
    for number, controllers, path in (line.split(":", 2) for line in lines if line.count(":") >= 2):
        if number == "0" or "cpu" in controllers.split(","):
            mounted = root / "sys/fs/cgroup" / (controllers if number != "0" else "")
            inner = Path(path.lstrip("/"))
            folders += [mounted / each for each in (inner, *inner.parents)]
    return folders


def _read(path: Path) -> str:
    """What the kernel says; names of control groups are bytes, like those of files."""
    return os.fsdecode(path.read_bytes())
