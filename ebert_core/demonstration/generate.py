"""Generates the demonstration: a genome whose truth is known, as files like those that users bring."""

from pathlib import Path
from typing import Any

import tomli_w

from ebert_core.demonstration import files
from ebert_core.demonstration.bands import draw_bands
from ebert_core.demonstration.chip import measure
from ebert_core.demonstration.chromatin import dnase, openness
from ebert_core.demonstration.rules import (
    ASSEMBLY,
    CELL_TYPES,
    CHROMOSOME_LENGTHS,
    DEFAULT_SEED,
    FACTORS,
    GAPS,
    STATE_NAMES,
    STATES,
    is_assayed,
)
from ebert_core.demonstration.scene import scene
from ebert_core.demonstration.world import ChromosomeTruth, true_chromosomes
from ebert_core.protocol.machine.whole_files import put_in_place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.locus import format_locus
from ebert_core.protocol.terms.report import TellProgress

DATASET = "DATASET.toml"
REFERENCE = f"SYNTHETIC_{ASSEMBLY}.fa"
_UNFINISHED = f"{DATASET}.part"


def is_demonstration(directory: Path) -> bool:
    """Whether a directory holds a demonstration, whole or begun, that may be written again."""
    dataset = directory / DATASET
    if dataset.is_file():
        return f'assembly = "{ASSEMBLY}"' in dataset.read_text(errors="replace")
    return (directory / _UNFINISHED).is_file()


def demonstration_in(
    directory: Path, seed: int = DEFAULT_SEED, report: TellProgress = lambda _fraction, _note: None
) -> Path:
    """Path of the DATASET.toml of the demonstration of a seed in a directory: the one that is there, or a new one.

    Raises:
        InvalidRequest: the directory holds other files, or cannot be written.
    """
    if directory.exists() and not directory.is_dir():
        raise InvalidRequest(f"{directory} is a file; name an empty directory (--directory).")
    if directory.is_dir() and any(directory.iterdir()) and not is_demonstration(directory):
        raise InvalidRequest(f"{directory} holds other files; name an empty directory (--directory).")
    dataset = directory / DATASET
    if dataset.is_file() and f"seed = {seed}\n" in dataset.read_text():
        return dataset
    return generate(directory, seed, report)


def generate(directory: Path, seed: int = DEFAULT_SEED, report: TellProgress = lambda _fraction, _note: None) -> Path:
    """Path of the DATASET.toml of a demonstration newly written into a directory.

    The same seed writes the same files, byte for byte. The description is written last: where it is, all files are.

    Raises:
        InvalidRequest: the directory cannot be written.
    """
    try:
        return _generate(directory, seed, report)
    except OSError as error:
        raise InvalidRequest(
            f"The demonstration cannot be written to {directory} ({error.strerror or error}); choose another directory."
        ) from error


def _generate(directory: Path, seed: int, report: TellProgress) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    # Says whose the files are if this is interrupted.
    unfinished = directory / _UNFINISHED
    files.write_new(unfinished, "")
    for folder in ("motifs", "states", "signals", "peaks"):
        if (directory / folder).is_symlink():
            raise InvalidRequest(f"{directory / folder} is a link and is not written through; remove it.")
        (directory / folder).mkdir(parents=True, exist_ok=True)
    (directory / DATASET).unlink(missing_ok=True)
    report(0.0, "inventing chromosomes")
    chromosomes = tuple(true_chromosomes(seed))
    report(0.4, "writing sequence, genes and states")
    _write_genome(directory, chromosomes, seed)
    cell_types: dict[str, Any] = {}  # Any: the nested tables of a TOML file.
    for done, cell_type in enumerate(CELL_TYPES):
        report(0.5 + 0.5 * done / len(CELL_TYPES), f"measuring cell type {cell_type}")
        cell_types[cell_type] = _write_cell_type(directory, chromosomes, seed, cell_type)
    files.write_new(unfinished, tomli_w.dumps(_description(seed, cell_types)))
    put_in_place(unfinished, directory / DATASET)
    report(1.0, "done")
    return directory / DATASET


def _write_genome(directory: Path, chromosomes: tuple[ChromosomeTruth, ...], seed: int) -> None:
    files.write_fasta(directory / REFERENCE, {truth.plan.chromosome: truth.sequence for truth in chromosomes})
    sizes = "".join(f"{name}\t{length}\n" for name, length in CHROMOSOME_LENGTHS.items())
    files.write_new(directory / f"{ASSEMBLY}.chrom.sizes", sizes)
    genes = {truth.plan.chromosome: [planned.gene for planned in truth.plan.genes] for truth in chromosomes}
    files.write_genes(directory / "genes.bed", genes)
    files.write_bands(directory / "cytoBand.txt", draw_bands(seed))
    regions = "".join(f"{name}\t{start}\t{end}\n" for name, start, end in _labelled_regions())
    files.write_new(directory / "labelled_regions.bed", regions)
    for factor in FACTORS:
        files.write_motif(directory / "motifs" / f"{factor.name}.pfm", factor.name, factor.matrix)
    files.write_truth(directory / "truth.tsv", chromosomes)


def _labelled_regions() -> list[tuple[str, int, int]]:
    """The genome without its gaps."""
    regions = []
    for chromosome, length in CHROMOSOME_LENGTHS.items():
        start = 0
        for gap in sorted(gap for gap in GAPS if gap.chromosome == chromosome):
            if gap.start > start:
                regions.append((chromosome, start, gap.start))
            start = gap.end
        regions.append((chromosome, start, length))
    return regions


def _write_cell_type(
    directory: Path, chromosomes: tuple[ChromosomeTruth, ...], seed: int, cell_type: str
) -> dict[str, Any]:
    """Writes states, signals and peaks; the value is their table in the description."""
    cell = CELL_TYPES.index(cell_type)
    has_sequence = {truth.plan.chromosome: openness(truth.chromatin[cell]) > 0 for truth in chromosomes}
    table: dict[str, Any] = {"states": f"states/{cell_type}.bed", "signals": {}, "peaks": {}}
    states = {truth.plan.chromosome: truth.chromatin[cell].states_S for truth in chromosomes}
    files.write_states(directory / table["states"], states, CHROMOSOME_LENGTHS)
    table["signals"]["DNase"] = f"signals/SYNTHETIC_{cell_type}_DNase.bw"
    signal = {truth.plan.chromosome: dnase(seed, truth.plan, truth.chromatin[cell], cell_type) for truth in chromosomes}
    files.write_signal(directory / table["signals"]["DNase"], signal, has_sequence)
    for factor in FACTORS:
        if not is_assayed(factor.name, cell_type):
            continue
        experiments = {
            truth.plan.chromosome: measure(
                seed, factor.name, cell_type, truth.chromatin[cell], truth.bound_sites(factor.name, cell_type)
            )
            for truth in chromosomes
        }
        name = f"ChIP-{factor.name}"
        table["signals"][name] = f"signals/SYNTHETIC_{cell_type}_{name}.bw"
        signal = {chromosome: experiment.signal_P for chromosome, experiment in experiments.items()}
        files.write_signal(directory / table["signals"][name], signal, has_sequence)
        peaks = {kind: f"peaks/{cell_type}.{factor.name}.{kind}.narrowPeak" for kind in ("conservative", "relaxed")}
        table["peaks"][factor.name] = peaks
        for kind, path in peaks.items():
            files.write_peaks(directory / path, {name: getattr(found, kind) for name, found in experiments.items()})
    return table


def _description(seed: int, cell_types: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": 1,
        "name": f"SYNTHETIC demonstration, seed {seed}",
        "assembly": ASSEMBLY,
        "reference": REFERENCE,
        "chromosome_sizes": f"{ASSEMBLY}.chrom.sizes",
        "genes": "genes.bed",
        "cytobands": "cytoBand.txt",
        "labelled_regions": "labelled_regions.bed",
        "start_locus": format_locus(scene().interval),
        "start_factor": scene().factor,
        "states": {
            "names": list(STATE_NAMES),
            "bin_width": BIN,
            "colours": [state.colour for state in STATES],
        },
        "motifs": {factor.name: f"motifs/{factor.name}.pfm" for factor in FACTORS},
        "cell_types": cell_types,
        "synthetic": {"seed": seed, "truth": "truth.tsv"},
    }
