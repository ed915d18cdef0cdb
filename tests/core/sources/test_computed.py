"""Signals that are computed of others: of every column what the values under it say, in whatever pieces it is read."""

from pathlib import Path

import numpy as np
import pyBigWig
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import (
    Compared,
    Comparison,
    GeneModels,
    MeasuredSignal,
    Smoothed,
    Source,
    as_argument,
    read_request,
)
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources import computed
from ebert_core.sources.computed import compared, smoothed
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.reader import Reader
from ebert_core.sources.readers import BUILT_IN, Readers

LENGTH = 5_000
steady = settings(max_examples=20, deadline=None, derandomize=True)


class Given:
    """Signals of a chromosome by a byte, base by base; what is asked of them is counted."""

    def __init__(self, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.values = {name: rng.gamma(1.0, 4.0, LENGTH) for name in (b"a", b"b")}
        for values in self.values.values():
            values[rng.random(LENGTH) < 0.1] = np.nan
        self.asked: list[Interval] = []

    def read(self, name: bytes, interval: Interval, columns: int) -> Signal:
        self.asked.append(interval)
        parts = np.array_split(self.values[name][interval.start : interval.end], columns)
        with np.errstate(all="ignore"):
            found = [
                (np.nanmin(part), np.nanmax(part), np.nanmean(part)) if np.isfinite(part).any() else (np.nan,) * 3
                for part in parts
            ]
        return Signal(interval, *np.array(found, dtype=np.float32).T.copy())


def place(start: int, end: int) -> Interval:
    return Interval("chr1", start, end)


@steady
@given(seed=st.integers(0, 1000), beside=st.integers(1, 80), start=st.integers(0, LENGTH - 400))
def test_a_smoothed_base_is_the_mean_of_the_known_bases_around_it(seed: int, beside: int, start: int) -> None:
    signals, window = Given(seed), 2 * beside + 1
    here = place(start, start + 400)
    found = smoothed(Smoothed(b"a", window), here, 400, LENGTH, signals.read)
    values = signals.values[b"a"]
    for number, base in enumerate(range(start, start + 400)):
        around = values[max(0, base - beside) : base + beside + 1]
        expected = np.nan if np.isnan(values[base]) else np.nanmean(around)
        assert found.mean[number] == pytest.approx(expected, rel=1e-4, nan_ok=True)


@steady
@given(cut=st.integers(1, 9), window=st.integers(30, 900))
def test_pieces_of_a_smoothed_signal_meet_without_a_seam(cut: int, window: int) -> None:
    signals, source = Given(), Smoothed(b"a", window)
    whole = smoothed(source, place(0, 1000), 100, LENGTH, signals.read)
    left = smoothed(source, place(0, 100 * cut), 10 * cut, LENGTH, signals.read)
    right = smoothed(source, place(100 * cut, 1000), 100 - 10 * cut, LENGTH, signals.read)
    for name in ("minimum", "maximum", "mean"):
        joined = np.concatenate([getattr(left, name), getattr(right, name)])
        assert joined == pytest.approx(getattr(whole, name), rel=1e-4, nan_ok=True)


def test_what_is_read_in_several_pieces_is_smoothed_as_if_it_were_one(monkeypatch: pytest.MonkeyPatch) -> None:
    signals, source = Given(), Smoothed(b"a", 201)
    whole = smoothed(source, place(500, 1500), 1000, LENGTH, signals.read)
    monkeypatch.setattr(computed, "_BINS_AT_ONCE", 300)
    pieces = smoothed(source, place(500, 1500), 1000, LENGTH, signals.read)
    assert len(signals.asked) == 1 + 4
    assert pieces.mean == pytest.approx(whole.mean, nan_ok=True)


def test_smoothing_reads_half_a_window_beside_and_never_beyond_the_chromosome() -> None:
    signals = Given()
    smoothed(Smoothed(b"a", 201), place(50, 1000), 950, LENGTH, signals.read)
    assert signals.asked == [place(0, 1100)]
    signals.asked.clear()
    smoothed(Smoothed(b"a", 2001), place(4000, LENGTH), 1000, LENGTH, signals.read)
    assert signals.asked == [place(3000, LENGTH)]


def test_bins_wider_than_half_a_window_stay_as_they_are() -> None:
    signals = Given()
    found = smoothed(Smoothed(b"a", 150), place(0, 1000), 10, LENGTH, signals.read)
    assert found.mean.tolist() == pytest.approx(signals.read(b"a", place(0, 1000), 10).mean.tolist())


@pytest.mark.parametrize("window", [0, -5, 1_000_001])
def test_a_window_that_makes_no_sense_is_refused(window: int) -> None:
    with pytest.raises(InvalidRequest, match="cannot be smoothed over"):
        smoothed(Smoothed(b"a", window), place(0, 10), 10, LENGTH, Given().read)


def reckoned(by: Comparison, one: NDArray[np.float64], other: NDArray[np.float64], added: float) -> NDArray[np.float64]:
    """What a comparison is, written out."""
    if by == "difference":
        return one - other
    ratio = (one + added) / (other + added)
    return ratio if by == "ratio" else np.log2(ratio)


@steady
@given(
    seed=st.integers(0, 1000),
    by=st.sampled_from(["difference", "ratio", "log ratio"]),
    width=st.sampled_from([1, 2, 5, 16, 50]),
    added=st.sampled_from([0.5, 1.0, 3.0]),
    fills_gaps=st.booleans(),
)
def test_of_two_signals_a_column_compares_the_means_and_holds_every_base(
    seed: int, by: Comparison, width: int, added: float, fills_gaps: bool
) -> None:
    signals, columns = Given(seed), 60
    here = place(100, 100 + width * columns)
    found = compared(Compared(b"a", b"b", by, added, fills_gaps), here, columns, signals.read)
    for column in range(columns):
        under = slice(here.start + column * width, here.start + (column + 1) * width)
        one, other = signals.values[b"a"][under], signals.values[b"b"][under]
        both = np.isfinite(one) & np.isfinite(other)
        if fills_gaps:
            both = np.isfinite(one) | np.isfinite(other)
            one, other = np.nan_to_num(one), np.nan_to_num(other)
        of_column = (found.minimum[column], found.maximum[column], found.mean[column])
        if not both.any():
            assert np.isnan(of_column).all()
            continue
        each = reckoned(by, one[both], other[both], added)
        mean = float(reckoned(by, np.array(one[both].mean()), np.array(other[both].mean()), added))
        if width <= 16:
            assert of_column == pytest.approx((each.min(), each.max(), mean), rel=1e-3, abs=1e-4)
        else:
            assert each.min() - 1e-4 <= of_column[0] <= of_column[2] <= of_column[1] <= each.max() + 1e-4


def test_a_ratio_to_nothing_is_no_value() -> None:
    def read(name: bytes, interval: Interval, columns: int) -> Signal:
        values = np.full(columns, 0.0 if name == b"b" else 3.0, dtype=np.float32)
        return Signal(interval, values, values, values)

    assert np.isnan(compared(Compared(b"a", b"b", "ratio", 0.0), place(0, 10), 5, read).mean).all()
    assert compared(Compared(b"a", b"b", "ratio", 1.0), place(0, 10), 5, read).mean.tolist() == [4.0] * 5


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Two bigWigs of 1,000 bases, with values in [100, 900): 0, 3, 6, … and 0, 1, 2, …"""
    paths = []
    for name, factor in (("one", 3.0), ("two", 1.0)):
        paths.append(tmp_path / f"{name}.bw")
        with pyBigWig.open(str(paths[-1]), "w") as file:
            file.addHeader([("chr1", 1000)])
            file.addEntries("chr1", 100, values=(factor * np.arange(800)).tolist(), span=1, step=1)
    return paths


def opened_with(*paths: Path) -> OpenedDataset:
    opened = OpenedDataset()
    opened.open(lambda: Dataset.from_files(paths))
    return opened


def read(opened: OpenedDataset, source: Source, columns: int = 1000) -> Signal:
    [shape] = Readers().read(read_request((source,), place(0, 1000), columns), opened).shapes
    assert isinstance(shape, Signal)
    return shape


def test_what_is_computed_of_files_is_read_like_any_other_signal(paths: list[Path]) -> None:
    opened = opened_with(*paths)
    one, two = (as_argument(MeasuredSignal(path=str(path))) for path in paths)
    difference = read(opened, Compared(one, two))
    assert np.isnan(difference.mean[:100]).all()
    assert difference.mean[100:900].tolist() == (2.0 * np.arange(800)).tolist()
    assert np.isnan(difference.mean[900:]).all()
    twice = read(opened, Smoothed(as_argument(Compared(one, two)), 21))
    assert twice.mean[500] == pytest.approx(800)
    assert twice.mean[100] == pytest.approx(np.mean(2.0 * np.arange(11)))


class Ramp(Source, frozen=True, tag="toy-ramp"):
    """A signal of another package: the place itself."""

    shape = Signal


def read_ramp(_source: Ramp, interval: Interval, columns: int, _opened: OpenedDataset) -> Signal:
    values = np.linspace(interval.start, interval.end, columns, endpoint=False, dtype=np.float32)
    return Signal(interval, values, values, values)


def test_signals_of_other_packages_are_computed_with_like_those_of_this_one(paths: list[Path]) -> None:
    readers, ramp = Readers((*BUILT_IN, Reader(Ramp, read_ramp))), as_argument(Ramp())
    source = Smoothed(as_argument(Compared(ramp, as_argument(MeasuredSignal(path=str(paths[1]))))), 11)
    [shape] = readers.read(read_request((source,), place(300, 800), 500), opened_with(*paths)).shapes
    assert isinstance(shape, Signal)
    assert shape.mean.tolist() == pytest.approx([100.0] * 500), "the file holds the place less 100"


def test_what_is_no_signal_is_not_computed_with(tmp_path: Path) -> None:
    genes = tmp_path / "genes.bed"
    genes.write_text("chr1\t10\t90\tG\t0\t+\t10\t90\t0\t1\t80,\t0,\n")
    opened = opened_with(genes)
    with pytest.raises(InvalidRequest, match="A signal is computed of signals, and genes is none"):
        read(opened, Smoothed(as_argument(GeneModels(str(genes))), 50))
    with pytest.raises(InvalidRequest, match="This worker cannot read what is asked for"):
        read(opened, Smoothed(b"nonsense", 50))
