"""How a bare file is opened, by what it is: one line for each kind of file."""

from collections.abc import Callable, Mapping

from ebert_core.dataset.first_look import TrackFile
from ebert_core.genome.annotation import read_features, read_genes
from ebert_core.genome.lines import Skipped
from ebert_core.genome.pair_files import open_pairs
from ebert_core.genome.signal import open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.genome.variant_files import open_variants
from ebert_core.protocol.terms.addresses import Place

Opener = Callable[[Place, Skipped | None], TrackFile]

# As what a file is kept open, where that is not its kind: states of a bare file have an alphabet of their own.
_KEPT_AS = {"states": "bare states", "peaks": "features"}


def _bare_states(path: Place, skipped: Skipped | None) -> TrackFile:
    return Segmentation(path, (), skipped)


_OPENERS: Mapping[str, Opener] = {
    "signal": open_signal,
    "genes": read_genes,
    "bare states": _bare_states,
    "features": read_features,
    "variants": open_variants,
    "pairs": open_pairs,
}


def opener_of(kind: str) -> tuple[str, Opener]:
    """As what a bare file of a kind (as in BareFile) is kept open, and the function that opens it."""
    kept_as = _KEPT_AS.get(kind, kind)
    return kept_as, _OPENERS[kept_as]
