"""A bigWig whose own summaries are wrong shows its values at every zoom."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pyBigWig
import pytest
from numpy.typing import NDArray

from ebert_core.genome import signal as signals
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.signal import BigWigSignal, open_signal
from ebert_core.protocol.terms.locus import Interval

TEN = range(500_000, 90_000_000, 9_000_000)


def raw(
    path: Path,
    lengths: dict[str, int],
    *runs: tuple[str, int, int, list[float]]
    | tuple[str, int, int, list[int]]
    | tuple[str, int, int, NDArray[np.float64]],
) -> Path:
    """A bigWig as pyBigWig writes it, from runs of (chromosome, start, step, values)."""
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader(list(lengths.items()))
        for chromosome, start, step, values in runs:
            file.addEntries(chromosome, start, values=np.array(values, np.float32), span=step, step=step)
    return path


@pytest.fixture
def sparse(tmp_path: Path) -> Path:
    """Ten single bases with values from .1 to 1, the last of which pyBigWig gives the sum 0."""
    runs = [("chr1", place, 1, [(number + 1) / 10]) for number, place in enumerate(TEN)]
    return raw(tmp_path / "sparse.bw", {"chr1": 100_000_000, "chr2": 1_000}, *runs)


@pytest.mark.parametrize("columns", [1000, 333, 100, 20])
@pytest.mark.parametrize("start", [0, 60_000_000, 81_000_000])
def test_ten_single_bases_are_ten_ticks_at_every_zoom(sparse: Path, columns: int, start: int) -> None:
    bins = open_signal(sparse).binned(Interval("chr1", start, 100_000_000), columns)
    shown = [round((number + 1) / 10, 1) for number, place in enumerate(TEN) if place >= start]
    for column in bins:
        assert column[np.isfinite(column)] == pytest.approx(shown)


def test_what_is_too_much_to_read_again_is_shown_by_its_maximum(sparse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "_MOST_REREAD_BASES", 0)
    bins = open_signal(sparse).binned(Interval("chr1", 0, 100_000_000), 100)
    assert bins.mean[81] == bins.maximum[81] == 1


def test_values_beyond_two_to_the_29_are_there_at_every_zoom(tmp_path: Path) -> None:
    runs = [("1H", 100, 1_000, [1]), ("1H", 600_000_000, 100_000, [7])]
    signal = open_signal(raw(tmp_path / "x.bw", {"1H": 700_000_000}, *runs))
    for columns in (2_000, 1_000, 100, 10):
        bins = signal.binned(Interval("1H", 0, 700_000_000), columns)
        assert bins.mean[600 * columns // 700] == bins.maximum[600 * columns // 700] == 7
        near = signal.binned(Interval("1H", 599_000_000, 601_000_000), columns)
        assert near.mean[np.isfinite(near.mean)] == pytest.approx(7)


def test_a_last_record_that_lost_its_sum_does_not_lower_the_mean_of_a_bin(tmp_path: Path) -> None:
    values = np.random.default_rng(2).random(12_300) + 1
    path = raw(tmp_path / "x.bw", {"chr1": 700_000, "chr2": 500}, ("chr1", 0, 50, values))
    bins = open_signal(path).binned(Interval("chr1", 0, 600_000), 30)
    exact = values[:12_000].reshape(30, -1).mean(axis=1)
    assert bins.mean == pytest.approx(exact, rel=0.05)
    tail = open_signal(path).binned(Interval("chr1", 300_000, 615_000), 15)
    assert tail.mean[-1] == pytest.approx(values[-420:].mean(), rel=1e-5)


@pytest.mark.parametrize("values", [[-1, 0], [0, 1], [-2, 1]])
def test_a_lost_sum_between_values_around_0_is_found_by_the_squares(tmp_path: Path, values: list[int]) -> None:
    signal = open_signal(raw(tmp_path / "x.bw", {"chr1": 400_000}, ("chr1", 1_000, 50, values)))
    bins = signal.binned(Interval("chr1", 0, 400_000), 20)
    assert bins.mean[0] == pytest.approx(np.mean(values))


def test_a_file_that_says_it_covers_nothing_shows_the_values_that_it_has(tmp_path: Path) -> None:
    path = raw(tmp_path / "x.bw", {"chr1": 500_000}, ("chr1", 1_000, 50, [2, 4]))
    content = bytearray(path.read_bytes())
    struct.pack_into("=Qdddd", content, struct.unpack_from("=Q", content, 44)[0], 0, 0, 0, 0, 0)
    path.write_bytes(content)
    signal = open_signal(path)
    assert signal.per_base(Interval("chr1", 1_040, 1_060)).tolist() == [2] * 10 + [4] * 10
    bins = signal.binned(Interval("chr1", 0, 500_000), 10)
    assert (bins.minimum[0], bins.maximum[0], bins.mean[0]) == (2, 4, 3)


def test_records_that_cover_no_base_do_not_hide_their_values(tmp_path: Path) -> None:
    path = raw(tmp_path / "x.bw", {"chr1": 500_000}, ("chr1", 1_000, 50, [2]), ("chr1", 200_000, 50, [5]))
    content = bytearray(path.read_bytes())
    records = np.array(
        [(0, 1_000, 1_050, 0, 2, 2, 100, 200), (0, 200_000, 200_050, 0, 5, 5, 250, 1_250)],
        dtype="u4,u4,u4,u4,f4,f4,f4,f4",
    )
    block = zlib.compress(records.tobytes())
    index = struct.unpack_from("=Q", content, 64 + 16)[0]
    # The leaf of the index, after two headers of 48 and 4 bytes, names the place and the size of the block.
    struct.pack_into("=QQ", content, index + 48 + 4 + 16, len(content), len(block))
    path.write_bytes(content + block)
    bins = open_signal(path).binned(Interval("chr1", 0, 500_000), 10)
    assert np.flatnonzero(np.isfinite(bins.mean)).tolist() == [0, 4]
    assert bins.mean[[0, 4]].tolist() == bins.maximum[[0, 4]].tolist() == [2, 5]


def test_a_file_that_agrees_with_itself_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with BigWigWriter(tmp_path / "x.bw", {"chr1": 1_000_000}) as writer:
        writer.append("chr1", 0, 50, np.random.default_rng(3).normal(size=10_000))
        writer.append("chr1", 500_000, 50, np.full(10_000, 0.7))
    monkeypatch.setattr(BigWigSignal, "_exact", None)
    bins = open_signal(tmp_path / "x.bw").binned(Interval("chr1", 0, 1_000_000), 500)
    assert np.isfinite(bins.mean).all()
