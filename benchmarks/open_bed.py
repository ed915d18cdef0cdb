"""How fast a large BED file opens: `python benchmarks/open_bed.py [LINES]`.

Writes a BED6 file of a million lines and a segmentation of as many, and prints for each how long it takes line by line
and as a table, as a ratio of the two in one run, and how many features the first view makes of either. The first
reading as a table includes the import of polars.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ebert_core.genome import annotation, states
from ebert_core.genome.annotation import read_features
from ebert_core.genome.bed_table import read_bed_table
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.locus import Interval

_CHROMOSOMES = ("chr1", "chr2", "chrX")
_VIEW = Interval("chr2", 1_000_000, 1_200_000)


def write_regions(path: Path, count: int) -> None:
    """Regions of up to 400 bases, 300 bases apart."""
    random = np.random.default_rng(1)
    starts = np.arange(count) // len(_CHROMOSOMES) * 300
    ends = starts + random.integers(1, 400, count)
    scores = random.integers(0, 1000, count)
    order = np.argsort(np.arange(count) % len(_CHROMOSOMES), kind="stable")
    with open(path, "w", encoding="utf-8") as file:
        for number in order.tolist():
            chromosome = _CHROMOSOMES[number % len(_CHROMOSOMES)]
            file.write(
                f"{chromosome}\t{starts[number]}\t{ends[number]}\tr{number}\t{scores[number]}\t{'+-.'[number % 3]}\n"
            )


def write_states(path: Path, count: int) -> None:
    """Bins of 200 bases in twenty states."""
    names = [f"E{number}" for number in np.random.default_rng(2).integers(1, 21, count)]
    each = -(-count // len(_CHROMOSOMES))
    with open(path, "w", encoding="utf-8") as file:
        for number, name in enumerate(names):
            start = number % each * 200
            file.write(f"{_CHROMOSOMES[number // each]}\t{start}\t{start + 200}\t{name}\n")


def seconds(read: Callable[[], object]) -> float:
    """How long one reading takes."""
    began = time.perf_counter()
    read()
    return time.perf_counter() - began


def compare(what: str, module: object, read: Callable[[], object]) -> None:
    """Print the times of both ways of reading, and their ratio."""
    by_table = seconds(read)
    again = seconds(read)
    module.read_bed_table = lambda _path: None  # type: ignore[attr-defined] # the reader of lines alone
    by_lines = seconds(read)
    module.read_bed_table = read_bed_table  # type: ignore[attr-defined]
    print(
        f"{what}: {by_lines:.2f} s by lines, {by_table:.2f} s as a table ({by_lines / by_table:.1f} times as fast), ",
        end="",
    )
    print(f"{again:.2f} s the second time ({by_lines / again:.1f})")


def main() -> None:
    """Write the files, read them both ways, and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        regions, segmentation = Path(folder, "regions.bed"), Path(folder, "states.bed")
        write_regions(regions, count)
        write_states(segmentation, count)
        compare(f"{count:,} regions", annotation, lambda: read_features(regions).touching(_VIEW))
        compare(f"{count:,} states", states, lambda: Segmentation(segmentation).runs(_VIEW))


if __name__ == "__main__":
    main()
