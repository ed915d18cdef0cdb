"""Every record of every zoom level of a bigWig that we write equals the data."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pybigtools
import pyBigWig
import pytest
from numpy.typing import ArrayLike, NDArray

from ebert_core.genome import bigwig_writer
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.protocol.terms.errors import InvalidRequest

RNG = np.random.default_rng(5)


Run = tuple[str, int, int, ArrayLike]


def write(
    path: Path,
    lengths: dict[str, int],
    *runs: Run,
) -> dict[str, NDArray[np.float32]]:
    """Writes runs (chromosome, start, step, values) and gives back the value of every base."""
    bases = {chromosome: np.full(length, np.nan, dtype=np.float32) for chromosome, length in lengths.items()}
    with BigWigWriter(path, lengths) as writer:
        for chromosome, start, step, given in runs:
            values = np.asarray(given, dtype=np.float32)
            writer.append(chromosome, start, step, values)
            bases[chromosome][start : start + step * len(values)] = np.repeat(values, step)
    return bases


def check_every_record(path: Path, bases: dict[str, NDArray[np.float32]]) -> list[int]:
    """Compares all zoom records and the summary of a file with the data, and gives the widths of the levels."""
    reader = pybigtools.open(str(path))
    assert list(reader.chroms()) == list(bases)
    assert reader.zooms()
    for width in reader.zooms():
        for chromosome, values in bases.items():
            check_records(
                list(reader.zoom_records(width, chromosome, 0, len(values))), values.astype(np.float64), width
            )
    check_summary(path, np.concatenate(list(bases.values())).astype(np.float64))
    found: list[int] = reader.zooms()
    return found


def check_records(records: list[tuple[int, int, dict[str, float]]], values: NDArray[np.float64], width: int) -> None:
    is_known = np.isfinite(values)
    covered = np.zeros(len(values), dtype=np.int8)
    for start, end, _ in records:
        assert 0 < end - start <= width
        covered[start:end] += 1
    assert covered.max(initial=0) <= 1, "records overlap"
    assert not is_known[covered == 0].any(), "a value is in no record"
    counts, sums, squares = (
        np.concatenate([[0.0], np.cumsum(np.where(is_known, each, 0.0))])
        for each in (np.ones(len(values)), values, values**2)
    )
    for start, end, summary in records:
        known = values[start:end][is_known[start:end]]
        assert summary["bases_covered"] == counts[end] - counts[start] == len(known) > 0
        assert (summary["min_val"], summary["max_val"]) == (known.min(), known.max())
        assert summary["sum"] == pytest.approx(sums[end] - sums[start], rel=1e-5, abs=1e-4)
        assert summary["sum_squares"] == pytest.approx(squares[end] - squares[start], rel=1e-5, abs=1e-4)


def check_summary(path: Path, values: NDArray[np.float64]) -> None:
    known = values[np.isfinite(values)]
    with pyBigWig.open(str(path)) as file:
        header = file.header()
    summary = pybigtools.open(str(path)).info()["summary"]
    assert header["nBasesCovered"] == summary["basesCovered"] == len(known)
    assert (summary["min"], summary["max"]) == (known.min(), known.max())
    assert summary["sum"] == pytest.approx(known.sum(), rel=1e-5)


def test_one_value_is_the_same_at_every_zoom(tmp_path: Path) -> None:
    lengths = {"chr1": 5_000, "chr2": 100_000}
    check_every_record(tmp_path / "x.bw", write(tmp_path / "x.bw", lengths, ("chr2", 75, 50, [32.5])))


def test_ten_single_bases_far_apart_are_the_same_at_every_zoom(tmp_path: Path) -> None:
    places = range(500_000, 5_000_000, 450_000)
    runs = [("chr1", place, 1, [(number + 1) / 10]) for number, place in enumerate(places)]
    check_every_record(tmp_path / "x.bw", write(tmp_path / "x.bw", {"chr1": 5_000_000}, *runs))


def test_values_that_only_fall_or_are_negative_keep_their_maximum(tmp_path: Path) -> None:
    values = -np.arange(1, 3_000)
    check_every_record(tmp_path / "x.bw", write(tmp_path / "x.bw", {"chr1": 200_000}, ("chr1", 0, 50, values)))


def test_several_chromosomes_with_gaps_and_steps_across_the_edges_of_records(tmp_path: Path) -> None:
    lengths = {"chr2": 90_000, "chr10": 1_000, "chr1": 2_500_030, "chr3": 40_000, "chrM": 400}
    values = RNG.normal(size=40_000)
    values[RNG.random(40_000) < 0.1] = np.nan
    runs: list[Run] = [
        ("chr2", 75, 50, [1, np.nan, 3]),
        ("chr2", 5_037, 300, RNG.random(280)),
        ("chr1", 13, 50, values[:20_000]),
        ("chr1", 1_400_001, 7, values[20_000:30_000]),
        ("chr1", 1_500_000, 100, values[30_000:]),
        ("chr3", 1_000, 1_700, RNG.random(20)),
        ("chrM", 0, 400, [2]),
    ]
    zooms = check_every_record(tmp_path / "x.bw", write(tmp_path / "x.bw", lengths, *runs))
    assert len(zooms) == 2


def test_more_blocks_than_one_node_of_an_index_holds(tmp_path: Path) -> None:
    values = RNG.random(4_400_000, dtype=np.float32)
    zooms = check_every_record(tmp_path / "x.bw", write(tmp_path / "x.bw", {"chr1": 4_400_000}, ("chr1", 0, 1, values)))
    assert len(zooms) > 4
    # The first level has 4,400,000 / 16 / 1,023 = 268 blocks, and a node of the index has room for 256.
    assert zooms[0] == 16


def test_each_level_is_four_times_as_wide_as_the_one_before_and_the_file_ends_as_it_begins(tmp_path: Path) -> None:
    values = RNG.random(40_000).astype(np.float32)
    write(tmp_path / "x.bw", {"chr1": 2_000_000}, ("chr1", 0, 50, values))
    with pyBigWig.open(str(tmp_path / "raw.bw"), "w") as file:
        file.addHeader([("chr1", 2_000_000)])
        file.addEntries("chr1", 0, values=values, span=50, step=50)
    assert (tmp_path / "x.bw").stat().st_size < 1.01 * (tmp_path / "raw.bw").stat().st_size
    zooms = pybigtools.open(str(tmp_path / "x.bw")).zooms()
    assert all(4 * narrow == wide for narrow, wide in pairwise(zooms))
    assert (tmp_path / "x.bw").read_bytes()[-4:] == (tmp_path / "x.bw").read_bytes()[:4]


def test_a_disk_that_fills_while_summaries_are_corrected_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: float | Path) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(bigwig_writer, "correct_summaries", full)
    with pytest.raises(InvalidRequest, match=r"x\.bw cannot be written: no space left on device\.$"):
        write(tmp_path / "x.bw", {"chr1": 1_000}, ("chr1", 0, 50, [1, 2]))
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from ebert_core.genome import bigwig_writer
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "correcting":
    bigwig_writer.correct_summaries = die
with bigwig_writer.BigWigWriter(Path(sys.argv[1]), {"chr1": 10**6}) as writer:
    writer.append("chr1", 0, 50, np.random.rand(10_000))
    if sys.argv[2] == "writing":
        die()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("moment", ["writing", "correcting"])
def test_a_killed_process_leaves_no_file_under_the_final_name_and_the_next_one_writes_it(
    tmp_path: Path, moment: str
) -> None:
    path = tmp_path / "x.bw"
    run = subprocess.run([sys.executable, "-c", KILLED, path, moment], check=False)
    assert run.returncode == -9
    assert not path.exists()
    check_every_record(path, write(path, {"chr1": 1_000}, ("chr1", 0, 50, [1, 2])))
    assert [each.name for each in tmp_path.iterdir()] == ["x.bw"]
