"""Tokens a second of our encoder and of the same-size BERT of `transformers`, beside the best matrix product.

Run: python benchmarks/against_transformers.py [--preset large] [--windows 4] [--training-windows 8] [--rounds 5]
     [--device cpu] [--processor-time]

Needs the extra `benchmarks`. Both networks have random weights, the same layers x hidden x heads, 400 tokens a window,
no dropout, and scaled_dot_product_attention. Prediction runs in bf16; training under autocast to bf16 with a fused
AdamW and clipped gradients, as `ebert pretrain` does. Everything is timed in turn, and the best of all rounds counts.

`--processor-time` counts the seconds of the processor, on one thread: what can be measured on a machine in use.
"""

import argparse
import os
from functools import partial
from typing import NamedTuple

import msgspec
import torch
from operations import Stopwatch, Work, best_product, operations_per_token, product_works, shapes_of
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from ebert_core.model.config import PRESETS, Architecture
from ebert_core.model.device import Engine, choose_engine, keep_freed_memory
from ebert_core.model.embedding import Windows
from ebert_core.model.network import Ebert

_WORDS = 4_101  # the words of six bases and five special ones, as DNABERT has them
_STATES = tuple(f"state {number}" for number in range(15))


class Contender(NamedTuple):
    """A network, how to run it, and its name."""

    name: str
    network: nn.Module
    inputs: Windows | Tensor

    def encoded(self) -> Tensor:
        """Tokens (B, T, D)."""
        result = self.network(self.inputs)
        encoded: Tensor = result if isinstance(result, Tensor) else result.last_hidden_state
        return encoded


def ours(architecture: Architecture, windows: int, device: torch.device) -> Contender:
    """EBERT on random bases and states."""
    bases = torch.randint(0, 4, (windows, architecture.context), dtype=torch.uint8, device=device)
    states = torch.randint(2, 17, (windows, architecture.context // 200), dtype=torch.uint8, device=device)
    return Contender("ebert", Ebert(architecture).to(device), Windows(bases, states))


def theirs(architecture: Architecture, windows: int, device: torch.device) -> Contender:
    """BERT of `transformers` on random words."""
    config = BertConfig(
        vocab_size=_WORDS,
        hidden_size=architecture.hidden,
        num_hidden_layers=architecture.layers,
        num_attention_heads=architecture.heads,
        intermediate_size=4 * architecture.hidden,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config._attn_implementation = "sdpa"
    words = torch.randint(0, _WORDS, (windows, architecture.tokens), device=device)
    network: nn.Module = BertModel(config, add_pooling_layer=False)
    return Contender("transformers", network.to(device), words)


def predict(contender: Contender) -> Tensor:
    """One pass without gradients."""
    with torch.inference_mode():
        return contender.encoded()


def train(contender: Contender, engine: Engine, optimizer: torch.optim.Optimizer) -> None:
    """One step of training."""
    with engine.autocast():
        loss = contender.encoded().float().square().mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(contender.network.parameters(), 1.0)
    optimizer.step()


def predicting(architecture: Architecture, windows: int, engine: Engine) -> dict[str, Work]:
    """A pass of each network in the engine's precision."""
    works: dict[str, Work] = {}
    for make in (ours, theirs):
        contender = make(architecture, windows, engine.device)
        contender.network.to(engine.dtype).eval()
        works[contender.name] = partial(predict, contender)
    return works


def training(architecture: Architecture, windows: int, engine: Engine) -> dict[str, Work]:
    """A step of each network."""
    works: dict[str, Work] = {}
    for make in (ours, theirs):
        contender = make(architecture, windows, engine.device)
        optimizer = torch.optim.AdamW(contender.network.train().parameters(), lr=1e-4, fused=True)
        works[contender.name] = partial(train, contender, engine, optimizer)
    return works


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--preset", choices=("small", "base", "large"), default="large")
    parser.add_argument("--windows", type=int, default=4)
    parser.add_argument("--training-windows", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--processor-time", action="store_true")
    wishes = parser.parse_args()
    if wishes.processor_time:
        torch.set_num_threads(1)
    engine = choose_engine(wishes.device)
    if engine.device.type == "cpu":
        keep_freed_memory()
    architecture = msgspec.structs.replace(PRESETS[wishes.preset], states=_STATES, dropout=0.0)
    watch = Stopwatch(engine.device, wishes.processor_time)
    per_token = operations_per_token(Ebert(architecture))
    print(f"{wishes.preset}, {architecture.describe()}, {engine.describe()}, {per_token / 1e6:.0f} MFLOP a token")
    peaks: list[tuple[str, float]] = []
    timed: list[tuple[str, int, int, dict[str, float]]] = []
    for task, make, windows, times in (
        ("prediction", predicting, wishes.windows, 1),
        ("training", training, wishes.training_windows, 3),
    ):
        shapes = shapes_of(architecture, windows)
        works = make(architecture, windows, engine)
        seconds = watch.best(works | product_works(shapes, engine.dtype, engine.device), wishes.rounds)
        peaks.append(best_product(shapes, seconds))
        timed.append((task, windows, times, {contender: seconds[contender] for contender in works}))
    name, peak = max(peaks, key=lambda found: found[1])
    print(f"best {name}: {peak / 1e9:.0f} GFLOP/s")
    for task, windows, times, taken in timed:
        print(f"{task}, {windows} windows of {architecture.tokens} tokens")
        for contender, took in taken.items():
            rate = windows * architecture.tokens / took
            print(f"  {contender:13s} {rate:7.0f} tokens/s, {times * per_token * rate / peak:.1%} of the best product")
        print(f"  ebert is {taken['transformers'] / taken['ebert']:.2f} times as fast")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
