"""Undo: what was shown before each change, so that it can be shown again."""

from typing import Generic, TypeVar

Shown = TypeVar("Shown")

_REMEMBERED_STEPS = 100


class UndoSteps(Generic[Shown]):
    """The last 100 steps; changes of one gesture, such as a drag, are one step."""

    def __init__(self) -> None:
        self._before: list[Shown] = []
        self._undone: list[Shown] = []
        self._gesture = ""

    @property
    def can_go_back(self) -> bool:
        """Whether a step can be taken back."""
        return bool(self._before)

    @property
    def can_go_forward(self) -> bool:
        """Whether a step that was taken back can be made again."""
        return bool(self._undone)

    def remember(self, before: Shown, gesture: str = "") -> None:
        """Note what was shown before a change, unless the change goes on with the same non-empty `gesture`."""
        self._undone.clear()
        if not gesture or gesture != self._gesture:
            self._before = [*self._before, before][-_REMEMBERED_STEPS:]
        self._gesture = gesture

    def back(self, now: Shown) -> Shown:
        """What was shown before the last step; `now` where there is none."""
        return self._go(now, self._before, self._undone)

    def forward(self, now: Shown) -> Shown:
        """What was shown before `back`; `now` where there is none."""
        return self._go(now, self._undone, self._before)

    def forget(self) -> None:
        """Begin anew: nothing before this can be shown again."""
        self._before.clear()
        self._undone.clear()
        self._gesture = ""

    def _go(self, now: Shown, source: list[Shown], target: list[Shown]) -> Shown:
        self._gesture = ""
        # A drag that came back to where it began has changed nothing; a person must not undo it.
        while source and source[-1] == now:
            source.pop()
        if not source:
            return now
        target.append(now)
        return source.pop()
