"""From logits to probabilities that mean what they say: Platt's map per factor, fitted on held-out bins, and tested."""

# X = held-out bins of one factor.

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.scoring import auprc, thresholds
from ebert_core.judging.held_out import HeldOut, separate_loci
from ebert_core.judging.platt import Levels, levels, pooled
from ebert_core.judging.reliability import measured, reliability_of, transfer_of
from ebert_core.model.description import Calibration, FactorRecord
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.terms.reliability import Transfer

_FEWEST_BOUND = 20
_FEWEST_SCORED = 10


class FactorMap(NamedTuple):
    """The map of a factor, probability = logistic(slope x logit + offset), and the covariance of the two (2, 2)."""

    slope: float
    offset: float
    covariance_22: NDArray[np.float64]


class HeldOutGroups(NamedTuple):
    """What is held out of a factor: cell types in which it was not trained, and the trained ones."""

    others: list[HeldOut]
    known: list[HeldOut]

    def measured_in(self) -> list[HeldOut]:
        """Where to calibrate and measure: the other cell types where enough is bound there, else the trained ones."""
        enough = (group for group in self if _bound(group) >= _FEWEST_BOUND)
        return next(enough, None) or self.others or self.known


def factor_records(
    trained: Mapping[str, tuple[str, ...]],
    pairs: Sequence[HeldOut],
    validation: Sequence[Interval],
    choosers: Collection[str] | None = None,
) -> tuple[FactorRecord, ...]:
    """Calibration, its test, threshold, score and what probabilities are worth, of every factor on held-out loci.

    `trained` are the factors in their order, with the cell types each was trained in, `pairs` the factors at the
    held-out loci in these and in held-out cell types. All of a factor is measured in held-out cell types where enough
    is bound there, else in trained ones; the trained ones also serve to test whether a map that was fitted on them
    holds in a held-out one. `choosers` are the cell types whose bins chose the epoch; all of them unless said
    otherwise.
    """
    splits = {factor: _grouped(factor, cell_types, pairs) for factor, cell_types in trained.items()}
    groups = {factor: split.measured_in() for factor, split in splits.items()}
    maps, tests = factor_maps(groups), transfers(splits)
    records = []
    for factor, group in groups.items():
        if not group:
            records.append(FactorRecord(factor, trained[factor]))
            continue
        where = f"{', '.join(pair.cell_type for pair in group)} on {', '.join(map(format_locus, validation))}"
        fitted = maps.get(factor)
        calibration = Calibration(fitted.slope, fitted.offset, where, len(maps) - 1) if fitted else Calibration()
        is_bound_X, logit_X = _joined(group)
        score = auprc(is_bound_X, logit_X) if _bound(group) >= _FEWEST_SCORED else None
        reliability = reliability_of(
            [measured(pair, calibration.slope, calibration.offset) for pair in group],
            tuple(dict.fromkeys(place.chromosome for place in validation)),
            is_other_cell_type=group is splits[factor].others,
            chose_epoch=choosers is None or any(pair.cell_type in choosers for pair in group),
            transfers=tests[factor],
            auprc=score,
            map_variance=variance_of_total(fitted, logit_X) if fitted else None,
        )
        record = FactorRecord(factor, trained[factor], calibration, reliability=reliability)
        records.append(record if score is None else _scored(record, is_bound_X, logit_X, score, where))
    return tuple(records)


def factor_maps(groups: Mapping[str, Sequence[HeldOut]]) -> dict[str, FactorMap]:
    """The map of every factor, each drawn to the mean of all as far as its own peaks leave it open.

    A factor with too few bound bins for a map of its own gets nearly the mean map, where there are others; alone it has
    none, and nor has a factor without scored bins.
    """
    scored = {factor: list(group) for factor, group in groups.items() if _unbound(group) >= _FEWEST_BOUND}
    if not any(_bound(group) >= _FEWEST_BOUND for group in scored.values()):
        return {}
    bound = sum(map(_bound, scored.values()))
    usual = sum(separate_loci(group) for group in scored.values()) / bound
    maps = pooled([_levels(group, usual) for group in scored.values()])
    found = zip(scored, maps.weights_F2.tolist(), maps.covariance_F22, strict=True)
    return {factor: FactorMap(slope, offset, covariance_22) for factor, (slope, offset), covariance_22 in found}


def transfers(splits: Mapping[str, HeldOutGroups]) -> dict[str, tuple[Transfer, ...]]:
    """How maps fitted elsewhere fit each held-out cell type, by factor.

    Fitted on the other held-out cell types; on the trained ones where there is no other. Cell types for which neither
    has enough bound bins are left out: nothing was tested there.
    """
    found: dict[str, list[Transfer]] = {factor: [] for factor in splits}
    cell_types = dict.fromkeys(pair.cell_type for split in splits.values() for pair in split.others)
    for cell_type in cell_types:
        sources = {
            factor: HeldOutGroups(
                [pair for pair in split.others if pair.cell_type != cell_type], split.known
            ).measured_in()
            for factor, split in splits.items()
        }
        maps = factor_maps(sources)
        for factor, split in splits.items():
            tested = [pair for pair in split.others if pair.cell_type == cell_type]
            if not tested or factor not in maps or _bound(sources[factor]) < _FEWEST_BOUND:
                continue
            cell = measured(tested[0], maps[factor].slope, maps[factor].offset)
            transfer = transfer_of(cell, tuple(each.cell_type for each in sources[factor]))
            found[factor] += [transfer] if transfer else []
    return {factor: tuple(each) for factor, each in found.items()}


def best_f1_threshold(is_bound_X: NDArray[np.bool_], probability_X: NDArray[np.floating]) -> float | None:
    """The probability at and above which calling bins bound gives the best F1; None without a bound bin."""
    if not is_bound_X.any():
        return None
    counts = thresholds(is_bound_X, probability_X)
    called = counts.true_positives + counts.false_positives
    f1 = 2 * counts.true_positives / (called + int(is_bound_X.sum()))
    return float(counts.scores[int(f1.argmax())])


def _grouped(factor: str, trained: tuple[str, ...], pairs: Sequence[HeldOut]) -> HeldOutGroups:
    of_factor = [pair for pair in pairs if pair.factor == factor]
    return HeldOutGroups(
        [pair for pair in of_factor if pair.cell_type not in trained],
        [pair for pair in of_factor if pair.cell_type in trained],
    )


def _scored(
    record: FactorRecord, is_bound_X: NDArray[np.bool_], logit_X: NDArray[np.float32], score: float, where: str
) -> FactorRecord:
    """The record with threshold and score."""
    calibration = record.calibration
    exponent_X = np.clip(calibration.slope * logit_X + calibration.offset, -80, 80)
    threshold = best_f1_threshold(is_bound_X, 1 / (1 + np.exp(-exponent_X)))
    return msgspec.structs.replace(record, threshold=threshold, auprc=score, scored_on=where)


def _levels(group: Sequence[HeldOut], usual: float) -> Levels:
    """The bins of a factor for the fit: every cell type weighs the same, and every separate locus counts once.

    Neighbouring bins share their peak, and cell types their loci. `usual` is how many separate loci there are for each
    bound bin over all factors, for a factor that has none.
    """
    is_bound_X, logit_X = _joined(group)
    sizes = [len(pair.scored()[0]) for pair in group]
    weight_X = np.repeat([1 / max(size, 1) for size in sizes], sizes)
    bound = int(is_bound_X.sum())
    independent = separate_loci(group) / bound if bound else usual
    return levels(is_bound_X, logit_X, weight_X * (independent * len(weight_X) / weight_X.sum()))


def variance_of_total(fitted: FactorMap, logit_X: NDArray[np.float32]) -> float:
    """How uncertain the logarithm of the number of bins predicted to be bound is, because the map is."""
    exponent_X = np.clip(fitted.slope * logit_X.astype(np.float64) + fitted.offset, -80, 80)
    probability_X = 1 / (1 + np.exp(-exponent_X))
    slope_X = probability_X * (1 - probability_X)
    gradient_2 = np.array([slope_X @ logit_X, slope_X.sum()]) / probability_X.sum()
    return float(gradient_2 @ fitted.covariance_22 @ gradient_2)


def _bound(pairs: Sequence[HeldOut]) -> int:
    return sum(int(pair.scored()[0].sum()) for pair in pairs)


def _unbound(pairs: Sequence[HeldOut]) -> int:
    return sum(int((~pair.scored()[0]).sum()) for pair in pairs)


def _joined(pairs: Sequence[HeldOut]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    scored = [pair.scored() for pair in pairs]
    return np.concatenate([is_bound_X for is_bound_X, _ in scored]), np.concatenate([logit_X for _, logit_X in scored])
