"""What a model has to beat: a motif scan, a logistic regression on motif, accessibility and state, and boosted trees.

Accessibility and a motif alone came first in the ENCODE-DREAM challenge; a network that does not beat them has not
learned to be worth its cost.
"""

# R = bins, K = features, M = motifs, C = signals, Z = motif features, A = chromatin features.

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.channels import Channels, derived
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import BOUND, UNBOUND, measured_labels, scorable_bins
from ebert_core.dataset.store import Store
from ebert_core.judging.logistic import fit_logistic
from ebert_core.judging.trees import TREES, TreeFit, can_grow_trees, grow_trees
from ebert_core.material.evidence import Evidence, channels_of_dataset, evidence, pieces
from ebert_core.model.tokens import FIRST_STATE
from ebert_core.protocol.terms.grid import POSITION
from ebert_core.protocol.terms.hearing import tell_progress
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import TellProgress
from ebert_core.protocol.terms.wording import listed

MOTIF_SCAN = "motif scan"
_ACCESSIBILITY = ("dnase", "atac", "faire", "accessib")
_UNBOUND_BINS = 30_000
_MOST_BASES = 400_000_000
_FEWEST_BOUND = 4
_NOTHING_TO_READ = "no motif matrix, no accessibility, no signal that the model reads and no chromatin states"
# Derived signals that are another way to read one signal. What binding(F) names is a factor, and a signal of that name
# would be its ChIP-seq.
_OF_ONE_SIGNAL = ("log", "quantile", "difference")
# Chosen with the features on two chromosomes of real data, each held out in turn; see docs/verdict.md.
_PENALTY = 300.0
_OFFSET_PENALTY = 1e-6
_HINGES = (0.9, 0.99, 0.999)
# Of the motif features: the hit nearby and its first hinge are what signals and states multiply.
_MULTIPLIED = slice(1, 3)


class Sample(NamedTuple):
    """Bins to fit on, of one factor; an unbound bin that stands for others weighs as many."""

    evidence: Evidence
    is_bound_R: NDArray[np.bool_]
    weight_R: NDArray[np.float64]


class FactorFit(NamedTuple):
    """The fitted regression of one factor. `motif` is its column among the motifs, or -1; `knots` are of its hinges."""

    motif: int
    knots: NDArray[np.float64]
    mean_K: NDArray[np.float64]
    deviation_K: NDArray[np.float64]
    weights_K: NDArray[np.float64]
    offset: float

    def scores(self, known: Evidence, states: int) -> NDArray[np.float32]:
        """The logit of each bin."""
        features_RK = features(known, self.motif, self.knots, states)
        scaled_RK = (features_RK - self.mean_K) / self.deviation_K
        return np.asarray(np.nan_to_num(scaled_RK) @ self.weights_K + self.offset, dtype=np.float32)


class MotifAccessibility:
    """Logistic regressions by factor, and trees where they were wanted, ready to score any region and cell type.

    `absent` says of each factor without a fit why it has none.
    """

    def __init__(self, dataset: Dataset, store: Store, channels: Channels) -> None:
        self.dataset = dataset
        self.store = store
        self.channels = channels
        self.fits: dict[str, FactorFit] = {}
        self.trees: dict[str, TreeFit] = {}
        self.absent: dict[str, str] = {}
        self.lacks_trees = False

    @property
    def name(self) -> str:
        """What it is, after what the dataset has."""
        return name_of(self.channels)

    @property
    def inputs(self) -> str:
        """What it reads, in words."""
        motif = ["the factor's motif"] if self.channels.motifs else []
        return ", ".join([*motif, *self.channels.signals, *(["state"] if self.channels.states else [])])

    def notes(self) -> list[str]:
        """Sentences on what it reads, and on what could not be as the name says."""
        if not self.inputs:
            found = [f"No baseline could be fitted: the dataset has {_NOTHING_TO_READ}."]
        else:
            also = f", and {TREES} read the same" if self.trees else ""
            found = [f"{self.name.capitalize()} reads {self.inputs}{also}; fitted where the model was trained."]
            for reason in dict.fromkeys(self.absent.values()):
                named = [factor for factor, why in self.absent.items() if why == reason]
                found.append(f"{self.name.capitalize()} could not be fitted for {listed(named, 6)}: {reason}.")
        bare = [factor for factor, fit in self.fits.items() if fit.motif < 0]
        found += [f"No matrix of {', '.join(bare)}: the baseline has no motif there."] if bare else []
        if self.lacks_trees:
            found.append("Boosted trees are left out, since scikit-learn is not installed; the extra `model` has it.")
        return found

    def scores(self, cell_type: str, regions: Sequence[Interval]) -> dict[str, NDArray[np.float32]]:
        """The regression's logit of every bin that starts in the regions, joined, by factor."""
        return self.every_score(cell_type, regions).get(self.name, {})

    def every_score(self, cell_type: str, regions: Sequence[Interval]) -> dict[str, dict[str, NDArray[np.float32]]]:
        """By method (the regression under its name, and the trees) and factor, the logit of every bin, joined."""
        found: dict[str, dict[str, list[NDArray[np.float32]]]] = {self.name: {}, TREES: {}}
        places = list(pieces(regions))
        for number, piece in enumerate(places):
            known = evidence(self.store, self.channels, cell_type, piece)
            for factor, fit in self.fits.items():
                tell_progress(number / len(places), f"scoring {piece.chromosome} by {self.name}")
                found[self.name].setdefault(factor, []).append(fit.scores(known, len(self.channels.states)))
            for factor, grown in self.trees.items():
                tell_progress(number / len(places), f"scoring {piece.chromosome} by {TREES}")
                found[TREES].setdefault(factor, []).append(grown.scores(known))
        return {
            method: {factor: np.concatenate(parts) for factor, parts in by_factor.items()}
            for method, by_factor in found.items()
        }


def motif_scan(dataset: Dataset, store: Store, regions: Sequence[Interval]) -> dict[str, NDArray[np.float32]]:
    """Best log-odds of every factor's matrix in each bin and 100 bp on either side, over the regions joined."""
    names = dataset.matrices.names
    if not names:
        return {}
    channels = Channels(motifs=dataset.matrices)
    cell_type = dataset.cell_types[0]  # motifs are the same in all
    places, parts = list(pieces(regions)), []
    for number, piece in enumerate(places):
        tell_progress(number / len(places), f"scanning {piece.chromosome} for motifs")
        parts.append(evidence(store, channels, cell_type, piece).motif_near_RM)
    best_RM = np.concatenate(parts)
    return {name: best_RM[:, column] for column, name in enumerate(names)}


def name_of(channels: Channels) -> str:
    """The name of the regression on these inputs; "baseline" when there are none."""
    if not (channels.motifs or channels.signals or channels.states):
        return "baseline"
    left = "motif" if channels.motifs else ""
    if any(map(_is_access, channels.signals)):
        right = "accessibility"
    else:
        right = "signals" if channels.signals else "state" if channels.states else ""
    return " x ".join(filter(None, (left, right))) if right else "motif alone"


def fit_motif_accessibility(  # noqa: PLR0913  # what a fit reads, where, with which choices
    dataset: Dataset,
    store: Store,
    regions: Sequence[Interval],
    cell_types: Sequence[str],
    factors: Sequence[str],
    model_signals: Sequence[str] = (),
    report: TellProgress = lambda _fraction, _note: None,
    seed: int = 1,
    with_trees: bool = False,
) -> MotifAccessibility:
    """Fits, for every factor with bound bins, a logistic regression on the regions in the cell types that assayed it.

    Features are the best motif log-odds in the bin and 100 bp around it (with hinges at high quantiles), the means of
    signals in the bin and 500 bp around its middle, the state, and the products of motif with signals and states. Its
    signals are accessibility and those that the model reads, and no others: a dataset may also list the very ChIP-seq
    that the labels were called from, and a baseline that reads it knows the answers.
    Ambiguous bins and pairs that were never assayed are left out. Bound bins are all taken, of the unbound about 30,000
    a factor, each weighted by as many as it stands for. On very long regions, evenly spaced megabases are taken.

    Args:
        dataset: whose labels.
        store: what was made of the dataset.
        regions: where to fit, on multiples of 200.
        cell_types: where to fit; a factor is fitted where it was assayed.
        factors: which.
        model_signals: the channels of the model that is compared; derived ones stand for the signal they are made of.
        report: told how far it is; may raise to end the work.
        seed: of the draw of unbound bins.
        with_trees: whether to grow boosted trees on the same bins, too.
    """
    channels = _channels(dataset, cell_types, model_signals)
    samples = _draw(dataset, store, channels, _spread(regions, len(cell_types)), cell_types, factors, report, seed)
    found = MotifAccessibility(dataset, store, channels)
    found.lacks_trees = with_trees and not can_grow_trees()
    for number, factor in enumerate(factors):
        report(0.7 + 0.3 * number / len(factors), f"fitting {name_of(channels)} for {factor}")
        _fit_factor(found, factor, samples[factor], seed if with_trees and not found.lacks_trees else None)
    return found


def _fit_factor(found: MotifAccessibility, factor: str, sample: Sample | None, trees_by: int | None) -> None:
    """Fits one factor, or notes why it cannot be; `trees_by` is the seed of its trees, None where none are grown."""
    channels = found.channels
    motifs = channels.motifs.names if channels.motifs else ()
    motif = motifs.index(factor) if factor in motifs else -1
    if reason := _why_absent(sample, motif >= 0 or bool(channels.signals or channels.states)):
        found.absent[factor] = reason
        return
    assert sample is not None
    found.fits[factor] = fit(sample, motif, len(channels.states))
    if trees_by is not None and not sample.is_bound_R.all():
        found.trees[factor] = grow_trees(sample.evidence, sample.is_bound_R, sample.weight_R, motif, trees_by)


def _channels(dataset: Dataset, cell_types: Sequence[str], model_signals: Sequence[str]) -> Channels:
    """What a baseline reads."""
    whole = channels_of_dataset(dataset)
    wanted = _signals(dataset, cell_types, model_signals)
    has_states = any(dataset.cell_type(cell).states for cell in cell_types)
    return Channels(whole.states if has_states else (), wanted, whole.motifs)


def _why_absent(sample: Sample | None, has_features: bool) -> str:
    """Why nothing can be fitted; empty where something can."""
    if not has_features:
        return f"the dataset has {_NOTHING_TO_READ} for it"
    if sample is None:
        return "it was not assayed in the training cell types"
    bound = int(sample.is_bound_R.sum())
    if bound < _FEWEST_BOUND:
        bins = f"{bound} bin{'' if bound == 1 else 's'}"
        return f"{bins if bound else 'no bin'} of it {'is' if bound < 2 else 'are'} bound where it was trained"
    return ""


def _signals(dataset: Dataset, cell_types: Sequence[str], model_signals: Sequence[str]) -> tuple[str, ...]:
    """Signals measured in any of the cell types: accessibility, and what the model reads or derives its own from."""
    measured = {name for cell in cell_types for name in dataset.cell_type(cell).signals}
    parts = {name: derived(name) for name in model_signals}
    of_model = {known.of if known and known.kind in _OF_ONE_SIGNAL else name for name, known in parts.items()}
    return tuple(name for name in dataset.signal_names if name in measured and (name in of_model or _is_access(name)))


def _is_access(signal: str) -> bool:
    return any(word in signal.lower() for word in _ACCESSIBILITY)


def _spread(regions: Sequence[Interval], cell_types: int) -> list[Interval]:
    """Pieces of the regions; evenly spaced ones where all would take too long."""
    found = list(pieces(regions))
    bases = sum(piece.length for piece in found) * cell_types
    step = max(1, -(-bases // _MOST_BASES))
    return found[::step]


def _draw(  # noqa: PLR0913  # what is drawn from, where and for whom
    dataset: Dataset,
    store: Store,
    channels: Channels,
    places: Sequence[Interval],
    cell_types: Sequence[str],
    factors: Sequence[str],
    report: TellProgress,
    seed: int,
) -> dict[str, Sample | None]:
    """The bins to fit on, by factor."""
    bins = sum(place.length for place in places) / POSITION
    cells_of = {factor: [cell for cell in cell_types if dataset.is_assayed(cell, factor)] for factor in factors}
    share_of = {factor: min(1.0, _UNBOUND_BINS / max(1.0, bins * len(cells))) for factor, cells in cells_of.items()}
    random = np.random.default_rng((seed, 29))
    drawn: dict[str, list[Sample]] = {factor: [] for factor in factors}
    for number, place in enumerate(places):
        report(0.7 * number / len(places), f"reading {place.chromosome} for {name_of(channels)}")
        is_scorable_P = scorable_bins(dataset, place)
        for cell_type in cell_types:
            assayed = [factor for factor in factors if cell_type in cells_of[factor]]
            known = evidence(store, channels, cell_type, place) if assayed else None
            for factor in assayed:
                assert known is not None
                labels_P = np.where(is_scorable_P, measured_labels(dataset, cell_type, factor, place), -1)
                is_drawn_P = (labels_P == UNBOUND) & (random.random(len(labels_P)) < share_of[factor])
                chosen = np.flatnonzero((labels_P == BOUND) | is_drawn_P)
                is_bound_R = labels_P[chosen] == BOUND
                weight_R = np.where(is_bound_R, 1.0, 1 / share_of[factor])
                drawn[factor].append(Sample(known.rows(chosen), is_bound_R, weight_R))
    return {factor: _joined(parts) for factor, parts in drawn.items()}


def _joined(parts: Sequence[Sample]) -> Sample | None:
    if not parts:
        return None
    columns = [np.concatenate(arrays) for arrays in zip(*(part.evidence for part in parts), strict=True)]
    return Sample(
        Evidence(*columns),
        np.concatenate([part.is_bound_R for part in parts]),
        np.concatenate([part.weight_R for part in parts]),
    )


def features(known: Evidence, motif: int, knots: NDArray[np.float64], states: int) -> NDArray[np.float64]:
    """The features (R, K) of bins: motif, chromatin, and their products. NaN marks a signal that is not there."""
    motif_RZ = _motif_features(known, motif, knots)
    state_RS = known.state_R[:, None] == np.arange(FIRST_STATE, FIRST_STATE + states)
    missing_RC = np.isnan(known.signal_in_bin_RC)
    signal_RC = np.concatenate((known.signal_in_bin_RC, known.signal_near_RC), axis=1)
    chromatin_RA = np.concatenate((signal_RC, state_RS), axis=1, dtype=np.float64)
    products = [motif_R[:, None] * chromatin_RA for motif_R in motif_RZ.T[_MULTIPLIED]]
    return np.concatenate([motif_RZ, chromatin_RA, missing_RC, *products], axis=1)


def _motif_features(known: Evidence, motif: int, knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """In the bin, nearby, and how far beyond each knot; no columns without a matrix."""
    if motif < 0:
        return np.empty((len(known.state_R), 0))
    near_R = known.motif_near_RM[:, motif].astype(np.float64)
    beyond = [np.maximum(0, near_R - knot) for knot in knots]
    return np.stack([known.motif_in_bin_RM[:, motif], near_R, *beyond], axis=1)


def fit(sample: Sample, motif: int, states: int, penalty: float = _PENALTY) -> FactorFit:
    """Weighted logistic regression with an L2 penalty on standardised features, by Newton's method.

    Neighbouring bins overlap by three quarters, so four of them count as one against the penalty.
    """
    weight_R = sample.weight_R / 4
    knots = np.empty(0)
    if motif >= 0:
        near_R = sample.evidence.motif_near_RM[~sample.is_bound_R, motif].astype(np.float64)
        knots = np.quantile(near_R, _HINGES) if len(near_R) else np.zeros(len(_HINGES))
    features_RK = features(sample.evidence, motif, knots, states)
    mean_K, deviation_K = _standard(features_RK, weight_R)
    scaled_RK = np.nan_to_num((features_RK - mean_K) / deviation_K)
    design_RK = np.concatenate((scaled_RK, np.ones((len(scaled_RK), 1))), axis=1)
    base = float(np.average(sample.is_bound_R, weights=weight_R))
    start_K = np.append(np.zeros(scaled_RK.shape[1]), np.log(base / (1 - base)))
    penalty_K = np.append(np.full(scaled_RK.shape[1], penalty), _OFFSET_PENALTY)
    weights_K = fit_logistic(design_RK, sample.is_bound_R, start_K, penalty_K, weight_R)
    return FactorFit(motif, knots, mean_K, deviation_K, weights_K[:-1], float(weights_K[-1]))


def _standard(
    features_RK: NDArray[np.float64], weight_R: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weighted mean and deviation of the values that are there; 0 and 1 for features that never vary."""
    is_there_RK = ~np.isnan(features_RK)
    total_K = np.maximum(weight_R @ is_there_RK, 1e-9)
    mean_K = (weight_R @ np.nan_to_num(features_RK)) / total_K
    spread_RK = np.where(is_there_RK, features_RK - mean_K, 0.0)
    deviation_K = np.sqrt((weight_R @ spread_RK**2) / total_K)
    return mean_K, np.where(deviation_K > 1e-6, deviation_K, 1.0)
