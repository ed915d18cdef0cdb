"""Chromatin of each cell type: true states and openness, and what a segmentation and DNase-seq read of them.

S = bins of 200 bp, P = bins of SIGNAL_WIDTH bases.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.chromatin import paint_element, run_length
from ebert_core.demonstration.rules import (
    ACTIVE_ENHANCER,
    BIVALENT,
    FLANKING,
    PROMOTER,
    QUIESCENT,
    SIGNAL_WIDTH,
    TRANSCRIPTION,
    WEAK_ENHANCER,
    WEAK_POLYCOMB,
    WEAK_TRANSCRIPTION,
    stream,
)
from ebert_core.protocol.terms.grid import BIN

from .plan import Plan
from .rules import CELL_TYPES, DNASE_DEPTH, World

DNASE_WIDTH = 50
# How open a base is: background 1.
_BACKGROUND = {QUIESCENT: 0.8, WEAK_POLYCOMB: 0.6, TRANSCRIPTION: 1.0, WEAK_TRANSCRIPTION: 1.0}
_POISED_SHARE = 0.35
_DNASE_READS = 3.0
_DNASE_NOISE = 0.12
# A segmentation's errors: one state is read as another, and a border is off by a bin.
_CONFUSED = {
    PROMOTER: (FLANKING, 0.08),
    FLANKING: (WEAK_ENHANCER, 0.1),
    ACTIVE_ENHANCER: (WEAK_ENHANCER, 0.12),
    WEAK_ENHANCER: (ACTIVE_ENHANCER, 0.1),
    BIVALENT: (FLANKING, 0.1),
    TRANSCRIPTION: (WEAK_TRANSCRIPTION, 0.15),
    WEAK_TRANSCRIPTION: (QUIESCENT, 0.1),
    WEAK_POLYCOMB: (QUIESCENT, 0.1),
}
_BORDER_SHARE = 0.2


class TrueChromatin(NamedTuple):
    """States and openness of one cell type as they are."""

    states_S: NDArray[np.int8]
    open_P: NDArray[np.float64]

    def state_at(self, positions: NDArray[np.int64]) -> NDArray[np.int8]:
        """The state of each position."""
        return self.states_S[positions // BIN]

    def log_openness(self, positions: NDArray[np.int64]) -> NDArray[np.float64]:
        """log2 of (1 + openness) at each position."""
        return np.log2(1 + self.open_P[positions // SIGNAL_WIDTH])


def true_chromatin(world: World, plan: Plan, cell_type: str) -> TrueChromatin:
    """Domains first, then transcribed stretches, then elements; openness follows the elements' own heights."""
    random = stream(world.seed, "dream chromatin", plan.chromosome, cell_type)
    cell = CELL_TYPES.index(cell_type)
    states = _domains(world, random, plan.chromosome)
    for element in plan.elements:
        if element.kind == "promoter" and element.is_active[cell]:
            _paint_transcript(random, states, element.centre // BIN)
    for kind in ("enhancer", "promoter"):
        for element in plan.elements:
            if element.kind == kind:
                paint_element(random, states, element, cell)
    per_state = np.array([_BACKGROUND.get(state, 1.0) for state in range(PROMOTER + 1)])
    open_P = np.repeat(per_state[states], BIN // SIGNAL_WIDTH)
    _add_humps(plan, cell, states, open_P)
    return TrueChromatin(states, open_P)


def _domains(world: World, random: np.random.Generator, chromosome: str) -> NDArray[np.int8]:
    shared = stream(world.seed, "dream domains", chromosome)
    states = np.full(world.chromosome_lengths[chromosome] // BIN, QUIESCENT, dtype=np.int8)
    position, state = 0, QUIESCENT
    while position < len(states):
        end = position + run_length(shared, state)
        states[position:end] = state if random.random() < 0.8 else QUIESCENT
        position, state = end, WEAK_POLYCOMB if state == QUIESCENT else QUIESCENT
    return states


def _paint_transcript(random: np.random.Generator, states: NDArray[np.int8], start: int) -> None:
    bins = int(random.integers(15, 80))
    first = start if random.random() < 0.5 else max(0, start - bins)
    half = first + bins // 3
    states[first:half] = WEAK_TRANSCRIPTION
    states[half : first + bins] = TRANSCRIPTION


def _add_humps(plan: Plan, cell: int, states: NDArray[np.int8], open_P: NDArray[np.float64]) -> None:
    """Active elements stand out by their height; poised ones, as the states say, by a share of it."""
    reach = 30
    for number, element in enumerate(plan.elements):
        state = states[element.centre // BIN]
        share = 1.0 if element.is_active[cell] else _POISED_SHARE if state in (BIVALENT, WEAK_ENHANCER) else 0.0
        middle = element.centre // SIGNAL_WIDTH
        first, last = max(0, middle - reach), min(len(open_P), middle + reach)
        distance = (np.arange(first, last) + 0.5) * SIGNAL_WIDTH - element.centre
        hump = np.exp(-0.5 * (distance / plan.width_E[number]) ** 2)
        open_P[first:last] += share * plan.height_EK[number, cell] * hump


def read_states(world: World, plan: Plan, truth: TrueChromatin, cell_type: str) -> NDArray[np.int8]:
    """The states as a segmentation gives them: some runs confused with a similar state, some borders shifted."""
    random = stream(world.seed, "dream segmentation", plan.chromosome, cell_type)
    states = truth.states_S.copy()
    edges = np.concatenate([[0], np.flatnonzero(np.diff(truth.states_S)) + 1, [len(states)]])
    for first, last in pairwise(edges.tolist()):
        other, share = _CONFUSED.get(int(truth.states_S[first]), (0, 0.0))
        if random.random() < share:
            states[first:last] = other
        if first and random.random() < _BORDER_SHARE:
            states[first - 1] = states[first]
    return states


def read_dnase(world: World, plan: Plan, truth: TrueChromatin, cell_type: str) -> NDArray[np.float32]:
    """DNase reads per 50 bases of one library, as deep as it happens to be."""
    random = stream(world.seed, "dream DNase", plan.chromosome, cell_type)
    rate = truth.open_P.reshape(-1, DNASE_WIDTH // SIGNAL_WIDTH).mean(axis=1)
    noise = random.lognormal(0, _DNASE_NOISE, size=len(rate))
    reads: NDArray[np.int64] = random.poisson(rate * noise * _DNASE_READS * DNASE_DEPTH[cell_type])
    return reads.astype(np.float32)
