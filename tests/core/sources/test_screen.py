"""What of a file a screen can show: features or their density, the commonest states, and what is left out."""

from pathlib import Path
from typing import Any

import numpy as np

from ebert_core.genome.features import Feature, Features
from ebert_core.genome.states import Runs
from ebert_core.protocol import codec
from ebert_core.protocol.shapes import RunClass
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.screen import features_for_screen, states_for_screen
from tests.certain import present

NAMES = (RunClass("quiet", "#ffffff"), RunClass("active", "#ff0000"))


ANYWHERE = Path("genes.bed")


def file_of(*found: Feature) -> Features:
    return Features(ANYWHERE, found)


def gene(name: str, start: int, end: int) -> Feature:
    return Feature("chr1", start, end, name, 0.0, "+", -1, ((start, end),), ((start + 1, end - 1),), "", 3)


def test_parts_are_sent_of_features_that_are_four_columns_wide() -> None:
    # On 2,000 columns of 10 bases, four columns are 40 bases.
    found = file_of(gene("B", 100, 140), gene("A", 100, 139))
    shown = features_for_screen(Interval("chr1", 0, 20_000), 2_000, found)
    assert shown.names == ("A", "B")
    assert present(shown.parts).pairs() == [(), ((100, 140),)]
    assert present(shown.thick_parts).pairs() == [(), ((101, 139),)]
    assert (shown.strands, shown.column("transcripts")) == ("++", ("3", "3"))
    assert (shown.omitted, shown.density) == (0, None)


def test_of_more_parts_than_there_is_room_for_the_longest_features_keep_theirs() -> None:
    blocks = tuple((start, start + 1) for start in range(0, 40_000, 2))
    found = [Feature("chr1", 0, 40_000 + more, str(more), blocks=blocks) for more in range(3)]
    shown = features_for_screen(Interval("chr1", 0, 50_000), 2_000, file_of(*found))
    assert [len(pairs) for pairs in present(shown.parts).pairs()] == [0, 20_000, 20_000]


def peak(start: int, score: float, name: str = "p", **more: Any) -> Feature:
    return Feature("chr1", start, start + 5, name, score, summit=start + 2, score_name="signal value", **more)


def test_what_a_file_knows_of_features_is_sent_and_what_it_does_not_know_is_not() -> None:
    view = Interval("chr1", 0, 1_000)
    shown = features_for_screen(view, 1_000, file_of(peak(20, 1.5, colour="#ff0000", strand="-"), peak(40, 2.0)))
    assert (shown.starts.tolist(), shown.ends.tolist(), shown.names) == ([20, 40], [25, 45], ("p", "p"))
    assert (present(shown.scores).tolist(), present(shown.summits).tolist()) == ([1.5, 2.0], [22, 42])
    assert (shown.strands, shown.colours, shown.score_name) == ("-.", ("#ff0000", ""), "signal value")
    bare = features_for_screen(view, 1_000, file_of(Feature("chr1", 20, 25)))
    assert (bare.names, bare.scores, bare.strands, bare.summits, bare.colours) == ((), None, "", None, ())
    assert (bare.parts, bare.thick_parts, bare.columns) == (None, None, ())
    at_the_start = features_for_screen(view, 1_000, file_of(Feature("chr1", 0, 25, summit=0)))
    assert present(at_the_start.summits).tolist() == [0]
    long = features_for_screen(view, 1_000, file_of(Feature("chr1", 20, 25, "n" * 200)))
    assert long.names == (f"{'n' * 79}…",)


def test_features_that_are_too_many_for_their_columns_are_sent_as_their_density() -> None:
    # One feature to 20 bases of a chromosome: on more than 10 bases a column they are less than two columns apart.
    found = file_of(*(peak(start, 1.0) for start in range(0, 80_000, 20)))
    dense = features_for_screen(Interval("chr1", 0, 40_960), 1_000, found)
    assert (len(dense.starts), dense.omitted) == (0, 2_048)
    density = present(dense.density)
    # A column has 41 bases: two features begin in it, or three, and none reaches into the next but at its edge.
    assert density.size == 1_000
    assert set(density.tolist()) == {2, 3}
    told_apart = features_for_screen(Interval("chr1", 0, 9_900), 1_000, found)
    assert (len(told_apart.starts), told_apart.density) == (495, None)
    assert features_for_screen(Interval("chr1", 0, 10_100), 1_000, found).density is not None


def test_a_crowd_on_a_chromosome_that_is_empty_else_is_sent_as_its_density() -> None:
    crowd = [peak(start, 1.0) for start in range(4_001)]
    view = Interval("chr1", 0, 8_000)
    assert features_for_screen(view, 2_000, file_of(*crowd[:-1], peak(900_000_000, 1.0))).density is None
    dense = features_for_screen(view, 2_000, file_of(*crowd, peak(900_000_000, 1.0)))
    assert (dense.omitted, len(dense.names)) == (4_001, 0)
    # Features of five bases that begin on each base: columns of four bases touch eight of them.
    assert present(dense.density).tolist() == [4, *[8] * 999, 5, 1, *[0] * 998]


def test_a_feature_without_bases_is_sent_where_it_lies() -> None:
    found = file_of(Feature("chr1", 0, 0, "first"), Feature("chr1", 1_000, 1_000, "second"))
    names = [
        features_for_screen(Interval("chr1", start, end), 100, found).names
        for start, end in ((0, 1_000), (0, 1_001), (1_000, 2_000), (1_001, 2_000))
    ]
    assert names == [("first",), ("first", "second"), ("second",), ()]


def test_no_stretch_of_a_million_features_sends_more_than_a_few_thousand_or_their_density() -> None:
    rows = range(0, 20_000_000, 20)
    found = file_of(*(Feature("chr1", start, start + 10, "x") for start in rows))
    for level in range(5, 15):
        width = 2_048 << level
        shown = features_for_screen(Interval("chr1", width, 2 * width), 2_048, found)
        sent = len(shown.starts) or present(shown.density).size
        assert sent <= 4_000
        assert len(codec.encode(shown)) < 500_000


def runs_of(*runs: tuple[int, int, int]) -> Runs:
    starts, ends, ids = zip(*runs, strict=True)
    return Runs(np.array(starts, np.int64), np.array(ends, np.int64), np.array(ids, np.uint8))


def test_as_many_runs_as_columns_are_shown_as_they_are_cut_at_the_ends() -> None:
    runs = runs_of((0, 50, 0), (50, 90, 1), (95, 200, 0))
    shown = states_for_screen(Interval("chr1", 10, 100), runs, NAMES, 3)
    assert not shown.is_reduced
    assert (shown.starts.tolist(), shown.ends.tolist(), shown.ids.tolist()) == ([10, 50, 95], [50, 90, 100], [0, 1, 0])
    assert shown.classes == NAMES


def test_more_runs_become_columns_of_what_covers_most_of_them_joined_and_without_gaps() -> None:
    # Columns of 100: mostly active; mostly active; mostly without a state; half and half, which the first takes; quiet.
    runs = runs_of((0, 40, 0), (40, 100, 1), (100, 160, 1), (160, 200, 0), (290, 300, 1), (300, 350, 0), (350, 400, 1),
                   (400, 500, 0))  # fmt: skip
    shown = states_for_screen(Interval("chr1", 0, 500), runs, NAMES, 5)
    assert shown.is_reduced
    assert (shown.starts.tolist(), shown.ends.tolist(), shown.ids.tolist()) == ([0, 300], [200, 500], [1, 0])
    assert shown.ids.dtype == np.uint8
    assert shown.classes == NAMES
    last = states_for_screen(Interval("chr1", 100, 600), runs_of((0, 250, 0), (250, 340, 1), (350, 900, 1)), NAMES, 2)
    assert (last.starts.tolist(), last.ends.tolist(), last.ids.tolist()) == ([100, 350], [350, 600], [0, 1])
