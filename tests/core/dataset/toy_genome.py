"""A toy dataset in files: two short chromosomes with lower case, runs of N, two cell types and one motif."""

from pathlib import Path

import numpy as np
import pyBigWig

LENGTHS = {"chr1": 61_230, "chr2": 5_010}

TOML = """\
version = 1
name = "toy"
assembly = "toy1"
reference = "toy.fa"
chromosome_sizes = "toy.sizes"
genes = "genes.bed"
labelled_regions = "labelled.bed"
blacklist = "blacklist.bed"
start_locus = "chr1:1,001-2,000"

[states]
names = ["Quies", "TssA"]
colours = ["#eeeeee", "#ff0000"]

[motifs]
CTCF = "motifs.pfm#ctcf"

[cell_types.alpha]
states = "alpha.bed"
[cell_types.alpha.signals]
DNase = "alpha.bw"
[cell_types.alpha.peaks.CTCF]
conservative = "peaks.narrowPeak"
relaxed = "relaxed.narrowPeak"

[cell_types.beta]
"""


def toy_letters() -> dict[str, str]:
    random = np.random.default_rng(7)
    letters = {name: np.array(list("ACGTacgt"))[random.integers(0, 8, size)] for name, size in LENGTHS.items()}
    letters["chr1"][:3_333] = "N"
    letters["chr1"][20_000:45_678] = "n"
    letters["chr1"][50_000:50_400] = "N"
    letters["chr1"][-2_500:] = "N"
    return {name: "".join(found) for name, found in letters.items()}


def write_toy(tmp_path: Path) -> Path:
    def write(name: str, text: str) -> None:
        (tmp_path / name).write_text(text)

    lines = {
        name: "\n".join(text[start : start + 70] for start in range(0, len(text), 70))
        for name, text in toy_letters().items()
    }
    write("toy.fa", "".join(f">{name} toy\n{text}\n" for name, text in lines.items()))
    write("toy.sizes", "".join(f"{name}\t{length}\n" for name, length in LENGTHS.items()))
    write("genes.bed", "chr1\t4000\t6000\tGENE1\t0\t+\n")
    write("labelled.bed", "chr1\t4000\t61230\n")
    write("blacklist.bed", "chr1\t10000\t10100\n")
    write("alpha.bed", "chr1\t0\t4100\tQuies\nchr1\t4100\t6000\tTssA\nchr1\t8000\t61400\tQuies\nchr2\t0\t3000\tTssA\n")
    write("peaks.narrowPeak", "chr1\t5000\t5200\t.\t1000\t.\t9.5\t-1\t5\t60\n")
    write(
        "relaxed.narrowPeak", "chr1\t5000\t5200\t.\t1000\t.\t9.5\t-1\t5\t60\nchr1\t7000\t7050\t.\t9\t.\t1\t-1\t1\t5\n"
    )
    write("motifs.pfm", ">ctcf\n9 0 0 1\n0 10 0 0\n0 0 8 2\n>other\n1 1 1 7\n")
    write("DATASET.toml", TOML)
    with pyBigWig.open(str(tmp_path / "alpha.bw"), "w") as file:
        file.addHeader(list(LENGTHS.items()))
        values = np.random.default_rng(8).gamma(1.0, 3.0, 5_500).astype(np.float32)
        values[17] = np.inf
        file.addEntries("chr1", 3_003, values=values.tolist(), span=7, step=11)
        file.addEntries("chr2", 5, values=[1.0, 2.0], span=20, step=30)
    return tmp_path / "DATASET.toml"
