"""The track of planted sites, which only a synthetic genome has."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.sources import PlantedSites
from ebert_gui.browser.content import TrackContent
from ebert_gui.kinds.kind import Kind, Offer
from ebert_gui.looks.bars import TicksLook, TicksStyle, filled_of
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track

SITES = Part("truth", Features)


class TruthTrack(Track, frozen=True, kw_only=True, tag="truth"):
    """Planted sites of a factor in a synthetic genome, and whether they are bound in a cell type."""

    cell_type: str
    factor: str

    usual_height: ClassVar[int] = 26
    is_comparable: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What the gutter says."""
        return f"{self.factor} truth"

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The planted sites."""
        del scope
        return (Reads(SITES.name, PlantedSites(self.cell_type, self.factor)),)


def _style(track: TruthTrack, _scope: Scope) -> TicksStyle:
    return TicksStyle(SITES, "bound", "not bound", track.colour)


def _offers(scope: Scope) -> Iterator[Offer]:
    for cell in scope.dataset.cell_types if scope.dataset else ():
        for factor in scope.dataset.truth_factors if scope.dataset else ():
            yield Offer(cell.name, f"{factor} truth", TruthTrack(cell_type=cell.name, factor=factor))


def _sites(content: TrackContent) -> NDArray[np.int64]:
    """The middles of sites that are bound."""
    marks = filled_of(content.of(SITES))
    middles: NDArray[np.int64] = ((marks.starts + marks.ends) // 2)[marks.values > 0]
    return middles


TRUTH = Kind(TruthTrack, TicksLook(), _style, _offers, sites=_sites, is_certain=True)
