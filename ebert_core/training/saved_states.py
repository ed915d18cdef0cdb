"""Whether what a run saved can be what it goes on from: names, shapes and numbers, before anything is taken over."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from ebert_core.training.loop import Trainer

_MOMENT = "moment."
_KEPT = "kept."


# Any: safetensors' file has no type.
def names_in(file: Any) -> list[str]:
    """The names of the tensors in an open file."""
    return list(file.keys())


def check_shapes(path: Path, shapes: Mapping[str, Sequence[int]], trainer: Trainer) -> None:
    """Refuses a state of other tensors, or of other shapes, than this trainer's.

    Raises:
        ValueError: names the tensor.
    """
    expected = {name: list(tensor.shape) for name, tensor in trainer.tensors().items()}
    parameters = {name: list(parameter.shape) for name, parameter in trainer.network.named_parameters()}
    for name in expected.keys() - shapes.keys():
        if not name.startswith((_MOMENT, _KEPT)):  # a new trainer has none yet
            raise ValueError(f"{path} has no {name}")
    for name, shape in shapes.items():
        if name.startswith(_KEPT):
            continue
        if name.startswith(_MOMENT):
            key, _, of = name.removeprefix(_MOMENT).partition(".")
            wanted = [] if key == "step" else parameters.get(of)
        else:
            wanted = expected.get(name)
        if list(shape) != wanted:
            raise ValueError(f"{path}: {name} has the shape {list(shape)} in place of {wanted}")


def check_values(path: Path, tensors: Mapping[str, Tensor], steps: int) -> None:
    """Refuses numbers that no training has.

    Raises:
        ValueError: names the tensor.
    """
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise ValueError(f"{path}: {name} holds what is no number")
        if (name == "step" or name.startswith(f"{_MOMENT}step.")) and not 0 <= float(tensor) <= steps:
            raise ValueError(f"{path}: {name} is {float(tensor):g}; the run has {steps} steps")
        if name.startswith(f"{_MOMENT}exp_avg_sq.") and bool((tensor < 0).any()):
            raise ValueError(f"{path}: {name} holds squares below 0")
    if not -1 <= float(tensors["best_score"]) <= 1e9:
        raise ValueError(f"{path}: best_score is {float(tensors['best_score']):g}")


def check_weights(path: Path, expected: Mapping[str, Tensor]) -> None:
    """Refuses a file of other weights than a network's, or of weights that are no numbers.

    It is read at the very end of a run, and it may have gone or been cut short since it was written.

    Raises:
        OSError: it is not there.
        ValueError: it does not fit.
    """
    with safe_open(path, framework="pt") as file:
        if set(names_in(file)) != expected.keys():
            raise ValueError(f"{path} holds other weights")
        for name in names_in(file):
            if list(file.get_slice(name).get_shape()) != list(expected[name].shape):
                raise ValueError(f"{path}: {name} has another shape")
            tensor = file.get_tensor(name)
            if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
                raise ValueError(f"{path}: {name} holds what is no number")
