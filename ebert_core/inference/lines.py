"""Lines of a table of bins, formatted by arrays instead of one by one.

X = bins, D = decimal digits, W = characters of a line.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.digits import write_digits
from ebert_core.protocol.terms.grid import BIN, POSITION

# Nine significant digits tell every float32 from its neighbours.
_DIGITS = 9


class Lines(NamedTuple):
    """Where each line's place begins and ends, how many characters the line has, and all lines behind each other."""

    start_X: NDArray[np.int64]
    end_X: NDArray[np.int64]
    length_X: NDArray[np.int64]
    text: bytes


def table_lines(chromosome: str, start: int, score_X: NDArray[np.float32]) -> bytes:
    """Lines `chromosome start end score` of bins in a row; reading a score back gives the same float32.

    Args:
        chromosome: its name, as it is written.
        start: where the first bin begins.
        score_X: finite scores of at least 0.
    """
    return lines_of(chromosome, start, score_X, BIN).text


def lines_of(chromosome: str, start: int, score_X: NDArray[np.float32], width: int) -> Lines:
    """The same of places that are so many bases wide and begin every 50 bases."""
    starts = start + POSITION * np.arange(len(score_X), dtype=np.int64)
    # Lines whose positions have as many digits are as long as each other, and so are a matrix of characters.
    longer = [10**digits for digits in range(1, len(str(start + POSITION * len(score_X) + width)))]
    edges = {int(np.searchsorted(starts + shift, limit)) for limit in longer for shift in (0, width)}
    cuts = sorted(edges | {0, len(score_X)})
    parts = [
        (_equal_lines(chromosome, starts[low:high], score_X[low:high], width), high - low)
        for low, high in pairwise(cuts)
        if low < high
    ]
    length_X = np.concatenate([np.full(count, len(text) // count, np.int64) for text, count in parts] or [starts])
    return Lines(starts, starts + width, length_X, b"".join(text for text, _count in parts))


def _equal_lines(chromosome: str, start_X: NDArray[np.int64], score_X: NDArray[np.float32], width: int) -> bytes:
    columns = (
        _text(f"{chromosome}\t", len(start_X)),
        _digits(start_X, len(str(start_X[0]))),
        _text("\t", len(start_X)),
        _digits(start_X + width, len(str(start_X[0] + width))),
        _text("\t", len(start_X)),
        *_scientific(score_X),
        _text("\n", len(start_X)),
    )
    line_XW: NDArray[np.uint8] = np.concatenate(columns, axis=1)
    return line_XW.tobytes()


def _scientific(score_X: NDArray[np.float32]) -> tuple[NDArray[np.uint8], ...]:
    """Columns of characters as in 1.23456789e-05."""
    value_X = score_X.astype(np.float64)
    exponent_X = np.floor(np.log10(value_X, out=np.zeros_like(value_X), where=value_X > 0)).astype(np.int64)
    mantissa_X = np.rint(value_X * 10.0 ** (_DIGITS - 1 - exponent_X)).astype(np.int64)
    is_rounded_up = mantissa_X >= 10**_DIGITS
    mantissa_X[is_rounded_up] //= 10
    exponent_X[is_rounded_up] += 1
    digit_XD = _digits(mantissa_X, _DIGITS)
    sign_X1 = np.where(exponent_X < 0, ord("-"), ord("+")).astype(np.uint8)[:, None]
    count = len(score_X)
    return digit_XD[:, :1], _text(".", count), digit_XD[:, 1:], _text("e", count), sign_X1, _digits(abs(exponent_X), 2)


def _digits(number_X: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    """Decimal digits as characters (X, width), with leading zeros."""
    digit_XD = np.empty((len(number_X), width), dtype=np.uint8)
    write_digits(digit_XD, number_X)
    return digit_XD


def _text(text: str, count: int) -> NDArray[np.uint8]:
    letters = np.frombuffer(text.encode(), dtype=np.uint8)
    return np.broadcast_to(letters, (count, len(letters)))
