"""Writes the demonstration's files; the formats are those that users bring."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.chip import Peaks
from ebert_core.demonstration.plan import Gene
from ebert_core.demonstration.rules import CELL_TYPES, CHROMOSOME_LENGTHS, FACTORS, SIGNAL_WIDTH, STATES
from ebert_core.demonstration.sequence import Background
from ebert_core.demonstration.world import ChromosomeTruth
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.protocol.machine.whole_files import new_file
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.tracks import Band

_LINE = 60
_LETTERS = np.frombuffer(b"ACGTNacgtn", dtype=np.uint8)


def write_new(path: Path, text: str) -> None:
    """A new file of this text; a file or link of the name goes, what a link points to stays."""
    with os.fdopen(new_file(path), "w") as file:
        file.write(text)


def write_fasta(path: Path, sequences: Mapping[str, Background]) -> None:
    """The reference, repeats in lower case, and its index beside it."""
    index = []
    with os.fdopen(new_file(path), "wb") as file:
        for name, (codes, is_repeat) in sequences.items():
            file.write(f">{name} SYNTHETIC\n".encode())
            index.append(f"{name}\t{len(codes)}\t{file.tell()}\t{_LINE}\t{_LINE + 1}\n")
            letters = _LETTERS[codes + 5 * is_repeat]
            whole = len(letters) // _LINE * _LINE
            lines = np.full((whole // _LINE, _LINE + 1), ord("\n"), dtype=np.uint8)
            lines[:, :_LINE] = letters[:whole].reshape(-1, _LINE)
            file.write(lines.tobytes())
            if whole < len(letters):
                file.write(letters[whole:].tobytes() + b"\n")
    write_new(path.with_name(path.name + ".fai"), "".join(index))


def write_genes(path: Path, genes_of: Mapping[str, Sequence[Gene]]) -> None:
    """Genes as BED12."""
    with os.fdopen(new_file(path), "w") as file:
        for chromosome, genes in genes_of.items():
            for gene in genes:
                coding = (gene.coding[0][0], gene.coding[-1][1]) if gene.coding else (gene.start, gene.start)
                sizes = ",".join(str(end - start) for start, end in gene.exons)
                starts = ",".join(str(start - gene.start) for start, _ in gene.exons)
                columns = (chromosome, gene.start, gene.end, gene.name, 0, gene.strand, *coding, 0, len(gene.exons))
                file.write("\t".join(map(str, (*columns, sizes, starts))) + "\n")


def write_bands(path: Path, bands: Iterable[Band]) -> None:
    """Cytogenetic bands as in a cytoBand table."""
    rows = (f"{band.chromosome}\t{band.start}\t{band.end}\t{band.name}\t{band.stain}\n" for band in bands)
    write_new(path, "".join(rows))


def write_states(path: Path, states_of: Mapping[str, NDArray[np.int8]], lengths: Mapping[str, int]) -> None:
    """Runs of states as BED9 with colours, per chromosome; bins without sequence (-1) have no record."""
    colours = [",".join(str(int(state.colour[at : at + 2], 16)) for at in (1, 3, 5)) for state in STATES]
    with os.fdopen(new_file(path), "w") as file:
        for chromosome, states in states_of.items():
            length = lengths[chromosome]
            edges = np.flatnonzero(np.diff(states)) + 1
            firsts, lasts = [0, *edges.tolist()], [*edges.tolist(), len(states)]
            for first, last in zip(firsts, lasts, strict=True):
                state = int(states[first])
                start, end = first * BIN, min(last * BIN, length)
                if state >= 0:
                    columns = (chromosome, start, end, STATES[state].name, 0, ".", start, end, colours[state])
                    file.write("\t".join(map(str, columns)) + "\n")


def write_signal(path: Path, signals: Mapping[str, NDArray[np.float32]], has: Mapping[str, NDArray[np.bool_]]) -> None:
    """A bigWig of equal bins; bins that have no sequence have no value."""
    with BigWigWriter(path, CHROMOSOME_LENGTHS) as writer:
        for chromosome, values in signals.items():
            # The last bin may be cut short by the chromosome's end, which equal bins cannot say.
            whole = CHROMOSOME_LENGTHS[chromosome] // SIGNAL_WIDTH
            known = np.where(has[chromosome][:whole], values[:whole], np.nan)
            writer.append(chromosome, 0, SIGNAL_WIDTH, known)


def write_peaks(path: Path, peaks_of: Mapping[str, Peaks]) -> None:
    """Peaks as narrowPeak; the column for a p-value holds the evidence in powers of ten."""
    with os.fdopen(new_file(path), "w") as file:
        for chromosome, peaks in peaks_of.items():
            for start, end, summit, score, enrichment in zip(*peaks, strict=True):
                evidence = score / np.log(10)
                shown = f"{enrichment:.3f}\t{evidence:.3f}\t-1\t{summit - start}"
                file.write(f"{chromosome}\t{start}\t{end}\t.\t{min(1000, round(score * 5))}\t.\t{shown}\n")


def write_motif(path: Path, name: str, probability_W4: NDArray[np.float64]) -> None:
    """A motif matrix: a header line, then one line of A, C, G, T counts per position."""
    rows = ("\t".join(f"{1000 * value:.1f}" for value in row) for row in probability_W4)
    write_new(path, f">{name}\n" + "\n".join(rows) + "\n")


def write_truth(path: Path, chromosomes: Iterable[ChromosomeTruth]) -> None:
    """Every place where a factor could bind, and the cell types in which it does ('.' where none)."""
    with os.fdopen(new_file(path), "w") as file:
        file.write("chromosome\tstart\tend\tfactor\tcell_types_bound\n")
        for chromosome in chromosomes:
            for factor in FACTORS:
                sites, bound = chromosome.sites[factor.name], chromosome.bound[factor.name]
                for start, end, is_bound in zip(sites.starts, sites.ends, bound, strict=True):
                    names = ",".join(cell for cell, yes in zip(CELL_TYPES, is_bound, strict=True) if yes) or "."
                    file.write(f"{chromosome.plan.chromosome}\t{start}\t{end}\t{factor.name}\t{names}\n")
