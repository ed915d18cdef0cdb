"""What a track is: one small frozen value per kind. Drawing and reading them is the business of other rooms."""

from typing import ClassVar

import msgspec


class _Track(msgspec.Struct, frozen=True, kw_only=True):
    id: str = ""
    height: int = 0
    colour: str = ""

    usual_height: ClassVar[int] = 48

    @property
    def pixels(self) -> int:
        """Height in logical pixels."""
        return self.height or self.usual_height


class SequenceTrack(_Track, frozen=True, kw_only=True, tag="sequence"):
    """The bases; zoomed out, a lens on the anchor."""

    usual_height: ClassVar[int] = 40
    title: ClassVar[str] = "Sequence"
    subtitle: ClassVar[str] = ""


class GenesTrack(_Track, frozen=True, kw_only=True, tag="genes"):
    """Gene models of the dataset, or of a bare file."""

    path: str = ""
    name: str = "Genes"

    usual_height: ClassVar[int] = 64
    subtitle: ClassVar[str] = ""

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.name


class StatesTrack(_Track, frozen=True, kw_only=True, tag="states"):
    """Chromatin states of a cell type, or of a bare file."""

    cell_type: str = ""
    path: str = ""
    name: str = ""

    usual_height: ClassVar[int] = 24

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.name or "States"

    @property
    def subtitle(self) -> str:
        """The cell type."""
        return self.cell_type


class SignalTrack(_Track, frozen=True, kw_only=True, tag="signal"):
    """A measured signal; tracks of one non-empty `group` share their scale. `maximum` fixes the scale."""

    cell_type: str = ""
    signal: str = ""
    path: str = ""
    group: str = ""
    maximum: float | None = None

    usual_height: ClassVar[int] = 56

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.signal

    @property
    def subtitle(self) -> str:
        """The cell type."""
        return self.cell_type


class PeaksTrack(_Track, frozen=True, kw_only=True, tag="peaks"):
    """Measured peaks of a factor in a cell type, or the features of a bare file."""

    cell_type: str = ""
    factor: str = ""
    path: str = ""
    name: str = ""

    usual_height: ClassVar[int] = 26

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.name or f"{self.factor} peaks"

    @property
    def subtitle(self) -> str:
        """The cell type."""
        return self.cell_type


class PredictionTrack(_Track, frozen=True, kw_only=True, tag="prediction"):
    """What the open checkpoint predicts for a factor in a cell type, on a scale from 0 to 1.

    With `fits_view` the scale ends above the highest value on screen.
    """

    cell_type: str
    factor: str
    fits_view: bool = False

    usual_height: ClassVar[int] = 84

    @property
    def title(self) -> str:
        """What the gutter says."""
        return f"{self.factor} predicted"

    @property
    def subtitle(self) -> str:
        """The cell type."""
        return self.cell_type


class TruthTrack(_Track, frozen=True, kw_only=True, tag="truth"):
    """Planted sites of a synthetic genome."""

    cell_type: str
    factor: str

    usual_height: ClassVar[int] = 26

    @property
    def title(self) -> str:
        """What the gutter says."""
        return f"{self.factor} truth"

    @property
    def subtitle(self) -> str:
        """The cell type."""
        return self.cell_type


class AttentionTrack(_Track, frozen=True, kw_only=True, tag="attention"):
    """Attention of one layer and head: a profile of the anchor, or with `is_map` the triangle of the window."""

    cell_type: str
    layer: int = 0
    head: int | None = None
    is_map: bool = False
    shows_from: bool = True
    shows_to: bool = True

    usual_height: ClassVar[int] = 84

    @property
    def pixels(self) -> int:
        """Height in logical pixels; the triangle needs more."""
        return self.height or (180 if self.is_map else self.usual_height)

    @property
    def title(self) -> str:
        """What the gutter says."""
        return "Attention"

    @property
    def subtitle(self) -> str:
        """The cell type."""
        return self.cell_type


class UnknownTrack(_Track, frozen=True, kw_only=True):
    """A track of a session that this version cannot show: it is kept as it was `written`, which is JSON."""

    kind: str = ""
    written: str = "null"
    problem: str = ""

    usual_height: ClassVar[int] = 26
    subtitle: ClassVar[str] = ""

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.kind or "Unknown track"


KnownTrack = (
    SequenceTrack | GenesTrack | StatesTrack | SignalTrack | PeaksTrack | PredictionTrack | TruthTrack | AttentionTrack
)
Track = KnownTrack | UnknownTrack
