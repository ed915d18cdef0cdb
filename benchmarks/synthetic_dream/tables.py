"""The tables: auPRC of every method on every final set, the organisers' ranking, and the way to the oracle."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from ebert_core.dream.ranking import Standing, ranking
from ebert_core.dream.subsamples import Score
from ebert_core.judging.held_out import bound_peaks

from .scores import STREAMS, FinalSets, Said, averaged
from .steps import PRETRAINED, SCRATCH, UNET

SCAN, LOGISTIC, ORACLE = "motif scan", "motif x accessibility", "oracle"
NAMES = {UNET: "U-Net", SCRATCH: "EBERT from scratch", PRETRAINED: "EBERT pre-trained"}


class FinalSet(msgspec.Struct, frozen=True):
    """One final set: bins that count, bound ones among them, and separate runs of bound bins (peaks)."""

    name: str
    bins: int
    bound: int
    peaks: int


class Ways(msgspec.Struct, frozen=True):
    """Shares of the way from motif x accessibility to the oracle: each seed's, and of their averaged predictions."""

    of_seeds: tuple[float, ...]
    of_average: float


class Method(msgspec.Struct, frozen=True):
    """auPRC by final set: mean and deviation over seeds, and of the seeds' averaged predictions.

    `way` is the share of the way from motif x accessibility to the oracle, by the median over the sets of the seeds'
    means; `by_median` and `by_mean` tell it seed by seed, by medians and by means over the sets.
    """

    name: str
    seeds: int
    auprc: dict[str, float]
    deviation: dict[str, float]
    auprc_averaged: dict[str, float]
    median: float
    median_averaged: float
    way: float
    by_median: Ways
    by_mean: Ways


class Comparison(msgspec.Struct, frozen=True):
    """Everything the run found out; `ranking` is of the averaged predictions, without the oracle."""

    world: str
    sets: tuple[FinalSet, ...]
    methods: tuple[Method, ...]
    ranking: tuple[Standing, ...]


class _Scored(msgspec.Struct, frozen=True):
    name: str
    of_seeds: tuple[dict[str, Score], ...]
    of_average: dict[str, Score]


def compare(finals: FinalSets) -> Comparison:
    """Scores all methods: baselines, networks, networks with an input hidden, the oracle."""
    scored = [
        _scored(finals, SCAN, [finals.motif_scan()]),
        _scored(finals, LOGISTIC, [finals.motif_accessibility()]),
    ]
    seeds = finals.plan.seeds
    for network, name in NAMES.items():
        scored.append(_scored(finals, name, [finals.network(network, seed) for seed in seeds]))
    teams = {each.name: each.of_average for each in scored}
    for network, name in NAMES.items():
        for stream in STREAMS:
            # One seed tells what a network relies on; predicting is what a run spends its time on.
            said = finals.network(network, seeds[0], (stream,))
            scored.append(_scored(finals, f"{name} without {stream}", [said]))
    scored.append(_scored(finals, ORACLE, [finals.oracle()]))
    averages = {each.name: _auprc(each.of_average) for each in scored}
    methods = tuple(_method(each, averages[LOGISTIC], averages[ORACLE]) for each in scored)
    return Comparison(finals.dataset.layout.name, _sets(finals, scored[0].of_average), methods, ranking(teams))


def _scored(finals: FinalSets, name: str, said: Sequence[Said]) -> _Scored:
    return _Scored(name, tuple(finals.scores(each) for each in said), finals.scores(averaged(said)))


def _auprc(scores: Mapping[str, Score]) -> dict[str, float]:
    return {name: float("nan") if score.auprc is None else score.auprc for name, score in scores.items()}


def _median(values: Mapping[str, float]) -> float:
    return float(np.median(list(values.values())))


def _mean(values: Mapping[str, float]) -> float:
    return float(np.mean(list(values.values())))


def _method(scored: _Scored, least: Mapping[str, float], most: Mapping[str, float]) -> Method:
    of_seeds = [_auprc(scores) for scores in scored.of_seeds]
    mean = {name: float(np.mean([values[name] for values in of_seeds])) for name in of_seeds[0]}
    spread = {name: float(np.std([values[name] for values in of_seeds])) for name in of_seeds[0]}
    of_average = _auprc(scored.of_average)

    def way(values: Mapping[str, float], reduce: Callable[[Mapping[str, float]], float]) -> float:
        return (reduce(values) - reduce(least)) / (reduce(most) - reduce(least))

    by_median, by_mean = (
        Ways(tuple(way(values, reduce) for values in of_seeds), way(of_average, reduce)) for reduce in (_median, _mean)
    )
    return Method(
        name=scored.name,
        seeds=len(of_seeds),
        auprc=mean,
        deviation=spread,
        auprc_averaged=of_average,
        median=_median(mean),
        median_averaged=_median(of_average),
        way=way(mean, _median),
        by_median=by_median,
        by_mean=by_mean,
    )


def _sets(finals: FinalSets, scores: Mapping[str, Score]) -> tuple[FinalSet, ...]:
    return tuple(
        FinalSet(name, score.bins, score.bound, bound_peaks(finals.labels[name])) for name, score in scores.items()
    )


def to_json(comparison: Comparison) -> str:
    """The comparison as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(comparison), indent=1).decode()


def markdown(comparison: Comparison) -> str:
    """The comparison as tables for a person."""
    whole = [method for method in comparison.methods if " without " not in method.name]
    hidden = [method for method in comparison.methods if " without " in method.name]
    lines = [f"# {comparison.world}", "", "A test of the pipeline and not of biology. auPRC (Davis-Goadrich);", ""]
    lines += ["mean of the seeds ± their deviation where a method has several.", ""]
    lines += _table(comparison.sets, whole)
    lines += ["", "## Medians, averaged seeds, and the way from motif x accessibility to the oracle", ""]
    lines += ["| method | median | of averaged seeds | way | of averaged seeds |", "|---|---|---|---|---|"]
    lines += [
        f"| {m.name} | {m.median:.3f} | {m.median_averaged:.3f} | {m.way:.0%} | {m.by_median.of_average:.0%} |"
        for m in (*whole, *hidden)
    ]
    lines += ["", "## The way by medians and by means over the sets, averaged seeds (each seed)", ""]
    lines += ["| method | by the median | by the mean |", "|---|---|---|"]
    lines += [f"| {m.name} | {_ways(m.by_median)} | {_ways(m.by_mean)} |" for m in whole]
    lines += ["", "## Ranking by the organisers' rule (averaged seeds)", "", "| team | rank | score |", "|---|---|---|"]
    lines += [f"| {each.team} | {each.rank:g} | {each.mean_score:.3f} |" for each in comparison.ranking]
    lines += ["", "## Each input hidden at run time (first seed)", "", *_table(comparison.sets, hidden)]
    return "\n".join(lines) + "\n"


def _ways(ways: Ways) -> str:
    return f"{ways.of_average:.0%} ({', '.join(f'{each:.0%}' for each in ways.of_seeds)})"


def _table(sets: Sequence[FinalSet], methods: Sequence[Method]) -> list[str]:
    lines = ["| set | bound bins | peaks | " + " | ".join(method.name for method in methods) + " |"]
    lines.append("|---" * (3 + len(methods)) + "|")
    for each in sets:
        cells = [_cell(method, each.name) for method in methods]
        lines.append(f"| {each.name} | {each.bound} | {each.peaks} | " + " | ".join(cells) + " |")
    medians = " | ".join(f"{method.median:.3f}" for method in methods)
    return [*lines, f"| median | | | {medians} |"]


def _cell(method: Method, name: str) -> str:
    spread = f" ± {method.deviation[name]:.3f}" if method.seeds > 1 else ""
    return f"{method.auprc[name]:.3f}{spread}"
