"""Labels of real peaks by this program and by bedtools, bin by bin, for both label rules.

    python benchmarks/labels_by_bedtools.py DATASET.toml

Takes every pair of the dataset that has relaxed peaks, on its labelled regions. `bedtools merge` and `bedtools
intersect` work out the organisers' rule; this program works out both. Prints how many bins are bound by either rule,
how many the organisers' rule gains and loses, and how many labels differ from bedtools': there should be none.
Needs bedtools on the path.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import BOUND, NOT_SCORED, peak_labels
from ebert_core.dream.regions import bins_of, runs_of
from ebert_core.genome.annotation import FeatureSource
from ebert_core.protocol.terms.grid import BIN


def main() -> None:
    """Compares all pairs and prints the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path, metavar="DATASET.toml")
    dataset = Dataset.open(parser.parse_args().dataset)
    if dataset.labelled_regions is None:
        raise SystemExit("The dataset names no labelled regions.")
    bins: dict[str, np.ndarray] = {}
    for run in runs_of(dataset.labelled_regions):
        bins[run.chromosome] = np.union1d(bins.get(run.chromosome, np.empty(0, np.int64)), bins_of(run))
    sums = np.zeros(5, dtype=np.int64)
    pairs = 0
    for cell in dataset.cell_types:
        for factor in dataset.factors:
            conservative = dataset.peaks(cell, factor)
            relaxed = dataset.peaks(cell, factor, is_relaxed=True)
            if conservative is not None and relaxed is not None:
                sums += compared(bins, conservative, relaxed)
                pairs += 1
    print(f"{pairs} pairs with relaxed peaks, {sum(map(len, bins.values())):,} bins each")
    for name, count in zip(
        ("bound", "bound by half of the bin", "gained", "lost", "unlike bedtools"), sums, strict=True
    ):
        print(f"{name:<25}{count:>9,}")


def compared(bins: dict[str, np.ndarray], conservative: FeatureSource, relaxed: FeatureSource) -> np.ndarray:
    """Bound bins by either rule, those gained and lost, and how many labels bedtools gives otherwise."""
    ours, half = (
        np.concatenate([peak_labels(spans(conservative, c), spans(relaxed, c), s, rule) for c, s in bins.items()])
        for rule in ("organisers", "half-of-bin")
    )
    theirs = by_bedtools(bins, conservative, relaxed)
    is_bound, was_bound = ours == BOUND, half == BOUND
    counts = is_bound, was_bound, is_bound & ~was_bound, was_bound & ~is_bound, ours != theirs
    return np.array([each.sum() for each in counts])


def by_bedtools(bins: dict[str, np.ndarray], conservative: FeatureSource, relaxed: FeatureSource) -> np.ndarray:
    """The labels of the organisers' rule, from the counts that bedtools gives for each bin."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "bins.bed").write_text(
            "".join(f"{name}\t{start}\t{start + BIN}\n" for name, starts in bins.items() for start in starts.tolist())
        )
        halves = counts(folder, bins, conservative, "-f", "0.5", "-F", "0.5", "-e")
        touches = counts(folder, bins, relaxed)
    return np.where((halves == touches) & (halves <= 1), halves, NOT_SCORED)


def counts(folder: Path, bins: dict[str, np.ndarray], peaks: FeatureSource, *flags: str) -> np.ndarray:
    """How many merged peaks each bin meets, by `bedtools intersect -c` with these flags."""
    lines = (f"{name}\t{start}\t{end}\n" for name in bins for start, end in spans(peaks, name).tolist())
    (folder / "peaks.bed").write_text("".join(lines))
    in_order = bedtools(folder, "sort", "-i", "peaks.bed")
    (folder / "merged.bed").write_text(bedtools(folder, "merge", "-i", "stdin", given=in_order))
    found = bedtools(folder, "intersect", "-c", *flags, "-a", "bins.bed", "-b", "merged.bed")
    return np.array([int(line.rsplit("\t", 1)[1]) for line in found.splitlines()])


def bedtools(folder: Path, *words: str, given: str | None = None) -> str:
    """What bedtools prints when it runs in this folder and reads this text."""
    return subprocess.run(
        ["bedtools", *words], check=True, capture_output=True, text=True, cwd=folder, input=given
    ).stdout


def spans(peaks: FeatureSource, chromosome: str) -> np.ndarray:
    """Starts and ends of the peaks of a chromosome."""
    located = peaks.on(chromosome)
    return np.column_stack((located.starts, located.ends))


if __name__ == "__main__":
    main()
