"""`ebert spec finetune > spec.toml`: a complete, commented spec that runs as it is on the demonstration."""

import argparse
import textwrap

import msgspec

from ebert_core.cli.field_words import as_written, default_words, kind_words
from ebert_core.cli.options import add_shared, print_json
from ebert_core.protocol.machine.documents import parse_toml
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.machine.showing import print_result
from ebert_core.protocol.specs.fields import Field, fields_of
from ebert_core.protocol.specs.on_disk import KINDS
from ebert_core.protocol.terms.errors import InvalidRequest

_WIDTH = 100


class SpecKey(msgspec.Struct, frozen=True):
    """A key of a spec; without a default it is needed."""

    key: str
    needed: bool
    # object: values of every type that a key may have.
    default: object = None


class SpecKind(msgspec.Struct, frozen=True):
    """A kind of spec, which is called like the command that takes it."""

    job: str
    keys: tuple[SpecKey, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which spec."""
    parser.add_argument("kind", metavar="COMMAND", nargs="?", choices=tuple(KINDS), help=", ".join(KINDS))
    parser.add_argument("--list", action="store_true", help="the commands that take a spec, and its keys")
    add_shared(parser, "json", json="with --list")


def run(arguments: argparse.Namespace) -> None:
    """Prints the spec, or the list.

    Raises:
        InvalidRequest: neither a command nor the list is asked for, or both are.
    """
    if arguments.list == (arguments.kind is not None):
        raise InvalidRequest(f"Name one of {', '.join(KINDS)}, or ask for --list.")
    if arguments.json and not arguments.list:
        raise InvalidRequest("--json goes with --list; a spec is TOML.")
    if not arguments.list:
        print_result(commented_spec(arguments.kind))
    elif arguments.json:
        print_json(spec_kinds())
    else:
        print_result("\n".join(f"{kind.job}: {', '.join(each.key for each in kind.keys)}" for kind in spec_kinds()))


def commented_spec(job: str) -> str:
    """A spec with every key, what it means and what it may be, and values that fit the demonstration."""
    text = resource(f"specs/{job}.toml").read_text(encoding="utf-8")
    values = parse_toml(text)
    head = text[: text.index("job = ")]
    blocks = [f"{head}{as_written('job', job)}"]
    for field in fields_of(KINDS[job]):
        default = default_words(field) if field.is_needed else f"default {default_words(field)}"
        words = f"{field.plain_meaning} ({kind_words(field)}; {default})".replace("`", "")
        comment = textwrap.fill(words, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
        blocks.append(f"{comment}\n{as_written(field.name, values.get(field.name, field.default))}")
    return "\n\n".join(blocks)


def spec_kinds() -> list[SpecKind]:
    """All kinds of spec with their keys."""
    return [SpecKind(job, tuple(_key(field) for field in fields_of(kind))) for job, kind in KINDS.items()]


def _key(field: Field) -> SpecKey:
    return SpecKey(field.name, field.is_needed, None if field.is_needed else field.default)
