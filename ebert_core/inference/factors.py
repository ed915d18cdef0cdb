"""The factors of a checkpoint's description, in the words of the window; both workers say them."""

from ebert_core.model.description import Description
from ebert_core.protocol.modelling import OutputSummary


def output_summaries(description: Description) -> tuple[OutputSummary, ...]:
    """What is known of each factor, in the checkpoint's order."""
    return tuple(
        OutputSummary(
            record.name,
            record.cell_types,
            record.threshold,
            record.auprc,
            record.scored_on,
            record.reliability,
            bool(record.calibration.fitted_on),
        )
        for record in description.factors
    )
