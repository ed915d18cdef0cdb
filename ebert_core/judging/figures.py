"""The pictures of an evaluation: precision against recall, what probabilities were worth, methods side by side."""

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from ebert_core.judging.comparison import Estimate
from ebert_core.judging.curves import FactorCurves
from ebert_core.judging.drawing import (
    ACCENT,
    COLOURS,
    HAIRLINE,
    MUTED,
    TEXT,
    can_draw,
    colour_of,
    figure,
    grid,
    legend_below,
    title,
)
from ebert_core.judging.evaluation import Evaluation, shortened
from ebert_core.judging.learning_curve import LearningCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = 4
_MOST_FACTORS = 24
_CALLED = "called bound"
_FEW_BINS = 20
_MOST_CURVES = 5


def draw_evaluation(evaluation: Evaluation, scores: Path) -> list[str]:
    """Draws what there is to draw beside the file of scores, and says in sentences what was drawn or why not."""
    if not can_draw():
        return ["No figures were drawn: matplotlib is not installed; pip install matplotlib."]
    drawers: dict[str, Callable[[Evaluation, Path], bool]] = {
        "precision_recall": draw_precision_recall,
        "reliability": draw_reliability,
        "methods": draw_methods,
    }
    made = []
    for name, draw in drawers.items():
        path = scores.with_name(f"{scores.stem}.{name}.png")
        if draw(evaluation, path):
            made.append(path.name)
    return [f"Figures beside the scores: {', '.join(made)}."] if made else []


def draw_precision_recall(evaluation: Evaluation, path: Path) -> bool:
    """A small picture per factor: precision against recall of the methods, a dot where bins are called bound."""
    factors = [factor for factor in evaluation.factors if factor.bound_bins][:_MOST_FACTORS]
    if not factors:
        return False
    methods = list(factors[0].curves)
    named = {method: shortened(method, 40) for method in _chosen(methods)}
    columns = min(_COLUMNS, len(factors))
    rows = -(-len(factors) // columns)
    with figure(max(4.6, 2.7 * columns), 0.7 + 2.5 * rows, path) as drawn:
        axes = grid(drawn, len(factors), columns)
        for number, (axis, factor) in enumerate(zip(axes, factors, strict=True)):
            _precision_recall(axis, factor, named, methods)
            if number >= len(factors) - columns:
                axis.set_xlabel("recall")
            if number % columns == 0:
                axis.set_ylabel("precision")
        calls = [_CALLED] if any(factor.threshold_precision is not None for factor in factors) else []
        legend_below(drawn, axes[0], [*named.values(), *calls])
    return True


def _precision_recall(axis: "Axes", factor: FactorCurves, named: Mapping[str, str], methods: list[str]) -> None:
    cells = factor.cell_types[0] if len(factor.cell_types) == 1 else f"{len(factor.cell_types)} cell types"
    title(axis, factor.factor, f"{cells}, {factor.peaks:,} {'peak' if factor.peaks == 1 else 'peaks'}")
    for method in reversed(list(named)):
        found = factor.curves[method]
        is_first = method == methods[0]
        colour = colour_of(methods.index(method), method)
        axis.plot(found.recall, found.precision, color=colour, label=named[method], lw=1.9 if is_first else 1.2)
    axis.axhline(factor.bound_bins / factor.bins, color=MUTED, lw=0.7, ls=(0, (2, 3)))
    axis.plot([], [], "o", color=ACCENT, label=_CALLED, ms=5)
    if factor.threshold is not None and factor.threshold_precision is not None:
        assert factor.threshold_recall is not None
        axis.plot(
            [factor.threshold_recall], [factor.threshold_precision], "o", color=ACCENT, ms=6, mec="white", zorder=5
        )
        axis.annotate(
            f"p ≥ {factor.threshold:.2g}",
            (factor.threshold_recall, factor.threshold_precision),
            textcoords="offset points",
            # Below the dot where it stands at the top: above lies the heading.
            xytext=(7, 5 if factor.threshold_precision < 0.9 else -12),
            fontsize=7.5,
            color=ACCENT,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
        )
    axis.set_xlim(0, 1)
    axis.set_ylim(0, 1)


def draw_reliability(evaluation: Evaluation, path: Path) -> bool:
    """A small picture per factor: the share of bins that was bound against what was predicted, with counts."""
    factors = [factor for factor in evaluation.factors if factor.reliability][:_MOST_FACTORS]
    if not factors:
        return False
    columns = min(_COLUMNS, len(factors))
    rows = -(-len(factors) // columns)
    with figure(max(4.6, 2.7 * columns), 0.5 + 2.7 * rows, path) as drawn:
        axes = grid(drawn, len(factors), columns)
        for number, (axis, factor) in enumerate(zip(axes, factors, strict=True)):
            _reliability(axis, factor)
            if number >= len(factors) - columns:
                axis.set_xlabel("predicted probability")
            if number % columns == 0:
                axis.set_ylabel("share that is bound")
        drawn.supxlabel(
            f"Bars: 95 % interval over {_blocks(evaluation)}. Numbers: bins in each point, hollow below {_FEW_BINS}; "
            "neighbouring bins overlap.",
            fontsize=8,
            color=MUTED,
            x=0.01,
            ha="left",
        )
    return True


def _reliability(axis: "Axes", factor: FactorCurves) -> None:
    title(axis, factor.factor, f"{factor.bound_bins:,} of {factor.bins:,} bins bound")
    axis.plot([0, 1], [0, 1], color=MUTED, lw=0.8, ls=(0, (2, 3)))
    points = factor.reliability
    for point in points:
        axis.plot([point.predicted] * 2, [point.least, point.most], color=COLOURS[0], lw=1)
        inside = "white" if point.bins < _FEW_BINS else COLOURS[0]
        axis.plot([point.predicted], [point.observed], "o", color=COLOURS[0], mfc=inside, ms=4)
        where = (point.predicted, min(point.most, 1.0))
        axis.annotate(
            _count(point.bins), where, textcoords="offset points", xytext=(0, 3), fontsize=6, color=MUTED, ha="center"
        )
    axis.set_xlim(-0.04, 1.04)
    axis.set_ylim(-0.02, 1.1)


def draw_methods(evaluation: Evaluation, path: Path) -> bool:
    """Bars of mean auPRC by method with their intervals, the checkpoint and its ablations first."""
    found = evaluation.comparison
    measure, over = found.mean, f"mean auPRC over {found.counted_pairs} pairs"
    if not measure:
        measure, over = found.pooled, "pooled auPRC"
    if not measure:
        return False
    methods = list(measure)
    labels = [shortened(method, 46) for method in methods]
    with figure(7.2, 1.1 + 0.36 * len(methods), path) as drawn:
        axis = drawn.subplots()
        _bars(axis, measure, labels)
        small = f"{', '.join(evaluation.spec.regions)}; 95 % intervals over {_blocks(evaluation)}"
        title(axis, over[0].upper() + over[1:], small)
    return True


def draw_learning_curve(curve: LearningCurve, path: Path) -> None:
    """Mean auPRC over the share of labels, pre-trained and from random weights; a dot per seed, lines through means."""
    with figure(5.6, 3.6, path) as drawn:
        axis = drawn.subplots()
        points = curve.points
        lines: list[tuple[str, str, list[Estimate | None]]] = [
            ("pre-trained", COLOURS[0], [point.pretrained for point in points]),
            ("random weights", COLOURS[3], [point.random for point in points]),
            (points[0].baseline_name, COLOURS[1], [point.baseline for point in points]),
        ]
        for number, (name, colour, estimates) in enumerate(lines):
            known = [(point.share, each) for point, each in zip(points, estimates, strict=True) if each is not None]
            if known:
                _learning_line(axis, name, colour, known, 1 + 0.06 * (number - 1))
        axis.set_xscale("log")
        shares = sorted({point.share for point in points})
        axis.set_xticks(shares, [f"{100 * share:g} %" for share in shares], minor=False)
        axis.set_xticks([], minor=True)
        axis.set_xlim(shares[0] / 1.6, shares[-1] * 1.6)
        axis.set_xlabel("share of the labels")
        axis.set_ylabel("mean auPRC")
        axis.set_ylim(bottom=0)
        small = f"{curve.counted_pairs} pairs on {', '.join(curve.regions)}; 95 % intervals over blocks of the genome"
        title(axis, "What labels and pre-training bring", small)
        legend_below(drawn, axis, [name for name, _, _ in lines])


def _learning_line(axis: "Axes", name: str, colour: str, known: list[tuple[float, Estimate]], beside: float) -> None:
    """The line of one start; `beside` keeps the intervals of several lines apart."""
    shares = sorted({share for share, _ in known})
    means = [fmean(each.value for share, each in known if share == wanted) for wanted in shares]
    axis.plot([share * beside for share in shares], means, color=colour, label=name)
    for share, each in known:
        axis.plot([share * beside], [each.value], "o", color=colour, ms=4.5, mec="white", zorder=4)
        axis.plot([share * beside] * 2, [each.low, each.high], color=colour, lw=1, alpha=0.7)


def _bars(axis: "Axes", measure: Mapping[str, Estimate], labels: list[str]) -> None:
    for row, (method, estimate) in enumerate(measure.items()):
        colour = colour_of(0, method)
        axis.barh(row, estimate.value, color=colour, alpha=1.0 if row == 0 else 0.55, height=0.62)
        axis.plot([estimate.low, estimate.high], [row, row], color=TEXT, lw=1)
        axis.text(estimate.high, row, f"  {estimate.value:.3f}", va="center", fontsize=8, color=TEXT)
    axis.set_yticks(range(len(labels)), labels)
    axis.tick_params(axis="y", length=0, labelcolor=TEXT)
    axis.invert_yaxis()
    axis.grid(visible=False, axis="y")
    axis.spines["left"].set_color(HAIRLINE)
    axis.set_xlim(0, max(estimate.high for estimate in measure.values()) * 1.15)


def _chosen(methods: list[str]) -> list[str]:
    """The methods whose curves are drawn: ablations are left to the bars, baselines come last."""
    whole = [method for method in methods if " without " not in method]
    return whole if len(whole) <= _MOST_CURVES else [*whole[: _MOST_CURVES - 2], *whole[-2:]]


def _blocks(evaluation: Evaluation) -> str:
    return f"{evaluation.block_width // 1000}-kb blocks"


def _count(bins: int) -> str:
    return f"{bins / 1e6:.1f}M" if bins >= 1e6 else f"{bins / 1e3:.0f}k" if bins >= 1e4 else f"{bins:,}"
