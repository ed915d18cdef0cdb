"""What not to use a checkpoint for, in sentences that it carries."""

from ebert_core.material.material import Material
from ebert_core.protocol.terms.grid import BIN


def limits_of(material: Material, cell_types: tuple[str, ...]) -> tuple[str, ...]:
    """What not to use the checkpoint for, in sentences; what its probabilities are worth is told by its records."""
    sentences = []
    if material.dataset.layout.seed is not None:
        sentences.append("Trained on a synthetic genome: it says nothing about real DNA.")
    megabases = sum(region.length for region in material.training_stretches(BIN)) / 1e6
    if megabases < 100:
        sentences.append(f"Trained on {megabases:.1f} Mb only; expect it to miss much of what binds elsewhere.")
    if len(cell_types) == 1:
        sentences.append(f"One cell type was seen ({cell_types[0]}): nothing can be said about others.")
    return tuple(sentences)
