"""What the core says of small models, for tests that never start the core."""

import msgspec

from ebert_core.protocol.modelling import Fact, ModelSummary, OutputSummary
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles

_SMALL = ModelSummary(
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
    outputs=(OutputSummary("CTCF", ("alpha",), 0.4),),
    states=(),
    signals=(),
    training=(),
    validation=(),
    cell_types=("alpha",),
    live_limit=200_000,
    device="cpu",
    precision="fp32",
)

TWO_CELL_TYPES = DatasetSummary(
    "/d",
    "toy",
    "toy1",
    (Chromosome("chr1", 20_000),),
    True,
    True,
    (),
    (),
    (CellType("alpha", True, (), (PeakFiles("CTCF", False),)), CellType("beta", True)),
)
"""A dataset in which CTCF was measured in the cell type alpha and not in beta."""


def checkpoint_summary(**changes: object) -> ModelSummary:
    """A checkpoint that predicts CTCF in the cell type alpha, but for what is changed."""
    return msgspec.structs.replace(_SMALL, **changes)


def motif_summary(**changes: object) -> ModelSummary:
    """A scan for the matrices CTCF and M2, which nothing trained."""
    scan = ModelSummary(
        path="/m.pfm",
        name="m.pfm",
        assembly="toy1",
        live_limit=1_000_000,
        device="cpu",
        precision="fp32",
        kind="motif scan",
        outputs=tuple(
            OutputSummary(
                name, unit="bits", statistic="best log-odds of both strands", quantity="motif", is_calibrated=False
            )
            for name in ("CTCF", "M2")
        ),
        facts=(Fact("Matrices", "2"),),
        limits=("A motif is not binding.",),
        reads_cell_type=False,
        has_draft=False,
        is_learnt=False,
    )
    return msgspec.structs.replace(scan, **changes)
