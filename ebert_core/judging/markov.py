"""The control of pre-training: what a two-sided Markov model makes of the same hidden bases."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.terms.bases import N


class MarkovBaseline:
    """Predicts a base from `reach` bases on either side, by counts on both strands, interpolated over reaches.

    A context seen n times weighs n / (n + smoothing) against the next shorter one.
    """

    def __init__(self, sequences: Iterable[NDArray[np.uint8]], reach: int, smoothing: float = 30.0) -> None:
        self.reach = reach
        self.smoothing = smoothing
        self._counts = [np.zeros((4 ** (2 * side), 4), dtype=np.float32) for side in range(reach + 1)]
        for sequence in sequences:
            for strand in (sequence, np.where(sequence < N, 3 - sequence, N)[::-1]):
                self._count(strand)

    def _count(self, sequence: NDArray[np.uint8]) -> None:
        for side, counts in enumerate(self._counts):
            context, base = self._contexts(sequence, np.arange(side, len(sequence) - side), side)
            known = context >= 0
            keys = context[known] * 4 + base[known]
            counts += np.bincount(keys, minlength=counts.size).reshape(counts.shape).astype(np.float32)

    @staticmethod
    def _contexts(
        sequence: NDArray[np.uint8], positions: NDArray[np.int64], side: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The word around each position as a number, -1 where it or the base itself is unknown; and the base."""
        context = np.zeros(len(positions), dtype=np.int64)
        known = sequence[positions] < N
        for offset in (*range(-side, 0), *range(1, side + 1)):
            neighbour = sequence[positions + offset]
            known &= neighbour < N
            context = context * 4 + np.minimum(neighbour, 3)
        return np.where(known, context, -1), np.minimum(sequence[positions], 3).astype(np.int64)

    def losses(self, sequence: NDArray[np.uint8], positions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Nats for the base at each position, all other bases being visible; NaN where the context is not known."""
        probability = np.full((len(positions), 4), 0.25)
        for side, counts in enumerate(self._counts):
            context, base = self._contexts(sequence, positions, side)
            seen = counts[np.maximum(context, 0)].astype(np.float64)
            total = seen.sum(1, keepdims=True)
            probability = (seen + self.smoothing * probability) / (total + self.smoothing)
        chosen = probability[np.arange(len(positions)), base]
        return np.where(context >= 0, -np.log(chosen), np.nan)
