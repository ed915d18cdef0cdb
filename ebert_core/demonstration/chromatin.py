"""Chromatin of each cell type: runs of states on 200-bp bins, and DNase that follows them with noise.

S = bins of 200 bp. Run lengths are lognormal with parameters near those of human 200-bp segmentations.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.plan import Element, Plan
from ebert_core.demonstration.rules import (
    ACTIVE_ENHANCER,
    BIVALENT,
    CELL_TYPES,
    CHROMOSOME_LENGTHS,
    FLANKING,
    GAPS,
    POLYCOMB,
    PROMOTER,
    QUIESCENT,
    SIGNAL_WIDTH,
    STATES,
    TRANSCRIPTION,
    WEAK_ENHANCER,
    WEAK_POLYCOMB,
    WEAK_TRANSCRIPTION,
    stream,
)
from ebert_core.protocol.terms.grid import BIN

# Mean and standard deviation of the logarithm of a run's length in bins.
RUN_LENGTHS = {
    QUIESCENT: (4.6, 1.1),
    WEAK_POLYCOMB: (3.5, 1.2),
    POLYCOMB: (2.1, 0.9),
    BIVALENT: (1.2, 0.7),
    WEAK_TRANSCRIPTION: (2.8, 1.1),
    TRANSCRIPTION: (2.8, 1.1),
    WEAK_ENHANCER: (1.05, 0.8),
    ACTIVE_ENHANCER: (1.25, 0.85),
    FLANKING: (0.95, 0.65),
    PROMOTER: (1.15, 0.7),
}
_DNASE_DEPTH = {"alpha": 1.0, "beta": 0.7, "gamma": 1.4}
_DNASE_READS = 0.8


class _Shape(NamedTuple):
    core: int
    flank: int
    flank_share: float


class Chromatin(NamedTuple):
    """States of one cell type on a chromosome (-1 where there is no sequence)."""

    chromosome: str
    states_S: NDArray[np.int8]

    def at(self, positions: NDArray[np.int64]) -> NDArray[np.int8]:
        """The state of each position."""
        return self.states_S[positions // BIN]


def paint_states(seed: int, plan: Plan, cell_type: str) -> Chromatin:
    """The states of one cell type: domains first, then genes, promoters and enhancers on top."""
    random = stream(seed, "states", plan.chromosome, cell_type)
    cell = CELL_TYPES.index(cell_type)
    states = _domains(seed, random, plan.chromosome)
    for planned in plan.genes:
        if planned.is_active[cell]:
            _paint_gene(random, states, planned.gene.start, planned.gene.end, planned.gene.strand)
    for kind in ("promoter", "weak enhancer", "enhancer"):
        for element in plan.elements:
            if element.kind == kind:
                paint_element(random, states, element, cell)
    for gap in GAPS:
        if gap.chromosome == plan.chromosome:
            states[gap.start // BIN : -(-gap.end // BIN)] = -1
    return Chromatin(plan.chromosome, states)


def run_length(random: np.random.Generator, state: int, at_most: int = 2_000) -> int:
    """Length in bins of one run of a state."""
    mean, deviation = RUN_LENGTHS[state]
    return int(np.clip(round(random.lognormal(mean, deviation)), 1, at_most))


def _domains(seed: int, random: np.random.Generator, chromosome: str) -> NDArray[np.int8]:
    """Quiescent and weakly repressed domains; most borders are shared by all cell types."""
    shared = stream(seed, "domains", chromosome)
    states = np.full(-(-CHROMOSOME_LENGTHS[chromosome] // BIN), QUIESCENT, dtype=np.int8)
    position, state = 0, QUIESCENT
    while position < len(states):
        end = position + run_length(shared, state)
        drawn = state if random.random() < 0.8 else QUIESCENT
        states[max(0, position + int(random.normal(0, 3))) : end] = drawn
        position, state = end, WEAK_POLYCOMB if state == QUIESCENT else QUIESCENT
    return states


def _paint_gene(random: np.random.Generator, states: NDArray[np.int8], start: int, end: int, strand: str) -> None:
    first, last = start // BIN, end // BIN + int(random.integers(1, 8))
    if strand == "-":
        first, last = start // BIN - int(random.integers(1, 8)), end // BIN
    position, state = first, WEAK_TRANSCRIPTION
    while position < last:
        run = min(run_length(random, state), last - position)
        states[position : position + run] = state
        position += run
        state = TRANSCRIPTION if state == WEAK_TRANSCRIPTION and random.random() < 0.6 else WEAK_TRANSCRIPTION


def paint_element(random: np.random.Generator, states: NDArray[np.int8], element: Element, cell: int) -> None:
    """Write an element's states over what is there, as it looks in the cell type of that number."""
    shape = _shape(random, element, element.is_active[cell])
    if shape is None:
        return
    run = element.bins or run_length(random, shape.core, 40)
    start = max(0, element.centre // BIN - run // 2)
    end = start + run
    if random.random() < shape.flank_share:
        states[max(0, start - run_length(random, shape.flank, 60)) : start] = shape.flank
    if random.random() < shape.flank_share:
        states[end : end + run_length(random, shape.flank, 60)] = shape.flank
    states[start:end] = shape.core


def _shape(random: np.random.Generator, element: Element, is_active: bool) -> _Shape | None:
    """How an element looks in a cell type; None leaves what is there. Idle ones may be poised or repressed."""
    match element.kind, is_active:
        case "promoter", True:
            return _Shape(PROMOTER, FLANKING, 0.85)
        case "promoter", False if element.has_island and random.random() < 0.6:
            return _Shape(BIVALENT, POLYCOMB, 0.9)
        case "enhancer", True:
            return _Shape(ACTIVE_ENHANCER, WEAK_ENHANCER, 0.55)
        case "weak enhancer", True:
            return _Shape(WEAK_ENHANCER, WEAK_ENHANCER, 0.0)
        case "enhancer", False if element.bins is None and random.random() < 0.25:
            return _Shape(WEAK_ENHANCER, WEAK_ENHANCER, 0.0)
    return None


def dnase(seed: int, plan: Plan, chromatin: Chromatin, cell_type: str) -> NDArray[np.float32]:
    """DNase signal per SIGNAL_WIDTH bases: 1 on average, high where states are open, highest inside elements."""
    random = stream(seed, "DNase", plan.chromosome, cell_type)
    rate = openness(chromatin)
    for element in plan.elements:
        _add_hump(random, rate, chromatin, element.centre)
    depth = _DNASE_READS * _DNASE_DEPTH[cell_type]
    reads = random.poisson(rate * depth * random.gamma(8, 1 / 8, size=len(rate)))
    smooth = np.convolve(reads, np.ones(5) / 5, mode="same")
    smooth[rate == 0] = 0
    signal: NDArray[np.float32] = (smooth / smooth[rate > 0].mean()).round(3).astype(np.float32)
    return signal


def openness(chromatin: Chromatin) -> NDArray[np.float64]:
    """How open the chromatin is per SIGNAL_WIDTH bases, from the states alone; 0 where there is no sequence."""
    per_state = np.array([*(state.openness for state in STATES), 0.0])
    per_signal = np.repeat(per_state[chromatin.states_S], BIN // SIGNAL_WIDTH)
    return per_signal[: -(-CHROMOSOME_LENGTHS[chromatin.chromosome] // SIGNAL_WIDTH)]


def _add_hump(random: np.random.Generator, rate: NDArray[np.float64], chromatin: Chromatin, centre: int) -> None:
    state = STATES[chromatin.states_S[centre // BIN]]
    if state.openness < 2:
        return
    middle, reach = centre // SIGNAL_WIDTH, 24
    first, last = max(0, middle - reach), min(len(rate), middle + reach)
    distance = (np.arange(first, last) - middle) * SIGNAL_WIDTH
    height = 2.5 * state.openness * random.lognormal(0, 0.5)
    rate[first:last] += height * np.exp(-0.5 * (distance / random.uniform(80, 180)) ** 2)
