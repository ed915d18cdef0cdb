"""Arranges features in rows, with their names; worked out once per set of features, zoom, height and settings."""

from collections.abc import Iterable
from enum import Enum, auto
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
_SMALLEST_ROW, _SMALLEST_NAMED_ROW = 5.0, 11.0
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
    """Features in order of their starts: which row each stands in, and its label with its width in logical pixels.

    A label that has no room is not shown. With `Names.NOWHERE` names were given no room; those that happen to fit
    beside their features may still be shown. Features in rows that are not `shown` are `hidden`.
    """

    features: tuple[Feature, ...]
    rows: NDArray[np.int64]
    top: float
    row_height: float
    glyph: float
    names: Names
    hidden: int
    labels: tuple[str, ...]
    starts: Pixels
    ends: Pixels
    widths: Pixels
    has_label: NDArray[np.bool_]
    is_shown: NDArray[np.bool_]

    def top_of(self, number: int) -> float:
        """Logical y of a feature's body."""
        return self.top + float(self.rows[number]) * self.row_height

    def row_at(self, y: float) -> int:
        """The row at a logical y; the only one, where there is one, at any."""
        return int((y - self.top) // self.row_height) if self.rows.size and self.rows.any() else 0

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
    """Features in rows: names under the bodies, where they do not fit beside them, else left out."""
    is_labelled = settings.labelled != "none" and settings.mode != "dense" and len(features) <= _MOST_NAMED
    labels = tuple(_label(each, settings) if is_labelled else "" for each in features)
    starts = np.array([each.start for each in features], dtype=np.float64)
    ends = np.array([each.end for each in features], dtype=np.float64)
    widths = np.zeros(len(features))
    if any(labels):
        for names in (Names.UNDER, Names.BESIDE):
            widths = room.text_widths(labels, NAME_PIXELS if names is Names.UNDER else BESIDE_NAME_PIXELS)
            found = _named(features, room, settings, names, _Bodies(labels, starts, ends, widths))
            if found is not None:
                return found
    return _bare(features, room, settings, _Bodies(labels, starts, ends, widths))


class _Bodies(NamedTuple):
    labels: tuple[str, ...]
    starts: Pixels
    ends: Pixels
    widths: Pixels


def _named(
    features: tuple[Feature, ...], room: Room, settings: FeatureSettings, names: Names, bodies: _Bodies
) -> Layout | None:
    """With room for every name; None where the height does not suffice for it."""
    height = _ROW if names is Names.UNDER else _BESIDE_ROW
    lefts, rights = _on_screen(bodies, room.bases_per_pixel)
    reaches = _reach(lefts, rights, names, bodies.widths)
    most = int((room.height - _TOP) // height)
    if most < 1 and names is Names.UNDER:
        return None
    if settings.mode == "collapsed":
        rows, fits = np.zeros(len(features), np.int64), _fits_in_one_row(lefts, rights, reaches)
        top = _TOP if names is Names.UNDER else max(0.0, (room.height - _BESIDE_GLYPH) // 2)
    else:
        stacked = stack(lefts, rights, reaches, _gap(features), max(1, most))
        if stacked is None:
            return None
        rows, fits = stacked, np.ones(len(features), np.bool_)
        top = _TOP if most else max(0.0, (room.height - _BESIDE_GLYPH) // 2)
    has_label = fits & np.array([bool(text) for text in bodies.labels], np.bool_)
    glyph = _GLYPH if names is Names.UNDER else _BESIDE_GLYPH
    everything = np.ones(len(features), np.bool_)
    return Layout(features, rows, top, height, glyph, names, 0, *bodies, has_label, everything)


def _bare(features: tuple[Feature, ...], room: Room, settings: FeatureSettings, bodies: _Bodies) -> Layout:
    """In rows that are as high as the height allows; names where they happen to fit beside."""
    lefts, rights = _on_screen(bodies, room.bases_per_pixel)
    if settings.mode == "packed":
        found = stack(lefts, rights, rights, _gap(features), None)
        assert found is not None, "without a limit every feature finds a row"
        rows = found
    else:
        rows = np.zeros(len(features), np.int64)
    count = int(rows.max(initial=0)) + 1
    usable = room.height - 2 * _PADDING
    if count == 1:
        row_height, glyph = max(_SMALLEST_ROW, usable), min(_GLYPH, max(3.0, usable))
        top = max(0.0, (room.height - glyph) // 2)
    else:
        # Whole pixels, so that edges are sharp.
        row_height = max(_SMALLEST_ROW, min(_BESIDE_ROW, usable // count))
        glyph, top = min(_GLYPH, max(3.0, row_height - 3)), _TOP if any(bodies.labels) else _PADDING
    is_shown = rows < max(1, int(usable // row_height))
    has_label = np.zeros(len(features), np.bool_)
    if row_height >= _SMALLEST_NAMED_ROW and any(bodies.labels):
        has_label = is_shown & _fits_before_next(rows, lefts, _reach(lefts, rights, Names.BESIDE, bodies.widths))
        has_label &= np.array([bool(text) for text in bodies.labels], np.bool_)
    hidden = int((~is_shown).sum())
    return Layout(features, rows, top, row_height, glyph, Names.NOWHERE, hidden, *bodies, has_label, is_shown)


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


def _fits_before_next(rows: NDArray[np.int64], lefts: Pixels, reaches: Pixels) -> NDArray[np.bool_]:
    """Whose name ends before the next feature of its row."""
    order = np.lexsort((lefts, rows))
    following = np.full(len(lefts), np.inf)
    is_followed = rows[order][1:] == rows[order][:-1]
    following[order[:-1][is_followed]] = lefts[order][1:][is_followed]
    fits: NDArray[np.bool_] = reaches <= following
    return fits


def _label(feature: Feature, settings: FeatureSettings) -> str:
    if settings.labelled == "score":
        return "" if feature.score is None else f"{feature.score:.4g}"
    return label(feature, settings.names_transcripts)


def label(feature: Feature, with_identity: bool = False) -> str:
    """The name with an arrow in the direction of transcription; that of a transcript beside its gene's if asked for."""
    name = f"{feature.name} {feature.identity}".strip() if with_identity else feature.name
    return {"+": f"{name} ▸", "-": f"◂ {name}"}.get(feature.strand, name) if name else ""
