"""The organisers' label rule on real peaks; `benchmarks/labels_by_bedtools.py` finds no label that bedtools denies."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset.labels import BOUND, peak_labels
from ebert_core.genome.annotation import FeatureSource, read_features
from ebert_core.protocol.terms.grid import BIN, POSITION

pytestmark = pytest.mark.real

# Where peaks are known of 76 pairs that have relaxed ones.
PLACES = (
    ("chr3", 41_000_000, 45_000_000),
    ("chr5", 123_000_000, 127_000_000),
    ("chr17", 0, 2_000_000),
    ("chr20", 1_000_000, 2_000_000),
)


def spans(peaks: FeatureSource, chromosome: str) -> np.ndarray:
    located = peaks.on(chromosome)
    return np.column_stack((located.starts, located.ends))


def in_one_peak(peaks: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Whether at least 100 bases of a bin lie in one conservative peak."""
    found = np.zeros(len(starts), dtype=bool)
    for first, last in peaks.tolist():
        found |= np.minimum(starts + BIN, last) - np.maximum(starts, first) >= BIN // 2
    return found


def test_as_many_bins_are_bound_gained_and_lost_as_bedtools_says(real_data: Path) -> None:
    counts, pairs = np.zeros(4, dtype=np.int64), 0
    folder = real_data / "chip_hg19" / "slices"
    for path in sorted(folder.glob("*.relaxed.narrowPeak.gz")):
        conservative = path.with_name(path.name.replace(".relaxed.", ".conservative.train."))
        known = read_features(conservative), read_features(path)
        pairs += 1
        for name, start, end in PLACES:
            starts = np.arange(start, end - BIN + 1, POSITION)
            is_bound = peak_labels(*(spans(each, name) for each in known), starts) == BOUND
            was_bound = in_one_peak(spans(known[0], name), starts)
            changes = is_bound & ~was_bound, was_bound & ~is_bound
            counts += [each.sum() for each in (is_bound, was_bound, *changes)]
    assert pairs == 76
    assert counts.tolist() == [23_654, 22_682, 1_016, 44]
