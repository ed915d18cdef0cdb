"""How long predicted binding for a 20-kb view takes with the `small` preset, beside the machine's matrix product.

Run: python benchmarks/live_prediction.py. Random weights: the time does not depend on what they are.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

import msgspec
import torch

from ebert_core.inference.grid import TileGrid
from ebert_core.model.config import PRESETS
from ebert_core.model.device import choose_engine
from ebert_core.model.embedding import Windows
from ebert_core.model.network import Ebert

VIEW = 20_000
FACTORS = tuple(f"F{number}" for number in range(12))


def median_seconds(work: Callable[[], object], times: int = 9) -> float:
    """Median wall time of a few runs after one that warms up."""
    work()
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def best_product(dtype: torch.dtype) -> float:
    """Most floating-point operations a second over a few shapes of matrix product."""
    best = 0.0
    for rows, inner, columns in ((2800, 256, 1024), (2800, 1024, 256), (4096, 4096, 4096)):
        left, right = torch.randn(rows, inner, dtype=dtype), torch.randn(inner, columns, dtype=dtype)
        seconds = median_seconds(partial(torch.matmul, left, right), 5)
        best = max(best, 2 * rows * inner * columns / seconds)
    return best


@torch.inference_mode()
def main() -> None:
    """Prints the figures."""
    engine = choose_engine()
    architecture = msgspec.structs.replace(
        PRESETS["small"], states=tuple("abcdefghijklmno"), signals=("DNase",), motifs=FACTORS, factors=FACTORS
    )
    network = Ebert(architecture).eval().to(engine.device, engine.dtype)
    tiles = len(TileGrid.of(architecture).covering(1_000_000, 1_000_000 + VIEW, 2_000_000))
    length = architecture.context
    windows = Windows(
        torch.randint(0, 4, (tiles, length), dtype=torch.uint8),
        torch.randint(2, 17, (tiles, length // 200), dtype=torch.uint8),
        torch.rand(tiles, length // 50, 1),
        torch.randn(tiles, length // 50, len(FACTORS)),
    )
    seconds = median_seconds(lambda: network.binding(windows))
    matrix_parameters = sum(p.numel() for p in network.encoder.parameters() if p.ndim == 2)
    tokens = tiles * architecture.tokens
    attention = 4 * architecture.tokens * architecture.hidden * architecture.layers
    operations = tokens * (2 * matrix_parameters + attention)
    peak = best_product(engine.dtype)
    print(f"small preset, {architecture.describe()}, {engine.describe()}")
    print(f"20-kb view: {tiles} tiles, {1000 * seconds:.0f} ms for one strand, {1000 * 2 * seconds:.0f} ms for both")
    print(
        f"encoder {operations / seconds / 1e9:.0f} GFLOP/s, {operations / seconds / peak:.0%} of the best product "
        f"({peak / 1e9:.0f} GFLOP/s) in this run"
    )


if __name__ == "__main__":
    main()
