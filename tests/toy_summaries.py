"""What the core says of a small checkpoint, for tests that never start the core."""

import msgspec

from ebert_core.protocol.modelling import CheckpointSummary, FactorSummary

_SMALL = CheckpointSummary(
    path="/c",
    name="toy",
    assembly="toy1",
    exports=True,
    trains=True,
    is_synthetic=False,
    architecture="tiny",
    parameters=1,
    context=1000,
    layers=1,
    heads=1,
    factors=(FactorSummary("CTCF", ("alpha",), 0.4),),
    states=(),
    signals=(),
    training=(),
    validation=(),
    cell_types=("alpha",),
    live_limit=200_000,
    device="cpu",
    precision="fp32",
)


def checkpoint_summary(**changes: object) -> CheckpointSummary:
    """A checkpoint that predicts CTCF in the cell type alpha, but for what is changed."""
    return msgspec.structs.replace(_SMALL, **changes)
