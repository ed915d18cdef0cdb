"""The organisers' label rule on small cases, with the counts that bedtools 2.30 gives for the bin [0, 200).

They were made with `bedtools sort | bedtools merge` on either set of peaks, then with `bedtools intersect -c -f 0.5 -F
0.5 -e` of the conservative and `bedtools intersect -c` of the relaxed ones.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import dataset_digests, differences
from ebert_core.dataset.labels import LabelRule, measured_labels, peak_labels, scorable_bins
from ebert_core.protocol.terms.locus import Interval

CASES = {
    # what: conservative peaks, relaxed peaks, bedtools' two counts, the label
    "a short peak half inside binds": ([(140, 260)], [(140, 260)], (1, 1), "B"),
    "a base less than half of a short peak": ([(141, 261)], [(141, 261)], (0, 1), "A"),
    "60 of 121 are less than half": ([(140, 261)], [(140, 261)], (0, 1), "A"),
    "61 of 121 are more than half": ([(139, 260)], [(139, 260)], (1, 1), "B"),
    "a peak of one base": ([(199, 200)], [(199, 200)], (1, 1), "B"),
    "99 of 199 are less than half": ([(101, 300)], [(101, 300)], (0, 1), "A"),
    "100 of 199 are half of the bin": ([(100, 299)], [(100, 299)], (1, 1), "B"),
    "99 of a wide peak": ([(101, 900)], [(101, 900)], (0, 1), "A"),
    "100 of a wide peak": ([(100, 900)], [(100, 900)], (1, 1), "B"),
    "bound by one and grazed by a second": ([(50, 180), (199, 600)], [(50, 180), (199, 600)], (1, 2), "A"),
    "bound by one and grazed by a relaxed one": ([(50, 180)], [(50, 180), (199, 600)], (1, 2), "A"),
    "two peaks inside": ([(0, 90), (100, 190)], [(0, 90), (100, 190)], (2, 2), "A"),
    "three peaks inside": ([(0, 40), (60, 100), (120, 160)], [(0, 40), (60, 100), (120, 160)], (3, 3), "A"),
    "two in one relaxed": ([(0, 90), (100, 190)], [(0, 190)], (2, 1), "A"),
    "book-ended ones become one, then too long": ([(140, 200), (200, 290)], [(140, 290)], (0, 1), "A"),
    "book-ended ones become one, and bind": ([(100, 150), (150, 210)], [(100, 150), (150, 210)], (1, 1), "B"),
    "overlapping ones become one": ([(50, 120), (100, 180)], [(50, 120), (100, 180)], (1, 1), "B"),
    "duplicates count once": ([(50, 180)] * 2, [(50, 180)] * 3, (1, 1), "B"),
    "conservative where nothing is relaxed": ([(50, 180)], [], (1, 0), "A"),
    "conservative and relaxed apart": ([(0, 40)], [(60, 100)], (1, 1), "B"),
    "a short peak in a wide relaxed one": ([(150, 220)], [(100, 900)], (1, 1), "B"),
    "a graze": ([(190, 600)], [(190, 600)], (0, 1), "A"),
    "relaxed alone": ([], [(190, 600)], (0, 1), "A"),
    "beside the bin": ([(200, 600)], [(200, 600)], (0, 0), "U"),
    "far away": ([(900, 1000)], [(900, 1000)], (0, 0), "U"),
}


def letters(
    conservative: list[tuple[int, int]],
    relaxed: list[tuple[int, int]] | None,
    starts: Sequence[int] | NDArray[np.int64] = (0,),
    rule: LabelRule = "organisers",
) -> str:
    return "".join("UBA"[label] for label in peak_labels(conservative, relaxed, np.array(starts), rule))


@pytest.mark.parametrize("case", CASES)
def test_the_label_is_what_bedtools_counts_say(case: str) -> None:
    conservative, relaxed, (halves, touches), label = CASES[case]
    assert label == ("UBA"[halves] if halves == touches and halves <= 2 else "A")
    assert letters(conservative, relaxed) == label
    shuffled = [*reversed(conservative)], [*reversed(relaxed)]
    assert letters(*shuffled) == label
    # The same a megabase on, among bins on either side.
    first, second = (
        [(start + 1_000_000, end + 1_000_000) for start, end in peaks] for peaks in (conservative, relaxed)
    )
    assert letters(first, second, starts=np.arange(998_000, 1_003_000, 50))[40] == label


@pytest.mark.parametrize("case", CASES)
def test_conservative_peaks_stand_for_relaxed_ones_that_are_not_there(case: str) -> None:
    conservative = CASES[case][0]
    assert letters(conservative, None) == letters(conservative, conservative)


def test_without_relaxed_peaks_a_bin_in_a_peak_is_bound_and_a_grazed_one_ambiguous() -> None:
    assert letters([(1000, 1300)], None, range(750, 1400, 50)) == "UUABBBBBBBAUU"
    assert letters([(1000, 1300)], [], range(750, 1400, 50)) == "UUUAAAAAAAUUU"  # a file of no peaks is another thing


def test_half_of_the_bin_is_there_still() -> None:
    assert letters([(140, 260)], [(140, 260)], rule="half-of-bin") == "A"
    assert letters([(50, 180), (199, 600)], [(50, 180)], rule="half-of-bin") == "B"
    assert letters([(0, 50), (150, 200)], [], rule="half-of-bin") == "B"
    assert letters([], [(190, 600)], rule="half-of-bin") == "A"


def slow_label(start: int, conservative: list[tuple[int, int]], relaxed: list[tuple[int, int]]) -> str:
    """The rule base by base: stretches of covered bases are merged peaks."""

    def counts(peaks: list[tuple[int, int]]) -> tuple[int, int]:
        bases = sorted({base for first, last in peaks for base in range(first, last)})
        merged = np.split(bases, np.flatnonzero(np.diff(bases) > 1) + 1) if bases else []
        shared = [(sum(start <= base < start + 200 for base in each), len(each)) for each in merged]
        halves = sum(2 * inside >= 200 or 2 * inside >= length for inside, length in shared)
        return halves, sum(inside > 0 for inside, _ in shared)

    halves, touches = counts(conservative)[0], counts(relaxed)[1]
    return "UBA"[min(halves, 2)] if halves == touches else "A"


def test_random_peaks_get_the_labels_worked_out_base_by_base() -> None:
    rng = np.random.default_rng(7)
    seen = set()
    for _ in range(30):
        relaxed = [(int(s), int(s + w)) for s, w in zip(rng.integers(0, 1500, 9), rng.integers(1, 320, 9), strict=True)]
        conservative = [(s + int(rng.integers(0, 3)), e) for s, e in relaxed[:5] if e - s > 3]
        starts = range(0, 1800, 50)
        expected = "".join(slow_label(start, conservative, relaxed) for start in starts)
        assert letters(conservative, relaxed, starts) == expected
        seen |= set(expected)
    assert seen == set("UBA")


DATASET = """version = 1
name = "toy"
assembly = "toy"
chromosome_sizes = "sizes"
[cell_types.K562.peaks.CTCF]
conservative = "peaks.bed"
relaxed = "relaxed.bed"
"""


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    rng = np.random.default_rng(3)
    starts = np.cumsum(rng.integers(20, 260, 120))
    ends = np.minimum(starts + rng.integers(10, 90, 120), np.append(starts[1:], 50_000))
    ends[::3] = np.append(starts[1:], ends[-1])[::3]  # every third touches the next
    lines = [f"chr1\t{start}\t{end}\n" for start, end in zip(starts, ends, strict=True)]
    (tmp_path / "sizes").write_text("chr1\t50000\n")
    (tmp_path / "peaks.bed").write_text("".join(lines))
    (tmp_path / "relaxed.bed").write_text("".join(lines))
    (tmp_path / "DATASET.toml").write_text(DATASET)
    return Dataset.open(tmp_path / "DATASET.toml")


def test_a_piece_has_the_labels_that_the_whole_has_there(dataset: Dataset) -> None:
    whole = measured_labels(dataset, "K562", "CTCF", Interval("chr1", 0, 20_000))
    assert {0, 1, -1} == set(whole.tolist())
    for start in range(0, 19_900, 50):
        piece = measured_labels(dataset, "K562", "CTCF", Interval("chr1", start, start + 50))
        assert piece.tolist() == [whole[start // 50]], start


def test_without_a_sequence_bins_may_be_scored_up_to_the_end_of_the_chromosome(dataset: Dataset) -> None:
    assert scorable_bins(dataset, Interval("chr1", 49_700, 50_000)).tolist() == [True] * 3 + [False] * 3


def test_another_rule_is_another_input_of_a_training(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    before, apart = dataset_digests(dataset, ("K562",)), dataset_digests(dataset, ("K562",), ())
    monkeypatch.setattr("ebert_core.dataset.digests.TRAINING_RULE", "half-of-bin")
    assert differences(before, dataset_digests(dataset, ("K562",))) == ["label_rule"]
    assert differences(apart, dataset_digests(dataset, ("K562",), ())) == []  # pre-training looks at no label
