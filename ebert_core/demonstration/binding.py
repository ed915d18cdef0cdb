"""When factors bind: the world's one rule, applied alike to motifs that were planted and motifs that arose by chance.

N = sites, K = cell types in the order of CELL_TYPES.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.chromatin import Chromatin
from ebert_core.demonstration.matrices import scan, words
from ebert_core.demonstration.rules import (
    FACTORS,
    HELP_REACH,
    HOT_LEAST_BINS,
    HOT_SITE_WIDTH,
    MOST_FROM_MOTIF,
    PROMOTER,
    Factor,
)
from ebert_core.protocol.terms.grid import BIN

# Hits closer than this are one site seen twice: on both strands, or shifted along a repeat.
_ONE_SITE = 10


class Sites(NamedTuple):
    """Places where a factor could bind, in order, with their true probability in each cell type.

    `log_odds` is NaN for places that need no motif.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    log_odds: NDArray[np.float32]
    probability_NK: NDArray[np.float64]

    @property
    def centres(self) -> NDArray[np.int64]:
        """The middle of each site."""
        return (self.starts + self.ends) // 2


def candidate_sites(codes: NDArray[np.uint8], chromatin: Sequence[Chromatin]) -> dict[str, Sites]:
    """Every site of every factor on a chromosome, with its true probability of being bound in each cell type."""
    word_index = words(codes)
    found: dict[str, Sites] = {}
    for factor in FACTORS:
        starts, log_odds = motif_hits(scan(word_index, factor.matrix), factor.least)
        ends = starts + len(factor.matrix)
        probability = _motif_probability(factor, (starts + ends) // 2, log_odds, chromatin, found)
        sites = Sites(starts, ends, log_odds, probability)
        found[factor.name] = _with_hot_promoters(factor, sites, chromatin)
    return found


def draw_bound(random: np.random.Generator, sites: Sites) -> NDArray[np.bool_]:
    """Which sites are bound in which cell types (N, K), drawn from their probabilities.

    One number per site serves all cell types: a site that is equally likely everywhere is bound everywhere or nowhere.
    """
    return random.random(len(sites.starts))[:, None] < sites.probability_NK


def motif_hits(score: NDArray[np.float32], least: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Starts of the sites that score at least so much, and their scores; one site where several overlap closely."""
    positions = np.flatnonzero(score >= least)
    if len(positions) == 0:
        return positions, np.empty(0, dtype=np.float32)
    values = score[positions]
    group = np.cumsum(np.diff(positions, prepend=positions[0]) > _ONE_SITE)
    # By group, then best first: the first of each group stays.
    order = np.lexsort((-values, group))
    best = order[np.flatnonzero(np.diff(group[order], prepend=-1))]
    return positions[best], values[best]


def _motif_probability(
    factor: Factor,
    centres: NDArray[np.int64],
    log_odds: NDArray[np.float32],
    chromatin: Sequence[Chromatin],
    found: Mapping[str, Sites],
) -> NDArray[np.float64]:
    effect = np.array([*factor.effect, -50.0])
    probability = np.empty((len(centres), len(chromatin)))
    for cell, of_cell in enumerate(chromatin):
        from_motif = np.minimum(factor.slope * (log_odds - factor.half), MOST_FROM_MOTIF)
        logit = from_motif + effect[of_cell.at(centres)]
        if factor.helper:
            helper = found[factor.helper]
            logit = logit + factor.helped * best_near(
                helper.centres, helper.probability_NK[:, cell], centres, HELP_REACH
            )
        probability[:, cell] = 1 / (1 + np.exp(-logit))
    return probability


def best_near(
    places: NDArray[np.int64], values: NDArray[np.float64], centres: NDArray[np.int64], reach: int
) -> NDArray[np.float64]:
    """The highest of the values (at least 0) whose places, in order, lie within reach of each centre; 0 without any."""
    first = np.searchsorted(places, centres - reach)
    last = np.searchsorted(places, centres + reach, side="right")
    best = np.zeros(len(centres))
    for offset in range(int((last - first).max(initial=0))):
        is_there = first + offset < last
        best[is_there] = np.maximum(best[is_there], values[first[is_there] + offset])
    return best


def _with_hot_promoters(factor: Factor, sites: Sites, chromatin: Sequence[Chromatin]) -> Sites:
    if factor.hot is None:
        return sites
    middles = _promoter_middles(chromatin)
    probability = np.zeros((len(middles), len(chromatin)))
    for cell, of_cell in enumerate(chromatin):
        bins = _run_bins(of_cell.states_S, PROMOTER)[middles // BIN]
        logit = factor.hot[0] + factor.hot[1] * (bins - HOT_LEAST_BINS)
        probability[:, cell] = np.where(bins >= HOT_LEAST_BINS, 1 / (1 + np.exp(-logit)), 0)
    is_hot = probability.max(axis=1, initial=0) > 0
    starts = middles[is_hot] - HOT_SITE_WIDTH // 2
    merged = np.concatenate([sites.starts, starts])
    order = np.argsort(merged, kind="stable")
    return Sites(
        merged[order],
        np.concatenate([sites.ends, starts + HOT_SITE_WIDTH])[order],
        np.concatenate([sites.log_odds, np.full(len(starts), np.nan, dtype=np.float32)])[order],
        np.concatenate([sites.probability_NK, probability[is_hot]])[order],
    )


def _promoter_middles(chromatin: Sequence[Chromatin]) -> NDArray[np.int64]:
    """Middle of each stretch that is promoter in any cell type, so that cell types share their sites."""
    is_promoter = np.any([of_cell.states_S == PROMOTER for of_cell in chromatin], axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_promoter, [False]]).astype(np.int8)))
    return (edges[::2] + edges[1::2]) * BIN // 2


def _run_bins(states_S: NDArray[np.int8], state: int) -> NDArray[np.int64]:
    """For each bin in a run of the state, the run's length in bins; 0 elsewhere."""
    is_state = np.concatenate([[False], states_S == state, [False]])
    edges = np.flatnonzero(np.diff(is_state.astype(np.int8)))
    bins = np.zeros(len(states_S), dtype=np.int64)
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        bins[first:last] = last - first
    return bins
