"""Specs on disk: TOML in, one of the frozen structs of `protocol.specs` out, with errors that name key and line."""

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
import tomli_w

from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import Evaluate, FineTune, JobSpec, Predict, Pretrain

Spec = TypeVar("Spec", bound=JobSpec)

_KINDS: dict[str, type[JobSpec]] = {
    "pretrain": Pretrain,
    "finetune": FineTune,
    "evaluate": Evaluate,
    "predict": Predict,
}
# Keys that hold a path, or several; a relative one is relative to the spec's own folder.
_PATHS = ("dataset", "output", "start_from", "checkpoint", "controls")
_AVERAGED = ("checkpoint", "controls")
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
    tag = type(spec).__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def read_spec(path: str | Path) -> JobSpec:
    """The spec in a TOML file, its paths made absolute.

    Raises:
        InvalidRequest: the file is missing, is no TOML, or holds no such spec; the sentence names key and line.
    """
    path = Path(path)
    text = _text(path)
    try:
        keys = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRequest(f"{path} is no TOML: {error}.") from None
    kind = _kind(path, text, keys)
    for key, value in keys.items():
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise InvalidRequest(f"{path}{_line(text, key)}: {key} is {value}; whole numbers go up to {_LARGEST}.")
    try:
        spec = msgspec.convert(keys, kind)
    except msgspec.ValidationError as error:
        raise InvalidRequest(_sentence(path, text, kind, str(error))) from None
    return absolute_paths(spec, path.parent)


def absolute_paths(spec: Spec, folder: Path) -> Spec:
    """The spec with its relative paths taken from a folder."""

    def absolute(value: str) -> str:
        return os.path.abspath(folder / Path(value).expanduser()) if value else ""

    def each_absolute(value: str) -> str:
        """Checkpoints joined by a plus sign are averaged; a folder whose name has one is itself."""
        is_one = Path(absolute(value)).exists()
        return absolute(value) if is_one else "+".join(absolute(part.strip()) for part in value.split("+"))

    changed = {}
    for key in spec.__struct_fields__:
        value = getattr(spec, key)
        # The regions of a prediction are a BED file, those of other specs are locus texts.
        if key in _PATHS or (key == "regions" and isinstance(spec, Predict)):
            make = each_absolute if isinstance(spec, Evaluate) and key in _AVERAGED else absolute
            changed[key] = make(value) if isinstance(value, str) else tuple(map(make, value))
    return msgspec.structs.replace(spec, **changed)


def write_spec(path: str | Path, spec: JobSpec) -> None:
    """Writes a spec as TOML; the file appears complete or not at all."""
    path = Path(path)
    part = path.with_name(path.name + ".part")
    part.write_text(tomli_w.dumps(msgspec.to_builtins(spec)))
    os.replace(part, path)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        raise InvalidRequest(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise InvalidRequest(f"{path} is no text file; a spec is TOML.") from None
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from None


# Any: whatever the TOML file holds.
def _kind(path: Path, text: str, keys: dict[str, Any]) -> type[JobSpec]:
    job = keys.get("job")
    if isinstance(job, str) and job in _KINDS:
        return _KINDS[job]
    choices = ", ".join(f'"{name}"' for name in _KINDS)
    if job is None:
        raise InvalidRequest(f"{path} lacks the key job; it must be one of {choices}.")
    raise InvalidRequest(f"{path}{_line(text, 'job')}: job is {job!r}; it must be one of {choices}.")


def _sentence(path: Path, text: str, kind: type[JobSpec], error: str) -> str:
    match = _WHERE.match(error)
    what, key = (match["what"], match["key"] or "") if match else (error, "")
    field = _FIELD.search(what)
    if field is not None and not key:
        name = field[1]
        if "missing" in what:
            return f"{path} lacks the key {name}."
        job = kind.__struct_config__.tag
        others = [other for other, spec in _KINDS.items() if name in spec.__struct_fields__]
        known = difflib.get_close_matches(name, kind.__struct_fields__, 1)
        if others and not known:
            return f"{path}{_line(text, name)}: {name} is a key of {' and '.join(others)}, and job says {job}."
        hint = f"did you mean {known[0]}?" if known else f"the keys are job, {', '.join(kind.__struct_fields__)}."
        return f"{path}{_line(text, name)}: there is no key {name}; {hint}"
    return f"{path}{_line(text, key)}: {key}: {_plain(what, kind, key)}."


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
