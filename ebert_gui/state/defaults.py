"""Which cell types and which factor a dataset and a model open with, and whether a track is measured."""

from collections import Counter

from ebert_core.protocol.calling import standing
from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.tracks import CellType, DatasetSummary
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track

CELL_TYPES_SHOWN = 2


def is_measured(track: Track, dataset: DatasetSummary | None) -> bool:
    """Whether the dataset has what a track is to show; only of what is measured in each cell type is that asked."""
    cell = Scope(dataset).cell_type(track.word("cell_type"))
    return cell is None or track.is_measured_in(cell)


def chosen_cell_types(dataset: DatasetSummary | None) -> tuple[str, ...]:
    """The two cell types to begin with: those with most measurements, in the dataset's order."""
    if dataset is None:
        return ()
    richest = sorted(dataset.cell_types, key=_measurements, reverse=True)[:CELL_TYPES_SHOWN]
    return tuple(cell.name for cell in dataset.cell_types if cell in richest)


def chosen_factor(dataset: DatasetSummary | None, model: ModelSummary | None) -> str:
    """The factor to begin with: the dataset's own, else the best predicted that is measured, or the most measured.

    Before a model is open, the dataset may know what the one that comes with it predicts.
    """
    shown = set(chosen_cell_types(dataset))
    cells = [cell for cell in dataset.cell_types if cell.name in shown] if dataset else []
    planted = dataset.truth_factors if dataset else ()
    measured = Counter(peaks.factor for cell in cells for peaks in cell.peaks)
    anywhere = Counter(peaks.factor for cell in (dataset.cell_types if dataset else ()) for peaks in cell.peaks)
    predicted = [known.name for known in model.outputs] if model else dataset.predicted if dataset else ()
    if dataset is not None and dataset.start_factor in (predicted or [*planted, *measured]):
        return dataset.start_factor
    if model is not None and model.predicts_binding:
        known = {factor.name: standing(factor, model.verdict) for factor in model.outputs}
        return max(known, key=lambda name: (measured[name] > 0, anywhere[name] > 0, known[name], measured[name]))
    if dataset is not None and dataset.predicted:
        return max(dataset.predicted, key=lambda name: (measured[name] > 0, anywhere[name] > 0))
    return max([*planted, *sorted(measured)], key=lambda name: (measured[name], anywhere[name]), default="")


def _measurements(cell: CellType) -> int:
    return 3 * cell.has_states + 2 * bool(cell.signals) + len(cell.peaks)
