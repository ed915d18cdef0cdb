"""Label files of the challenge, made from peaks: U, A or B for every bin of the regions and every cell type."""

# X = bins, C = cell types.

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.labels import RULE_WORDS, TRAINING_RULE, LabelRule, covered_bases, peak_labels
from ebert_core.dream.label_writer import LabelWriter
from ebert_core.dream.regions import bins_of
from ebert_core.dream.sources import CellPeaks, Sources
from ebert_core.genome.annotation import FeatureSource
from ebert_core.protocol.machine.documents import read_json
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest


class LabelCounts(NamedTuple):
    """How many bins a label file has, and how many of them are bound and ambiguous in each cell type."""

    bins: int
    bound: dict[str, int]
    ambiguous: dict[str, int]


class LabelNote(msgspec.Struct, frozen=True):
    """What lies beside a label file, which has no room for it: the rule that made it, and what it was made of."""

    rule: LabelRule
    rule_in_words: str
    bins: int
    cell_types: dict[str, "CellNote"]


class CellNote(msgspec.Struct, frozen=True):
    """Where the labels of a cell type come from, and how many there are; without relaxed peaks that name is empty."""

    conservative: str
    relaxed: str
    bound: int
    ambiguous: int


def note_path(labels: Path) -> Path:
    """Where the note on a label file lies."""
    return labels.with_name(f"{labels.name}.json")


def rule_of(labels: Path) -> str:
    """The rule that made a label file, as the note beside it says; empty where there is none that can be read."""
    try:
        return read_json(note_path(labels), LabelNote).rule
    except (OSError, msgspec.MsgspecError, InvalidRequest):
        return ""


def write_labels(path: Path, sources: Sources, rule: LabelRule = TRAINING_RULE) -> LabelCounts:
    """Writes the label file, which appears complete or not at all, and returns what it holds.

    Bins start at multiples of 50 and lie in one region; those that touch the blacklist are left out. The rule is
    `dataset.labels.peak_labels`, and a `LabelNote` beside the file says which. Memory follows the longest chromosome.

    Raises:
        InvalidRequest: peaks and regions share no chromosome, there is no bin, or the file cannot be written.
    """
    cells = sources.cells
    bins, names = 0, dict[str, None]()
    bound, ambiguous = (np.zeros(len(cells), dtype=np.int64) for _ in range(2))
    with LabelWriter(path, [cell.cell_type for cell in cells]) as writer:
        chromosomes = KnownNames(sources.chromosomes)
        for run in sources.runs:
            if sources.chromosomes and not chromosomes.find(run.chromosome):
                known = ", ".join(sources.chromosomes[:5])
                raise InvalidRequest(
                    f"The regions have bins on {run.chromosome}, of which the dataset knows nothing; it has {known}. "
                    "Name what to label with --chromosomes."
                )
            start_X = _outside(sources.blacklist, run.chromosome, bins_of(run))
            label_CX = np.stack([_labels(cell, run.chromosome, start_X, rule) for cell in cells])
            writer.write(run.chromosome, start_X, label_CX)
            bins += len(start_X)
            bound += (label_CX == 1).sum(axis=1)
            ambiguous += (label_CX == -1).sum(axis=1)
            names[run.chromosome] = None
        _check_names(cells, names)
        if not bins:
            raise InvalidRequest("No bin of 200 lies in the regions, so there is nothing to label.")
    order = [cell.cell_type for cell in cells]
    counts = LabelCounts(
        bins, dict(zip(order, bound.tolist(), strict=True)), dict(zip(order, ambiguous.tolist(), strict=True))
    )
    _write_note(path, cells, counts, rule)
    return counts


def _write_note(path: Path, cells: Sequence[CellPeaks], counts: LabelCounts, rule: LabelRule) -> None:
    notes = {
        cell.cell_type: CellNote(
            cell.conservative.path.name,
            cell.relaxed.path.name if cell.relaxed is not None else "",
            counts.bound[cell.cell_type],
            counts.ambiguous[cell.cell_type],
        )
        for cell in cells
    }
    note = LabelNote(rule, RULE_WORDS[rule], counts.bins, notes)
    text = msgspec.json.format(msgspec.json.encode(note), indent=2) + b"\n"
    target = note_path(path)
    try:
        write_whole(target, text)
    except OSError as error:
        raise InvalidRequest(f"{target} could not be written: {error.strerror or error}.") from error


def _labels(cell: CellPeaks, chromosome: str, start_X: NDArray[np.int64], rule: LabelRule) -> NDArray[np.int8]:
    """The labels of bins whose starts may come in any order."""
    conservative = _spans(cell.conservative, chromosome)
    relaxed = None if cell.relaxed is None else _spans(cell.relaxed, chromosome)
    if (np.diff(start_X) >= 0).all():
        return peak_labels(conservative, relaxed, start_X, rule)
    order = np.argsort(start_X, kind="stable")
    label_X = np.empty(len(start_X), dtype=np.int8)
    label_X[order] = peak_labels(conservative, relaxed, start_X[order], rule)
    return label_X


def _outside(blacklist: FeatureSource | None, chromosome: str, start_X: NDArray[np.int64]) -> NDArray[np.int64]:
    spans = _spans(blacklist, chromosome) if blacklist else ()
    return start_X[covered_bases(spans, start_X) == 0] if len(spans) else start_X


def _spans(features: FeatureSource, chromosome: str) -> NDArray[np.int64]:
    located = features.on(chromosome)
    return np.column_stack((located.starts, located.ends))


def _check_names(cells: Sequence[CellPeaks], names: Iterable[str]) -> None:
    """Peaks that name no chromosome of the regions would make a file of nothing but U."""
    known = list(names)
    known_names = KnownNames(known)
    for cell in cells:
        found = cell.conservative.chromosome_lengths
        if found and not any(map(known_names.find, found)):
            raise InvalidRequest(
                f"{cell.conservative.path} has peaks on {', '.join(list(found)[:3])}, and none on a chromosome of the "
                f"regions, which are on {', '.join(known[:3])}."
            )
