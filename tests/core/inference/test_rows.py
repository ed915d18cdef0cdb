"""A row a region holds the highest value and the mean of the bins that overlap it, as counted one by one."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from ebert_core.inference.files import Contents
from ebert_core.inference.rows import RegionScores, rows_file
from ebert_core.inference.stretches import Block, Region, Stretch, bins_touching

LENGTHS = {"chr1": 3_000, "chr2": 1_130}


def values_of(chromosome: str) -> np.ndarray:
    bins = (LENGTHS[chromosome] - 200) // 50 + 1
    values = np.random.default_rng(len(chromosome) + bins).random(bins).astype(np.float32)
    values[5:9] = np.nan
    return values


VALUES = {name: values_of(name) for name in LENGTHS}


def regions(count: int) -> list[Region]:
    random = np.random.default_rng(3)
    found = []
    for number in range(count):
        name = ("chr1", "chr2")[number % 2]
        start = int(random.integers(0, LENGTHS[name] - 1))
        end = min(LENGTHS[name], start + int(random.choice([1, 60, 200, 900])))
        found.append(Region(name, start, end, f"r{number}" if number % 3 else ""))
    return [*found, Region("chr1", 260, 420, "a gap")]


def by_hand(region: Region) -> tuple[float, float, int]:
    """Highest value, mean and number of the bins that hold a base of the region, or of the last bin beyond them."""
    bins = VALUES[region.chromosome]
    first, end = (
        int(edge[0]) // 50
        for edge in bins_touching(np.array([region.start]), np.array([region.end]), LENGTHS[region.chromosome])
    )
    known = [float(bins[number]) for number in range(first, end) if np.isfinite(bins[number])]
    return (max(known), sum(known) / len(known), len(known)) if known else (np.nan, np.nan, 0)


def stretches(size: int) -> list[Stretch]:
    return [
        Stretch(name, 50 * first, min(size, len(values) - first))
        for name, values in VALUES.items()
        for first in range(0, len(values), size)
    ]


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_rows_are_those_counted_by_hand_whatever_the_stretches(size: int) -> None:
    wanted = regions(60)
    scores = RegionScores(wanted, LENGTHS)
    for stretch in stretches(size):
        first = stretch.start // 50
        scores.add(stretch, VALUES[stretch.chromosome][first : first + stretch.bins])
    heading, *lines = scores.lines()
    assert heading == "#chromosome\tstart\tend\tname\tmaximum\tmean\tbins\n"
    for region, line in zip(wanted, lines, strict=True):
        *place, maximum, mean, bins = line.rstrip("\n").split("\t")
        assert place == [region.chromosome, str(region.start), str(region.end), region.name or "."]
        best, average, count = by_hand(region)
        assert int(bins) == count
        if count:
            assert float(maximum) == pytest.approx(best, rel=1e-5)
            assert float(mean) == pytest.approx(average, rel=1e-5)
        else:
            assert (maximum, mean) == ("NA", "NA")
    assert any(by_hand(region)[2] == 0 for region in wanted)


@pytest.mark.parametrize(("name", "is_packed"), [("x.tsv", False), ("x.TSV.GZ", True)])
def test_the_file_is_packed_where_its_name_says_so(tmp_path: Path, name: str, is_packed: bool) -> None:
    region = Region("chr1", 0, 300, "r")
    with rows_file(tmp_path / name, Contents(LENGTHS, np.nan, (region,), cell_type="K562")) as append:
        for stretch in stretches(30):
            first = stretch.start // 50
            block = Block(stretch.chromosome, stretch.start, stretch.end, (stretch,))
            if stretch.chromosome == "chr1":
                append(block, VALUES["chr1"][first : first + stretch.bins].tobytes())
    content = (tmp_path / name).read_bytes()
    text = (gzip.decompress(content) if is_packed else content).decode()
    assert text.splitlines()[1].startswith("chr1\t0\t300\tr\t")
