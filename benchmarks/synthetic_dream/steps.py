"""The steps that make things: each is done once, and what it made says that it is done."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import tomli_w

from .generate import DATASET, generate
from .rules import CELL_TYPES, TRAINING, TRAINING_CELLS, VALIDATION, VALIDATION_CELL, World

PRETRAINED, SCRATCH, UNET = "pretrained", "scratch", "unet"
NETWORKS = (PRETRAINED, SCRATCH, UNET)
RECIPES = Path(__file__).parent / "recipes"
# What of the validation chromosome pre-training may see; on the rest its loss is measured.
_PRETRAINING_SHARE = 0.8


class Plan(NamedTuple):
    """Where a run keeps its things, and what is to be made."""

    work: Path
    world_directory: Path
    world: World
    recipes: Path
    seeds: tuple[int, ...]

    @property
    def dataset(self) -> Path:
        """The DATASET.toml of the synthetic world."""
        return self.world_directory / DATASET

    def checkpoint(self, network: str, seed: int) -> Path:
        """Where a network trained from a seed lies."""
        return self.work / "checkpoints" / f"{network}-{seed}"

    @property
    def pretrained(self) -> Path:
        """Where the pre-trained checkpoint lies."""
        return self.work / "checkpoints" / "pretraining"


def make_world(plan: Plan) -> None:
    """Generates the world, unless it is there."""
    if not plan.dataset.is_file():
        # Only here: a world that is there already needs no pyjaspar.
        from .jaspar import jaspar_counts

        generate(plan.world_directory, plan.world, jaspar_counts())


def make_pretrained(plan: Plan) -> None:
    """Pre-trains, unless it has been done: training chromosomes and most of the validation one, in all cell types.

    So the states of the final cell types have been seen (not their labels), of the test chromosome nothing.
    """
    border = round(plan.world.chromosome_lengths[VALIDATION] * _PRETRAINING_SHARE / 1_000) * 1_000
    filled = {
        "training": [*TRAINING, f"{VALIDATION}:1-{border}"],
        "validation": [f"{VALIDATION}:{border + 1}-{plan.world.chromosome_lengths[VALIDATION]}"],
        "cell_types": list(CELL_TYPES),
    }
    _train(plan, "pretrain", plan.pretrained, filled)


def make_network(plan: Plan, network: str, seed: int) -> None:
    """Fine-tunes a network from a seed, unless it has been done."""
    filled: dict[str, Any] = {  # Any: values of a TOML file.
        "training": list(TRAINING),
        "validation": [VALIDATION],
        "cell_types": [*TRAINING_CELLS, VALIDATION_CELL],
        "validation_cell_types": [VALIDATION_CELL],
        "seed": seed,
    }
    if network == PRETRAINED:
        filled["start_from"] = str(plan.pretrained)
    _train(plan, network, plan.checkpoint(network, seed), filled)


def _train(plan: Plan, recipe: str, output: Path, filled: Mapping[str, Any]) -> None:
    """Runs a recipe in a process of its own, going on with what was interrupted."""
    if (output / "description.json").is_file():
        return
    spec = plan.work / "specs" / f"{output.name}.toml"
    if not spec.is_file():
        written = tomllib.loads((plan.recipes / f"{recipe}.toml").read_text())
        spec.parent.mkdir(parents=True, exist_ok=True)
        spec.write_text(tomli_w.dumps({**written, **filled, "dataset": str(plan.dataset), "output": str(output)}))
    os.environ["EBERT_JOBS"] = str(plan.work / "jobs")
    door = ["-m", "benchmarks.synthetic_dream.unet"] if recipe == UNET else ["-m", "ebert_core"]
    verb = [] if recipe == UNET else [str(tomllib.loads(spec.read_text())["job"])]
    subprocess.run([sys.executable, *door, *verb, str(spec), "--resume-or-begin"], check=True)
