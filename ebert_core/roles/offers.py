"""What the data role answers about the things that come with the program. Never torch."""

from pathlib import Path

from ebert_core.protocol.machine.own_folders import data_home
from ebert_core.protocol.machine.resources import resource, shipped_checkpoints
from ebert_core.protocol.offers import Demonstration, ListShipped, MakeDemonstration, Shipped, ShippedCheckpoint
from ebert_core.roles.session import Handlers, Report


def handlers() -> Handlers:
    """The part of the data role's table that is about what comes with the program."""
    return {ListShipped: _list, MakeDemonstration: _make_demonstration}


def demonstration_directory() -> Path:
    """Where the window's demonstration lies: in the person's own folder for data."""
    return data_home() / "demonstration"


def _list(_request: ListShipped, report: Report) -> Shipped:
    report(0.0)
    return Shipped(tuple(map(_shipped, shipped_checkpoints().values())))


def _shipped(folder: Path) -> ShippedCheckpoint:
    from ebert_core.model.description import read_description

    description = read_description(folder)
    return ShippedCheckpoint(
        path=str(folder),
        name=description.name,
        assembly=description.assembly,
        is_synthetic=description.seed is not None,
        factors=tuple(factor.name for factor in description.factors),
        cell_types=description.cell_types,
        training=description.training,
        limits=description.all_limits,
    )


def _make_demonstration(_request: MakeDemonstration, report: Report) -> Demonstration:
    from ebert_core.demonstration.generate import demonstration_in

    dataset = demonstration_in(demonstration_directory(), report=report)
    return Demonstration(str(dataset), str(resource("checkpoints/demonstration")))
