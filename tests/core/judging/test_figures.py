"""Figures and curves: what they rest on, and that every file appears."""

import runpy
from pathlib import Path

import msgspec
import numpy as np
import pytest

from ebert_core.judging.comparison import Pair, compare
from ebert_core.judging.curves import curve, factor_curves, reliability_bins
from ebert_core.judging.drawing import colour_of
from ebert_core.judging.evaluation import Evaluation, read_evaluation, shortened, table
from ebert_core.judging.figures import draw_evaluation
from ebert_core.model.description import Versions
from ebert_core.protocol.specs.jobs import Evaluate
from ebert_core.protocol.terms.errors import InvalidRequest

METHODS = ("ebert", "ebert without states", "motif x accessibility", "motif scan")


def pair_of(cell_type: str, peaks: int = 40) -> Pair:
    random = np.random.default_rng(len(cell_type))
    is_bound = random.random(2_000) < 0.05
    scores = {name: (random.normal(size=2_000) + 2 * is_bound).astype(np.float32) for name in METHODS}
    return Pair("CTCF", cell_type, is_bound, np.arange(2_000) // 100, peaks, scores)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    pairs = [pair_of("K562"), pair_of("HepG2", peaks=3)]
    likely = {pair.cell_type: 1 / (1 + np.exp(-pair.scores["ebert"])) for pair in pairs}
    drawn = (factor_curves(pairs, METHODS, likely, 0.8),)
    spec = Evaluate("d.toml", "c", "o.json", ("chr5",))
    return Evaluation(spec, "0", Versions("1", "2", "3"), compare(pairs, 20, 1), drawn, ("A note.",))


def test_a_curve_holds_the_precision_at_every_recall() -> None:
    found = curve(np.array([True, False, True, False]), np.array([4.0, 3.0, 2.0, 1.0]))
    assert found.recall == (0.5, 1.0)
    assert found.precision == (1.0, 0.66667)
    assert curve(np.zeros(3, bool), np.arange(3.0)).recall == ()


def test_probabilities_that_mean_what_they_say_lie_on_the_diagonal() -> None:
    random = np.random.default_rng(2)
    probability = random.random(40_000)
    found = reliability_bins(random.random(40_000) < probability, probability, np.arange(40_000) // 2_000)
    assert [each.bins for each in found] == pytest.approx([4_000] * 10, rel=0.1)
    for each in found:
        assert each.observed == pytest.approx(each.predicted, abs=0.03)
        assert each.least <= each.observed <= each.most


def test_what_lies_in_one_block_is_known_no_better_than_one_trial() -> None:
    is_bound = np.zeros(400, bool)
    is_bound[:8] = True
    [low, high] = reliability_bins(is_bound, np.where(is_bound, 0.95, 0.05), np.arange(400) // 40)
    assert (high.observed, high.most) == (1.0, 1.0)
    assert high.least < 0.3
    assert low.most - low.least > 0


def test_the_threshold_lies_on_the_curve_of_the_checkpoint(evaluation: Evaluation) -> None:
    [factor] = evaluation.factors
    assert factor.cell_types == ("K562", "HepG2")
    first = factor.curves["ebert"]
    nearest = int(np.abs(np.array(first.recall) - factor.threshold_recall).argmin())
    assert first.precision[nearest] == pytest.approx(factor.threshold_precision, abs=0.03)


def test_all_figures_appear_beside_the_scores(evaluation: Evaluation, tmp_path: Path) -> None:
    [sentence] = draw_evaluation(evaluation, tmp_path / "s.json")
    assert sentence == "Figures beside the scores: s.precision_recall.png, s.reliability.png, s.methods.png."
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())
    with pytest.raises(InvalidRequest, match="could not be written"):
        draw_evaluation(evaluation, tmp_path / "no" / "s.json")


def test_the_table_says_what_counts_and_every_pair(evaluation: Evaluation) -> None:
    text = table(evaluation)
    assert "median and mean over 1 of 2 pairs (at least 15 peaks)" in text
    assert "[3] motif x accessibility" in text
    row = next(line for line in text.splitlines() if "HepG2" in line)
    assert row.endswith("too few to count")
    assert text.endswith("A note.")


def test_baselines_keep_their_colours() -> None:
    assert colour_of(0, "motif x state") == colour_of(5, "motif x accessibility")
    assert len({colour_of(0, "ebert"), colour_of(1, "motif scan"), colour_of(2, "motif alone")}) == 3
    assert shortened("a" * 50, 11) == "aaaaa…aaaaa"


def test_a_file_that_is_no_evaluation_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(InvalidRequest, match="holds no evaluation"):
        read_evaluation(tmp_path / "x.json")
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_evaluation(tmp_path / "absent.json")
    (tmp_path / "y.json").write_text('{"masked": 1}')
    with pytest.raises(InvalidRequest, match="holds no evaluation"):
        read_evaluation(tmp_path / "y.json")


def test_one_command_draws_from_the_files(
    evaluation: Evaluation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draws = runpy.run_path(str(Path(__file__).parents[3] / "tools" / "figures.py"))["main"]
    (tmp_path / "s.json").write_bytes(msgspec.json.encode(evaluation))
    assert draws([str(tmp_path / "s.json"), "--to", str(tmp_path / "drawn")]) == 0
    assert len(list((tmp_path / "drawn").iterdir())) == 3
    (tmp_path / "other.json").write_text("{}")
    assert draws([str(tmp_path / "other.json")]) == 2
    assert "holds no evaluation" in capsys.readouterr().err
