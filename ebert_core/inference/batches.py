"""From windows of a dataset to tensors of a network, on either strand."""

# B = windows, L = bases, S = 200-bp bins, P = 50-bp positions, C = signals, M = motifs.

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ebert_core.dataset.channels import Channels, Family, WindowBatch, derived, family
from ebert_core.dataset.quantiles import is_distribution
from ebert_core.genome.motifs import Matrices
from ebert_core.model.description import Description
from ebert_core.model.embedding import Windows
from ebert_core.model.tokens import MISSING_STATE
from ebert_core.protocol.terms.bases import reverse_complement
from ebert_core.protocol.terms.errors import InvalidRequest

Stream = Literal["states", "signals", "motifs", Family]


class Inputs(NamedTuple):
    """Arrays of windows as numpy; any of the optional ones may be hidden before they become tensors."""

    bases_BL: NDArray[np.uint8]
    states_BS: NDArray[np.uint8]
    signals_BPC: NDArray[np.float32]
    motifs_BPM: NDArray[np.float32]

    @classmethod
    def of(cls, batch: WindowBatch) -> "Inputs":
        """The arrays of a dataset's windows, channels last."""
        return cls(
            batch.bases_BL,
            batch.states_BS,
            batch.signals_BCP.transpose(0, 2, 1).astype(np.float32),
            batch.motifs_BMP.transpose(0, 2, 1).astype(np.float32),
        )

    def other_strand(self) -> "Inputs":
        """The same windows read from the other strand."""
        return Inputs(
            reverse_complement(self.bases_BL),
            self.states_BS[:, ::-1],
            self.signals_BPC[:, ::-1],
            self.motifs_BPM[:, ::-1],
        )

    def without(self, streams: tuple[Stream, ...], signals: Sequence[str] = ()) -> "Inputs":
        """The same windows with whole streams absent, as in a cell type that lacks them.

        Args:
            streams: `signals` hides all signals, a family of signals those of them that belong to it.
            signals: the signals' names, of which the families are told.
        """
        absent = np.float32(np.nan)
        is_hidden_C = np.array([family(name) in streams for name in signals], dtype=np.bool_)
        if "signals" not in streams and is_hidden_C.any():
            return self._replace(signals_BPC=np.where(is_hidden_C, absent, self.signals_BPC)).without(streams)
        return self._replace(
            states_BS=np.full_like(self.states_BS, MISSING_STATE) if "states" in streams else self.states_BS,
            signals_BPC=np.full_like(self.signals_BPC, absent) if "signals" in streams else self.signals_BPC,
            motifs_BPM=np.full_like(self.motifs_BPM, absent) if "motifs" in streams else self.motifs_BPM,
        )

    def rows(self, index_B: NDArray[np.intp] | slice) -> "Inputs":
        """Some of the windows, in the given order."""
        return Inputs(
            self.bases_BL[index_B], self.states_BS[index_B], self.signals_BPC[index_B], self.motifs_BPM[index_B]
        )

    def tensors(self, device: torch.device) -> Windows:
        """The windows as tensors on a device."""
        arrays = (torch.from_numpy(np.ascontiguousarray(array)).to(device, non_blocking=True) for array in self)
        return Windows(*arrays)


def join(parts: list[Inputs]) -> Inputs:
    """Windows of several cell types as one batch, in order."""
    return Inputs(
        np.concatenate([part.bases_BL for part in parts]),
        np.concatenate([part.states_BS for part in parts]),
        np.concatenate([part.signals_BPC for part in parts]),
        np.concatenate([part.motifs_BPM for part in parts]),
    )


def channels_of(description: Description) -> Channels:
    """Which inputs a checkpoint's network takes, in its channel order.

    Raises:
        InvalidRequest: the distribution that a signal is brought to is missing or damaged.
    """
    architecture = description.architecture
    for parts in filter(None, map(derived, architecture.signals)):
        if parts.kind in ("quantile", "difference") and not is_distribution(
            description.signal_quantiles.get(parts.of, ())
        ):
            raise InvalidRequest(f"{description.name} is damaged: it does not hold the distribution of {parts.of}.")
    matrices = {
        name: np.array(matrix, dtype=np.float32)
        for name, matrix in zip(architecture.motifs, description.matrices, strict=True)
    }
    return Channels(
        states=architecture.states,
        signals=architecture.signals,
        motifs=Matrices(matrices) if matrices else None,
        training_cells=description.cell_types,
        references=description.signal_quantiles,
    )
