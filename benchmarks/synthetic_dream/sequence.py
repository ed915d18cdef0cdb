"""The bases of the synthetic genome: the demonstration's kind of background, with instances of real motifs in it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.matrices import matrix, sample_instance
from ebert_core.demonstration.rules import stream
from ebert_core.demonstration.sequence import ISLAND, Background, draw_bases, insert_repeats
from ebert_core.protocol.terms.bases import reverse_complement

from .plan import Plan
from .rules import ELEMENT, FACTORS, World

ELEMENT_MATRIX = matrix(*ELEMENT)
_SPREAD = 75
_ELEMENT_SHARE = 0.4
_PARTNER_SHARE = 0.42
# Accessory elements that stand beside no site, per megabase: alone they mean nothing.
_LONELY_ELEMENTS = 80


class _Instance(NamedTuple):
    matrix_W4: NDArray[np.float64]
    position: int


def draw_sequence(world: World, plan: Plan, matrices: Mapping[str, NDArray[np.float64]]) -> Background:
    """The bases of a chromosome; `matrices` are probabilities (W, 4) by factor."""
    random = stream(world.seed, "dream sequence", plan.chromosome)
    length = world.chromosome_lengths[plan.chromosome]
    classes = np.empty(length, dtype=np.uint8)
    position = 0
    while position < length:
        end = position + int(random.integers(60_000, 260_000))
        classes[position:end] = np.clip(round(random.normal(1.3, 1.0)), 0, ISLAND - 1)
        position = end
    is_island = np.zeros(length, dtype=np.bool_)
    for element in plan.elements:
        if element.has_island:
            half = int(np.clip(random.lognormal(np.log(450), 0.4), 150, 1_500))
            is_island[max(0, element.centre - half) : element.centre + half] = True
    classes[is_island] = ISLAND
    codes = draw_bases(random, classes)
    is_repeat = insert_repeats(random, codes, is_island)
    is_taken = np.zeros(length, dtype=np.bool_)
    for instance in (*_in_elements(random, plan, matrices), *_elsewhere(random, matrices, length)):
        _write(random, codes, is_taken, instance)
    return Background(codes, is_repeat)


def _in_elements(
    random: np.random.Generator, plan: Plan, matrices: Mapping[str, NDArray[np.float64]]
) -> Iterator[_Instance]:
    for element in plan.elements:
        column = 0 if element.kind == "promoter" else 1
        places: dict[str, int] = {}
        for factor in FACTORS:
            # A partner is found beside its factor more often than chance would have it, but not always.
            beside = places.get(factor.partner)
            share = _PARTNER_SHARE if beside is not None else factor.planted[column]
            if random.random() < share:
                position = element.centre + int(random.normal(0, _SPREAD))
                if beside is not None:
                    position = beside + int(random.integers(25, 90)) * int(random.choice([-1, 1]))
                places[factor.name] = position
                yield _Instance(matrices[factor.name], position)
                if factor.element_help and random.random() < _ELEMENT_SHARE:
                    yield _beside(random, position, len(matrices[factor.name]))


def _elsewhere(
    random: np.random.Generator, matrices: Mapping[str, NDArray[np.float64]], length: int
) -> Iterator[_Instance]:
    for factor in FACTORS:
        for position in random.integers(500, length - 500, size=round(factor.planted[2] * length / 1e6)).tolist():
            yield _Instance(matrices[factor.name], position)
            if factor.element_help and random.random() < _ELEMENT_SHARE:
                yield _beside(random, position, len(matrices[factor.name]))
    for position in random.integers(500, length - 500, size=round(_LONELY_ELEMENTS * length / 1e6)).tolist():
        yield _Instance(ELEMENT_MATRIX, position)


def _beside(random: np.random.Generator, position: int, width: int) -> _Instance:
    gap = int(random.integers(3, 30))
    return _Instance(
        ELEMENT_MATRIX, position + width + gap if random.random() < 0.5 else position - len(ELEMENT_MATRIX) - gap
    )


def _write(
    random: np.random.Generator, codes: NDArray[np.uint8], is_taken: NDArray[np.bool_], instance: _Instance
) -> None:
    bases = sample_instance(instance.matrix_W4, random)
    end = instance.position + len(bases)
    if not is_taken[instance.position : end].any():
        codes[instance.position : end] = bases if random.random() < 0.5 else reverse_complement(bases)
        is_taken[instance.position : end] = True
