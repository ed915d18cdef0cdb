"""Draws variants in packed rows: shape and colour say the kind, and letters the alleles where there is room."""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.looks.mixed import mixed
from ebert_gui.state.tracks import Part

_TOP, _ROW, _GLYPH = 4.0, 13.0, 9.0
_TALLEST = 24.0
_LEAST_WIDTH, _CAP = 2.0, 2.0
_GAP, _BEFORE_NAME = 8.0, 5.0
_LABEL_PIXELS = 10
# More than these have no room for letters on any screen.
_MOST_LABELLED = 400
_LONGEST_LABEL = 14
# The share of variants that may overlap another in their row before all stand in one row.
_MOST_CROWDED = 0.1
# Letters at fewer than this share of the variants look as if the others had none.
_LEAST_LABELLED = 0.25
# How much of the canvas shows through a variant that did not pass the file's filters.
_FAILED_SHARE = 0.6
# How near the cursor must come, in logical pixels.
_REACH = 4.0
_PASSED = ("", "PASS", ".")


class VariantsStyle(NamedTuple):
    """What is drawn; without a colour each kind has its own."""

    part: Part[Features]
    colour: str = ""


class Called(NamedTuple):
    """One variant as the file says it."""

    start: int
    end: int
    name: str
    reference: str
    alternatives: str
    quality: str
    passed: str
    kind: str

    @property
    def change(self) -> str:
        """The reference allele and the others."""
        return f"{self.reference}>{self.alternatives or '.'}"

    @property
    def words(self) -> str:
        """Position, name, alleles, quality and filter."""
        quality = f" · QUAL {self.quality}" if self.quality else ""
        return f"{self.start + 1:,} {f'{self.name} ' if self.name else ''}{self.change}{quality}{self._filter}"

    @property
    def _filter(self) -> str:
        return f" · {self.passed}" if self.passed else ""


class Group(NamedTuple):
    """The variants that are drawn alike: by their places among all."""

    kind: str
    colour: str
    row: int
    members: NDArray[np.intp]


class ArrangedVariants(NamedTuple):
    """All variants in order, each once, with the rows they stand in; a label is empty where it has no room."""

    called: tuple[Called, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    rows: NDArray[np.int64]
    groups: tuple[Group, ...]
    labels: tuple[str, ...]
    widths: NDArray[np.float64]
    glyph: float
    omitted: int
    bases_per_pixel: float


class VariantsLook(Look[VariantsStyle, ArrangedVariants]):
    """Packed rows of variants."""

    is_local: ClassVar[bool] = False

    def arrange(self, style: VariantsStyle, content: TrackContent, room: Room) -> ArrangedVariants:
        """Each variant once, in the first row that is free, with letters where they have room."""
        replies = [held.shape for held in content.of(style.part)]
        called = _each_once(replies)
        starts = np.array([each.start for each in called], dtype=np.int64)
        ends = np.array([each.end for each in called], dtype=np.int64)
        lefts = starts / room.bases_per_pixel
        rights = np.maximum(ends / room.bases_per_pixel, lefts + _LEAST_WIDTH)
        most = max(1, int((room.height - _TOP) // _ROW))
        labels = tuple(map(_label, called)) if len(called) <= _MOST_LABELLED else ("",) * len(called)
        widths = room.text_widths(labels, _LABEL_PIXELS) if any(labels) else np.zeros(len(labels))
        packed = _packed(lefts, rights, rights + _BEFORE_NAME + widths, most)
        return ArrangedVariants(
            called,
            starts,
            ends,
            packed.rows,
            _groups(called, packed.rows, style, room.palette),
            tuple(label if is_free else "" for label, is_free in zip(labels, packed.has_room, strict=True)),
            widths,
            _GLYPH if packed.is_packed else max(_GLYPH, min(_TALLEST, room.height - 2 * _TOP)),
            sum(reply.omitted for reply in replies),
            room.bases_per_pixel,
        )

    def paint(self, surface: Surface, arranged: ArrangedVariants, scale: Scale) -> None:
        """Bars; insertions have feet at both ends, deletions are a line behind a bar, blocks a thin line."""
        del scale
        for group in arranged.groups:
            lefts = surface.axis.xs_of(arranged.starts[group.members])
            rights = surface.axis.xs_of(arranged.ends[group.members])
            _paint_group(surface, group, lefts, rights, _TOP + group.row * _ROW, arranged.glyph)

    def annotate(self, surface: Surface, arranged: ArrangedVariants, scale: Scale) -> None:
        """Alleles at the right of the bars."""
        del scale
        rights = (
            np.maximum(surface.axis.xs_of(arranged.ends), surface.axis.xs_of(arranged.starts) + _LEAST_WIDTH)
            + _BEFORE_NAME
        )
        on_screen = (rights >= 0) & (rights + arranged.widths <= surface.axis.width)
        for place in np.flatnonzero(on_screen).tolist():
            if not arranged.labels[place]:
                continue
            y = _TOP + int(arranged.rows[place]) * _ROW + arranged.glyph / 2 - 7
            box = QRectF(float(rights[place]), y, float(arranged.widths[place]), 14)
            surface.text(box, arranged.labels[place], surface.palette.text, _LABEL_PIXELS, Left)

    def caption(self, axis: Axis, arranged: ArrangedVariants) -> str:
        """How many variants there is no room for."""
        del axis
        return f"{arranged.omitted:,} not shown" if arranged.omitted else ""

    def at(self, arranged: ArrangedVariants, position: float, interval: Interval) -> Answer:
        """The variant that is nearest to a position, if one is near; a click asks for all that the file says of it."""
        middles = np.clip(position, arranged.starts, np.maximum(arranged.starts, arranged.ends))
        distances = np.abs(middles - position) / arranged.bases_per_pixel
        near = np.flatnonzero(distances <= _REACH)
        if not near.size:
            return Answer()
        # The shortest: a deletion or a block may cover a hundred others.
        order = np.lexsort((distances[near], (arranged.ends - arranged.starts)[near]))
        first = arranged.called[int(near[order[0]])]
        others = f" (and {near.size - 1:,} more)" if near.size > 1 else ""
        return Answer(
            f"{first.words} · {first.kind}{others}", subject=Interval(interval.chromosome, first.start, first.end)
        )

    def blank(self, arranged: ArrangedVariants, axis: Axis) -> str:
        """That there are none."""
        is_any = ((arranged.starts < axis.end) & (arranged.ends > axis.start)).any()
        return "" if is_any else "No variants here"

    def colour(self, style: VariantsStyle, palette: Palette) -> str:
        """The chosen colour; else each kind has its own."""
        del palette
        return style.colour


class _Packed(NamedTuple):
    """The row of each variant, and whether its letters have room there; all in one row where rows are too few."""

    rows: NDArray[np.int64]
    has_room: list[bool]
    is_packed: bool


def _packed(
    lefts: NDArray[np.float64], rights: NDArray[np.float64], label_rights: NDArray[np.float64], most: int
) -> _Packed:
    """First a row that leaves the letters before it their room, then one whose last bar has ended."""
    rows, has_room = np.zeros(len(lefts), dtype=np.int64), [True] * len(lefts)
    last: list[int] = []  # of each row the variant that reaches furthest
    crowded = 0
    label_list, right_list = label_rights.tolist(), rights.tolist()
    for place, left in enumerate(lefts.tolist()):
        free = next((row for row, before in enumerate(last) if label_list[before] + _GAP <= left), len(last))
        if free == most:
            free = min(range(most), key=lambda row: right_list[last[row]])
            has_room[last[free]] = False
            crowded += right_list[last[free]] > left
        if free == len(last):
            last.append(place)
        elif right_list[place] >= right_list[last[free]]:
            last[free] = place
        else:
            has_room[place] = False
        rows[place] = free
    if crowded > _MOST_CROWDED * len(lefts):
        return _Packed(np.zeros(len(lefts), dtype=np.int64), [False] * len(lefts), is_packed=False)
    if sum(has_room) < _LEAST_LABELLED * len(has_room):
        has_room = [False] * len(has_room)
    return _Packed(rows, has_room, is_packed=True)


def _each_once(replies: Iterable[Features]) -> tuple[Called, ...]:
    found: dict[Called, None] = {}
    for reply in replies:
        nothing = ("",) * len(reply.starts)
        columns = (reply.column(name) or nothing for name in ("ref", "alt", "qual", "filter", "kind"))
        rows = zip(reply.starts.tolist(), reply.ends.tolist(), reply.names or nothing, *columns, strict=True)
        found.update(dict.fromkeys(Called(*row) for row in rows))
    return tuple(sorted(found))


def _label(called: Called) -> str:
    if called.kind == "reference block":
        return ""
    # The base before a symbolic allele says nothing.
    said = called.alternatives if called.alternatives.startswith("<") else called.change
    return said if len(said) <= _LONGEST_LABEL else f"{said[: _LONGEST_LABEL - 1]}…"


def _groups(
    called: tuple[Called, ...], rows: NDArray[np.int64], style: VariantsStyle, palette: Palette
) -> tuple[Group, ...]:
    """What is drawn last lies on top: blocks and long variants go first."""
    members: dict[tuple[int, str, bool], list[int]] = {}
    for place, (each, row) in enumerate(zip(called, rows.tolist(), strict=True)):
        members.setdefault((row, each.kind, each.passed in _PASSED), []).append(place)
    order = {kind: place for place, kind in enumerate(("reference block", "other", "deletion", "SNV", "insertion"))}
    keys = sorted(members, key=lambda key: (order.get(key[1], 0), key[2]))
    return tuple(
        Group(kind, _colour(kind, passed, style, palette), row, np.array(members[row, kind, passed], dtype=np.intp))
        for row, kind, passed in keys
    )


def _colour(kind: str, passed: bool, style: VariantsStyle, palette: Palette) -> str:
    places = {"SNV": 0, "insertion": 1, "deletion": 3, "other": 7}
    own = style.colour or (palette.signals[places[kind]] if kind in places else palette.border)
    return own if passed else mixed(own, palette.canvas, _FAILED_SHARE)


def _paint_group(
    surface: Surface, group: Group, lefts: NDArray[np.float64], rights: NDArray[np.float64], top: float, glyph: float
) -> None:
    colour, middle = group.colour, top + glyph / 2
    wide = np.maximum(rights, lefts + _LEAST_WIDTH)
    narrow = lefts + _LEAST_WIDTH
    if group.kind == "reference block":
        surface.rectangles(lefts, wide, middle - 1, 2, colour)
    elif group.kind == "deletion":
        surface.rectangles(lefts, wide, middle - 1.5, 3, colour)
        surface.rectangles(lefts, narrow, top, glyph, colour)
    elif group.kind == "insertion":
        surface.rectangles(lefts, narrow, top, glyph, colour)
        for y in (top, top + glyph - _CAP):
            surface.rectangles(lefts - _CAP, narrow + _CAP, y, _CAP, colour)
    else:
        surface.rectangles(lefts, wide, top, glyph, colour)
