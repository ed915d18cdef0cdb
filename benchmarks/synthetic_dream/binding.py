"""What is truly bound: the rule of every factor applied to sequence and true chromatin.

N = sites of a factor, K = cell types in the order of CELL_TYPES.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.binding import best_near, motif_hits
from ebert_core.demonstration.matrices import best_instance, scan, words
from ebert_core.demonstration.rules import (
    ACTIVE_ENHANCER,
    BIVALENT,
    FLANKING,
    PROMOTER,
    WEAK_ENHANCER,
    WEAK_POLYCOMB,
)
from ebert_core.protocol.terms.bases import C, G

from .chromatin import TrueChromatin
from .plan import Plan
from .rules import (
    CELL_TYPES,
    CONTEXT_REACH,
    ELEMENT_REACH,
    FACTORS,
    OPEN,
    PARTNER_REACH,
    POISED,
    REPRESSED,
    SITES_PER_MEGABASE,
    Factor,
)
from .sequence import ELEMENT_MATRIX

# An accessory element counts when it scores this share of its best.
_ELEMENT_SHARE = 0.8
_CLOSEST, _MOST_OPEN = 0.6, 3.6
_USUAL_CPG, _CPG_SPREAD = 0.022, 0.018
_USUAL_GC, _GC_SPREAD = 0.43, 0.04
_MOST_RICH = 1.5


class Sites(NamedTuple):
    """Where a factor could bind, in order, and how probably it does in each cell type."""

    centres: NDArray[np.int64]
    probability_NK: NDArray[np.float64]


def true_sites(
    codes: NDArray[np.uint8],
    plan: Plan,
    chromatin: Sequence[TrueChromatin],
    matrices: Mapping[str, NDArray[np.float64]],
) -> dict[str, Sites]:
    """Every site of every factor on a chromosome, with its true probability of being bound in each cell type."""
    word_index = words(codes)
    elements = _element_places(word_index, ELEMENT_MATRIX)
    richness, gc_richness = _cpg_richness(codes), _gc_richness(codes)
    found: dict[str, Sites] = {}
    for factor in FACTORS:
        matrix_W4 = matrices[factor.name]
        centres, motif = _motif_sites(scan(word_index, matrix_W4), len(matrix_W4))
        fixed = factor.bias + factor.strength * (motif - 0.5) + factor.cpg * richness[centres]
        fixed += factor.gc * gc_richness[centres]
        if factor.element_help:
            has_element = best_near(elements, np.ones(len(elements)), centres, ELEMENT_REACH)
            fixed += factor.element_help * (has_element - 0.5)
        probability = np.empty((len(centres), len(chromatin)))
        for cell, of_cell in enumerate(chromatin):
            logit = fixed + _from_chromatin(factor, of_cell, centres)
            if factor.partner:
                partner = found[factor.partner]
                near = best_near(partner.centres, partner.probability_NK[:, cell], centres, PARTNER_REACH)
                logit = logit + factor.partner_help * (near - 0.5)
            probability[:, cell] = _sigmoid(logit)
        found[factor.name] = _with_hot_promoters(factor, Sites(centres, probability), plan, chromatin, richness)
    return found


def _sigmoid(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-logit))


def _motif_sites(score: NDArray[np.float32], width: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Centres of the best sites of a chromosome, and how good: 0 for the last that counts, 1 for a good one."""
    count = round(SITES_PER_MEGABASE * len(score) / 1e6)
    least, good = np.partition(score, [-count, -count // 8])[[-count, -count // 8]]
    starts, log_odds = motif_hits(score, float(least))
    return starts + width // 2, np.minimum((log_odds - least) / (good - least), 1.0).astype(np.float64)


def _element_places(word_index: NDArray[np.intp], matrix_W4: NDArray[np.float64]) -> NDArray[np.int64]:
    most = float(np.log(matrix_W4[np.arange(len(matrix_W4)), best_instance(matrix_W4)] / 0.25).sum())
    starts, _ = motif_hits(scan(word_index, matrix_W4), _ELEMENT_SHARE * most)
    return starts + len(matrix_W4) // 2


def _cpg_richness(codes: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How much denser CpG stands around each base than usual, in deviations, at most 1.5 either way."""
    is_cpg = np.append((codes[:-1] == C) & (codes[1:] == G), False)
    return _richness(is_cpg, _USUAL_CPG, _CPG_SPREAD)


def _gc_richness(codes: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The same of C and G together."""
    return _richness((codes == C) | (codes == G), _USUAL_GC, _GC_SPREAD)


def _richness(is_it: NDArray[np.bool_], usual: float, spread: float) -> NDArray[np.float64]:
    before = np.concatenate([[0], np.cumsum(is_it)])
    place = np.arange(len(is_it))
    first, last = np.clip(place - CONTEXT_REACH, 0, None), np.clip(place + CONTEXT_REACH, None, len(is_it))
    density = (before[last] - before[first]) / (last - first)
    richness: NDArray[np.float64] = np.clip((density - usual) / spread, -_MOST_RICH, _MOST_RICH)
    return richness


def _from_chromatin(factor: Factor, chromatin: TrueChromatin, centres: NDArray[np.int64]) -> NDArray[np.float64]:
    openness = np.clip(chromatin.log_openness(centres), _CLOSEST, _MOST_OPEN)
    effect = np.zeros(PROMOTER + 1)
    if factor.access > 1:
        effect[[PROMOTER, FLANKING]] = factor.promoter
        effect[[ACTIVE_ENHANCER, WEAK_ENHANCER]] = factor.enhancer
        effect[BIVALENT], effect[WEAK_POLYCOMB] = POISED, REPRESSED
    from_state: NDArray[np.float64] = effect[chromatin.state_at(centres)]
    return factor.access * (openness - OPEN) + from_state


def _with_hot_promoters(
    factor: Factor,
    sites: Sites,
    plan: Plan,
    chromatin: Sequence[TrueChromatin],
    richness: NDArray[np.float64],
) -> Sites:
    if factor.hot is None:
        return sites
    chosen = np.array([element.kind == "promoter" for element in plan.elements])
    middles = plan.centres[chosen]
    probability = np.empty((len(middles), len(CELL_TYPES)))
    for cell, of_cell in enumerate(chromatin):
        openness = np.clip(of_cell.log_openness(middles), _CLOSEST, _MOST_OPEN)
        is_poised = np.isin(of_cell.state_at(middles), (PROMOTER, FLANKING), invert=True)
        logit = factor.hot + 1.5 * (openness - OPEN) + 1.2 * richness[middles] + np.where(is_poised, POISED, 0)
        probability[:, cell] = _sigmoid(logit)
    order = np.argsort(np.concatenate([sites.centres, middles]), kind="stable")
    return Sites(
        np.concatenate([sites.centres, middles])[order], np.concatenate([sites.probability_NK, probability])[order]
    )
