"""The organisers' ranking, counted by hand."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from ebert_core.dream.ranking import average_ranks, combined_ranks, left_aside, ranking, read_results
from ebert_core.dream.subsamples import Figures, Score
from ebert_core.protocol.terms.errors import InvalidRequest


def figures(value: float | None, **changes: float | None) -> Figures:
    same = dict.fromkeys(("recall_at_50_fdr", "recall_at_25_fdr", "recall_at_10_fdr", "recall_at_05_fdr"), value)
    return Figures(**{"auroc": value, "auprc": value, **same, **changes}, f1=0.0, bins=9, bound=3, ambiguous=0)


def score(*values: float) -> Score:
    """A score whose figures are the same all over; ten subsamples, from one value or ten."""
    ten = values * 10 if len(values) == 1 else values
    return Score(**msgspec.structs.asdict(figures(values[0])), subsamples=tuple(map(figures, ten)))


def order(results: dict[str, dict[str, Score]]) -> list[tuple[str, float]]:
    return [(each.team, each.rank) for each in ranking(results)]


def test_ties_share_the_average_of_their_ranks() -> None:
    assert average_ranks(np.array([3.0, 1.0, 3.0, 2.0, 3.0])).tolist() == [4, 1, 4, 2, 4]
    assert average_ranks(np.array([5.0, 5.0])).tolist() == [1.5, 1.5]


def test_four_figures_are_combined_by_the_logarithms_of_their_ranks() -> None:
    # Ranks by recall at 10 %, recall at 50 %, auPRC, auROC: a 1 1 3 3 (product 9), b 2 2 2 2 (16), c 3 3 1 1 (9).
    a = figures(0.5, recall_at_10_fdr=0.9, recall_at_50_fdr=0.9, auprc=0.1, auroc=0.1)
    b = figures(0.5)
    c = figures(0.5, recall_at_10_fdr=0.1, recall_at_50_fdr=0.1, auprc=0.9, auroc=0.9)
    assert combined_ranks([a, b, c])[1] == 3
    # The first is best in one figure and second in the others: 1 2 2 2 against 2 1 1 1.
    first, second = figures(0.4, auprc=0.9), figures(0.5)
    assert combined_ranks([first, second]).tolist() == [2, 1]


def test_recall_at_25_and_5_percent_do_not_count() -> None:
    assert (
        combined_ranks([figures(0.5, recall_at_25_fdr=0.9, recall_at_05_fdr=0.9), figures(0.5)]).tolist() == [1.5] * 2
    )


def test_a_figure_without_a_value_is_the_worst() -> None:
    assert combined_ranks([figures(None), figures(0.0), figures(0.5)]).tolist() == [3, 2, 1]


def test_the_better_team_is_first_on_one_set() -> None:
    standings = ranking({"b": {"CTCF PC-3": score(0.4)}, "a": {"CTCF PC-3": score(0.6)}})
    assert [(each.team, each.rank) for each in standings] == [("a", 1.0), ("b", 2.0)]
    # With two teams rank / 3: the first gets 1/3, the second 2/3, which counts 0.5.
    assert [each.mean_score for each in standings] == pytest.approx([1 / 3, 0.5])
    assert standings[0].ranks == {"CTCF PC-3": 1.0}


def test_a_missing_set_counts_one_half_and_the_others_are_ranked_among_those_who_submitted() -> None:
    results = {
        "all": {"x": score(0.5), "y": score(0.5)},
        "best": {"x": score(0.9)},
        "third": {"x": score(0.1), "y": score(0.4)},
    }
    standings = {each.team: each for each in ranking(results)}
    # Set x, n = 3: best 1/4, all 2/4, third 3/4 -> 0.5. Set y, n = 2: all 1/3, third 2/3 -> 0.5; best is missing: 0.5.
    expected = {"best": (1 / 4 + 1 / 2) / 2, "all": (1 / 2 + 1 / 3) / 2, "third": (1 / 2 + 1 / 2) / 2}
    assert {name: each.mean_score for name, each in standings.items()} == pytest.approx(expected)
    assert order(results) == [("best", 1.0), ("all", 2.0), ("third", 3.0)]
    assert standings["best"].missing == ("y",)
    assert standings["best"].ranks == {"x": 1.0}


def test_the_second_best_of_ten_ranks_counts() -> None:
    # a wins one subsample: its second best rank is 2. b wins nine: 1.
    results = {"a": {"x": score(0.9, *[0.1] * 9)}, "b": {"x": score(*[0.5] * 10)}}
    assert order(results) == [("b", 1.0), ("a", 2.0)]
    # Each wins at least two, so both are first; the mean score puts the winner of eight in front.
    results = {"a": {"x": score(0.9, 0.9, *[0.1] * 8)}, "b": {"x": score(*[0.5] * 10)}}
    assert order(results) == [("b", 1.0), ("a", 1.0)]
    assert ranking(results)[1].mean_score == pytest.approx((2 * 1 / 3 + 8 * 0.5) / 10)


def test_equal_teams_share_their_rank_and_one_team_alone_is_first() -> None:
    assert order({"a": {"x": score(0.5)}, "b": {"x": score(0.5)}}) == [("a", 1.5), ("b", 1.5)]
    assert order({"a": {"x": score(0.5)}}) == [("a", 1.0)]


def write(folder: Path, name: str, content: bytes | Score) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else msgspec.json.encode(content))


def test_a_directory_holds_teams_or_is_one(tmp_path: Path) -> None:
    write(tmp_path / "all" / "one", "F.CTCF.PC-3.json", score(0.5))
    write(tmp_path / "all" / "one", "L.CTCF.GM12878.json", score(0.5))
    write(tmp_path / "all" / "two", "F.MAX.liver.json", score(0.5))
    write(tmp_path / "ours", "F.CTCF.PC-3.json", score(0.5))
    (tmp_path / "all" / "notes").mkdir()
    found = read_results([tmp_path / "all", tmp_path / "ours"])
    assert {team: list(sets) for team, sets in found.items()} == {
        "one": ["CTCF PC-3"], "two": ["MAX liver"], "ours": ["CTCF PC-3"],
    }  # fmt: skip
    assert list(read_results([tmp_path / "all"], "L")) == ["one"]


def test_what_lies_beside_the_scores_is_named(tmp_path: Path) -> None:
    write(tmp_path / "one", "F.CTCF.PC-3.json", score(0.5))
    write(tmp_path / "one", "F.CTCF.PC-3.tab.gz", b"")
    write(tmp_path / "one", "L.CTCF.PC-3.json", score(0.5))
    assert left_aside([tmp_path]) == left_aside([tmp_path / "one"]) == []
    write(tmp_path / "one", "F.MAX.liver.tab.gz", b"")
    write(tmp_path / "one", "CTCF.json", score(0.5))
    write(tmp_path / "notes", "x.txt", b"")
    named = ["notes", "one/CTCF.json", "one/F.MAX.liver.tab.gz"]
    assert [str(path.relative_to(tmp_path)) for path in left_aside([tmp_path])] == named


def test_what_cannot_be_ranked_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="There is no directory"):
        read_results([tmp_path / "absent"])
    with pytest.raises(InvalidRequest, match=r"holds no TEAM/F\.TF\.CELL\.json"):
        read_results([tmp_path])
    write(tmp_path / "a" / "team", "F.CTCF.PC-3.json", score(0.5))
    with pytest.raises(InvalidRequest, match="Two folders are named team"):
        read_results([tmp_path / "a", tmp_path / "a" / "team"])
    write(tmp_path / "b" / "team", "F.CTCF.PC-3.json", score(0.5, 0.6))
    with pytest.raises(InvalidRequest, match="has 2 subsamples; 10 are compared"):
        read_results([tmp_path / "b"])
    write(tmp_path / "c" / "team", "F.CTCF.PC-3.json", b'{"auROC": 1}')
    with pytest.raises(InvalidRequest, match=r"is not what `ebert dream score` writes: .*auPRC"):
        read_results([tmp_path / "c"])
