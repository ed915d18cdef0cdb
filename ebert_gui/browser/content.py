"""What there is to draw of a track, and who is asked for it."""

from dataclasses import dataclass, field
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar, cast

from ebert_core.protocol.shapes import Remark, Shape
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.state.tracks import Part, Track

Drawn = TypeVar("Drawn", bound=Shape)
Held_ = TypeVar("Held_", bound=Shape, covariant=True)

# What a row offers where it cannot show all: to compute what is on screen, or to read a file once more.
Offer = Literal["", "compute", "again"]


class Held(NamedTuple, Generic[Held_]):
    """A shape that has come, the interval it speaks about, and a number that no other has.

    `level` is the binary logarithm of its bases per bin.
    """

    serial: int
    interval: Interval
    shape: Held_
    level: int = 0


@dataclass(frozen=True)
class TrackContent:
    """What is known of a track for the present view.

    `parts` hold the shapes by the names of the track's parts, the coarsest first, so that later ones are drawn over
    earlier ones. `sentence` says why nothing more comes; `link` is what a person may ask for instead, which `offer`
    names. `avoided` is the file that is not read since a worker ended on it, empty where it was a request without a
    file.
    """

    parts: dict[str, tuple[Held[Shape], ...]] = field(default_factory=dict)
    is_loading: bool = False
    sentence: str = ""
    details: str = ""
    is_error: bool = False
    link: str = ""
    offer: Offer = ""
    avoided: str = ""

    def of(self, part: Part[Drawn]) -> tuple[Held[Drawn], ...]:
        """The shapes of one part."""
        found = self.parts.get(part.name, ())
        return tuple(cast(Held[Drawn], held) for held in found if isinstance(held.shape, part.shape))

    def newest(self, part: Part[Drawn]) -> Drawn | None:
        """The best shape of one part."""
        held = self.of(part)
        return held[-1].shape if held else None

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said of the file behind the shapes; each thing once."""
        said = (
            remark for held in self.parts.values() for each in held for remark in getattr(each.shape, "remarks", ())
        )
        return tuple(dict.fromkeys(said))

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come yet."""
        return not any(self.parts.values())


EMPTY = TrackContent()


class ContentSource(Protocol):
    """Knows the content of a track for what is on screen."""

    def content(self, track: Track) -> TrackContent:
        """What is known of a track now."""
        ...
