"""The bases of an invented genome: isochores, CpG depletion, islands, repeats and splice sites, but no motifs yet.

K = composition classes, C = contexts of three bases (base four, the oldest base counts most).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.plan import Plan
from ebert_core.demonstration.rules import CHROMOSOME_LENGTHS, GAPS, stream
from ebert_core.protocol.terms.bases import A, C, G, N, T, encode_bases, reverse_complement

# GC share and how strongly CpG is avoided: four isochores, then CpG islands.
_CLASSES = ((0.37, 0.20), (0.40, 0.20), (0.44, 0.22), (0.50, 0.26), (0.64, 0.85))
ISLAND = len(_CLASSES) - 1
_CHAINS = 4096

# Interspersed repeats: length of the full copy, share of bases that differ, copies per megabase.
_FAMILIES = ((300, 0.10, 420), (900, 0.16, 130), (180, 0.22, 160), (420, 0.06, 60))
_MICROSATELLITES_PER_MEGABASE = 70


class Background(NamedTuple):
    """Base codes of a chromosome, and which bases are repeats (written in lower case)."""

    codes: NDArray[np.uint8]
    is_repeat: NDArray[np.bool_]


def background(seed: int, plan: Plan) -> Background:
    """The sequence of a chromosome before motifs are put in."""
    random = stream(seed, "sequence", plan.chromosome)
    length = CHROMOSOME_LENGTHS[plan.chromosome]
    classes, is_island = _composition(random, plan, length)
    codes = draw_bases(random, classes)
    is_repeat = insert_repeats(random, codes, is_island)
    _insert_splice_sites(codes, plan)
    for gap in GAPS:
        if gap.chromosome == plan.chromosome:
            codes[gap.start : gap.end] = N
            is_repeat[gap.start : gap.end] = False
    return Background(codes, is_repeat)


def _composition(random: np.random.Generator, plan: Plan, length: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    classes = np.empty(length, dtype=np.uint8)
    start_sites = np.array([planned.start_site for planned in plan.genes])
    position = 0
    while position < length:
        end = position + int(random.integers(60_000, 260_000))
        genes = np.sum((start_sites >= position) & (start_sites < end)) / (end - position) * 1e5
        classes[position:end] = np.clip(round(genes / 2.2 + random.normal(0, 0.7)), 0, ISLAND - 1)
        position = end
    is_island = np.zeros(length, dtype=np.bool_)
    for element in plan.elements:
        if element.has_island:
            half = int(np.clip(random.lognormal(np.log(450), 0.4), 150, 1_500))
            middle = element.centre + int(random.normal(0, 120))
            is_island[max(0, middle - half) : middle + half] = True
    classes[is_island] = ISLAND
    return classes, is_island


def draw_bases(random: np.random.Generator, classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Base codes of a sequence whose composition class is given at every base: isochores 0-3, ISLAND.

    Many stretches are drawn side by side, one base of each at a time; a stretch starts at random.
    """
    steps = -(-len(classes) // _CHAINS)
    padded = np.resize(classes, steps * _CHAINS).reshape(_CHAINS, steps).T
    tables = np.concatenate([_transition_table(*composition) for composition in _CLASSES])
    thresholds = np.cumsum(tables, axis=1)[:, :3].T.copy()
    codes = np.empty((steps, _CHAINS), dtype=np.uint8)
    context = random.integers(0, 64, size=_CHAINS)
    for step in range(steps):
        row = padded[step].astype(np.intp) * 64 + context
        drawn = random.random(_CHAINS)
        base = (drawn > thresholds[0, row]).astype(np.intp)
        base += drawn > thresholds[1, row]
        base += drawn > thresholds[2, row]
        codes[step] = base
        context = context % 16 * 4 + base
    return codes.T.ravel()[: len(classes)].copy()


def _transition_table(gc: float, cpg: float) -> NDArray[np.float64]:
    """P(next base | three before) (C, 4), of a chain that reads the same on both strands."""
    word_weight = np.exp(0.22 * _strand_symmetric_noise())
    composition = np.array([1 - gc, gc, gc, 1 - gc]) / 2
    weight = word_weight * composition[np.arange(256) % 4]
    for pair, factor in (((C, G), cpg), ((A, A), 1.25), ((T, T), 1.25), ((C, A), 1.2), ((T, G), 1.2), ((T, A), 0.8)):
        weight[np.arange(256) % 16 == pair[0] * 4 + pair[1]] *= factor
    # The right eigenvector makes a Markov chain of the weights without favouring one reading direction.
    weight_C4 = weight.reshape(64, 4)
    following = (np.arange(64) % 16)[:, None] * 4 + np.arange(4)
    vector = np.ones(64)
    for _ in range(200):
        vector = (weight_C4 * vector[following]).sum(axis=1)
        vector /= vector.sum()
    table: NDArray[np.float64] = weight_C4 * vector[following]
    table /= table.sum(axis=1, keepdims=True)
    return table


def _strand_symmetric_noise() -> NDArray[np.float64]:
    noise = stream(0, "words of four").normal(size=256)
    digits = np.arange(256)[:, None] // np.array([64, 16, 4, 1]) % 4
    other_strand = (3 - digits[:, ::-1]) @ np.array([64, 16, 4, 1])
    symmetric: NDArray[np.float64] = (noise + noise[other_strand]) / np.sqrt(2)
    return symmetric


def insert_repeats(
    random: np.random.Generator, codes: NDArray[np.uint8], is_island: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which bases are repeats after some have been written into the sequence, none over an island."""
    is_repeat = np.zeros(len(codes), dtype=np.bool_)
    for family, (full, divergence, per_megabase) in enumerate(_FAMILIES):
        consensus = stream(0, "repeat family", str(family)).integers(0, 4, size=full).astype(np.uint8)
        for start in random.integers(0, len(codes) - full, size=round(per_megabase * len(codes) / 1e6)):
            copy = consensus[int(full * random.beta(0.4, 1.6)) :].copy()
            is_changed = random.random(len(copy)) < divergence * random.uniform(0.5, 1.5)
            copy[is_changed] = random.integers(0, 4, size=int(is_changed.sum()))
            if not is_island[start : start + len(copy)].any():
                codes[start : start + len(copy)] = copy if random.random() < 0.5 else reverse_complement(copy)
                is_repeat[start : start + len(copy)] = True
    for start in random.integers(0, len(codes) - 200, size=round(_MICROSATELLITES_PER_MEGABASE * len(codes) / 1e6)):
        unit = random.integers(0, 4, size=int(random.integers(1, 5))).astype(np.uint8)
        stretch = np.resize(unit, int(random.integers(18, 70)))
        is_changed = random.random(len(stretch)) < 0.04
        stretch[is_changed] = random.integers(0, 4, size=int(is_changed.sum()))
        codes[start : start + len(stretch)] = stretch
        is_repeat[start : start + len(stretch)] = True
    return is_repeat


def _insert_splice_sites(codes: NDArray[np.uint8], plan: Plan) -> None:
    donor, acceptor = encode_bases("GTAAGT"), encode_bases("TTTCAG")
    for planned in plan.genes:
        gene = planned.gene
        first, second = (donor, acceptor)
        if gene.strand == "-":
            first, second = reverse_complement(acceptor), reverse_complement(donor)
        for (_, intron_start), (intron_end, _) in zip(gene.exons, gene.exons[1:], strict=False):
            codes[intron_start : intron_start + 6] = first
            codes[intron_end - 6 : intron_end] = second
