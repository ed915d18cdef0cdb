"""How much a prediction depends on where the tiles lie, for several ways of cutting the genome into tiles.

Run: python benchmarks/tile_seams.py CHECKPOINT DATASET.toml --cell-type alpha --region chr2:1,900,001-2,000,000

Every window that begins on a multiple of 200 is predicted once; each way then puts its own windows together, at every
place where its grid may begin. Printed for each: time for a base in comparison with the first way; how far the
probability of one bin moves with the grid (of the bins that reach .1 somewhere); how large the steps from bin to bin
are at the borders of tiles in comparison with other multiples of 200; and the mean auPRC of the
factors with enough bound bins.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import measured_labels, scorable_bins
from ebert_core.dataset.windows import windows
from ebert_core.dream.scoring import auprc
from ebert_core.inference.batches import Inputs
from ebert_core.inference.predict import Predictor
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import choose_engine
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval, parse_locus

# W = windows, F = factors, N = bins of a window, P = bins of the region.

_WINDOWS_AT_ONCE = 16
_LEAST = 0.1
_FEWEST_BOUND = 20


class Way(NamedTuple):
    """Windows of `context` bases every `stride` bases; across a border, `fade` bases on either side are blended."""

    context: int
    stride: int
    fade: int


WAYS = (
    Way(2000, 1200, 0),
    Way(2000, 1200, 100),
    Way(2000, 800, 0),
    Way(2000, 800, 150),
    Way(2000, 800, 400),
    Way(2000, 400, 0),
    Way(2000, 400, 200),
    Way(4000, 3200, 0),
    Way(4000, 2800, 150),
    Way(4000, 1600, 800),
)


class Table(NamedTuple):
    """Logits of all windows of one length, where the first of them begins, and the seconds that one took."""

    logits_WFN: NDArray[np.float32]
    start: int
    seconds: float


def tables(predictor: Predictor, cell_type: str, region: Interval, contexts: Sequence[int]) -> dict[int, Table]:
    """A table for each length of window; they are timed in turn, so that other work on the machine slows all alike."""
    places = {
        context: [
            Interval(region.chromosome, start, start + context)
            for start in range((region.start - context) // BIN * BIN, region.end, BIN)
        ]
        for context in contexts
    }
    parts: dict[int, list[NDArray[np.float32]]] = {context: [] for context in contexts}
    seconds: dict[int, list[float]] = {context: [] for context in contexts}
    for low in range(0, max(map(len, places.values())), _WINDOWS_AT_ONCE):
        for context in contexts:
            chosen = places[context][low : low + _WINDOWS_AT_ONCE]
            if chosen:
                begun = time.process_time()
                parts[context].append(logits(predictor, cell_type, chosen))
                seconds[context].append((time.process_time() - begun) / len(chosen))
    return {
        context: Table(np.concatenate(parts[context]), places[context][0].start, statistics.median(seconds[context]))
        for context in contexts
    }


@torch.inference_mode()
def logits(predictor: Predictor, cell_type: str, places: Sequence[Interval]) -> NDArray[np.float32]:
    """Logits (W, F, N) of windows, the mean of both strands."""
    batch = Inputs.of(windows(predictor.source, cell_type, places, predictor.channels))
    own_WNF = predictor.network.binding(batch.tensors(predictor.engine.device))
    other_WNF = predictor.network.binding(batch.other_strand().tensors(predictor.engine.device)).flip(1)
    mean_WFN: NDArray[np.float32] = ((own_WNF + other_WNF) / 2).float().cpu().numpy().transpose(0, 2, 1)
    return mean_WFN


def weights(way: Way, bins: int) -> NDArray[np.float64]:
    """How much a window has to say of each of its bins: 1 in the core, falling to 0 over `fade` beyond its borders.

    Without blending, a bin belongs to the core in which it begins; with it, all is symmetrical about the bins' centres.
    """
    start_N = POSITION * np.arange(bins)
    if not way.fade:
        away_N = start_N - way.context / 2
        return ((away_N >= -way.stride / 2) & (away_N < way.stride / 2)).astype(float)
    away_N = np.abs(start_N + BIN // 2 - way.context / 2)
    weight_N: NDArray[np.float64] = np.clip((way.stride / 2 + way.fade - away_N) / (2 * way.fade), 0, 1)
    return weight_N


def put_together(found: Table, way: Way, region: Interval, shift: int) -> NDArray[np.float64]:
    """Logits (F, P) of a region when the cores begin at `shift` + multiples of the stride."""
    bins = region.length // POSITION
    total_FP = np.zeros((found.logits_WFN.shape[1], bins))
    weight_P = np.zeros(bins)
    weight_N = weights(way, found.logits_WFN.shape[2])
    flank = (way.context - way.stride) // 2
    first = region.start // way.stride * way.stride + shift % way.stride - 2 * way.stride - flank
    for start in range(first, region.end, way.stride):
        window = (start - found.start) // BIN
        if not 0 <= window < len(found.logits_WFN):
            continue
        place = (start - region.start) // POSITION
        low, high = max(0, -place), min(len(weight_N), bins - place)
        if low < high:
            total_FP[:, place + low : place + high] += found.logits_WFN[window, :, low:high] * weight_N[low:high]
            weight_P[place + low : place + high] += weight_N[low:high]
    return total_FP / weight_P


def spread(probability_SFP: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and 95th percentile over notable bins of the range over shifts (S)."""
    is_notable_FP = probability_SFP.max(axis=0) >= _LEAST
    ranges = np.ptp(probability_SFP, axis=0)[is_notable_FP]
    return float(ranges.mean()), float(np.quantile(ranges, 0.95))


def seam(probability_SFP: NDArray[np.float64], shifts: Sequence[int], way: Way, region: Interval) -> float:
    """Mean step at the borders of tiles over the mean step at other places that are as far from a multiple of 200.

    Chromatin states change on multiples of 200, and so do predictions, whatever the tiles.
    """
    at, elsewhere = [], []
    border_P = region.start + POSITION * np.arange(1, probability_SFP.shape[2]) + (BIN // 2 if way.fade else 0)
    for shift, probability_FP in zip(shifts, probability_SFP, strict=True):
        step_FP = np.abs(np.diff(probability_FP, axis=1))
        is_border_P = (border_P - shift) % way.stride == 0
        at.append(step_FP[:, is_border_P].mean())
        elsewhere.append(step_FP[:, (border_P % BIN == 0) & ~is_border_P].mean())
    return float(np.mean(at) / np.mean(elsewhere))


def mean_auprc(
    dataset: Dataset, predictor: Predictor, cell_type: str, region: Interval, logits_SFP: NDArray[np.float64]
) -> float:
    """Mean over factors with enough bound bins, and over shifts."""
    scores = []
    scorable_P = scorable_bins(dataset, region)
    for row, factor in enumerate(predictor.factors):
        if not dataset.is_assayed(cell_type, factor):
            continue
        labels_P = measured_labels(dataset, cell_type, factor, region)
        is_scored_P = scorable_P & (labels_P >= 0) & np.isfinite(logits_SFP).all(axis=(0, 1))
        if (labels_P[is_scored_P] == 1).sum() >= _FEWEST_BOUND:
            scores.append(
                np.mean([auprc(labels_P[is_scored_P] == 1, logits_FP[row, is_scored_P]) for logits_FP in logits_SFP])
            )
    return float(np.mean(scores)) if scores else float("nan")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--cell-type", required=True)
    parser.add_argument("--region", required=True)
    arguments = parser.parse_args()
    dataset = Dataset.open(arguments.dataset)
    predictor = Predictor(load_checkpoint(arguments.checkpoint), dataset, choose_engine("auto", "fp32"))
    located = parse_locus(arguments.region, dataset.chromosome_lengths)
    assert located is not None, "the dataset has no such place"
    region = Interval(located.chromosome, located.start // BIN * BIN, located.end // BIN * BIN)
    records = predictor.description.factors
    slope_F = np.array([record.calibration.slope for record in records])[:, None]
    offset_F = np.array([record.calibration.offset for record in records])[:, None]
    found_in = tables(predictor, arguments.cell_type, region, sorted({way.context for way in WAYS}))
    unit = found_in[WAYS[0].context].seconds / WAYS[0].stride
    print(
        f"{arguments.checkpoint.name}, {arguments.cell_type}, {arguments.region}: one core predicts "
        f"{1 / unit / POSITION:,.0f} bins a second in the first way"
    )
    print("| context | stride | blended | time | one bin moves: mean | 95 % | steps at borders | auPRC |")
    print("|---|---|---|---|---|---|---|---|")
    for way in WAYS:
        found = found_in[way.context]
        shifts = range(0, way.stride, BIN)
        logits_SFP = np.stack([put_together(found, way, region, shift) for shift in shifts])
        probability_SFP = 1 / (1 + np.exp(-(slope_F * logits_SFP + offset_F)))
        mean, most = spread(probability_SFP)
        score = mean_auprc(dataset, predictor, arguments.cell_type, region, logits_SFP)
        print(
            f"| {way.context:,} | {way.stride:,} | {way.fade} | {found.seconds / way.stride / unit:.2f} "
            f"| {mean:.3f} | {most:.3f} | {seam(probability_SFP, shifts, way, region):.2f} | {score:.4f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
