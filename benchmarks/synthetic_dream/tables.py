"""The tables: auPRC of every method on every final set, the organisers' ranking, and the way to the oracle."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from benchmarks.synthetic_dream.scores import STREAMS, FinalSets, Said, averaged
from benchmarks.synthetic_dream.steps import PRETRAINED, SCRATCH, UNET
from ebert_core.dream.ranking import Standing, ranking
from ebert_core.dream.subsamples import Score
from ebert_core.training.held_out import bound_peaks

SCAN, LOGISTIC, ORACLE = "motif scan", "motif x accessibility", "oracle"
NAMES = {UNET: "U-Net", SCRATCH: "EBERT from scratch", PRETRAINED: "EBERT pre-trained"}


class FinalSet(msgspec.Struct, frozen=True):
    """One final set: bins that count, bound ones among them, and separate runs of bound bins (peaks)."""

    name: str
    bins: int
    bound: int
    peaks: int


class Method(msgspec.Struct, frozen=True):
    """auPRC by final set: mean and deviation over seeds, and of the seeds' averaged predictions.

    `way` is the share of the way from motif x accessibility to the oracle, by medians over the sets; `way_averaged` the
    same of the averaged predictions.
    """

    name: str
    seeds: int
    auprc: dict[str, float]
    deviation: dict[str, float]
    auprc_averaged: dict[str, float]
    median: float
    median_averaged: float
    way: float
    way_averaged: float


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
    medians = {each.name: _median(_auprc(each.of_average)) for each in scored}
    methods = tuple(_method(each, medians[LOGISTIC], medians[ORACLE]) for each in scored)
    return Comparison(finals.dataset.layout.name, _sets(finals, scored[0].of_average), methods, ranking(teams))


def _scored(finals: FinalSets, name: str, said: Sequence[Said]) -> _Scored:
    return _Scored(name, tuple(finals.scores(each) for each in said), finals.scores(averaged(said)))


def _auprc(scores: Mapping[str, Score]) -> dict[str, float]:
    return {name: float("nan") if score.auprc is None else score.auprc for name, score in scores.items()}


def _median(values: Mapping[str, float]) -> float:
    return float(np.median(list(values.values())))


def _method(scored: _Scored, least: float, most: float) -> Method:
    of_seeds = [_auprc(scores) for scores in scored.of_seeds]
    mean = {name: float(np.mean([values[name] for values in of_seeds])) for name in of_seeds[0]}
    spread = {name: float(np.std([values[name] for values in of_seeds])) for name in of_seeds[0]}
    of_average = _auprc(scored.of_average)
    median, median_averaged = _median(mean), _median(of_average)
    way, way_averaged = ((value - least) / (most - least) for value in (median, median_averaged))
    return Method(
        scored.name, len(of_seeds), mean, spread, of_average, median, median_averaged, float(way), float(way_averaged)
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
        f"| {m.name} | {m.median:.3f} | {m.median_averaged:.3f} | {m.way:.0%} | {m.way_averaged:.0%} |"
        for m in (*whole, *hidden)
    ]
    lines += ["", "## Ranking by the organisers' rule (averaged seeds)", "", "| team | rank | score |", "|---|---|---|"]
    lines += [f"| {each.team} | {each.rank:g} | {each.mean_score:.3f} |" for each in comparison.ranking]
    lines += ["", "## Each input hidden at run time (first seed)", "", *_table(comparison.sets, hidden)]
    return "\n".join(lines) + "\n"


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
