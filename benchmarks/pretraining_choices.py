"""What each choice of pre-training buys at equal compute: tokens, positions, masking, windows, sampling.

Run: python benchmarks/pretraining_choices.py [--dataset DATASET.toml --training chr3 … --validation chr20]
     [--seconds 10] [--seeds 3] [--preset tiny] [--directory build/pretraining_choices] [--only NAME …]

Every variant differs from the base variant in what its row names and is trained for the same seconds of the processor,
on one thread: so many steps as fit, by the fastest of a few steps tried before, which hardly depends on what else the
machine does. The learning rate falls over each one's own steps. Without a dataset, the demonstration's genome is
generated.

Compared are held-out bases and states, the same for all variants, whatever their windows: blocks of 8 kb in cell types
that take turns. For bases, every 16th is hidden and all states are shown; for states, 30 % of the native units are
hidden and all bases are shown. The base variant is trained with several seeds; a difference is clear (bold) when it
lies outside the range in which 95 % of further seeds of the base variant would fall. Of a dozen variants, one may do so
by chance.

Finished variants are kept and used again; one that was interrupted goes on. Writes `results.json` and `table.md`.
"""

import argparse
import hashlib
import math
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from ebert_core.demonstration.generate import DATASET, generate
from ebert_core.inference.batches import Inputs
from ebert_core.judging.markov import MarkovBaseline
from ebert_core.judging.masked_scores import nearest_visible
from ebert_core.material.masking import hide_every, hide_states, native_units
from ebert_core.material.material import Material, open_material
from ebert_core.material.sampling import Example
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.config import PRESETS
from ebert_core.model.device import Engine, choose_engine
from ebert_core.model.network import Ebert
from ebert_core.model.tokens import BASE_COUNT, FIRST_STATE
from ebert_core.protocol.specs.jobs import Pretrain
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.locus import Interval
from ebert_core.training.pretrain import architecture_of, pretrain

# N = held-out blocks, L = bases of a block, S = its 200-bp bins, B = windows, T = tokens, K = bases per token.

_BLOCK = 8_000
_SPACING = 16
_HIDDEN_STATES = 0.3
_AT_ONCE = 16_000  # bases read in one pass of the network
_UNEQUAL = 0.15  # share of the seconds by which a variant may miss them unsaid
_TRIED = 9  # steps
_BATCH = 16_000  # bases of a batch in training
_STUDENT = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78}  # 97.5 % quantiles for so many seeds
_BASE = "base"

VARIANTS: dict[str, dict[str, Any]] = {  # Any: values of a spec's keys
    _BASE: {},
    "tokens of 5": {"token_width": 5},
    "tokens of 25": {"token_width": 25},
    "tokens of 5, table of words": {"token_width": 5, "base_embedding": "table"},
    "learned positions": {"positions": "learned"},
    "30 % of bases": {"base_mask_rate": 0.3},
    "spans of 8 bases": {"base_span": 8},
    "bases only": {"state_mask_rate": 0.0},
    "states only": {"base_mask_rate": 0.0},
    "windows of 8 kb": {"context": 8_000},
    "each place in 2 cell types": {"cell_types_per_place": 2},
    "half the learning rate": {"learning_rate": 1e-3},
    "states in full": {"state_weight": 1.0},
}


class Result(msgspec.Struct, frozen=True):
    """What a variant reached, and at which price."""

    name: str
    seed: int
    changes: dict[str, Any]  # Any: values of a spec's keys
    steps: int
    processor_seconds: float
    weights: int
    base_loss: float
    state_accuracy: float


class HeldOut(NamedTuple):
    """Blocks of the held-out regions with parts hidden, the same for every variant."""

    bases_NL: NDArray[np.uint8]
    shown_bases_NL: NDArray[np.uint8]
    base_is_hidden_NL: NDArray[np.bool_]
    states_NS: NDArray[np.uint8]
    shown_states_NS: NDArray[np.uint8]
    state_is_hidden_NS: NDArray[np.bool_]

    def windows(self, context: int) -> "HeldOut":
        """The blocks cut into windows."""
        return self._each(lambda array: array.reshape(-1, array.shape[1] * context // _BLOCK))

    def rows(self, rows: slice) -> "HeldOut":
        """Some of them."""
        return self._each(lambda array: array[rows])

    def _each(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> "HeldOut":  # Any: codes and claims alike
        return HeldOut(*(change(array) for array in self))


class Reached(NamedTuple):
    """Nats per hidden base, and the share of hidden bins whose state was named."""

    base_loss: float
    state_accuracy: float


class Steps:
    """The seconds of the processor that every step of a training takes."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._last = math.nan

    def progress(self, _fraction: float, note: str) -> None:
        """Notes a step; the first sets things up and is left out."""
        if note.startswith("step"):
            now = time.process_time()
            if math.isfinite(self._last):
                self.seconds.append(now - self._last)
            self._last = now

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """Nothing is kept."""

    def event(self, text: str) -> None:
        """Nothing is shown."""

    def stop_requested(self) -> bool:
        """Never."""
        return False


def main() -> None:
    """Trains what is not there yet, and writes the table after each variant."""
    wishes = _wishes()
    torch.set_num_threads(1)
    directory = wishes.directory.resolve()
    dataset = wishes.dataset or directory / "demonstration" / DATASET
    if wishes.dataset is None and not dataset.exists():
        generate(dataset.parent)
    cell_types = tuple(wishes.cell_types)
    material = open_material(str(dataset), wishes.training, wishes.validation, cell_types, Steps())
    held_out = hold_out(material, wishes.blocks)
    engine = choose_engine("cpu")
    references = controls(material, held_out)
    results: list[Result] = []
    for name, seed in _runs(wishes.only, wishes.seeds):
        spec = spec_of(name, seed, str(dataset.resolve()), wishes)
        results.append(result_of(name, spec, material, held_out, engine, wishes))
        print(f"{name}, seed {seed}: {results[-1].base_loss:.4f} {results[-1].state_accuracy:.4f}", flush=True)
        (directory / "results.json").write_bytes(
            msgspec.json.format(msgspec.json.encode({"variants": results, "controls": references}))
        )
        (directory / "table.md").write_text(table(results, references, wishes.seconds))
    print(table(results, references, wishes.seconds))


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--dataset", type=Path)
    parser.add_argument("--training", nargs="+", default=["chr1"])
    parser.add_argument("--validation", nargs="+", default=["chr2:1-1,000,000"])
    parser.add_argument("--cell-types", nargs="+", default=[])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=3, choices=sorted(_STUDENT))
    parser.add_argument("--preset", choices=sorted(PRESETS), default="tiny")
    parser.add_argument("--blocks", type=int, default=80)
    parser.add_argument("--directory", type=Path, default=Path("build/pretraining_choices"))
    parser.add_argument("--only", nargs="+", choices=sorted(VARIANTS), default=list(VARIANTS))
    return parser.parse_args()


def _runs(names: Sequence[str], seeds: int) -> list[tuple[str, int]]:
    """The base variant with all seeds, then every other with the first."""
    return [(_BASE, seed) for seed in range(1, seeds + 1)] + [(name, 1) for name in names if name != _BASE]


def spec_of(name: str, seed: int, dataset: str, wishes: argparse.Namespace) -> Pretrain:
    """The request of a variant, but for how many steps it may take."""
    changes = VARIANTS[name]
    context = changes.get("context", PRESETS[wishes.preset].context)
    return Pretrain(
        dataset=dataset,
        output="",
        training=tuple(wishes.training),
        validation=tuple(wishes.validation),
        cell_types=tuple(wishes.cell_types),
        preset=wishes.preset,
        batch_size=max(1, _BATCH // context),
        seed=seed,
        device="cpu",
        **({"learning_rate": 2e-3} | changes),
    )


def result_of(
    name: str, spec: Pretrain, material: Material, held_out: HeldOut, engine: Engine, wishes: argparse.Namespace
) -> Result:
    """What a variant reaches; trained only where the same was not trained before."""
    told = msgspec.json.encode((spec, wishes.seconds, wishes.blocks))
    folder = wishes.directory.resolve() / hashlib.sha256(told).hexdigest()[:12]
    kept = folder / "result.json"
    if kept.exists():
        return msgspec.json.decode(kept.read_bytes(), type=Result)
    steps = steps_in(wishes.seconds, spec, wishes.directory.resolve())
    spec = with_steps(msgspec.structs.replace(spec, output=str(folder / "checkpoint")), steps)
    counted = Steps()
    trained = load_checkpoint(pretrain(spec, counted, folder / "work")).network
    assert isinstance(trained, Ebert)
    reached = score(trained, held_out, spec.context or architecture_of(spec, material).context, engine)
    result = Result(
        name=name,
        seed=spec.seed,
        changes=VARIANTS[name],
        steps=steps,
        processor_seconds=steps * statistics.median(counted.seconds or [math.nan]),
        weights=sum(each.numel() for each in trained.parameters()),
        base_loss=reached.base_loss,
        state_accuracy=reached.state_accuracy,
    )
    kept.write_bytes(msgspec.json.encode(result))
    return result


def steps_in(seconds: float, spec: Pretrain, directory: Path) -> int:
    """How many steps take so many seconds of the processor; measured once for all seeds, and kept."""
    told = msgspec.json.encode((msgspec.structs.replace(spec, seed=0), seconds))
    folder = directory / f"tried-{hashlib.sha256(told).hexdigest()[:12]}"
    kept = folder / "steps.json"
    if not kept.exists():
        counted = Steps()
        pretrain(
            with_steps(msgspec.structs.replace(spec, output=str(folder / "checkpoint")), _TRIED),
            counted,
            folder / "work",
        )
        kept.write_text(str(max(2, round(seconds / min(counted.seconds)))))
        (folder / "work" / "resume.safetensors").unlink(missing_ok=True)
    return int(kept.read_text())


def with_steps(spec: Pretrain, steps: int) -> Pretrain:
    """The request with so many steps, a tenth of them to warm up, the state being saved thrice."""
    return msgspec.structs.replace(
        spec, steps=steps, warmup_steps=max(1, steps // 10), evaluate_every=max(1, -(-steps // 3))
    )


def hold_out(material: Material, blocks: int) -> HeldOut:
    """Evenly spaced blocks of the held-out regions, at most so many, with what is hidden of them."""
    places = [
        Interval(place.chromosome, start, start + _BLOCK)
        for place in material.validation_stretches(_BLOCK)
        for start in range(place.start, place.end - _BLOCK + 1, _BLOCK)
    ]
    chosen = [places[index] for index in np.unique(np.linspace(0, len(places) - 1, blocks).round().astype(int))]
    cells = material.cell_types
    examples = [Example(cells[number % len(cells)], place) for number, place in enumerate(chosen)]
    channels = material.channels(msgspec.structs.replace(PRESETS["tiny"], states=material.state_names))
    inputs = material.inputs(examples, channels)
    shown_bases_NL, base_is_hidden_NL = hide_every(inputs.bases_BL, _SPACING, _SPACING // 2)
    starts = np.array([place.start for place in chosen])
    units = native_units(starts, _BLOCK // BIN, material.state_bin_width)
    shown_states_NS, state_is_hidden_NS = hide_states(
        inputs.states_BS, units, _HIDDEN_STATES, np.random.default_rng(_BLOCK)
    )
    return HeldOut(
        inputs.bases_BL, shown_bases_NL, base_is_hidden_NL, inputs.states_BS, shown_states_NS, state_is_hidden_NS
    )


def controls(material: Material, held_out: HeldOut) -> dict[str, Reached]:
    """What simple rules make of the same hidden bases and states."""
    usual = int(np.bincount(held_out.states_NS.ravel(), minlength=256)[FIRST_STATE:].argmax()) + FIRST_STATE
    hidden = held_out.state_is_hidden_NS
    copied_NS = nearest_visible(held_out.shown_states_NS, usual)
    is_right = (copied_NS == held_out.states_NS)[hidden]
    found = {
        "copy of the nearest visible state": Reached(math.nan, float(is_right.mean()) if len(is_right) else math.nan)
    }
    known = [material.store.bases(place) for place in material.training_stretches(BIN)]
    for reach in (1, 3):
        baseline = MarkovBaseline(known, reach)
        losses = [
            baseline.losses(bases_L, np.flatnonzero(hidden_L))
            for bases_L, hidden_L in zip(held_out.bases_NL, held_out.base_is_hidden_NL, strict=True)
        ]
        found[f"Markov, {reach} bases each side"] = Reached(float(np.nanmean(np.concatenate(losses))), math.nan)
    return found


@torch.inference_mode()
def score(network: Ebert, held_out: HeldOut, context: int, engine: Engine) -> Reached:
    """What a network makes of the hidden bases and states when it reads windows of `context` bases."""
    network.eval()
    losses, is_right = [], []
    windows, cut = _AT_ONCE // context, held_out.windows(context)
    for first in range(0, len(cut.bases_NL), windows):
        part = cut.rows(slice(first, first + windows))
        with engine.autocast():
            encoded_BTD = network(_inputs(part.shown_bases_NL, part.states_NS).tensors(engine.device))
            logits_BTK4 = network.base_head(encoded_BTD)
            named_BTD = network(_inputs(part.bases_NL, part.shown_states_NS).tensors(engine.device))
            logits_BSX = network.state_head(named_BTD)
        log_BL4 = logits_BTK4.float().log_softmax(-1).reshape(len(part.bases_NL), -1, BASE_COUNT).numpy()
        rows, columns = np.nonzero(part.base_is_hidden_NL)
        losses.append(-log_BL4[rows, columns, part.bases_NL[rows, columns]])
        named_BS = logits_BSX.float().argmax(-1).numpy() + FIRST_STATE
        is_right.append((named_BS == part.states_NS)[part.state_is_hidden_NS])
    right = np.concatenate(is_right)
    return Reached(float(np.concatenate(losses).mean()), float(right.mean()) if len(right) else math.nan)


def _inputs(bases_BL: NDArray[np.uint8], states_BS: NDArray[np.uint8]) -> Inputs:
    nothing = np.empty((len(bases_BL), bases_BL.shape[1] // 50, 0), dtype=np.float32)
    return Inputs(bases_BL, states_BS, nothing, nothing)


def table(results: Sequence[Result], references: dict[str, Reached], seconds: float) -> str:
    """The results as Markdown: the base variant with its seeds, then the others and how they differ from its mean."""
    base = [result for result in results if result.name == _BASE]
    lines = [
        "| variant | steps | processor seconds | weights "
        "| nats per hidden base | against base | hidden states named | against base |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        differences = (
            [_difference([getattr(each, key) for each in base], getattr(result, key)) for key in Reached._fields]
            if result.name != _BASE and len(base) > 1
            else ["", ""]
        )
        name = f"{result.name}, seed {result.seed}" if result.name == _BASE else result.name
        lines.append(
            f"| {name} | {result.steps} | {result.processor_seconds:.0f} | {result.weights:,} | {result.base_loss:.4f} "
            f"| {differences[0]} | {result.state_accuracy:.4f} | {differences[1]} |"
        )
    for name, reached in references.items():
        loss, accuracy = (f"{value:.4f}" if math.isfinite(value) else "" for value in reached)
        lines.append(f"| {name} | | | | {loss} | | {accuracy} | |")
    unequal = [each for each in results if abs(each.processor_seconds / seconds - 1) > _UNEQUAL]
    for result in unequal:
        lines += ["", _unequal(result, seconds)]
    if len(base) > 1:
        lines += ["", _noise(base)]
    return "\n".join(lines) + "\n"


def _unequal(result: Result, seconds: float) -> str:
    return (
        f"{result.name}, seed {result.seed}, took {result.processor_seconds:.0f} seconds instead of {seconds:.0f}: the "
        "machine was busy when its steps were tried or when it was trained."
    )


def _half_width(values: Sequence[float]) -> float:
    """How far from the mean of some seeds another seed lies at most, 95 times in a hundred."""
    return _STUDENT[len(values)] * statistics.stdev(values) * math.sqrt(1 + 1 / len(values))


def _difference(base: Sequence[float], value: float) -> str:
    difference = value - statistics.mean(base)
    is_clear = abs(difference) > _half_width(base)
    return f"**{difference:+.4f}**" if is_clear else f"{difference:+.4f}"


def _noise(base: Sequence[Result]) -> str:
    losses, accuracies = ([getattr(each, key) for each in base] for key in Reached._fields)
    return (
        f"Over {len(base)} seeds the base variant has {statistics.mean(losses):.4f} nats "
        f"(deviation {statistics.stdev(losses):.4f}) and names {statistics.mean(accuracies):.4f} of the states "
        f"(deviation {statistics.stdev(accuracies):.4f}). Bold: a difference above {_half_width(losses):.4f} nats or "
        f"{_half_width(accuracies):.4f} of the states, which a further seed of the base variant would show once in "
        "twenty."
    )


if __name__ == "__main__":
    main()
