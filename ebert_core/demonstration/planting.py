"""Puts motif instances into the sequence: in promoters and enhancers, active or not, and anywhere else."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.matrices import best_instance, sample_instance
from ebert_core.demonstration.plan import Plan, Planted, is_in_gap
from ebert_core.demonstration.rules import FACTORS, stream
from ebert_core.protocol.terms.bases import reverse_complement

_SPREAD_IN_ELEMENT = 90
_MATRICES = {factor.name: factor.matrix for factor in FACTORS}


def plant_motifs(seed: int, plan: Plan, codes: NDArray[np.uint8]) -> None:
    """Write the plan's motif instances into the sequence; none overwrites another."""
    random = stream(seed, "motifs", plan.chromosome)
    is_taken = np.zeros(len(codes), dtype=np.bool_)
    # What the plan fixes comes first, so that no drawn instance can take its place.
    fixed = [planted for element in plan.elements for planted in element.motifs or ()]
    for planted in (*fixed, *_in_elements(random, plan), *_elsewhere(random, plan, len(codes))):
        _write(random, codes, is_taken, planted)


def _in_elements(random: np.random.Generator, plan: Plan) -> Iterator[Planted]:
    for element in plan.elements:
        if element.motifs is not None:
            continue
        column = 0 if element.kind == "promoter" else 1
        places: dict[str, int] = {}
        for factor in FACTORS:
            if random.random() < factor.planted[column]:
                beside = places.get(factor.helper)
                position = element.centre + int(random.normal(0, _SPREAD_IN_ELEMENT))
                if beside is not None:
                    position = beside + int(random.integers(20, 75)) * int(random.choice([-1, 1]))
                places[factor.name] = position
                yield Planted(factor.name, position)


def _elsewhere(random: np.random.Generator, plan: Plan, length: int) -> Iterator[Planted]:
    for factor in FACTORS:
        for position in random.integers(0, length, size=round(factor.planted[2] * length / 1e6)):
            if not is_in_gap(plan.chromosome, int(position), int(position) + 1):
                yield Planted(factor.name, int(position))


def _write(
    random: np.random.Generator, codes: NDArray[np.uint8], is_taken: NDArray[np.bool_], planted: Planted
) -> None:
    matrix = _MATRICES[planted.factor]
    instance = best_instance(matrix) if planted.is_best else sample_instance(matrix, random)
    end = planted.position + len(instance)
    if is_taken[planted.position : end].any():
        return
    codes[planted.position : end] = instance if random.random() < 0.5 else reverse_complement(instance)
    is_taken[planted.position : end] = True
