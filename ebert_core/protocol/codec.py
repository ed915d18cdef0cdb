"""How messages become bytes: msgpack, with numpy arrays as typed blocks and nothing that could execute.

Names of files need not be UTF-8, which strings of msgpack must be: bytes of a name that are none travel as characters
that nobody uses, at the end of Unicode's private area.
"""

import math
from collections.abc import Callable
from typing import Any, Generic, TypeVar, get_args

import msgspec
import numpy as np

Message = TypeVar("Message")

_ARRAY = 1
_MOST_DIMENSIONS = 8
# Where Python keeps a byte of a name that is no UTF-8, and where it travels.
_LONE, _TRAVELLING = range(0xDC80, 0xDD00), range(0x10FF00, 0x10FF80)
_TO_TRAVEL = dict(zip(_LONE, _TRAVELLING, strict=True))
_FROM_TRAVEL = dict(zip(_TRAVELLING, _LONE, strict=True))
_FIRST_BYTES = (b"\xf4\x8f\xbc", b"\xf4\x8f\xbd")
_DTYPES = frozenset(
    [
        "bool",
        "uint8",
        "int8",
        "uint16",
        "int16",
        "uint32",
        "int32",
        "uint64",
        "int64",
        "float16",
        "float32",
        "float64",
    ]
)


class _ArrayHeader(msgspec.Struct, array_like=True):
    dtype: str
    shape: tuple[int, ...]
    data: bytes


_HEADERS = msgspec.msgpack.Decoder(_ArrayHeader)


# Any: msgspec hands these hooks whatever it does not know itself.
def _encode_other(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype.name not in _DTYPES:
            raise TypeError(f"arrays of {value.dtype} do not travel")
        header = _ArrayHeader(value.dtype.name, value.shape, np.ascontiguousarray(value).tobytes())
        return msgspec.msgpack.Ext(_ARRAY, msgspec.msgpack.encode(header))
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} does not travel")


def _decode_extension(code: int, data: memoryview) -> Any:
    if code != _ARRAY:
        raise ValueError(f"unknown extension {code}")
    header = _HEADERS.decode(data)
    if header.dtype not in _DTYPES:
        raise ValueError(f"arrays of {header.dtype} do not travel")
    if len(header.shape) > _MOST_DIMENSIONS or any(length < 0 for length in header.shape):
        raise ValueError(f"an array of the shape {header.shape} does not travel")
    size = np.dtype(header.dtype).itemsize * math.prod(header.shape)
    if size != len(header.data):
        raise ValueError(f"an array of {size:,} bytes is announced and {len(header.data):,} came")
    if header.dtype == "bool" and header.data.translate(None, b"\x00\x01"):
        raise ValueError("an array of truth values holds something else")
    return np.frombuffer(header.data, dtype=header.dtype).reshape(header.shape)


def _decode_other(kind: type, value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        raise ValueError(f"expected {kind}, got {type(value).__name__}")
    # NDArray[np.uint8] is an alias whose last argument is dtype[uint8].
    wanted = get_args(get_args(kind)[-1])[0]
    if value.dtype != wanted:
        raise ValueError(f"expected an array of {np.dtype(wanted)}, got one of {value.dtype}")
    return value


class Undecodable(ValueError):
    """Bytes that hold no message of the kind that is expected; the sentence says what is wrong with them."""


def encode(message: msgspec.Struct) -> bytes:
    """Bytes of a message."""
    try:
        return msgspec.msgpack.encode(message, enc_hook=_encode_other)
    except UnicodeEncodeError:
        return msgspec.msgpack.encode(with_strings(message, to_travel), enc_hook=_encode_other)


def to_travel(text: str) -> str:
    """A text that UTF-8 can hold; bytes of a name are exchanged, other halves of characters are written out."""
    return text.translate(_TO_TRAVEL).encode("utf-8", "backslashreplace").decode()


def from_travel(text: str) -> str:
    """The text as it was before it travelled."""
    return text.translate(_FROM_TRAVEL)


# Any: whatever a message may hold.
def with_strings(value: Any, change: Callable[[str], str]) -> Any:
    """The same message, structs and all, with every string in it changed."""
    match value:
        case str():
            return change(value)
        case msgspec.Struct():
            fields = {name: with_strings(getattr(value, name), change) for name in value.__struct_fields__}
            return type(value)(**fields)
        case tuple() if hasattr(value, "_fields"):
            return type(value)(*(with_strings(item, change) for item in value))
        case tuple() | list():
            return type(value)(with_strings(item, change) for item in value)
        case dict():
            return {with_strings(key, change): with_strings(item, change) for key, item in value.items()}
    return value


class Decoder(Generic[Message]):
    """Reads messages of one type (usually a union of tagged structs); arrays come back read-only."""

    def __init__(self, kind: Any) -> None:  # Any: a union of types has no type of its own.
        self._decoder = msgspec.msgpack.Decoder(kind, dec_hook=_decode_other, ext_hook=_decode_extension)

    def decode(self, data: bytes | memoryview) -> Message:
        """The message in these bytes.

        Raises:
            Undecodable: the bytes hold no such message.
        """
        try:
            message: Message = self._decoder.decode(data)
        # Whatever the bytes hold, it is they that are wrong: text that is none, nesting without end, numbers too large.
        except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise Undecodable(str(error)) from error
        if any(first in bytes(data) for first in _FIRST_BYTES):
            message = with_strings(message, from_travel)
        return message
