"""Base codes: the numbers 0-4 that stand for A, C, G, T and N in every array of this program."""

import numpy as np
from numpy.typing import NDArray

A, C, G, T, N = range(5)
LETTERS = "ACGTN"


def _codes_of_letters() -> NDArray[np.uint8]:
    codes = np.full(256, N, dtype=np.uint8)
    for code, letter in enumerate("ACGT"):
        codes[ord(letter)] = codes[ord(letter.lower())] = code
    return codes


_CODES = _codes_of_letters()
_LETTERS = np.frombuffer(LETTERS.encode(), dtype=np.uint8)
_COMPLEMENT = np.array([T, G, C, A, N], dtype=np.uint8)


def encode_bases(text: str | bytes) -> NDArray[np.uint8]:
    """Base codes of a sequence; case is ignored and every letter but A, C, G, T becomes N."""
    raw = text.encode("ascii", "replace") if isinstance(text, str) else text
    return _CODES[np.frombuffer(raw, dtype=np.uint8)]


def decode_bases(codes: NDArray[np.uint8]) -> str:
    """Upper-case letters of base codes."""
    return _LETTERS[codes].tobytes().decode("ascii")


def reverse_complement(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Base codes of the other strand, along the last axis."""
    return _COMPLEMENT[codes[..., ::-1]]
