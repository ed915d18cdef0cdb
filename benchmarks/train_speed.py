"""Tokens a second of `ebert pretrain` and `ebert finetune`, their share of the best product, and of time without data.

Run: python benchmarks/train_speed.py [--preset small] [--steps 10] [--batch 32] [--device auto] [--processor-time]

The two commands run as they are on the demonstration's genome; what is measured is taken from outside: a step's time,
and how much of it passes before the network is called, while it waits for its windows and labels. The first two steps
are left out. From tokens a second follows what one pass over the human genome costs in the 127 cell types of Roadmap
Epigenomics, beside the least that the measured best product allows.

`--processor-time` counts the seconds of the processor, on one thread: what can be measured on a machine in use.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from operations import Stopwatch, best_product, operations_per_token, product_works, shapes_of
from torch import Tensor

from ebert_core.demonstration.generate import generate
from ebert_core.model.device import choose_engine
from ebert_core.model.network import Ebert
from ebert_core.protocol.specs.jobs import FineTune, Pretrain
from ebert_core.protocol.terms.report import Stopped
from ebert_core.training.finetune import finetune
from ebert_core.training.loop import Trainer
from ebert_core.training.pretrain import pretrain

_WARM_UP = 2
_GENOME_BASES = 2.9e9  # of the human genome, without what is not sequenced
_CELL_TYPES = 127


class Step(NamedTuple):
    """Seconds of one step, and how many of them passed before the network was called."""

    seconds: float
    without_data: float


class Steps:
    """Every step of a run, timed around `Trainer.take_step`; asks the run to end after some."""

    def __init__(self, count: int, of_processor: bool) -> None:
        self.found: list[Step] = []
        self.network: Ebert | None = None
        self._count = count
        self._now = time.process_time if of_processor else time.perf_counter
        self._called = 0.0

    def timed(self, take_step: Callable[..., float]) -> Callable[..., float]:
        """The same step, noted."""

        def noted(trainer: Trainer, loss_of_batch: Callable[[], Tensor]) -> float:
            if self.network is not trainer.network:
                self.network = trainer.network
                self.network.register_forward_pre_hook(self._network_is_called)
            begun = self._now()
            loss = take_step(trainer, loss_of_batch)
            self.found.append(Step(self._now() - begun, self._called - begun))
            return loss

        return noted

    def _network_is_called(self, *_: object) -> None:
        self._called = self._now()

    def progress(self, fraction: float, note: str) -> None:
        """Nothing is shown."""

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """Nothing is kept."""

    def event(self, text: str) -> None:
        """Nothing is shown."""

    def stop_requested(self) -> bool:
        """Whether enough steps were taken."""
        return len(self.found) >= self._count


def run_steps(work: Callable[[Steps], object], count: int, of_processor: bool) -> Steps:
    """The first steps of a training, timed."""
    steps = Steps(count + _WARM_UP, of_processor)
    original = Trainer.take_step
    Trainer.take_step = steps.timed(original)  # type: ignore[method-assign]  # measured from outside
    try:
        work(steps)
    except Stopped:
        pass
    finally:
        Trainer.take_step = original  # type: ignore[method-assign]  # put back
    return steps


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--preset", choices=("tiny", "small", "base", "large"), default="small")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--processor-time", action="store_true")
    wishes = parser.parse_args()
    if wishes.processor_time:
        torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        before, fine = specs(wishes, str(generate(folder / "demo")), folder)
        for name, work in (
            ("pretrain", lambda steps: pretrain(before, steps, folder / "a")),
            ("finetune", lambda steps: finetune(fine, steps, folder / "b")),
        ):
            print_speed(name, run_steps(work, wishes.steps, wishes.processor_time), wishes)
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


def specs(wishes: argparse.Namespace, dataset: str, folder: Path) -> tuple[Pretrain, FineTune]:
    """The two requests, with the presets' defaults otherwise."""
    before = Pretrain(
        dataset=dataset,
        output=str(folder / "before"),
        training=("chr1",),
        validation=("chr2:1-1,000,000",),
        preset=wishes.preset,
        batch_size=wishes.batch,
        device=wishes.device,
    )
    fine = FineTune(
        dataset=dataset,
        output=str(folder / "fine"),
        training=before.training,
        validation=before.validation,
        preset=wishes.preset,
        batch_size=wishes.batch,
        device=wishes.device,
        signals=("DNase",),
    )
    return before, fine


def print_speed(name: str, steps: Steps, wishes: argparse.Namespace) -> None:
    """What the steps of a command say."""
    assert steps.network is not None
    architecture = steps.network.architecture
    engine = choose_engine(wishes.device)
    watch, shapes = Stopwatch(engine.device, wishes.processor_time), shapes_of(architecture, wishes.batch)
    _, peak = best_product(shapes, watch.best(product_works(shapes, engine.dtype, engine.device), 5))
    counted = steps.found[_WARM_UP:]
    seconds = statistics.median(step.seconds for step in counted)
    waiting = sum(step.without_data for step in counted) / sum(step.seconds for step in counted)
    rate = wishes.batch * architecture.tokens / seconds
    operations = 3 * operations_per_token(steps.network)
    tokens = _GENOME_BASES * _CELL_TYPES / architecture.token_width
    print(
        f"{name}, {architecture.describe()}, {wishes.batch} windows a step, {engine.describe()}: {rate:,.0f} tokens/s, "
        f"{rate * operations / peak:.1%} of the best product ({peak / 1e9:,.0f} GFLOP/s), "
        f"{waiting:.1%} of the time without data"
    )
    print(
        f"  one pass over {_GENOME_BASES / 1e9:.1f} Gb in {_CELL_TYPES} cell types: {tokens / rate / 3600:,.0f} h, "
        f"at the best product {tokens * operations / peak / 3600:,.0f} h"
    )


if __name__ == "__main__":
    main()
