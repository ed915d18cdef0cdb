"""The store is built once, small, whole or not at all."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset import prepare as prepare_module
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.store import Store
from ebert_core.dataset.store_places import beside
from ebert_core.dataset.windows import Channels, windows
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval


def test_only_stretches_that_hold_bases_are_stored(toy: Dataset, tmp_path: Path) -> None:
    store = prepare(toy, tmp_path / "toy.store")
    assert store.segments == (
        Interval("chr1", 3_000, 20_200),
        Interval("chr1", 45_400, 59_000),
        Interval("chr2", -200, 5_400),
    )
    assert (tmp_path / "toy.store" / "bases.u8").stat().st_size == sum(segment.length for segment in store.segments)


def test_a_store_that_is_made_of_small_pieces_is_the_same_to_the_last_byte(
    toy: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regions = [Interval("chr1", 4_150, 20_030), Interval("chr2", 30, 2_000)]
    for name, size in (("whole", 1_000_000), ("pieces", 2_200)):
        monkeypatch.setattr(prepare_module, "_PIECE", size)
        prepare(toy, tmp_path / name)
        prepare(toy, tmp_path / f"{name} of regions", regions=regions)
    for kind in ("", " of regions"):
        whole, pieces = (
            {path.name: path.read_bytes() for path in (tmp_path / f"{name}{kind}").iterdir()}
            for name in ("whole", "pieces")
        )
        assert whole == pieces


def test_whoever_waits_for_a_store_is_told_how_far_it_is(
    toy: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_module, "_PIECE", 20_000)
    told = []
    prepare(toy, tmp_path / "s", report=lambda fraction, note: told.append((fraction, note)))
    assert [note for _, note in told] == [
        *["looking for bases on chr1"] * 4,
        "looking for bases on chr2",
        *["storing chr1"] * 2,
        "storing chr2",
        "stored",
    ]
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(set(fractions))
    assert (fractions[0], fractions[-1]) == (0, 1)


def test_unchanged_inputs_reuse_the_store_and_changed_ones_rebuild_it(toy_path: Path, tmp_path: Path) -> None:
    directory = beside(Dataset.open(toy_path))
    assert directory == tmp_path / "DATASET.store"
    built = []
    prepare(Dataset.open(toy_path), directory, report=lambda *_: built.append("first"))
    assert built
    built.clear()
    prepare(Dataset.open(toy_path), directory, report=lambda *_: built.append("again"))
    assert not built
    states = tmp_path / "alpha.bed"
    states.write_text("chr1\t0\t61200\tTssA\n")
    os.utime(states, (1, 1))
    store = prepare(Dataset.open(toy_path), directory, report=lambda *_: built.append("changed"))
    assert built
    batch = windows(store, "alpha", [Interval("chr1", 8_000, 8_200)], Channels(states=("Quies", "TssA")))
    assert batch.states_BS.tolist() == [[3]]


def test_another_file_of_the_same_size_and_time_rebuilds_it(toy_path: Path, tmp_path: Path) -> None:
    prepare(Dataset.open(toy_path), tmp_path / "s")
    text = (tmp_path / "alpha.bed").read_text()
    (tmp_path / "other.bed").write_text(text.replace("6000\tTssA", "7000\tTssA"))
    shutil.copystat(tmp_path / "alpha.bed", tmp_path / "other.bed")
    toy_path.write_text(toy_path.read_text().replace('states = "alpha.bed"', 'states = "other.bed"'))
    store = prepare(Dataset.open(toy_path), tmp_path / "s")
    batch = windows(store, "alpha", [Interval("chr1", 6_000, 6_200)], Channels(states=("Quies", "TssA")))
    assert batch.states_BS.tolist() == [[3]]


def test_a_failed_build_leaves_the_old_store_and_nothing_else(toy_path: Path, tmp_path: Path) -> None:
    prepare(Dataset.open(toy_path), tmp_path / "s")
    before = sorted(path.name for path in tmp_path.iterdir())
    (tmp_path / "alpha.bed").write_text("chr1\t0\t400\tTssA\nchr1\t300\t500\tTssA\n")
    with pytest.raises(InvalidRequest, match=r"alpha\.bed, line 2: this state begins before 400"):
        prepare(Dataset.open(toy_path), tmp_path / "s")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    Store(tmp_path / "s")


def test_a_folder_with_other_things_is_not_overwritten(toy: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="is there already and is no store"):
        prepare(toy, tmp_path)


def test_a_truncated_store_is_refused_with_a_sentence(toy: Dataset, tmp_path: Path) -> None:
    prepare(toy, tmp_path / "s")
    (tmp_path / "s" / "bases.u8").write_bytes(b"12")
    with pytest.raises(InvalidRequest, match="damaged or absent"):
        Store(tmp_path / "s")
    with pytest.raises(InvalidRequest, match="is no store"):
        Store(tmp_path / "nothing")


def test_a_store_of_regions_knows_nothing_elsewhere(toy: Dataset, tmp_path: Path) -> None:
    store = prepare(toy, tmp_path / "s", regions=[Interval("chr1", 4_000, 6_000), Interval("chr1", 5_000, 8_000)])
    assert store.segments == (Interval("chr1", 3_800, 8_200),)
    batch = windows(store, "alpha", [Interval("chr1", 12_000, 12_200)], Channels())
    assert np.all(batch.bases_BL == 4)
