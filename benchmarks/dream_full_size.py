"""How long ENCODE-DREAM takes at full size: labelling the genome for seven cell types, and scoring one submission.

    python benchmarks/dream_full_size.py [--directory D] [--skip-labels]

Writes peaks, regions, labels and a submission of all of hg19 (about 1.5 GB; peaks and scores come from a seed and mean
nothing), runs the commands as a person would, and prints seconds, processor seconds and peak memory of each.
"""

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

CELL_TYPES = ("A549", "H1-hESC", "HeLa-S3", "HepG2", "IMR-90", "K562", "MCF-7")
CONSERVATIVE, RELAXED, WIDTH = 45_000, 300_000, 300
SCORED = ("chr1", "chr8", "chr21")
# Lengths of hg19 in the order of the challenge's files. Its region file leaves out some 0.3 % of these bins.
CHROMOSOMES = {
    "chr1": 249250621, "chr10": 135534747, "chr11": 135006516, "chr12": 133851895, "chr13": 115169878,
    "chr14": 107349540, "chr15": 102531392, "chr16": 90354753, "chr17": 81195210, "chr18": 78077248,
    "chr19": 59128983, "chr2": 243199373, "chr20": 63025520, "chr21": 48129895, "chr22": 51304566,
    "chr3": 198022430, "chr4": 191154276, "chr5": 180915260, "chr6": 171115067, "chr7": 159138663,
    "chr8": 146364022, "chr9": 141213431, "chrX": 155270560,
}  # fmt: skip


class Cost(NamedTuple):
    """What a command took."""

    seconds: float
    processor_seconds: float
    peak_gigabytes: float


def main() -> None:
    """Makes the files that are not there yet and measures the commands on them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--directory", type=Path, help="keep the files here (default: a temporary folder)")
    parser.add_argument("--skip-labels", action="store_true", help="only measure scoring, when labels are there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.directory or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measure(folder, arguments.skip_labels)


def measure(folder: Path, skip_labels: bool) -> None:
    """Runs the commands in a folder and prints their cost."""
    labels, submission = folder / "CTCF.train.labels.tsv.gz", folder / "F.CTCF.K562.tab.gz"
    write_inputs(folder)
    if not (skip_labels and labels.exists()):
        peaks = {
            kind: [f"{cell}={folder}/{cell}.{kind}.narrowPeak.gz" for cell in CELL_TYPES]
            for kind in ("conservative", "relaxed")
        }
        words = ["labels", "--conservative", *peaks["conservative"], "--relaxed", *peaks["relaxed"]]
        report(
            "label the genome in 7 cell types", *words, "--regions", f"{folder}/regions.bed", "--output", str(labels)
        )
    if not submission.exists():
        write_submission(submission)
    score = ("score", str(labels), str(submission), "--chromosomes", *SCORED)
    report("score chr1, chr8, chr21 of the genome", *score)
    held_out = folder / "held_out.labels.tsv.gz"
    if not held_out.exists():
        write_held_out(labels, held_out)
    report("the same with labels of these three alone", "score", str(held_out), str(submission))


def write_inputs(folder: Path) -> None:
    """Regions, and conservative and relaxed peaks of each cell type: hot places are shared, the others are not."""
    lines = (f"{name}\t0\t{length // 50 * 50}\n" for name, length in CHROMOSOMES.items())
    (folder / "regions.bed").write_text("".join(lines))
    rng = np.random.default_rng(0)
    ends = np.cumsum(list(CHROMOSOMES.values()))
    shared = rng.integers(0, ends[-1], RELAXED // 3)
    for cell in CELL_TYPES:
        places = np.concatenate((shared, rng.integers(0, ends[-1], RELAXED - len(shared))))
        rng.shuffle(places)
        write_peaks(folder / f"{cell}.conservative.narrowPeak.gz", places[:CONSERVATIVE], ends)
        write_peaks(folder / f"{cell}.relaxed.narrowPeak.gz", places, ends)


def write_peaks(path: Path, places: np.ndarray, ends: np.ndarray) -> None:
    """A narrowPeak file of places counted from the genome's start."""
    if path.exists():
        return
    names, begins = list(CHROMOSOMES), np.concatenate(([0], ends[:-1]))
    row = np.searchsorted(ends, places, side="right")
    starts = np.minimum(places - begins[row], np.diff(np.concatenate(([0], ends)))[row] - WIDTH)
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.writelines(
            f"{names[chromosome]}\t{start}\t{start + WIDTH}\t.\t0\t.\t12.5\t-1\t3.2\t{WIDTH // 2}\n"
            for chromosome, start in zip(row.tolist(), starts.tolist(), strict=True)
        )


def write_submission(path: Path, bins_at_once: int = 500_000) -> None:
    """A score of six digits for every bin, a piece at a time; not a part of what is measured."""
    rng = np.random.default_rng(1)
    with path.open("wb") as file, ThreadPoolExecutor(2) as pool:
        for name, length in CHROMOSOMES.items():
            starts = np.arange(0, length // 50 * 50 - 199, 50)
            pieces = (starts[first : first + bins_at_once] for first in range(0, len(starts), bins_at_once))
            texts = [(name, piece, rng.beta(0.3, 8, len(piece)).round(6)) for piece in pieces]
            for packed in pool.map(packed_lines, texts):
                file.write(packed)


def packed_lines(piece: tuple[str, np.ndarray, np.ndarray]) -> bytes:
    """One gzip member with the lines of a piece."""
    name, starts, scores = piece
    columns = {"chr": pl.repeat(name, len(starts), eager=True), "start": starts, "stop": starts + 200, "score": scores}
    text = pl.DataFrame(columns).write_csv(include_header=False, separator="\t", quote_style="never")
    packer = zlib.compressobj(1, wbits=31)
    return packer.compress(text.encode()) + packer.flush()


def write_held_out(labels: Path, path: Path) -> None:
    """The lines of the scored chromosomes, with the header."""
    wanted = ("chr\t", *(f"{name}\t" for name in SCORED))
    with gzip.open(labels, "rt") as source, gzip.open(path, "wt", compresslevel=1) as file:
        file.writelines(line for line in source if line.startswith(wanted))


def report(what: str, *words: str) -> None:
    """Runs `ebert dream` with these words and prints what it took."""
    cost = run(["-m", "ebert_core", "dream", *words])
    print(
        f"{what:<45}{cost.seconds:7.1f} s  {cost.processor_seconds:7.1f} processor s  {cost.peak_gigabytes:5.2f} GB",
        flush=True,
    )


def run(words: list[str]) -> Cost:
    """The cost of a Python command; its output is thrown away."""
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(words)} failed")
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e9)


if __name__ == "__main__":
    main()
