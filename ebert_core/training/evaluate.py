"""Evaluation: a checkpoint, its ablations, other checkpoints and the motif scan on the same held-out bins."""

# P = bins of 200 bp starting every 50 bp.

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.store import Store
from ebert_core.genome.motifs import motif_scores
from ebert_core.inference.batches import Stream
from ebert_core.inference.fitting import check_fit
from ebert_core.inference.predict import Predictor
from ebert_core.model.checkpoint import load_checkpoint, present_versions
from ebert_core.model.description import Description, Versions
from ebert_core.model.device import Engine, choose_engine
from ebert_core.model.tokens import BIN, POSITION
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.specs import Evaluate
from ebert_core.training.comparison import Comparison, Pair, compare
from ebert_core.training.held_out import HeldOut, bound_peaks, held_out
from ebert_core.training.masked_scores import MaskedScorer, MaskedScores, score_pretraining
from ebert_core.training.material import Material, open_material
from ebert_core.training.report import Report, Stopped

_SCAN_REACH = 100


class Evaluation(msgspec.Struct, frozen=True):
    """What `ebert evaluate` writes: the request, what was compared, and the figures."""

    spec: Evaluate
    checkpoint_sha256: str
    versions: Versions
    comparison: Comparison


class PretrainingEvaluation(msgspec.Struct, frozen=True):
    """The same for a checkpoint that is pre-trained only."""

    spec: Evaluate
    checkpoint_sha256: str
    versions: Versions
    masked: MaskedScores


def evaluate(spec: Evaluate, report: Report, work: Path) -> Path:
    """Scores a checkpoint and its controls and writes the figures as JSON; returns the file."""
    del work  # an evaluation is short and starts anew
    _check_place(Path(spec.output))
    material = open_material(spec.dataset, (), spec.regions, spec.cell_types, report)
    regions = material.validation_stretches(BIN)
    engine = choose_engine(spec.device, spec.precision)
    first = load_checkpoint(Path(spec.checkpoint))
    if not first.description.factors:
        check_fit(first.description, material.dataset)
        scorer = MaskedScorer(first, material, engine, spec.seed)
        context = spec.context or first.description.architecture.context
        masked = score_pretraining(scorer, context, report, spec.bootstrap, spec.seed)
        digest = first.description.weights_sha256
        return _write(PretrainingEvaluation(spec, digest, present_versions(), masked), Path(spec.output))
    factors = spec.factors or tuple(record.name for record in first.description.factors)
    methods: dict[str, list[HeldOut]] = {}
    runs = list(runs_of(spec, first.description.name))
    for number, run in enumerate(runs):
        report.progress(0.8 * number / len(runs), f"predicting with {run.name}")
        methods[run.name] = _scores_of(run, spec, material, engine, factors, report)
    report.progress(0.8, "resampling blocks")
    pairs = paired(methods, material, regions)
    if not pairs:
        raise InvalidRequest(f"None of {', '.join(factors)} was assayed in the chosen cell types and regions.")
    comparison = compare(pairs, spec.bootstrap, spec.seed)
    result = Evaluation(spec, first.description.weights_sha256, present_versions(), comparison)
    return _write(result, Path(spec.output))


class Run(NamedTuple):
    """One column of the comparison: a checkpoint, some of its streams hidden."""

    name: str
    path: str
    without: tuple[Stream, ...] = ()


def runs_of(spec: Evaluate, name: str) -> Iterator[Run]:
    """The checkpoint, its ablations, and the controls, told apart by their paths where names are not enough."""
    yield Run(name, spec.checkpoint)
    for text in spec.without:
        yield Run(f"{name} without {text}", spec.checkpoint, streams(text))
    named = [Path(path).name for path in spec.controls]
    is_clear = len({name, *named}) == 1 + len(named)
    for control, path in zip(named, spec.controls, strict=True):
        yield Run(control if is_clear else path, path)


def _scores_of(
    run: Run, spec: Evaluate, material: Material, engine: Engine, factors: Sequence[str], report: Report
) -> list[HeldOut]:
    """Logits and labels of one column."""
    predictor = _predictor(run.path, material.dataset, material.store, engine, run.without)
    for factor in factors:
        predictor.description.factor(factor)
    regions = material.validation_stretches(BIN)
    if not run.without:
        warn_of_seen_loci(predictor.description, regions, material.cell_types, report)

    def heard(_fraction: float, _note: str) -> None:
        if report.stop_requested():
            raise Stopped("Stopped; no scores were written.")

    return held_out(predictor, material.dataset, regions, material.cell_types, factors, heard, spec.strands)


def streams(text: str) -> tuple[Stream, ...]:
    """The streams that `states+signals` names.

    Raises:
        InvalidRequest: there is no such stream.
    """
    named = text.split("+")
    for name in named:
        if name not in get_args(Stream):
            raise InvalidRequest(f"'{name}' is no stream to leave out; choose from {', '.join(get_args(Stream))}.")
    return tuple(stream for stream in get_args(Stream) if stream in named)


def warn_of_seen_loci(
    description: Description, regions: Sequence[Interval], cell_types: Sequence[str], report: Report
) -> None:
    """Says so where a checkpoint is scored on what it was trained on: such scores prove nothing."""
    trained = sorted({place.chromosome for place in description.training for each in regions if place.overlaps(each)})
    cells = [cell for cell in cell_types if cell in description.cell_types]
    if trained and cells:
        report.event(
            f"WARNING: {description.name} was trained on parts of {', '.join(trained)} in {', '.join(cells)}; "
            "its scores there prove nothing."
        )


def _predictor(path: str, dataset: Dataset, store: Store, engine: Engine, without: tuple[Stream, ...]) -> Predictor:
    checkpoint = load_checkpoint(Path(path))
    check_fit(checkpoint.description, dataset)
    return Predictor(checkpoint, store, engine, without)


def paired(methods: dict[str, list[HeldOut]], material: Material, regions: Sequence[Interval]) -> list[Pair]:
    """Pairs with the scores of every method and of the motif scan, on the bins that all of them score."""
    scans = motif_scan(material, regions)
    pairs = []
    for columns in zip(*methods.values(), strict=True):
        first = columns[0]
        is_scored_P = np.logical_and.reduce([column.is_scored() for column in columns])
        labels_P = np.where(is_scored_P, first.labels_P, -1)
        if not (labels_P == 1).any():
            continue
        scores = {name: column.scores_P[is_scored_P] for name, column in zip(methods, columns, strict=True)}
        if first.factor in scans:
            scores["motif scan"] = scans[first.factor][is_scored_P]
        else:
            scores["motif scan"] = np.zeros(int(is_scored_P.sum()), dtype=np.float32)
        is_bound_X = labels_P[is_scored_P] == 1
        pairs.append(
            Pair(first.factor, first.cell_type, is_bound_X, first.block_P[is_scored_P], bound_peaks(labels_P), scores)
        )
    return pairs


def motif_scan(material: Material, regions: Sequence[Interval]) -> dict[str, NDArray[np.float32]]:
    """Best log-odds of every factor's matrix in each bin and 100 bp on either side, over the regions joined."""
    matrices = material.dataset.matrices
    reference = material.dataset.reference
    assert reference is not None, "a dataset without sequence has no store"
    reach = _SCAN_REACH // POSITION
    parts = []
    for region in regions:
        length = region.length // POSITION
        wide = Interval(region.chromosome, region.start - _SCAN_REACH, region.end + _SCAN_REACH + BIN)
        score_PM = motif_scores(reference.bases(wide), matrices).astype(np.float32)
        span = 2 * reach + BIN // POSITION
        parts.append(np.lib.stride_tricks.sliding_window_view(score_PM, span, axis=0).max(-1)[:length])
    joined_PM = np.concatenate(parts)
    return {name: joined_PM[:, column] for column, name in enumerate(matrices.names)}


def _check_place(path: Path) -> None:
    """Refuses before the work what could not be written after it."""
    folder = next(place for place in path.absolute().parents if place.exists())
    if path.is_dir():
        raise InvalidRequest(f"{path} is a folder; name a file for the scores.")
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InvalidRequest(f"{path} cannot be made, {folder} may not be written to; name another file.")


def _write(result: Evaluation | PretrainingEvaluation, path: Path) -> Path:
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1))
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InvalidRequest(f"The scores could not be written to {path}: {error}.") from error
    return path
