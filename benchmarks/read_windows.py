"""How fast the store feeds windows, and how fast a large bigWig opens: `python benchmarks/read_windows.py`."""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from ebert_core.dataset.channels import Channels
from ebert_core.dataset.derived import references_of
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import CellTypePaths, Layout, PeakPaths
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.windows import windows
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.motifs import Matrices
from ebert_core.genome.signal import open_signal
from ebert_core.protocol.terms.locus import Interval

GENOME = 10_000_000
BATCH = 512
STATES = ("Quies", "TssA")
CELLS = tuple(f"cell {number}" for number in range(7))
FACTORS = tuple(f"factor {number}" for number in range(12))


def seconds(work: Callable[[], object], least: float = 1.0) -> float:
    """Seconds per call, over at least this long."""
    work()
    begun, calls = time.perf_counter(), 0
    while time.perf_counter() - begun < least:
        work()
        calls += 1
    return (time.perf_counter() - begun) / calls


def synthetic(folder: Path) -> Dataset:
    """A chromosome of 10 Mb with seven cell types, each with states, one signal and peaks of twelve factors."""
    random = np.random.default_rng(1)
    lines = np.full((GENOME // 100, 101), ord("\n"), dtype=np.uint8)
    lines[:, :100] = np.frombuffer(b"ACGT", dtype=np.uint8)[random.integers(0, 4, (GENOME // 100, 100))]
    (folder / "g.fa").write_bytes(b">chr1\n" + lines.tobytes())
    rows = (f"chr1\t{start}\t{start + 2_000}\t{STATES[start // 2_000 % 2]}\n" for start in range(0, GENOME, 2_000))
    (folder / "s.bed").write_text("".join(rows))
    with BigWigWriter(folder / "d.bw", {"chr1": GENOME}) as writer:
        writer.append("chr1", 0, 50, random.gamma(1, 2, GENOME // 50))
    cells = {}
    for cell in CELLS:
        peaks = {factor: PeakPaths(str(folder / f"{cell}.{factor}.bed")) for factor in FACTORS}
        for paths in peaks.values():
            starts = random.integers(0, GENOME - 300, 1_000).tolist()
            Path(paths.conservative).write_text(
                "".join(f"chr1\t{start}\t{start + 250}\n" for start in starts), encoding="utf-8"
            )
        cells[cell] = CellTypePaths(str(folder / "s.bed"), {"DNase": str(folder / "d.bw")}, peaks, (0.5, 1.5))
    return Dataset(Layout("bench", "bench1", str(folder / "g.fa"), state_names=STATES, cell_types=cells))


def feed(folder: Path) -> None:
    """Windows a second of one process, for inputs of growing width."""
    dataset = synthetic(folder)
    random = np.random.default_rng(2)
    matrices = Matrices({f"motif {number}": random.normal(0, 2, (15, 4)) for number in range(12)})
    begun = time.perf_counter()
    store = prepare(dataset, folder / "store", matrices)
    print(f"prepare 10 Mb with 12 motifs            {time.perf_counter() - begun:8.1f} s")
    kinds = {
        "bases": Channels(),
        "bases, states": Channels(STATES),
        "bases, states, DNase": Channels(STATES, ("DNase",)),
        "bases, states, DNase, 12 motifs": Channels(STATES, ("DNase",), matrices),
    }
    for name, signals in {
        "log(DNase)": ("log(DNase)",),
        "quantile(DNase)": ("quantile(DNase)",),
        "difference(DNase) of 7 cells": ("difference(DNase)",),
        "binding of 12 factors, 7 cells": tuple(f"binding({factor})" for factor in FACTORS),
    }.items():
        kinds[name] = Channels((), signals, None, CELLS, references_of(store.quantiles, signals, CELLS))
    for length in (1_200, 1_400):
        starts = (random.integers(0, (GENOME - length) // 200, BATCH) * 200).tolist()
        intervals = [Interval("chr1", start, start + length) for start in starts]
        for name, channels in kinds.items():
            rate = BATCH / seconds(partial(windows, store, CELLS[0], intervals, channels))
            print(f"windows of {length:,} bp, {name:32} {rate:10,.0f} /s  ({rate / 200_000:.1f} x the goal)")


def open_large(folder: Path) -> None:
    """Opening and drawing from a bigWig of about 100 MB."""
    lengths = {f"chr{number}": 60_000_000 for number in range(1, 26)}
    random = np.random.default_rng(3)
    path = folder / "large.bw"
    with BigWigWriter(path, lengths) as writer:
        for chromosome in lengths:
            writer.append(chromosome, 0, 50, random.random(1_200_000).astype(np.float32))
    print(f"bigWig of                               {path.stat().st_size / 1e6:8.0f} MB")
    print(f"opened in                               {1e3 * seconds(lambda: open_signal(path)):8.2f} ms  (goal 50)")
    signal = open_signal(path)
    for span in (20_000, 100_000, 1_000_000, 60_000_000):
        took = seconds(partial(signal.binned, Interval("chr7", 0, span), 1_500))
        print(f"1,500 columns of {span:12,} bp            {1e3 * took:8.2f} ms")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        feed(Path(name))
        open_large(Path(name))
