"""The factors of a checkpoint's description, in the words of the window; both workers and an export say them."""

from ebert_core.model.description import Description, FactorRecord
from ebert_core.protocol.modelling import OutputSummary


def output_summaries(description: Description) -> tuple[OutputSummary, ...]:
    """What is known of each factor, in the checkpoint's order."""
    return tuple(map(output_summary, description.factors))


def output_summary(record: FactorRecord) -> OutputSummary:
    """What is known of one factor."""
    return OutputSummary(
        record.name,
        record.cell_types,
        record.threshold,
        record.auprc,
        record.scored_on,
        record.reliability,
        bool(record.calibration.fitted_on),
    )
