"""The dense head against one window per bin: bins a second, and auPRC on the same bins.

Run: python benchmarks/dense_head.py [--bins 2000] [--device auto] [--processor-time]

The shipped checkpoint reads the demonstration's held-out chromosome in both ways. Dense: the tiles of the fixed grid,
each of which scores all bins of its core. One window per bin, as models with one answer per window work: the window in
whose middle the bin lies, of which that bin alone is kept. The bins are those of a few stretches of whole tiles, taken
where at least one bin is bound, the same for both. auPRC is the mean over factors with at least ten bound bins; one
strand.

`--processor-time` counts the seconds of the processor, on one thread: what can be measured on a machine in use.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from operations import Stopwatch

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import bin_labels
from ebert_core.dataset.windows import windows
from ebert_core.demonstration.generate import generate
from ebert_core.dream.scoring import auprc
from ebert_core.inference.batches import Inputs
from ebert_core.inference.predict import Predictor
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import choose_engine
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval

# F = factors, P = bins starting every 50 bp, B = windows in a batch.

_CHROMOSOME, _CELL_TYPE = "chr2", "alpha"
_HELD_OUT = range(1_000_800, 2_000_000)  # neither trained on nor used to choose the epoch
_STRETCH = 12_000  # fifteen tiles, which begin on multiples of 800
_WINDOWS_AT_ONCE = 8
_FEWEST_BOUND = 10


class Scores(NamedTuple):
    """Logits of the same bins, and how many were scored in a second."""

    values_FP: NDArray[np.float32]
    bins_per_second: float


def stretches(dataset: Dataset, factors: Sequence[str], bins: int) -> list[Interval]:
    """Stretches with a bound bin, evenly drawn, until there are enough bins."""
    places = [Interval(_CHROMOSOME, start, start + _STRETCH) for start in _HELD_OUT[::_STRETCH]]
    bound = [
        place
        for place in places
        if any((bin_labels(dataset, _CELL_TYPE, factor, place) == 1).any() for factor in factors)
    ]
    wanted = min(len(bound), max(1, bins * POSITION // _STRETCH))
    return [bound[number * len(bound) // wanted] for number in range(wanted)]


def dense(predictor: Predictor, place: Interval) -> NDArray[np.float32]:
    """Logits (F, P) from the tile grid."""
    return predictor.logits(_CELL_TYPE, place, lambda *_: None, strands=1).values_FP


@torch.inference_mode()
def one_by_one(predictor: Predictor, place: Interval) -> NDArray[np.float32]:
    """Logits (F, P), each from a window of its own around its bin.

    Windows begin on multiples of 200, so the bin lies in the middle of its window but for at most 150 bases.
    """
    context = predictor.description.architecture.context
    found = []
    starts = list(range(place.start, place.end, POSITION))
    for first in range(0, len(starts), _WINDOWS_AT_ONCE):
        few = starts[first : first + _WINDOWS_AT_ONCE]
        lefts = [(start - (context - BIN) // 2) // BIN * BIN for start in few]
        intervals = [Interval(place.chromosome, left, left + context) for left in lefts]
        batch = Inputs.of(windows(predictor.source, _CELL_TYPE, intervals, predictor.channels))
        logits_BNF = predictor.network.binding(batch.tensors(predictor.engine.device))
        rows = torch.arange(len(few), device=logits_BNF.device)
        kept = torch.tensor([(start - left) // POSITION for start, left in zip(few, lefts, strict=True)])
        found.append(logits_BNF[rows, kept.to(logits_BNF.device)].float().cpu().numpy())
    return np.concatenate(found).T


def scored(
    way: Callable[[Predictor, Interval], NDArray[np.float32]],
    predictor: Predictor,
    places: Sequence[Interval],
    watch: Stopwatch,
) -> Scores:
    """All bins of the places in one of the ways."""
    parts: list[NDArray[np.float32]] = []

    def work() -> None:
        parts.extend(way(predictor, place) for place in places)

    way(predictor, Interval(_CHROMOSOME, 0, _STRETCH))
    seconds = watch.once(work)
    values_FP = np.concatenate(parts, axis=1)
    return Scores(values_FP, values_FP.shape[1] / seconds)


def mean_auprc(values_FP: NDArray[np.float32], labels_FP: NDArray[np.int8]) -> float:
    """Mean over the factors with enough bound bins; gaps and bins that are not scored do not count."""
    found = []
    for values_P, labels_P in zip(values_FP, labels_FP, strict=True):
        counts_P = (labels_P >= 0) & np.isfinite(values_P)
        if (labels_P[counts_P] == 1).sum() >= _FEWEST_BOUND:
            found.append(auprc(labels_P[counts_P] == 1, values_P[counts_P]))
    return float(np.mean(found))


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--bins", type=int, default=2_000)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--processor-time", action="store_true")
    wishes = parser.parse_args()
    if wishes.processor_time:
        torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset.open(generate(Path(folder)))
        engine = choose_engine(wishes.device)
        predictor = Predictor(load_checkpoint(resource("checkpoints/demonstration")), dataset, engine)
        places = stretches(dataset, predictor.factors, wishes.bins)
        labels_FP = np.stack(
            [
                np.concatenate([bin_labels(dataset, _CELL_TYPE, factor, place) for place in places])
                for factor in predictor.factors
            ]
        )
        watch = Stopwatch(engine.device, wishes.processor_time)
        print(f"{predictor.description.architecture.describe()}, {engine.describe()}, {labels_FP.shape[1]:,} bins")
        fast = scored(dense, predictor, places, watch)
        slow = scored(one_by_one, predictor, places, watch)
    for name, scores in (("dense head", fast), ("one window per bin", slow)):
        print(
            f"  {name:18s} {scores.bins_per_second:9,.0f} bins/s, auPRC {mean_auprc(scores.values_FP, labels_FP):.3f}"
        )
    print(f"  the dense head is {fast.bins_per_second / slow.bins_per_second:.0f} times as fast")


if __name__ == "__main__":
    main()
