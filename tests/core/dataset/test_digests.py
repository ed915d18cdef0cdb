"""Files are read once for their digests, wherever these can be kept, and again only when they have changed."""

import os
from pathlib import Path

import pytest

from ebert_core.dataset import digests
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import dataset_digests, differences, joint_digest
from ebert_core.protocol.machine.own_folders import cache_home
from ebert_core.protocol.machine.regular_files import open_file


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read since."""
    read: list[str] = []
    usual = open_file

    def noted(path: str) -> object:
        read.append(os.path.basename(path))
        return usual(path)

    monkeypatch.setattr(digests, "open_file", noted)
    return read


def kept_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.json")) if folder.exists() else []


@pytest.mark.parametrize("beside", [True, False])
def test_digests_are_kept_in_one_place_and_no_file_is_read_twice(
    toy_path: Path, files_read: list[str], beside: bool
) -> None:
    before = dataset_digests(Dataset.open(toy_path), ("alpha",), beside=beside)
    assert {"toy.fa", "alpha.bed", "alpha.bw", "peaks.narrowPeak"} <= set(files_read)
    assert len(files_read) == len(set(files_read))
    assert kept_in(toy_path.parent) == (["DATASET.digests.json"] if beside else [])
    assert len(kept_in(cache_home() / "digests")) == (not beside)
    files_read.clear()
    assert dataset_digests(Dataset.open(toy_path), ("alpha",), beside=beside) == before
    assert files_read == []


def test_beside_a_dataset_that_others_keep_digests_go_to_the_own_cache(toy_path: Path, files_read: list[str]) -> None:
    (toy_path.parent / "DATASET.digests.json").mkdir()
    for times in (1, 0):
        files_read.clear()
        dataset_digests(Dataset.open(toy_path), ("alpha",))
        assert files_read.count("toy.fa") == times
    assert len(kept_in(cache_home() / "digests")) == 1


def test_a_file_that_changed_is_read_again_and_named(toy_path: Path, files_read: list[str]) -> None:
    before = dataset_digests(Dataset.open(toy_path), ("alpha",))
    files_read.clear()
    (toy_path.parent / "alpha.bed").write_text("chr1\t0\t400\tTssA\n")
    now = dataset_digests(Dataset.open(toy_path), ("alpha",))
    assert files_read == ["alpha.bed"]
    assert differences(before, now) == ["cell_types.alpha.states (alpha.bed)"]
    assert joint_digest(before) != joint_digest(now)
    assert joint_digest(now) == joint_digest(dict(reversed(now.items())))


def test_how_far_it_is_is_told_with_the_key_that_is_read(toy: Dataset) -> None:
    told = []
    dataset_digests(toy, ("alpha",), report=lambda fraction, note: told.append((fraction, note)))
    assert ("checking cell_types.alpha.peaks.CTCF.conservative") in [note for _, note in told]
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(set(fractions))
    assert (fractions[0], fractions[-1] < 1) == (0, True)


def test_peaks_count_only_of_factors_that_are_asked_for(toy: Dataset) -> None:
    keys = [set(dataset_digests(toy, ("alpha", "beta"), factors)) for factors in (None, ("CTCF",), ("GATA9",), ())]
    peaks = {"cell_types.alpha.peaks.CTCF.conservative", "cell_types.alpha.peaks.CTCF.relaxed"}
    assert keys[0] == keys[1] > peaks
    assert keys[0] - keys[2] == peaks
    assert keys[2] - keys[3] == {"label_rule"}
