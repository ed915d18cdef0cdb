"""Files and store give one answer, and edits change what they should."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.windows import Channels, WindowBatch, windows
from ebert_core.genome.motifs import Matrices
from ebert_core.protocol.terms.bases import decode_bases
from ebert_core.protocol.terms.edits import BaseEdit, StateEdit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.core.dataset.toy_genome import LENGTHS, toy_letters


def channels_of(dataset: Dataset) -> Channels:
    return Channels(("TssA", "Quies"), ("DNase", "H3K27ac"), dataset.matrices)


def assert_identical(first: WindowBatch, second: WindowBatch) -> None:
    for name, left, right in zip(first._fields, first, second, strict=True):
        left, right = np.asarray(left), np.asarray(right)
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right, err_msg=name)


@pytest.mark.parametrize("cell_type", ["alpha", "beta"])
@pytest.mark.parametrize("length", [200, 1200, 4000])
def test_files_and_store_give_identical_arrays(toy: Dataset, tmp_path: Path, cell_type: str, length: int) -> None:
    store = prepare(toy, tmp_path / "toy.store")
    random = np.random.default_rng(length)
    intervals = [
        Interval(chromosome, int(start) * 200, int(start) * 200 + length)
        for chromosome, end in LENGTHS.items()
        for start in random.integers(-10, end // 200 + 10, 60)
    ]
    assert_identical(
        windows(toy, cell_type, intervals, channels_of(toy)), windows(store, cell_type, intervals, channels_of(toy))
    )


def test_a_matrix_the_store_does_not_hold_is_scored_from_its_bases(toy: Dataset, tmp_path: Path) -> None:
    store = prepare(toy, tmp_path / "toy.store")
    strange = Matrices({"X": np.array([[1.0, -1, -2, -1], [-3, 2, 0, 0.5]]), "CTCF": toy.matrices.log_odds[0]})
    intervals = [Interval("chr1", 45_400, 46_600), Interval("chr2", 4_200, 5_400)]
    channels = Channels(motifs=strange)
    assert_identical(windows(toy, "beta", intervals, channels), windows(store, "beta", intervals, channels))


def test_windows_hold_the_bases_of_the_reference(toy: Dataset) -> None:
    batch = windows(toy, "alpha", [Interval("chr2", 4_800, 5_200)], Channels())
    assert decode_bases(batch.bases_BL[0]) == toy_letters()["chr2"][4_800:].upper().ljust(400, "N")


def test_a_bin_has_the_state_at_its_centre(toy: Dataset) -> None:
    batch = windows(toy, "alpha", [Interval("chr1", 3_800, 6_400)], channels_of(toy))
    assert batch.states_BS[0].tolist() == [3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0]


def test_signals_are_exact_means_and_a_lacking_signal_is_nan(toy: Dataset) -> None:
    interval = Interval("chr1", 4_000, 4_200)
    batch = windows(toy, "alpha", [interval], channels_of(toy))
    signal = toy.signal("alpha", "DNase")
    assert signal is not None
    per_base = np.nan_to_num(signal.per_base(interval), posinf=0.0)
    np.testing.assert_array_equal(batch.signals_BCP[0, 0], per_base.reshape(-1, 50).mean(axis=1).astype(np.float16))
    assert np.isnan(batch.signals_BCP[0, 1]).all()


def test_bins_without_bases_have_no_state_and_no_signal(toy: Dataset) -> None:
    batch = windows(toy, "alpha", [Interval("chr1", 30_000, 31_000)], channels_of(toy))
    assert not batch.states_BS.any()
    assert not batch.signals_BCP[0, 0].any()


def test_an_edited_base_changes_its_motif_scores_alone(toy: Dataset, tmp_path: Path) -> None:
    interval, neighbour = Interval("chr1", 5_000, 5_400), Interval("chr1", 9_000, 9_400)
    edit = BaseEdit("1", 5_199, "ACGT"["ACGT".index(toy_letters()["chr1"][5_199].upper()) - 1])
    before = windows(toy, "alpha", [interval, neighbour], channels_of(toy))
    after = windows(toy, "alpha", [interval, neighbour], channels_of(toy), [edit])
    assert np.flatnonzero(before.bases_BL[0] != after.bases_BL[0]).tolist() == [199]
    assert set(np.flatnonzero((before.motifs_BMP != after.motifs_BMP)[0, 0])) <= {3, 4}
    np.testing.assert_array_equal(before.bases_BL[1], after.bases_BL[1])
    np.testing.assert_array_equal(before.signals_BCP, after.signals_BCP)
    assert_identical(
        after, windows(prepare(toy, tmp_path / "s"), "alpha", [interval, neighbour], channels_of(toy), [edit])
    )


def test_a_painted_state_covers_the_bins_whose_centres_it_covers(toy: Dataset) -> None:
    edits = [StateEdit("chr1", 5_000, 5_301, "Quies"), StateEdit("chr1", 5_400, 5_600, "")]
    batch = windows(toy, "alpha", [Interval("chr1", 4_800, 5_800)], channels_of(toy), edits)
    assert batch.states_BS[0].tolist() == [2, 3, 3, 0, 2]


def test_an_unknown_cell_type_state_or_base_is_refused(toy: Dataset) -> None:
    interval = Interval("chr1", 5_000, 5_200)
    with pytest.raises(InvalidRequest, match="has no cell type gamma; it has alpha, beta"):
        windows(toy, "gamma", [interval], channels_of(toy))
    with pytest.raises(InvalidRequest, match="does not know Quies"):
        windows(toy, "alpha", [interval], Channels(states=("TssA",)))
    with pytest.raises(InvalidRequest, match="does not know the state Enh"):
        windows(toy, "alpha", [interval], channels_of(toy), [StateEdit("chr1", 5_000, 5_200, "Enh")])
    with pytest.raises(InvalidRequest, match="'R' is no base"):
        windows(toy, "alpha", [interval], channels_of(toy), [BaseEdit("chr1", 5_000, "R")])
