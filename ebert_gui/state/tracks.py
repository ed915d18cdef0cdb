"""What a track is: a small frozen value. Each kind of track is a class of its own, in the room `kinds`."""

from collections.abc import Iterable
from typing import ClassVar, Generic, NamedTuple, TypeVar

import msgspec

from ebert_core.protocol.shapes import Shape
from ebert_core.protocol.sources import Source
from ebert_core.protocol.tracks import CellType
from ebert_gui.state.scope import Scope
from ebert_gui.state.settings import Settings

Drawn = TypeVar("Drawn", bound=Shape, covariant=True)


class Part(Generic[Drawn]):
    """A thing that a track shows, by its name, and the shape in which it comes."""

    def __init__(self, name: str, shape: type[Drawn]) -> None:
        self.name = name
        self.shape = shape


class Reads(NamedTuple):
    """What a track reads for one of its parts."""

    part: str
    source: Source


class Lack(NamedTuple):
    """Why a track cannot show what it is there for."""

    sentence: str
    details: str = ""


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """What every track has; `height` is 0 for the usual one, `drawn` is how it is drawn.

    A track that `needs_model` says so while none is open. One that `is_comparable` can be shown for another cell type
    beside it.
    """

    id: str = ""
    height: int = 0
    drawn: Settings = Settings()

    usual_height: ClassVar[int] = 48
    needs_model: ClassVar[bool] = False
    is_comparable: ClassVar[bool] = False
    # The fields that say what is shown, and not how.
    subject_fields: ClassVar[tuple[str, ...]] = ("cell_type", "factor", "signal", "path", "model")

    @property
    def colour(self) -> str:
        """The chosen colour; empty for the usual one."""
        return self.drawn.colour

    @property
    def pixels(self) -> int:
        """Height in logical pixels."""
        return self.height or self.usual_height

    @property
    def title(self) -> str:
        """What the gutter says."""
        return ""

    @property
    def subtitle(self) -> str:
        """The cell type, for tracks of one."""
        return self.word("cell_type")

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of its own that it shows."""
        return tuple(filter(None, (self.word("path"),)))

    @property
    def joined(self) -> tuple["Track", ...]:
        """The tracks that this one was made of, which can be shown in its place."""
        return ()

    @property
    def subject(self) -> tuple[object, ...]:
        """What the track shows, whatever it looks like."""
        return (type(self), *(self.word(name) for name in self.subject_fields))

    @property
    def usual_settings(self) -> Settings:
        """How a track of this kind is drawn until a person chooses otherwise."""
        drawn: Settings = next(field.default for field in msgspec.structs.fields(self) if field.name == "drawn")
        return drawn

    def word(self, field: str) -> str:
        """A field of this kind of track; empty for kinds that do not have it."""
        return str(getattr(self, field, ""))

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """What the track reads: first what it is there for, then what is drawn with it."""
        del scope
        return ()

    def reads_as_drawn(self, scope: Scope) -> tuple[Reads, ...]:
        """The same as its settings have it read: what is smoothed is read smoothed."""
        return tuple(Reads(part, self.drawn.read_as(source)) for part, source in self.reads(scope))

    def lack(self, scope: Scope) -> Lack | None:
        """Why the track cannot show what it is there for, if so."""
        del scope
        return None

    def is_measured_in(self, cell: CellType) -> bool:
        """Whether the dataset has for a cell type what the track shows; what is not measured is there for all."""
        del cell
        return True

    def of_cell_type(self, cell_type: str) -> "Track":
        """The track for another cell type."""
        return msgspec.structs.replace(self, cell_type=cell_type) if self.word("cell_type") else self

    def of_factor(self, before: str, factor: str, cell: CellType | None) -> "Track":
        """The track of another factor, where it shows the one of before; `cell` is its cell type, if it has one."""
        del cell
        return msgspec.structs.replace(self, factor=factor) if self.word("factor") == before else self


class UnknownTrack(Track, frozen=True, kw_only=True):
    """A track that cannot be shown here and now: it is kept as it was `written`, which is JSON.

    `sentence` stands in its row, `problem` says more.
    """

    kind: str = ""
    written: str = "null"
    sentence: str = "This version cannot show this track; it is kept"
    problem: str = ""

    usual_height: ClassVar[int] = 26

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.kind or "Unknown track"

    def lack(self, scope: Scope) -> Lack:
        """That it cannot be shown."""
        del scope
        return Lack(self.sentence, self.problem)


def measured_peaks(cell: CellType, factor: str) -> bool:
    """Whether the dataset has peaks of a factor in a cell type."""
    return any(peaks.factor == factor for peaks in cell.peaks)


def with_ids(tracks: Iterable[Track]) -> tuple[Track, ...]:
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
