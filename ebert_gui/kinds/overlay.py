"""The track of several signals in one row."""

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

import msgspec
from msgspec.structs import replace

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.tracks import CellType
from ebert_gui.kinds.comparison import ComparisonTrack
from ebert_gui.kinds.kind import Joined, Kind
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.looks.overlay import Layer, OverlayLook, OverlaySettings, OverlayStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track

Laid = SignalTrack | ComparisonTrack

_MOST_LAYERS = 8


class OverlayTrack(Track, frozen=True, kw_only=True, tag="overlay"):
    """Signals over each other, the first behind the others."""

    layers: Annotated[tuple[Laid, ...], msgspec.Meta(max_length=_MOST_LAYERS)] = ()
    drawn: OverlaySettings = OverlaySettings()

    usual_height: ClassVar[int] = 84
    is_comparable: ClassVar[bool] = True
    subject_fields: ClassVar[tuple[str, ...]] = ("layers",)

    @property
    def cell_type(self) -> str:
        """The cell type that all of them are of; empty where there are several."""
        return _common(track.word("cell_type") for track in self.layers)

    @property
    def title(self) -> str:
        """What all of them are, else all of it."""
        return _common(track.title for track in self.layers) or " + ".join(track.title for track in self.layers)

    @property
    def subtitle(self) -> str:
        """What stands below the titles of all of them, if it is the same."""
        return _common(track.subtitle for track in self.layers)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of all of them."""
        return tuple(path for track in self.layers for path in track.paths)

    @property
    def joined(self) -> tuple[Track, ...]:
        """All of them."""
        return self.layers

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """What each of them reads."""
        each = zip(_parts(self), self.layers, strict=True)
        return tuple(Reads(part.name, track.reads(scope)[0].source) for part, track in each)

    def is_measured_in(self, cell: CellType) -> bool:
        """Whether the cell type has all of them."""
        return all(track.is_measured_in(cell) for track in self.layers)

    def of_cell_type(self, cell_type: str) -> Track:
        """The same signals of another cell type."""
        return replace(self, layers=tuple(track.of_cell_type(cell_type) for track in self.layers))

    def of_factor(self, before: str, factor: str, cell: CellType | None) -> Track:
        """The same signals of another factor, where the cell type has them."""
        return replace(self, layers=tuple(track.of_factor(before, factor, cell) for track in self.layers))


def _common(words: Iterable[str]) -> str:
    several = set(words)
    return several.pop() if len(several) == 1 else ""


def _parts(track: OverlayTrack) -> tuple[Part[Signal], ...]:
    return tuple(Part(f"signal {number}", Signal) for number in range(len(track.layers)))


def _style(track: OverlayTrack, scope: Scope) -> OverlayStyle:
    del scope
    titles = {each.title for each in track.layers}
    names = (_name(each, has_own_title=len(titles) > 1, has_own_cell=not track.cell_type) for each in track.layers)
    layers = tuple(Layer(part, name) for part, name in zip(_parts(track), names, strict=True))
    return OverlayStyle(layers, track.drawn, titles.pop() if len(titles) == 1 else "")


def _name(track: Laid, *, has_own_title: bool, has_own_cell: bool) -> str:
    """What a signal is called in the legend: what tells it from the others."""
    if not has_own_cell or not track.subtitle:
        return track.title
    return f"{track.title} {track.subtitle}" if has_own_title else track.subtitle


def _made_of(tracks: Sequence[Track]) -> Joined | None:
    laid = tuple(replace(track, id="") for track in tracks if isinstance(track, Laid))
    if not 2 <= len(laid) == len(tracks) <= _MOST_LAYERS:
        return None
    colours = [*(track.colour for track in laid), "", "", ""]
    drawn = (
        OverlaySettings()
        .like(laid[0].drawn)
        .changed(colour=colours[0], second=colours[1], third=colours[2], fourth=colours[3])
    )
    return Joined("Overlay in one row", OverlayTrack(layers=laid, drawn=drawn), in_their_place=True)


OVERLAY = Kind(OverlayTrack, OverlayLook(), _style, made_of=_made_of)
