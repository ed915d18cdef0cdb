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
from ebert_core.inference.export import predict_to_files
from ebert_core.model.checkpoint import load_checkpoint, save_checkpoint
from ebert_core.model.config import PRESETS
from ebert_core.model.network import Ebert
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.locus import Interval, format_locus


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
        save_checkpoint(Path(folder) / "small", Ebert(architecture).eval(), description)
        watch = Stopwatch(Ebert.binding)
        Ebert.binding = lambda *given: watch(*given)  # type: ignore[method-assign]  # measured from outside
        locus = format_locus(Interval("chr2", 1_000_000, 1_000_000 + bases))
        asked = (str(Path(folder) / "small"), str(dataset.path), "alpha", "DEMO-A", str(Path(folder) / "predicted.bw"))
        begun = time.perf_counter()
        predict_to_files(Predict(*asked, regions=(locus,)), lambda _fraction, _note: None)
        total = time.perf_counter() - begun
    print(f"{bases / 1e6:.1f} Mb in {total:.1f} s, {watch.seconds / total:.1%} of it in the network")


if __name__ == "__main__":
    main()
