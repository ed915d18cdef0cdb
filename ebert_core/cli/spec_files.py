"""Specs for a command: read from a file, which must be one for this command."""

from pathlib import Path

from ebert_core.jobs.specs import read_spec, verb
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import JobSpec


def read_spec_for(command: str, path: Path) -> JobSpec:
    """The spec in a file, its paths absolute.

    Raises:
        InvalidRequest: the file is absent, wrong, or for another command.
    """
    spec = read_spec(path)
    if verb(spec) != command:
        raise InvalidRequest(f"{path} is a spec for ebert {verb(spec)}, not for ebert {command}.")
    return spec
