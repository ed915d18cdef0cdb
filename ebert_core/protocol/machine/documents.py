"""TOML and JSON that somebody else may have written: whatever they hold, one kind of error says that they are wrong."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.terms.errors import InvalidRequest

Kind = TypeVar("Kind")

_TOO_DEEP = "its tables and lists are nested too deeply"


def parse_toml(text: str) -> dict[str, Any]:  # Any: TOML holds values of every type.
    """The tables of a TOML text.

    Raises:
        tomllib.TOMLDecodeError: it is none, is nested too deeply, or holds a number of thousands of digits.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError(_TOO_DEEP) from None
    except ValueError as error:
        raise tomllib.TOMLDecodeError(str(error).split(";")[0]) from None


def as_toml(path: Path, tables: dict[str, Any]) -> bytes:  # Any: as above.
    """The text of a TOML file that is to be written.

    Raises:
        InvalidRequest: a name in it, such as that of a folder, is no UTF-8, which TOML cannot hold.
    """
    import tomli_w

    try:
        return tomli_w.dumps(tables).encode()
    except UnicodeEncodeError as error:
        near = error.object[max(0, error.start - 40) : error.end + 20].split("\n")[0]
        raise InvalidRequest(
            f"{path} cannot be written: a name in it, near '{near}', is not UTF-8, which TOML cannot hold; "
            "rename that file or folder."
        ) from None


def parse_json(content: bytes | msgspec.Raw, kind: type[Kind]) -> Kind:
    """What a JSON text says, as a value of this type.

    Raises:
        msgspec.DecodeError: it is none, is of another type, is nested too deeply, or no UTF-8.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except RecursionError:
        raise msgspec.DecodeError(_TOO_DEEP) from None
    except UnicodeDecodeError:
        raise msgspec.DecodeError("it is not in UTF-8") from None


def read_json(path: Path, kind: type[Kind]) -> Kind:
    """What a JSON file says, as a value of this type.

    Raises:
        msgspec.DecodeError: it is none, is of another type, is nested too deeply, or no UTF-8.
        InvalidRequest: it is no regular file, or far too large.
        OSError: it cannot be read.
    """
    return parse_json(read_whole(path), kind)
