"""Options that several commands have: on each of them the same name, values, sentence and place in the help.

Where a command had another name for one, that name goes on working and is not listed.
"""

import argparse
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ebert_core.protocol.machine.resources import named_checkpoint
from ebert_core.protocol.machine.showing import print_result
from ebert_core.protocol.specs.fields import Field, field_of
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.specs.on_disk import Change, written_value
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import is_region_file

_ALL = "all"


class Option(NamedTuple):
    """One option: what stands for its value, its sentence, whether it takes several, and its former names."""

    metavar: str
    help: str
    takes_several: bool = False
    former: tuple[str, ...] = ()
    choices: tuple[str, ...] | None = None


_DEVICE, _PRECISION = field_of(Predict, "device"), field_of(Predict, "precision")
# In the order of the help.
OPTIONS = {
    "dataset": Option("DATASET.toml", "the dataset to read"),
    "factors": Option("F", "factors, or `all`", takes_several=True, former=("factor",)),
    "cell-types": Option("C", "cell types, or `all`", takes_several=True, former=("cell-type",)),
    "regions": Option("R", "loci such as chr5:1,000-2,000, and BED files", takes_several=True, former=("locus",)),
    "chromosomes": Option("N", "chromosomes", takes_several=True),
    "output": Option("X", "where to write"),
    "device": Option("D", f"{_DEVICE.plain_meaning} (default: {_DEVICE.default})"),
    "precision": Option("P", f"{_PRECISION.plain_meaning} (default: {_PRECISION.default})", choices=_PRECISION.choices),
    "set": Option("KEY=VALUE", "another value of a key of the spec, written as in TOML", takes_several=True),
    "json": Option("", "JSON on standard output instead of text"),
}


def add_shared(container: argparse._ActionsContainer, *names: str, required: Sequence[str] = (), **notes: str) -> None:
    """Adds these of the shared options, in their order; a note says what an option is for in this command."""
    for name, option in OPTIONS.items():
        if name in names:
            note = notes.get(name.replace("-", "_"), "")
            _add(container, name, option, f"{option.help}; {note}" if note else option.help, name in required)


def add_fields(container: argparse._ActionsContainer, fields: Iterable[Field]) -> None:
    """Adds an option for each of these fields of a spec; what was not given has no value in the arguments."""
    for field in fields:
        name, text = field.name.replace("_", "-"), _help_of(field)
        more: dict[str, Any] = {"dest": field.name, "default": argparse.SUPPRESS}  # Any: of argparse's keywords
        if field.type is bool:
            # The help has what differs from the default; the other one takes back what a spec says.
            for option, value in ((f"--{name}", True), (f"--no-{name}", False)):
                help_text = argparse.SUPPRESS if value is field.default else text if value else f"do not {text}"
                container.add_argument(option, action="store_const", const=value, help=help_text, **more)
        elif field.is_list:
            container.add_argument(f"--{name}", metavar=_metavar(field), nargs="+", action="extend", help=text, **more)
        elif field.choices:
            kind = int if field.type is int else str
            container.add_argument(f"--{name}", type=kind, choices=field.choices, help=text, **more)
        else:
            container.add_argument(f"--{name}", metavar=_metavar(field), help=text, **more)


def changes_of_fields(arguments: argparse.Namespace, fields: Iterable[Field]) -> Iterator[Change]:
    """What options that `add_fields` added change in a spec."""
    for field in fields:
        value = getattr(arguments, field.name, None)
        if value is None:
            continue
        option = f"--{field.name.replace('_', '-')}"
        if isinstance(value, bool):
            yield Change(field.name, value, option if value else option.replace("--", "--no-", 1))
        elif isinstance(value, list):
            yield Change(field.name, value, f"{option} {' '.join(value)}")
        else:
            meant = value if field.is_text or not isinstance(value, str) else written_value(value)
            yield Change(field.name, meant, f"{option} {value}")


def _help_of(field: Field) -> str:
    """What a field means, what a number may be, and the default where the option names a value."""
    notes = [field.allowed] if field.allowed and not field.choices else []
    if not (field.is_needed or field.type is bool or field.default in ((), "")):
        several = isinstance(field.default, tuple)
        notes.append(f"default: {' '.join(field.default) if several else field.default}")
    text = f"{field.plain_meaning} ({'; '.join(notes)})" if notes else field.plain_meaning
    return text.replace("%", "%%")


def _metavar(field: Field) -> str:
    if field.says.metavar:
        return field.says.metavar
    words = {"name": "NAME", "path": "PATH", "checkpoint": "CHECKPOINT", "region": "R", "text": "TEXT"}
    return words[field.says.holds] if field.is_text else "N" if field.type is int else "X"


def _add(container: argparse._ActionsContainer, name: str, option: Option, text: str, required: bool) -> None:
    text = text.replace("%", "%%")
    if not option.metavar:
        container.add_argument(f"--{name}", action="store_true", help=text)
    elif option.takes_several:
        _add_several(container, name, name, option, text)
        for former in option.former:
            _add_several(container, former, name, option, argparse.SUPPRESS)
    else:
        metavar = None if option.choices else option.metavar
        container.add_argument(f"--{name}", metavar=metavar, choices=option.choices, help=text, required=required)


def _add_several(container: argparse._ActionsContainer, name: str, meant: str, option: Option, text: str) -> None:
    container.add_argument(
        f"--{name}", dest=meant.replace("-", "_"), metavar=option.metavar, nargs="+", action="extend", help=text
    )


def print_json(result: object) -> None:
    """Writes a result as JSON on standard output; its keys are those of the struct that it is."""
    try:
        content = msgspec.json.encode(result)
    except UnicodeEncodeError:  # a name of bytes that are no UTF-8 is written with their numbers
        # Imported only here: it brings numpy, for which no help should wait.
        from ebert_core.protocol.codec import with_strings

        content = msgspec.json.encode(
            with_strings(result, lambda text: text.encode("utf-8", "backslashreplace").decode())
        )
    print_result(msgspec.json.format(content, indent=2).decode())


def chosen(names: Sequence[str] | None, option: str) -> tuple[str, ...]:
    """The names that were given, in order, each once; nothing where none or `all` was.

    Raises:
        InvalidRequest: `all` stands beside names.
    """
    given = tuple(dict.fromkeys(names or ()))
    if _ALL in given and len(given) > 1:
        raise InvalidRequest(f"--{option} says all and {given[given[0] == _ALL]}; give names, or all.")
    return () if given == (_ALL,) else given


def region_texts(texts: Iterable[str] | None) -> tuple[str, ...]:
    """Loci as they are, and files of regions by their whole path."""
    return tuple(os.path.abspath(os.path.expanduser(text)) if is_region_file(text) else text for text in texts or ())


def checkpoint_path(text: str) -> Path:
    """The folder of a checkpoint named by path, or by name where it comes with the program."""
    return Path(named_checkpoint(text))


def checkpoint_paths(texts: Iterable[str]) -> list[Path]:
    """The same of several."""
    return [checkpoint_path(text) for text in texts]
