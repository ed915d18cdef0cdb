"""The genetic code: which amino acid each codon stands for, by the standard table (NCBI's translation table 1)."""

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.terms.bases import A, C, G, T

START, STOP, UNKNOWN = "M", "*", ""
# In the order in which the table is printed everywhere: T, C, A, G, the last base of the codon changing first.
_AMINO_ACIDS = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_PLACES = {T: 0, C: 1, A: 2, G: 3}
_OF_CODES = np.full(256, -1, dtype=np.int64)
_OF_CODES[list(_PLACES)] = list(_PLACES.values())


def amino_acids(codes_N3: NDArray[np.uint8]) -> list[str]:
    """The letter of each codon, given as base codes in the direction of reading; empty where a base is not known."""
    places = _OF_CODES[codes_N3]
    numbers = np.where((places >= 0).all(axis=1), places @ np.array([16, 4, 1]), -1)
    return [_AMINO_ACIDS[number] if number >= 0 else UNKNOWN for number in numbers.tolist()]
