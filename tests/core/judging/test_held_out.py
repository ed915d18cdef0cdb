"""What calibration and evaluation keep of held-out loci: the labels, the logits, and one array of blocks for all."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ebert_core.dataset.labels import bin_labels
from ebert_core.inference.predict import Predictor
from ebert_core.judging.held_out import blocks, bound_peaks, held_out
from ebert_core.material.material import open_material
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import Engine
from ebert_core.protocol.terms.locus import Interval
from tests.core.toy_binding import SilentReport, quiet

REGIONS = (Interval("chr1", 130, 6_000), Interval("chr1", 16_000, 20_000))


def test_pairs_hold_five_bytes_a_bin_and_share_their_blocks(toy_binding: Path, toy_checkpoint: Path) -> None:
    material = open_material(str(toy_binding), (), ("chr1",), (), SilentReport())
    predictor = Predictor(load_checkpoint(toy_checkpoint), material.store, Engine(torch.device("cpu"), torch.float32))
    pairs = held_out(predictor, material.dataset, REGIONS, ("alpha", "beta"), ("FOS",), quiet)
    assert [(pair.factor, pair.cell_type) for pair in pairs] == [("FOS", "alpha"), ("FOS", "beta")]
    bins = (6_000 - 150 + 4_000) // 50
    for pair in pairs:
        expected = [bin_labels(material.dataset, pair.cell_type, "FOS", region) for region in REGIONS]
        np.testing.assert_array_equal(pair.labels_P, np.concatenate(expected))
        assert pair.block_P.tolist() == [0] * 117 + [10_000] * 80
    arrays = {id(array): array for pair in pairs for array in pair[2:]}
    # Blocks of its own for every pair would make it 13 bytes a bin and pair.
    assert sum(array.nbytes for array in arrays.values()) == bins * (5 * len(pairs) + 8)


def test_every_batch_of_tiles_is_told_and_may_end_the_work(toy_binding: Path, toy_checkpoint: Path) -> None:
    material = open_material(str(toy_binding), (), ("chr1",), (), SilentReport())
    predictor = Predictor(load_checkpoint(toy_checkpoint), material.store, Engine(torch.device("cpu"), torch.float32))
    predictor.tiles_at_once = 2
    told: list[tuple[float, str]] = []
    held_out(predictor, material.dataset, REGIONS, ("alpha", "beta"), ("FOS",), lambda *words: told.append(words), 1)
    fractions = [fraction for fraction, _note in told]
    assert fractions == sorted(fractions)
    assert len(fractions) > 2 * len(REGIONS) + 4, "two cell types alone would be told four times"
    assert {note for _, note in told} == {f"predicting held-out loci in {cell}" for cell in ("alpha", "beta")}
    assert 0.9 < fractions[-1] <= 1

    def refused(fraction: float, _note: str) -> None:
        if fraction > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        held_out(predictor, material.dataset, REGIONS, ("alpha", "beta"), ("FOS",), refused, 1)


def test_blocks_and_peaks_are_counted_on_the_genome() -> None:
    assert blocks(Interval("chr1", 99_900, 100_100)).tolist() == [0, 0, 1, 1]
    assert bound_peaks(np.array([1, 1, 0, -1, 1, 0, 0, 1], np.int8)) == 3
    assert bound_peaks(np.zeros(0, np.int8)) == 0
