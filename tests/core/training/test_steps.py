"""Which windows come when, how fast what learns, and what logits become."""

import itertools

import msgspec
import numpy as np
import pytest
import torch
from full_disk import files_of_at_most
from toy_binding import SMALLEST, pretrain_spec

from ebert_core.judging.calibration import best_f1_threshold
from ebert_core.judging.comparison import Pair, compare, pooled_pair
from ebert_core.judging.held_out import blocks, bound_peaks
from ebert_core.material.sampling import random_examples, stretches, tiled_examples
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import Engine
from ebert_core.model.network import Ebert
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval
from ebert_core.training.loop import Schedule, Trainer, parameter_groups
from ebert_core.training.resume import SavedRun

PLACES = (Interval("chr1", 1_000, 11_000), Interval("chr2", 0, 2_000))


def test_the_same_seed_draws_the_same_windows_and_another_step_others():
    first = random_examples(PLACES, ("a", "b"), 800, 30, (1, 5))
    assert first == random_examples(PLACES, ("a", "b"), 800, 30, (1, 5))
    assert first != random_examples(PLACES, ("a", "b"), 800, 30, (1, 6))


def test_random_windows_lie_in_their_places_on_the_grid_and_come_from_everywhere():
    examples = random_examples(PLACES, ("a", "b"), 800, 2_000, (1,))
    assert all(any(place.covers(example.interval) for place in PLACES) for example in examples)
    assert all(example.interval.start % 200 == 0 and example.interval.length == 800 for example in examples)
    starts = {(example.interval.chromosome, example.interval.start) for example in examples}
    assert len(starts) == 47 + 7
    assert 850 < sum(example.cell_type == "a" for example in examples) < 1_150


def test_an_epoch_has_every_window_once_in_every_cell_type():
    examples = tiled_examples(PLACES, ("a", "b"), 800, (1, 0))
    assert len(set(examples)) == len(examples)
    for cell in ("a", "b"):
        ours = sorted(example.interval for example in examples if example.cell_type == cell)
        assert all(not one.overlaps(next_) for one, next_ in itertools.pairwise(ours))
        assert sum(each.length for each in ours if each.chromosome == "chr1") >= 10_000 - 2 * 800
    assert examples == tiled_examples(PLACES, ("a", "b"), 800, (1, 0))
    assert examples != tiled_examples(PLACES, ("a", "b"), 800, (1, 1))


def test_regions_are_cut_to_known_sequence_on_the_grid():
    known = (Interval("chr1", -200, 5_050), Interval("chr1", 9_000, 20_000))
    assert stretches((Interval("chr1", 130, 12_345),), known, 800) == (
        Interval("chr1", 200, 5_000),
        Interval("chr1", 9_000, 12_200),
    )
    with pytest.raises(InvalidRequest, match="No window of 8,000 bases fits the given regions"):
        stretches((Interval("chr1", 130, 12_345),), known, 8_000)


def test_the_rate_warms_up_and_falls_to_a_twentieth():
    schedule = Schedule(peak=1.0, warmup_steps=10, steps=1_000)
    rates = [schedule.rate(step) for step in range(1_000)]
    assert rates[0] == pytest.approx(0.1, rel=1e-3)
    assert max(rates) == pytest.approx(1, abs=1e-3)
    assert rates.index(max(rates)) == 9
    assert rates[500] == pytest.approx(0.525)
    assert rates[-1] == pytest.approx(0.05, rel=1e-3)
    assert all(later < earlier for earlier, later in itertools.pairwise(rates[9:]))


def test_every_parameter_is_in_one_group_lower_layers_learn_slower_and_vectors_do_not_decay():
    network = Ebert(msgspec.structs.replace(SMALLEST, layers=3, factors=("FOS",), motifs=("FOS",)))
    groups = list(parameter_groups(network, 0.5))
    share = {name: group.share for group in groups for name in group.names}
    decay = {name: group.weight_decay for group in groups for name in group.names}
    assert sorted(name for group in groups for name in group.names) == sorted(dict(network.named_parameters()))
    assert share["binding_head.gather.weight"] == share["embedding.motifs.weight"] == 1
    assert [share[f"encoder.blocks.{layer}.widen.weight"] for layer in range(3)] == [0.125, 0.25, 0.5]
    assert share["embedding.bases.filters.weight"] == 0.0625
    assert decay["encoder.blocks.0.widen.weight"] > 0
    assert decay["encoder.blocks.0.widen.bias"] == decay["encoder.norm.weight"] == 0


def test_the_threshold_is_that_of_the_best_f1():
    is_bound = np.array([True, True, False, True, False, False])
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.2, 0.1])
    assert best_f1_threshold(is_bound, scores) == pytest.approx(0.6)
    assert best_f1_threshold(np.zeros(6, bool), scores) is None


def pairs_of(better: float, count: int = 4) -> list[Pair]:
    random = np.random.default_rng(4)
    found = []
    for number in range(count):
        is_bound = random.random(1_500) < 0.05
        noise = random.normal(size=1_500)
        scores = {
            "ours": (noise + better * is_bound).astype(np.float32),
            "same": (noise + better * is_bound).astype(np.float32),
            "noise": random.normal(size=1_500).astype(np.float32),
        }
        found.append(Pair("FOS", f"c{number}", is_bound, np.arange(1_500) // 100, 40, scores))
    return found


def test_identical_methods_do_not_differ_and_a_better_one_does():
    found = compare(pairs_of(2.0), resamples=60, seed=1)
    same = found.mean_difference["same"]
    assert (same.low, same.value, same.high) == (0, 0, 0)
    assert found.mean_difference["noise"].low > 0.2
    assert found.median["ours"].low <= found.median["ours"].value <= found.median["ours"].high
    assert found.mean["noise"].value == pytest.approx(0.05, abs=0.03)
    assert found.counted_pairs == 4


def test_equally_good_methods_have_an_interval_around_nothing():
    random = np.random.default_rng(9)
    pairs = []
    for pair in pairs_of(1.0):
        other = (random.normal(size=1_500) + 1.0 * pair.is_bound_X).astype(np.float32)
        pairs.append(pair._replace(scores={"ours": pair.scores["ours"], "other": other}))
    difference = compare(pairs, resamples=80, seed=1).mean_difference["other"]
    assert difference.low < 0 < difference.high


def test_pairs_with_few_peaks_are_listed_and_not_counted():
    pairs = [*pairs_of(2.0, 1), pairs_of(2.0, 2)[1]._replace(peaks=14)]
    found = compare(pairs, resamples=5, seed=1)
    assert (len(found.pairs), found.counted_pairs) == (2, 1)
    none = compare([pairs[1]], resamples=5, seed=1)
    assert (none.counted_pairs, none.mean, none.mean_difference) == (0, {}, {})
    assert none.pooled["ours"].value > none.pooled["noise"].value


def test_pooling_ranks_within_each_pair():
    first, second = pairs_of(3.0, 2)
    shifted = second._replace(scores={name: values * 4 for name, values in second.scores.items()})
    found, expected = (pooled_pair([first, other], ["ours"]).scores["ours"] for other in (shifted, second))
    np.testing.assert_array_equal(found, expected)


def test_blocks_and_peaks_are_counted_on_the_genome():
    assert blocks(Interval("chr1", 99_900, 100_100)).tolist() == [0, 0, 1, 1]
    assert bound_peaks(np.array([1, 1, 0, -1, 1, 0, 0, 1], np.int8)) == 3
    assert bound_peaks(np.zeros(0, np.int8)) == 0


def test_a_full_disk_leaves_the_state_to_resume_from_as_it_was(toy_checkpoint, tmp_path):
    network = load_checkpoint(toy_checkpoint).network
    trainer = Trainer(network, Engine(torch.device("cpu"), torch.float32), Schedule(1e-3, 1, 10), seed=1)
    saved = SavedRun(tmp_path, trainer, pretrain_spec(tmp_path, tmp_path), {})
    (tmp_path / "resume.safetensors").write_text("kept")
    sentence = r"resume\.safetensors: the disk is full; the last one is kept"
    with files_of_at_most(20_000), pytest.raises(InvalidRequest, match=sentence):
        saved.save()
    assert [path.read_text() for path in tmp_path.iterdir()] == ["kept"]
