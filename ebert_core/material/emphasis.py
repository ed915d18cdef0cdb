"""What a fine-tuning looks at more often: bound bins, and unbound ones that the network takes for bound."""

# U = units of 200 bp of a place, Y = units of all places, N = bins starting every 50 bp, F = factors, C = cell types,
# K = bound bins, each as often as it has factors.

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ebert_core.inference.predict import Predictor
from ebert_core.material.focus import BoundBins, Focus, bound_units, summed_by_unit
from ebert_core.material.material import Material
from ebert_core.material.sampling import Example
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import TellProgress

# Of the unbound bins, these many for each bound one are looked at again: the ones with the highest probability.
_HARD_FOR_EACH_BOUND = 3
_HARD_SHARE = 0.5
_LABELLED_AT_ONCE = 1_000_000


class Emphasis:
    """The labels of the training genome by units of 200 bp, and the focus that follows from them.

    Args:
        material: the dataset.
        places: training stretches, ends on multiples of 200.
        cell_types: to train in.
        factors: to train on.
    """

    def __init__(
        self, material: Material, places: Sequence[Interval], cell_types: Sequence[str], factors: Sequence[str]
    ) -> None:
        self._material = material
        self._places = tuple(places)
        self._cell_types = tuple(cell_types)
        self._factors = tuple(factors)
        found = {cell: [BoundBins.of(self._labels(cell, place)) for place in self._places] for cell in self._cell_types}
        of_factor_K = np.concatenate([bound.factor_K for of_places in found.values() for bound in of_places])
        bins_F = np.bincount(of_factor_K, minlength=len(self._factors))
        self._bound = {cell: [bound_units(bound, bins_F) for bound in of_places] for cell, of_places in found.items()}
        self._bound_bins = int(bins_F.sum())

    def _labels(self, cell_type: str, place: Interval) -> NDArray[np.int8]:
        """Labels (N, F) of a place."""
        parts = []
        for start in range(place.start, place.end, _LABELLED_AT_ONCE):
            # A bin more than the piece at its end, since the last three bins of a window belong to none.
            end = min(start + _LABELLED_AT_ONCE + BIN, place.end)
            piece = Interval(place.chromosome, start, end)
            parts.append(self._material.labels([Example(cell_type, piece)], self._factors)[0])
            if end == place.end:
                break
        bins = (_LABELLED_AT_ONCE // BIN) * (BIN // POSITION)
        return np.concatenate([part[:bins] for part in parts[:-1]] + parts[-1:])

    def focus(self, length: int, windows: int, hard_CY: Tensor | None = None) -> Focus:
        """Where `windows` further windows of a length go: half to hard unbound bins, once these are known."""
        counts = self._bound
        if hard_CY is not None and float(hard_CY.sum()) > 0:
            ends = np.cumsum([place.length // BIN for place in self._places])[:-1]
            bound = sum(float(count_U.sum()) for of_places in self._bound.values() for count_U in of_places)
            scale = _HARD_SHARE / (1 - _HARD_SHARE) * bound / float(hard_CY.double().sum())
            counts = {
                cell: [
                    count_U + scale * hard_U
                    for count_U, hard_U in zip(self._bound[cell], np.split(hard_Y.double().numpy(), ends), strict=True)
                ]
                for cell, hard_Y in zip(self._cell_types, hard_CY, strict=True)
            }
        return Focus(self._places, counts, length, windows)

    def hard_units(self, predictor: Predictor, heard: TellProgress) -> Tensor:
        """How much of each unit (C, Y) is unbound and yet among the most probable bins, 0 for most, float32."""
        rows = []
        for number, cell_type in enumerate(self._cell_types):
            heard(number / len(self._cell_types), f"looking for hard unbound bins in {cell_type}")
            rows.append(np.concatenate([self._wrong(predictor, cell_type, place) for place in self._places]))
        wrong_CY = np.stack(rows)
        kept = min(wrong_CY.size, _HARD_FOR_EACH_BOUND * self._bound_bins)
        least = np.partition(wrong_CY, wrong_CY.size - kept, axis=None)[wrong_CY.size - kept] if kept else np.inf
        return torch.from_numpy(np.where(wrong_CY >= max(least, 1e-6), wrong_CY, 0).astype(np.float32))

    def _wrong(self, predictor: Predictor, cell_type: str, place: Interval) -> NDArray[np.float64]:
        """Highest probability of an unbound bin of each unit (U,), summed over its bins."""
        labels_NF = self._labels(cell_type, place)
        logits_FP = predictor.logits(cell_type, place, lambda *_: None, strands=1).values_FP
        logits_NF = logits_FP.T[: len(labels_NF), [predictor.factors.index(factor) for factor in self._factors]]
        with np.errstate(over="ignore"):
            probability_NF = np.nan_to_num(1 / (1 + np.exp(-logits_NF.astype(np.float64))))
        wrong_N = np.where(labels_NF == 0, probability_NF, 0).max(1)
        wrong_U = np.zeros(place.length // BIN)
        of_bins = summed_by_unit(wrong_N)
        wrong_U[: len(of_bins)] = of_bins
        return wrong_U
