"""Evaluation: a checkpoint, its ablations, other checkpoints and simple baselines on the same held-out bins."""

# P = bins of 200 bp starting every 50 bp.

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import TRAINING_RULE
from ebert_core.dataset.store import Store
from ebert_core.inference.batches import Stream
from ebert_core.inference.fitting import check_fit
from ebert_core.inference.given import absences, refuse_without_inputs
from ebert_core.inference.predict import Predictor
from ebert_core.judging.baselines import MOTIF_SCAN, MotifAccessibility, fit_motif_accessibility, motif_scan
from ebert_core.judging.comparison import Pair, compare
from ebert_core.judging.curves import FactorCurves, factor_curves
from ebert_core.judging.evaluation import Evaluation, PretrainingEvaluation
from ebert_core.judging.figures import draw_evaluation
from ebert_core.judging.held_out import HeldOut, block_width, bound_peaks, held_out, narrowed
from ebert_core.judging.making import Making
from ebert_core.judging.masked_scores import MaskedScorer, score_pretraining
from ebert_core.judging.remeasure import check_unseen, judge_anew
from ebert_core.judging.trees import TREES
from ebert_core.material.material import Material, open_material
from ebert_core.material.places import union
from ebert_core.model.checkpoint import load_checkpoint, present_versions
from ebert_core.model.description import Description, read_description
from ebert_core.model.device import Engine, choose_engine
from ebert_core.protocol.calling import calls_of
from ebert_core.protocol.machine.disks import can_write
from ebert_core.protocol.machine.resources import is_shipped
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.specs.jobs import Evaluate
from ebert_core.protocol.specs.training_specs import check_numbers
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.hearing import heard_by
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import Kept, Report, Stopped, Warned
from ebert_core.protocol.terms.wording import listed

_FEWEST_BLOCKS = 10
# Scores of all bins of the regions for a factor in a cell type, or None where the baseline knows nothing of it.
Baseline = Callable[[str, str], NDArray[np.float32] | None]


class Contender(NamedTuple):
    """One column of the comparison: a checkpoint, or several whose logits are averaged, some streams hidden."""

    name: str
    paths: tuple[str, ...]
    without: tuple[Stream, ...] = ()


def evaluate(spec: Evaluate, report: Report, work: Path, command: str = "") -> Path:
    """Scores a checkpoint, its controls and simple baselines; writes JSON with pictures beside it, returns the file.

    `command` is the command line, for whoever reads later what made the file.
    """
    del work  # an evaluation is short and starts anew
    _check(spec)
    material = open_material(spec.dataset, (), spec.regions, spec.cell_types, report)
    engine = choose_engine(spec.device, spec.precision)
    first = load_checkpoint(Path(members(spec.checkpoint)[0]))
    paths = [path for contender in contenders_of(spec) for path in contender.paths]
    making = Making(spec, material, dict.fromkeys(paths), command, report)
    kept = Kept(report)
    if not first.description.factors:
        check_fit(first.description, material.dataset)
        _tell_absences(first.description, material, kept)
        scorer = MaskedScorer(first, material, engine, spec.seed)
        context = spec.context or first.description.architecture.context
        masked = score_pretraining(scorer, context, report, spec.bootstrap, spec.seed)
        digest, versions = first.description.weights_sha256, present_versions(engine)
        scored = PretrainingEvaluation(spec, digest, versions, masked, kept.sentences, making.made())
        return _write(scored, Path(spec.output))
    if spec.write_verdict:
        check_unseen(first.description, material.validation)
    if not spec.without_inputs:
        refuse_without_inputs(first.description, material.dataset, material.cell_types)
    comparing = _Comparing(spec, material, engine, first.description, kept)
    with heard_by(comparing.heard):
        result = comparing.result()
    result = msgspec.structs.replace(result, notes=(*kept.sentences, *result.notes), made=making.made())
    path = _write(result, Path(spec.output))
    if spec.write_verdict:
        judge_anew(Path(spec.checkpoint), first.description, material, comparing.held, report, spec.seed)
    for line in draw_evaluation(result, path):
        report.event(line)
    return path


class _Comparing:
    """One evaluation of a fine-tuned checkpoint: every method on the bins that all of them score."""

    def __init__(
        self, spec: Evaluate, material: Material, engine: Engine, description: Description, report: Report
    ) -> None:
        self.spec = spec
        self.material = material
        self.engine = engine
        self.description = description
        self.report = report
        self.factors = spec.factors or tuple(record.name for record in description.factors)
        self.regions = material.validation_stretches(BIN)
        self.notes: list[str] = []
        self.held: list[HeldOut] = []

    def result(self) -> Evaluation:
        """Everything that is written."""
        spec = self.spec
        if (rule := self.description.label_rule) != TRAINING_RULE:
            self.notes.append(
                f"Labels here follow the rule {TRAINING_RULE}; the checkpoint learnt from those of {rule}."
            )
        methods: dict[str, list[HeldOut]] = {}
        contenders = list(contenders_of(spec))
        for number, contender in enumerate(contenders):
            self.report.progress(0.7 * number / len(contenders), f"predicting with {contender.name}")
            methods[contender.name] = self._scores_of(contender)
            self.held = self.held or methods[contender.name]
        width = self._narrow(methods)
        pairs = paired(methods, self._baselines(next(iter(methods.values()))))
        if not pairs:
            named = ", ".join(self.factors)
            raise InvalidRequest(f"None of {named} was assayed in the chosen cell types and regions.")
        self.report.progress(0.9, "resampling blocks")
        comparison = compare(pairs, spec.bootstrap, spec.seed, spec.fewest_peaks, spec.fewest_bound_bins)
        drawn = tuple(
            self._curves([pair for pair in pairs if pair.factor == factor])
            for factor in dict.fromkeys(pair.factor for pair in pairs)
        )
        digest = self.description.weights_sha256
        return Evaluation(spec, digest, present_versions(self.engine), comparison, drawn, tuple(self.notes), width)

    def _narrow(self, methods: dict[str, list[HeldOut]]) -> int:
        """Cuts the blocks that are resampled where there are few, and says so; their width in bases."""
        width = block_width(next(iter(methods.values())), _FEWEST_BLOCKS)
        for name, held in methods.items():
            methods[name] = [narrowed(pair, width.bases) for pair in held]
        if note := width.note(self.regions):
            self.notes.append(note)
        return width.bases

    def _scores_of(self, contender: Contender) -> list[HeldOut]:
        """Logits and labels of one column; the mean logit where it has several checkpoints."""
        every = [self._scores_with(path, contender.without) for path in contender.paths]
        if len(every) == 1:
            return every[0]
        return [
            pairs[0]._replace(scores_P=np.mean([pair.scores_P for pair in pairs], axis=0, dtype=np.float32))
            for pairs in zip(*every, strict=True)
        ]

    def _scores_with(self, path: str, without: tuple[Stream, ...]) -> list[HeldOut]:
        predictor = _predictor(path, self.material.dataset, self.material.store, self.engine, without)
        for factor in self.factors:
            predictor.description.factor(factor)
        cells = self.material.cell_types
        if not without:
            _tell_absences(predictor.description, self.material, self.report)
            warn_of_seen_loci(predictor.description, self.regions, cells, self.report)
        dataset = self.material.dataset
        return held_out(predictor, dataset, self.regions, cells, self.factors, self.heard, self.spec.strands)

    def heard(self, _fraction: float, _note: str = "") -> None:
        """Ends the work where that is wished.

        Raises:
            Stopped: it is.
        """
        if self.report.stop_requested():
            raise Stopped("Stopped; no scores were written.")

    def _baselines(self, held: Sequence[HeldOut]) -> dict[str, Baseline]:
        """Motif x accessibility and boosted trees fitted where the checkpoint was trained, and the motif scan."""
        material = self.material
        found: dict[str, Baseline] = {}
        fitted = self._fitted()
        if fitted is not None and fitted.fits:
            cells = dict.fromkeys(pair.cell_type for pair in held)
            scores = {cell: fitted.every_score(cell, self.regions) for cell in cells}
            found[fitted.name] = lambda factor, cell: scores[cell][fitted.name].get(factor)
            if fitted.trees:
                found[TREES] = lambda factor, cell: scores[cell][TREES].get(factor)
        scan = motif_scan(material.dataset, material.store, self.regions)
        found[MOTIF_SCAN] = lambda factor, _cell: scan.get(factor)
        return found

    def _fitted(self) -> MotifAccessibility | None:
        """What is fitted on the checkpoint's own training regions and cell types, as far as the dataset has them."""
        material, dataset = self.material, self.material.dataset
        known = [read_description(Path(path)) for path in members(self.spec.checkpoint)]
        trained = dict.fromkeys(cell for each in known for cell in each.cell_types)
        cells = [cell for cell in trained if cell in dataset.cell_types]
        places = [
            Interval(place.chromosome, max(place.start, segment.start), min(place.end, segment.end))
            for place in union([place for each in known for place in each.training])
            for segment in material.store.segments
            if place.overlaps(segment)
        ]
        if not cells or not places:
            what = "training cell types" if places else "training regions"
            self.notes.append(f"This dataset has none of the checkpoint's {what}; motif x accessibility is left out.")
            return None

        def heard(fraction: float, note: str) -> None:
            self.report.progress(0.7 + 0.2 * fraction, note)
            self.heard(fraction, note)

        read, seed = self.description.architecture.signals, self.spec.seed
        fitted = fit_motif_accessibility(dataset, material.store, places, cells, self.factors, read, heard, seed, True)
        self.notes += fitted.notes()
        if fitted.absent and fitted.fits:
            self.notes.append(f"In the table {listed(list(fitted.absent))} counts there with what guessing reaches.")
        return fitted

    def _curves(self, pairs: Sequence[Pair]) -> FactorCurves:
        """The pictures of one factor; probabilities are those of a single checkpoint."""
        record = self.description.factor(pairs[0].factor)
        methods = list(pairs[0].scores)
        if len(members(self.spec.checkpoint)) > 1:
            return factor_curves(pairs, methods, {}, None)
        slope, offset = record.calibration.slope, record.calibration.offset
        probabilities = {
            pair.cell_type: 1 / (1 + np.exp(-np.clip(slope * pair.scores[methods[0]] + offset, -60, 60)))
            for pair in pairs
        }
        calls = calls_of(record.cell_types, record.threshold, record.reliability)
        return factor_curves(pairs, methods, probabilities, calls.threshold)


def members(text: str) -> tuple[str, ...]:
    """The checkpoints that `one+two` names; a folder whose name has a plus sign is itself."""
    return (text,) if Path(text).exists() else tuple(text.split("+"))


def contenders_of(spec: Evaluate) -> Iterator[Contender]:
    """The checkpoint, its ablations, and the controls, told apart by their paths where names are not enough."""
    paths = [members(text) for text in (spec.checkpoint, *spec.controls)]
    names = [" + ".join(Path(path).name for path in group) for group in paths]
    is_clear = len(set(names)) == len(names)
    yield Contender(names[0], paths[0])
    for text in spec.without:
        yield Contender(f"{names[0]} without {text}", paths[0], streams(text))
    for name, group in zip(names[1:], paths[1:], strict=True):
        yield Contender(name if is_clear else " + ".join(group), group)


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
    cells = [cell for cell in cell_types if cell in (*description.cell_types, *description.ancestor_cell_types)]
    if trained and cells:
        report.event(
            Warned(
                f"{description.name} was trained on parts of {', '.join(trained)} in {', '.join(cells)}; "
                "its scores there prove nothing."
            )
        )
    chosen = sorted({place.chromosome for place in description.validation for each in regions if place.overlaps(each)})
    if chosen:
        report.event(
            f"{description.name} was validated on parts of {', '.join(chosen)}, which chose its epoch and calibration; "
            "its scores there are a little too good."
        )


def _tell_absences(description: Description, material: Material, report: Report) -> None:
    for sentence in absences(description, material.dataset, material.cell_types):
        report.event(Warned(f"{description.name}: {sentence[:1].lower()}{sentence[1:]}"))


def _predictor(path: str, dataset: Dataset, store: Store, engine: Engine, without: tuple[Stream, ...]) -> Predictor:
    checkpoint = load_checkpoint(Path(path))
    check_fit(checkpoint.description, dataset)
    return Predictor(checkpoint, store, engine, without)


def paired(methods: dict[str, list[HeldOut]], baselines: dict[str, Baseline]) -> list[Pair]:
    """Pairs with the scores of every method on the bins that all of them score; a baseline that has none says 0."""
    pairs = []
    for columns in zip(*methods.values(), strict=True):
        first = columns[0]
        is_scored_P = np.logical_and.reduce([column.is_scored() for column in columns])
        labels_P = np.where(is_scored_P, first.labels_P, -1)
        if not (labels_P == 1).any():
            continue
        scores = {name: column.scores_P[is_scored_P] for name, column in zip(methods, columns, strict=True)}
        for name, score_of in baselines.items():
            score_P = score_of(first.factor, first.cell_type)
            nothing_X = np.zeros(int(is_scored_P.sum()), dtype=np.float32)
            scores[name] = nothing_X if score_P is None else score_P[is_scored_P]
        is_bound_X = labels_P[is_scored_P] == 1
        pairs.append(
            Pair(first.factor, first.cell_type, is_bound_X, first.block_P[is_scored_P], bound_peaks(labels_P), scores)
        )
    return pairs


def _check(spec: Evaluate) -> None:
    """Refuses before the work what would make no sense after it."""
    check_numbers(spec)
    for text in (spec.checkpoint, *spec.controls):
        for path in members(text):
            read_description(Path(path))
    if spec.write_verdict:
        if len(members(spec.checkpoint)) > 1:
            raise InvalidRequest("write_verdict needs one checkpoint; “ebert average” makes one of several.")
        if spec.factors:
            raise InvalidRequest("write_verdict judges all factors of the checkpoint; leave out factors.")
        if is_shipped(spec.checkpoint):
            raise InvalidRequest(
                f"{Path(spec.checkpoint).name} comes with the program, so write_verdict cannot put a verdict there; "
                f"copy {spec.checkpoint} and name the copy."
            )
        if not can_write(Path(spec.checkpoint)):
            raise InvalidRequest(
                f"{spec.checkpoint} may not be written to, so write_verdict cannot put a verdict there."
            )
    _check_place(Path(spec.output))


def _check_place(path: Path) -> None:
    """Refuses before the work what could not be written after it."""
    folder = next(place for place in path.absolute().parents if place.exists())
    if path.is_dir():
        raise InvalidRequest(f"{path} is a folder; name a file for the scores.")
    if not can_write(folder):
        raise InvalidRequest(f"{path} cannot be made, {folder} may not be written to; name another file.")


def _write(result: Evaluation | PretrainingEvaluation, path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.format(msgspec.json.encode(result), indent=1))
    except OSError as error:
        raise InvalidRequest(f"The scores could not be written to {path}: {error}.") from error
    return path
