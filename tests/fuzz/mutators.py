"""Wrong variants of a file's content, made by chance from a seed: the same seed makes the same variants."""

import random
import struct
from collections.abc import Callable

Mutator = Callable[[bytes, random.Random], bytes]

_HOLE = 4096
# Largest and smallest numbers of every width, and those beside them.
_NUMBERS = [0, 1, 2**7, 2**8 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1]
_FIELDS = [
    b"", b".", b"-1", b"0", b"nan", b"NaN", b"inf", b"-inf", b"1e30", b"1e400", b"-1e-400", b"1e5", b"4294967296",
    b"1099511627777", b"9223372036854775808", b"18446744073709551616", b"9" * 5000, b"1_000", b"0x10", b"1.5", b"+1",
    b"\xc2\xb9", b"\xd9\xa3", b"\xff\xfe", b"\xed\xa0\x80", b"\x00", b"\x1b[31m", b'"', b"'", b"x" * 70_000,
    b" " * 5000, b"[" * 3000,
    b"{" * 3000, b"a." * 2000, b"%00", b"%ff", b"#", b">", b"=", b";", b",", b"1,2,3", b"-1,-2,-3", b"999,0,0",
    b"true", b"[]", b"{}", b"null", b"../..", b"/dev/zero", b"/", b"~nobody/x", b"n" * 300, b"fixedStep", b"track ",
]  # fmt: skip
_SEPARATORS = (b"\t", b" ", b",", b"=", b";", b":", b'"')


def mutated(content: bytes, dice: random.Random, *, is_text: bool) -> bytes:
    """One to three random changes of a content; in text also field by field."""
    mutators = (*ANY, *TEXT, *TEXT) if is_text else ANY
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        content = dice.choice(mutators)(content, dice)
    return content


def flip_bits(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(min(len(content), dice.choice((1, 1, 2, 8)))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def other_byte(content: bytes, dice: random.Random) -> bytes:
    return _put(content, _place(content, dice), bytes([dice.randrange(256)]))


def insert_bytes(content: bytes, dice: random.Random) -> bytes:
    place = _place(content, dice)
    return content[:place] + dice.randbytes(dice.choice((1, 2, 4, 100))) + content[place:]


def delete_bytes(content: bytes, dice: random.Random) -> bytes:
    place = _place(content, dice)
    return content[:place] + content[place + dice.choice((1, 2, 4, 100)) :]


def hole(content: bytes, dice: random.Random) -> bytes:
    """What a page of the disk that was never written leaves."""
    size = min(_HOLE, 1 + len(content) // 3)
    start = _place(content, dice) // size * size
    return _put(content, start, bytes(size))


def truncate(content: bytes, dice: random.Random) -> bytes:
    return content[: _place(content, dice)]


def repeat_block(content: bytes, dice: random.Random) -> bytes:
    start, end = sorted((_place(content, dice), _place(content, dice)))
    return content[:end] + content[start:end][:20_000] * dice.choice((1, 2, 10)) + content[end:]


def swap_blocks(content: bytes, dice: random.Random) -> bytes:
    first, second, third, fourth = sorted(_place(content, dice) for _ in range(4))
    return content[:first] + content[third:fourth] + content[second:third] + content[first:second] + content[fourth:]


def huge_number(content: bytes, dice: random.Random) -> bytes:
    """A whole number of any width in the place of another, as headers and indexes hold them."""
    form = dice.choice("BHIQIQfd")
    value = dice.choice((float("nan"), float("inf"), -1e30)) if form in "fd" else dice.choice(_NUMBERS)
    if not isinstance(value, float):
        value %= 1 << (8 * struct.calcsize(form))
    # Headers lie at the beginning: half of the numbers go there.
    place = dice.randrange(512) if dice.random() < 0.5 else _place(content, dice)
    return _put(content, place // 4 * 4, struct.pack(dice.choice("<>") + form, value))


def swap_numbers(content: bytes, dice: random.Random) -> bytes:
    width = dice.choice((2, 4, 8))
    one, other = (_place(content, dice) // 4 * 4 for _ in range(2))
    return _put(_put(content, one, content[other : other + width]), other, content[one : one + width])


def other_field(content: bytes, dice: random.Random) -> bytes:
    def change(fields: list[bytes]) -> None:
        fields[dice.randrange(len(fields))] = dice.choice(_FIELDS)

    return _with_fields(content, dice, change)


def swap_fields(content: bytes, dice: random.Random) -> bytes:
    def change(fields: list[bytes]) -> None:
        one, other = dice.randrange(len(fields)), dice.randrange(len(fields))
        fields[one], fields[other] = fields[other], fields[one]

    return _with_fields(content, dice, change)


def drop_field(content: bytes, dice: random.Random) -> bytes:
    return _with_fields(content, dice, lambda fields: fields.pop(dice.randrange(len(fields))))


def double_field(content: bytes, dice: random.Random) -> bytes:
    return _with_fields(content, dice, lambda fields: fields.insert(0, dice.choice(fields)))


def every_line_the_same_field(content: bytes, dice: random.Random) -> bytes:
    """One value in a column of all lines, as a broken script writes it."""
    separator, column, value = dice.choice(_SEPARATORS), dice.randrange(10), dice.choice(_FIELDS)[:300]
    lines = [line.split(separator) for line in content.split(b"\n")]
    for fields in lines:
        if len(fields) > column:
            fields[column] = value
    return b"\n".join(separator.join(fields) for fields in lines)


def shuffle_lines(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def repeat_line(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    place = dice.randrange(len(lines))
    return b"\n".join(lines[:place] + lines[place : place + 1] * dice.choice((2, 3, 2000)) + lines[place:])


def delete_line(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    lines.pop(dice.randrange(len(lines)))
    return b"\n".join(lines)


def other_line_ends(content: bytes, dice: random.Random) -> bytes:
    return content.replace(b"\n", dice.choice((b"\r\n", b"\r", b"\n\n", b"\x85", b"\x0b", b"")))


def other_separators(content: bytes, dice: random.Random) -> bytes:
    return content.replace(b"\t", dice.choice((b" ", b",", b"\t\t", b";")))


def other_encoding(content: bytes, dice: random.Random) -> bytes:
    return content.decode("utf-8", "replace").encode(dice.choice(("utf-16", "utf-8-sig", "utf-32", "utf-7")), "replace")


def _place(content: bytes, dice: random.Random) -> int:
    return dice.randrange(len(content) + 1)


def _put(content: bytes, place: int, piece: bytes) -> bytes:
    return content[:place] + piece + content[place + len(piece) :]


def _with_fields(content: bytes, dice: random.Random, change: Callable[[list[bytes]], object]) -> bytes:
    lines = content.split(b"\n")
    place = dice.randrange(len(lines))
    separators = [each for each in _SEPARATORS if each in lines[place]] or [b"\t"]
    separator = separators[0] if dice.random() < 0.6 else dice.choice(separators)
    fields = lines[place].split(separator)
    change(fields)
    lines[place] = separator.join(fields)
    return b"\n".join(lines)


ANY: tuple[Mutator, ...] = (
    flip_bits, other_byte, insert_bytes, delete_bytes, hole, truncate, repeat_block, swap_blocks, huge_number,
    swap_numbers,
)  # fmt: skip
TEXT: tuple[Mutator, ...] = (
    other_field, other_field, swap_fields, drop_field, double_field, every_line_the_same_field, shuffle_lines,
    repeat_line, delete_line, other_line_ends, other_separators, other_encoding,
)  # fmt: skip
