"""What the window asks about the things that come with the program: its checkpoints and the demonstration."""

import msgspec

from ebert_core.protocol.terms.locus import Interval


class ListShipped(msgspec.Struct, frozen=True, tag="list-shipped"):
    """Which checkpoints come with the program? Reply: Shipped."""


class ShippedCheckpoint(msgspec.Struct, frozen=True):
    """A checkpoint that comes with the program; `training` is where it learnt, `limits` what it is not good for."""

    path: str
    name: str
    assembly: str
    is_synthetic: bool
    factors: tuple[str, ...]
    cell_types: tuple[str, ...]
    training: tuple[Interval, ...]
    limits: tuple[str, ...] = ()


class Shipped(msgspec.Struct, frozen=True):
    """The checkpoints that come with the program, in the order of their names."""

    checkpoints: tuple[ShippedCheckpoint, ...]


class MakeDemonstration(msgspec.Struct, frozen=True, tag="make-demonstration"):
    """Write the demonstration into the person's own folder for data, unless it is there. Reply: Demonstration."""


class Demonstration(msgspec.Struct, frozen=True):
    """The demonstration: its DATASET.toml and the checkpoint that was trained on it."""

    dataset: str
    checkpoint: str
