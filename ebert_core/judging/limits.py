"""What not to use a checkpoint for, in sentences that it carries."""

from collections.abc import Sequence

from ebert_core.material.material import Material
from ebert_core.model.description import FactorRecord
from ebert_core.protocol.grid import BIN
from ebert_core.protocol.reliability import FEWEST_PEAKS, calibration_warning
from ebert_core.protocol.wording import listed


def limits_of(material: Material, cell_types: tuple[str, ...], records: Sequence[FactorRecord]) -> tuple[str, ...]:
    """What not to use the checkpoint for, in sentences."""
    sentences = []
    if material.dataset.layout.seed is not None:
        sentences.append("Trained on a synthetic genome: it says nothing about real DNA.")
    megabases = sum(region.length for region in material.training_stretches(BIN)) / 1e6
    if megabases < 100:
        sentences.append(f"Trained on {megabases:.1f} Mb only; expect it to miss much of what binds elsewhere.")
    if len(cell_types) == 1:
        sentences.append(f"One cell type was seen ({cell_types[0]}): nothing can be said about others.")
    return (*sentences, *uncalibrated_limits(records), *calibration_limits(records))


def calibration_limits(records: Sequence[FactorRecord]) -> tuple[str, ...]:
    """What not to believe of a checkpoint's probabilities: where calibration failed, or rests on few peaks."""
    warnings = tuple(filter(None, (calibration_warning(record.name, record.reliability) for record in records)))
    scarce = [
        record.name
        for record in records
        if record.calibration.fitted_on and record.reliability and record.reliability.peaks < FEWEST_PEAKS
    ]
    if scarce:
        fewest = f"fewer than {FEWEST_PEAKS} held-out peaks"
        warnings += (f"What probabilities of {listed(scarce, 6)} are worth rests on {fewest}; do not rely on it.",)
    return warnings


def uncalibrated_limits(records: Sequence[FactorRecord]) -> tuple[str, ...]:
    """Which factors' probabilities are not calibrated, in at most one sentence."""
    names = list(dict.fromkeys(record.name for record in records if not record.calibration.fitted_on))
    return (f"Probabilities of {', '.join(names)} are not calibrated: too few held-out peaks.",) if names else ()
