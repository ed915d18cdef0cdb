"""The tracks on screen, top to bottom."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

import msgspec

from ebert_gui.state.announcer import Announcer
from ebert_gui.state.tracks import Track, with_ids

SMALLEST_HEIGHT = 16
LARGEST_HEIGHT = 600

Step = Callable[[str], AbstractContextManager[object]]


class TrackList:
    """An ordered list of tracks. Every change is made within a `step` of a gesture, so that it can be undone.

    `added` names the tracks that the last change brought in; it is empty where those in view shall stay.
    """

    def __init__(self, step: Step = nullcontext) -> None:
        self.changed = Announcer()
        self.added: tuple[str, ...] = ()
        self._step = step
        self._tracks: tuple[Track, ...] = ()

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks, top to bottom."""
        return self._tracks

    def find(self, track_id: str) -> Track | None:
        """The track of this id."""
        return next((track for track in self._tracks if track.id == track_id), None)

    def restart(self, tracks: Iterable[Track]) -> None:
        """Begin with these tracks."""
        self.added = ()
        self._tracks = with_ids(tracks)
        self.changed.announce()

    def put_back(self, tracks: tuple[Track, ...]) -> None:
        """Show tracks as they were before, which is no step of its own."""
        if tracks != self._tracks:
            self._set(tracks)

    def add(self, *tracks: Track, index: int | None = None) -> None:
        """Put tracks in at `index`, or at the end."""
        place = len(self._tracks) if index is None else index
        self._change(with_ids((*self._tracks[:place], *tracks, *self._tracks[place:])))

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

    def resize(self, track_id: str, height: int, gesture: str = "") -> None:
        """Give a track another height in logical pixels; with one `gesture`, many heights are one step."""
        bounded = min(max(height, SMALLEST_HEIGHT), LARGEST_HEIGHT)
        self._replace(track_id, lambda track: msgspec.structs.replace(track, height=bounded), gesture)

    def recolour(self, track_id: str, colour: str) -> None:
        """Give a track another colour (`#rrggbb`, empty for its usual one)."""
        self._replace(track_id, lambda track: msgspec.structs.replace(track, colour=colour))

    def replace(self, track_id: str, new: Track) -> None:
        """Put another track in the place of one, under the same id."""
        self._replace(track_id, lambda track: msgspec.structs.replace(new, id=track.id))

    def exchange_all(self, tracks: Iterable[Track], reveals: bool = True) -> None:
        """Show these tracks instead, in one step; unless it `reveals` them, new ones are not scrolled to."""
        self._change(with_ids(tracks), reveals=reveals)

    def rewrite(self, change: Callable[[Track], Track]) -> None:
        """Change every track in one step."""
        self._change(tuple(change(track) for track in self._tracks))

    def substitute(self, change: Callable[[Track], Track]) -> None:
        """Let every track show what `change` makes of it, in its place and in one step.

        A track whose substitute is on screen already stays as it is: nothing is shown twice, and no rows change places.
        """
        shown = {track.subject for track in self._tracks}

        def substituted(track: Track) -> Track:
            new = change(track)
            return track if new.subject in shown else new

        self._change(tuple(substituted(track) for track in self._tracks))

    def duplicate(self, copy_of: Callable[[Track], Track | None]) -> None:
        """Put under every track what `copy_of` makes of it, if anything."""
        beside: list[Track] = []
        for track in self._tracks:
            copy = copy_of(track)
            beside += [track] if copy is None else [track, msgspec.structs.replace(copy, id="")]
        self._change(with_ids(beside))

    def remove_all(self, is_removed: Callable[[Track], bool]) -> None:
        """Take tracks out, in one step."""
        self._change(tuple(track for track in self._tracks if not is_removed(track)))

    def _replace(self, track_id: str, change: Callable[[Track], Track], gesture: str = "") -> None:
        self._change(tuple(change(track) if track.id == track_id else track for track in self._tracks), gesture)

    def _change(self, tracks: tuple[Track, ...], gesture: str = "", reveals: bool = True) -> None:
        if tracks != self._tracks:
            with self._step(gesture):
                self._set(tracks, reveals)

    def _set(self, tracks: tuple[Track, ...], reveals: bool = True) -> None:
        before = {track.id for track in self._tracks}
        self.added = tuple(track.id for track in tracks if track.id not in before) if reveals else ()
        self._tracks = tracks
        self.changed.announce()
