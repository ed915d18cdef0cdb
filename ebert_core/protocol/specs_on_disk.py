"""Specs on disk: TOML in, one of the frozen structs of `protocol.specs` out, with errors that name key and line."""

import math
import os
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

import msgspec

from ebert_core.protocol.documents import as_toml, parse_toml
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import is_region_file
from ebert_core.protocol.regular_files import open_file
from ebert_core.protocol.resources import named_checkpoint
from ebert_core.protocol.specs import Evaluate, FineTune, JobSpec, Predict, Pretrain
from ebert_core.protocol.whole_files import write_whole
from ebert_core.protocol.wording import did_you_mean

Spec = TypeVar("Spec", bound=JobSpec)

KINDS: dict[str, type[JobSpec]] = {
    "pretrain": Pretrain,
    "finetune": FineTune,
    "evaluate": Evaluate,
    "predict": Predict,
}
# Keys that hold a path, or several; a relative one is relative to the spec's own folder.
_PATHS = ("dataset", "output", "igv_session")
_CHECKPOINTS = ("start_from", "checkpoint", "controls")
_REGIONS = ("training", "validation", "regions")
LARGEST_SPEC = 4_000_000
_LARGEST = 2**63 - 1  # as TOML says
_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<key>\w*)[^`]*`)?$", re.DOTALL)
_FIELD = re.compile(r"field `(\w+)`")
_TYPE = re.compile(r"`(\w+)`")
_TOML_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text in quotes",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}


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
    for key, value in keys.items():
        if isinstance(value, int) and abs(value) > _LARGEST:
            # In another base than ten a number may be longer than Python writes out.
            said_value = str(value) if value.bit_length() < 1_000 else f"a number of {value.bit_length():,} bits"
            raise InvalidRequest(f"{place(key)}{key} is {said_value}; whole numbers go up to {_LARGEST}.")
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidRequest(f"{place(key)}{key} is {value}; it must be a finite number.")
        if key in (*_PATHS, *_CHECKPOINTS) and "\0" in str(value):
            raise InvalidRequest(f"{place(key)}{key} holds a NUL character, which no path can.")
    try:
        return msgspec.convert(keys, kind)
    except msgspec.ValidationError as error:
        raise InvalidRequest(_sentence(path, place, kind, str(error))) from None
    except UnicodeEncodeError as error:
        # Bytes of a command line that are no UTF-8, where no path is wanted.
        named = next((key for key, value in keys.items() if value == error.object), "job")
        raise InvalidRequest(f"{place(named)}{named} is {error.object!r}, which is no text of UTF-8.") from None


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
    try:
        value = parse_toml(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError:
        if written[0] in "[{\"'":
            raise InvalidRequest(f'{said}: {written} is no value of TOML; a list is written ["A", "B"].') from None
        value = written
    return Change(key, value, said)


def changed_spec(spec: Spec, change: Change) -> Spec:
    """The spec with one key changed.

    Raises:
        InvalidRequest: the value is of another type than the key's.
    """
    keys = {**msgspec.structs.asdict(spec), change.key: change.value, "job": verb(spec)}
    try:
        return msgspec.convert(keys, type(spec))
    except msgspec.ValidationError as error:
        raise InvalidRequest(
            _sentence(Path(), lambda _key: f"{change.said}: ", KINDS[verb(spec)], str(error))
        ) from None


def _check_key(kind: type[JobSpec], change: Change) -> None:
    keys = kind.__struct_fields__
    if change.key in keys:
        return
    last = change.key.rpartition(".")[2]
    hint = did_you_mean(last, keys) or f"the keys are {', '.join(keys)}."
    raise InvalidRequest(f"{change.said}: {_tag(kind)} has no key {change.key}; {hint}")


def absolute_paths(spec: Spec, folder: Path) -> Spec:
    """The spec with its relative paths taken from a folder; names of shipped checkpoints become their paths."""
    keys = {key: _absolute(type(spec), key, getattr(spec, key), folder) for key in spec.__struct_fields__}
    return msgspec.structs.replace(spec, **keys)


def _absolute(kind: type[msgspec.Struct], key: str, value: object, folder: Path) -> object:
    """A value of a key of a spec, or several, with paths taken from a folder; what is no text is left to its check."""
    if isinstance(value, (list, tuple)):
        return type(value)(_absolute(kind, key, each, folder) for each in value)
    if not isinstance(value, str) or not value:
        return value

    def absolute(text: str) -> str:
        return os.path.abspath(folder / os.path.expanduser(text))

    def checkpoint(text: str) -> str:
        return absolute(named_checkpoint(text, folder))

    if key in _CHECKPOINTS and kind is Evaluate and not os.path.exists(absolute(value)):
        # Checkpoints joined by a plus sign are averaged; a folder whose name has one is itself.
        return "+".join(checkpoint(part.strip()) for part in value.split("+"))
    if key in _CHECKPOINTS:
        return checkpoint(value)
    # Before a prediction took several regions and loci, its one text was a file, whatever it was called.
    is_old = kind is Predict and os.path.isfile(absolute(value))
    is_path = key in _PATHS or (key in _REGIONS and (is_region_file(value) or is_old))
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


def _sentence(path: Path, place: Callable[[str], str], kind: type[JobSpec], error: str) -> str:
    match = _WHERE.match(error)
    what, key = (match["what"], match["key"] or "") if match else (error, "")
    field = _FIELD.search(what)
    if field is not None and not key:
        name = field[1]
        if "missing" in what:
            return f"{path} lacks the key {name}."
        job = _tag(kind)
        others = [other for other, spec in KINDS.items() if name in spec.__struct_fields__]
        hint = did_you_mean(name, kind.__struct_fields__)
        if others and not hint:
            return f"{place(name)}{name} is a key of {' and '.join(others)}, and job says {job}."
        hint = hint or f"the keys are job, {', '.join(kind.__struct_fields__)}."
        return f"{place(name)}there is no key {name}; {hint}"
    return f"{place(key)}{key}: {_plain(what, kind, key)}."


def _plain(what: str, kind: type[JobSpec], key: str) -> str:
    """What msgspec says, for a person who writes TOML."""
    what = _TYPE.sub(lambda match: _TOML_WORDS.get(match[1], match[0]), what[:1].lower() + what[1:])
    choices = get_args(get_type_hints(kind).get(key))
    if "enum value" in what and choices:
        return f"{what.replace('invalid enum value', 'there is no')}; choose from {', '.join(map(str, choices))}"
    return what


def _line(text: str, key: str) -> str:
    """` line 7`, where the key stands, or nothing when it cannot be found."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return f", line {number}"
    return ""
