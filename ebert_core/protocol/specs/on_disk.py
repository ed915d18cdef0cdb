"""Specs on disk: TOML in, one of the frozen structs of `specs.jobs` out, with errors that name key and line."""

import os
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ebert_core.protocol.machine.documents import as_toml, parse_toml
from ebert_core.protocol.machine.regular_files import open_file
from ebert_core.protocol.machine.resources import named_checkpoint
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.specs.fields import field_of, fields_of
from ebert_core.protocol.specs.jobs import Evaluate, FineTune, JobSpec, Predict, Pretrain
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import is_region_file
from ebert_core.protocol.terms.wording import did_you_mean

KINDS: dict[str, type[JobSpec]] = {
    "pretrain": Pretrain,
    "finetune": FineTune,
    "evaluate": Evaluate,
    "predict": Predict,
}
LARGEST_SPEC = 4_000_000


def verb(spec: JobSpec) -> str:
    """The `ebert` command that runs this spec."""
    return _tag(type(spec))


def _tag(kind: type[JobSpec]) -> str:
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


class Change(NamedTuple):
    """Another value of a key, as it came from a command line: `said` is how it stood there, for messages."""

    key: str
    value: object
    said: str


def read_spec(path: str | Path, changes: Sequence[Change] = (), wanted: type[JobSpec] | None = None) -> JobSpec:
    """The spec in a TOML file with some keys changed, its paths made absolute.

    Relative paths in the file are taken from its folder, those of the changes from the working directory.

    Raises:
        InvalidRequest: the file is missing, is no TOML, holds no such spec, or one of another kind than is wanted; the
            sentence names key and line, or the words that change it.
    """
    path = Path(path)
    try:
        with open_file(path) as file:
            content = file.read(LARGEST_SPEC + 1)
    except FileNotFoundError:
        raise InvalidRequest(f"There is no file {path}.") from None
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from None
    return spec_of(path, content, changes, wanted)


def spec_of(path: Path, content: bytes, changes: Sequence[Change] = (), wanted: type[JobSpec] | None = None) -> JobSpec:
    """The spec in the content of a file, as `read_spec` reads it."""
    text = _text(path, content)
    try:
        keys = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRequest(f"{path} is no TOML: {error}.") from None
    kind = _kind(path, text, keys)
    if wanted is not None and wanted is not kind:
        raise InvalidRequest(f"{path} is a spec for ebert {_tag(kind)}, not for ebert {_tag(wanted)}.")
    for change in changes:
        _check_key(kind, change)
    said = {change.key: f"{change.said}: " for change in changes}
    changed = {change.key: _absolute(kind, change.key, change.value, Path.cwd()) for change in changes}

    def place(key: str) -> str:
        return said.get(key, f"{path}{_line(text, key)}: ")

    keys = {key: _absolute(kind, key, value, path.parent) for key, value in keys.items()} | changed
    return _spec(kind, keys, place, f"{path} lacks")


def spec_of_changes(kind: type[JobSpec], changes: Sequence[Change]) -> JobSpec:
    """The spec that changes alone make, as the options of a command do; their paths are made absolute.

    Raises:
        InvalidRequest: a value makes no sense, or a key that is needed has none; the sentence says how it was given.
    """
    for change in changes:
        _check_key(kind, change)
    said = {change.key: f"{change.said}: " for change in changes}
    keys = {change.key: _absolute(kind, change.key, change.value, Path.cwd()) for change in changes}
    return _spec(kind, keys | {"job": _tag(kind)}, lambda key: said.get(key, ""), "The options lack")


# Any: values of whatever type a person wrote.
def _spec(kind: type[JobSpec], keys: dict[str, Any], place: Callable[[str], str], lacks: str) -> JobSpec:
    """The spec with these keys, each of which is checked by its field."""
    for key in keys:
        if key != "job" and key not in kind.__struct_fields__:
            raise InvalidRequest(f"{place(key)}{_unknown(kind, key)}")
    for field in fields_of(kind):
        if field.name in keys and (said := field.objection(keys[field.name])):
            raise InvalidRequest(f"{place(field.name)}{said}.")
    for field in fields_of(kind):
        if field.is_needed and field.name not in keys:
            raise InvalidRequest(f"{lacks} the key {field.name}.")
    return msgspec.convert(keys, kind)


def _unknown(kind: type[JobSpec], key: str) -> str:
    hint = did_you_mean(key, kind.__struct_fields__)
    others = [job for job, other in KINDS.items() if key in other.__struct_fields__]
    if others and not hint:
        return f"{key} is a key of {' and '.join(others)}, and job says {_tag(kind)}."
    keys = ", ".join(kind.__struct_fields__)
    return f"there is no key {key}; {hint or f'the keys are job, {keys}.'}"


def change_of(assignment: str, kind: type[JobSpec]) -> Change:
    """What `--set KEY=VALUE` asks for. The value is TOML; a text may do without quotes, which shells take away.

    Raises:
        InvalidRequest: there is no such key, or no value.
    """
    key, equals, written = (part.strip() for part in assignment.partition("="))
    said = f"--set {assignment}"
    if not (key and equals and written):
        raise InvalidRequest(f"{said} should be written KEY=VALUE, such as seed=3.")
    _check_key(kind, Change(key, None, said))
    value = written_value(written)
    if value is written and written[0] in "[{\"'":
        raise InvalidRequest(f'{said}: {written} is no value of TOML; a list is written ["A", "B"].')
    return Change(key, value, said)


def written_value(text: str) -> object:
    """The value that a text is in TOML; the text itself where it is none, as one without its quotes."""
    try:
        return parse_toml(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _check_key(kind: type[JobSpec], change: Change) -> None:
    keys = kind.__struct_fields__
    if change.key in keys:
        return
    last = change.key.rpartition(".")[2]
    hint = did_you_mean(last, keys) or f"the keys are {', '.join(keys)}."
    raise InvalidRequest(f"{change.said}: {_tag(kind)} has no key {change.key}; {hint}")


def _absolute(kind: type[msgspec.Struct], key: str, value: object, folder: Path) -> object:
    """A value of a key of a spec, or several, with paths taken from a folder; what is no text is left to its check."""
    if key not in kind.__struct_fields__:
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(_absolute(kind, key, each, folder) for each in value)
    if not isinstance(value, str) or not value:
        return value

    def absolute(text: str) -> str:
        return os.path.abspath(folder / os.path.expanduser(text))

    def checkpoint(text: str) -> str:
        return absolute(named_checkpoint(text, folder))

    holds = field_of(kind, key).says.holds
    if holds == "checkpoint" and kind is Evaluate and not os.path.exists(absolute(value)):
        # Checkpoints joined by a plus sign are averaged; a folder whose name has one is itself.
        return "+".join(checkpoint(part.strip()) for part in value.split("+"))
    if holds == "checkpoint":
        return checkpoint(value)
    # Before a prediction took several regions and loci, its one text was a file, whatever it was called.
    is_old = kind is Predict and os.path.isfile(absolute(value))
    is_path = holds == "path" or (holds == "region" and (is_region_file(value) or is_old))
    return absolute(value) if is_path else value


def write_spec(path: str | Path, spec: JobSpec) -> None:
    """Writes a spec as TOML; the file appears complete or not at all."""
    write_whole(Path(path), as_toml(Path(path), msgspec.to_builtins(spec)))


def _text(path: Path, content: bytes) -> str:
    if len(content) > LARGEST_SPEC:
        raise InvalidRequest(f"{path} is no spec: it is larger than {LARGEST_SPEC:,} bytes.")
    try:
        return content.decode("utf-8-sig")  # whatever the locale is; TOML is UTF-8
    except UnicodeDecodeError:
        raise InvalidRequest(f"{path} is no text file; a spec is TOML.") from None


# Any: whatever the TOML file holds.
def _kind(path: Path, text: str, keys: dict[str, Any]) -> type[JobSpec]:
    job = keys.get("job")
    if isinstance(job, str) and job in KINDS:
        return KINDS[job]
    choices = ", ".join(f'"{name}"' for name in KINDS)
    if job is None:
        raise InvalidRequest(f"{path} lacks the key job; it must be one of {choices}.")
    raise InvalidRequest(f"{path}{_line(text, 'job')}: job is {job!r}; it must be one of {choices}.")


def _line(text: str, key: str) -> str:
    """` line 7`, where the key stands, or nothing when it cannot be found."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return f", line {number}"
    return ""
