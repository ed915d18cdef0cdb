"""What a person reads in the figures: headings, axes, legends, numbers, and where the marks stand."""

from pathlib import Path
from typing import Any

import matplotlib.figure
import msgspec
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text

from ebert_core.judging.comparison import Estimate, Pair, compare
from ebert_core.judging.curves import ReliabilityBin, factor_curves
from ebert_core.judging.drawing import ACCENT, COLOURS, can_draw
from ebert_core.judging.evaluation import Evaluation
from ebert_core.judging.figures import draw_learning_curve, draw_methods, draw_precision_recall, draw_reliability
from ebert_core.judging.learning_curve import LearningCurve, LearningPoint
from ebert_core.model.description import Versions
from ebert_core.protocol.specs.jobs import Evaluate, FineTune
from tests.certain import of

METHODS = ("ebert", "ebert without states", "motif x accessibility", "motif scan")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that are saved meanwhile, to look into."""
    kept: list[Figure] = []
    save = matplotlib.figure.Figure.savefig

    def keep(figure: Figure, *arguments: Any, **options: Any) -> None:
        kept.append(figure)
        save(figure, *arguments, **options)

    monkeypatch.setattr(matplotlib.figure.Figure, "savefig", keep)
    return kept


def evaluation_of(
    factors: tuple[str, ...] = ("CTCF",),
    threshold: float | None = 0.8,
    methods: tuple[str, ...] = METHODS,
    peaks: int = 40,
) -> Evaluation:
    pairs, curves = [], []
    for number, factor in enumerate(factors):
        random = np.random.default_rng(number)
        is_bound = random.random(2_000) < 0.05
        scores = {name: (random.normal(size=2_000) + 2 * is_bound).astype(np.float32) for name in methods}
        pair = Pair(factor, "K562", is_bound, np.arange(2_000) // 100, peaks, scores)
        curves.append(factor_curves([pair], methods, {"K562": 1 / (1 + np.exp(-scores["ebert"]))}, threshold))
        pairs.append(pair)
    spec = Evaluate("d.toml", "c", "o.json", ("chr5", "chr7:1-900"))
    return Evaluation(spec, "0", Versions("1", "2", "3"), compare(pairs, 20, 1), tuple(curves), ())


def texts(figure: Figure) -> list[str]:
    return [each.get_text() for each in figure.findobj(Text) if each.get_text() and each.get_visible()]


def legend(figure: Figure) -> list[str]:
    [found] = figure.legends
    return [each.get_text() for each in found.get_texts()]


def across(line: Line2D) -> list[float]:
    found: list[float] = np.asarray(line.get_xdata(), dtype=float).tolist()
    return found


def up(line: Line2D) -> list[float]:
    found: list[float] = np.asarray(line.get_ydata(), dtype=float).tolist()
    return found


def dots(axes: Axes) -> list[tuple[float, float]]:
    return [(across(line)[0], up(line)[0]) for line in axes.lines if line.get_marker() == "o" and across(line)]


def test_precision_and_recall_are_named_at_the_outer_axes_of_every_factor(drawn: list[Figure], tmp_path: Path) -> None:
    factors = tuple("ABCDEF")
    assert draw_precision_recall(evaluation_of(factors), tmp_path / "x.png")
    axes = [each for each in drawn[0].axes if each.axison]
    assert [each.get_title(loc="left") for each in axes] == list(factors)
    assert [bool(each.get_ylabel()) for each in axes] == [True, False, False, False, True, False]
    assert [bool(each.get_xlabel()) for each in axes] == [False, False, True, True, True, True]
    assert (axes[4].get_xlabel(), axes[4].get_ylabel()) == ("recall", "precision")
    assert all(each.get_xlim() == each.get_ylim() == (0, 1) for each in axes)
    assert legend(drawn[0]) == ["ebert", "motif x accessibility", "motif scan", "called bound"]
    # Where the last row ends early, the axes above say where they stand.
    assert [each.xaxis.get_tick_params()["labelbottom"] for each in axes] == [False, False, True, True, True, True]


def test_the_curves_of_a_factor_lie_above_the_share_that_is_bound_with_a_dot_where_bins_are_called(
    drawn: list[Figure], tmp_path: Path
) -> None:
    evaluation = evaluation_of()
    [factor] = evaluation.factors
    assert draw_precision_recall(evaluation, tmp_path / "x.png")
    [axes] = drawn[0].axes
    assert "K562, 40 peaks" in texts(drawn[0])
    by_name = {line.get_label(): line for line in axes.lines}
    assert tuple(across(by_name["ebert"])) == factor.curves["ebert"].recall
    assert tuple(up(by_name["ebert"])) == factor.curves["ebert"].precision
    assert by_name["ebert"].get_linewidth() > by_name["motif scan"].get_linewidth()
    assert (by_name["ebert"].get_color(), by_name["motif scan"].get_color()) == (COLOURS[0], COLOURS[2])
    assert factor.bound_bins / factor.bins in [up(line)[0] for line in axes.lines if len(up(line)) == 2]
    assert dots(axes) == [(factor.threshold_recall, factor.threshold_precision)]
    assert "p ≥ 0.8" in texts(drawn[0])
    [called] = [line for line in axes.lines if line.get_marker() == "o" and across(line)]
    assert called.get_color() == ACCENT


def test_without_a_threshold_nothing_is_said_to_be_called(drawn: list[Figure], tmp_path: Path) -> None:
    evaluation = evaluation_of(threshold=None, methods=METHODS[:1], peaks=1)
    assert draw_precision_recall(evaluation, tmp_path / "x.png")
    assert legend(drawn[0]) == ["ebert"]
    assert not any("≥" in text for text in texts(drawn[0]))
    assert "K562, 1 peak" in texts(drawn[0])


def test_of_many_methods_the_first_and_the_baselines_have_curves(drawn: list[Figure], tmp_path: Path) -> None:
    methods = ("ebert", *(f"control {number}" for number in range(5)), "motif x accessibility", "motif scan")
    assert draw_precision_recall(evaluation_of(methods=methods), tmp_path / "x.png")
    named = ["ebert", "control 0", "control 1", "motif x accessibility", "motif scan"]
    assert legend(drawn[0]) == [*named, "called bound"]


def test_the_words_at_a_threshold_stand_below_a_dot_at_the_top(drawn: list[Figure], tmp_path: Path) -> None:
    [factor] = evaluation_of().factors
    for precision, side in ((0.5, 1), (0.95, -1)):
        evaluation = msgspec.structs.replace(
            evaluation_of(), factors=(msgspec.structs.replace(factor, threshold_precision=precision),)
        )
        draw_precision_recall(evaluation, tmp_path / "x.png")
        [said] = [each for each in drawn[-1].findobj(Text) if each.get_text().startswith("p ≥")]
        assert of(Annotation, said).xyann[1] * side > 0


def test_what_was_bound_stands_at_what_was_predicted_with_its_interval_and_bins(
    drawn: list[Figure], tmp_path: Path
) -> None:
    points = (
        ReliabilityBin(0.0, 0.1, 2_500_000, 0.05, 0.04, 0.03, 0.06),
        ReliabilityBin(0.4, 0.5, 12_000, 0.45, 0.5, 0.3, 0.7),
        ReliabilityBin(0.9, 1.0, 19, 0.95, 0.9, 0.6, 1.0),
    )
    evaluation = evaluation_of()
    [factor] = evaluation.factors
    evaluation = msgspec.structs.replace(evaluation, factors=(msgspec.structs.replace(factor, reliability=points),))
    assert draw_reliability(evaluation, tmp_path / "x.png")
    [axes] = drawn[0].axes
    assert dots(axes) == [(point.predicted, point.observed) for point in points]
    bars = [tuple(up(line)) for line in axes.lines if line.get_marker() != "o"]
    assert bars == [(0, 1), *((point.least, point.most) for point in points)]
    filled = [line.get_markerfacecolor() != "white" for line in axes.lines if line.get_marker() == "o"]
    assert filled == [True, True, False], "few bins are hollow"
    said = texts(drawn[0])
    assert all(count in said for count in ("2.5M", "12k", "19"))
    assert f"{factor.bound_bins} of 2,000 bins bound" in said
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted probability", "share that is bound")
    assert any(text.startswith("Bars: 95 % interval over 100-kb blocks. Numbers: bins") for text in said)
    assert axes.get_xlim()[0] < 0 < 1 < axes.get_xlim()[1]
    assert axes.get_ylim()[0] < 0 < 1 < axes.get_ylim()[1]


def test_outer_axes_of_many_factors_say_what_was_predicted(drawn: list[Figure], tmp_path: Path) -> None:
    assert draw_reliability(evaluation_of(tuple("ABCDE")), tmp_path / "x.png")
    axes = [each for each in drawn[0].axes if each.axison]
    assert [bool(each.get_xlabel()) for each in axes] == [False, True, True, True, True]
    assert [bool(each.get_ylabel()) for each in axes] == [True, False, False, False, True]


def test_methods_are_bars_from_the_top_with_their_score_and_interval(drawn: list[Figure], tmp_path: Path) -> None:
    evaluation = evaluation_of()
    mean = evaluation.comparison.mean
    assert draw_methods(evaluation, tmp_path / "x.png")
    [axes] = drawn[0].axes
    assert [each.get_text() for each in axes.get_yticklabels()] == list(METHODS)
    assert axes.yaxis_inverted()
    assert [of(Rectangle, bar).get_width() for bar in axes.patches] == [mean[method].value for method in METHODS]
    assert [tuple(across(line)) for line in axes.lines] == [(mean[name].low, mean[name].high) for name in METHODS]
    said = texts(drawn[0])
    assert all(f"  {mean[method].value:.3f}" in said for method in METHODS)
    assert "Mean auPRC over 1 pairs" in said
    assert "chr5, chr7:1-900; 95 % intervals over 100-kb blocks" in said
    assert 0 == axes.get_xlim()[0] < max(each.high for each in mean.values()) < axes.get_xlim()[1]


def test_pooled_scores_are_drawn_where_no_pair_counts(drawn: list[Figure], tmp_path: Path) -> None:
    assert draw_methods(evaluation_of(peaks=3), tmp_path / "x.png")
    assert "Pooled auPRC" in texts(drawn[0])
    nothing = msgspec.structs.replace(evaluation_of(peaks=3).comparison, pooled={})
    assert not draw_methods(msgspec.structs.replace(evaluation_of(), comparison=nothing), tmp_path / "x.png")


def test_a_learning_curve_has_a_line_per_start_a_dot_per_seed_and_the_shares_on_its_axis(
    drawn: list[Figure], tmp_path: Path
) -> None:
    def estimate(value: float) -> Estimate:
        return Estimate(value, value - 0.1, value + 0.1)

    points = tuple(
        LearningPoint(share, seed, estimate(high), estimate(low), estimate(high - low), "motif alone", estimate(0.2))
        for share, seed, high, low in ((0.01, 1, 0.4, 0.3), (0.01, 2, 0.6, 0.3), (1.0, 1, 0.8, 0.7))
    )
    curve = LearningCurve(FineTune("d", "o", ("chr1",), ("chr2",)), ("chr5",), 3, points)
    draw_learning_curve(curve, tmp_path / "x.png")
    [axes] = drawn[0].axes
    lines = {str(line.get_label()): line for line in axes.lines if not str(line.get_label()).startswith("_")}
    assert legend(drawn[0]) == list(lines) == ["pre-trained", "random weights", "motif alone"]
    assert up(lines["pre-trained"]) == pytest.approx([0.5, 0.8])
    assert across(lines["random weights"]) == [0.01, 1.0]
    assert across(lines["pre-trained"])[0] < 0.01 < across(lines["motif alone"])[0]
    assert sorted(y for _, y in dots(axes)) == pytest.approx([0.2, 0.2, 0.2, 0.3, 0.3, 0.4, 0.6, 0.7, 0.8])
    bars = [tuple(up(line)) for line in axes.lines if len(set(across(line))) == 1 and line.get_marker() != "o"]
    assert len(bars) == 9
    assert all(high - low == pytest.approx(0.2) for low, high in bars)
    assert axes.get_xscale() == "log"
    assert [each.get_text() for each in axes.get_xticklabels()] == ["1 %", "100 %"]
    assert list(axes.get_xticks(minor=True)) == []
    assert axes.get_xlim()[0] < 0.0094
    assert axes.get_xlim()[1] > 1.06
    assert axes.get_ylim()[0] == 0
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("share of the labels", "mean auPRC")
    assert axes.get_title(loc="left") == "What labels and pre-training bring"
    assert "3 pairs on chr5; 95 % intervals over blocks of the genome" in texts(drawn[0])


def test_matplotlib_is_there_and_a_figure_is_drawn_into_its_file_only(drawn: list[Figure], tmp_path: Path) -> None:
    assert can_draw()
    assert draw_methods(evaluation_of(), tmp_path / "x.png")
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]
