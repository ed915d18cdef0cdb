"""What every method says of the final sets, and how the challenge scores it.

P = bins of 200 bp starting every 50 bp on the test chromosome.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import BOUND, NOT_SCORED, bin_labels
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.store import Store
from ebert_core.dataset.store_places import beside
from ebert_core.dream.subsamples import Score, Scored, score_of
from ebert_core.inference.batches import Stream
from ebert_core.inference.predict import Predictor
from ebert_core.judging.baselines import fit_motif_accessibility, motif_scan
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import choose_engine
from ebert_core.protocol.machine.whole_files import whole_file, write_whole
from ebert_core.protocol.terms.locus import Interval

from .oracle import oracle
from .rules import FACTOR_NAMES, FINAL_CELLS, FINAL_SETS, TEST, TRAINING, TRAINING_CELLS
from .steps import UNET, Plan
from .unet import unet_for_ebert

STREAMS: tuple[Stream, ...] = ("states", "signals", "motifs")

# What a method says of each final set, one number a bin.
Said = Mapping[str, NDArray[np.floating]]


def set_name(factor: str, cell_type: str) -> str:
    """A final set as the challenge's files name it."""
    return f"{factor}.{cell_type}"


class FinalSets:
    """The final sets of a world: labels, and what each method says of them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.dataset = Dataset.open(plan.dataset)
        self.store: Store = prepare(self.dataset, beside(self.dataset))
        self.interval = Interval(TEST, 0, self.dataset.chromosome_lengths[TEST] // 200 * 200)
        self.labels = {
            set_name(*each): bin_labels(self.dataset, each[1], each[0], self.interval) for each in FINAL_SETS
        }

    def motif_scan(self) -> Said:
        """Best log-odds of the factor's matrix in the bin and 100 bp around it."""
        best = motif_scan(self.dataset, self.store, [self.interval])
        return {set_name(*each): best[each[0]] for each in FINAL_SETS}

    def motif_accessibility(self) -> Said:
        """The logistic regression on motif, DNase and state, fitted on the training chromosomes and cell types."""
        regions = [Interval(name, 0, self.dataset.chromosome_lengths[name] // 200 * 200) for name in TRAINING]
        fitted = fit_motif_accessibility(self.dataset, self.store, regions, TRAINING_CELLS, FACTOR_NAMES)
        said = {cell: fitted.scores(cell, [self.interval]) for cell in FINAL_CELLS}
        return {set_name(factor, cell): said[cell][factor] for factor, cell in FINAL_SETS}

    def oracle(self) -> Said:
        """The true probabilities."""
        return {
            set_name(*each): oracle(self.plan.world_directory, each[0], each[1], self.interval) for each in FINAL_SETS
        }

    def network(self, network: str, seed: int, without: tuple[Stream, ...] = ()) -> Said:
        """The logits of a trained network, some of its inputs hidden; computed once and kept."""
        hidden = f"-without-{'-'.join(without)}" if without else ""
        path = self.plan.work / "predictions" / f"{network}-{seed}{hidden}.npz"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            said: dict[str, Any] = self._predicted(network, seed, without)  # Any: numpy types the names with the arrays
            with whole_file(path) as file:
                np.savez_compressed(file, **said)
        with np.load(path) as kept:
            return {name: kept[name] for name in kept.files}

    def _predicted(self, network: str, seed: int, without: tuple[Stream, ...]) -> dict[str, NDArray[np.float32]]:
        with unet_for_ebert() if network == UNET else nullcontext():
            checkpoint = load_checkpoint(self.plan.checkpoint(network, seed))
        predictor = Predictor(checkpoint, self.store, choose_engine("auto", "auto"), without)
        said = {cell: predictor.logits(cell, self.interval, lambda *_: None).values_FP for cell in FINAL_CELLS}
        return {set_name(factor, cell): said[cell][predictor.factors.index(factor)] for factor, cell in FINAL_SETS}

    def scores(self, said: Said) -> dict[str, Score]:
        """The challenge's figures of every final set; what a method leaves out counts as its lowest score."""
        return {name: self._score(name, said[name]) for name in self.labels}

    def _score(self, name: str, said_P: NDArray[np.floating]) -> Score:
        counts = self.labels[name] != NOT_SCORED
        known = np.nan_to_num(said_P.astype(np.float64), nan=float(np.nanmin(said_P)))
        is_bound = self.labels[name][counts] == BOUND
        return score_of(Scored(is_bound, known[counts], int((~counts).sum())))


def averaged(parts: Sequence[Said]) -> Said:
    """The mean over several networks of what they say."""
    return {name: np.mean([part[name] for part in parts], axis=0) for name in parts[0]}


def save(path: Path, text: str) -> None:
    """Writes a file that appears complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())
