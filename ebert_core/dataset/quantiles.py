"""The distribution of a signal in a cell type, and how one distribution is brought onto another.

A signal's values are float16, so any function of one value is a table of 65,536 numbers: files and store give
identical channels because both look them up in the same table.

P = L / 50 positions, Q = quantiles.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from math import gcd

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.channels import BIN_WIDTH, bins_with_bases
from ebert_core.genome.motifs import POSITION_WIDTH
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import SignalFile, mean_signal
from ebert_core.protocol.locus import Interval

Quantiles = tuple[float, ...]

_COUNT = 256
_BLOCK = 5_000
_BLOCKS = 4_000
_GOLDEN = (5**0.5 - 1) / 2
# Close together at the top, where the peaks are: the last one leaves 15 of a million positions above it.
LEVELS_Q: NDArray[np.float64] = 1 - (1 - np.arange(_COUNT) / _COUNT) ** 2


def sample_of(reference: Reference, chromosome_lengths: Mapping[str, int]) -> tuple[Interval, ...]:
    """Up to 4,000 blocks of 5 kb that hold bases, spread evenly over the genome, always the same ones.

    They stand for the genome where a signal's distribution is measured: 20 of 3,000 megabases, read in a second.
    """
    blocks = [
        Interval(name, start, start + _BLOCK)
        for name, length in chromosome_lengths.items()
        for start in range(0, length, _BLOCK)
    ]
    found = []
    for index in _spread(len(blocks)):
        if bins_with_bases(reference.bases(blocks[index])).any():
            found.append(blocks[index])
        if len(found) == _BLOCKS:
            break
    return tuple(sorted(found))


def _spread(count: int) -> Iterator[int]:
    """All numbers below `count` in an order whose every beginning is spread evenly (a golden-section walk)."""
    step = max(1, round(count * _GOLDEN))
    while gcd(step, count) != 1:
        step += 1
    for turn in range(count):
        yield turn * step % count


def quantiles_of(signal: SignalFile, reference: Reference, sample: Sequence[Interval]) -> Quantiles:
    """The quantiles of log(1 + signal) over the positions of a sample that hold bases; empty without any."""
    parts = []
    for block in sample:
        has_base_P = np.repeat(bins_with_bases(reference.bases(block)), BIN_WIDTH // POSITION_WIDTH)
        parts.append(mean_signal(signal, block)[has_base_P])
    values = np.concatenate(parts) if parts else np.empty(0, dtype=np.float16)
    if not len(values):
        return ()
    return tuple(np.quantile(_logarithms(values), LEVELS_Q).round(6).tolist())


def mean_quantiles(measured: Sequence[Quantiles]) -> Quantiles:
    """The distribution halfway between several: the mean of each quantile (Bolstad et al. 2003)."""
    known = [quantiles for quantiles in measured if quantiles]
    return tuple(np.mean(known, axis=0).round(6).tolist()) if known else ()


def logarithm(values: NDArray[np.float16]) -> NDArray[np.float16]:
    """log(1 + value), and -log(1 - value) below 0; NaN stays NaN."""
    return _looked_up(_logarithm_table(), values)


def normalised(values: NDArray[np.float16], own: Quantiles, reference: Quantiles) -> NDArray[np.float16]:
    """The logarithm that the reference distribution has where the cell type's own has the value.

    Equal quantiles, such as the zeros that most of a genome holds, share their middle rank. Above the highest
    quantile a value keeps its distance from it.
    """
    return _looked_up(_normalising_table(own, reference), values)


def _looked_up(table: NDArray[np.float16], values: NDArray[np.float16]) -> NDArray[np.float16]:
    found: NDArray[np.float16] = table[values.view(np.uint16)]
    return found


def _logarithms(values: NDArray[np.float16]) -> NDArray[np.float64]:
    exact = values.astype(np.float64)
    logarithms: NDArray[np.float64] = np.sign(exact) * np.log1p(np.abs(exact))
    return logarithms


def _every_value() -> NDArray[np.float16]:
    """All float16, at the place that their bits name; what is not finite is NaN."""
    values = np.arange(2**16, dtype=np.uint16).view(np.float16)
    return np.where(np.isfinite(values), values, np.float16(np.nan))


@cache
def _logarithm_table() -> NDArray[np.float16]:
    return _logarithms(_every_value()).astype(np.float16)


@lru_cache(maxsize=512)
def _normalising_table(own: Quantiles, reference: Quantiles) -> NDArray[np.float16]:
    values = _logarithms(_every_value())
    distinct, rank = np.unique(own, return_inverse=True)
    levels = np.bincount(rank, weights=LEVELS_Q) / np.bincount(rank)
    level = np.interp(values, distinct, levels)
    beyond = np.maximum(values - distinct[-1], 0) + np.minimum(values - distinct[0], 0)
    table: NDArray[np.float16] = (np.interp(level, LEVELS_Q, reference) + beyond).astype(np.float16)
    return table
