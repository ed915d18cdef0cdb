"""Specs from files: paths in them are relative to the file, and absolute from here on."""

from pathlib import Path

import msgspec

from ebert_core.jobs.specs import read_spec, verb
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import JobSpec

_PATHS = ("dataset", "output", "start_from", "checkpoint", "regions")


def read_spec_file(path: Path, command: str) -> JobSpec:
    """The spec in a file, which must be one for this command.

    Raises:
        InvalidRequest: the file is absent, wrong, or for another command.
    """
    spec = read_spec(path)
    if verb(spec) != command:
        raise InvalidRequest(f"{path} is a spec for ebert {verb(spec)}, not for ebert {command}.")
    return anchored(spec, path.parent.absolute())


def anchored(spec: JobSpec, folder: Path) -> JobSpec:
    """The spec with paths made absolute from a folder."""
    changes: dict[str, object] = {}
    for name in _PATHS:
        value = getattr(spec, name, "")
        if isinstance(value, str) and value:
            changes[name] = _absolute(folder, value)
    controls = getattr(spec, "controls", ())
    if controls:
        changes["controls"] = tuple(_absolute(folder, path) for path in controls)
    return msgspec.structs.replace(spec, **changes)


def _absolute(folder: Path, path: str) -> str:
    return str((folder / Path(path).expanduser()).resolve())
