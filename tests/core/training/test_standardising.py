"""The scale of signals and motif scores is that of the sample of training windows."""

import msgspec
import numpy as np
import pytest

from ebert_core.inference.batches import Inputs
from ebert_core.model.network import Ebert
from ebert_core.training.standardising import standardise
from tests.core.toy_binding import SMALLEST


def test_signals_and_motifs_come_to_mean_0_and_deviation_1_and_shares_keep_their_scale() -> None:
    architecture = msgspec.structs.replace(SMALLEST, signals=("DNase", "binding(FOS)"), motifs=("FOS",))
    network = Ebert(architecture)
    random = np.random.default_rng(3)
    signals = random.normal((10.0, 0.5), (4.0, 0.1), (50, 16, 2)).astype(np.float32)
    signals[:5, :, 0] = np.nan
    motifs = random.normal(-20.0, 6.0, (50, 16, 1)).astype(np.float32)
    standardise(network, Inputs(np.zeros((50, 800), np.uint8), np.zeros((50, 4), np.uint8), signals, motifs))
    of_signals, of_motifs = network.embedding.signal_standard, network.embedding.motif_standard
    assert float(of_signals.mean[0]) == pytest.approx(10, abs=0.5)
    assert float(of_signals.deviation[0]) == pytest.approx(4, abs=0.3)
    assert (float(of_motifs.mean[0]), float(of_motifs.deviation[0])) == pytest.approx((-20, 6), abs=0.7)
    share = (float(of_signals.mean[1]), float(of_signals.deviation[1]))
    standardise(network, Inputs(np.zeros((50, 800), np.uint8), np.zeros((50, 4), np.uint8), signals * 2, motifs))
    assert (float(of_signals.mean[1]), float(of_signals.deviation[1])) == share, "a share is no sample's matter"
    assert share != pytest.approx((0.5, 0.1), abs=0.02)
