"""The label rule of the challenge, counted by hand."""

import numpy as np

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import bin_labels, covered_bases
from ebert_core.protocol.terms.grid import bin_starts
from ebert_core.protocol.terms.locus import Interval


def labels_at(dataset: Dataset, start: int, end: int, cell_type: str = "alpha", factor: str = "CTCF") -> dict[int, int]:
    interval = Interval("chr1", start, end)
    labels = bin_labels(dataset, cell_type, factor, interval)
    return dict(zip(bin_starts(interval).tolist(), labels.tolist(), strict=True))


def test_half_a_bin_in_a_peak_is_bound_and_a_graze_is_not_scored(toy: Dataset) -> None:
    labels = labels_at(toy, 4_750, 5_300)
    assert labels == {
        4750: 0, 4800: 0, 4850: -1, 4900: 1, 4950: 1, 5000: 1, 5050: 1, 5100: 1, 5150: -1, 5200: 0, 5250: 0,
    }  # fmt: skip


def test_a_relaxed_peak_makes_its_bins_ambiguous(toy: Dataset) -> None:
    labels = labels_at(toy, 6_750, 7_150)
    assert labels == {6750: 0, 6800: 0, 6850: -1, 6900: -1, 6950: -1, 7000: -1, 7050: 0, 7100: 0}


def test_outside_labelled_regions_and_in_the_blacklist_nothing_is_a_negative(toy: Dataset) -> None:
    assert set(labels_at(toy, 3_400, 4_000).values()) == {-1}
    assert labels_at(toy, 4_000, 4_050) == {4000: 0}
    assert labels_at(toy, 9_800, 10_150) == {9800: 0, 9850: -1, 9900: -1, 9950: -1, 10000: -1, 10050: -1, 10100: 0}


def test_bins_with_n_or_past_the_end_are_not_scored(toy: Dataset) -> None:
    assert labels_at(toy, 49_750, 49_900) == {49750: 0, 49800: 0, 49850: -1}
    assert labels_at(toy, 61_000, 61_300) == dict.fromkeys(range(61000, 61300, 50), -1)


def test_a_pair_never_assayed_has_no_labels(toy: Dataset) -> None:
    assert set(labels_at(toy, 5_000, 5_400, cell_type="beta").values()) == {-1}
    assert set(labels_at(toy, 5_000, 5_400, factor="MAX").values()) == {-1}


def test_overlapping_and_repeated_peaks_count_once() -> None:
    spans = [(120, 180), (100, 150), (100, 150), (390, 1000)]
    assert covered_bases(spans, np.array([0, 50, 150, 200, 1000])).tolist() == [80, 80, 30, 10, 0]
