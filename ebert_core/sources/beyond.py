"""What is said of places in a file that lie beyond the chromosomes of the genome in view."""

from ebert_core.dataset.description import Dataset
from ebert_core.genome.placed import PlacedFile
from ebert_core.protocol.shapes import Remark


def remarks_beyond(dataset: Dataset, source: PlacedFile) -> tuple[Remark, ...]:
    """A remark where the file reaches beyond the end of a chromosome; none where it does not."""
    if source.knows_lengths:
        return ()
    for chromosome, reached in source.chromosome_lengths.items():
        known = dataset.chromosome_names.find(chromosome)
        length = dataset.chromosome_lengths[known] if known is not None else reached
        if reached > length:
            full = f"The file reaches {chromosome}:{reached:,}; {known} of the genome in view has {length:,} bases."
            return (Remark("beyond the end", full),)
    return ()
