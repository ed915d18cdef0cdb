"""What pre-training learned, beside what a simple rule makes of the same hidden bases and states."""

# B = windows in a batch, L = bases, S = 200-bp bins, X = hidden bases or bins.

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ebert_core.inference.batches import Inputs, channels_of
from ebert_core.judging.comparison import Estimate
from ebert_core.judging.evaluation import MaskedScores
from ebert_core.judging.held_out import BLOCK_WIDTHS
from ebert_core.judging.markov import MarkovBaseline
from ebert_core.judging.resampling import draws
from ebert_core.material.masking import hide_every, hide_states, native_units
from ebert_core.material.material import Material
from ebert_core.material.sampling import Example, stretches
from ebert_core.model.checkpoint import Checkpoint
from ebert_core.model.device import Engine
from ebert_core.model.network import Ebert
from ebert_core.model.tokens import BASE_COUNT, FIRST_STATE
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import Report

_SPACING = 16
_REACHES = (1, 3, 6)
_STATE_MASK_RATE = 0.3
_STATE_DRAWS = 8
_WINDOWS_AT_ONCE = 8
_FEWEST_BLOCKS = 10
_APART = 10**12  # between chromosomes: longer than any, and a multiple of every block and unit
_NETWORK, _COPY, _USUAL = "network", "copy of the nearest visible unit", "commonest state"


class _Hidden(NamedTuple):
    """One number per hidden base or bin and method, and where it stands."""

    place_X: NDArray[np.int64]
    values: dict[str, NDArray[np.float64]]


def score_pretraining(scorer: "MaskedScorer", context: int, report: Report, resamples: int, seed: int) -> MaskedScores:
    """Scores of a pre-trained network and the baselines on the held-out regions of a dataset."""
    windows = _windows(scorer.material.validation_stretches(context), context)
    report.progress(0.1, "hidden bases")
    bases = scorer.bases(windows)
    report.progress(0.5, "hidden states")
    states = scorer.states(windows)
    random = np.random.default_rng(seed)
    width = max(scorer.material.state_bin_width, BIN)
    block = _block_width(bases.place_X)
    return MaskedScores(
        block_width=block,
        hidden_bases=len(bases.place_X),
        base_loss={name: float(values.mean()) for name, values in bases.values.items()},
        advantage=_advantages(bases, -1, block, resamples, random),
        hidden_units=len(np.unique(states.place_X // width)),
        state_accuracy={name: float(values.mean()) for name, values in states.values.items() if len(values)},
        accuracy_advantage=_advantages(states, 1, block, resamples, random),
    )


def _windows(places: Sequence[Interval], context: int) -> list[Interval]:
    return [
        Interval(place.chromosome, start, start + context)
        for place in places
        for start in range(place.start, place.end - context + 1, context)
    ]


class MaskedScorer:
    """A pre-trained network and the data on which it is compared."""

    def __init__(self, checkpoint: Checkpoint, material: Material, engine: Engine, seed: int) -> None:
        self.description = checkpoint.description
        assert isinstance(checkpoint.network, Ebert), "an average predicts binding and is never pre-trained only"
        self.network = checkpoint.network.to(engine.device, engine.dtype)
        self.material = material
        self.channels = channels_of(self.description)
        self.engine = engine
        self.seed = seed

    def _batches(self, windows: Sequence[Interval], cell_type: str) -> Iterator[tuple[list[Example], Inputs]]:
        for first in range(0, len(windows), _WINDOWS_AT_ONCE):
            examples = [Example(cell_type, window) for window in windows[first : first + _WINDOWS_AT_ONCE]]
            yield examples, self.material.inputs(examples, self.channels)

    @torch.inference_mode()
    def bases(self, windows: Sequence[Interval]) -> _Hidden:
        """Nats of every hidden base: the network sees the states of the first cell type, the baselines bases alone."""
        store = self.material.store
        known = [store.bases(place) for place in stretches(self.description.training, store.segments, BIN)]
        baselines = {f"Markov, {reach} bases each side": MarkovBaseline(known, reach) for reach in _REACHES}
        places: list[NDArray[np.int64]] = []
        losses: dict[str, list[NDArray[np.float64]]] = {name: [] for name in (_NETWORK, *baselines)}
        for examples, inputs in self._batches(windows, self.material.cell_types[0]):
            shown_BL, is_hidden_BL = hide_every(inputs.bases_BL, _SPACING, _SPACING // 2)
            rows, columns = np.nonzero(is_hidden_BL)
            log_BL4 = self._log_probabilities(inputs._replace(bases_BL=shown_BL))
            losses[_NETWORK].append(-log_BL4[rows, columns, inputs.bases_BL[rows, columns]].astype(np.float64))
            for name, baseline in baselines.items():
                losses[name].append(
                    np.concatenate(
                        [
                            baseline.losses(bases_L, np.flatnonzero(hidden_L))
                            for bases_L, hidden_L in zip(inputs.bases_BL, is_hidden_BL, strict=True)
                        ]
                    )
                )
            places.append(self._places(examples)[rows] + columns)
        joined = {name: np.concatenate(parts) for name, parts in losses.items()}
        is_scored_X = np.logical_and.reduce([np.isfinite(values) for values in joined.values()])
        return _Hidden(
            np.concatenate(places)[is_scored_X], {name: values[is_scored_X] for name, values in joined.items()}
        )

    def _places(self, examples: Sequence[Example]) -> NDArray[np.int64]:
        """Where windows start, as one number for chromosome and position."""
        order = list(self.material.dataset.chromosome_lengths)
        return np.array(
            [order.index(each.interval.chromosome) * _APART + each.interval.start for each in examples], dtype=np.int64
        )

    def _log_probabilities(self, inputs: Inputs) -> NDArray[np.float32]:
        """Log-probabilities (B, L, 4) of the bases."""
        encoded_BTD = self.network(inputs.tensors(self.engine.device))
        logits_BTK4 = self.network.base_head(encoded_BTD).float().log_softmax(-1)
        log_BL4: NDArray[np.float32] = logits_BTK4.reshape(len(inputs.bases_BL), -1, BASE_COUNT).cpu().numpy()
        return log_BL4

    @torch.inference_mode()
    def states(self, windows: Sequence[Interval]) -> _Hidden:
        """Whether the state of every hidden bin was named, in all cell types; hidden are whole native units."""
        usual = self._usual_state()
        places: list[NDArray[np.int64]] = []
        right: dict[str, list[NDArray[np.float64]]] = {name: [] for name in (_NETWORK, _COPY, _USUAL)}
        for draw, (number, cell_type) in product(range(_STATE_DRAWS), enumerate(self.material.cell_types)):
            random = np.random.default_rng((self.seed, number, draw))
            for examples, inputs in self._batches(windows, cell_type):
                starts_B = np.array([example.interval.start for example in examples])
                unit_BS = native_units(starts_B, inputs.states_BS.shape[1], self.material.state_bin_width)
                shown_BS, is_hidden_BS = hide_states(inputs.states_BS, unit_BS, _STATE_MASK_RATE, random)
                rows, columns = np.nonzero(is_hidden_BS)
                truth_X = inputs.states_BS[rows, columns]
                encoded_BTD = self.network(inputs._replace(states_BS=shown_BS).tensors(self.engine.device))
                named_BS = self.network.state_head(encoded_BTD).float().argmax(-1).cpu().numpy() + FIRST_STATE
                right[_NETWORK].append((named_BS[rows, columns] == truth_X).astype(np.float64))
                right[_COPY].append((nearest_visible(shown_BS, usual)[rows, columns] == truth_X).astype(np.float64))
                right[_USUAL].append((truth_X == usual).astype(np.float64))
                places.append(self._places(examples)[rows] + columns * BIN)
        return _Hidden(np.concatenate(places), {name: np.concatenate(parts) for name, parts in right.items()})

    def _usual_state(self) -> int:
        """The commonest state where the network was trained."""
        places = stretches(self.description.training, self.material.store.segments, BIN)
        counts = np.zeros(256, dtype=np.int64)
        for cell_type in self.material.cell_types:
            for place in places:
                inputs = self.material.inputs([Example(cell_type, place)], self.channels)
                counts += np.bincount(inputs.states_BS.ravel(), minlength=256)
        return int(counts[FIRST_STATE:].argmax()) + FIRST_STATE


def nearest_visible(shown_BS: NDArray[np.uint8], otherwise: int) -> NDArray[np.uint8]:
    """The state of the nearest visible bin of the same window, the left one of two as near; `otherwise` if none is."""
    bins = np.arange(shown_BS.shape[1])
    distance_SS = np.abs(bins[:, None] - bins)
    copied_BS = np.full_like(shown_BS, otherwise)
    for row, shown_S in enumerate(shown_BS):
        visible = np.flatnonzero(shown_S >= FIRST_STATE)
        if len(visible):
            copied_BS[row] = shown_S[visible[distance_SS[:, visible].argmin(axis=1)]]
    return copied_BS


def _block_width(place_X: NDArray[np.int64]) -> int:
    """The widest blocks of which there are enough to resample."""
    enough = (width for width in BLOCK_WIDTHS if len(np.unique(place_X // width)) >= _FEWEST_BLOCKS)
    return next(enough, BLOCK_WIDTHS[-1])


def _advantages(
    hidden: _Hidden, sign: int, block: int, resamples: int, random: np.random.Generator
) -> dict[str, Estimate]:
    """How much better than each baseline the network is, blocks of the genome being drawn with replacement."""
    if not len(hidden.place_X):
        return {}
    blocks, index_X = np.unique(hidden.place_X // block, return_inverse=True)
    times_RK = draws(len(blocks), resamples, random)
    size_K = np.bincount(index_X, minlength=len(blocks))
    found = {}
    for name, values in hidden.values.items():
        if name != _NETWORK:
            difference_X = sign * (hidden.values[_NETWORK] - values)
            sum_K = np.bincount(index_X, weights=difference_X, minlength=len(blocks))
            resampled_R = (times_RK @ sum_K) / (times_RK @ size_K)
            low, high = np.percentile(resampled_R, [2.5, 97.5])
            found[name] = Estimate(float(difference_X.mean()), float(low), float(high))
    return found
