"""What a model must be able to do to be a track: any network, and whatever else predicts along the genome.

Every provider predicts. What else it can do it says by what it has: one that attends has the methods of `Attends`.
Nothing is faked: what a provider cannot do is absent.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.model.device import Engine
from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.shapes import Grid, Mark, Matrix
from ebert_core.protocol.terms.edits import Edit
from ebert_core.protocol.terms.locus import Interval

Report = Callable[[float, str], None]


class Values(NamedTuple):
    """Values of F outputs: number p stands on [start + p * step, start + (p + 1) * step); NaN is a gap."""

    start: int
    step: int
    values_FP: NDArray[np.float32]


class Wanted(NamedTuple):
    """What is to be predicted: these outputs over an interval in one cell type, as if the edits had been made.

    `strands` 1 is a quick draft, 2 the mean of both strands; a model whose summary says that it has no draft is never
    asked for one. `cell_type` is empty for a model that reads none.
    """

    cell_type: str
    interval: Interval
    outputs: tuple[str, ...]
    strands: int = 2
    edits: tuple[Edit, ...] = ()


class Provider(Protocol):
    """A model that has been loaded for a dataset."""

    @property
    def bytes(self) -> int:
        """Memory that it holds, about."""
        ...

    def summary(self) -> ModelSummary:
        """What it is, what it predicts, what it was trained on and what not to use it for."""
        ...

    def predict(self, wanted: Wanted, report: Report) -> Values:
        """The outputs over an interval, which the values cover.

        Raises:
            InvalidRequest: it has no such output, or cannot predict there; one sentence says why.
        """
        ...

    def marks(self, output: str, cell_type: str, interval: Interval) -> tuple[Mark, ...]:
        """What it had seen of the interval before it predicts there."""
        ...


@runtime_checkable
class Attends(Protocol):
    """A provider whose network attends."""

    def attention_profile(
        self, cell_type: str, anchor: Interval, layer: int, head: int | None, edits: tuple[Edit, ...]
    ) -> Grid:
        """Attention between the anchor and every part of its window."""
        ...

    def attention_map(
        self, cell_type: str, anchor: Interval, layer: int, head: int | None, edits: tuple[Edit, ...]
    ) -> Matrix:
        """Attention inside the window around the anchor."""
        ...


class ProviderKind(NamedTuple):
    """A kind of model: which paths hold one, told from their content, and how one is loaded for a dataset."""

    name: str
    recognises: Callable[[Path], bool]
    load: Callable[[Path, Dataset, Engine], Provider]
