"""One chromosome of the demonstration, whole: plan, sequence, chromatin and what is truly bound."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.binding import Sites, candidate_sites, draw_bound
from ebert_core.demonstration.chip import Bound
from ebert_core.demonstration.chromatin import Chromatin, paint_states
from ebert_core.demonstration.plan import Plan, plan_chromosome
from ebert_core.demonstration.planting import plant_motifs
from ebert_core.demonstration.rules import CELL_TYPES, CHROMOSOME_LENGTHS, FACTORS, stream
from ebert_core.demonstration.scene import GENE_NAMES, with_scene
from ebert_core.demonstration.sequence import Background, background


class ChromosomeTruth(NamedTuple):
    """Everything that is true on a chromosome; `bound` is (sites, cell types) per factor."""

    plan: Plan
    sequence: Background
    chromatin: tuple[Chromatin, ...]
    sites: Mapping[str, Sites]
    bound: Mapping[str, NDArray[np.bool_]]

    def bound_sites(self, factor: str, cell_type: str) -> Bound:
        """The sites that the factor occupies in a cell type."""
        cell = CELL_TYPES.index(cell_type)
        chosen = self.bound[factor][:, cell]
        return Bound(self.sites[factor].centres[chosen], self.sites[factor].probability_NK[chosen, cell])


def true_chromosomes(seed: int) -> Iterator[ChromosomeTruth]:
    """The chromosomes of a seed's genome in reference order."""
    taken_names = set(GENE_NAMES)
    for chromosome in CHROMOSOME_LENGTHS:
        yield _true_chromosome(seed, with_scene(seed, plan_chromosome(seed, chromosome, taken_names)))


def _true_chromosome(seed: int, plan: Plan) -> ChromosomeTruth:
    sequence = background(seed, plan)
    plant_motifs(seed, plan, sequence.codes)
    chromatin = tuple(paint_states(seed, plan, cell_type) for cell_type in CELL_TYPES)
    sites = candidate_sites(sequence.codes, chromatin)
    bound = {
        factor.name: draw_bound(stream(seed, "bound", plan.chromosome, factor.name), sites[factor.name])
        for factor in FACTORS
    }
    return ChromosomeTruth(plan, sequence, chromatin, sites, bound)
