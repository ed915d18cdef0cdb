"""The rows as they are drawn: what is arranged of each, and the scales that they share."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ebert_core.protocol.calling import Doubt
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import ContentSource, TrackContent
from ebert_gui.browser.gutter import Label, doubts_of
from ebert_gui.browser.look import Answer, Drawings, Look, Room, Scale
from ebert_gui.browser.surface import Surface
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track


class DrawnRow(NamedTuple):
    """A track with its look, its style, its content, and what the look made of them."""

    track: Track
    # Any: the look alone knows of which type its style and its arrangement are.
    look: Look[Any, Any]
    style: Any
    content: TrackContent
    arranged: Any

    def paint(self, surface: Surface, scale: Scale) -> None:
        """Draw a stretch of the track."""
        self.look.paint(surface, self.arranged, scale)

    def annotate(self, surface: Surface, scale: Scale) -> None:
        """Write over what was painted."""
        self.look.annotate(surface, self.arranged, scale)

    def serials(self, axis: Axis) -> tuple[int, ...]:
        """What the picture over an axis is made of; lines go on to the column beside it."""
        shown = axis._replace(start=axis.start - axis.bases_per_column, width=axis.width + 2 / axis.ratio).interval
        return tuple(
            held.serial
            for replies in self.content.parts.values()
            for held in replies
            if not self.look.is_local or held.interval.overlaps(shown)
        )

    def at(self, position: float, axis: Axis, y: float = 0.0) -> Answer:
        """What stands on a position at a logical y of the row; where nothing could be read, why not."""
        found: Answer = self.look.at_point(self.arranged, position, y, axis)
        return found if found.full or not self.content.is_error else found._replace(full=self.content.sentence)

    def blank(self, axis: Axis) -> str:
        """What is said where everything has come and nothing of it is on screen."""
        if self.content.is_empty or self.content.sentence:
            return ""
        strange = next((remark.full for remark in self.content.remarks if remark.kind == "strange names"), "")
        sentence: str = strange or self.look.blank(self.arranged, axis)
        return sentence

    def label(self, surface: Surface, scale: Scale | None) -> Label:
        """What the gutter says."""
        has_scale = self.look.has_scale or self.look.range_of(self.arranged, surface.axis) is not None
        own = self.look.colour(self.style, surface.palette) if self.look.has_scale else self.track.colour
        shown = scale if has_scale and not self.is_unread else None
        return Label(
            self.track,
            "" if self.is_unread else self.look.caption(surface.axis, self.arranged),
            shown,
            self.look.plot_edges(surface.height),
            own,
            self.doubts,
            self.look.scale_words(self.style),
            self.look.ticks(self.arranged, shown, surface.height) if shown else (),
            self.look.ramp(self.arranged, surface.palette, shown) if shown else (),
        )

    def about(self, axis: Axis, scale: Scale | None) -> str:
        """All that is to be said of the row, in whole sentences: what is drawn, its scale, what is against it."""
        sentence = "" if self.is_unread else self.look.about(self.arranged, axis, scale)
        return " ".join(filter(None, (sentence, *(doubt.full for doubt in self.doubts))))

    @property
    def is_unread(self) -> bool:
        """Whether nothing could be read, so that there are no bins and no scale."""
        return self.content.is_error and self.content.is_empty

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Why what is drawn is not to be taken at its word."""
        return doubts_of(self.look.doubts(self.style), self.content)


class DrawnRows:
    """Arranges rows once for what has come, and keeps the arrangement until something changes."""

    def __init__(self, drawings: Drawings, source: ContentSource) -> None:
        self._drawings = drawings
        self._source = source
        self._kept: dict[str, tuple[tuple[object, ...], DrawnRow, Room]] = {}
        self.arranged = 0
        """How often something was arranged."""

    def row(self, track: Track, scope: Scope, room: Room) -> DrawnRow:
        """A track as it is drawn now."""
        content, drawing = self._source.content(track), self._drawings.of(track)
        style = drawing.style(track, scope)
        serials = tuple(held.serial for replies in content.parts.values() for held in replies)
        said = (content.is_loading, content.sentence, content.details, content.link, content.is_error)
        # Palette and font stay with the row, so that nothing else can get the identities that the key is made of.
        room_key = (room.bases_per_pixel, room.height, id(room.palette), id(room.font))
        key = (track, style, serials, tuple(content.parts), said, room_key)
        kept = self._kept.get(track.id)
        if kept is None or kept[0] != key:
            look: Look[Any, Any] = drawing.look
            self.arranged += 1
            row = DrawnRow(track, look, style, content, look.arrange(style, content, room))
            kept = self._kept[track.id] = (key, row, room)
        return kept[1]

    def forget(self, others_than: Iterable[str]) -> None:
        """Forget the tracks that are not among these."""
        for name in self._kept.keys() - set(others_than):
            del self._kept[name]

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


def shared_scales(rows: Iterable[DrawnRow], axis: Axis) -> dict[str, Scale]:
    """The scale of each track by its id; tracks of one group share the widest."""
    own: dict[str, Scale] = {}
    groups: dict[str, list[str]] = {}
    for row in rows:
        found = row.look.range_of(row.arranged, axis)
        if found is not None:
            own[row.track.id] = found
            groups.setdefault(row.look.group(row.style) or f"alone {row.track.id}", []).append(row.track.id)
    for members in groups.values():
        low, high = min(own[each].low for each in members), max(own[each].high for each in members)
        own.update({each: own[each]._replace(low=low, high=high) for each in members})
    return own
