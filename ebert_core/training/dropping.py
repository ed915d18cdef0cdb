"""Inputs left out at random in training, so that one network answers with or without any of them."""

# B = windows, P = 50-bp positions, C = signals.

from collections.abc import Sequence

import numpy as np

from ebert_core.dataset.channels import family
from ebert_core.inference.batches import Inputs
from ebert_core.model.tokens import MISSING_STATE


def drop_channels(inputs: Inputs, rate: float, random: np.random.Generator, signals: Sequence[str] = ()) -> Inputs:
    """The inputs with states, signals and motif scores each absent from a share of the windows.

    So one network answers with or without any of them. Where the signals are of several families, each family is
    absent from as many windows again: another dataset may have accessibility and no other cell types to compare with.
    """
    windows = len(inputs.bases_BL)
    no_states, no_signals, no_motifs = random.random((3, windows)) < rate
    absent_BC = no_signals[:, None]
    families = list(map(family, signals))
    if len(set(families)) > 1:
        no_family = {name: random.random(windows) < rate for name in sorted(set(families))}
        absent_BC = absent_BC | np.stack([no_family[name] for name in families], axis=1)
    return inputs._replace(
        states_BS=np.where(no_states[:, None], np.uint8(MISSING_STATE), inputs.states_BS),
        signals_BPC=np.where(absent_BC[:, None], np.float32(np.nan), inputs.signals_BPC),
        motifs_BPM=np.where(no_motifs[:, None, None], np.float32(np.nan), inputs.motifs_BPM),
    )
