"""What an attention track shows: up from the anchor, down to it, its window, and the triangle of a window."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtGui import QColor

from ebert_core.protocol.shapes import Grid, Matrix
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.browser.surface import Surface
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.state.scope import Scope
from ebert_gui.widgets.theme import LIGHT
from tests.gui import toy_shapes
from tests.gui.drawn import annotate, draw, paint, words_at
from tests.gui.pages import Page, Written
from tests.toy_summaries import checkpoint_summary

WINDOW = Interval("chr1", 1200, 1800)
UNCLICKED = Scope(None, checkpoint_summary(layers=2))
SCOPE = UNCLICKED._replace(anchor=Interval("chr1", 1500, 1501))
TRACK = AttentionTrack(cell_type="alpha", layer=1)
UP, DOWN = LIGHT.attention[-2], LIGHT.attention[-3]
ALL_CAPTION = "attention, not contacts · layer 2, mean of heads · up: from the anchor, down: to it · full height 0.4"


def profile(window: Interval = WINDOW) -> Grid:
    """Weights per 10 bases: 0.4 from the anchor in the first half of the window, 0.2 to it in the second."""
    half = window.length // 20
    return toy_shapes.profile(window, [0.4] * half + [0.0] * half, [0.0] * half + [0.2] * half)


def shown(shape: Grid | Matrix) -> TrackContent:
    part = "attention" if isinstance(shape, Grid) else "attention map"
    return TrackContent({part: (Held(0, WINDOW, shape),)})


def draw_whole(page: Page, shape: Grid | Matrix, track: AttentionTrack = TRACK, scope: Scope = SCOPE) -> None:
    draw(page, track, shown(shape), float(page.image.height()), scope)


def shades(runs: list[tuple[int, int, str]], colour: str) -> list[tuple[int, int]]:
    """The runs of a colour or of a lighter shade of it, which is what the edge of a bar has."""
    hue = QColor(colour).hslHue()
    return [(first, last) for first, last, name in runs if abs(QColor(name).hslHue() - hue) < 4]


def test_weights_from_the_anchor_rise_and_those_to_it_hang_on_one_scale(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (100, 114))
    draw_whole(page, profile(), scope=UNCLICKED)
    # From 30 to 110 is the plot and 70 its middle: the largest weight reaches its end, half of it half way.
    assert shades(page.down(35), UP) == [(30, 70)]
    assert shades(page.down(65), DOWN) == [(71, 90)]
    assert page.across(70) == [(20, 80, LIGHT.border)]
    assert shades(page.across(40), UP) == [(20, 50)]
    assert shades(page.across(80), DOWN) == [(50, 80)]


@pytest.mark.parametrize(("shown", "up", "down"), [("shows_from", True, False), ("shows_to", False, True)])
def test_one_direction_can_be_looked_at_alone(
    new_page: Callable[..., Page], written: list[Written], shown: str, up: bool, down: bool
) -> None:
    page = new_page(1.0, (100, 114))
    track = AttentionTrack(cell_type="alpha", shows_from=shown == "shows_from", shows_to=shown == "shows_to")
    draw_whole(page, profile(), track, UNCLICKED)
    assert bool(shades(page.down(35), UP)) is up
    assert bool(shades(page.down(65), DOWN)) is down


@pytest.mark.parametrize(("head", "words"), [(None, "layer 2, mean of heads"), (0, "layer 2, head 1")])
def test_the_caption_says_which_layer_and_head_and_what_the_height_is(
    new_page: Callable[..., Page], written: list[Written], head: int | None, words: str
) -> None:
    draw_whole(new_page(), profile(), AttentionTrack(cell_type="alpha", layer=1, head=head))
    assert written[0].text == ALL_CAPTION.replace("layer 2, mean of heads", words)
    assert written[0][1:5] == (8, 1, 92, 15)


def test_a_line_marks_the_anchor_that_was_clicked_and_none_a_guess_that_is_gone(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page, other = new_page(1.0, (100, 114)), new_page(1.0, (100, 114))
    draw_whole(page, profile())
    draw_whole(other, profile(), scope=UNCLICKED)
    both = [(page.down(x), other.down(x)) for x in range(100)]
    assert [x for x, (with_line, without) in enumerate(both) if with_line != without] == [49, 50]
    changed = [y for y in range(114) if page.colour_at(50, y) != other.colour_at(50, y)]
    assert (min(changed), max(changed)) == (26, 111)


def test_a_bracket_with_two_feet_spans_a_window_without_room_for_words(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (100, 114))
    draw_whole(page, profile(), scope=UNCLICKED)
    # The words are wider than the window is on screen: the bracket alone is drawn.
    assert [text for text, *_ in written if "context" in text] == []
    assert page.across(19)[0][0] in (19, 20)
    assert page.across(19)[-1][1] in (80, 81)
    feet = [x for x in range(100) if not page.is_blank(x, 23)]
    assert {x for x in feet if x < 50} <= {19, 20}
    assert {x for x in feet if x > 50} <= {79, 80}
    assert len(feet) >= 2
    assert all(page.is_blank(x, y) for x in feet for y in (15, 27))


def wide(page: Page, width: float, start: float = 1000.0) -> Surface:
    axis = page.surface.axis._replace(width=width, start=start)
    return replace(page.surface, axis=axis)


@pytest.mark.parametrize(
    ("window", "visible"),
    [
        (Interval("chr1", 2000, 6000), (100, 500)),
        (Interval("chr1", 0, 4000), (0, 300)),
        (Interval("chr1", 9000, 99_000), (800, 1000)),
    ],
)
def test_the_length_of_the_window_stands_in_the_middle_of_what_is_visible_of_it(
    new_page: Callable[..., Page], written: list[Written], window: Interval, visible: tuple[int, int]
) -> None:
    page = new_page(1.0, (1000, 114))
    page.surface = wide(page, 1000.0)
    draw_whole(page, profile(window), scope=UNCLICKED)
    (size,) = [each for each in written if each.text.startswith("context")]
    assert size.text == f"context {window.length:,} bp"
    assert (size.left + size.right) / 2 == pytest.approx(sum(visible) / 2, abs=1)
    assert (size.top, size.bottom) == (12, 26)
    bracket = [(first, last) for first, last, _ in page.across(19)]
    assert bracket[0][0] == pytest.approx(visible[0], abs=1)
    assert bracket[-1][1] == pytest.approx(visible[1], abs=1)
    # The line is interrupted where the words stand.
    assert all(last <= size.left - 3 or first >= size.right + 3 for first, last in bracket)
    assert any(last == pytest.approx(size.left - 4, abs=1) for _, last in bracket)
    assert any(first == pytest.approx(size.right + 4, abs=1) for first, _ in bracket)
    feet = [x for x in range(1000) if not page.is_blank(x, 23)]
    ends = [(window.start - 1000) / 10, (window.end - 1000) / 10]
    assert all(any(abs(x - end) <= 1 for end in ends) for x in feet)
    assert len(feet) >= sum(0 <= end <= 1000 for end in ends)


@pytest.mark.parametrize("window", [Interval("chr1", 100, 700), Interval("chr1", 2500, 3100)])
def test_a_window_that_is_off_screen_is_said_to_be(
    new_page: Callable[..., Page], written: list[Written], window: Interval
) -> None:
    page = new_page(1.0, (100, 114))
    draw_whole(page, profile(window), scope=UNCLICKED)
    assert written[-1][:4] == ("The context window of the anchor is off screen", 8, 30, 108)
    assert all(page.is_blank(x, y) for x in range(100) for y in range(15, 26))


def triangle(weight: float = 0.8) -> Matrix:
    """A window of 60 tokens in which the first ten and the last ten attend to each other, in one direction."""
    row = [0.0] * 50 + [weight] * 10
    return toy_shapes.attention_map(WINDOW, [row] * 10 + [[0.0] * 60] * 50)


MAP = AttentionTrack(cell_type="alpha", layer=1, is_map=True)


def test_the_triangle_shows_a_pair_under_its_middle_at_half_its_distance(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (100, 134))
    draw_whole(page, triangle(), MAP, UNCLICKED)
    # Between 30 and 130 lie distances of 0 to 300 bases from the middle, so a base is a third of a pixel.
    strongest = LIGHT.attention[-1]
    deep = [y for first, last, name in page.down(50) if name == strongest for y in range(first, last)]
    assert min(deep) == pytest.approx(30 + 200 / 3, abs=3)
    assert max(deep) == pytest.approx(129, abs=2)
    broad = [x for first, last, name in page.across(113) if name == strongest for x in range(first, last)]
    assert (min(broad), max(broad)) == (45, 54)
    weak = page.colour_at(50, 60)
    assert weak == LIGHT.attention[0]
    assert {name for _, _, name in page.across(80)} == set()
    assert page.is_blank(50, 131)
    assert page.is_blank(50, 28)
    assert written[0].text == "attention, not contacts · layer 2, mean of heads · both directions averaged"


def test_the_triangle_takes_attention_from_and_to_alike(new_page: Callable[..., Page], written: list[Written]) -> None:
    drawn = []
    for values in (triangle().values_TT, triangle().values_TT.T):
        page = new_page(1.0, (100, 134))
        draw_whole(page, Matrix(WINDOW, np.ascontiguousarray(values)), MAP, UNCLICKED)
        drawn.append([page.across(y) for y in range(30, 130)])
    assert drawn[0] == drawn[1]
    assert any(colour == LIGHT.attention[-1] for line in drawn[0] for _, _, colour in line)


def test_the_triangle_has_the_same_shape_at_twice_the_pixels(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(2.0, (100, 134))
    surface = replace(page.surface, height=134.0)
    content = shown(triangle())
    paint(surface, MAP, content, Scale(), UNCLICKED)
    strongest = LIGHT.attention[-1]
    deep = [(first / 2, last / 2) for first, last, name in page.down(100) if name == strongest]
    assert deep[0][0] == pytest.approx(97, abs=2)
    assert deep[-1][1] == pytest.approx(130, abs=1)


def test_a_triangle_without_any_weight_is_drawn_as_nothing(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (100, 134))
    draw_whole(page, triangle(0.0), MAP, UNCLICKED)
    assert [first for first, _, _ in page.down(50) if first >= 30] == []


def test_a_profile_is_no_triangle_and_a_triangle_no_profile(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (100, 114))
    draw_whole(page, profile(), MAP, UNCLICKED)
    assert shades(page.down(35), UP) == []
    other = new_page(1.0, (100, 134))
    draw_whole(other, triangle(), TRACK, SCOPE)
    assert [name for _, _, name in other.down(50) if name == LIGHT.attention[-1]] == []


def test_attention_is_drawn_inside_its_window_only(new_page: Callable[..., Page]) -> None:
    page = new_page()
    window = Interval("chr1", 1300, 1700)
    annotate(page.surface, TRACK, shown(toy_shapes.profile(window, [0.02] * 40, [0.02] * 40)), Scale(), UNCLICKED)
    assert page.is_blank(20, 38)
    assert not page.is_blank(40, 36)
    assert page.is_blank(80, 38)


@pytest.mark.parametrize(
    ("position", "words"),
    [
        (1199, "outside the context window"),
        (1200, "from the anchor 0.4, to it 0"),
        (1499, "from the anchor 0.4, to it 0"),
        (1500, "from the anchor 0, to it 0.2"),
        (1799, "from the anchor 0, to it 0.2"),
        (1800, "outside the context window"),
    ],
)
def test_the_weights_under_the_cursor_are_read_out(position: int, words: str) -> None:
    assert words_at(TRACK, shown(profile()), WINDOW, position) == [words]
