"""The scale of a network's inputs, taken once from a sample of the training windows and kept with its weights."""

# B = windows, P = positions, X = channels: C signals, M motifs.

import numpy as np
import torch

from ebert_core.dataset.derived import frozen_scale
from ebert_core.inference.batches import Inputs
from ebert_core.model.network import Ebert


def standardise(network: Ebert, inputs: Inputs) -> None:
    """Freezes mean and deviation of signals and motif scores over a sample of windows.

    Signals whose scale is known, such as shares, keep that scale whatever the sample.
    """
    for standard, values_BPX in (
        (network.embedding.signal_standard, inputs.signals_BPC),
        (network.embedding.motif_standard, inputs.motifs_BPM),
    ):
        if values_BPX.shape[-1]:
            flat = values_BPX.reshape(-1, values_BPX.shape[-1]).astype(np.float64)
            standard.mean.copy_(torch.from_numpy(np.nan_to_num(np.nanmean(flat, axis=0))))
            standard.deviation.copy_(torch.from_numpy(np.nan_to_num(np.nanstd(flat, axis=0)) + 1e-3))
    for channel, name in enumerate(network.architecture.signals):
        if scale := frozen_scale(name):
            network.embedding.signal_standard.mean[channel] = scale[0]
            network.embedding.signal_standard.deviation[channel] = scale[1]
