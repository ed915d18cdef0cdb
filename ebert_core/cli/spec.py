"""`ebert spec finetune > spec.toml`: a complete, commented spec that runs as it is on the demonstration."""

import argparse

import msgspec

from ebert_core.cli.options import add_shared, print_json
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.resources import resource
from ebert_core.protocol.showing import print_result
from ebert_core.protocol.specs_on_disk import KINDS


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
        print_result(resource(f"specs/{arguments.kind}.toml").read_text(encoding="utf-8").rstrip("\n"))
    elif arguments.json:
        print_json(spec_kinds())
    else:
        print_result("\n".join(f"{kind.job}: {', '.join(each.key for each in kind.keys)}" for kind in spec_kinds()))


def spec_kinds() -> list[SpecKind]:
    """All kinds of spec with their keys."""
    return [SpecKind(job, tuple(_key(field) for field in msgspec.structs.fields(kind))) for job, kind in KINDS.items()]


def _key(field: msgspec.structs.FieldInfo) -> SpecKey:
    return SpecKey(field.encode_name, field.required, None if field.required else field.default)
