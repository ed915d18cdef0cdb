"""Where promoters and enhancers stand on a chromosome, and how open each is in each cell type.

E = elements, K = cell types in the order of CELL_TYPES.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.plan import Element
from ebert_core.demonstration.rules import stream

from .rules import CELL_TYPES, World

_PROMOTERS_PER_MEGABASE = 80
_ENHANCERS_PER_MEGABASE = 380
_LEAST_SPACING = 700
_ACTIVE_SHARE = {"promoter": 0.35, "enhancer": 0.33}
_EVERYWHERE_SHARE = {"promoter": 0.4, "enhancer": 0.1}
_ISLAND_SHARE = 0.65


class Plan(NamedTuple):
    """The elements of a chromosome in order, how high each stands out in open chromatin, and how wide."""

    chromosome: str
    elements: tuple[Element, ...]
    height_EK: NDArray[np.float64]
    width_E: NDArray[np.float64]

    @property
    def centres(self) -> NDArray[np.int64]:
        """The middle of each element."""
        return np.array([element.centre for element in self.elements], dtype=np.int64)


def plan_chromosome(world: World, chromosome: str) -> Plan:
    """The elements of a chromosome, drawn from the seed."""
    random = stream(world.seed, "dream plan", chromosome)
    length = world.chromosome_lengths[chromosome]
    count = round((_PROMOTERS_PER_MEGABASE + _ENHANCERS_PER_MEGABASE) * length / 1e6)
    centres = np.sort(random.integers(3_000, length - 3_000, size=count))
    centres = centres[np.diff(centres, prepend=0) >= _LEAST_SPACING]
    share = _PROMOTERS_PER_MEGABASE / (_PROMOTERS_PER_MEGABASE + _ENHANCERS_PER_MEGABASE)
    elements = tuple(_element(random, int(centre), bool(random.random() < share)) for centre in centres)
    usual = np.array([11.0 if element.kind == "promoter" else 7.0 for element in elements])
    of_element = random.lognormal(0, 0.4, size=(len(elements), 1))
    height = usual[:, None] * of_element * random.lognormal(0, 0.35, size=(len(elements), len(CELL_TYPES)))
    return Plan(chromosome, elements, height, random.uniform(100, 220, size=len(elements)))


def _element(random: np.random.Generator, centre: int, is_promoter: bool) -> Element:
    kind: str = "promoter" if is_promoter else "enhancer"
    if random.random() < _EVERYWHERE_SHARE[kind]:
        is_active = (True,) * len(CELL_TYPES)
    else:
        is_active = tuple(bool(drawn) for drawn in random.random(len(CELL_TYPES)) < _ACTIVE_SHARE[kind])
    has_island = is_promoter and bool(random.random() < _ISLAND_SHARE)
    return Element("promoter" if is_promoter else "enhancer", centre, is_active, has_island)
