"""The track of measured peaks, and of the features of a file."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.sources import MeasuredPeaks
from ebert_core.protocol.tracks import BareFile, CellType
from ebert_gui.browser.content import TrackContent
from ebert_gui.kinds.kind import Kind, Offer
from ebert_gui.looks.bars import summits_of
from ebert_gui.looks.feature_settings import FeatureSettings
from ebert_gui.looks.features import FeaturesLook, FeaturesStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track, measured_peaks

BARS = Part("peaks", Features)
_HEIGHT_OF_FILES = 48


class PeaksTrack(Track, frozen=True, kw_only=True, tag="peaks"):
    """Measured peaks of a factor in a cell type, or the features of a bare file."""

    cell_type: str = ""
    factor: str = ""
    path: str = ""
    name: str = ""
    drawn: FeatureSettings = FeatureSettings()

    usual_height: ClassVar[int] = 26
    is_comparable: ClassVar[bool] = True

    @property
    def pixels(self) -> int:
        """Height in logical pixels: the features of a file may have names, and stand over each other."""
        return self.height or (_HEIGHT_OF_FILES if self.path else self.usual_height)

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.name or f"{self.factor} peaks"

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The peaks of the factor or the features of the file."""
        del scope
        return (Reads(BARS.name, self.source),)

    @property
    def source(self) -> MeasuredPeaks:
        """The peaks of the factor or the features of the file."""
        return MeasuredPeaks(self.cell_type, self.factor, path=self.path)

    def is_measured_in(self, cell: CellType) -> bool:
        """Whether the cell type has peaks of the factor."""
        return bool(self.path) or measured_peaks(cell, self.factor)


def _style(track: PeaksTrack, scope: Scope) -> FeaturesStyle:
    searched = scope.dataset.labelled_regions if scope.dataset and not track.path else ()
    return FeaturesStyle(BARS, track.drawn, "feature" if track.path else "peak", searched=searched)


def _offers(scope: Scope) -> Iterator[Offer]:
    for cell in scope.dataset.cell_types if scope.dataset else ():
        for peaks in sorted(cell.peaks, key=lambda peaks: peaks.factor.casefold()):
            track = PeaksTrack(cell_type=cell.name, factor=peaks.factor)
            yield Offer(cell.name, f"{peaks.factor} peaks", track)


def _of_file(file: BareFile) -> PeaksTrack:
    return PeaksTrack(path=file.path, name=file.name)


def _sites(content: TrackContent) -> NDArray[np.int64]:
    """The summits of peaks, or their middles where the summits are unknown."""
    marks = summits_of(content.of(BARS))
    return np.where(marks.values >= 0, marks.values, (marks.starts + marks.ends) // 2)


PEAKS = Kind(
    PeaksTrack,
    FeaturesLook(),
    _style,
    _offers,
    _of_file,
    ("peaks", "features"),
    sites=_sites,
    details=lambda track: replace(track.source, says_all=True),
)
