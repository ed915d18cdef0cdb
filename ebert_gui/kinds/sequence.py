"""The track of the reference sequence."""

from collections.abc import Iterator
from typing import ClassVar

from ebert_core.protocol.shapes import Letters
from ebert_core.protocol.sources import ReferenceSequence
from ebert_gui.kinds.kind import GENOME, Kind, Offer
from ebert_gui.looks.letters import LettersLook, LettersStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track

LETTERS = Part("sequence", Letters)


class SequenceTrack(Track, frozen=True, kw_only=True, tag="sequence"):
    """The bases; zoomed out, a lens on the anchor."""

    usual_height: ClassVar[int] = 40

    @property
    def title(self) -> str:
        """What the gutter says."""
        return "Sequence"

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The bases of the reference."""
        del scope
        return (Reads(LETTERS.name, ReferenceSequence()),)


def _style(_track: SequenceTrack, scope: Scope) -> LettersStyle:
    return LettersStyle(LETTERS, scope.anchor)


def _offers(scope: Scope) -> Iterator[Offer]:
    if scope.dataset is not None and scope.dataset.has_sequence:
        yield Offer(GENOME, "Sequence", SequenceTrack())


SEQUENCE = Kind(SequenceTrack, LettersLook(), _style, _offers)
