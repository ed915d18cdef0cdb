"""Whether a checkpoint may be used on a dataset: the sentences that refuse what would look right and mean nothing."""

from collections.abc import Sequence

from ebert_core.dataset.derived import absent_signals
from ebert_core.dataset.description import Dataset
from ebert_core.inference.batches import channels_of
from ebert_core.model.description import Description
from ebert_core.protocol.errors import InvalidRequest


def check_fit(description: Description, dataset: Dataset) -> None:
    """Refuses a checkpoint of another assembly or alphabet of states, and a synthetic one on real DNA.

    Raises:
        InvalidRequest: they do not belong together.
    """
    if description.seed is not None and dataset.layout.seed is None:
        raise InvalidRequest(
            f"{description.name} was trained on a synthetic genome and says nothing about {dataset.layout.name}; "
            "open a checkpoint trained on real DNA, or fine-tune one on your own peaks."
        )
    if description.assembly != dataset.layout.assembly:
        raise InvalidRequest(
            f"{description.name} was trained on {description.assembly}, the dataset is {dataset.layout.assembly}; "
            "open a checkpoint of the same assembly."
        )
    known = description.architecture.states
    unknown = [name for name in dataset.state_names if name not in known]
    if known and unknown:
        raise InvalidRequest(
            f"{description.name} knows the states {', '.join(known)}; this dataset's segmentation has {unknown[0]}. "
            "Use a segmentation with the same states, or take the states out of the dataset."
        )
    missing = dataset.reference is None
    if missing:
        raise InvalidRequest("This dataset names no reference sequence; add one (reference = ...) to predict.")


def absences(description: Description, dataset: Dataset) -> tuple[str, ...]:
    """Which signals a checkpoint must do without in which cell types of a dataset, in sentences."""
    channels = channels_of(description)
    lacking: dict[tuple[str, ...], list[str]] = {}
    for cell_type in dataset.cell_types:
        absent = tuple(absent_signals(dataset, cell_type, channels))
        if absent:
            lacking.setdefault(absent, []).append(cell_type)
    return tuple(
        f"In {'every cell type here' if len(cells) == len(dataset.cell_types) else _listed(cells)} it predicts without "
        f"{_listed(absent)}, which the dataset does not give."
        for absent, cells in lacking.items()
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
