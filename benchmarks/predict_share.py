"""Which share of `ebert predict` is spent in the network, on the demonstration with the `small` preset.

Run: python benchmarks/predict_share.py [MEGABASES]. Random weights: the time does not depend on what they are.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from torch import Tensor

from ebert_core.dataset.description import Dataset
from ebert_core.demonstration.generate import generate
from ebert_core.inference.export import Target, Work, write
from ebert_core.inference.formats import format_of
from ebert_core.inference.predict import Predictor
from ebert_core.inference.stretches import blocks_of, genome_bins
from ebert_core.model.checkpoint import Checkpoint, load_checkpoint
from ebert_core.model.config import PRESETS
from ebert_core.model.device import choose_engine
from ebert_core.model.network import Ebert
from ebert_core.protocol.locus import Interval, format_locus
from ebert_core.protocol.resources import resource
from ebert_core.protocol.specs import Predict


class Stopwatch:
    """Seconds spent inside a function."""

    def __init__(self, work: Callable[..., Tensor]) -> None:
        self.work = work
        self.seconds = 0.0

    def __call__(self, *arguments: object) -> Tensor:
        """Calls the function and counts."""
        begun = time.perf_counter()
        result = self.work(*arguments)
        self.seconds += time.perf_counter() - begun
        return result


def main() -> None:
    """Prints the share."""
    bases = int(1e6 * float(sys.argv[1] if len(sys.argv) > 1 else 1))
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset.open(generate(Path(folder)))
        shipped = load_checkpoint(resource("checkpoints/demonstration"))
        inputs = {name: getattr(shipped.description.architecture, name) for name in ("states", "signals", "motifs")}
        architecture = msgspec.structs.replace(
            PRESETS["small"], **inputs, factors=shipped.description.architecture.factors
        )
        description = msgspec.structs.replace(shipped.description, architecture=architecture)
        predictor = Predictor(Checkpoint(Ebert(architecture).eval(), description, Path()), dataset, choose_engine())
        watch = Stopwatch(predictor.network.binding)
        predictor.network.binding = watch  # type: ignore[method-assign]  # measured from outside
        path = Path(folder) / "predicted.bw"
        locus = format_locus(Interval("chr2", 1_000_000, 1_000_000 + bases))
        spec = Predict(checkpoint="", dataset="", cell_type="alpha", factor="DEMO-A", output=str(path), locus=locus)
        stretches = genome_bins(spec, dataset)
        targets = [Target(spec.factor, predictor.factors.index(spec.factor), path, 0.5)]
        work = Work(predictor, spec, format_of(path), targets, sum(stretch.bins for stretch in stretches))
        begun = time.perf_counter()
        blocks = blocks_of(stretches, predictor.grid, predictor.tiles_at_once)
        write(
            targets, format_of(path), dataset.chromosome_lengths, work.contents(blocks, lambda _fraction, _note: None)
        )
        total = time.perf_counter() - begun
    print(f"{bases / 1e6:.1f} Mb in {total:.1f} s, {watch.seconds / total:.1%} of it in the network")


if __name__ == "__main__":
    main()
