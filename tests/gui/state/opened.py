"""A dataset of three cell types, and a checkpoint that predicts two factors in two of them."""

from ebert_core.protocol.modelling import OutputSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles
from tests.toy_summaries import checkpoint_summary


def cell(name: str, *factors: str, signals: tuple[str, ...] = ("H2A", "DNase")) -> CellType:
    """A cell type in which these factors and signals were measured."""
    return CellType(name, True, signals, tuple(PeakFiles(factor, False) for factor in factors))


DATASET = DatasetSummary(
    path="/d/DATASET.toml",
    name="toy",
    assembly="toy1",
    chromosomes=(Chromosome("chr1", 20_000),),
    has_sequence=True,
    has_genes=True,
    bands=(),
    states=(),
    cell_types=(cell("poor"), cell("alpha", "CTCF", "MAX"), cell("beta", "CTCF")),
    start_locus=Interval("chr1", 1000, 3000),
)


CHECKPOINT = checkpoint_summary(
    context=2000,
    layers=3,
    heads=2,
    outputs=(OutputSummary("MAX", ("alpha",)), OutputSummary("CTCF", ("alpha", "beta"))),
    cell_types=("alpha", "beta"),
)
