"""Which tracks a person has selected, to change them together; what is selected is no step of undo."""

from collections.abc import Iterable

from ebert_gui.state.announcer import Announcer
from ebert_gui.state.history import History
from ebert_gui.state.tracks import Track


class Selection:
    """The selected tracks of one window; those that are not shown any more are selected again when they come back."""

    def __init__(self, history: History) -> None:
        self.changed = Announcer()
        self.copied: Track | None = None
        """The track whose settings were copied."""
        self._history = history
        self._ids: frozenset[str] = frozenset()
        self.last = ""
        """The track that was selected last; a stretch of tracks is counted from it."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The selected tracks, from top to bottom."""
        return tuple(track for track in self._history.setup.tracks if track.id in self._ids)

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple(track.id for track in self.tracks)

    def select(self, track_ids: Iterable[str], last: str = "") -> None:
        """Select these tracks and no others; `last` is the one that was chosen last."""
        ids = tuple(track_ids)
        self._show(frozenset(ids), last or (ids[-1] if ids else ""))

    def toggle(self, track_id: str) -> None:
        """Select one more track, or one less."""
        self._show(self._ids ^ {track_id}, track_id)

    def reach(self, track_id: str) -> None:
        """Select all tracks from the one that was selected last to this one."""
        order = [track.id for track in self._history.setup.tracks]
        if track_id not in order:
            return
        begin, end = order.index(self.last) if self.last in order else 0, order.index(track_id)
        self._show(frozenset(order[min(begin, end) : max(begin, end) + 1]), self.last or order[0])

    def step(self, by: int, *, adds: bool = False) -> None:
        """Select the track below (1) or above (-1) the one that was selected last, in its place or in addition."""
        order = [track.id for track in self._history.setup.tracks]
        if not order:
            return
        here = order.index(self.last) if self.last in order else (-1 if by > 0 else len(order))
        there = order[min(max(here + by, 0), len(order) - 1)]
        self._show(self._ids | {there} if adds else frozenset((there,)), there)

    def _show(self, ids: frozenset[str], last: str) -> None:
        if (ids, last) != (self._ids, self.last):
            self._ids, self.last = ids, last
            self.changed.announce()
