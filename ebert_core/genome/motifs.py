"""Motifs: matrices read from files, and their best scores along a sequence.

B = windows, L = bases, P = positions of 50 bases, M = matrices, W = width of a matrix, K = widest matrix.
"""

import os
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.lines import Line, at_line, first_bytes, read_lines
from ebert_core.protocol.terms.addresses import Place, place_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import POSITION

# More sites than there are bases.
_MOST_SITES = 1e15
# Scores are sums of multiples of this, exact in float32 in any order, so every machine and batch gives the same ones.
_GRAIN = 1 / 1024
_BASES_AT_ONCE = 400_000
_JASPAR_NUMBERS = frozenset("0123456789.eE+-").union(" \t")
_TRANSFAC_TAG = re.compile(r"(AC|ID|VV|XX|NA|DE|P[0O])(\s|$)")
_JASPAR_NUMBER = re.compile(r"[A-Z]{2}\d{4}\.\d+")
_NUMBERS_BEFORE = re.compile(r"^(?:[A-Z]{2}\d{4}\.\d+[._])+")
_SPECIES = re.compile(r"_(HUMAN|MOUSE)$")
_TRANSFAC_HEAD = re.compile(r"P[0O]\s+A\s+C\s+G\s+T\b")


class Motif(NamedTuple):
    """Counts of A, C, G, T at each place of a motif, one row a place."""

    name: str
    counts_W4: NDArray[np.float64]


class Matrices:
    """Log-odds matrices of some factors, ready to score with; they travel in checkpoints."""

    def __init__(self, log_odds: Mapping[str, NDArray[np.floating]]) -> None:
        """Keeps the matrices by factor, rows A, C, G, T a place, rounded to 1/1024."""
        self.names = tuple(log_odds)
        self.log_odds = tuple(
            (np.round(np.asarray(matrix, dtype=np.float64) / _GRAIN) * _GRAIN).astype(np.float32)
            for matrix in log_odds.values()
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Matrices)
            and self.names == other.names
            and all(np.array_equal(*pair) for pair in zip(self.log_odds, other.log_odds, strict=True))
        )

    def __hash__(self) -> int:
        return hash((self.names, *(matrix.tobytes() for matrix in self.log_odds)))

    @property
    def widest(self) -> int:
        """Places of the widest matrix; the flank that scores need is as wide."""
        return max((len(matrix) for matrix in self.log_odds), default=0)

    @cached_property
    def worst(self) -> NDArray[np.float16]:
        """The score of each matrix where all is N."""
        return np.array([matrix.min(axis=1).sum() for matrix in self.log_odds], dtype=np.float16)

    def selected(self, names: tuple[str, ...]) -> "Matrices":
        """The matrices of some factors, in the given order."""
        by_name = dict(zip(self.names, self.log_odds, strict=True))
        return Matrices({name: by_name[name] for name in names})

    @cached_property
    def both_strands(self) -> "_Scanner":
        """What `motif_scores` multiplies with."""
        return _Scanner(self)


class _Scanner:
    """All matrices on both strands as one matrix, each base's scores counted from the worst of its place."""

    def __init__(self, matrices: Matrices) -> None:
        self.widest = matrices.widest
        strands = [strand for matrix in matrices.log_odds for strand in (matrix, matrix[::-1, ::-1])]
        weights = np.zeros((self.widest, 4, len(strands)), dtype=np.float32)
        for column, matrix in enumerate(strands):
            weights[: len(matrix), :, column] = matrix - matrix.min(axis=1, keepdims=True)
        self.weights = np.ascontiguousarray(weights.reshape(4 * self.widest, len(strands)))
        self.worst = np.array([matrix.min(axis=1).sum() for matrix in matrices.log_odds], dtype=np.float32)
        self.centres = [len(matrix) // 2 for matrix in matrices.log_odds]

    def scores(self, codes_L: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Best of both strands for a hit starting at each base; the sequence is continued by N."""
        length = len(codes_L)
        one_hot = np.zeros((length + 2 * self.widest, 4), dtype=np.float32)
        known = np.flatnonzero(codes_L < 4)
        one_hot[known, codes_L[known]] = 1.0
        flat, row = one_hot.reshape(-1), 4 * self.widest
        rows = -(-length // self.widest)
        scores: NDArray[np.float32] = np.empty((rows, self.widest, len(self.worst)), dtype=np.float32)
        # Windows that start a multiple of the widest matrix apart lie side by side: a matrix product without copies.
        for phase in range(self.widest):
            product = flat[4 * phase : 4 * phase + rows * row].reshape(rows, row) @ self.weights
            np.maximum(product[:, 0::2], product[:, 1::2], out=scores[:, phase])
        scores += self.worst
        hits: NDArray[np.float32] = scores.reshape(rows * self.widest, -1)[:length]
        return hits


def motif_scores(codes_L: NDArray[np.uint8], matrices: Matrices, flank: int = 0) -> NDArray[np.float16]:
    """Best log-odds on both strands per 50 bases and matrix, as (P, M); a hit belongs where its centre lies.

    Args:
        codes_L: base codes; N scores as the worst base of each place.
        matrices: what to look for.
        flank: how many bases at either end only complete hits whose centres lie between them.
    """
    positions, rest = divmod(len(codes_L) - 2 * flank, POSITION)
    assert rest == 0
    scores = np.empty((positions, len(matrices.names)), dtype=np.float16)
    step = _BASES_AT_ONCE // POSITION
    for first in range(0, positions, step):
        last = min(positions, first + step)
        start, end = flank + first * POSITION, flank + last * POSITION
        scores[first:last] = _piece_scores(codes_L, start, end, matrices)
    return scores


def _piece_scores(codes_L: NDArray[np.uint8], start: int, end: int, matrices: Matrices) -> NDArray[np.float32]:
    if not matrices.names:
        return np.empty(((end - start) // POSITION, 0), dtype=np.float32)
    scanner = matrices.both_strands
    left, right = min(start, scanner.widest), min(len(codes_L) - end, scanner.widest)
    codes = np.full(end - start + 2 * scanner.widest, 4, dtype=np.uint8)
    codes[scanner.widest - left : len(codes) - scanner.widest + right] = codes_L[start - left : end + right]
    hits = scanner.scores(codes)
    best = [
        hits[scanner.widest - centre : scanner.widest - centre + end - start, column].reshape(-1, POSITION).max(axis=1)
        for column, centre in enumerate(scanner.centres)
    ]
    return np.stack(best, axis=1)


def log_odds(counts_W4: NDArray[np.float64]) -> NDArray[np.float32]:
    """Log-odds (base 2) against equal bases; a quarter of a count is added to each base of a place."""
    totals = counts_W4.sum(axis=1, keepdims=True)
    odds: NDArray[np.float32] = np.log2((counts_W4 + 0.25) / (totals + 1) * 4).astype(np.float32)
    return odds


def read_motifs(path: Place) -> dict[str, Motif]:
    """All motifs of a file by name: HOCOMOCO and JASPAR matrices of counts or probabilities, MEME or TRANSFAC.

    Raises:
        InvalidRequest: the file cannot be read or a matrix makes no sense.
    """
    lines = list(read_lines(path))
    blocks = _blocks(path, lines)
    motifs = {name: Motif(name, _counts(path, name, rows)) for name, rows in blocks.items()}
    if not motifs:
        raise InvalidRequest(f"{path} holds no motif matrix.")
    return motifs


def motifs_by_factor(path: Place) -> dict[str, str]:
    """The name of the first motif of each factor of a file, as the names of HOCOMOCO and JASPAR say the factor.

    `CTCF_HUMAN.H11MO.0.A`, `CTCF.H13CORE.0.P.B`, JASPAR's `MA0139.1 CTCF` and `MA0139.1.CTCF` are motifs of CTCF.

    Raises:
        InvalidRequest: as `read_motifs`.
    """
    titles: dict[str, str] = {}
    for line in read_lines(path):
        if line.text.startswith((">", "MOTIF ")):
            name, *more = line.text.removeprefix(">").removeprefix("MOTIF ").split() or [""]
            titles.setdefault(name, more[0] if more else "")
    found: dict[str, str] = {}
    for name in read_motifs(path):
        said = titles.get(name, "") if _JASPAR_NUMBER.fullmatch(name) else name
        if factor := _SPECIES.sub("", _NUMBERS_BEFORE.sub("", said).split(".")[0]):
            found.setdefault(factor, name)
    return found


def holds_motifs(path: Path) -> bool:
    """Whether a path is a file that begins as motif matrices do."""
    try:
        return path.is_file() and begins_motifs(first_bytes(path))
    except InvalidRequest:
        return False


def begins_motifs(head: bytes) -> bool:
    """Whether these first bytes of a file are those of motif matrices."""
    text = head.decode("utf-8-sig", "replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")][:20]
    if not lines:
        return False
    if lines[0].startswith(">"):
        return len(lines) > 1 and any(character.isdigit() for character in lines[1]) and _is_row(lines[1])
    return lines[0].startswith("MEME version") or any(_TRANSFAC_HEAD.match(line) for line in lines)


def _is_row(text: str) -> bool:
    return bool(_jaspar_numbers(text)) or _JASPAR_NUMBERS.issuperset(text.strip())


class MotifPlace(NamedTuple):
    """A file of motifs, and the name of one of them, which is empty for the only one."""

    path: Place
    name: str


def motif_place(text: str) -> MotifPlace:
    """What `file` or `file#motif` names; a file whose own name holds a # is itself."""
    path, _, name = (text, "", "") if os.path.isfile(text) or "#" not in text else text.rpartition("#")
    return MotifPlace(place_of(path), name)


def find_motif(path: Place, name: str = "") -> Motif:
    """The motif of a file that has one, or the one named.

    Raises:
        InvalidRequest: the file cannot be read, lacks the motif, or has several and none is named.
    """
    motifs = read_motifs(path)
    if name in motifs:
        return motifs[name]
    if not name and len(motifs) == 1:
        return next(iter(motifs.values()))
    listed = ", ".join(list(motifs)[:4]) + (" and more" if len(motifs) > 4 else "")
    wanted = f"does not hold the motif {name}" if name else "holds several motifs; name one as file#motif"
    raise InvalidRequest(f"{path} {wanted}: it holds {listed}.")


def _blocks(path: Place, lines: list[Line]) -> dict[str, list[Line]]:
    """The rows of each matrix, by its name."""
    if any(line.text.startswith("MEME version") for line in lines[:20]):
        return _meme_blocks(lines)
    first = next((line.text for line in lines if not line.text.startswith("#")), "")
    if _TRANSFAC_TAG.match(first):
        return _transfac_blocks(lines)
    return _pfm_blocks(path, lines)


def _transfac_blocks(lines: list[Line]) -> dict[str, list[Line]]:
    """A matrix has its rows between a line `P0 A C G T` and a line `XX`; ID names it, and AC where two have one ID."""
    blocks: dict[str, list[Line]] = {}
    said: dict[str, str] = {}
    rows: list[Line] | None = None
    for line in lines:
        words = line.text.split()
        if _TRANSFAC_HEAD.match(line.text):
            name = said.get("ID") or said.get("AC", "")
            rows = blocks.setdefault(f"{said.get('AC', '')} {name}".strip() if name in blocks else name, [])
        elif rows is not None and words[0].isdigit():
            rows.append(Line(line.number, " ".join(words[1:5])))
        elif words[0] == "//":
            said, rows = {}, None
        else:
            rows = None
            if words[0] in ("ID", "AC") and len(words) > 1:
                said[words[0]] = words[1]
    return blocks


def _pfm_blocks(path: Place, lines: list[Line]) -> dict[str, list[Line]]:
    blocks: dict[str, list[Line]] = {}
    rows: list[Line] | None = None
    for line in lines:
        if line.text.startswith(">"):
            words = line.text[1:].split()
            if not words:
                raise at_line(path, line.number, "a motif has no name")
            rows = blocks.setdefault(words[0], [])
        elif not line.text.startswith("#"):
            if rows is None:
                raise at_line(path, line.number, "a motif file begins with a line such as '>NAME'")
            rows.append(line)
    return blocks


def _meme_blocks(lines: list[Line]) -> dict[str, list[Line]]:
    blocks: dict[str, list[Line]] = {}
    name, is_matrix = "", False
    for line in lines:
        words = line.text.split()
        if words[0] == "MOTIF" and len(words) > 1:
            name, is_matrix = words[1], False
        elif line.text.startswith("letter-probability matrix"):
            blocks[name], is_matrix = [line], True
        elif is_matrix and re.match(r"^[\s\d.]", line.text):
            blocks[name].append(line)
        else:
            is_matrix = False
    return blocks


def _counts(path: Place, name: str, lines: list[Line]) -> NDArray[np.float64]:
    sites = 100.0
    if lines and lines[0].text.startswith("letter-probability"):
        found = re.search(r"nsites\s*=\s*(\d{1,15}(?:\.\d*)?)", lines[0].text)
        sites, lines = float(found[1]) or sites if found else sites, lines[1:]
    rows = [_row(path, line) for line in lines]
    is_jaspar = len(rows) == 4 and all(_jaspar_numbers(line.text) for line in lines)
    if not rows or (not is_jaspar and any(len(row) != 4 for row in rows)) or len({len(row) for row in rows}) != 1:
        raise InvalidRequest(f"{path}: the matrix {name} is not made of rows of four numbers.")
    counts = np.array(rows)
    counts = counts.T if is_jaspar else counts
    if counts.min() < 0 or not (counts <= _MOST_SITES).all() or (counts.sum(axis=1) <= 0).any():
        raise InvalidRequest(f"{path}: the matrix {name} holds numbers that are no counts or probabilities.")
    return counts * sites if np.allclose(counts.sum(axis=1), 1, atol=0.05) else counts


def _row(path: Place, line: Line) -> list[float]:
    try:
        return [float(word) for word in (_jaspar_numbers(line.text) or line.text).split()]
    except ValueError:
        raise at_line(path, line.number, f"'{line.text.strip()[:40]}' is no row of a motif matrix") from None


def _jaspar_numbers(text: str) -> str:
    """The numbers of a row of JASPAR, `A [ 3 5 ]`; empty where the line is none."""
    row = text.strip()
    numbers = row[1:].strip().removeprefix("[").removesuffix("]")
    return numbers if row[:1] in ("A", "C", "G", "T") and _JASPAR_NUMBERS.issuperset(numbers) else ""
