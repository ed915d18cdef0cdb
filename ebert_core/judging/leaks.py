"""What would make a held-out score look better than it is: labels seen before, and inputs that hold the answer."""

from collections.abc import Iterator, Sequence

from ebert_core.dataset.channels import derived
from ebert_core.material.places import union
from ebert_core.model.description import Description
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.terms.report import Warned


def seen_cells(description: Description) -> tuple[str, ...]:
    """The cell types whose labels a checkpoint has seen, in its own fine-tuning or in one that it descends from."""
    own = description.cell_types if description.factors else ()
    return tuple(dict.fromkeys((*own, *description.ancestor_cell_types)))


def ancestor_cells(parent: Description | None, cell_types: Sequence[str]) -> tuple[str, ...]:
    """The cell types whose labels were seen before a fine-tuning in `cell_types`, and not in it."""
    return tuple(cell for cell in seen_cells(parent) if cell not in cell_types) if parent else ()


def refuse_seen_cells(parent: Description, held_out: Sequence[str]) -> None:
    """Refuses to hold a cell type out that the checkpoint that a fine-tuning starts from was fine-tuned in.

    Raises:
        InvalidRequest: names the cell type.
    """
    for cell in held_out:
        if cell in seen_cells(parent):
            raise InvalidRequest(
                f"{cell} cannot be held out: {parent.name}, which this starts from, was fine-tuned in it. Hold out "
                "another cell type, or start from a pre-trained checkpoint."
            )


def refuse_seen_labels(
    parent: Description, assembly: str, validation: Sequence[Interval], cell_types: Sequence[str]
) -> None:
    """Refuses to measure where the checkpoint that a fine-tuning starts from was itself fine-tuned.

    A pre-training saw no labels, so its regions do not matter. Regions of another assembly say nothing of this one's.

    Args:
        parent: what the fine-tuning starts from.
        assembly: of the validation.
        validation: where it will be measured.
        cell_types: in which.

    Raises:
        InvalidRequest: labels of a validation region were trained on before.
    """
    cells = [cell for cell in cell_types if cell in seen_cells(parent)]
    if not cells:
        return
    for region in validation:
        seen = next((place for place in parent.trained_in(assembly) if place.overlaps(region)), None)
        if seen:
            raise InvalidRequest(
                f"{parent.name}, which this starts from, was fine-tuned on {format_locus(seen)} in {', '.join(cells)}: "
                f"scores on {format_locus(region)} would prove nothing. Validate elsewhere, or start from a "
                "pre-trained checkpoint."
            )


def chose_by(parent: Description | None, assembly: str, validation: Sequence[Interval]) -> bool:
    """Whether labels of these regions chose the epoch of the checkpoint that a fine-tuning starts from."""
    if parent is None or not parent.factors or parent.assembly != assembly:
        return False
    return any(place.overlaps(region) for place in parent.validation for region in validation)


def trained_regions(parent: Description | None, assembly: str, training: Sequence[Interval]) -> tuple[Interval, ...]:
    """All regions of the assembly whose labels the network has seen, its own and those of what it starts from."""
    before = parent.trained_in(assembly) if parent is not None and parent.factors else ()
    return tuple(training) if set(before) <= set(training) else union((*training, *before))


def trained_elsewhere(parent: Description | None, assembly: str) -> dict[str, tuple[Interval, ...]]:
    """By other assembly, the regions whose labels were seen before a fine-tuning in this one."""
    if parent is None or not parent.factors:
        return {}
    return {other: parent.trained_in(other) for other in (parent.assembly, *parent.elsewhere) if other != assembly}


def warnings(
    parent: Description | None, assembly: str, signals: Sequence[str], factors: Sequence[str]
) -> Iterator[str]:
    """Sentences on what may be a leak and cannot be told for certain."""
    if parent and parent.assembly != assembly:
        start = f"{parent.name}, which this starts from, is of {parent.assembly}, the dataset of {assembly}"
        unknown = (
            ", and whether it has seen the labels of the validation regions cannot be told" if parent.factors else ""
        )
        yield Warned(f"{start}{unknown}.")
    for signal in signals:
        parts = derived(signal)
        if parts and parts.kind == "binding":  # made from other cell types than the one that is predicted
            continue
        named = [factor for factor in factors if factor.lower() in signal.lower()]
        if named:
            yield Warned(
                f"the signal {signal} bears the name of {', '.join(named)}. If the peaks were called from it, "
                "the model reads the answer and its scores prove nothing."
            )
