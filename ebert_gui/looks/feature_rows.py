"""Arranges features in rows, with their names; worked out once per set of features, zoom, height and settings."""

from collections.abc import Iterable
from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.shapes import Features
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.look import Room
from ebert_gui.looks.feature_settings import FeatureSettings

NAME_PIXELS = 11
BESIDE_NAME_PIXELS = 10
# Between a body and the name beside it.
BEFORE_NAME = 4.0
_TOP = 6.0
_ROW, _GLYPH = 28.0, 10.0
_BESIDE_ROW, _BESIDE_GLYPH = 14.0, 8.0
_SMALLEST_ROW = 5.0
_PADDING = 4.0
# What stays free behind a name, and between bodies that are made of parts.
_GAP = 10.0
_GAP_OF_PARTS = 3.0
_LEAST_WIDTH = 1.0
# More names than these have no room on any screen.
_MOST_NAMED = 2_000

Pairs = tuple[tuple[int, int], ...]
Pixels = NDArray[np.float64]


class Feature(NamedTuple):
    """One feature as it is drawn: parts and thick parts as (start, end) pairs.

    A gene stands for `transcripts`, of which it shows the one called `identity`.
    """

    name: str
    start: int
    end: int
    strand: str = "."
    parts: Pairs = ()
    thick: Pairs = ()
    transcripts: int = 1
    identity: str = ""
    score: float | None = None
    summit: int = -1
    colour: str = ""


class Names(Enum):
    """Where the names of features stand."""

    UNDER = auto()
    BESIDE = auto()
    NOWHERE = auto()


class Layout(NamedTuple):
    """Features in order of their starts: where each stands, and its label with its width in logical pixels.

    `tops` are the logical y of bodies, `glyphs` their heights; `row_heights` what belongs to each for the mouse,
    infinite where a track has one row. A label that has no room is not shown: with `Names.BESIDE` all have room, with
    `Names.NOWHERE` not all. Features that are not `shown` are `hidden`.
    """

    features: tuple[Feature, ...]
    rows: NDArray[np.int64]
    tops: Pixels
    row_heights: Pixels
    glyphs: Pixels
    names: Names
    hidden: int
    labels: tuple[str, ...]
    starts: Pixels
    ends: Pixels
    widths: Pixels
    has_label: NDArray[np.bool_]
    is_shown: NDArray[np.bool_]

    def are_at(self, y: float) -> NDArray[np.bool_]:
        """Which features stand in the row at a logical y."""
        is_there: NDArray[np.bool_] = (self.tops <= y) & (y < self.tops + self.row_heights)
        return is_there | np.isinf(self.row_heights)

    def touching(self, axis: Axis, margin: float = 2.0) -> list[int]:
        """The features whose bodies or names come within `margin` logical pixels of what an axis shows."""
        lefts = axis.xs_of(self.starts)
        rights = np.maximum(axis.xs_of(self.ends), lefts + _LEAST_WIDTH) + BEFORE_NAME + self.widths
        return np.flatnonzero((rights >= -margin) & (lefts <= axis.width + margin)).tolist()


def features_of(replies: Iterable[Features]) -> tuple[Feature, ...]:
    """The features of all replies, each once, in order of their starts."""
    known: dict[tuple[int, int, str, str, str], Feature] = {}
    for reply in replies:
        for each in _features_in(reply):
            known[each.start, each.end, each.strand, each.name, each.identity] = each
    return tuple(known[key] for key in sorted(known))


def _features_in(reply: Features) -> list[Feature]:
    count = len(reply.starts)
    nothing: list[Pairs] = [()] * count
    empty = ("",) * count
    transcripts = reply.column("transcripts") or ("1",) * count
    return [
        Feature(name, start, end, strand, parts, thick, int(number) if number.isdecimal() else 1, *more)
        for name, start, end, strand, parts, thick, number, *more in zip(
            reply.names or empty,
            reply.starts.tolist(),
            reply.ends.tolist(),
            reply.strands or "." * count,
            reply.parts.pairs() if reply.parts else nothing,
            reply.thick_parts.pairs() if reply.thick_parts else nothing,
            transcripts,
            reply.column("identity") or empty,
            [None] * count if reply.scores is None else reply.scores.tolist(),
            [-1] * count if reply.summits is None else reply.summits.tolist(),
            reply.colours or empty,
            strict=True,
        )
    ]


def lay_out(features: tuple[Feature, ...], room: Room, settings: FeatureSettings) -> Layout:
    """Features in rows: labels under all bodies, or beside those that have room for one, or nowhere."""
    is_labelled = settings.labelled != "none" and settings.mode != "dense" and len(features) <= _MOST_NAMED
    labels = tuple(_label(each, settings) if is_labelled else "" for each in features)
    starts = np.array([each.start for each in features], dtype=np.float64)
    ends = np.array([each.end for each in features], dtype=np.float64)
    if not any(labels):
        bodies = _Bodies(labels, starts, ends, np.zeros(len(features)))
        return _layout(features, Names.NOWHERE, bodies, _bare(features, room, settings, bodies))
    bodies = _Bodies(labels, starts, ends, room.text_widths(labels, NAME_PIXELS))
    under = _under(features, room, settings, bodies)
    if under is not None:
        return _layout(features, Names.UNDER, bodies, under)
    bodies = bodies._replace(widths=room.text_widths(labels, BESIDE_NAME_PIXELS))
    if settings.mode == "collapsed":
        return _layout(features, Names.BESIDE, bodies, _in_one_row(room, Names.BESIDE, bodies))
    placed = _beside(features, room, bodies)
    is_whole = bool((placed.has_label | (bodies.widths <= 0)).all())
    return _layout(features, Names.BESIDE if is_whole else Names.NOWHERE, bodies, placed)


class _Bodies(NamedTuple):
    labels: tuple[str, ...]
    starts: Pixels
    ends: Pixels
    widths: Pixels


class _Placed(NamedTuple):
    """Where each feature stands, whether its label has room there, and whether it has room itself."""

    rows: NDArray[np.int64]
    tops: Pixels
    row_heights: Pixels
    glyphs: Pixels
    has_label: NDArray[np.bool_]
    is_shown: NDArray[np.bool_]

    @classmethod
    def in_rows(cls, rows: NDArray[np.int64], top: float, row_height: float, glyph: float) -> "_Placed":
        """All in rows of one height, with their labels."""
        count = len(rows)
        everything = np.ones(count, np.bool_)
        tops: Pixels = top + rows.astype(np.float64) * row_height
        heights = np.full(count, row_height if rows.any() else np.inf)
        return cls(rows, tops, heights, np.full(count, glyph), everything, everything.copy())


def _layout(features: tuple[Feature, ...], names: Names, bodies: _Bodies, placed: _Placed) -> Layout:
    has_label = placed.has_label & placed.is_shown & np.array([bool(text) for text in bodies.labels], np.bool_)
    hidden = int((~placed.is_shown).sum())
    rows, tops, row_heights, glyphs = placed[:4]
    return Layout(features, rows, tops, row_heights, glyphs, names, hidden, *bodies, has_label, placed.is_shown)


def _under(features: tuple[Feature, ...], room: Room, settings: FeatureSettings, bodies: _Bodies) -> _Placed | None:
    """With labels under the bodies; None where the height does not suffice for all."""
    most = int((room.height - _TOP) // _ROW)
    if most < 1:
        return None
    if settings.mode == "collapsed":
        return _in_one_row(room, Names.UNDER, bodies)
    lefts, rights = _on_screen(bodies, room.bases_per_pixel)
    rows = stack(lefts, rights, _reach(lefts, rights, Names.UNDER, bodies.widths), _gap(features), most)
    return None if rows is None else _Placed.in_rows(rows, _TOP, _ROW, _GLYPH)


def _in_one_row(room: Room, names: Names, bodies: _Bodies) -> _Placed:
    """All in one row, with the labels that meet no other feature."""
    lefts, rights = _on_screen(bodies, room.bases_per_pixel)
    fits = _fits_in_one_row(lefts, rights, _reach(lefts, rights, names, bodies.widths))
    glyph = _GLYPH if names is Names.UNDER else _BESIDE_GLYPH
    top = _TOP if names is Names.UNDER else max(0.0, (room.height - _BESIDE_GLYPH) // 2)
    return _Placed.in_rows(np.zeros(len(lefts), np.int64), top, _ROW, glyph)._replace(has_label=fits)


def _beside(features: tuple[Feature, ...], room: Room, bodies: _Bodies) -> _Placed:
    """With as many labels beside the bodies as have room; where too many features overlap, they stand closer."""
    lefts, rights = _on_screen(bodies, room.bases_per_pixel)
    reaches, gap = _reach(lefts, rights, Names.BESIDE, bodies.widths), _gap(features)
    most = int((room.height - _TOP) // _BESIDE_ROW)
    packing, crowds = _Labelled(max(1, most)), []
    ends = rights + gap
    for first, last in _clusters(lefts, ends):
        rows = stack(lefts[first:last], rights[first:last], rights[first:last], gap, None)
        assert rows is not None, "without a limit every feature finds a row"
        if rows.max() >= packing.most:
            packing.clear_from(float(lefts[first]))
            packing.rows += rows.tolist()
            packing.has_label += [False] * (last - first)
            crowds.append((first, last))
        else:
            for left, end, reach in zip(
                lefts[first:last].tolist(), ends[first:last].tolist(), reaches[first:last].tolist(), strict=True
            ):
                packing.add(left, end, max(end, reach))
    top = _TOP if most else max(0.0, (room.height - _BESIDE_GLYPH) // 2)
    placed = _Placed.in_rows(np.array(packing.rows, np.int64), top, _BESIDE_ROW, _BESIDE_GLYPH)
    placed = placed._replace(has_label=np.array(packing.has_label, np.bool_))
    for first, last in crowds:
        _stand_closer(placed, slice(first, last), room.height - 2 * _PADDING, top)
    return placed


def _clusters(lefts: Pixels, ends: Pixels) -> list[tuple[int, int]]:
    """Runs of features, by their numbers, between which nothing overlaps."""
    reached = np.maximum.accumulate(ends)
    cuts = (np.flatnonzero(lefts[1:] >= reached[:-1]) + 1).tolist()
    return list(pairwise([0, *cuts, len(lefts)]))


class _Labelled:
    """Rows that are filled from left to right: labels keep their room until no other row is left for a body."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.rows: list[int] = []
        self.has_label: list[bool] = []
        # Of each row where its last body ends, where its last label ends, and whose that is.
        self._free: list[tuple[float, float, int]] = []

    def add(self, left: float, end: float, reach: float) -> None:
        """Place the next feature, which there is a row for."""
        row = next((row for row, (_, labelled, _) in enumerate(self._free) if labelled <= left), len(self._free))
        if row == self.most:
            row = next(row for row, (body, _, _) in enumerate(self._free) if body <= left)
            self.has_label[self._free[row][2]] = False
        entry = (end, reach, len(self.rows))
        self._free[row : row + 1] = [entry]
        self.rows.append(row)
        self.has_label.append(True)

    def clear_from(self, left: float) -> None:
        """Take away the labels that reach beyond a place."""
        for _, labelled, number in self._free:
            if labelled > left:
                self.has_label[number] = False
        self._free.clear()


def _stand_closer(placed: _Placed, crowd: slice, usable: float, top: float) -> None:
    """Put features into lower rows, as many as the height has."""
    rows = placed.rows[crowd]
    row_height = max(_SMALLEST_ROW, min(_BESIDE_ROW, usable // (int(rows.max()) + 1)))
    placed.tops[crowd] = top + rows * row_height
    placed.row_heights[crowd] = row_height
    placed.glyphs[crowd] = min(_BESIDE_GLYPH, max(3.0, row_height - 3))
    placed.is_shown[crowd] = rows < max(1, int(usable // row_height))


def _bare(features: tuple[Feature, ...], room: Room, settings: FeatureSettings, bodies: _Bodies) -> _Placed:
    """In rows that are as high as the height allows."""
    lefts, rights = _on_screen(bodies, room.bases_per_pixel)
    rows = np.zeros(len(features), np.int64)
    if settings.mode == "packed":
        found = stack(lefts, rights, rights, _gap(features), None)
        assert found is not None, "without a limit every feature finds a row"
        rows = found
    count = int(rows.max(initial=0)) + 1
    usable = room.height - 2 * _PADDING
    if count == 1:
        glyph = min(_GLYPH, max(3.0, usable))
        return _Placed.in_rows(rows, max(0.0, (room.height - glyph) // 2), max(_SMALLEST_ROW, usable), glyph)
    # Whole pixels, so that edges are sharp.
    row_height = max(_SMALLEST_ROW, min(_BESIDE_ROW, usable // count))
    placed = _Placed.in_rows(rows, _PADDING, row_height, min(_GLYPH, max(3.0, row_height - 3)))
    return placed._replace(is_shown=rows < max(1, int(usable // row_height)))


def _on_screen(bodies: _Bodies, zoom: float) -> tuple[Pixels, Pixels]:
    """Both ends in pixels from the chromosome's start, so that panning moves nothing."""
    lefts = bodies.starts / zoom
    return lefts, np.maximum(bodies.ends / zoom, lefts + _LEAST_WIDTH)


def _reach(lefts: Pixels, rights: Pixels, names: Names, widths: Pixels) -> Pixels:
    """Where each feature with its name and what stays free behind it ends."""
    named = lefts + widths if names is Names.UNDER else rights + BEFORE_NAME + widths
    return np.maximum(rights, np.where(widths > 0, named + _GAP, rights))


def _gap(features: tuple[Feature, ...]) -> float:
    """Between bodies that are made of parts there is a gap; others may lie end to end, with a border between them."""
    return _GAP_OF_PARTS if any(each.parts for each in features) else 0.0


def stack(lefts: Pixels, rights: Pixels, reaches: Pixels, gap: float, most: int | None) -> NDArray[np.int64] | None:
    """The first row that is free at each feature; None where more rows are needed than there is room for."""
    free_from: list[float] = []
    rows = np.zeros(len(lefts), np.int64)
    taken = np.maximum(rights + gap, reaches)
    for number, (left, end) in enumerate(zip(lefts.tolist(), taken.tolist(), strict=True)):
        row = next((row for row, free in enumerate(free_from) if free <= left), len(free_from))
        if row == len(free_from):
            if row == most:
                return None
            free_from.append(end)
        else:
            free_from[row] = end
        rows[number] = row
    return rows


def _fits_in_one_row(lefts: Pixels, rights: Pixels, reaches: Pixels) -> NDArray[np.bool_]:
    """Whose name meets neither the next feature nor one that is still going on."""
    if not lefts.size:
        return np.zeros(0, np.bool_)
    following = np.append(lefts[1:], np.inf)
    before = np.append(-np.inf, np.maximum.accumulate(rights)[:-1])
    fits: NDArray[np.bool_] = (reaches <= following) & (before <= lefts)
    return fits


def _label(feature: Feature, settings: FeatureSettings) -> str:
    if settings.labelled == "score":
        return "" if feature.score is None else f"{feature.score:.4g}"
    return label(feature, settings.names_transcripts)


def label(feature: Feature, with_identity: bool = False) -> str:
    """The name with an arrow in the direction of transcription; that of a transcript beside its gene's if asked for."""
    name = f"{feature.name} {feature.identity}".strip() if with_identity else feature.name
    return {"+": f"{name} ▸", "-": f"◂ {name}"}.get(feature.strand, name) if name else ""
