"""The tracks on screen, top to bottom, with undo."""

from collections.abc import Callable, Iterable

import msgspec

from ebert_gui.state.announcer import Announcer
from ebert_gui.state.tracks import Track

SMALLEST_HEIGHT = 16
LARGEST_HEIGHT = 600
_REMEMBERED_CHANGES = 100


class TrackList:
    """An ordered list of tracks; every change can be undone."""

    def __init__(self) -> None:
        self.changed = Announcer()
        self._tracks: tuple[Track, ...] = ()
        self._undone: list[tuple[Track, ...]] = []
        self._before: list[tuple[Track, ...]] = []

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks, top to bottom."""
        return self._tracks

    @property
    def can_undo(self) -> bool:
        """Whether a change can be taken back."""
        return bool(self._before)

    def find(self, track_id: str) -> Track | None:
        """The track of this id."""
        return next((track for track in self._tracks if track.id == track_id), None)

    def restart(self, tracks: Iterable[Track]) -> None:
        """Begin with these tracks; nothing before can be undone."""
        self._before.clear()
        self._undone.clear()
        self._tracks = ()
        self._tracks = _with_ids(tracks)
        self.changed.announce()

    def add(self, *tracks: Track, index: int | None = None) -> None:
        """Put tracks in at `index`, or at the end."""
        place = len(self._tracks) if index is None else index
        self._change(_with_ids((*self._tracks[:place], *tracks, *self._tracks[place:])))

    def remove(self, track_id: str) -> None:
        """Take a track out."""
        self._change(tuple(track for track in self._tracks if track.id != track_id))

    def move(self, track_id: str, index: int) -> None:
        """Put a track at this place among the others."""
        track = self.find(track_id)
        if track is not None:
            others = [other for other in self._tracks if other.id != track_id]
            others.insert(index, track)
            self._change(tuple(others))

    def reorder(self, track_ids: Iterable[str]) -> None:
        """Bring the tracks into this order; tracks not named keep their order at the end."""
        order = {track_id: place for place, track_id in enumerate(track_ids)}
        self._change(tuple(sorted(self._tracks, key=lambda track: order.get(track.id, len(order)))))

    def resize(self, track_id: str, height: int) -> None:
        """Give a track another height in logical pixels."""
        bounded = min(max(height, SMALLEST_HEIGHT), LARGEST_HEIGHT)
        self._replace(track_id, lambda track: msgspec.structs.replace(track, height=bounded))

    def recolour(self, track_id: str, colour: str) -> None:
        """Give a track another colour (`#rrggbb`, empty for its usual one)."""
        self._replace(track_id, lambda track: msgspec.structs.replace(track, colour=colour))

    def replace(self, track_id: str, new: Track) -> None:
        """Put another track in the place of one, under the same id."""
        self._replace(track_id, lambda track: msgspec.structs.replace(new, id=track.id))

    def exchange(self, field: str, one: str, other: str) -> None:
        """Swap two cell types or factors wherever a track shows them."""
        swapped = {one: other, other: one}

        def exchanged(track: Track) -> Track:
            value = getattr(track, field, "")
            return msgspec.structs.replace(track, **{field: swapped[value]}) if value in swapped else track

        if one != other:
            self.rewrite(exchanged)

    def rewrite(self, change: Callable[[Track], Track]) -> None:
        """Change every track in one step."""
        self._change(tuple(change(track) for track in self._tracks))

    def undo(self) -> None:
        """Take the last change back."""
        if self._before:
            self._undone.append(self._tracks)
            self._tracks = self._before.pop()
            self.changed.announce()

    def redo(self) -> None:
        """Make the change again that was taken back."""
        if self._undone:
            self._before.append(self._tracks)
            self._tracks = self._undone.pop()
            self.changed.announce()

    def _replace(self, track_id: str, change: Callable[[Track], Track]) -> None:
        self._change(tuple(change(track) if track.id == track_id else track for track in self._tracks))

    def _change(self, tracks: tuple[Track, ...]) -> None:
        if tracks != self._tracks:
            self._before = [*self._before, self._tracks][-_REMEMBERED_CHANGES:]
            self._undone.clear()
            self._tracks = tracks
            self.changed.announce()


def _with_ids(tracks: Iterable[Track]) -> tuple[Track, ...]:
    """The tracks, those without an id given one that no other has."""
    given = list(tracks)
    taken = {track.id for track in given if track.id}
    number = 0
    for place, track in enumerate(given):
        if not track.id:
            while f"track-{number}" in taken:
                number += 1
            taken.add(f"track-{number}")
            given[place] = msgspec.structs.replace(track, id=f"track-{number}")
    return tuple(given)
