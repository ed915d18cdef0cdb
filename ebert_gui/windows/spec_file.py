"""Reads the spec of an earlier fine-tuning, so that its form can be filled again.

A spec is what the form itself writes, as the session is what the window writes; data is read by the workers alone.
"""

import os
from pathlib import Path

import msgspec

from ebert_core.protocol.documents import parse_toml
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.regular_files import read_whole
from ebert_core.protocol.specs import FineTune

_PATHS = ("dataset", "output", "start_from")


def read_finetuning(path: Path) -> FineTune:
    """The fine-tuning in a spec file, its paths made whole.

    Raises:
        InvalidRequest: the file cannot be read or holds no spec of a fine-tuning.
    """
    try:
        keys = parse_toml(read_whole(path).decode("utf-8-sig"))
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:  # of the text's encoding or of its TOML
        raise InvalidRequest(f"{path} is no TOML: {error}.") from None
    if keys.get("job") != "finetune":
        raise InvalidRequest(f'{path} is no spec of a fine-tuning: it lacks job = "finetune".')
    try:
        spec = msgspec.convert(keys, FineTune)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"{path} is no spec of a fine-tuning: {str(error).rstrip('.')}.") from None
    return msgspec.structs.replace(spec, **{key: _whole(getattr(spec, key), path.parent) for key in _PATHS})


def _whole(text: str, folder: Path) -> str:
    return os.path.abspath(folder / os.path.expanduser(text)) if text else ""
