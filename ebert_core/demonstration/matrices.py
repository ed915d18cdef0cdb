"""Motif matrices of the invented factors: facts of shape (length, information), no factor of any organism.

W = positions of a motif, columns A, C, G, T. Log-odds are natural logarithms against BACKGROUND.
"""

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.terms.bases import N

# Codes of five neighbouring bases in base five index one table, so a scan costs one look-up per five positions.
WORD = 5

BACKGROUND = np.array([0.29, 0.21, 0.21, 0.29])
_AMBIGUITY = {"A": "A", "C": "C", "G": "G", "T": "T", "r": "AG", "y": "CT", "w": "AT", "s": "CG", "m": "AC", "k": "GT"}
_N_PENALTY = -100.0


def matrix(consensus: str, strength: str) -> NDArray[np.float64]:
    """Probabilities (W, 4) of a motif: at each place the letters of `consensus`, as pure as the digit 0-9 says."""
    rows = []
    for letter, digit in zip(consensus, strength, strict=True):
        kept = 0.97 * int(digit) / 9
        row = np.full(4, (1 - kept) / 4)
        members = ["ACGT".index(base) for base in _AMBIGUITY[letter]]
        row[members] += kept / len(members)
        rows.append(row)
    return np.array(rows)


def information(probability_W4: NDArray[np.float64]) -> float:
    """Information content in bits against equal bases."""
    return float(np.sum(probability_W4 * np.log2(probability_W4 * 4)))


def log_odds(probability_W4: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds (W, 4) of a motif against the background composition."""
    values: NDArray[np.float64] = np.log(probability_W4 / BACKGROUND)
    return values


def reverse_complement_matrix(values_W4: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same matrix as it reads on the other strand."""
    return values_W4[::-1, ::-1]


def sample_instance(probability_W4: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.uint8]:
    """Base codes of one site drawn from the matrix."""
    cumulative = np.cumsum(probability_W4, axis=1)
    drawn = (random.random(len(cumulative))[:, None] > cumulative).sum(axis=1)
    codes: NDArray[np.uint8] = np.minimum(drawn, 3).astype(np.uint8)
    return codes


def best_instance(probability_W4: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Base codes of the site that the matrix likes best."""
    codes: NDArray[np.uint8] = probability_W4.argmax(axis=1).astype(np.uint8)
    return codes


def words(codes: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The index of the five bases that start at each position; N follows the end."""
    padded = np.concatenate([codes, np.full(WORD - 1, N, dtype=np.uint8)]).astype(np.intp)
    index = padded[: len(codes)].copy()
    for offset in range(1, WORD):
        index += padded[offset : offset + len(codes)] * 5**offset
    return index


def scan(word_index: NDArray[np.intp], probability_W4: NDArray[np.float64]) -> NDArray[np.float32]:
    """Best log-odds of the two strands for a site that starts at each position; very low where it meets N."""
    forward = log_odds(probability_W4)
    return np.maximum(_scan_strand(word_index, forward), _scan_strand(word_index, reverse_complement_matrix(forward)))


def _scan_strand(word_index: NDArray[np.intp], log_odds_W4: NDArray[np.float64]) -> NDArray[np.float32]:
    width = len(log_odds_W4)
    score = np.zeros(len(word_index), dtype=np.float32)
    for first in range(0, width, WORD):
        values = _word_table(log_odds_W4[first : first + WORD])[word_index[first:]]
        score[: len(score) - first] += values
    score[max(0, len(score) - width + 1) :] = _N_PENALTY
    return score


def _word_table(log_odds_W4: NDArray[np.float64]) -> NDArray[np.float32]:
    table = np.zeros(5**WORD)
    index = np.arange(5**WORD)
    for offset, row in enumerate(log_odds_W4):
        table += np.append(row, _N_PENALTY)[index // 5**offset % 5]
    return table.astype(np.float32)
