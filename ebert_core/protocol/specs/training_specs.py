"""Specs of training: numbers that make no sense are refused before hours are spent; what a checkpoint keeps of one."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import TypeVar

import msgspec

from ebert_core.protocol.specs.fields import check_fields, fields_of
from ebert_core.protocol.specs.jobs import Evaluate, FineTune, Pretrain
from ebert_core.protocol.terms.errors import InvalidRequest

Spec = TypeVar("Spec", Pretrain, FineTune)


def check_numbers(spec: Pretrain | FineTune | Evaluate) -> None:
    """Refuses numbers that make no sense, and what is listed twice.

    Raises:
        InvalidRequest: names the first of them and what it may be.
    """
    check_fields(spec)
    for name in spec.__struct_fields__:
        value = getattr(spec, name)
        if isinstance(value, tuple) and len(set(value)) < len(value):
            twice = next(each for each in value if value.count(each) > 1)
            raise InvalidRequest(f"{name} lists {twice} twice; name it once.")
    if isinstance(spec, Pretrain):
        _check_pretraining(spec)


def _check_pretraining(spec: Pretrain) -> None:
    """Refuses what makes no sense in pre-training alone."""
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
    paths = [field.name for field in fields_of(type(spec)) if field.says.holds in ("path", "checkpoint")]
    names = {key: PurePath(getattr(spec, key)).name for key in paths}
    return msgspec.structs.replace(spec, **names)
