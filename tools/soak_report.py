"""What the processes of the program hold over time, for tools/soak.py: measured, judged, printed and drawn."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

# The window may hold this many times what it held in the second quarter of the run, and this many descriptors more.
_GROWTH_ALLOWED = 1.10
_DESCRIPTORS_ALLOWED = 3
_MINUTES = (2, 5, 10, 15, 30, 45, 60, 90, 120)


class Held(NamedTuple):
    """What one process of the program holds: its role, resident memory in MB, open descriptors and threads."""

    role: str
    megabytes: float
    descriptors: int
    threads: int


class Sample(NamedTuple):
    """What all processes hold, `seconds` after the beginning; jobs are counted and not measured."""

    seconds: float
    held: Mapping[str, Held]
    processes: int


def growth_of(samples: Sequence[Sample]) -> list[str]:
    """What the window held in the last quarter beside the second; nothing to say of a run under ten minutes."""
    if samples[-1].seconds < 600:
        return []
    quarter = samples[-1].seconds / 4
    found = {}
    for name in ("megabytes", "descriptors", "threads"):
        then, now = (
            float(np.median([getattr(each.held["window"], name) for each in samples if low <= each.seconds <= high]))
            for low, high in ((quarter, 2 * quarter), (3 * quarter, 4 * quarter))
        )
        found[name] = (then, now)
    words = [
        f"the window's {name} grew from {found[name][0]:.0f} to {found[name][1]:.0f}"
        for name in ("descriptors", "threads")
        if found[name][1] > found[name][0] + _DESCRIPTORS_ALLOWED
    ]
    if found["megabytes"][1] > _GROWTH_ALLOWED * found["megabytes"][0]:
        words.append("the window's memory grew from {:.0f} to {:.0f} MB".format(*found["megabytes"]))
    return words


def write_report(samples: Sequence[Sample], folder: Path) -> None:
    """Writes the samples as a table and a picture, and prints what was held at some minutes."""
    rows = [
        f"{each.seconds:.1f}\t{each.processes}\t{role}\t{held.megabytes:.1f}\t{held.descriptors}\t{held.threads}"
        for each in samples
        for role, held in each.held.items()
    ]
    header = "seconds\tprocesses\trole\tmegabytes\tdescriptors\tthreads"
    (folder / "soak.tsv").write_text("\n".join([header, *rows]) + "\n")
    _draw(samples, folder / "soak.png")
    print(f"{'minute':>6}  {'window MB':>9}  {'data MB':>8}  {'model MB':>8}  {'descriptors':>11}  {'processes':>9}")
    for minute in _MINUTES:
        near = [each for each in samples if abs(each.seconds - 60 * minute) <= 30]
        if 60 * minute > samples[-1].seconds + 30 or not near:
            continue
        window, data, model = (_median_of(near, role) for role in ("window", "data", "model"))
        descriptors = np.median([each.held["window"].descriptors for each in near])
        processes = np.median([each.processes for each in near])
        print(f"{minute:6}  {window:9.0f}  {data:8.0f}  {model:8.0f}  {descriptors:11.0f}  {processes:9.0f}")


def _median_of(samples: Sequence[Sample], role: str) -> float:
    found = [each.held[role].megabytes for each in samples if role in each.held]
    return float(np.median(found)) if found else float("nan")


def _draw(samples: Sequence[Sample], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots()
    for role, colour in (("window", "#1f5fa8"), ("data", "#2a8c5a"), ("model", "#b5482a")):
        found = [(each.seconds / 60, each.held[role].megabytes) for each in samples if role in each.held]
        axes.plot([minutes for minutes, _ in found], [held for _, held in found], color=colour, label=role, lw=1.2)
    axes.set(xlabel="minutes", ylabel="resident memory (MB)", xlim=(0, None), ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=110)


def held_by(role: str, process: int) -> Held | None:
    """What a process holds; None once it has ended."""
    folder = Path("/proc") / str(process)
    try:
        lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        descriptors = len(list((folder / "fd").iterdir()))
        return Held(role, int(lines["VmRSS"].split()[0]) / 1024, descriptors, int(lines["Threads"]))
    except (OSError, KeyError):
        return None


def descendants(process: int) -> list[int]:
    """Every process that this one started, and theirs."""
    try:
        words = (Path("/proc") / str(process) / "task" / str(process) / "children").read_text().split()
    except OSError:
        return []
    children = [int(word) for word in words]
    return children + [number for child in children for number in descendants(child)]
