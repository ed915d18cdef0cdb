"""A bin has one number, whoever asks; gaps are gaps; edits change what they can reach."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.inference.attention import attention_profile, attention_within
from ebert_core.inference.batches import channels_of
from ebert_core.inference.familiarity import familiarity_marks
from ebert_core.inference.fitting import check_fit
from ebert_core.inference.grid import TileGrid
from ebert_core.inference.predict import Predictor
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import Engine
from ebert_core.model.embedding import Windows
from ebert_core.protocol.sources import FROM_ANCHOR, TO_ANCHOR
from ebert_core.protocol.terms.edits import BaseEdit, StateEdit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.core.toy_binding import LENGTHS, UNKNOWN, quiet, write_toy_binding

PLAIN = Engine(torch.device("cpu"), torch.float32)
WHOLE = Interval("chr2", 0, LENGTHS["chr2"])


@pytest.fixture(scope="module")
def dataset(toy_binding: Path) -> Dataset:
    return Dataset.open(toy_binding)


@pytest.fixture
def predictor(dataset: Dataset, toy_checkpoint: Path) -> Predictor:
    return Predictor(load_checkpoint(toy_checkpoint), dataset, PLAIN)


@pytest.fixture(scope="module")
def whole(dataset: Dataset, toy_checkpoint: Path) -> NDArray[np.float32]:
    """Probabilities of all bins of chr2, computed once."""
    predictor = Predictor(load_checkpoint(toy_checkpoint), dataset, PLAIN)
    return predictor.probabilities("alpha", WHOLE, quiet).values_FP


def test_tiles_stand_on_one_grid() -> None:
    grid = TileGrid(core=400, halo=200)
    assert list(grid.covering(0, 400, 10_000)) == [0]
    assert list(grid.covering(399, 401, 10_000)) == [0, 1]
    assert list(grid.covering(-500, 1, 10_000)) == [0]
    assert grid.window("chr1", 0) == Interval("chr1", -200, 600)


def test_tiles_that_are_blended_reach_beyond_their_cores_but_not_beyond_the_chromosome() -> None:
    grid = TileGrid(core=400, halo=200, fade=50)
    # The bin that begins at 300 has its centre at 400, the border.
    assert list(grid.covering(200, 201, 10_000)) == [0]
    assert list(grid.covering(250, 251, 10_000)) == [0, 1]
    assert list(grid.covering(300, 301, 10_000)) == [0, 1]
    assert list(grid.covering(350, 351, 10_000)) == [1]
    assert list(grid.covering(0, 10_000, 10_000)) == list(range(25))
    assert list(grid.covering(390, 400, 400)) == [0]


def test_what_the_tiles_count_in_a_bin_is_one_together_and_passes_evenly_from_tile_to_tile() -> None:
    grid, length = TileGrid(core=400, halo=400, fade=100), 1_600
    total = np.zeros(length // 50)
    for tile in range(4):
        first = (tile * grid.core - grid.lead) // 50
        weight = grid.weights(tile, length)
        assert len(weight) == grid.bins
        if tile == 2:
            assert weight.tolist() == [0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25]
        low, high = max(0, -first), min(grid.bins, len(total) - first)
        total[first + low : first + high] += weight[low:high]
    np.testing.assert_array_equal(total[:-2], 1)  # the last two bins would pass the chromosome's end


def test_a_bin_between_two_tiles_is_the_mean_of_what_both_say(predictor: Predictor) -> None:
    grid = predictor.grid
    assert grid == TileGrid(core=400, halo=200, fade=50)
    left, right = predictor.tiles("chr2", [2, 3], "alpha", quiet)
    both = predictor.logits("alpha", Interval("chr2", 0, 3_000), quiet).values_FP[0]
    # The border is at 1,200, so the bin of both begins at 1,100; a tile's first bin begins 150 before its core.
    own, other = left[0, (1_100 - (800 - grid.lead)) // 50], right[0, (1_100 - (1_200 - grid.lead)) // 50]
    assert own != other
    assert both[1_100 // 50] == pytest.approx((own + other) / 2, abs=1e-5)
    assert both[1_050 // 50] == pytest.approx(left[0, (1_050 - (800 - grid.lead)) // 50], abs=1e-5)


@pytest.mark.parametrize(("start", "end"), [(0, 12_130), (4_050, 4_100), (5_177, 9_999), (11_800, 99_999), (0, 3_210)])
def test_a_view_and_the_whole_chromosome_give_the_same_number(
    predictor: Predictor, whole: NDArray[np.float32], start: int, end: int
) -> None:
    bins = predictor.probabilities("alpha", Interval("chr2", start, end), quiet)
    first = -(-start // 50)
    assert bins.interval.start == first * 50
    np.testing.assert_allclose(bins.values_FP, whole[:, first : first + bins.values_FP.shape[1]], atol=1e-5)
    assert bins.values_FP.shape[1] == -(-(min(end, LENGTHS["chr2"]) - first * 50) // 50)


def test_in_whole_batches_it_is_the_same_to_the_bit_whoever_asks(dataset: Dataset, toy_checkpoint: Path) -> None:
    found = []
    for start, end in ((0, 12_130), (1_600, 3_200), (3_050, 3_400)):
        fresh = Predictor(load_checkpoint(toy_checkpoint), dataset, PLAIN)
        bins = fresh.probabilities("alpha", Interval("chr2", start, end), quiet, whole_batches=True)
        found.append(bins.values_FP)
    np.testing.assert_array_equal(found[1], found[0][:, 32:64])
    np.testing.assert_array_equal(found[2], found[0][:, 61:68])


def test_half_precision_says_nearly_the_same(
    dataset: Dataset, toy_checkpoint: Path, whole: NDArray[np.float32]
) -> None:
    half = Predictor(load_checkpoint(toy_checkpoint), dataset, Engine(torch.device("cpu"), torch.bfloat16))
    found = half.probabilities("alpha", WHOLE, quiet).values_FP
    assert found.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(found), np.isnan(whole))
    assert np.nanmean(np.abs(found - whole)) < 0.02
    assert np.corrcoef(found[np.isfinite(found)], whole[np.isfinite(whole)])[0, 1] > 0.99


def test_bins_with_unknown_bases_and_beyond_the_end_are_gaps_and_no_others(whole: NDArray[np.float32]) -> None:
    starts = np.arange(0, LENGTHS["chr2"], 50)
    is_gap = (starts + 200 > UNKNOWN[0]) & (starts < UNKNOWN[1]) | (starts + 200 > LENGTHS["chr2"])
    np.testing.assert_array_equal(np.isnan(whole[0]), is_gap)


def test_the_two_strands_are_averaged(dataset: Dataset, toy_checkpoint: Path) -> None:
    checkpoint = load_checkpoint(toy_checkpoint)
    predictor = Predictor(checkpoint, dataset, PLAIN)
    place = Interval("chr2", 2_000, 2_250)  # of one tile alone
    both = predictor.logits("beta", place, quiet, 2).values_FP
    one = predictor.logits("beta", place, quiet, 1).values_FP
    assert not np.allclose(one, both, atol=1e-4)
    from ebert_core.dataset.windows import windows
    from ebert_core.inference.batches import Inputs

    read = Inputs.of(windows(dataset, "beta", [Interval("chr2", 1_800, 2_600)], predictor.channels))
    with torch.no_grad():
        other = predictor.network.binding(read.other_strand().tensors(PLAIN.device)).flip(1)[0, 4:9, 0].numpy()
    np.testing.assert_allclose(both[0], (one[0] + other) / 2, atol=1e-4)


def test_an_edited_base_changes_nothing_beyond_the_windows_that_hold_it(
    predictor: Predictor, whole: NDArray[np.float32]
) -> None:
    edit = BaseEdit("chr2", 5_000, "N")
    edited = predictor.probabilities("alpha", WHOLE, quiet, edits=(edit,)).values_FP
    differs = np.flatnonzero(~np.isclose(edited[0], whole[0], equal_nan=True, atol=0))
    assert len(differs)
    starts = differs * 50
    # Tiles of 400 see 200 more: a base at 5,000 is seen by those that keep [4,800, 5,200) and their neighbour.
    assert starts.min() >= 4_400
    assert starts.max() < 5_600


def test_a_painted_state_turns_binding_on(predictor: Predictor, dataset: Dataset, whole: NDArray[np.float32]) -> None:
    labels = [line.split() for line in Path(dataset.layout.cell_types["alpha"].states).read_text().splitlines()]
    start = next(int(row[1]) for row in labels if row[0] == "chr2" and row[3] == "closed" and 600 < int(row[1]) < 8_000)
    painted = predictor.probabilities(
        "alpha", Interval("chr2", start, start + 600), quiet, edits=(StateEdit("chr2", start, start + 600, "open"),)
    )
    assert painted.values_FP[0, 2:9].max() > 0.4
    assert whole[0, start // 50 + 2 : start // 50 + 9].max() < 0.3


def test_a_hidden_stream_is_as_one_that_was_never_measured(
    dataset: Dataset, toy_checkpoint: Path, whole: NDArray[np.float32]
) -> None:
    blind = Predictor(load_checkpoint(toy_checkpoint), dataset, PLAIN, ("states", "signals", "motifs"))
    found = blind.probabilities("alpha", WHOLE, quiet).values_FP
    other = blind.probabilities("beta", WHOLE, quiet).values_FP
    np.testing.assert_array_equal(found, other)
    assert not np.allclose(found, whole, equal_nan=True, atol=0.01)


def test_work_ends_where_the_listener_raises(predictor: Predictor) -> None:
    heard = []

    def cancel(fraction: float, note: str) -> None:
        heard.append(fraction)
        if len(heard) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        predictor.probabilities("alpha", WHOLE, cancel)
    assert 0 < heard[1] < 1


@pytest.mark.parametrize(
    ("cell_type", "interval", "sentence"),
    [
        ("gamma", WHOLE, "DATASET.toml has no cell type gamma"),
        ("alpha", Interval("chr9", 0, 500), "The genome has no chromosome chr9; it has chr1, chr2"),
        ("alpha", Interval("chr2", 20_000, 20_500), "chr2 has 12,130 bases; there is nothing at 20,001"),
    ],
)
def test_places_and_cell_types_that_do_not_exist_are_named(
    predictor: Predictor, cell_type: str, interval: Interval, sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        predictor.probabilities(cell_type, interval, quiet)


def test_extreme_logits_give_probabilities_without_warnings(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ebert_core.inference.predict import Bins

    values = np.array([[-1e4, -90, 0, 90, np.nan]], dtype=np.float32)
    monkeypatch.setattr(Predictor, "logits", lambda *_: Bins(Interval("chr2", 0, 250), values))
    found = predictor.probabilities("alpha", WHOLE, quiet).values_FP
    assert found.dtype == np.float32
    assert found[0, 0] < 1e-30
    assert found[0, 3] == 1
    assert np.isnan(found[0, 4])


def test_every_stretch_says_what_training_saw(toy_checkpoint: Path) -> None:
    description = load_checkpoint(toy_checkpoint).description
    description = msgspec.structs.replace(
        description,
        training=(Interval("chr1", 0, 10_000),),
        validation=(Interval("chr1", 12_000, 13_000),),
        cell_types=("alpha", "beta"),
    )
    spans = familiarity_marks(description, "FOS", "alpha", Interval("chr1", 9_000, 20_000))
    assert [(span.start, span.end, span.kind) for span in spans] == [
        (9_000, 10_000, "training"),
        (10_000, 12_000, "unseen locus"),
        (12_000, 13_000, "validation"),
        (13_000, 20_000, "unseen locus"),
    ]
    place = Interval("chr1", 0, 500)
    assert familiarity_marks(description, "FOS", "gamma", place)[0].kind == "unseen cell type"
    one = msgspec.structs.replace(
        description, factors=(msgspec.structs.replace(description.factors[0], cell_types=("beta",)),)
    )
    assert familiarity_marks(one, "FOS", "alpha", place)[0].kind == "pair not assayed"


def test_a_profile_is_a_row_and_a_column_of_the_map(predictor: Predictor) -> None:
    place = Interval("chr2", 3_000, 3_600)
    profile = attention_profile(predictor, "alpha", Interval("chr2", 3_300, 3_301), 0, 1)
    whole = attention_within(predictor, "alpha", place, 0, 1)
    assert profile.interval == whole.interval == Interval("chr2", 3_000, 3_800)
    anchor = (3_300 - profile.interval.start) // 10
    np.testing.assert_array_equal(profile.row(FROM_ANCHOR), whole.values_TT[anchor])
    np.testing.assert_array_equal(profile.row(TO_ANCHOR), whole.values_TT[:, anchor])
    np.testing.assert_allclose(whole.values_TT.sum(1), 1, atol=1e-5)
    heads = [attention_within(predictor, "alpha", place, 0, head).values_TT for head in (0, 1)]
    mean = attention_within(predictor, "alpha", place, 0, None).values_TT
    np.testing.assert_allclose(mean, sum(heads) / 2, atol=1e-6)


@pytest.mark.parametrize("position", [0, 5, 12_129])
def test_attention_at_the_ends_of_a_chromosome_has_the_position_in_its_window(
    predictor: Predictor, position: int
) -> None:
    profile = attention_profile(predictor, "alpha", Interval("chr2", position, position + 1), 0, None)
    assert profile.interval.start <= position < profile.interval.end
    assert profile.row(FROM_ANCHOR).shape == (80,)


@pytest.mark.parametrize(("layer", "head"), [(1, 0), (0, 2), (-1, 0)])
def test_a_layer_or_head_that_is_not_there_is_named(predictor: Predictor, layer: int, head: int) -> None:
    with pytest.raises(InvalidRequest, match="This network has layers 1 to 1 with heads 1 to 2"):
        attention_profile(predictor, "alpha", Interval("chr2", 3_300, 3_301), layer, head)


@pytest.mark.parametrize(
    ("changes", "layout", "sentence"),
    [
        ({"seed": 5}, {}, "was trained on a synthetic genome and says nothing about toy"),
        ({"assembly": "hg19"}, {}, "fos was trained on hg19, the dataset is toy1"),
        ({}, {"state_names": ("closed", "poised")}, "knows the states closed, open; .* has poised"),
        ({}, {"reference": ""}, "names no reference sequence"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    toy_checkpoint: Path,
    dataset: Dataset,
    changes: dict[str, int | str],
    layout: dict[str, str | tuple[str, str]],
    sentence: str,
) -> None:
    description = msgspec.structs.replace(load_checkpoint(toy_checkpoint).description, **changes)
    with pytest.raises(InvalidRequest, match=sentence):
        check_fit(description, Dataset(msgspec.structs.replace(dataset.layout, **layout)))


@pytest.mark.parametrize(
    ("signal", "quantiles", "is_refused"),
    [
        ("DNase", (), False),
        ("log(DNase)", (), False),
        ("quantile(DNase)", (), True),
        ("difference(DNase)", (1.0,) * 255, True),
        ("quantile(DNase)", (1.0,) * 256, False),
        ("difference(DNase)", (1.0,) * 256, False),
    ],
)
def test_a_checkpoint_without_the_distribution_that_a_signal_is_brought_to_is_damaged(
    toy_checkpoint: Path, signal: str, quantiles: tuple[float, ...], is_refused: bool
) -> None:
    description = load_checkpoint(toy_checkpoint).description
    architecture = msgspec.structs.replace(description.architecture, signals=(signal,))
    description = msgspec.structs.replace(
        description, architecture=architecture, signal_quantiles={"DNase": quantiles} if quantiles else {}
    )
    if is_refused:
        with pytest.raises(InvalidRequest, match="fos is damaged: it does not hold the distribution of DNase"):
            channels_of(description)
    else:
        assert channels_of(description).signals == (signal,)


def test_a_gap_of_the_genome_is_a_gap_and_costs_no_network_pass(
    toy_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_toy_binding(tmp_path)
    text = (tmp_path / "toy.fa").read_text()
    head = text.index("\n") + 1
    (tmp_path / "toy.fa").write_text(text[:head] + "N" * 8_000 + text[head + 8_000 :])
    predictor = Predictor(load_checkpoint(toy_checkpoint), Dataset.open(path), PLAIN)
    passes = 0
    binding = predictor.network.binding

    def counted(batch: Windows) -> torch.Tensor:
        nonlocal passes
        passes += 1
        return binding(batch)

    monkeypatch.setattr(predictor.network, "binding", counted)
    found = predictor.probabilities("alpha", Interval("chr1", 0, 6_000), quiet).values_FP
    assert (found.shape, bool(np.isnan(found).all()), passes) == ((1, 120), True, 0)
    beyond = predictor.probabilities("alpha", Interval("chr1", 6_000, 9_000), quiet).values_FP[0]
    np.testing.assert_array_equal(np.isnan(beyond), np.arange(6_000, 9_000, 50) < 8_000)
    assert passes


def test_the_first_strand_is_not_computed_again_for_both(
    predictor: Predictor, dataset: Dataset, toy_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows: list[int] = []
    binding = predictor.network.binding

    def counted(batch: Windows) -> torch.Tensor:
        windows.append(len(batch.bases_BL))
        return binding(batch)

    monkeypatch.setattr(predictor.network, "binding", counted)
    interval = Interval("chr2", 1000, 6000)
    one = predictor.probabilities("alpha", interval, quiet, strands=1).values_FP
    first = sum(windows)
    windows.clear()
    both = predictor.probabilities("alpha", interval, quiet, strands=2).values_FP
    assert sum(windows) == first
    fresh = Predictor(load_checkpoint(toy_checkpoint), dataset, PLAIN)
    expected = fresh.probabilities("alpha", interval, quiet, strands=2).values_FP
    np.testing.assert_allclose(both, expected, rtol=0, atol=1e-6)
    assert not np.allclose(one, both, atol=1e-6)
