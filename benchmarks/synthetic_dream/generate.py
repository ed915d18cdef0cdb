"""Writes the synthetic ENCODE-DREAM: files as users bring them, and the truth from which the oracle is computed.

Run: python -m benchmarks.synthetic_dream.generate DIRECTORY [--seed N] [--scale X]
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tomli_w
from numpy.typing import NDArray

from ebert_core.demonstration import files
from ebert_core.demonstration.chip import EnrichedPlaces, Experiment, experiment
from ebert_core.demonstration.rules import PROMOTER, STATES, stream
from ebert_core.demonstration.sequence import Background
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.grid import BIN

from .binding import Sites, true_sites
from .chromatin import DNASE_WIDTH, TrueChromatin, read_dnase, read_states, true_chromatin
from .plan import Plan, plan_chromosome
from .rules import (
    ASSEMBLY,
    CELL_TYPES,
    FACTORS,
    RULES,
    STATE_NAMES,
    Factor,
    World,
    is_assayed,
)
from .sequence import draw_sequence

DATASET = "DATASET.toml"
REFERENCE = f"SYNTHETIC_{ASSEMBLY}.fa"
NOTICE = """SYNTHETIC: invented sequence, chromatin and binding. It says nothing about biology.
The motif matrices are JASPAR's (https://jaspar.elixir.no, CC BY 4.0): {matrices}.
"""
# Promoters that enrich though nothing binds, and how thin or rich experiments are.
_PHANTOM_SHARE = 0.04
_DEPTH_SPREAD = 0.25


class Chromosome(NamedTuple):
    """All that is true on a chromosome."""

    plan: Plan
    sequence: Background
    chromatin: tuple[TrueChromatin, ...]
    sites: Mapping[str, Sites]


def generate(directory: Path, world: World, counts: Mapping[str, NDArray[np.float64]]) -> Path:
    """Path of the DATASET.toml of a world newly written into a directory; the same world writes the same files.

    `counts` are the factors' matrices (W, 4) with columns A, C, G, T.
    """
    for folder in ("motifs", "states", "signals", "peaks", "truth"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    (directory / DATASET).unlink(missing_ok=True)
    matrices = {name: probabilities(counts_W4) for name, counts_W4 in counts.items()}
    chromosomes = [_chromosome(world, name, matrices) for name in world.chromosome_lengths]
    _write_genome(directory, world, chromosomes, matrices)
    cell_types = {cell: _write_cell_type(directory, world, chromosomes, cell) for cell in CELL_TYPES}
    write_whole(directory / DATASET, tomli_w.dumps(_description(world, cell_types)).encode())
    return directory / DATASET


def probabilities(counts_W4: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of the bases at each place, none of them 0."""
    shares: NDArray[np.float64] = counts_W4 / counts_W4.sum(axis=1, keepdims=True)
    return (shares + 0.005) / 1.02


def _chromosome(world: World, name: str, matrices: Mapping[str, NDArray[np.float64]]) -> Chromosome:
    plan = plan_chromosome(world, name)
    sequence = draw_sequence(world, plan, matrices)
    chromatin = tuple(true_chromatin(world, plan, cell) for cell in CELL_TYPES)
    return Chromosome(plan, sequence, chromatin, true_sites(sequence.codes, plan, chromatin, matrices))


def _write_genome(
    directory: Path, world: World, chromosomes: list[Chromosome], matrices: Mapping[str, NDArray[np.float64]]
) -> None:
    files.write_fasta(directory / REFERENCE, {each.plan.chromosome: each.sequence for each in chromosomes})
    sizes = "".join(f"{name}\t{length}\n" for name, length in world.chromosome_lengths.items())
    (directory / f"{ASSEMBLY}.chrom.sizes").write_text(sizes)
    for factor in FACTORS:
        files.write_motif(directory / "motifs" / f"{factor.name}.pfm", factor.name, matrices[factor.name])
    matrix_names = ", ".join(f"{factor.name} {factor.matrix}" for factor in FACTORS)
    (directory / "NOTICE.txt").write_text(NOTICE.format(matrices=matrix_names))
    for each in chromosomes:
        truth = {
            f"{name}.{field}": getattr(sites, field) for name, sites in each.sites.items() for field in Sites._fields
        }
        np.savez_compressed(directory / "truth" / f"{each.plan.chromosome}.npz", **truth)


def _write_cell_type(directory: Path, world: World, chromosomes: list[Chromosome], cell_type: str) -> dict[str, Any]:
    """Writes states, signals and peaks; the value is their table in the description."""
    cell = CELL_TYPES.index(cell_type)
    table: dict[str, Any] = {"states": f"states/{cell_type}.bed", "signals": {}, "peaks": {}}
    states = {
        each.plan.chromosome: read_states(world, each.plan, each.chromatin[cell], cell_type) for each in chromosomes
    }
    files.write_states(directory / table["states"], states, world.chromosome_lengths)
    table["signals"]["DNase"] = f"signals/SYNTHETIC_{cell_type}_DNase.bw"
    with BigWigWriter(directory / table["signals"]["DNase"], world.chromosome_lengths) as writer:
        for each in chromosomes:
            reads = read_dnase(world, each.plan, each.chromatin[cell], cell_type)
            writer.append(each.plan.chromosome, 0, DNASE_WIDTH, reads)
    for factor in FACTORS:
        if is_assayed(factor, cell_type):
            experiments = {each.plan.chromosome: _experiment(world, each, factor, cell_type) for each in chromosomes}
            peaks = {kind: f"peaks/{cell_type}.{factor.name}.{kind}.narrowPeak" for kind in ("conservative", "relaxed")}
            table["peaks"][factor.name] = peaks
            for kind, path in peaks.items():
                files.write_peaks(directory / path, {name: getattr(found, kind) for name, found in experiments.items()})
    return table


def _experiment(world: World, chromosome: Chromosome, factor: Factor, cell_type: str) -> Experiment:
    """ChIP-seq of sites that are bound as their probabilities fall, and of a few promoters where nothing is."""
    name = chromosome.plan.chromosome
    random = stream(world.seed, "dream ChIP", factor.name, cell_type, name)
    chromatin = chromosome.chromatin[CELL_TYPES.index(cell_type)]
    centres, probability_NK = chromosome.sites[factor.name]
    probability = probability_NK[:, CELL_TYPES.index(cell_type)]
    is_bound = random.random(len(centres)) < probability
    strength = (0.6 + 0.6 * probability[is_bound]) * random.lognormal(0, 0.3, size=int(is_bound.sum()))
    promoters = np.flatnonzero(chromatin.states_S == PROMOTER)
    phantoms = promoters[random.random(len(promoters)) < _PHANTOM_SHARE]
    places = phantoms * BIN + random.integers(0, BIN, size=len(phantoms))
    phantom_strength = 0.6 * random.lognormal(0, 0.4, size=len(phantoms))
    depth = float(
        np.clip(stream(world.seed, "dream depth", factor.name, cell_type).lognormal(0.1, _DEPTH_SPREAD), 0.6, 2.0)
    )
    enriched = EnrichedPlaces(np.concatenate([centres[is_bound], places]), np.concatenate([strength, phantom_strength]))
    return experiment(random, depth, chromatin.open_P, enriched)


def _description(world: World, cell_types: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": 1,
        "name": f"SYNTHETIC ENCODE-DREAM, rules {RULES}, seed {world.seed}, scale {world.scale:g}",
        "assembly": ASSEMBLY,
        "reference": REFERENCE,
        "chromosome_sizes": f"{ASSEMBLY}.chrom.sizes",
        "states": {
            "names": list(STATE_NAMES),
            "bin_width": BIN,
            "colours": [state.colour for state in STATES],
        },
        "motifs": {factor.name: f"motifs/{factor.name}.pfm" for factor in FACTORS},
        "cell_types": cell_types,
        "synthetic": {"seed": world.seed},
    }


def main() -> None:
    """Generates from the command line."""
    # Only here: whoever brings matrices of their own needs no pyjaspar.
    from .jaspar import jaspar_counts

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0)
    arguments = parser.parse_args()
    print(generate(arguments.directory, World(arguments.seed, arguments.scale), jaspar_counts()))


if __name__ == "__main__":
    main()
