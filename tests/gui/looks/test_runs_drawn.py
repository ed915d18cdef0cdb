"""Where runs of states stand, where their names do, and which one is under the cursor."""

from collections.abc import Callable

import numpy as np
import pytest

from ebert_core.protocol.shapes import RunClass, Runs
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.looks.runs import ink_on
from ebert_gui.widgets.theme import LIGHT
from tests.gui.drawn import content_of, draw, paint, words_at
from tests.gui.pages import Page, Written

HERE = Interval("chr1", 0, 10_000)
NAMES = (RunClass("Tx", "#00aa00"), RunClass("Quies", "#dddddd"))
STATES = StatesTrack(cell_type="alpha")


def states(*runs: tuple[int, int, int]) -> Runs:
    starts, ends, ids = (np.array([run[field] for run in runs]) for field in range(3))
    return Runs(HERE, starts, ends, ids.astype(np.uint8), NAMES)


def test_a_state_fills_exactly_its_bases_in_its_colour(new_page: Callable[..., Page]) -> None:
    page = new_page()
    names = (RunClass("Tx", "#00aa00"), RunClass("Quies", "#dddddd"))
    states = Runs(HERE, np.array([1200, 1400]), np.array([1400, 1600]), np.array([0, 1], dtype=np.uint8), names)
    paint(page.surface, STATES, content_of("states", HERE, states), Scale())
    assert page.is_blank(19, 25)
    assert [page.colour_at(x, 25) for x in (20, 39, 40, 59)] == ["#00aa00", "#00aa00", "#dddddd", "#dddddd"]
    assert page.is_blank(60, 25)


def test_states_leave_four_pixels_free_above_and_below_and_a_line_where_there_are_none(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page()
    near = Interval("chr1", 1100, 1900)
    content = TrackContent({"states": (Held(1, near, states((1200, 1400, 0))),)})
    draw(page, STATES, content, 24.0)
    assert page.down(30) == [(4, 20, "#00aa00")]
    assert page.across(12) == [(20, 40, "#00aa00")]
    assert page.across(19) == [(10, 20, LIGHT.hairline), (20, 40, "#00aa00"), (40, 90, LIGHT.hairline)]


def test_a_reply_beside_the_view_leaves_no_line(new_page: Callable[..., Page], written: list[Written]) -> None:
    page = new_page()
    content = TrackContent({"states": (Held(1, Interval("chr1", 0, 900), states((100, 200, 0))),)})
    draw(page, STATES, content, 24.0)
    assert page.across(19) == []


@pytest.mark.parametrize(("height", "is_named"), [(17.0, False), (18.0, True)])
def test_a_state_is_named_in_the_middle_of_what_is_visible_of_it(
    new_page: Callable[..., Page], written: list[Written], height: float, is_named: bool
) -> None:
    content = content_of("states", HERE, states((0, 3000, 0), (3000, 3100, 0), (3100, 3200, 1), (4000, 9000, 1)))
    draw(new_page(1.0, (500, 30)), STATES, content, height, width=500.0)
    # Pieces that touch are one run, [0, 3100), of which [1000, 3100) is seen; the last is seen up to 6000.
    expected = [("Tx", 0, 210, NAMES[0].colour), ("Quies", 300, 500, NAMES[1].colour)] if is_named else []
    assert [(each.text, each.left, each.right) for each in written] == [each[:3] for each in expected]
    assert [each.colour for each in written] == [ink_on(each[3]) for each in expected]


def test_a_run_that_is_too_narrow_for_its_name_has_none_and_the_finest_reply_names(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    surface = new_page().surface
    needed = surface.text_width("Quies", 10) + 10
    for width, is_named in ((needed - 1, False), (needed + 1, True)):
        written.clear()
        coarse = Held(1, HERE, states((0, 10_000, 0)), 5)
        fine = Held(2, HERE, states((2000, 2000 + round(width * 10), 1)), 0)
        draw(new_page(), STATES, TrackContent({"states": (coarse, fine)}), 24.0, width=500.0)
        assert ("Quies" in [each.text for each in written]) is is_named
        assert "Tx" not in [each.text for each in written]


@pytest.mark.parametrize(
    ("colour", "ink"), [("#ffffff", "#1a1f26"), ("#8c8c8c", "#ffffff"), ("#8d8d8d", "#1a1f26"), ("#0000ff", "#ffffff")]
)
def test_names_are_black_on_light_colours_and_white_on_dark_ones(colour: str, ink: str) -> None:
    assert ink_on(colour) == ink
    assert ink_on("#00c800") == "#ffffff"
    assert ink_on("#ff8000") == "#1a1f26"


def test_the_state_under_the_cursor_is_that_of_the_finest_reply(new_page: Callable[..., Page]) -> None:
    content = content_of("states", HERE, states((1000, 2000, 0)), states((1000, 1500, 1), (1600, 1700, 0)))
    assert words_at(STATES, content, HERE, 999, 1000, 1499, 1500, 1600, 1699, 1700) == [
        *("no state", "Quies", "Quies", "no state", "Tx", "Tx", "no state"),
    ]
    assert words_at(STATES, content, HERE, 10_000, -1) == ["", ""]
