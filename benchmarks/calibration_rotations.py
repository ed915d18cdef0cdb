"""Whether calibrated probabilities hold at loci that neither training nor calibration saw: five rotations.

Run: python benchmarks/calibration_rotations.py train [--dataset DATASET.toml] [--directory D] [--epochs 2]
         [--only NETWORK]
     python benchmarks/calibration_rotations.py report [--directory D]

`train` fine-tunes three short networks on the human slices, from random weights, each without the loci of one rotation
or of three, and keeps logits and labels of the calibration loci and of the test loci in a file for each rotation. The
calibration loci are half a megabase, as the shipped checkpoint's. Finished rotations are kept.

`report` reads these files alone and writes `table.md`. Before: each factor's own map, all bins taken as independent,
and the range of observed over predicted that resampled blocks tell. After: pooled maps, and the range that a checkpoint
tells, widened by what differs between the other four rotations' loci.

Test loci are read by nothing else in their rotation; chr5 is one of them, which is a reading of chr5.
"""

import argparse
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ebert_core.inference.predict import Predictor
from ebert_core.judging.calibration import factor_maps, variance_of_total
from ebert_core.judging.held_out import HeldOut, bound_peaks, held_out, separate_loci
from ebert_core.judging.platt import fitted, levels
from ebert_core.judging.reliability import Measured, measured, precision_over_blocks, reliability_of
from ebert_core.judging.resampling import draws
from ebert_core.judging.widening import between_loci
from ebert_core.material.material import open_material
from ebert_core.model.checkpoint import Checkpoint, load_checkpoint
from ebert_core.model.device import Engine, choose_engine
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.reliability import FEWEST_PEAKS, Reliability
from ebert_core.training.finetune import finetune

Range = tuple[float, float]

FACTORS = ("CTCF", "MAX", "JUND", "TAF1", "REST", "HNF4A", "FOXA1", "FOXA2", "GABPA", "EGR1", "E2F1", "NANOG")
CELL_TYPES = ("GM12878", "H1-hESC", "HeLa-S3", "HepG2", "K562")
MARKS = (
    *("DNase", "H2az", "H3k27ac", "H3k27me3", "H3k36me3", "H3k4me1", "H3k4me2", "H3k4me3", "H3k79me2", "H3k9ac"),
    *("H3k9me3", "H4k20me1", "distance(TSS)"),
)
_PEAKS_OF_A_BIN = 0.1  # where none was found to count
_MOST_OF_CHR20, _REST_OF_CHR20 = "chr20:1-1,850,000", "chr20:1,850,001-63,000,000"


class Trained(NamedTuple):
    """A network: where it learns, and where its epoch is chosen."""

    training: tuple[str, ...]
    validation: str


class Rotation(NamedTuple):
    """Where probabilities of a network are calibrated, and where they are tested."""

    name: str
    network: str
    calibration: str
    test: str


NETWORKS = {
    "without-chr5": Trained(("chr3", "chr17", _MOST_OF_CHR20), _REST_OF_CHR20),
    "without-chr17": Trained(("chr3", "chr5", _MOST_OF_CHR20), _REST_OF_CHR20),
    "without-chr3-and-chr20": Trained(("chr5", "chr17"), _REST_OF_CHR20),
}
ROTATIONS = (
    Rotation("chr5", "without-chr5", _REST_OF_CHR20, "chr5"),
    Rotation("chr17", "without-chr17", _REST_OF_CHR20, "chr17"),
    Rotation("chr3, first half", "without-chr3-and-chr20", _REST_OF_CHR20, "chr3:42,000,001-43,000,000"),
    Rotation("chr3, second half", "without-chr3-and-chr20", "chr20:1-1,500,000", "chr3:43,000,001-44,000,000"),
    Rotation("chr20", "without-chr3-and-chr20", "chr3:43,500,001-44,000,000", "chr20:1-2,000,000"),
)


class _Printed:
    """What a run tells, one line each; progress is not shown."""

    def progress(self, fraction: float, note: str) -> None:
        """Not shown."""

    def metric(self, _step: int, epoch: int, split: str, name: str, value: float) -> None:
        if split == "validation":
            print(f"  epoch {epoch + 1}: held-out {name} {value:.4f}", flush=True)

    def event(self, text: str) -> None:
        """Not shown: the verdicts of five short networks are of no use."""

    def stop_requested(self) -> bool:
        return False


def train(name: str, dataset: Path, directory: Path, epochs: int) -> None:
    """Trains a network and keeps logits and labels of the calibration loci and test loci of its rotations."""
    spec = FineTune(
        dataset=str(dataset.absolute()),
        output=str((directory / name).absolute()),
        training=NETWORKS[name].training,
        validation=(NETWORKS[name].validation,),
        factors=FACTORS,
        cell_types=CELL_TYPES,
        signals=MARKS,
        preset="tiny",
        epochs=epochs,
        batch_size=16,
        learning_rate=2e-3,
        dropout=0.2,
    )
    work = directory / f"{name}.work"
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = load_checkpoint(finetune(spec, _Printed(), work))
    for rotation in ROTATIONS:
        if rotation.network == name:
            keep(checkpoint, rotation, dataset, directory)


def keep(checkpoint: Checkpoint, rotation: Rotation, dataset: Path, directory: Path) -> None:
    """Writes logits and labels of a rotation."""
    engine = choose_engine()
    kept: dict[str, NDArray[np.generic]] = {}
    for part, region in (("calibration", rotation.calibration), ("test", rotation.test)):
        material = open_material(str(dataset.absolute()), (), (region,), CELL_TYPES, _Printed())
        predictor = Predictor(checkpoint, material.store, Engine(engine.device, torch.float32))
        regions = material.validation_stretches(BIN)
        with engine.autocast():
            pairs = held_out(predictor, material.dataset, regions, CELL_TYPES, FACTORS, lambda *_: None)
        for pair in pairs:
            kept[f"{part}|{pair.factor}|{pair.cell_type}|labels"] = pair.labels_P
            kept[f"{part}|{pair.factor}|{pair.cell_type}|scores"] = pair.scores_P
        kept[f"{part}|blocks"] = pairs[0].block_P
    np.savez_compressed(directory / f"{rotation.name}.npz", allow_pickle=False, **kept)


def load(path: Path, part: str) -> list[HeldOut]:
    """The pairs of a rotation's calibration or test loci."""
    with np.load(path) as kept:
        blocks = kept[f"{part}|blocks"]
        names = [key.split("|")[1:3] for key in kept.files if key.startswith(f"{part}|") and key.endswith("|labels")]
        return [
            HeldOut(
                factor, cell, kept[f"{part}|{factor}|{cell}|labels"], kept[f"{part}|{factor}|{cell}|scores"], blocks
            )
            for factor, cell in names
        ]


class Comparison(NamedTuple):
    """A factor of a rotation: what was told at the calibration loci, and what was found at the test loci.

    `before` and `after` are logarithms of observed over predicted, with half a peak on either side, `variance` that of
    the latter by the map and by the number of peaks predicted, without what differs between loci.
    """

    rotation: str
    factor: str
    loci: int
    before: float
    after: float
    variance: float
    told_before: Range | None
    calibration: list[Measured]
    test: list[Measured]
    map_variance: float

    def reliability(self, deviation: float) -> Reliability | None:
        """What a checkpoint says when loci differ by so much."""
        return reliability_of(
            self.calibration, (self.rotation,), False, True, map_variance=self.map_variance, deviation=deviation
        )


def compared(rotation: Rotation, directory: Path) -> list[Comparison]:
    """Every factor at the test loci of a rotation."""
    groups, tests = (by_factor(load(directory / f"{rotation.name}.npz", part)) for part in ("calibration", "test"))
    maps = factor_maps(groups)
    found = []
    for factor, group in groups.items():
        own, after = alone(group), maps[factor]
        before = [measured(pair, *own) for pair in tests[factor]]
        cells, test = (
            [measured(pair, after.slope, after.offset) for pair in pairs] for pairs in (group, tests[factor])
        )
        told = blocks_alone([measured(pair, *own) for pair in group])
        off, peaks = off_by(test)
        in_test, calibrated = (np.concatenate([pair.scored()[1] for pair in pairs]) for pairs in (tests[factor], group))
        found.append(
            Comparison(
                rotation.name,
                factor,
                separate_loci(group),
                off_by(before)[0],
                off,
                variance_of_total(after, in_test) + 1 / (peaks + 0.5),
                told,
                cells,
                test,
                variance_of_total(after, calibrated),
            )
        )
    return found


def by_factor(pairs: Sequence[HeldOut]) -> dict[str, list[HeldOut]]:
    """The pairs of each factor."""
    return {name: [pair for pair in pairs if pair.factor == name] for name in FACTORS}


def alone(group: Sequence[HeldOut]) -> tuple[float, float]:
    """Slope and offset by a factor's own bins, all taken as independent; the logit as it is where few are bound."""
    scored = [pair.scored() for pair in group]
    is_bound_X, logit_X = (np.concatenate(part) for part in zip(*scored, strict=True))
    weight_X = np.concatenate([np.full(len(logits), 1 / len(logits)) for _, logits in scored])
    if is_bound_X.sum() < 20:
        return 1.0, 0.0
    slope, offset = fitted(levels(is_bound_X, logit_X, weight_X * (len(weight_X) / weight_X.sum())))
    return float(slope), float(offset)


def off_by(cells: Sequence[Measured]) -> tuple[float, float]:
    """The logarithm of observed over predicted, and the number of peaks predicted; half a peak keeps it finite."""
    loci = bound_peaks(np.logical_or.reduce([cell.is_bound_P for cell in cells]).astype(np.int8))
    observed = sum(int(cell.is_bound_X.sum()) for cell in cells)
    peaks = sum(float(cell.probability_X.sum()) for cell in cells) * (loci / observed if observed else _PEAKS_OF_A_BIN)
    return math.log((loci + 0.5) / (peaks + 0.5)), peaks


def blocks_alone(cells: Sequence[Measured]) -> Range | None:
    """The 95 % range of observed over predicted that resampled blocks of the calibration loci tell."""
    blocks, index_X = np.unique(np.concatenate([cell.block_X for cell in cells]), return_inverse=True)
    observed_D = np.bincount(index_X, weights=np.concatenate([cell.is_bound_X for cell in cells]))
    predicted_D = np.bincount(index_X, weights=np.concatenate([cell.probability_X for cell in cells]))
    if not observed_D.any():
        return None
    times_RD = draws(len(blocks), 1000, 1)
    low, high = np.percentile((times_RD @ observed_D) / np.maximum(times_RD @ predicted_D, 1e-12), [2.5, 97.5])
    return float(low), float(high)


def report(directory: Path) -> str:
    """The table of all finished rotations, in Markdown, and what it says of ranges."""
    rotations = [each for each in ROTATIONS if (directory / f"{each.name}.npz").exists()]
    found = [comparison for each in rotations for comparison in compared(each, directory)]
    without = {each.name: deviation_of([other for other in found if other.rotation != each.name]) for each in rotations}
    told = {(each.rotation, each.factor): each.reliability(without[each.rotation]) for each in found}
    ranges = {key: known.elsewhere if known else None for key, known in told.items()}
    lines = [
        "| factor | peaks | observed / predicted, before | after | ranges held, before | after |",
        "|---|---|---|---|---|---|",
    ]
    for factor in (*FACTORS, ""):
        chosen = [each for each in found if factor in ("", each.factor)]
        before, after = ([getattr(each, when) for each in chosen] for when in ("before", "after"))
        counts = sorted({each.loci for each in chosen})
        values = [
            ", ".join(f"{math.exp(each):.1f}" for each in ratios) if factor else "typically off by"
            for ratios in (before, after)
        ]
        lines.append(
            f"| {factor or '**all**'} | {counts[0]}-{counts[-1]} "
            f"| {values[0]} ({typically(before):.2f}) | {values[1]} ({typically(after):.2f}) "
            f"| {held([(each.before, each.told_before) for each in chosen])} "
            f"| {held([(each.after, ranges[each.rotation, each.factor]) for each in chosen])} |"
        )
    deviations = ", ".join(f"{value:.2f}" for value in without.values())
    lines += [
        "",
        f"Rotations: {'; '.join(each.name for each in rotations)}. In brackets: typically off by this factor.",
    ]
    lines += [f"Between loci, log-odds differ by {deviation_of(found):.2f} (without one rotation: {deviations})."]
    lines.append(f"Ranges of precision held at {precision_held(found, told)}.")
    return "\n".join(lines)


def deviation_of(found: Sequence[Comparison]) -> float:
    """How loci differ, over the factors of some rotations for which a range can be told."""
    told = [each for each in found if each.loci >= FEWEST_PEAKS]
    return between_loci(np.array([each.after for each in told]), np.array([each.variance for each in told]))


def typically(logarithms: Sequence[float]) -> float:
    """The factor by which a ratio is off, as the root mean square of its logarithm."""
    return math.exp(math.sqrt(sum(each**2 for each in logarithms) / len(logarithms)))


def held(pairs: Sequence[tuple[float, Range | None]]) -> str:
    """How many of the told ranges hold the ratio."""
    known = [(math.exp(value), span) for value, span in pairs if span]
    return f"{sum(low <= value <= high for value, (low, high) in known)} of {len(known)}" if known else "none told"


def precision_held(found: Sequence[Comparison], told: Mapping[tuple[str, str], Reliability | None]) -> str:
    """How many ranges of precision hold that of the test loci, before and after widening, where enough is called."""
    counts = []
    for each in found:
        known = told[each.rotation, each.factor]
        if known is None or not known.has_range:
            continue
        threshold_K = np.array([point.probability for point in known.points])
        narrow = precision_over_blocks(each.calibration, threshold_K)
        probability_X, is_bound_X = (
            np.concatenate([getattr(cell, name) for cell in each.test]) for name in ("probability_X", "is_bound_X")
        )
        for point, low, high in zip(known.points, narrow.low_K, narrow.high_K, strict=True):
            is_called_X = probability_X >= point.probability
            places = max(bound_peaks((cell.probability_X >= point.probability).astype(np.int8)) for cell in each.test)
            if places >= FEWEST_PEAKS and point.low is not None and point.high is not None:
                share = is_bound_X[is_called_X].mean()
                counts.append((low <= share <= high, point.low <= share <= point.high))
    before, after = (sum(each) for each in zip(*counts, strict=True))
    return f"{before} of {len(counts)} points by blocks alone, {after} widened"


def main() -> None:
    """Runs the verb of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("train", "report"))
    parser.add_argument("--dataset", type=Path, default=Path("build/human_slices/DATASET.toml"))
    parser.add_argument("--directory", type=Path, default=Path("build/calibration_rotations"))
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--only", nargs="*", choices=tuple(NETWORKS), default=[])
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    if arguments.verb == "report":
        table = report(arguments.directory)
        (arguments.directory / "table.md").write_text(f"{table}\n")
        print(table)
        return
    for name in arguments.only or NETWORKS:
        if any(not (arguments.directory / f"{each.name}.npz").exists() for each in ROTATIONS if each.network == name):
            print(name, flush=True)
            train(name, arguments.dataset, arguments.directory, arguments.epochs)


if __name__ == "__main__":
    main()
