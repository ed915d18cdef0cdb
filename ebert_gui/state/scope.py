"""What a track is read and drawn for: captured once, so that an answer is never judged by what is on screen later."""

from typing import NamedTuple, Protocol

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.terms.edits import Edit
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, DatasetSummary


class OfModel(Protocol):
    """What shows something of a model: where that lies, or empty for the chosen one."""

    @property
    def model(self) -> str:
        """Where it lies."""
        ...


class Scope(NamedTuple):
    """The dataset, the chosen model, the anchor, the view (its whole bases and those under a device pixel), the edits.

    `models` are all that are open, in the order in which they were opened.
    """

    dataset: DatasetSummary | None = None
    model: ModelSummary | None = None
    anchor: Interval | None = None
    interval: Interval = Interval("", 0, 0)
    bases_per_column: float = 1.0
    chromosome_length: int = 0
    span: float = 0.0
    """Bases on screen, in fractions of a base."""
    edits: tuple[Edit, ...] = ()
    """What the model is asked about: the genome as if these had been made."""
    models: tuple[ModelSummary, ...] = ()
    model_problems: tuple[tuple[str, str], ...] = ()
    """Where models lie that could not be opened, and why."""

    def cell_type(self, name: str) -> CellType | None:
        """What the dataset knows of a cell type."""
        cells = self.dataset.cell_types if self.dataset else ()
        return next((cell for cell in cells if cell.name == name), None)

    def model_at(self, path: str) -> ModelSummary | None:
        """The open model that lies at a path, if it is one."""
        every = self.models if self.model is None else (self.model, *self.models)
        return next((model for model in every if model.path == path), None)

    def model_of(self, track: OfModel) -> ModelSummary | None:
        """The open model that a track is of."""
        return self.model_at(track.model) if track.model else self.model

    def live_limit_of(self, path: str) -> int:
        """How many bases the model at a path predicts live; none where it is not open."""
        model = self.model_at(path)
        return model.live_limit if model is not None else 0

    def number_of(self, cell_type: str) -> int:
        """The place of a cell type among those of the dataset, 0 where it is none of them."""
        cells = self.dataset.cell_types if self.dataset else ()
        return next((number for number, cell in enumerate(cells) if cell.name == cell_type), 0)
