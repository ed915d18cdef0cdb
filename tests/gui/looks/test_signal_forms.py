"""How signals are drawn: true columns, scales with room for them, two colours, marks beyond the scale."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6.QtGui import QColor

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.looks.band import band_of, scale_of
from ebert_gui.looks.columns import y_of
from ebert_gui.looks.second_colour import least_difference, second_colour
from ebert_gui.looks.signal_painting import Ink, paint_signal
from ebert_gui.looks.signal_settings import Form, SignalSettings, Statistic
from ebert_gui.looks.signals import scale_sentences
from ebert_gui.state.tracks import Track
from ebert_gui.widgets.theme import DARK, LIGHT, Theme
from tests.gui.drawn import content_of, drawn_row, paint, scales_over
from tests.gui.pages import Page

LENGTH = 600
FORMS: tuple[Form, ...] = ("bars", "line", "points", "heat")
VALUES = st.lists(st.one_of(st.floats(-100, 100, width=32), st.just(float("nan"))), min_size=LENGTH, max_size=LENGTH)
# The pages are made once for all examples of a test; each example paints over the last.
quick = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def seeded(seed: int, share_unknown: float = 0.2) -> np.ndarray:
    """Values of bases, positive and negative, some of them unknown."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 10, LENGTH).astype(np.float32)
    values[rng.random(LENGTH) < share_unknown] = np.nan
    return values


def track(**chosen: object) -> SignalTrack:
    return SignalTrack(signal="x", drawn=SignalSettings().changed(**chosen))


def signal(values: np.ndarray, start: int = 1000, bases: int = 10) -> Signal:
    values = np.asarray(values, dtype=np.float32)
    return Signal(Interval("chr1", start, start + bases * values.size), values, values, values)


def shown(values: np.ndarray) -> TrackContent:
    found = signal(values)
    return content_of("signal", found.interval, found)


@quick
@given(
    seed=st.integers(0, 10**6),
    start=st.floats(0, 300),
    per_column=st.floats(0.2, 20),
    cut=st.integers(1, LENGTH - 1),
    far=st.sampled_from([0, 240_000_000]),
)
def test_each_column_holds_the_true_minimum_maximum_and_mean_of_the_bases_under_it(
    seed: int, start: float, per_column: float, cut: int, far: int
) -> None:
    values = seeded(seed)
    # In two replies: a column over both holds the bases of both.
    pieces = (signal(values[:cut], far, 1), signal(values[cut:], far + cut, 1))
    replies = tuple(Held(number, piece.interval, piece) for number, piece in enumerate(pieces))
    axis = Axis("chr1", far + start, per_column, 40.0)
    band = band_of(replies, axis)
    edges = axis.column_edges() - far
    for column in range(axis.columns):
        first, last = int(np.floor(edges[column] + 1e-7)), int(np.ceil(edges[column + 1] - 1e-7))
        under = values[max(first, 0) : max(last, first + 1)]
        under = under[np.isfinite(under)].astype(np.float64)
        found = (band.minimum[column], band.maximum[column], band.mean[column])
        if under.size:
            assert found == pytest.approx((under.min(), under.max(), under.mean()), rel=1e-5, abs=1e-5)
        else:
            assert np.isnan(found).all()


@quick
@given(seed=st.integers(0, 10**6), statistic=st.sampled_from(["range", "mean", "minimum", "maximum"]))
def test_an_automatic_scale_has_room_for_all_that_is_drawn(seed: int, statistic: Statistic) -> None:
    found = signal(seeded(seed), 0, 1)
    band = band_of((Held(0, found.interval, found),), Axis("chr1", 0, 5.0, 100.0))
    for spacing in ("linear", "log", "symlog"):
        chosen = SignalSettings().changed(spacing=spacing, statistic=statistic)
        scale = scale_of(band, chosen)
        lowest, highest = band.extremes(statistic)
        assert scale is not None
        assert scale.low < scale.high
        assert scale.spacing == spacing
        assert np.nanmax(highest) <= scale.high
        assert spacing == "log" or np.nanmin(lowest) >= scale.low
        assert spacing != "log" or scale.low > 0


@pytest.mark.parametrize(
    ("statistic", "form", "ends"),
    [
        ("range", "bars", (-6, 5)),
        ("range", "heat", (0, 2)),
        ("mean", "line", (0, 2)),
        ("minimum", "points", (-6, 0)),
        ("maximum", "bars", (0, 5)),
    ],
)
def test_a_scale_has_room_for_what_is_drawn_of_a_column_and_not_for_the_rest(
    statistic: Statistic, form: Form, ends: tuple[float, float]
) -> None:
    low, mean, high = (np.full(60, value, dtype=np.float32) for value in (-6.0, 2.0, 5.0))
    found = Signal(Interval("chr1", 0, 60), low, high, mean)
    band = band_of((Held(0, found.interval, found),), Axis("chr1", 0, 1.0, 60.0))
    scale = scale_of(band, SignalSettings().changed(statistic=statistic, form=form))
    assert scale is not None
    assert scale[:2] == ends


@pytest.mark.parametrize("form", FORMS)
def test_a_value_of_zero_is_seen_and_no_value_is_not(new_page: Callable[..., Page], form: Form) -> None:
    page = new_page()
    paint(page.surface, track(form=form, has_zero_line=False), shown(np.zeros(50)), Scale(-5, 5))
    assert any(not page.is_blank(20, y) for y in range(48))
    assert all(page.is_blank(80, y) for y in range(48))


@quick
@given(seed=st.integers(0, 10**6), reach=st.sampled_from(["99.9", "99", "98", "95", "90"]))
def test_a_scale_of_a_percentile_has_room_for_so_many_columns_and_cuts_the_highest(seed: int, reach: str) -> None:
    values = np.abs(seeded(seed, 0.0))
    values[7] = 1e6
    found = signal(values, 0, 1)
    band = band_of((Held(0, found.interval, found),), Axis("chr1", 0, 1.0, float(LENGTH)))
    scale = scale_of(band, SignalSettings().changed(reach=reach))
    assert scale is not None
    assert (values <= scale.high).mean() >= float(reach) / 100
    assert scale.high < 1e6 or reach == "99.9"


@pytest.mark.parametrize(
    ("chosen", "scale"),
    [
        ({"low": 2.0, "high": 4.0}, (2, 4)),
        ({"spacing": "log", "low": 0.5, "high": 64.0}, (0.5, 64)),
        # A logarithmic axis cannot begin at 0 or below.
        ({"spacing": "log", "low": 0.0}, (0.01, 60)),
        ({"spacing": "log", "low": -5.0, "high": -1.0}, (0.01, 60)),
        ({"spacing": "log", "low": 100.0}, (100, 1000)),
        ({"spacing": "symlog"}, (-2, 60)),
    ],
)
def test_given_ends_of_a_scale_are_kept_where_the_axis_can_have_them(
    chosen: dict[str, object], scale: tuple[float, float]
) -> None:
    found = signal(np.array([-2.0, 0.0, 0.05, 3.0, 60.0]), 0, 10)
    band = band_of((Held(0, found.interval, found),), Axis("chr1", 0, 1.0, 50.0))
    made = scale_of(band, SignalSettings().changed(**chosen))
    assert made is not None
    assert made[:2] == pytest.approx(scale)


@quick
@given(values=st.lists(st.floats(-1e4, 1e4, width=32), min_size=2, max_size=5), is_log=st.booleans())
def test_a_group_by_hand_has_one_scale_with_room_for_all_its_members(values: list[float], is_log: bool) -> None:
    axis = Axis("chr1", 1000.0, 10.0, 100.0)
    chosen = SignalSettings(shared="group", group="mine", spacing="symlog" if is_log else "linear")
    members: dict[Track, TrackContent] = {
        SignalTrack(id=f"m{number}", signal=f"assay {number}", drawn=chosen): shown(np.array([value]))
        for number, value in enumerate(values)
    }
    outside = SignalTrack(id="outside", signal="assay 0")
    scales = scales_over(axis, members | {outside: shown(np.array([0.5]))})
    shared = {scales[member.id] for member in members}
    assert len(shared) == 1
    scale = shared.pop()
    assert scale.low <= min(values)
    assert scale.high >= max(values)
    assert scales["outside"] == Scale(0, 0.5)


@pytest.mark.parametrize("form", FORMS)
def test_the_second_colour_stands_where_values_are_below_zero_and_nowhere_else(
    new_page: Callable[..., Page], form: Form
) -> None:
    for seed in range(4):
        page = new_page()
        values = seeded(seed)[:100]
        row = track(form=form, colour="#0000ff", below="#ff0000", statistic="mean", has_zero_line=False)
        scale = Scale(-40, 40)
        paint(page.surface, row, shown(values), scale)
        zero = float(y_of(0.0, scale, page.surface.height))
        for column in range(100):
            colours = [QColor(page.colour_at(column, y)) for y in range(49)]
            reds = [y for y, colour in enumerate(colours) if colour.red() > colour.blue() + 8]
            blues = [y for y, colour in enumerate(colours) if colour.blue() > colour.red() + 8]
            value = values[column]
            assert bool(reds) == (value < 0), (form, column, value)
            assert bool(blues) == (value >= 0), (form, column, value)
            if form == "bars":
                assert all(y >= zero - 1 for y in reds)
                assert all(y <= zero + 1 for y in blues)


def test_a_range_over_zero_is_drawn_in_both_colours_and_each_on_its_side(new_page: Callable[..., Page]) -> None:
    page = new_page()
    low, mean, high = (np.full(100, value, dtype=np.float32) for value in (-3.0, 1.0, 4.0))
    found = Signal(Interval("chr1", 1000, 2000), low, high, mean)
    paint(
        page.surface,
        track(colour="#0000ff", below="#ff0000"),
        content_of("signal", found.interval, found),
        Scale(-5, 5),
    )
    zero = round(float(y_of(0.0, Scale(-5, 5), page.surface.height)))
    above, below = QColor(page.colour_at(50, zero - 10)), QColor(page.colour_at(50, zero + 5))
    assert above.blue() > above.red()
    assert below.red() > below.blue()


@pytest.mark.parametrize("vision_of", [LIGHT, DARK], ids=["light", "dark"])
def test_everybody_can_tell_the_usual_colours_on_both_sides_of_zero(vision_of: Theme) -> None:
    for colour in vision_of.signals:
        assert least_difference(colour, second_colour(colour, vision_of.signals)) >= 35


@pytest.mark.parametrize("form", ["bars", "line", "points"])
def test_values_beyond_the_scale_are_marked_at_the_edge(new_page: Callable[..., Page], form: Form) -> None:
    page = new_page()
    values = np.zeros(100)
    values[20], values[60] = 9.0, -9.0
    paint(page.surface, track(form=form), shown(values), Scale(-5, 5))
    assert QColor(page.colour_at(20, 1)).lightness() < 60
    assert page.is_blank(40, 1)
    assert QColor(page.colour_at(60, 48)).lightness() < 60
    assert page.is_blank(40, 47)


@pytest.mark.parametrize(("scale", "has_line"), [(Scale(-5, 5), True), (Scale(0, 5), False), (Scale(-5, 0), False)])
def test_a_line_stands_at_zero_where_values_lie_on_both_sides_unless_it_is_turned_off(
    new_page: Callable[..., Page], scale: Scale, has_line: bool
) -> None:
    pages, value = [new_page(), new_page()], 4.9 if scale.high else -4.9
    for page, is_on in zip(pages, (True, False), strict=True):
        paint(
            page.surface,
            track(form="points", has_zero_line=is_on),
            shown(np.full(50, value)),
            scale,
        )
    on, off = pages
    middle = [y for y in range(8, 42) if not on.is_blank(80, y)]
    assert bool(middle) is has_line
    assert all(off.is_blank(80, y) for y in range(8, 42))
    assert [on.colour_at(80, y) for y in middle] == [LIGHT.border] * len(middle)


def test_a_line_joins_the_values_of_neighbouring_columns_and_strips(new_page: Callable[..., Page]) -> None:
    values = np.where(np.arange(100) % 2, 1.0, 9.0)
    whole, left, right = new_page(), new_page(), new_page()
    row, scale = track(form="line", statistic="mean"), Scale(0, 10)
    paint(whole.surface, row, shown(values), scale)
    for page, start in ((left, 1000.0), (right, 1500.0)):
        axis = page.surface.axis._replace(start=start, width=50.0)
        paint(replace(page.surface, axis=axis), row, shown(values), scale)
    for y in range(50):
        assert whole.colour_at(49, y) == left.colour_at(49, y)
        assert whole.colour_at(50, y) == right.colour_at(0, y)
    assert not any(whole.is_blank(30, y) for y in range(9, 25)), "a column reaches half way to its neighbours"


def test_heat_is_fuller_the_further_from_zero_and_empty_where_nothing_is_known(new_page: Callable[..., Page]) -> None:
    page = new_page()
    paint(page.surface, track(form="heat", colour="#0000ff"), shown(np.array([0.0, 2.0, 4.0, np.nan])), Scale(0, 4))
    reds = [QColor(page.colour_at(column, 25)).red() for column in range(4)]
    assert 235 < reds[0] < 255
    assert reds[0] > reds[1] > reds[2]
    assert reds[2] < 5
    assert page.is_blank(3, 25)


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_of_lines_and_areas_shows_what_the_window_shows(new_page: Callable[..., Page], form: Form) -> None:
    screen, paper = new_page(), new_page()
    values, row = np.sin(np.arange(100) / 6) * 4, track(form=form, statistic="mean")
    paint(screen.surface, row, shown(values), Scale(-5, 5))
    paint(replace(paper.surface, is_vector=True), row, shown(values), Scale(-5, 5))
    different = [
        (x, y)
        for x in range(2, 98)
        for y in range(2, 48)
        if abs(QColor(screen.colour_at(x, y)).lightness() - QColor(paper.colour_at(x, y)).lightness()) > 110
    ]
    assert len(different) < 0.02 * 96 * 46


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, ()),
        ({"spacing": "log"}, ("log",)),
        ({"spacing": "symlog", "reach": "99"}, ("symlog", "99 %")),
        ({"low": 0.0, "high": 1.0, "reach": "99"}, ("fixed",)),
        ({"shared": "group", "group": "DNase"}, ("group: DNase",)),
        ({"shared": "group"}, ("group",)),
        ({"smoothing": 1500, "spacing": "log"}, ("log", "smoothed 1.5 kb")),
        ({"smoothing": 250}, ("smoothed 250 bp",)),
    ],
)
def test_the_gutter_says_what_is_unusual_of_a_scale(
    new_page: Callable[..., Page], chosen: dict[str, object], words: tuple[str, ...]
) -> None:
    surface = new_page().surface
    row = drawn_row(surface, replace_signal(track(**chosen)), shown(np.array([1.0, 2.0])))
    label = row.label(surface, Scale(0.5, 2))
    assert label.scale_words == words
    assert label.subtitle == " · ".join(("K562", *words))


def replace_signal(shown_track: SignalTrack) -> SignalTrack:
    """The track, of a cell type."""
    return SignalTrack(signal=shown_track.signal, cell_type="K562", drawn=shown_track.drawn)


@pytest.mark.parametrize(
    ("reach", "high", "is_said"), [("99", None, True), ("all", None, False), ("99", 5.0, False), ("all", 5.0, False)]
)
def test_room_for_a_share_of_the_columns_is_said_where_an_end_follows_them(
    reach: str, high: float | None, is_said: bool
) -> None:
    settings = SignalSettings().changed(reach=reach, low=0.0, high=high)
    [said] = scale_sentences(settings, "", Axis("chr1", 1000.0, 10.0, 100.0), Scale(0.0, 5.0))
    assert ("with room for" in said) == is_said


def test_black_and_white_are_a_hundred_apart_and_neighbouring_dark_shades_hardly() -> None:
    assert least_difference("#000000", "#ffffff") == pytest.approx(100, abs=0.5)
    assert least_difference("#000000", "#040404") < 2


@pytest.mark.parametrize(("bases_per_pixel", "is_seen"), [(10.0, True), (400.0, False)])
def test_smoothing_that_a_column_is_wider_than_is_said_to_make_no_difference(
    bases_per_pixel: float, is_seen: bool
) -> None:
    axis = Axis("chr1", 1000.0, bases_per_pixel, 100.0)
    [said] = scale_sentences(SignalSettings().changed(smoothing=500), "", axis, None)
    assert said.startswith("Smoothed over 500 bp")
    assert ("no difference at this zoom" in said) != is_seen


@pytest.mark.parametrize("form", FORMS[:3])
def test_what_shines_through_is_as_much_paler_in_its_range_as_in_its_values(
    new_page: Callable[..., Page], form: Form
) -> None:
    here, values = Interval("chr1", 1000, 2000), np.full(100, 2.0, dtype=np.float32)
    held = Held(0, here, Signal(here, values, values + 2, values))
    settings, shades = SignalSettings().changed(form=form, statistic="range"), []
    for strength in (1.0, 0.5):
        page = new_page()
        band = band_of((held,), page.surface.axis)
        paint_signal(page.surface, band, settings, Scale(0.0, 5.0), Ink("#000000", "#000000", strength))
        shades.append(sorted({QColor(page.colour_at(50, y)).lightness() for y in range(50)} - {255}))
    assert len(shades[0]) >= 2
    assert shades[1][0] > shades[0][0]
    assert shades[1][-1] > shades[0][-1]


def test_the_tooltip_of_a_name_says_the_whole_scale(new_page: Callable[..., Page]) -> None:
    surface = new_page().surface
    row = drawn_row(surface, track(spacing="log", reach="99"), shown(np.array([1.0, 2.0])))
    assert row.about(surface.axis, Scale(0.1, 200, "log")) == (
        "Mean, range of 10 bp. Logarithmic scale from 0.1 to 200, shared by tracks of x, "
        "with room for 99 % of the columns on screen."
    )


def test_a_logarithmic_axis_says_that_it_shows_nothing_of_values_below_zero(new_page: Callable[..., Page]) -> None:
    surface = new_page().surface
    row = drawn_row(surface, track(spacing="log"), shown(np.full(100, -1.0)))
    assert row.blank(surface.axis) == "No value above 0 here, and a logarithmic axis shows no others"
    row.paint(surface, Scale(0.1, 1, "log"))
