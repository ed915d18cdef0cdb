"""The distribution of a signal in a cell type, and how one distribution is brought onto another.

A signal's values are float16, so any function of one value is a table of 65,536 numbers: files and store give
identical channels because both look them up in the same table.

P = L / 50 positions, Q = quantiles.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from math import gcd, isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.channels import bins_with_bases
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import SignalFile, mean_signal
from ebert_core.protocol.terms.chromosome_names import other_names
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval

Quantiles = tuple[float, ...]

_COUNT = 256
_BLOCK = 5_000
_BLOCKS = 4_000
_GROUP = 20
_GOLDEN = (5**0.5 - 1) / 2
# Close together at the top, where the peaks are: the last one leaves 15 of a million positions above it.
LEVELS_Q: NDArray[np.float64] = 1 - (1 - np.arange(_COUNT) / _COUNT) ** 2


class Sampled(NamedTuple):
    """A stretch of the sample that stands for the genome, and which of its positions hold bases."""

    interval: Interval
    has_base_P: NDArray[np.bool_]


def sample_of(reference: Reference, chromosome_lengths: Mapping[str, int]) -> tuple[Sampled, ...]:
    """Up to 4,000 blocks of 5 kb that hold bases, spread evenly over the genome, always the same ones.

    They stand for the genome where a signal's distribution is measured: 20 of 3,000 megabases, read in a second.
    One block in twenty is looked at first; only where most of a genome is N, or little is known of it at all, are
    up to 4,000 neighbours of those that hold bases taken too.
    """
    blocks = [
        Interval(name, start, start + _BLOCK)
        for name, length in chromosome_lengths.items()
        for start in range(0, length, _BLOCK)
    ]
    groups = -(-len(blocks) // _GROUP)
    is_small = len(blocks) <= _BLOCKS
    first = [group * _GROUP + group % _GROUP for group in _spread(groups)]
    found = _with_bases(reference, blocks, [index for index in first if index < len(blocks)])
    if len(found) < _BLOCKS:
        chosen = range(groups) if is_small else sorted({index // _GROUP for index in found})
        near = [index for group in chosen for index in range(group * _GROUP, min(len(blocks), (group + 1) * _GROUP))]
        found |= _with_bases(
            reference, blocks, [near[place] for place in _spread(len(near)) if near[place] not in found]
        )
    return tuple(Sampled(blocks[index], found[index]) for index in sorted(found))


def _with_bases(
    reference: Reference, blocks: Sequence[Interval], indices: Sequence[int]
) -> dict[int, NDArray[np.bool_]]:
    """Up to 4,000 of the blocks that hold bases: which of their positions do."""
    found: dict[int, NDArray[np.bool_]] = {}
    for index in indices:
        has_base_S = bins_with_bases(reference.bases(blocks[index]))
        if has_base_S.any():
            found[index] = np.repeat(has_base_S, BIN // POSITION)
        if len(found) == _BLOCKS:
            break
    return found


def _spread(count: int) -> Iterator[int]:
    """All numbers below `count` in an order whose every beginning is spread evenly (a golden-section walk)."""
    step = max(1, round(count * _GOLDEN))
    while gcd(step, count) != 1:
        step += 1
    for turn in range(count):
        yield turn * step % count


def sampled_positions(sample: Sequence[Sampled], stretch: Interval) -> NDArray[np.bool_]:
    """Which positions of a stretch, beginning on a multiple of 200, are in the sample."""
    is_sampled_P = np.zeros(stretch.length // POSITION, dtype=np.bool_)
    names = other_names(stretch.chromosome)
    for interval, has_base_P in sample:
        if interval.chromosome in names and interval.start < stretch.end and stretch.start < interval.end:
            low, high = max(interval.start, stretch.start), min(interval.end, stretch.end)
            here = slice((low - stretch.start) // POSITION, (high - stretch.start) // POSITION)
            is_sampled_P[here] = has_base_P[(low - interval.start) // POSITION : (high - interval.start) // POSITION]
    return is_sampled_P


def quantiles_of(signal: SignalFile, sample: Sequence[Sampled]) -> Quantiles:
    """The quantiles of log(1 + signal) over the positions of a sample that hold bases; empty without any."""
    return quantiles_of_values([mean_signal(signal, interval)[has_base_P] for interval, has_base_P in sample])


def quantiles_of_values(parts: Sequence[NDArray[np.float16]]) -> Quantiles:
    """The same of values that were read already, in any order."""
    values = np.concatenate([*parts, np.empty(0, dtype=np.float16)])
    if not len(values):
        return ()
    return tuple(np.quantile(_logarithms(values), LEVELS_Q).round(6).tolist())


def mean_quantiles(measured: Sequence[Quantiles]) -> Quantiles:
    """The distribution halfway between several: the mean of each quantile (Bolstad et al. 2003)."""
    known = [quantiles for quantiles in measured if quantiles]
    return tuple(np.mean(known, axis=0).round(6).tolist()) if known else ()


def is_distribution(quantiles: Quantiles) -> bool:
    """Whether numbers from a file can be the quantiles of a signal."""
    return len(quantiles) == _COUNT and all(map(isfinite, quantiles)) and list(quantiles) == sorted(quantiles)


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


@lru_cache(maxsize=128)
def _normalising_table(own: Quantiles, reference: Quantiles) -> NDArray[np.float16]:
    values = _logarithms(_every_value())
    distinct, rank = np.unique(own, return_inverse=True)
    levels = np.bincount(rank, weights=LEVELS_Q) / np.bincount(rank)
    level = np.interp(values, distinct, levels)
    beyond = np.maximum(values - distinct[-1], 0) + np.minimum(values - distinct[0], 0)
    table: NDArray[np.float16] = (np.interp(level, LEVELS_Q, reference) + beyond).astype(np.float16)
    return table
