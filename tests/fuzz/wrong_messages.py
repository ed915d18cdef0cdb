"""Wrong variants of the messages of the session channel, made by chance from a seed."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec

from ebert_core.protocol.codec import encode
from ebert_core.protocol.frames import FRAME_CAP, BrokenStream, FrameReader

_ARRAY = 1
_DTYPES = ("uint8", "int64", "float32", "float64", "bool", "uint64", "object", "complex128", "V8", "")
_SHAPES: tuple[list[int], ...] = ([], [1], [-1], [3], [0], [2, 3], [2**62, 4], [2**63 - 1], [0] * 70, [-1, -1], [2**31])
_NESTED = b"\x91" * 200_000 + b"\xc0"
_PLAIN: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**63 - 1, -(2**63), 2**64 - 1, 0.5, float("nan"), float("inf"), -1e308, "",
    "x",
    "\x1b[2J", "<b>x</b>", "ask", "hello", "chunk", "n" * 100_000, b"", b"\x00" * 9, [], {}, [[]], [None] * 1000,
    {"type": "ask"}, {"a": {"b": {"c": []}}},
)  # fmt: skip


def mutant(message: msgspec.Struct, dice: random.Random) -> bytes:
    """The bytes of a frame that is like this message and is most likely none."""
    body = encode(message)
    for _ in range(dice.choice((1, 1, 2, 3))):
        body = dice.choice((_change_value, _change_value, _change_value, _change_bytes, _change_bytes))(body, dice)
    length = len(body)
    if dice.random() < 0.05:
        length = dice.choice((0, 1, length + 1, max(0, length - 1), FRAME_CAP, FRAME_CAP + 1, 2**32 - 1))
    return length.to_bytes(4, "big") + body


def mutated_reply(reply: msgspec.Struct, dice: random.Random) -> bytes:
    """The bytes of a reply that is like this one."""
    body = encode(reply)
    for _ in range(dice.choice((1, 1, 2))):
        body = dice.choice((_change_value, _change_value, _change_bytes))(body, dice)
    return body


def is_readable(data: bytes, kind: Any) -> bool:
    """Whether a frame holds a message of this kind after all."""
    reader: FrameReader[msgspec.Struct] = FrameReader(kind, expects_preamble=False)
    try:
        return len(reader.feed(data)) == 1
    except BrokenStream:
        return False


def _change_value(body: bytes, dice: random.Random) -> bytes:
    """Another value somewhere in the message, of the same type or of any other."""
    try:
        value = msgspec.msgpack.decode(body, ext_hook=msgspec.msgpack.Ext)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return body
    place = value
    path: list[tuple[Any, Any]] = []
    while True:
        match place:
            case dict() if place:
                key: Any = dice.choice(list(place))
            case list() if place:
                key = dice.randrange(len(place))
            case _:
                break
        path.append((place, key))
        place = place[key]
        if dice.random() < 0.3:
            break
    if not path:
        return _packed(_other(value, dice))
    holder, key = path[-1]
    if isinstance(holder, dict) and dice.random() < 0.2:
        del holder[key]
    else:
        holder[key] = _other(holder[key], dice)
    return _packed(value)


def _other(value: Any, dice: random.Random) -> Any:
    if isinstance(value, msgspec.msgpack.Ext) and dice.random() < 0.8:
        return _other_array(value, dice)
    if isinstance(value, list) and value and dice.random() < 0.5:
        return value * 2 if dice.random() < 0.5 else value[:-1]
    if isinstance(value, int) and not isinstance(value, bool) and dice.random() < 0.5:
        return max(-(2**63), min(2**64 - 1, value + dice.choice((-1, 1, -value - 1, 10**6, 10**15))))
    if dice.random() < 0.05:
        return msgspec.Raw(_NESTED)
    if dice.random() < 0.1:
        return msgspec.msgpack.Ext(dice.randrange(-128, 128), b"\x93")
    return dice.choice(_PLAIN)


def _other_array(value: msgspec.msgpack.Ext, dice: random.Random) -> msgspec.msgpack.Ext:
    try:
        dtype, shape, data = msgspec.msgpack.decode(value.data, type=tuple[str, list[int], bytes])
    except msgspec.MsgspecError:
        return value
    match dice.randrange(4):
        case 0:
            dtype = dice.choice(_DTYPES)
        case 1:
            shape = dice.choice(_SHAPES)
        case 2:
            data = data[: len(data) // 2] if dice.random() < 0.5 else data + b"\x00"
        case _:
            data = bytes(dice.randrange(256) for _ in range(min(len(data), 4000))) + data[4000:]
    return msgspec.msgpack.Ext(_ARRAY, msgspec.msgpack.encode([dtype, shape, data]))


def _packed(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)


def _change_bytes(body: bytes, dice: random.Random) -> bytes:
    changed, place = bytearray(body), dice.randrange(len(body) + 1)
    match dice.randrange(5):
        case 0:
            for _ in range(dice.choice((1, 2, 8))):
                if changed:
                    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        case 1:
            del changed[place : place + dice.choice((1, 2, 4, 100))]
        case 2:
            changed[place:place] = dice.randbytes(dice.choice((1, 2, 4, 100)))
        case 3:
            del changed[place:]
        case _:
            changed[place:place] = _NESTED[: dice.choice((100, 5_000, 200_000))]
    return bytes(changed)


def one_of(examples: Sequence[msgspec.Struct], dice: random.Random) -> msgspec.Struct:
    """An example by chance."""
    return examples[dice.randrange(len(examples))]
