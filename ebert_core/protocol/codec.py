"""How messages become bytes: msgpack, with numpy arrays as typed blocks and nothing that could execute."""

from typing import Any, Generic, TypeVar

import msgspec
import numpy as np

Message = TypeVar("Message")

_ARRAY = 1
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
    return np.frombuffer(header.data, dtype=header.dtype).reshape(header.shape)


def _decode_other(kind: type, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value
    raise ValueError(f"expected {kind}, got {type(value).__name__}")


def encode(message: msgspec.Struct) -> bytes:
    """Bytes of a message."""
    return msgspec.msgpack.encode(message, enc_hook=_encode_other)


class Decoder(Generic[Message]):
    """Reads messages of one type (usually a union of tagged structs); arrays come back read-only."""

    def __init__(self, kind: Any) -> None:  # Any: a union of types has no type of its own.
        self._decoder = msgspec.msgpack.Decoder(kind, dec_hook=_decode_other, ext_hook=_decode_extension)

    def decode(self, data: bytes | memoryview) -> Message:
        """The message in these bytes.

        Raises:
            msgspec.MsgspecError: the bytes hold no such message.
        """
        message: Message = self._decoder.decode(data)
        return message
