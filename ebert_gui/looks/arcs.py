"""Draws pairs of places as arcs: the further apart, the higher; the larger the value, the darker."""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPen, QPolygonF

from ebert_core.protocol.shapes import UNKNOWN_END, Arcs
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.terms.wording import bases
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.looks.mixed import mixed
from ebert_gui.state.tracks import Part

_TOP, _FOOT = 4.0, 6.0
# The width, in logical pixels, at which an arc has half of the height there is.
_HALF_HIGH = 160.0
_END_HEIGHT = 3.0
_STUB, _STUB_LEAN = 16.0, 5.0
_LABEL_PIXELS = 10
# A line of one pixel is drawn twenty times as fast as a wider one, and tells more arcs apart.
_FEW, _WIDE, _NARROW = 60, 1.8, 1.0
# What is drawn in a frame; the strongest are.
_MOST_DRAWN = 500
# More stubs have no names.
_MOST_NAMED = 12
# The share of the canvas in the weakest arc.
_PALEST = 0.6
# A wider arc is drawn as a line of points, of which those on screen are worked out.
_WIDEST_WHOLE, _POINTS = 4_000.0, 64
_REACH = 6.0


class ArcsStyle(NamedTuple):
    """What is drawn, and in which colour what has none of its own."""

    part: Part[Arcs]
    colour: str = ""


class Paired(NamedTuple):
    """One pair as its file says it; `elsewhere` as in Arcs, the value NaN where there is none."""

    start: int
    end: int
    other_start: int
    other_end: int
    elsewhere: str
    name: str
    colour: str
    strands: str
    value: float


class ArrangedArcs(NamedTuple):
    """The pairs, the strongest first: their middles, which are equal for stubs, their shades, and what was not sent."""

    pairs: tuple[Paired, ...]
    middles_N2: NDArray[np.float64]
    first_N2: NDArray[np.int64]
    other_N2: NDArray[np.int64]
    is_stub: NDArray[np.bool_]
    colours: tuple[str, ...]
    width: float
    height: float
    label_widths: dict[str, float]
    omitted: int
    usual: str


class ArcsLook(Look[ArcsStyle, ArrangedArcs]):
    """Arcs that stand on their ends; those that go to another chromosome are stubs.

    All is drawn in every frame, since only pairs with an end on screen are: the others would fill it.
    """

    is_local: ClassVar[bool] = False

    def arrange(self, style: ArcsStyle, content: TrackContent, room: Room) -> ArrangedArcs:
        """Each pair once, with its shade among all that are known here."""
        replies = [held.shape for held in content.of(style.part)]
        pairs = _each_once(replies)
        usual = self.colour(style, room.palette)
        shares = _shares(np.array([pair.value for pair in pairs], dtype=np.float64))
        order = np.argsort(-shares, kind="stable").tolist()
        pairs = tuple(pairs[place] for place in order)
        first = np.array([(pair.start, pair.end) for pair in pairs], dtype=np.int64).reshape(-1, 2)
        other = np.array([(pair.other_start, pair.other_end) for pair in pairs], dtype=np.int64).reshape(-1, 2)
        is_stub = np.array([bool(pair.elsewhere) for pair in pairs], dtype=np.bool_)
        other = np.where(is_stub[:, None], first, other)
        names = tuple({pair.elsewhere for pair in pairs if pair.elsewhere})
        return ArrangedArcs(
            pairs,
            np.column_stack((first.mean(axis=1), other.mean(axis=1))) if pairs else np.empty((0, 2)),
            first,
            other,
            is_stub,
            tuple(
                mixed(pair.colour or usual, room.palette.canvas, _PALEST * (1 - float(shares[place])))
                for place, pair in zip(order, pairs, strict=True)
            ),
            _WIDE if len(pairs) <= _FEW else _NARROW,
            room.height,
            dict(zip(names, room.text_widths(names, _LABEL_PIXELS).tolist(), strict=True)) if names else {},
            sum(reply.omitted for reply in replies),
            usual,
        )

    def paint(self, surface: Surface, arranged: ArrangedArcs, scale: Scale) -> None:
        """Nothing that a strip could keep."""

    def annotate(self, surface: Surface, arranged: ArrangedArcs, scale: Scale) -> None:
        """The pairs with an end on screen, the strongest on top; what leaves the screen is cut at its edge."""
        del scale
        axis = surface.axis
        shown = _shown(arranged, axis)[:_MOST_DRAWN]
        xs_N2 = axis.xs_of(arranged.middles_N2[shown])
        for place, (left, right) in zip(reversed(shown.tolist()), reversed(xs_N2.tolist()), strict=True):
            colour = arranged.colours[place]
            if arranged.is_stub[place]:
                _paint_stub(surface, left, colour, arranged.width)
            else:
                _paint_arc(surface, left, right, colour, arranged.width)
        _paint_ends(surface, arranged, shown)
        _name_stubs(surface, arranged, shown[arranged.is_stub[shown]])

    def caption(self, axis: Axis, arranged: ArrangedArcs) -> str:
        """How many weaker pairs there is no room for."""
        hidden = arranged.omitted + max(0, len(_shown(arranged, axis)) - _MOST_DRAWN)
        return f"{hidden:,} weaker not shown" if hidden else ""

    def at_point(self, arranged: ArrangedArcs, position: float, y: float, axis: Axis) -> Answer:
        """The arc that is nearest, if one is near."""
        shown = _shown(arranged, axis)[:_MOST_DRAWN]
        if not shown.size:
            return Answer()
        xs_N2 = axis.xs_of(arranged.middles_N2[shown])
        distance_N = np.where(
            arranged.is_stub[shown],
            _distance_to_stubs(xs_N2[:, 0], axis.x_of(position), y, arranged.height),
            _distance_to_arcs(xs_N2, axis.x_of(position), y, arranged.height),
        )
        # Within a block the pointer may be far from its middle.
        is_on_end = _is_on_end(arranged, shown, position) & (y > arranged.height - _FOOT - _END_HEIGHT - 2)
        distance_N = np.where(is_on_end, np.minimum(distance_N, _REACH / 2), distance_N)
        nearest = int(np.argmin(distance_N))
        if distance_N[nearest] > _REACH:
            return Answer()
        words = _described(arranged.pairs[int(shown[nearest])], axis.chromosome)
        return Answer(words, full=words)

    def blank(self, arranged: ArrangedArcs, axis: Axis) -> str:
        """That there are none."""
        return "" if len(_shown(arranged, axis)) else "No pairs here"

    def colour(self, style: ArcsStyle, palette: Palette) -> str:
        """The chosen colour, or the first of those that signals have."""
        return style.colour or palette.signals[0]


def _each_once(replies: Iterable[Arcs]) -> tuple[Paired, ...]:
    found: dict[Paired, None] = {}
    for reply in replies:
        count = len(reply.starts)
        places = (each.tolist() for each in (reply.starts, reply.ends, reply.other_starts, reply.other_ends))
        # NaN is unlike itself, so that a pair without a value would stand once for each tile.
        values = np.where(np.isnan(reply.values), -np.inf, reply.values).tolist()
        said = (given or ("",) * count for given in (reply.names, reply.colours, reply.strands))
        found.update(dict.fromkeys(map(Paired._make, zip(*places, reply.elsewhere, *said, values, strict=True))))
    return tuple(found)


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0 for the weakest to 1 for the strongest; 1 for all where none is stronger, 0 for those without a value."""
    known = values[np.isfinite(values)]
    if not known.size:
        return np.ones(len(values))
    low, high = np.percentile(known, [5, 95])
    if high <= low:
        return np.where(np.isfinite(values), 1.0, 0.0)
    shares: NDArray[np.float64] = np.clip((np.maximum(values, low) - low) / (high - low), 0.0, 1.0)
    return shares


def _shown(arranged: ArrangedArcs, axis: Axis) -> NDArray[np.intp]:
    """The places of pairs of which an end is on screen, the strongest first."""
    is_in = [
        (ends[:, 0] < axis.end) & (np.maximum(ends[:, 1], ends[:, 0] + 1) > axis.start)
        for ends in (arranged.first_N2, arranged.other_N2)
    ]
    return np.flatnonzero(is_in[0] | is_in[1])


def _base(height: float) -> float:
    return height - _FOOT


def _apex(width: NDArray[np.float64] | float, height: float) -> NDArray[np.float64] | float:
    """How high an arc of a width is, which depends on the zoom and not on what else is on screen."""
    return (height - _TOP - _FOOT) * width / (width + _HALF_HIGH)


def _paint_arc(surface: Surface, left: float, right: float, colour: str, width: float) -> None:
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(width <= _NARROW)
    surface.painter.setPen(pen)
    surface.painter.setBrush(Qt.BrushStyle.NoBrush)
    base, apex = _base(surface.height), float(_apex(right - left, surface.height))
    if right - left <= _WIDEST_WHOLE:
        surface.painter.drawArc(QRectF(left, base - apex, right - left, 2 * apex), 0, 180 * 16)
        return
    middle, half = (left + right) / 2, (right - left) / 2
    edges = np.clip((np.array([-2.0, surface.axis.width + 2]) - middle) / half, -1.0, 1.0)
    first, last = np.arccos(edges).tolist()
    angles = np.linspace(first, last, _POINTS)
    points = zip((middle + half * np.cos(angles)).tolist(), (base - apex * np.sin(angles)).tolist(), strict=True)
    surface.painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _paint_stub(surface: Surface, x: float, colour: str, width: float) -> None:
    """A line that leans to the right and ends in the air."""
    base = _base(surface.height)
    surface.line(x, base, x + _STUB_LEAN, base - _STUB, colour, width)
    surface.rectangle(x + _STUB_LEAN - 1.5, base - _STUB - 1.5, 3, 3, colour)


def _paint_ends(surface: Surface, arranged: ArrangedArcs, shown: NDArray[np.intp]) -> None:
    """Blocks under the arcs, as long as the ends are, in the colours of the arcs at their strongest."""
    base = _base(surface.height)
    by_colour: dict[str, list[int]] = {}
    for place in reversed(shown.tolist()):
        by_colour.setdefault(arranged.pairs[place].colour or arranged.usual, []).append(place)
    for colour, places in by_colour.items():
        for ends_N2 in (arranged.first_N2[places], arranged.other_N2[places]):
            xs_N2 = surface.axis.xs_of(ends_N2)
            surface.rectangles(xs_N2[:, 0], xs_N2[:, 1], base, _END_HEIGHT, colour)


def _name_stubs(surface: Surface, arranged: ArrangedArcs, stubs: NDArray[np.intp]) -> None:
    """To which chromosomes stubs go, where they are few."""
    if len(stubs) > _MOST_NAMED:
        return
    y = _base(surface.height) - _STUB - 8
    taken = -1.0
    for place in stubs[np.argsort(arranged.middles_N2[stubs, 0])].tolist():
        name = arranged.pairs[place].elsewhere
        x = surface.axis.x_of(float(arranged.middles_N2[place, 0])) + _STUB_LEAN + 4
        if x >= max(0.0, taken) and x + arranged.label_widths[name] <= surface.axis.width:
            box = QRectF(x, y, arranged.label_widths[name], 14)
            surface.text(box, name, surface.palette.muted, _LABEL_PIXELS, Left)
            taken = x + arranged.label_widths[name] + 4


def _distance_to_arcs(xs_N2: NDArray[np.float64], x: float, y: float, height: float) -> NDArray[np.float64]:
    """How far a place is from each half ellipse, in logical pixels: exact for circles, near enough for the others."""
    half_N = np.maximum((xs_N2[:, 1] - xs_N2[:, 0]) / 2, 0.5)
    apex_N = np.maximum(np.asarray(_apex(2 * half_N, height)), 0.5)
    across_N = (x - xs_N2.mean(axis=1)) / half_N
    up_N = (_base(height) - y) / apex_N
    radius_N = np.maximum(np.hypot(across_N, up_N), 1e-9)
    # By the value of the ellipse's equation over its gradient.
    gradient_N = np.maximum(np.hypot(across_N / half_N, up_N / apex_N) / radius_N, 1e-9)
    return np.where(up_N < -_REACH / apex_N, np.inf, np.abs(radius_N - 1) / gradient_N)


def _distance_to_stubs(xs_N: NDArray[np.float64], x: float, y: float, height: float) -> NDArray[np.float64]:
    up = min(max(_base(height) - y, 0.0), _STUB)
    distance_N: NDArray[np.float64] = np.hypot(xs_N + _STUB_LEAN * up / _STUB - x, _base(height) - up - y)
    return distance_N


def _is_on_end(arranged: ArrangedArcs, shown: NDArray[np.intp], position: float) -> NDArray[np.bool_]:
    first_N2, other_N2 = arranged.first_N2[shown], arranged.other_N2[shown]
    on_first = (first_N2[:, 0] <= position) & (position < first_N2[:, 1])
    on_other: NDArray[np.bool_] = (other_N2[:, 0] <= position) & (position < other_N2[:, 1])
    return on_first | on_other


def _described(pair: Paired, chromosome: str) -> str:
    """Both ends, how far apart their middles are, and all else that the file says."""
    ends = [format_locus(Interval(chromosome, pair.start, max(pair.end, pair.start + 1)))]
    if pair.elsewhere == UNKNOWN_END:
        ends.append("an unknown place")
    else:
        place = Interval(pair.elsewhere or chromosome, pair.other_start, max(pair.other_end, pair.other_start + 1))
        ends.append(format_locus(place))
    distance = abs(pair.other_start + pair.other_end - pair.start - pair.end) // 2
    strands = "" if pair.strands in ("", "..") else f"strands {' '.join(pair.strands)}"
    apart = "" if pair.elsewhere else f"{bases(distance)} apart"
    value = "" if pair.value == -np.inf else f"score {pair.value:.4g}"
    return " · ".join(part for part in (pair.name, " – ".join(ends), apart, value, strands) if part)
