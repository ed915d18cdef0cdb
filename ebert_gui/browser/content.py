"""What there is to draw of a track, and who is asked for it."""

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import CheckpointSummary
from ebert_core.protocol.tracks import DatasetSummary, Remark
from ebert_gui.state.tracks import Track

Reply = TypeVar("Reply", covariant=True)


class Held(NamedTuple, Generic[Reply]):
    """A reply that has come, the interval it speaks about, and a number that no other has.

    `level` is the binary logarithm of its bases per bin.
    """

    serial: int
    interval: Interval
    reply: Reply
    level: int = 0


@dataclass(frozen=True)
class TrackContent:
    """What is known of a track for the present view.

    `parts` hold the replies, the coarsest first, so that later ones are drawn over earlier ones. `sentence` says why
    nothing more comes; `link` is what a person may ask for instead. `avoided` is the file that is not read since a
    worker ended on it, empty where it was a request without a file.
    """

    parts: dict[str, tuple[Held[object], ...]] = field(default_factory=dict)
    is_loading: bool = False
    sentence: str = ""
    details: str = ""
    is_error: bool = False
    link: str = ""
    avoided: str | None = None

    def replies(self, part: str) -> tuple[Held[object], ...]:
        """The replies of one part."""
        return self.parts.get(part, ())

    def newest(self, part: str) -> object | None:
        """The best reply of one part."""
        held = self.parts.get(part, ())
        return held[-1].reply if held else None

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said of the file behind the replies; each thing once."""
        said = (
            remark for held in self.parts.values() for each in held for remark in getattr(each.reply, "remarks", ())
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


@dataclass(frozen=True)
class Setting:
    """What painters may know beside their track: the dataset, the checkpoint, the anchor."""

    dataset: DatasetSummary | None = None
    checkpoint: CheckpointSummary | None = None
    anchor: Interval | None = None
    signal_colours: dict[str, int] = field(default_factory=dict)
