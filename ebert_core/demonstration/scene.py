"""The opening scene: a stretch of held-out sequence, planned by hand at the same place of every seed.

Its genes, elements and motif positions are fixed; its bases, states' flanks, binding and reads are drawn by the same
rules as everywhere else. Strong motifs make the outcome likely, they do not make it certain.
"""

from typing import NamedTuple

from ebert_core.demonstration.plan import Element, Plan, PlannedGene, Planted, make_gene
from ebert_core.demonstration.rules import stream
from ebert_core.protocol.terms.locus import Interval

START = 1_940_000
WIDTH = 14_000
STAR_FACTOR = "DEMO-A"
GENE_NAMES = ("Lumerova", "Tavikos")
_CLEARED = 12_000

LEFT_PROMOTER = START + 2_450
DOUBTFUL_SITE = START + 4_900
ALPHA_ENHANCER = START + 7_300
CLOSED_SITE = START + 9_700
RIGHT_PROMOTER = START + 12_050

_ALPHA_AND_BETA = (True, True, False)
_ALPHA_ONLY = (True, False, False)
_NOWHERE = (False, False, False)


class Scene(NamedTuple):
    """What the first screen shows, and the factor it is about."""

    interval: Interval
    factor: str


def scene() -> Scene:
    """The first screen's locus and its star factor."""
    return Scene(Interval("chr2", START, START + WIDTH), STAR_FACTOR)


def with_scene(seed: int, plan: Plan) -> Plan:
    """The plan with its surroundings cleared and the scene put in; unchanged on other chromosomes."""
    if plan.chromosome != scene().interval.chromosome:
        return plan
    cleared = Interval(plan.chromosome, START - _CLEARED, START + WIDTH + _CLEARED)
    genes = [planned for planned in plan.genes if not _touches(cleared, planned.gene.start, planned.gene.end)]
    elements = [element for element in plan.elements if not _touches(cleared, element.centre, element.centre + 1)]
    return Plan(
        plan.chromosome,
        tuple(sorted([*genes, *_genes(seed)], key=lambda planned: planned.gene.start)),
        tuple(sorted([*elements, *_elements()], key=lambda element: element.centre)),
    )


def _touches(interval: Interval, start: int, end: int) -> bool:
    return start < interval.end and interval.start < end


def _genes(seed: int) -> tuple[PlannedGene, ...]:
    random = stream(seed, "scene genes")
    left, right = GENE_NAMES
    return (
        PlannedGene(make_gene(random, left, LEFT_PROMOTER + 40, START + 6_400, "+"), _ALPHA_AND_BETA),
        PlannedGene(make_gene(random, right, START + 8_300, RIGHT_PROMOTER - 40, "-"), _ALPHA_AND_BETA),
    )


def _elements() -> tuple[Element, ...]:
    """Two promoters, one enhancer of alpha, a doubtful enhancer, and a motif that no cell type opens."""

    def strong(position: int) -> Planted:
        return Planted(STAR_FACTOR, position, is_best=True)

    beside_star = Planted("DEMO-B", ALPHA_ENHANCER + 75, is_best=True)
    return (
        Element("promoter", LEFT_PROMOTER, _ALPHA_AND_BETA, True, 4, (strong(LEFT_PROMOTER - 60),)),
        Element("weak enhancer", DOUBTFUL_SITE, _ALPHA_AND_BETA, False, 1, (Planted(STAR_FACTOR, DOUBTFUL_SITE),)),
        Element("enhancer", ALPHA_ENHANCER, _ALPHA_ONLY, False, 4, (strong(ALPHA_ENHANCER + 20), beside_star)),
        Element("enhancer", CLOSED_SITE, _NOWHERE, False, 1, (strong(CLOSED_SITE),)),
        Element("promoter", RIGHT_PROMOTER, _ALPHA_AND_BETA, True, 4, (strong(RIGHT_PROMOTER + 30),)),
    )
