"""Labels kept as runs are those that the files give, window by window."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ebert_core.dataset import labels as rule
from ebert_core.dataset.description import Dataset
from ebert_core.material import labels_store
from ebert_core.material.labels_store import LabelStore, Runs
from ebert_core.material.sampling import Example
from ebert_core.protocol.terms.locus import Interval
from tests.core.toy_binding import write_toy_binding
from tests.counted import counted


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset.open(write_toy_binding(tmp_path_factory.mktemp("toy")))


def by_the_rule(dataset: Dataset, examples: list[Example], factors: tuple[str, str]) -> NDArray[np.int8]:
    bins = examples[0].interval.length // 50 - 3
    return np.stack(
        [
            np.stack([rule.bin_labels(dataset, cell, factor, interval)[:bins] for factor in factors], axis=1)
            for cell, interval in examples
        ]
    )


@pytest.mark.parametrize("piece", [400, 4_000_000])
def test_every_window_has_the_labels_that_its_files_give(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(labels_store, "_PIECE", piece)
    store = LabelStore(dataset)
    examples = [
        Example(cell, Interval(chromosome, start, start + 1_000))
        for cell in ("alpha", "beta")
        for chromosome, end in (("chr1", 30_000), ("chr2", 12_130), ("2", 12_130))
        for start in range(-1_200, end + 1_200, 450)
    ]
    found = store.labels(examples, ("FOS", "MAX"))
    assert set(np.unique(found[..., 0])) == {-1, 0, 1}
    np.testing.assert_array_equal(found, by_the_rule(dataset, examples, ("FOS", "MAX")))


def test_a_chromosome_that_is_not_there_has_no_labels(dataset: Dataset) -> None:
    assert (LabelStore(dataset).labels([Example("alpha", Interval("chr9", 0, 800))], ("FOS",)) == -1).all()


def test_files_are_read_once_per_chromosome_whatever_the_windows(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted(monkeypatch, labels_store, "measured_labels")
    store = LabelStore(dataset)
    for start in range(0, 20_000, 400):
        store.labels([Example("alpha", Interval("chr1", start, start + 800))], ("FOS", "MAX"))
    assert [call[1:3] for call in calls] == [("alpha", "FOS")]


def test_runs_unfold_to_what_they_were_made_of() -> None:
    labels = np.random.default_rng(2).integers(-1, 2, 60).astype(np.int8)
    runs = Runs.of(labels)
    for first in range(60):
        for last in range(first + 1, 61):
            found = np.empty(last - first, dtype=np.int8)
            runs.fill(found, first)
            np.testing.assert_array_equal(found, labels[first:last])
