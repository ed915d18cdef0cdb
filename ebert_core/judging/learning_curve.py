"""What labels and pre-training bring: a fine-tuning at several shares of its labels, from two different starts.

The trainings and evaluations are specs like any other, run by whoever asked for the curve.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from ebert_core.dataset.labels import measured_labels
from ebert_core.judging.comparison import Estimate
from ebert_core.judging.evaluation import Evaluation, read_evaluation
from ebert_core.judging.held_out import bound_peaks
from ebert_core.material.material import Material, open_material
from ebert_core.model.description import read_description
from ebert_core.protocol.specs.jobs import Evaluate, FineTune
from ebert_core.protocol.specs.training_specs import without_folders
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.report import Unheard

PRETRAINED, RANDOM = "pretrained", "random"
# Few labels make short epochs, which are repeated up to so many times, or nothing would be learned from them.
_MOST_REPEATS = 8
# A share may miss what was asked for by this factor, since blocks of labels are whole.
_FAR_ABOVE = 1.5


class Step(NamedTuple):
    """One share and seed: the two trainings, and the evaluation of both on the same bins."""

    share: float
    seed: int
    trainings: tuple[FineTune, FineTune]
    evaluation: Evaluate


class LearningPoint(msgspec.Struct, frozen=True):
    """What a share of the labels was worth: mean auPRC over pairs with enough peaks, and how far pre-training is ahead.

    The baseline is fitted on the same labels.
    """

    share: float
    seed: int
    pretrained: Estimate
    random: Estimate
    difference: Estimate
    baseline_name: str = ""
    baseline: Estimate | None = None


class LearningCurve(msgspec.Struct, frozen=True):
    """What `ebert learning-curve` writes."""

    spec: FineTune
    regions: tuple[str, ...]
    counted_pairs: int
    points: tuple[LearningPoint, ...]


def plan(
    spec: FineTune, shares: Sequence[float], seeds: Sequence[int], regions: Sequence[str], folder: Path
) -> list[Step]:
    """The trainings and evaluations of a curve; everything they make lies in the folder.

    Raises:
        InvalidRequest: the spec starts from no checkpoint, or a share makes no sense.
    """
    if not spec.start_from:
        raise InvalidRequest("A learning curve compares a pre-trained start with a random one; name start_from.")
    wrong = [share for share in shares if not 0 < share <= 1]
    if wrong:
        raise InvalidRequest(f"A share of the labels is above 0 and at most 1, not {wrong[0]:g}.")
    sizes = read_description(Path(spec.start_from)).spec.preset
    alike = msgspec.structs.replace(spec, preset=sizes)
    return [_step(alike, share, seed, regions, folder) for seed in seeds for share in sorted(shares)]


def _step(spec: FineTune, share: float, seed: int, regions: Sequence[str], folder: Path) -> Step:
    def training(start: str) -> FineTune:
        return msgspec.structs.replace(
            spec,
            output=str(folder / "checkpoints" / _name(start, share, seed)),
            start_from=spec.start_from if start == PRETRAINED else "",
            label_share=share,
            epochs=round(spec.epochs * min(1 / share, _MOST_REPEATS)),
            seed=seed,
        )

    both = training(PRETRAINED), training(RANDOM)
    return Step(
        share,
        seed,
        both,
        Evaluate(
            dataset=spec.dataset,
            checkpoint=both[0].output,
            controls=(both[1].output,),
            output=str(folder / "scores" / f"{_name('both', share, seed)}.json"),
            regions=tuple(regions) or spec.validation,
            cell_types=spec.validation_cell_types or spec.cell_types,
            without=(),
            device=spec.device,
            precision=spec.precision,
        ),
    )


def _name(start: str, share: float, seed: int) -> str:
    percent = re.sub(r"\.?0+$", "", f"{100 * share:.4f}")
    return f"{start}-{percent}-percent-seed-{seed}"


def check(spec: FineTune, steps: Sequence[Step]) -> None:
    """Refuses, before anything is trained, what would give no curve.

    Raises:
        InvalidRequest: no pair has enough peaks to score, or a share is less than one block of labels.
    """
    evaluated = steps[0].evaluation
    scored = open_material(spec.dataset, (), evaluated.regions, evaluated.cell_types, Unheard())
    if not any(
        _peaks(scored, cell, factor) >= evaluated.fewest_peaks
        for factor in scored.factors(spec.factors)
        for cell in scored.cell_types
        if scored.dataset.is_assayed(cell, factor)
    ):
        raise InvalidRequest(_too_few(evaluated.fewest_peaks, evaluated.regions))
    trained = open_material(spec.dataset, spec.training, (), spec.cell_types, Unheard())
    whole = sum(place.length for place in trained.training_stretches(BIN))
    for step in steps:
        few = trained.with_label_share(step.share, step.seed).training_stretches(BIN)
        share = sum(place.length for place in few) / whole
        if share > _FAR_ABOVE * step.share:
            raise InvalidRequest(
                f"{100 * step.share:g} % of {whole / 1000:,.0f} kb of labels cannot be drawn in blocks of 20 kb: the "
                f"fewest are {100 * share:.2g} %. Name larger --shares."
            )


def _peaks(material: Material, cell_type: str, factor: str) -> int:
    places = material.validation_stretches(BIN)
    return sum(bound_peaks(measured_labels(material.dataset, cell_type, factor, place)) for place in places)


def _too_few(fewest: int, regions: Sequence[str]) -> str:
    return f"No pair has {fewest} held-out peaks in {', '.join(regions)}; name larger ones with --regions."


def is_done(spec: FineTune | Evaluate) -> bool:
    """Whether what a spec makes is there, made by this very request."""
    output = Path(spec.output)
    if isinstance(spec, Evaluate):
        found = read_evaluation(output) if output.is_file() else None
        newest = max((Path(path) / "description.json").stat().st_mtime for path in (spec.checkpoint, *spec.controls))
        return found is not None and found.spec == spec and output.stat().st_mtime >= newest
    return (output / "description.json").is_file() and read_description(output).spec == without_folders(spec)


def gather(spec: FineTune, steps: Sequence[Step]) -> LearningCurve:
    """The curve from the scores that the evaluations wrote.

    Raises:
        InvalidRequest: no pair has enough held-out peaks.
    """
    points, counted = [], 0
    for step in steps:
        evaluation = read_evaluation(Path(step.evaluation.output))
        assert isinstance(evaluation, Evaluation), "a fine-tuned checkpoint has pairs"
        found = evaluation.comparison
        if not found.mean:
            raise InvalidRequest(_too_few(found.fewest_peaks, step.evaluation.regions))
        counted = found.counted_pairs
        names = list(found.mean)
        baseline = names[2] if len(names) > 3 else ""
        points.append(
            LearningPoint(
                step.share,
                step.seed,
                found.mean[names[0]],
                found.mean[names[1]],
                found.mean_difference[names[1]],
                baseline,
                found.mean.get(baseline),
            )
        )
    return LearningCurve(spec, steps[0].evaluation.regions, counted, tuple(points))


def table(curve: LearningCurve) -> str:
    """The curve for a terminal."""
    lines = [
        f"Mean auPRC over {curve.counted_pairs} pairs on {', '.join(curve.regions)}; 95 % intervals over blocks.",
        "",
        f"{'labels':>8}  {'seed':>4}  {'pre-trained':>18}  {'random weights':>18}  {'pre-training brings':>21}  "
        f"{curve.points[0].baseline_name:>22}",
    ]
    for point in curve.points:
        cells = [_cell(point.pretrained, 18), _cell(point.random, 18), _cell(point.difference, 21, "+")]
        cells.append(_cell(point.baseline, 22) if point.baseline else "")
        lines.append(f"{100 * point.share:6.4g} %  {point.seed:4}  {'  '.join(cells)}".rstrip())
    return "\n".join(lines)


def _cell(estimate: Estimate, width: int, sign: str = "") -> str:
    return f"{estimate.value:{sign}.3f} {estimate.low:{sign}.2f}..{estimate.high:{sign}.2f}".rjust(width)
