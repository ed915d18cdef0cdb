"""A checkpoint as a function from factor, cell type and interval to scores, for whoever compares it with controls."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.inference.fitting import check_fit
from ebert_core.inference.predict import Bins, Predictor
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import choose_engine
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval


def held_out_scores(checkpoint: Path, dataset: Path) -> Callable[[str, str, Interval], NDArray[np.float32]]:
    """Calibrated probability of every bin that lies wholly in an interval; NaN where there is none."""
    opened = Dataset.open(dataset)
    loaded = load_checkpoint(checkpoint)
    check_fit(loaded.description, opened)
    predictor = Predictor(loaded, opened, choose_engine())
    known: dict[tuple[str, Interval], Bins] = {}

    def scores(factor: str, cell_type: str, interval: Interval) -> NDArray[np.float32]:
        key = (cell_type, interval)
        if key not in known:
            known[key] = predictor.probabilities(cell_type, interval, lambda _fraction, _note: None)
        row = predictor.factors.index(loaded.description.factor(factor).name)
        whole = max(0, (interval.end - BIN - known[key].interval.start) // POSITION + 1)
        return known[key].values_FP[row, :whole]

    return scores
