"""How fast large BED and bedGraph files open: `python benchmarks/open_bed.py [LINES]`.

Writes a BED6 file of a million lines, a segmentation and a bedGraph of as many, and prints for each how long a first
view takes line by line and as a table, and the ratio of the two in one run. The first reading as a table includes the
import of polars.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ebert_core.genome import regular
from ebert_core.genome.annotation import read_features
from ebert_core.genome.signal import open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.terms.locus import Interval

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


def write_values(path: Path, count: int) -> None:
    """Values on 10 bases each."""
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            file.write(f"chr2\t{number * 10}\t{number * 10 + 10}\t{number % 97 / 4}\n")


def seconds(read: Callable[[], object]) -> float:
    """How long one reading takes."""
    began = time.perf_counter()
    read()
    return time.perf_counter() - began


def compare(what: str, read: Callable[[], object]) -> None:
    """Print the times of both ways of reading, and their ratio."""
    by_table, again = seconds(read), seconds(read)
    least, regular._LEAST_BYTES = regular._LEAST_BYTES, sys.maxsize  # the readers of lines alone
    by_lines = seconds(read)
    regular._LEAST_BYTES = least
    print(
        f"{what}: {by_lines:.2f} s by lines, {by_table:.2f} s as a table ({by_lines / by_table:.1f} times as fast), "
        f"{again:.2f} s the second time ({by_lines / again:.1f})"
    )


def main() -> None:
    """Write the files, read them both ways, and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        regions, segmentation = Path(folder, "regions.bed"), Path(folder, "states.bed")
        write_regions(regions, count)
        write_states(segmentation, count)
        compare(f"{count:,} regions", lambda: read_features(regions).touching(_VIEW))
        compare(f"{count:,} states", lambda: Segmentation(segmentation).runs(_VIEW))
        values = Path(folder, "values.bedGraph")
        write_values(values, count)
        compare(f"{count:,} values", lambda: open_signal(values).binned(_VIEW, 1000))


if __name__ == "__main__":
    main()
