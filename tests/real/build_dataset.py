"""Builds a dataset of real human data: `python tests/real/build_dataset.py OUTPUT_DIR [REAL_DATA]`.

Five chromosomes at full length with bases in the slices only, six cell types with 15 states and 12 marks in bins of
5 kb, ChIP-seq peaks of five of them, HOCOMOCO motifs. Everything is copied, so the folder can be moved.
"""

import gzip
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from Bio import bgzf

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import CellTypePaths, Layout, PeakPaths, write_layout
from ebert_core.dataset.shown import summary_of
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.chromosomes import read_chromosome_sizes
from ebert_core.genome.features import Feature, Features
from ebert_core.genome.motifs import read_motifs
from ebert_core.protocol.terms.locus import Interval

CHROMOSOMES = ("chr3", "chr4", "chr5", "chr17", "chr20")
# Peaks of the challenge were removed from chr4, so there nothing is a negative.
UNLABELLED = ("chr1", "chr4")
CELL_TYPES = ("GM12878", "H1-hESC", "HeLa-S3", "HepG2", "HUVEC", "K562")
MARK_BIN = 5_000
# Of two releases of HOCOMOCO, the matrix whose scan finds more of the peaks of chr3, chr17 and chr20.
OLDER_MATRICES = ("FOXA1", "GABPA", "HNF4A", "MAX")
_LINE = 100
# Blocks of whole lines, so that all blocks of padding are the same bytes.
_BLOCK = 646 * (_LINE + 1)


def build_dataset(output: Path, real: Path) -> Path:
    """The path of a DATASET.toml, made from the folder of real data."""
    output.mkdir(parents=True, exist_ok=True)
    annotation = real / "annotation_hg19"
    sizes = read_chromosome_sizes(annotation / "hg19.chrom.sizes")
    lengths = {chromosome: sizes[chromosome] for chromosome in CHROMOSOMES}
    (output / "chrom.sizes").write_text("".join(f"{name}\t{length}\n" for name, length in lengths.items()))
    write_reference(output / "reference.fa.gz", real / "hg19_slices" / "native")
    write_rows(output / "genes.bed", gene_rows(annotation))
    write_rows(output / "cytobands.tsv", on_chromosomes(annotation / "hg19.cytoband.tsv"))
    write_rows(output / "blacklist.bed", on_chromosomes(annotation / "hg19-blacklist.v2.bed"))
    slices = [row for row in on_chromosomes(real / "hg19_slices" / "slices.bed") if row[0] not in UNLABELLED]
    write_rows(output / "labelled.bed", slices)
    names, colours = state_names(real / "states_hg19_5kb" / "state_names.tsv")
    layout = Layout(
        name="human slices",
        assembly="hg19",
        reference=str(output / "reference.fa.gz"),
        chromosome_sizes=str(output / "chrom.sizes"),
        genes=str(output / "genes.bed"),
        cytobands=str(output / "cytobands.tsv"),
        blacklist=str(output / "blacklist.bed"),
        labelled_regions=str(output / "labelled.bed"),
        start_locus="chr5:125,915,001-125,945,000",
        state_names=tuple(names.values()),
        state_colours=colours,
        bin_width=MARK_BIN,
        motifs=copy_motifs(output, real / "motifs"),
        cell_types={cell: cell_type(output, real, cell, names, lengths) for cell in CELL_TYPES},
    )
    write_layout(layout, output / "DATASET.toml")
    return output / "DATASET.toml"


def cell_type(output: Path, real: Path, cell: str, names: dict[str, str], lengths: dict[str, int]) -> CellTypePaths:
    """The files of one cell type, written to the output folder."""
    states = output / "states" / f"{cell}.bed"
    source = real / "states_hg19_5kb" / f"{cell}.chromhmm15.5kb.hg19.bed.gz"
    write_rows(states, [[*row[:3], names[row[3]]] for row in on_chromosomes(source)])
    return CellTypePaths(
        states=str(states),
        signals=write_marks(output / "signals", real / "states_hg19_5kb" / "binarized_marks", cell, lengths),
        peaks=copy_peaks(output / "peaks", real / "chip_hg19" / "slices", cell),
    )


def write_reference(path: Path, native: Path) -> None:
    """Writes the padded chromosomes as one bgzipped FASTA."""
    with bgzf.BgzfWriter(path, "wb") as file:
        for chromosome in CHROMOSOMES:
            with gzip.open(native / f"{chromosome}.hg19.Npadded.fa.gz", "rb") as unpacked:
                header = unpacked.readline()
                assert header.split() == [f">{chromosome}".encode()]
                file.write(header)
                while data := unpacked.read(_BLOCK):
                    file.write(data)
                    ends_in_newline = data.endswith(b"\n")
                assert ends_in_newline


def write_marks(folder: Path, marks: Path, cell: str, lengths: dict[str, int]) -> dict[str, str]:
    """Writes each binarised mark of a cell type as a bigWig of steps of 5 kb."""
    folder.mkdir(exist_ok=True)
    tables = {}
    for chromosome in lengths:
        with gzip.open(marks / f"{cell}.{chromosome}.5kb.binary.txt.gz", "rt") as file:
            file.readline()
            heading = file.readline().split()
            tables[chromosome] = np.loadtxt(file, dtype=np.float32, ndmin=2)
    found = {}
    for column, mark in enumerate(heading):
        name = "DNase" if mark == "Dnase" else mark
        found[name] = str(folder / f"{cell}.{name}.bw")
        with BigWigWriter(Path(found[name]), lengths) as writer:
            for chromosome, table in tables.items():
                whole = min(len(table), lengths[chromosome] // MARK_BIN)
                writer.append(chromosome, 0, MARK_BIN, table[:whole, column])
    return found


def copy_motifs(output: Path, source: Path) -> dict[str, str]:
    """Copies two releases of matrices, and says of which file and name each factor's is."""
    older, newer = (shutil.copy(source / name, output) for name in ("HOCOMOCOv11.eval12.pfm", "H13CORE.eval12.meme"))
    found = {}
    for name in read_motifs(Path(newer)):
        found.setdefault(name.split(".")[0], f"{newer}#{name}")  # the first of a factor is its commonest
    found |= {
        name.split("_")[0]: f"{older}#{name}" for name in read_motifs(Path(older)) if name.startswith(OLDER_MATRICES)
    }
    return found


def copy_peaks(folder: Path, slices: Path, cell: str) -> dict[str, PeakPaths]:
    """Copies the peaks of all factors of a cell type."""
    folder.mkdir(exist_ok=True)
    found = {}
    for source in sorted(slices.glob(f"{cell}.*.conservative.train.narrowPeak.gz")):
        factor = source.name.split(".")[1]
        relaxed = slices / f"{cell}.{factor}.relaxed.narrowPeak.gz"
        conservative = str(shutil.copy(source, folder))
        found[factor] = PeakPaths(conservative, str(shutil.copy(relaxed, folder)) if relaxed.exists() else "")
    return found


def state_names(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """The names by the codes of the segmentations, and the colours in the same order."""
    rows = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    colours = tuple("#{:02x}{:02x}{:02x}".format(*map(int, row[2].split(","))) for row in rows)
    return {row[0]: row[1] for row in rows}, colours


def gene_rows(annotation: Path) -> list[list[str]]:
    """BED12 rows of the genes. The exons come without names: each goes to the shortest transcript that contains it."""
    rows = list({tuple(row[:6]): row for row in on_chromosomes(annotation / "genes_RefSeq_hg19.bed.gz")}.values())
    transcripts = Features(annotation, (Feature(row[0], int(row[1]), int(row[2]), row[3]) for row in rows))
    exons: dict[tuple[str, str], set[tuple[int, int]]] = {}
    for chromosome, *place in on_chromosomes(annotation / "RefSeqExon.hg19.bed.gz"):
        start, end = map(int, place)
        around = transcripts.touching(Interval(chromosome, start, end))
        containing = [each for each in around if each.start <= start and end <= each.end]
        if containing:
            gene = min(containing, key=lambda each: each.end - each.start)
            exons.setdefault((chromosome, gene.name), set()).add((start, end))
    return [bed12(row, exons.get((row[0], row[3]), set())) for row in rows]


def bed12(row: list[str], exons: set[tuple[int, int]]) -> list[str]:
    """A BED12 row of a transcript with the exons of its gene that lie within it."""
    start, end = int(row[1]), int(row[2])
    inside = sorted(exon for exon in exons if start <= exon[0] and exon[1] <= end) or [(start, end)]
    sizes = ",".join(str(last - first) for first, last in inside)
    offsets = ",".join(str(first - start) for first, _ in inside)
    return [*row[:6], row[1], row[1], "0", str(len(inside)), sizes, offsets]


def on_chromosomes(path: Path) -> Iterator[list[str]]:
    """The rows of a table that lie on our chromosomes."""
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else open(path)  # noqa: SIM115 (closed by the with below)
    with opened as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if fields[0] in CHROMOSOMES:
                yield fields


def write_rows(path: Path, rows: Iterator[list[str]] | list[list[str]]) -> None:
    """Writes a table."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join("\t".join(row) + "\n" for row in rows))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python tests/real/build_dataset.py OUTPUT_DIR [REAL_DATA]")
    beside = Path(__file__).parents[3] / "shared" / "real"
    folder = Path(sys.argv[2] if len(sys.argv) == 3 else os.environ.get("EBERT_REAL_DATA", beside))
    if not folder.is_dir():
        sys.exit(f"There is no folder of real data {folder}; name it as the second word, or in EBERT_REAL_DATA.")
    written = build_dataset(Path(sys.argv[1]).absolute(), folder)
    summary_of(Dataset.open(written))
    sys.stdout.write(f"{written}\n")
