"""The track of two signals compared: their difference, their ratio, or its logarithm."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from msgspec.structs import replace

from ebert_core.protocol.sources import Compared, Comparison, as_argument
from ebert_core.protocol.specs.fields import field
from ebert_core.protocol.tracks import CellType
from ebert_gui.kinds.kind import Joined, Kind
from ebert_gui.kinds.signal import VALUES, SignalTrack
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.looks.signals import SignalLook, SignalStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Reads, Track

_COMPARISON = "Comparison"
_SIGNS = {"difference": "{} − {}", "ratio": "{} / {}", "log ratio": "log2 {} / {}"}


class ComparisonSettings(SignalSettings, frozen=True, kw_only=True):
    """How two signals are compared, and how that is drawn."""

    by: Annotated[
        Comparison,
        field(
            "how two signals are compared",
            title="Compare by",
            words={"difference": "Difference", "ratio": "Ratio", "log ratio": "Log2 ratio"},
            group=_COMPARISON,
        ),
    ] = "difference"
    is_turned: Annotated[
        bool,
        field(
            "whether the second signal stands before the first", title="Order", tick="Turned round", group=_COMPARISON
        ),
    ] = False
    added: Annotated[
        float,
        field(
            "what is added to both before they are divided, so that a small value below the line makes no large ratio",
            title="Add to both",
            ge=0,
            step=0.1,
            only_without="by=difference",
            group=_COMPARISON,
        ),
    ] = 1.0

    fills_gaps: Annotated[
        bool,
        field(
            "whether a signal without a value counts as 0 where the other has one, as files leave out what is 0",
            title="Gaps",
            tick="Count as 0 beside a value",
            group=_COMPARISON,
        ),
    ] = True


class ComparisonTrack(Track, frozen=True, kw_only=True, tag="comparison"):
    """Two signals compared."""

    first: SignalTrack = SignalTrack()
    second: SignalTrack = SignalTrack()
    drawn: ComparisonSettings = ComparisonSettings()

    usual_height: ClassVar[int] = 56
    subject_fields: ClassVar[tuple[str, ...]] = ("first", "second")

    @property
    def pair(self) -> tuple[SignalTrack, SignalTrack]:
        """The two, in the order in which they are compared."""
        return (self.second, self.first) if self.drawn.is_turned else (self.first, self.second)

    @property
    def title(self) -> str:
        """The signals with the sign between them, or the one that both are."""
        one, other = (track.title for track in self.pair)
        return one if one == other else _SIGNS[self.drawn.by].format(one, other)

    @property
    def subtitle(self) -> str:
        """The cell types, with the sign between them where they differ."""
        one, other = (track.subtitle for track in self.pair)
        return one if one == other else _SIGNS[self.drawn.by].format(one or "?", other or "?")

    @property
    def name(self) -> str:
        """What it is called where there is one line."""
        return f"{self.title} {self.subtitle}".strip()

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of the two."""
        return (*self.first.paths, *self.second.paths)

    @property
    def joined(self) -> tuple[Track, ...]:
        """The two."""
        return (self.first, self.second)

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The two compared; each as it is, whatever smooths it in a row of its own."""
        one, other = (as_argument(track.reads(scope)[0].source) for track in self.pair)
        return (Reads(VALUES.name, Compared(one, other, self.drawn.by, self.drawn.added, self.drawn.fills_gaps)),)

    def is_measured_in(self, cell: CellType) -> bool:
        """Whether the cell type has both."""
        return self.first.is_measured_in(cell) and self.second.is_measured_in(cell)

    def of_factor(self, before: str, factor: str, cell: CellType | None) -> Track:
        """The same two; they were chosen one by one."""
        del before, factor, cell
        return self


def _style(track: ComparisonTrack, scope: Scope) -> SignalStyle:
    # Comparisons of the same signals share a scale, and none shares that of the signals themselves.
    signals = _SIGNS[track.drawn.by].format(*(each.title for each in track.pair))
    return SignalStyle(VALUES, track.drawn, scope.number_of(track.pair[0].cell_type), signals)


def _made_of(tracks: Sequence[Track]) -> Joined | None:
    signals = [track for track in tracks if isinstance(track, SignalTrack)]
    if len(signals) != 2 or len(tracks) != 2:
        return None
    first, second = (replace(track, id="") for track in signals)
    return Joined("Compare these two", ComparisonTrack(first=first, second=second))


COMPARISON = Kind(ComparisonTrack, SignalLook(), _style, made_of=_made_of)
