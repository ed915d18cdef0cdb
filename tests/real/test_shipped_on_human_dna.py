"""The shipped checkpoint of human DNA, on a stretch of chr5 that nothing was trained or chosen on."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import prepare
from ebert_core.dream.scoring import auprc
from ebert_core.inference.predict import Predictor
from ebert_core.judging.baselines import motif_scan
from ebert_core.judging.held_out import held_out
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import Engine
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.terms.locus import Interval

pytestmark = pytest.mark.real
STRETCH = Interval("chr5", 125_600_000, 126_000_000)


def test_it_finds_max_in_hepg2_far_better_than_a_motif_scan(real_dataset: Path, tmp_path: Path) -> None:
    dataset = Dataset.open(real_dataset)
    store = prepare(dataset, tmp_path / "store", regions=[Interval("chr5", 125_500_000, 126_100_000)])
    predictor = Predictor(
        load_checkpoint(resource("checkpoints/human_slices")), store, Engine(torch.device("cpu"), torch.float32)
    )
    (pair,) = held_out(predictor, dataset, [STRETCH], ["HepG2"], ["MAX"], lambda *_: None, strands=1)
    counts = pair.is_scored()
    is_bound = pair.labels_P[counts] == 1
    scan = motif_scan(dataset, store, [STRETCH])["MAX"][counts]
    assert is_bound.sum() > 20
    assert np.isfinite(pair.scores_P[counts]).all()
    assert auprc(is_bound, pair.scores_P[counts]) > auprc(is_bound, scan) + 0.05
