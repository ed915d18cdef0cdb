"""What a model wants to see, and the arrays it is given.

B = windows in a batch, L = bases per window, S = L / 200 chromatin bins, P = L / 50 positions, C = signals, M = motifs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.motifs import Matrices
from ebert_core.model.tokens import FIRST_STATE, MASKED_STATE, MISSING_STATE
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval

Kind = Literal["log", "quantile", "difference", "binding", "expression", "distance"]
Family = Literal["measured", "difference", "binding", "expression", "distance"]
_DERIVED = re.compile(rf"({'|'.join(get_args(Kind))})\((.+)\)")


class Derived(NamedTuple):
    """The name of a derived signal taken apart: `log(DNase)` is of kind `log`, of `DNase`."""

    kind: Kind
    of: str


def derived(name: str) -> Derived | None:
    """The parts of a derived signal's name, or None for that of a measured signal."""
    match = _DERIVED.fullmatch(name)
    if match and match[1] == "expression" and not re.fullmatch(r"[1-9]\d{0,3}", match[2]):
        return None
    return Derived(match[1], match[2]) if match else None  # type: ignore[arg-type] # the pattern lists the kinds


@dataclass(frozen=True)
class Channels:
    """The states, signals and motifs that a model wants, in its own order; nothing of a kind leaves it out.

    `training_cells` are the cell types that the model was trained in, which derived signals compare with, and
    `references` the distributions that they bring a measured signal to, by its name.
    """

    states: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    motifs: Matrices | None = None
    training_cells: tuple[str, ...] = ()
    references: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


class WindowBatch(NamedTuple):
    """The input of a model. State ids: 0 missing, 1 masked, then the names of the channels in their order.

    Outside the chromosome there are N, missing states and signals of 0; so too in bins of 200 without any known base.
    A signal that is not known for the cell type is NaN everywhere.
    """

    bases_BL: NDArray[np.uint8]
    states_BS: NDArray[np.uint8]
    signals_BCP: NDArray[np.float16]
    motifs_BMP: NDArray[np.float16]


def family(name: str) -> Family:
    """Which signals come and go together: what was measured, with its logarithm and quantiles; each other kind."""
    match derived(name):
        case Derived(kind=("difference" | "binding" | "expression" | "distance") as kind):
            return kind
        case _:
            return "measured"


def empty_batch(count: int, length: int, channels: Channels) -> WindowBatch:
    """Windows in which nothing is known."""
    motifs = channels.motifs
    worst = motifs.worst if motifs else np.empty(0, dtype=np.float16)
    motifs_BMP = np.empty((count, len(worst), length // POSITION), dtype=np.float16)
    motifs_BMP[:] = worst[None, :, None]
    return WindowBatch(
        np.full((count, length), N, dtype=np.uint8),
        np.full((count, length // BIN), MISSING_STATE, dtype=np.uint8),
        np.zeros((count, len(channels.signals), length // POSITION), dtype=np.float16),
        motifs_BMP,
    )


def window_length(intervals: Sequence[Interval]) -> int:
    """The one length of all windows, which begin and end on multiples of 200."""
    length = intervals[0].length
    assert all(each.length == length and each.start % BIN == 0 for each in intervals)
    assert length % BIN == 0
    return length


def bins_with_bases(codes_L: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which bins of 200 hold a known base; in the others, states and signals are not to be trusted."""
    if codes_L.min(initial=N) == N:
        return np.zeros(len(codes_L) // BIN, dtype=np.bool_)
    has_base: NDArray[np.bool_] = (codes_L.reshape(-1, BIN) != N).any(axis=1)
    return has_base


def state_lookup(dataset_names: Sequence[str], wanted: Sequence[str]) -> NDArray[np.uint8]:
    """The id under `wanted` for each id under the dataset's names; all missing when no states are wanted.

    Raises:
        InvalidRequest: the dataset has a state that the model does not know.
    """
    lookup = np.full(FIRST_STATE + len(dataset_names), MISSING_STATE, dtype=np.uint8)
    if not wanted:
        return lookup
    unknown = [name for name in dataset_names if name not in wanted]
    if unknown:
        raise InvalidRequest(
            f"The dataset's states are not those of the model: it does not know {', '.join(unknown[:4])}; "
            f"it knows {', '.join(wanted[:4])} and {max(0, len(wanted) - 4)} more. Run it without states instead."
        )
    lookup[MASKED_STATE] = MASKED_STATE
    lookup[FIRST_STATE:] = [FIRST_STATE + wanted.index(name) for name in dataset_names]
    return lookup
