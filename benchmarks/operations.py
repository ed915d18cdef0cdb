"""What the speed benchmarks share: counting a network's operations, and timing several things in turn.

Counted are the matrix products of embedding, encoder and attention, two operations for a multiplication and an
addition: 2 x weights per token, and 4 x tokens x hidden per token and layer for attention (scores, and the sum of
values). A step of training counts three times: forward, gradient of the inputs, gradient of the weights. Norms, GELU,
dropout, the optimizer and the heads count for nothing, although they take time.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as f

from ebert_core.model.config import Architecture
from ebert_core.model.network import Ebert

Work = Callable[[], object]


class Shape(NamedTuple):
    """A matrix product: rows x inner times inner x columns."""

    rows: int
    inner: int
    columns: int

    @property
    def operations(self) -> int:
        """Multiplications and additions."""
        return 2 * self.rows * self.inner * self.columns


def operations_per_token(network: Ebert) -> int:
    """Operations of a forward pass for one token of a whole window."""
    architecture = network.architecture
    parts = (network.encoder, network.embedding.bases)
    weights = sum(p.numel() for part in parts for p in part.parameters() if p.ndim == 2)
    return 2 * weights + 4 * architecture.tokens * architecture.hidden * architecture.layers


def shapes_of(architecture: Architecture, windows: int) -> tuple[Shape, ...]:
    """The products of the encoder's layers, and cubes, among which the best is looked for."""
    rows, hidden = windows * architecture.tokens, architecture.hidden
    layers = ((hidden, 3 * hidden), (hidden, hidden), (hidden, 4 * hidden), (4 * hidden, hidden))
    return (*(Shape(rows, *layer) for layer in layers), *(Shape(side, side, side) for side in (1024, 2048, 4096)))


class Stopwatch:
    """Times pieces of work in turn, so that the machine's other users disturb all of them alike.

    With `of_processor`, counts the seconds of the processor instead of those of the clock: for one thread only, since
    threads that wait for each other use the processor, too.
    """

    def __init__(self, device: torch.device, of_processor: bool) -> None:
        self._device = device
        self._now = time.process_time if of_processor else time.perf_counter

    def best(self, works: dict[str, Work], rounds: int) -> dict[str, float]:
        """Fewest seconds each took in some rounds after one that warms up."""
        best = dict.fromkeys(works, float("inf"))
        for number in range(rounds + 1):
            for name, work in works.items():
                seconds = self.once(work)
                if number:
                    best[name] = min(best[name], seconds)
        return best

    def once(self, work: Work) -> float:
        """Seconds one run takes."""
        self._finish()
        begun = self._now()
        work()
        self._finish()
        return self._now() - begun

    def _finish(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)


def product_works(shapes: Sequence[Shape], dtype: torch.dtype, device: torch.device) -> dict[str, Work]:
    """A matrix product to be timed for every shape, by name."""
    return {name_of(shape): _product(shape, dtype, device) for shape in shapes}


def name_of(shape: Shape) -> str:
    """The shape in words."""
    return f"product {shape.rows} x {shape.inner} x {shape.columns}"


def best_product(shapes: Sequence[Shape], seconds: dict[str, float]) -> tuple[str, float]:
    """The shape with most operations a second, and how many."""
    found = {name_of(shape): shape.operations / seconds[name_of(shape)] for shape in shapes}
    name = max(found, key=found.__getitem__)
    return name, found[name]


def _product(shape: Shape, dtype: torch.dtype, device: torch.device) -> Work:
    left = torch.randn(shape.rows, shape.inner, dtype=dtype, device=device)
    right = torch.randn(shape.columns, shape.inner, dtype=dtype, device=device)

    def product() -> Tensor:
        with torch.inference_mode():
            return f.linear(left, right)

    return product
