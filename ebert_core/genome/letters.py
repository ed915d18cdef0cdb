"""What the letters of a sequence file say: DNA, RNA or protein, and which of them stand for several bases."""

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.errors import InvalidRequest

# The codes of IUPAC for several bases; N and X, which masks repeats in some files, stand for any.
_SEVERAL = "RYKMSWBDHV"
_ANY = "NX-."
# Letters of amino acids that are no code of a base. A genome may hold a stray one; a protein is full of them.
_AMINO_ACIDS = "EFILPQ"
_TOO_MANY = 0.01


def count_letters(letters: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How often each of the 256 codes of letters occurs."""
    return np.bincount(letters, minlength=256).astype(np.int64)


def ambiguous(counts: NDArray[np.int64]) -> dict[str, int]:
    """How often each letter occurs that is neither A, C, G, T nor stands for any base; small ones count as large."""
    told = {chr(code).upper() for code in np.flatnonzero(counts).tolist()} - set("ACGT" + _ANY)
    return {letter: _count(counts, letter) for letter in sorted(told)}


def refuse_other_than_dna(path: Place, letters: NDArray[np.uint8]) -> None:
    """Nothing, where letters are those of DNA, ambiguous or not.

    Raises:
        InvalidRequest: they are of RNA or protein, so that the file is no genome.
    """
    counts = count_letters(letters)
    known = int(counts.sum()) - _count(counts, _ANY)
    if _count(counts, _AMINO_ACIDS) > _TOO_MANY * known:
        raise InvalidRequest(f"{path} holds proteins, not DNA: name the FASTA of the genome.")
    if _count(counts, "U") > _count(counts, "T"):
        raise InvalidRequest(f"{path} holds RNA (U in place of T), not DNA: name the FASTA of the genome.")
    bases = _count(counts, "ACGT" + _SEVERAL)
    if known and bases < known / 2:
        raise InvalidRequest(f"{path} holds {known - bases:,} of {known:,} letters that are no bases: it is no DNA.")


def _count(counts: NDArray[np.int64], letters: str) -> int:
    return int(sum(counts[ord(each)] for each in set(letters.upper() + letters.lower())))
