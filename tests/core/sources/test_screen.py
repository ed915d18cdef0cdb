"""What of a file a screen can show: the longest genes, the best peaks, the commonest states, and what is left out."""

import numpy as np
import pytest

from ebert_core.genome.features import Feature
from ebert_core.genome.states import Runs
from ebert_core.protocol.shapes import RunClass
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.screen import genes_for_screen, peaks_for_screen, states_for_screen
from tests.certain import present

NAMES = (RunClass("quiet", "#ffffff"), RunClass("active", "#ff0000"))


def gene(name: str, start: int, end: int) -> Feature:
    return Feature("chr1", start, end, name, 0.0, "+", -1, ((start, end),), ((start + 1, end - 1),), "", 3)


def test_exons_are_drawn_of_genes_that_are_four_pixels_wide() -> None:
    # On 2,000 columns of 10 bases, four pixels are 40 bases.
    shown = genes_for_screen(Interval("chr1", 0, 20_000), [gene("B", 100, 140), gene("A", 100, 139)])
    assert shown.names == ("A", "B")
    assert present(shown.parts).pairs() == [(), ((100, 140),)]
    assert present(shown.thick_parts).pairs() == [(), ((101, 139),)]
    assert (shown.strands, shown.column("transcripts")) == ("++", ("3", "3"))
    assert shown.omitted == 0


def test_of_too_many_genes_the_longest_are_shown_in_their_order_and_the_rest_counted() -> None:
    found = [gene(f"G{number}", number * 10, number * 10 + 1 + number) for number in range(1_600)]
    shown = genes_for_screen(Interval("chr1", 0, 20_000), found)
    assert shown.names == tuple(f"G{number}" for number in range(100, 1_600))
    assert shown.omitted == 100
    assert genes_for_screen(Interval("chr1", 0, 20_000), found[:1_500]).omitted == 0


def peak(start: int, score: float, name: str = "p") -> Feature:
    return Feature("chr1", start, start + 5, name, score, summit=start + 2)


@pytest.mark.parametrize(("count", "named"), [(500, True), (501, False), (4_000, False)])
def test_peaks_are_all_shown_up_to_four_thousand_and_named_up_to_five_hundred(count: int, named: bool) -> None:
    shown = peaks_for_screen(Interval("chr1", 0, 80_000), [peak(number * 20, number) for number in range(count)])
    assert (len(shown.starts), shown.omitted, len(shown.names)) == (count, 0, count if named else 0)
    assert (shown.starts[1], shown.ends[1], present(shown.summits)[1], present(shown.scores)[1]) == (20, 25, 22, 1.0)
    assert shown.starts.dtype == np.int64
    assert present(shown.scores).dtype == np.float32


def test_of_too_many_peaks_the_best_of_each_column_is_shown() -> None:
    # 4,000 columns of 20 bases from 1,000 on; a peak that begins before the view belongs to the first column.
    found = [peak(990, 9.0), *(peak(1_000 + number * 20, 1.0) for number in range(4_000)), peak(1_045, 5.0)]
    shown = peaks_for_screen(Interval("chr1", 1_000, 81_000), found)
    assert shown.omitted == 2
    assert sorted(shown.starts.tolist()) == sorted([990, 1_020, 1_045, *range(1_060, 81_000, 20)])
    equal = [*found[1:-1], peak(1_041, 1.0)]
    assert 1_041 not in peaks_for_screen(Interval("chr1", 1_000, 81_000), equal).starts, "the first of equals stays"


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
