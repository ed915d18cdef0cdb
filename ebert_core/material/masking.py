"""What is hidden from the network in pre-training: bases one by one or in spans, states in whole native units."""

# B = windows in a batch, L = bases, S = 200-bp bins.

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ebert_core.model.tokens import FIRST_STATE, MASKED_BASE, MASKED_STATE
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.grid import BIN


class Masked(NamedTuple):
    """A batch with parts hidden, and which."""

    bases_BL: NDArray[np.uint8]
    states_BS: NDArray[np.uint8]
    base_is_hidden_BL: NDArray[np.bool_]
    state_is_hidden_BS: NDArray[np.bool_]

    def rows(self, rows: slice) -> "Masked":
        """Some of the windows."""
        return Masked(
            self.bases_BL[rows], self.states_BS[rows], self.base_is_hidden_BL[rows], self.state_is_hidden_BS[rows]
        )


def hide_bases(
    bases_BL: NDArray[np.uint8], rate: float, random: np.random.Generator, span: int = 1
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The bases with a share of the known ones hidden, and which were.

    They are hidden in spans, which may overlap and reach over a window's ends; the share does not depend on the span.
    """
    rows, length = bases_BL.shape
    start_rate = 1 - (1 - rate) ** (1 / span) if span > 1 else rate
    starts_BX = random.random((rows, length + span - 1), dtype=np.float32) < start_rate
    is_hidden_BL = sliding_window_view(starts_BX, span, axis=1).any(-1) & (bases_BL < N)
    return np.where(is_hidden_BL, np.uint8(MASKED_BASE), bases_BL), is_hidden_BL


def hide_every(bases_BL: NDArray[np.uint8], spacing: int, phase: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The bases with every `spacing`-th hidden, so that what surrounds a hidden base is visible; and which were."""
    is_hidden_BL = np.zeros(bases_BL.shape, dtype=np.bool_)
    is_hidden_BL[:, phase::spacing] = True
    is_hidden_BL &= bases_BL < N
    return np.where(is_hidden_BL, np.uint8(MASKED_BASE), bases_BL), is_hidden_BL


def hide_states(
    states_BS: NDArray[np.uint8], unit_BS: NDArray[np.int64], rate: float, random: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The states with a share of their native units hidden whole, and which bins were.

    `unit_BS` numbers the unit each bin lies in (a 5-kb state is one unit, not 25 bins), so that copying the state of
    the next bin is no task.
    """
    units, index = np.unique(unit_BS, return_inverse=True)
    columns = index.reshape(unit_BS.shape)
    drawn_BU = random.random((len(states_BS), len(units))) < rate
    is_hidden_BS = np.take_along_axis(drawn_BU, columns, axis=1) & (states_BS >= FIRST_STATE)
    return np.where(is_hidden_BS, np.uint8(MASKED_STATE), states_BS), is_hidden_BS


def native_units(starts_B: NDArray[np.int64], bins: int, unit_width: int) -> NDArray[np.int64]:
    """Number of the native unit of every bin (B, S), for windows that start at `starts_B` and units of `unit_width`."""
    bin_starts_BS = starts_B[:, None] + np.arange(bins) * BIN
    return bin_starts_BS // max(unit_width, BIN)
