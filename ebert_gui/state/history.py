"""The set-up that is shown, and those before it: every change is made here, can be undone, and is announced once."""

from collections.abc import Callable

from ebert_gui.state.announcer import Announcer
from ebert_gui.state.setup import Setup

_REMEMBERED_STEPS = 100


class History:
    """Holds the set-up of one window and the last 100 steps; changes of one gesture, such as a drag, are one step.

    Places have a way back of their own, which panes keep: a step back leaves every pane where it is.
    """

    def __init__(self) -> None:
        self.changed = Announcer()
        self.added: tuple[str, ...] = ()
        """The tracks that the last change of tracks brought in; none where those in view shall stay."""
        self._setup = Setup()
        self._before: list[Setup] = []
        self._undone: list[Setup] = []
        self._gesture = ""
        self._followed: list[tuple[Callable[[Setup], object], Announcer]] = []

    @property
    def setup(self) -> Setup:
        """What is shown now."""
        return self._setup

    @property
    def can_undo(self) -> bool:
        """Whether a change can be taken back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a change that was taken back can be made again."""
        return bool(self._undone)

    def follow(self, part: Callable[[Setup], object]) -> Announcer:
        """An announcer of the changes of one part of the set-up."""
        announcer = Announcer()
        self._followed.append((part, announcer))
        return announcer

    def change(self, setup: Setup, merge: str = "", *, reveals: bool = True) -> None:
        """Show another set-up: one step, together with the changes before it of the same non-empty gesture `merge`.

        Unless it `reveals` new tracks, no view scrolls to them.
        """
        if setup != self._setup:
            self._undone.clear()
            if not merge or merge != self._gesture:
                self._before = [*self._before, self._setup][-_REMEMBERED_STEPS:]
            self._gesture = merge
            self._show(setup, reveals)

    def move(self, setup: Setup) -> None:
        """Show other places of the same set-up, which is no step."""
        if setup != self._setup:
            self._show(setup)

    def amend(self, rewrite: Callable[[Setup], Setup]) -> None:
        """Write every set-up otherwise, those remembered and the one shown: the same is shown, so it is no step."""
        self._before = list(map(rewrite, self._before))
        self._undone = list(map(rewrite, self._undone))
        self.move(rewrite(self._setup))

    def undo(self) -> None:
        """Take the last step back."""
        self._go(self._before, self._undone)

    def redo(self) -> None:
        """Make the step again that was taken back."""
        self._go(self._undone, self._before)

    def restart(self, setup: Setup) -> None:
        """Begin anew: nothing before this can be shown again. Nobody is told but by whoever begins."""
        self._before.clear()
        self._undone.clear()
        self._gesture, self.added, self._setup = "", (), setup

    def _go(self, source: list[Setup], target: list[Setup]) -> None:
        self._gesture = ""
        # A drag that came back to where it began has changed nothing; a person must not undo it.
        while source and source[-1].with_places_of(self._setup) == self._setup:
            source.pop()
        if source:
            target.append(self._setup)
            self._show(source.pop().with_places_of(self._setup))

    def _show(self, setup: Setup, reveals: bool = True) -> None:
        before, self._setup = self._setup, setup
        if setup.tracks != before.tracks:
            shown = {track.id for track in before.tracks}
            self.added = tuple(track.id for track in setup.tracks if track.id not in shown) if reveals else ()
        # Who is told may change the set-up again: what is told of this change is settled before.
        told = [announcer for part, announcer in self._followed if part(before) != part(setup)]
        for announcer in (*told, self.changed):
            announcer.announce()
