"""What a track is read and drawn for: captured once, so that an answer is never judged by what is on screen later."""

from typing import NamedTuple

from ebert_core.protocol.edits import Edit
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import CheckpointSummary
from ebert_core.protocol.tracks import CellType, DatasetSummary


class Scope(NamedTuple):
    """The dataset, the open model, the anchor, the view (its whole bases and those under a device pixel), the edits."""

    dataset: DatasetSummary | None = None
    checkpoint: CheckpointSummary | None = None
    anchor: Interval | None = None
    interval: Interval = Interval("", 0, 0)
    bases_per_column: float = 1.0
    chromosome_length: int = 0
    span: float = 0.0
    """Bases on screen, in fractions of a base."""
    edits: tuple[Edit, ...] = ()
    """What the model is asked about: the genome as if these had been made."""

    def cell_type(self, name: str) -> CellType | None:
        """What the dataset knows of a cell type."""
        cells = self.dataset.cell_types if self.dataset else ()
        return next((cell for cell in cells if cell.name == name), None)

    def predicts(self, factor: str) -> bool:
        """Whether the open model predicts a factor."""
        return self.checkpoint is not None and self.checkpoint.output(factor) is not None

    def number_of(self, cell_type: str) -> int:
        """The place of a cell type among those of the dataset, 0 where it is none of them."""
        cells = self.dataset.cell_types if self.dataset else ()
        return next((number for number, cell in enumerate(cells) if cell.name == cell_type), 0)
