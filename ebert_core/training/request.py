"""Specs of training: numbers that make no sense are refused before hours are spent; what a checkpoint keeps of one."""

from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

import msgspec

from ebert_core.model.tokens import BIN
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import FineTune, Pretrain

Spec = TypeVar("Spec", Pretrain, FineTune)

_PATHS = ("dataset", "output", "start_from")
_AT_LEAST_ONE = ("epochs", "batch_size", "steps", "evaluate_every")
_ABOVE_ZERO = ("learning_rate", "layer_decay")
_SHARES_ABOVE_ZERO = ("base_mask_rate",)
_SHARES_UP_TO_ALL = ("label_share",)
_SHARES = ("channel_drop", "weight_average", "dropout", "state_mask_rate")
_NOT_NEGATIVE = ("further_windows", "hard_negative_rounds", "warmup_steps", "seed", "state_weight")


def check_numbers(spec: Pretrain | FineTune) -> None:
    """Refuses numbers that make no sense.

    Raises:
        InvalidRequest: names the first of them and what it may be.
    """
    rules: tuple[tuple[tuple[str, ...], Callable[[float], bool], str], ...] = (
        (_AT_LEAST_ONE, lambda value: value >= 1, "at least 1"),
        (_ABOVE_ZERO, lambda value: value > 0, "above 0"),
        (_SHARES_ABOVE_ZERO, lambda value: 0 < value < 1, "above 0 and below 1"),
        (_SHARES_UP_TO_ALL, lambda value: 0 < value <= 1, "above 0 and at most 1"),
        (_SHARES, lambda value: 0 <= value < 1, "at least 0 and below 1"),
        (_NOT_NEGATIVE, lambda value: value >= 0, "at least 0"),
    )
    for names, is_fine, must in rules:
        for name in names:
            value = getattr(spec, name, None)
            if value is not None and not is_fine(value):
                raise InvalidRequest(f"{name} is {value:g}; it must be {must}.")
    if isinstance(spec, Pretrain) and (spec.context < 0 or spec.context % BIN):
        raise InvalidRequest(f"context is {spec.context}; it must be a multiple of {BIN}, or 0 for the preset's own.")


def without_folders(spec: Spec) -> Spec:
    """The spec as a checkpoint keeps it: names of files only, since checkpoints travel and folders are private.

    What the files were is told by the digests beside it.
    """
    names = {key: PurePath(getattr(spec, key)).name for key in _PATHS if hasattr(spec, key)}
    return msgspec.structs.replace(spec, **names)
