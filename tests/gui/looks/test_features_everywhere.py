"""For any features, zoom, height and place: rows never overlap, and features lie where they are."""

from itertools import combinations
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt6.QtGui import QColor, QImage, QPainter

from ebert_core.genome.features import Feature as Kept
from ebert_core.genome.features import Features as File
from ebert_core.protocol.shapes import Features
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.screen import features_for_screen
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held
from ebert_gui.browser.look import Room
from ebert_gui.browser.surface import Surface
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.looks.density import counted
from ebert_gui.looks.feature_rows import Feature, Layout, Names, lay_out
from ebert_gui.looks.feature_settings import FeatureSettings, Labelled
from ebert_gui.looks.features import _name_boxes
from ebert_gui.widgets.theme import LIGHT, window_font
from tests.gui import toy_shapes
from tests.gui.drawn import FROM_0_TO_1, content_of, paint, scale_over

LENGTH = 240_000_000
COLUMNS, HEIGHT = 200, 40
ZOOMS = st.sampled_from((0.05, 0.5, 1.0, 3.7, 64.0, 1500.0))
# Both ends of a long chromosome, and a place in between that is no whole number.
ENDS = st.sampled_from(("begin", "middle", "end"))
HERE = Interval("chr1", 0, LENGTH)


def axis_at(end: str, zoom: float) -> Axis:
    span = COLUMNS * zoom
    start = {"begin": 0.0, "middle": 123_456_789.0 + zoom / 3, "end": LENGTH - span}[end]
    return Axis("chr1", start, zoom, float(COLUMNS))


@st.composite
def features_on(draw: st.DrawFn, most: int = 25) -> tuple[Axis, list[Feature]]:
    """An axis, and features about what it shows, some of which leave it, share an end, or have no bases."""
    axis = axis_at(draw(ENDS), draw(ZOOMS))
    span = axis.end - axis.start
    found = []
    for number in range(draw(st.integers(1, most))):
        start = round(axis.start + span * draw(st.sampled_from((-0.2, 0.0, 0.1, 0.35, 0.7, 0.99))))
        start = min(max(0, start + draw(st.integers(-3, 3))), LENGTH)
        length = round(span * draw(st.sampled_from((0.0, 0.001, 0.02, 0.25, 1.5)))) + draw(st.integers(0, 2))
        strand = draw(st.sampled_from("+-."))
        found.append(Feature(f"N{number}" * draw(st.integers(1, 4)), start, min(LENGTH, start + length), strand))
    return axis, sorted(found, key=lambda each: (each.start, each.end))


def laid_out(features: list[Feature], axis: Axis, height: float, labelled: Labelled) -> Layout:
    room = Room(axis.bases_per_pixel, height, LIGHT, window_font())
    return lay_out(tuple(features), room, FeatureSettings(labelled=labelled))


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two boxes (left, top, right, bottom) have more than an edge in common."""
    least = 1e-6
    return (
        min(one[2], other[2]) > max(one[0], other[0]) + least and min(one[3], other[3]) > max(one[1], other[1]) + least
    )


@settings(max_examples=150, deadline=None)
@given(features_on(), st.sampled_from((20.0, 34.0, 48.0, 64.0, 90.0, 400.0)), st.sampled_from(("name", "none")))
def test_packed_bodies_and_names_of_a_row_never_overlap(
    drawn: tuple[Axis, list[Feature]], height: float, labelled: Labelled
) -> None:
    axis, features = drawn
    layout = laid_out(features, axis, height, labelled)
    lefts = layout.starts / axis.bases_per_pixel
    rights = np.maximum(layout.ends / axis.bases_per_pixel, lefts + 1)
    boxes = _name_boxes(layout, axis)
    x0s = axis.xs_of(layout.starts)
    bodies = list(zip(x0s, layout.tops, x0s + rights - lefts, layout.tops + layout.glyphs, strict=True))
    names = {
        each: (boxes.lefts[each], boxes.tops[each] + 2, boxes.rights[each], boxes.tops[each] + 12)
        for each in np.flatnonzero(layout.has_label).tolist()
    }
    visible = {each: bodies[each] for each in np.flatnonzero(layout.is_shown).tolist()}
    assert not any(_overlap(one, other) for one, other in combinations(visible.values(), 2))
    assert not any(_overlap(one, other) for one, other in combinations(names.values(), 2))
    for of, name in names.items():
        assert not any(_overlap(name, body) for each, body in visible.items() if each != of)
        assert boxes.are_on_bodies[of] or not _overlap(name, bodies[of])
        if boxes.are_on_bodies[of]:
            assert name[0] >= 0
            assert name[2] <= axis.width
    shown = layout.is_shown
    assert layout.hidden == int((~shown).sum())
    # What is shown lies in the row of the track, unless a single row is higher than that.
    if height > 20:
        assert (layout.tops + layout.glyphs)[shown].max(initial=0) <= height


def test_the_name_of_a_feature_that_goes_on_beyond_the_right_edge_is_held_inside() -> None:
    axis = Axis("chr1", 40_000.0, 10.0, 1000.0)

    def right_of(start: int, end: int) -> float:
        layout = laid_out([Feature("LONG NAME", start, end, ".")], axis, 20.0, "name")
        assert layout.names is Names.BESIDE
        return float(_name_boxes(layout, axis).rights[0])

    assert 900 < right_of(45_000, 90_000) < 1000
    assert 900 < right_of(10_000, 49_990) < 1000
    assert right_of(49_900, 90_000) > 1000, "too little of the body is in sight"
    assert right_of(41_000, 41_100) < 300


def painted(axis: Axis, track: PeaksTrack, features: list[Feature]) -> list[bool]:
    """Which pixels of the middle line of a track are painted."""
    image = QImage(COLUMNS, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.canvas))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    surface = Surface(painter, axis, float(HEIGHT), LIGHT, window_font())
    paint(surface, track, content_of("peaks", HERE, toy_shapes.genes(HERE, *features)), FROM_0_TO_1)
    painter.end()
    return [image.pixelColor(x, HEIGHT // 2).name() != LIGHT.canvas for x in range(COLUMNS)]


@settings(max_examples=50, deadline=None)
@given(features_on(most=8))
def test_a_pixel_is_painted_where_a_feature_is_and_nowhere_else(drawn: tuple[Axis, list[Feature]]) -> None:
    axis, features = drawn
    track = PeaksTrack(path="/x.bed", drawn=FeatureSettings(mode="dense", colour="#000000"))
    expected, may_be_border = set[int](), set[int]()
    for each in features:
        left, right = round(axis.x_of(each.start)), round(axis.x_of(each.end))
        expected.update(range(left, max(right, left + 1)))
        may_be_border.add(right - 1)
    found = {x for x, is_painted in enumerate(painted(axis, track, features)) if is_painted}
    on_screen = {x for x in expected if 0 <= x < COLUMNS}
    assert found <= on_screen
    assert on_screen - found <= may_be_border


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 160).map(lambda step: step * 25), st.sampled_from((0, 1, 25, 475, 500))),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from((0, 25, 190, 900)),
    st.integers(1, 40),
)
def test_columns_of_a_density_count_the_features_that_overlap_them(
    places: list[tuple[int, int]], start: int, columns: int
) -> None:
    here = Interval("chr1", start, start + columns * 50)
    repeats = 4_001
    file = File(Path("x.bed"), [Kept("chr1", first, first + length) for first, length in places] * repeats)
    shape = features_for_screen(here, columns, file)
    expected = []
    for column in range(columns):
        low, high = start + column * 50, start + (column + 1) * 50
        expected.append(sum(first < high and max(first + length, first + 1) > low for first, length in places))
    if not any(expected):
        return
    assert shape.density is not None
    assert shape.density.tolist() == [count * repeats for count in expected]
    # What is drawn has the highest count as the top of its scale.
    axis = Axis("chr1", float(here.start), 50.0, float(columns))
    scale = scale_over(axis, PeaksTrack(path="/x.bed"), content_of("peaks", here, shape))
    assert scale is not None
    assert scale.high >= max(expected) * repeats > scale.high / 2.1


def test_features_beside_a_density_are_counted_in_bins_of_the_same_width() -> None:
    here = Interval("chr1", 2048, 3072)
    starts = np.array([2048, 2060, 2348, 3000], dtype=np.int64)
    ends = np.array([2058, 2080, 2648, 3072], dtype=np.int64)
    [found] = counted((Held(1, here, Features(here, starts, ends), level=8),))
    assert (found.start, found.width) == (2048, 256)
    assert found.counts.tolist() == [2, 1, 1, 1]
