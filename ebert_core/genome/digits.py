"""Whole numbers written as characters, an array at a time: what makes tables of a hundred million lines quick.

X = numbers, W = characters of each.
"""

import numpy as np
from numpy.typing import NDArray

# The characters of 0000 to 9999, four in a number, so that one look-up takes them all.
_FOUR_DIGITS = np.frombuffer("".join(f"{number:04d}" for number in range(10_000)).encode(), dtype=np.uint32)


def write_digits(text_XW: NDArray[np.uint8], number_X: NDArray[np.int64]) -> None:
    """Writes numbers below 2**32, of at most W digits, with leading zeros; four digits at a time from the right."""
    rest_X = number_X.astype(np.uint32)
    for end in range(text_XW.shape[1], 0, -4):
        higher_X = rest_X // 10_000
        quad_XW = _FOUR_DIGITS[rest_X - 10_000 * higher_X].view(np.uint8).reshape(-1, 4)
        text_XW[:, max(0, end - 4) : end] = quad_XW[:, max(0, 4 - end) :]
        rest_X = higher_X
