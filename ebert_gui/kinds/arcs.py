"""The track of pairs of places: loops, contacts, links of regulatory elements with genes."""

from typing import ClassVar

from ebert_core.protocol.shapes import Arcs
from ebert_core.protocol.sources import PairedPlaces
from ebert_core.protocol.tracks import BareFile
from ebert_gui.kinds.kind import Kind
from ebert_gui.looks.arcs import ArcsLook, ArcsStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track

PAIRS = Part("pairs", Arcs)


class ArcsTrack(Track, frozen=True, kw_only=True, tag="arcs"):
    """Pairs of places of a file."""

    path: str = ""
    name: str = ""

    usual_height: ClassVar[int] = 84

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.name or "Pairs"

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The pairs of the file."""
        del scope
        return (Reads(PAIRS.name, PairedPlaces(self.path)),)


def _style(track: ArcsTrack, _scope: Scope) -> ArcsStyle:
    return ArcsStyle(PAIRS, track.colour)


def _of_file(file: BareFile) -> ArcsTrack:
    return ArcsTrack(path=file.path, name=file.name)


ARCS = Kind(ArcsTrack, ArcsLook(), _style, of_file=_of_file, file_kinds=("pairs",))
