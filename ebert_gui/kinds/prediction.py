"""The track of predicted binding, with the measured peaks along its top."""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from ebert_core.protocol.shapes import Features, Signal
from ebert_core.protocol.sources import MeasuredPeaks, PredictedBinding
from ebert_gui.kinds.kind import Choice, Kind, Offer
from ebert_gui.looks.prediction import PredictionLook
from ebert_gui.looks.prediction_arranged import PredictionStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Lack, Part, Reads, Track, measured_peaks

VALUES = Part("prediction", Signal)
STRICT = Part("peaks", Features)
RELAXED = Part("relaxed", Features)


class PredictionTrack(Track, frozen=True, kw_only=True, tag="prediction"):
    """What the open checkpoint predicts for a factor in a cell type, on a scale from 0 to 1.

    With `fits_view` the scale ends above the highest value on screen.
    """

    cell_type: str
    factor: str
    fits_view: bool = False

    usual_height: ClassVar[int] = 84
    needs_model: ClassVar[bool] = True
    is_comparable: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What the gutter says."""
        return f"{self.factor} predicted"

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The prediction, where the model makes it, then the peaks, where there are any."""
        dataset, checkpoint = scope.dataset, scope.checkpoint
        found: list[Reads] = []
        if dataset is not None and checkpoint is not None and scope.predicts(self.factor):
            source = PredictedBinding(checkpoint.path, dataset.path, self.cell_type, self.factor, edits=scope.edits)
            found.append(Reads(VALUES.name, source))
        cell = scope.cell_type(self.cell_type)
        for peaks in cell.peaks if cell else ():
            if peaks.factor == self.factor:
                found.append(Reads(STRICT.name, MeasuredPeaks(self.cell_type, self.factor)))
                if peaks.has_relaxed:
                    found.append(Reads(RELAXED.name, MeasuredPeaks(self.cell_type, self.factor, is_relaxed=True)))
        return tuple(found)

    def lack(self, scope: Scope) -> Lack | None:
        """That the open model does not predict the factor."""
        if scope.checkpoint is None or scope.predicts(self.factor):
            return None
        return Lack(f"This checkpoint does not predict {self.factor}.")


def _style(track: PredictionTrack, scope: Scope) -> PredictionStyle:
    cell = scope.cell_type(track.cell_type)
    return PredictionStyle(
        VALUES,
        STRICT,
        RELAXED,
        track.factor,
        track.cell_type,
        track.fits_view,
        track.colour,
        scope.checkpoint,
        cell is not None and measured_peaks(cell, track.factor),
        scope.dataset.labelled_regions if scope.dataset else (),
    )


def _offers(scope: Scope) -> Iterator[Offer]:
    factors = sorted(scope.checkpoint.factors, key=lambda known: known.name.casefold()) if scope.checkpoint else []
    for cell in scope.dataset.cell_types if scope.dataset else ():
        for known in factors:
            track = PredictionTrack(cell_type=cell.name, factor=known.name)
            yield Offer(cell.name, f"{known.name} predicted", track)


def _choices(track: PredictionTrack) -> tuple[Choice, ...]:
    """The other range that the scale can have."""
    text = "Range: 0 to 1" if track.fits_view else "Range: fit to view"
    return (Choice(text, msgspec.structs.replace(track, fits_view=not track.fits_view)),)


PREDICTION = Kind(PredictionTrack, PredictionLook(), _style, _offers, choices=_choices)
