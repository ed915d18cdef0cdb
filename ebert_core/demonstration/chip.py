"""ChIP-seq of one factor in one cell type: reads around bound sites over a noisy background, signal and peaks.

P = bins of SIGNAL_WIDTH bases, R = replicates.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.chromatin import Chromatin, openness
from ebert_core.demonstration.rules import PROMOTER, SIGNAL_WIDTH, stream
from ebert_core.protocol.terms.grid import BIN

REPLICATES = 2
_FRAGMENT_BINS = 8
_BACKGROUND_READS = 0.35
_SITE_READS = 50.0
_SITE_SPREAD = 55.0
_SITE_REACH = 10
_PHANTOM_SHARE = 0.015
# Evidence (log-likelihood ratio, nats) that a window of reads stands above its surroundings.
_RELAXED_EVIDENCE = 9.0
_CONSERVATIVE_EVIDENCE = 16.0
_REPLICATE_EVIDENCE = 5.0
_EDGE_SHARE = 0.25
_REACH_BINS = 8
_LEAST_BINS = 4
_LOCAL_BINS = 400


class Peaks(NamedTuple):
    """Called peaks in order: summits are absolute, scores are evidence in nats."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    summits: NDArray[np.int64]
    scores: NDArray[np.float64]
    enrichments: NDArray[np.float64]

    def select(self, chosen: NDArray[np.bool_]) -> "Peaks":
        """Only the chosen peaks."""
        starts, ends, summits, scores, enrichments = self
        return Peaks(starts[chosen], ends[chosen], summits[chosen], scores[chosen], enrichments[chosen])


class Experiment(NamedTuple):
    """What the experiment measured: fold enrichment per bin, and two peak sets, the strict one inside the other."""

    signal_P: NDArray[np.float32]
    conservative: Peaks
    relaxed: Peaks


class Bound(NamedTuple):
    """The bound sites of a chromosome and how often each is occupied."""

    centres: NDArray[np.int64]
    occupancy: NDArray[np.float64]


class EnrichedPlaces(NamedTuple):
    """Where reads pile up, and how many compared with a fully occupied site."""

    centres: NDArray[np.int64]
    strength: NDArray[np.float64]


def sequencing_depth(seed: int, factor: str, cell_type: str) -> float:
    """How deep this pair was sequenced: some experiments are thin, some rich."""
    return float(np.clip(stream(seed, "depth", factor, cell_type).lognormal(0, 0.35), 0.5, 2.0))


def measure(seed: int, factor: str, cell_type: str, chromatin: Chromatin, bound: Bound) -> Experiment:
    """Reads, signal and peaks of one experiment on a chromosome."""
    random = stream(seed, "ChIP", factor, cell_type, chromatin.chromosome)
    places = _enriched_places(random, chromatin, bound)
    return experiment(random, sequencing_depth(seed, factor, cell_type), openness(chromatin), places)


def experiment(
    random: np.random.Generator, depth: float, open_P: NDArray[np.float64], places: EnrichedPlaces
) -> Experiment:
    """Two replicates of reads around the given places, and what is called from them; nothing is where open_P is 0."""
    centres, strength = places
    expected = depth * _BACKGROUND_READS * np.where(open_P > 0, 0.75 + 0.25 * np.minimum(open_P, 5), 0)
    rates = []
    for _ in range(REPLICATES):
        height = depth * _SITE_READS * strength * random.lognormal(0, 0.15, size=len(strength)) / REPLICATES
        rate = expected / REPLICATES * random.gamma(20, 1 / 20, size=len(expected))
        rates.append(_add_sites(rate, centres, height))
    coverage_RP = np.array([_coverage(random.poisson(rate)) for rate in rates])
    return _call(coverage_RP, open_P > 0)


def _enriched_places(random: np.random.Generator, chromatin: Chromatin, bound: Bound) -> EnrichedPlaces:
    """Bound sites with how many reads they give, and a few promoters that enrich though nothing binds."""
    strength = (0.3 + 0.7 * bound.occupancy) * random.lognormal(0, 0.5, size=len(bound.centres))
    promoters = np.flatnonzero(chromatin.states_S == PROMOTER)
    phantoms = promoters[random.random(len(promoters)) < _PHANTOM_SHARE]
    places = phantoms * BIN + random.integers(0, BIN, size=len(phantoms))
    phantom_strength = 0.5 * random.lognormal(0, 0.4, size=len(phantoms))
    return EnrichedPlaces(np.concatenate([bound.centres, places]), np.concatenate([strength, phantom_strength]))


def _add_sites(
    rate: NDArray[np.float64], centres: NDArray[np.int64], height: NDArray[np.float64]
) -> NDArray[np.float64]:
    offsets = np.arange(-_SITE_REACH, _SITE_REACH + 1)
    bins = centres[:, None] // SIGNAL_WIDTH + offsets
    distance = (bins + 0.5) * SIGNAL_WIDTH - centres[:, None]
    shape = np.exp(-0.5 * (distance / _SITE_SPREAD) ** 2)
    shape /= shape.sum(axis=1, keepdims=True)
    is_inside = (bins >= 0) & (bins < len(rate))
    np.add.at(rate, bins[is_inside], (height[:, None] * shape)[is_inside])
    return rate


def _coverage(reads: NDArray[np.int64]) -> NDArray[np.float64]:
    """Fragments over each bin, each fragment lying around its middle."""
    total = np.concatenate([[0], np.cumsum(reads)])
    first = np.clip(np.arange(len(reads)) - _FRAGMENT_BINS // 2, 0, None)
    last = np.clip(first + _FRAGMENT_BINS, None, len(reads))
    fragments: NDArray[np.float64] = (total[last] - total[first]).astype(np.float64)
    return fragments


def _call(coverage_RP: NDArray[np.float64], has_sequence: NDArray[np.bool_]) -> Experiment:
    pooled = coverage_RP.sum(axis=0)
    surroundings = _surroundings(pooled, has_sequence)
    evidence = _evidence(pooled, surroundings)
    replicate_evidence = np.array([_evidence(coverage, surroundings / REPLICATES) for coverage in coverage_RP]).min(
        axis=0
    )
    relaxed = _peaks(pooled, surroundings, evidence)
    summit_bins = relaxed.summits // SIGNAL_WIDTH
    is_strict = relaxed.scores >= _CONSERVATIVE_EVIDENCE
    is_strict &= replicate_evidence[summit_bins] >= _REPLICATE_EVIDENCE
    signal = np.where(has_sequence, pooled / surroundings, 0).round(2).astype(np.float32)
    return Experiment(signal, relaxed.select(is_strict), relaxed)


def _surroundings(pooled: NDArray[np.float64], has_sequence: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Expected coverage: the mean around, but at least the chromosome's median; peaks are capped first."""
    usual = float(np.median(pooled[has_sequence]))
    capped = np.minimum(pooled, 3 * usual)
    total = np.concatenate([[0.0], np.cumsum(capped)])
    first = np.clip(np.arange(len(pooled)) - _LOCAL_BINS // 2, 0, None)
    last = np.clip(first + _LOCAL_BINS, None, len(pooled))
    expected: NDArray[np.float64] = np.maximum(usual, (total[last] - total[first]) / (last - first))
    return expected


def _evidence(coverage: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Poisson log-likelihood ratio of the coverage against what was expected, 0 below it."""
    more = np.maximum(coverage, expected)
    evidence: NDArray[np.float64] = more * np.log(more / expected) - (more - expected)
    return evidence


def _peaks(coverage: NDArray[np.float64], expected: NDArray[np.float64], evidence: NDArray[np.float64]) -> Peaks:
    is_peak = np.concatenate([[False], evidence >= _RELAXED_EVIDENCE, [False]])
    edges = np.flatnonzero(np.diff(is_peak.astype(np.int8)))
    is_claimed = np.zeros(len(coverage), dtype=np.bool_)
    rows = []
    pieces = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    while pieces:
        first, last = pieces.pop()
        if last - first < _LEAST_BINS:
            continue
        summit = first + int(coverage[first:last].argmax())
        # The shoulder of a claimed peak falls from its edge; a second site rises again.
        if coverage[summit] < coverage[max(0, summit - 1) : summit + 2].max():
            continue
        if is_claimed[summit]:  # by a neighbour that reaches in here
            pieces += [(first, summit), (summit + 1, last)]
            continue
        start, end = _extent(coverage, expected, is_claimed, summit)
        is_claimed[start:end] = True
        rows.append((start, end, summit))
        # What is left of a long run may hold a second site.
        pieces += [(first, start), (end, last)]
    starts, ends, summits = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3).T
    return Peaks(
        starts * SIGNAL_WIDTH,
        ends * SIGNAL_WIDTH,
        summits * SIGNAL_WIDTH + SIGNAL_WIDTH // 2,
        evidence[summits],
        coverage[summits] / expected[summits],
    )


def _extent(
    coverage: NDArray[np.float64], expected: NDArray[np.float64], is_claimed: NDArray[np.bool_], summit: int
) -> tuple[int, int]:
    """From the summit to where the enrichment has fallen to a share of it, or another peak begins."""
    floor = expected[summit] + _EDGE_SHARE * (coverage[summit] - expected[summit])
    start = end = summit
    while start > max(0, summit - _REACH_BINS) and coverage[start - 1] >= floor and not is_claimed[start - 1]:
        start -= 1
    last = min(len(coverage), summit + _REACH_BINS + 1)
    while end < last and coverage[end] >= floor and not is_claimed[end]:
        end += 1
    return start, end
