"""How much of a prediction's time each of its blocks takes: a network is run only where bases are known."""

from collections.abc import Sequence

import numpy as np

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.store import Store
from ebert_core.dataset.windows import source_bases
from ebert_core.inference.stretches import Block
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.locus import Interval

# Gaps of an assembly are long, so a few bases tell; reading all of a genome would take longer than it is worth.
_LOOKED_AT = 16
# What is left to do where no base is known, as a share of what is to do where all are.
_OF_A_GAP = 0.01


def known_bins(source: Dataset | Store, blocks: Sequence[Block]) -> list[float]:
    """About how many bins of each block lie on known bases; never 0, since passing a gap takes some time, too."""
    return [block.bins * max(_OF_A_GAP, _share_known(source, block)) for block in blocks]


def _share_known(source: Dataset | Store, block: Block) -> float:
    """The share of known bases among some that are spread over the stretches of a block."""
    lengths = np.array([stretch.end - stretch.start for stretch in block.stretches])
    ends = np.cumsum(lengths)
    looked_at = ((np.arange(_LOOKED_AT) + 0.5) * ends[-1] / _LOOKED_AT).astype(np.int64)
    found = 0
    for place in looked_at:
        number = int(np.searchsorted(ends, place, side="right"))
        start = block.stretches[number].start + int(place - (ends[number] - lengths[number]))
        found += int(source_bases(source, Interval(block.chromosome, start, start + 1))[0] != N)
    return found / _LOOKED_AT
