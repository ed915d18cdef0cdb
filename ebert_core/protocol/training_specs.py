"""Specs of training: numbers that make no sense are refused before hours are spent; what a checkpoint keeps of one."""

import math
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import TypeVar

import msgspec

from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.grid import BIN
from ebert_core.protocol.specs import Evaluate, FineTune, Pretrain

Spec = TypeVar("Spec", Pretrain, FineTune)

_PATHS = ("dataset", "output", "start_from")
_AT_LEAST_ONE = ("epochs", "batch_size", "steps", "evaluate_every", "base_span", "cell_types_per_place", "bootstrap")
_ABOVE_ZERO = ("learning_rate", "layer_decay")
_SHARES_UP_TO_ALL = ("label_share",)
_SHARES = ("channel_drop", "weight_average", "dropout", "base_mask_rate", "state_mask_rate")
_NOT_NEGATIVE = (
    "further_windows",
    "hard_negative_rounds",
    "warmup_steps",
    "state_weight",
    "word_length",
    "fewest_peaks",
    "fewest_bound_bins",
)
# What a machine can hold, and what PyTorch takes as a seed after it has been multiplied to tell steps apart.
_LARGEST_BATCH = 1_000_000
_LARGEST_SEED = 2**32 - 1


def check_numbers(spec: Pretrain | FineTune | Evaluate) -> None:
    """Refuses numbers that make no sense, and what is listed twice.

    Raises:
        InvalidRequest: names the first of them and what it may be.
    """
    for name in spec.__struct_fields__:
        value = getattr(spec, name)
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidRequest(f"{name} is {value}; it must be a number.")
        if isinstance(value, tuple) and len(set(value)) < len(value):
            twice = next(each for each in value if value.count(each) > 1)
            raise InvalidRequest(f"{name} lists {twice} twice; name it once.")
    rules: tuple[tuple[tuple[str, ...], Callable[[float], bool], str], ...] = (
        (_AT_LEAST_ONE, lambda value: value >= 1, "at least 1"),
        (_ABOVE_ZERO, lambda value: value > 0, "above 0"),
        (_SHARES_UP_TO_ALL, lambda value: 0 < value <= 1, "above 0 and at most 1"),
        (_SHARES, lambda value: 0 <= value < 1, "at least 0 and below 1"),
        (_NOT_NEGATIVE, lambda value: value >= 0, "at least 0"),
        (("batch_size",), lambda value: value <= _LARGEST_BATCH, f"at most {_LARGEST_BATCH}"),
        (("seed",), lambda value: 0 <= value <= _LARGEST_SEED, f"at least 0 and at most {_LARGEST_SEED}"),
    )
    for names, is_fine, must in rules:
        for name in names:
            value = getattr(spec, name, None)
            if value is not None and not is_fine(value):
                said = value if isinstance(value, int) else f"{value:g}"
                raise InvalidRequest(f"{name} is {said}; it must be {must}.")
    if not isinstance(spec, FineTune) and (spec.context < 0 or spec.context % BIN):
        raise InvalidRequest(f"context is {spec.context}; it must be a multiple of {BIN}, or 0 for the network's own.")
    if isinstance(spec, Pretrain):
        _check_pretraining(spec)


def _check_pretraining(spec: Pretrain) -> None:
    """Refuses what makes no sense in pre-training alone."""
    if spec.base_span > BIN:
        raise InvalidRequest(f"base_span is {spec.base_span}; it must be at most {BIN}.")
    if spec.base_mask_rate == 0 and spec.state_mask_rate * spec.state_weight == 0:
        raise InvalidRequest(
            "Nothing is hidden that counts: base_mask_rate, or state_mask_rate and state_weight, must be above 0."
        )
    if spec.batch_size % spec.cell_types_per_place:
        raise InvalidRequest(
            f"cell_types_per_place is {spec.cell_types_per_place}; "
            f"it must divide batch_size, which is {spec.batch_size}."
        )


def oddities(spec: Pretrain | FineTune, steps: int, windows: int = 0) -> Iterator[str]:
    """Sentences on numbers that are allowed and probably not meant.

    Args:
        spec: a request that `check_numbers` lets pass.
        steps: of the whole run.
        windows: of an epoch, where there are epochs.
    """
    if spec.warmup_steps >= steps:
        yield (
            f"The run has {steps} steps and warmup_steps is {spec.warmup_steps}: the learning rate never reaches "
            f"{spec.learning_rate:g}."
        )
    if isinstance(spec, FineTune) and spec.hard_negative_rounds and not spec.further_windows:
        yield "hard_negative_rounds does nothing, since further_windows is 0: there are none to move to hard bins."
    if windows and spec.batch_size > windows:
        yield f"batch_size is {spec.batch_size}, and there are {windows} windows: every step sees all of them."


def without_folders(spec: Spec) -> Spec:
    """The spec as a checkpoint keeps it: names of files only, since checkpoints travel and folders are private.

    What the files were is told by the digests beside it.
    """
    names = {key: PurePath(getattr(spec, key)).name for key in _PATHS if hasattr(spec, key)}
    return msgspec.structs.replace(spec, **names)
