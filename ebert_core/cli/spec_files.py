"""Specs for a command: read from a file, which must be one for this command."""

import argparse
from pathlib import Path

from ebert_core.cli.options import add_fields, add_shared, changes_of_fields, chosen
from ebert_core.jobs.reporter import JobReporter, open_job
from ebert_core.protocol.specs.fields import Field, fields_of
from ebert_core.protocol.specs.jobs import JobSpec
from ebert_core.protocol.specs.on_disk import KINDS, Change, change_of, read_spec
from ebert_core.protocol.terms.errors import InvalidRequest

# Shared options that are called like a key of a spec.
_SHARED = ("dataset", "factors", "cell-types", "regions", "output", "device", "precision")


def add_changes(parser: argparse._ActionsContainer, kind: type[JobSpec]) -> None:
    """Adds an option for each key of this kind of spec, the shared ones first, and `--set` for all keys."""
    changes = parser.add_argument_group("in place of what the spec says")
    add_shared(changes, *(name for name in _SHARED if name.replace("-", "_") in kind.__struct_fields__), "set")
    add_fields(changes, _unshared(kind))


def _unshared(kind: type[JobSpec]) -> list[Field]:
    return [field for field in fields_of(kind) if field.name.replace("_", "-") not in _SHARED]


def read_spec_for(command: str, path: Path, arguments: argparse.Namespace | None = None) -> JobSpec:
    """The spec in a file with the changes that a command line asks for, its paths absolute.

    Raises:
        InvalidRequest: the file is absent, wrong, or for another command, or a change makes no sense.
    """
    kind = KINDS[command]
    changes = changes_of(arguments, kind) if arguments else []
    return read_spec(path, changes, kind)


def changes_of(arguments: argparse.Namespace, kind: type[JobSpec]) -> list[Change]:
    """What the options of a command line change in a spec; `--set` comes last and wins.

    Raises:
        InvalidRequest: a change names no key, or has no value.
    """
    changes = []
    for option in _SHARED:
        key = option.replace("-", "_")
        value = getattr(arguments, key, None)
        if value is not None and key in kind.__struct_fields__:
            several = isinstance(value, list)
            said = f"--{option} {' '.join(value) if several else value}"
            changes.append(Change(key, list(chosen(value, option)) if several else value, said))
    changes += changes_of_fields(arguments, _unshared(kind))
    return [*changes, *(change_of(text, kind) for text in getattr(arguments, "set", None) or ())]


def job_of(spec: JobSpec, directory: str | None) -> JobReporter:
    """The reporter of a job that the window made, or of a new one, which needs a dataset beside which it can lie.

    Raises:
        InvalidRequest: there is no such dataset, or no job can be made.
    """
    if directory is None and not Path(spec.dataset).is_file():
        if not Path(spec.dataset).is_dir():
            raise InvalidRequest(f"There is no file {spec.dataset}.")
        inside = Path(spec.dataset) / "DATASET.toml"
        advice = f"name {inside}" if inside.is_file() else "name the DATASET.toml that describes the files"
        raise InvalidRequest(f"{spec.dataset} is a folder; {advice}.")
    return open_job(spec, directory)
