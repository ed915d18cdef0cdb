"""The track of what a model predicts, with the measured peaks along its top."""

from collections.abc import Iterator
from typing import ClassVar

from ebert_core.protocol.modelling import OutputSummary
from ebert_core.protocol.shapes import Features, Signal
from ebert_core.protocol.sources import MeasuredPeaks, PredictedBinding
from ebert_core.protocol.tracks import CellType
from ebert_gui.kinds.kind import Kind, Offer
from ebert_gui.kinds.modelled import closed_model, model_name, offering_models
from ebert_gui.looks.prediction import PredictionLook
from ebert_gui.looks.prediction_arranged import PredictionSettings, PredictionStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Lack, Part, Reads, Track, measured_peaks

VALUES = Part("prediction", Signal)
STRICT = Part("peaks", Features)
RELAXED = Part("relaxed", Features)


class PredictionTrack(Track, frozen=True, kw_only=True, tag="prediction"):
    """What the open model predicts for a factor in a cell type; probabilities stand on a scale from 0 to 1.

    `cell_type` is empty for a model that reads none; `quantity` is what the values are called; `model` is where the
    model lies, empty for the chosen one.
    """

    cell_type: str = ""
    factor: str
    drawn: PredictionSettings = PredictionSettings()
    quantity: str = "predicted"
    model: str = ""

    usual_height: ClassVar[int] = 84
    needs_model: ClassVar[bool] = True
    is_comparable: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What the gutter says."""
        return f"{self.factor} {self.quantity}"

    @property
    def subtitle(self) -> str:
        """The cell type, and the model where it is named."""
        return " · ".join(filter(None, (self.cell_type, model_name(self.model))))

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The prediction, where the model makes it, then the peaks, where there are any."""
        dataset, model = scope.dataset, scope.model_of(self)
        found: list[Reads] = []
        if dataset is not None and model is not None and model.output(self.factor) is not None:
            asked = (model.path, dataset.path, self.cell_type, self.factor)
            source = PredictedBinding(*asked, edits=scope.edits, has_draft=model.has_draft)
            found.append(Reads(VALUES.name, source))
        cell = scope.cell_type(self.cell_type)
        for peaks in cell.peaks if cell else ():
            if peaks.factor == self.factor:
                found.append(Reads(STRICT.name, MeasuredPeaks(self.cell_type, self.factor)))
                if peaks.has_relaxed:
                    found.append(Reads(RELAXED.name, MeasuredPeaks(self.cell_type, self.factor, is_relaxed=True)))
        return tuple(found)

    def lack(self, scope: Scope) -> Lack | None:
        """That the model is not open, or does not predict the factor."""
        model = scope.model_of(self)
        if model is None:
            return closed_model(self.model, scope)
        if model.output(self.factor) is not None:
            return None
        return Lack(f"This {model.kind} does not predict {self.factor}.")

    def of_factor(self, before: str, factor: str, cell: CellType | None) -> Track:
        """The track of another factor; what is the same in every cell type is no track of the chosen factor."""
        return super().of_factor(before, factor, cell) if self.cell_type else self


def _style(track: PredictionTrack, scope: Scope) -> PredictionStyle:
    cell = scope.cell_type(track.cell_type)
    return PredictionStyle(
        VALUES,
        STRICT,
        RELAXED,
        track.factor,
        track.cell_type,
        track.drawn,
        scope.model_of(track),
        cell is not None and measured_peaks(cell, track.factor),
        scope.dataset.labelled_regions if scope.dataset else (),
    )


def _offers(scope: Scope) -> Iterator[Offer]:
    for model, path in offering_models(scope):
        cells = tuple(cell.name for cell in scope.dataset.cell_types) if scope.dataset else ()
        for cell in cells if model.reads_cell_type else ("",):
            for known in sorted(model.outputs, key=lambda known: known.name.casefold()):
                track = prediction_track(known, cell, path)
                named = f" by {model_name(path)}" if path and cell else ""
                yield Offer(cell or model.name, f"{track.title}{named}", track)


def prediction_track(output: OutputSummary, cell_type: str, model: str = "") -> PredictionTrack:
    """The track of an output of a model in a cell type, empty for a model that reads none."""
    return PredictionTrack(cell_type=cell_type, factor=output.name, quantity=output.quantity, model=model)


PREDICTION = Kind(PredictionTrack, PredictionLook(), _style, _offers)
