"""What a finished checkpoint is worth on loci that it never trained on: calibration, threshold and verdict anew."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import torch

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import TRAINING_RULE
from ebert_core.inference.fitting import check_fit
from ebert_core.inference.given import absences
from ebert_core.inference.predict import Predictor
from ebert_core.judging.calibration import factor_records
from ebert_core.judging.held_out import HeldOut, held_out
from ebert_core.judging.verdict import verdict_of
from ebert_core.material.material import Material, open_material
from ebert_core.model.checkpoint import Checkpoint
from ebert_core.model.description import Description, read_description, replace_description
from ebert_core.model.device import Engine
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.terms.report import Report, Stopped, Warned
from ebert_core.protocol.terms.verdict import Verdict


class HeldOutLoci(NamedTuple):
    """Where to measure: a dataset, regions in it, and the cell types; all of the dataset when none is named."""

    dataset: str
    regions: tuple[str, ...]
    cell_types: tuple[str, ...] = ()


def remeasured(
    checkpoint: Checkpoint, loci: HeldOutLoci, engine: Engine, report: Report, keeps_verdict: bool = False
) -> Description:
    """The description with calibration, threshold, score, map and verdict of held-out loci in place of what it said.

    Measured as fine-tuning does after its last epoch, with weights in fp32 and products in the engine's precision. The
    network comes back on the CPU. A verdict that is there may be kept: it may be of better loci, and does not depend on
    calibration.

    Raises:
        InvalidRequest: the dataset does not fit, a region was trained on, or no factor was assayed there.
        Stopped: the person ended it.
    """
    description = checkpoint.description
    material = open_material(loci.dataset, (), loci.regions, loci.cell_types, report)
    check_fit(description, material.dataset)
    for sentence in absences(description, material.dataset, material.cell_types):
        report.event(Warned(sentence))
    _refuse_trained(description, material.validation)
    pairs = _pairs(checkpoint, material, engine, report)
    if not pairs:
        named = ", ".join(record.name for record in description.factors)
        raise InvalidRequest(f"None of {named} was assayed in the chosen cell types; choose others.")
    choosers = _choosers(description, material.validation)
    trained = {record.name: record.cell_types for record in description.factors}
    records = factor_records(trained, pairs, material.validation, choosers)
    kept_verdict = description.verdict if keeps_verdict else None
    return msgspec.structs.replace(
        description,
        factors=records,
        verdict=kept_verdict or _verdict(description, material, pairs, bool(choosers), report),
    )


def _pairs(checkpoint: Checkpoint, material: Material, engine: Engine, report: Report) -> list[HeldOut]:
    """Logits of both strands and labels of every assayed pair."""

    def heard(fraction: float, note: str) -> None:
        report.progress(0.9 * fraction, note)
        if report.stop_requested():
            raise Stopped("Stopped; nothing was written.")

    predictor = Predictor(checkpoint, material.store, Engine(engine.device, torch.float32))
    factors = [record.name for record in checkpoint.description.factors]
    regions = material.validation_stretches(BIN)
    with engine.autocast():
        found = held_out(predictor, material.dataset, regions, material.cell_types, factors, heard)
    checkpoint.network.cpu()
    return found


def _refuse_trained(description: Description, regions: Sequence[Interval]) -> None:
    for region in regions:
        both = next((place for place in description.training if place.overlaps(region)), None)
        if both:
            raise InvalidRequest(
                f"{format_locus(region)} overlaps {format_locus(both)}, where {description.name} was trained; "
                "what was trained on proves nothing."
            )


def _choosers(description: Description, regions: Sequence[Interval]) -> tuple[str, ...]:
    """The cell types whose bins at these regions also chose among epochs: any that a fine-tuning looked at there."""
    if not any(place.overlaps(region) for place in description.validation for region in regions):
        return ()
    return (*description.cell_types, *description.validation_cell_types)


def check_unseen(description: Description, regions: Sequence[Interval]) -> None:
    """Refuses regions of which it is not known that the checkpoint never saw their labels.

    Raises:
        InvalidRequest: it predicts nothing, was trained or chosen there, or saw labels of another assembly.
    """
    if not description.factors:
        raise InvalidRequest(f"{description.name} is pre-trained only, so there is no verdict to write.")
    _refuse_trained(description, regions)
    for region in regions:
        both = next((place for place in description.validation if place.overlaps(region)), None)
        if both:
            raise InvalidRequest(
                f"{format_locus(region)} overlaps {format_locus(both)}, where the epoch and the calibration of "
                f"{description.name} were chosen; name loci that it has not seen."
            )
    if description.elsewhere:
        raise InvalidRequest(
            f"{description.name} descends from a checkpoint that saw labels of {', '.join(description.elsewhere)}; "
            f"whether it saw those of {', '.join(map(format_locus, regions))} cannot be told."
        )


def judge_anew(
    folder: Path, judged: Description, material: Material, pairs: Sequence[HeldOut], report: Report, seed: int
) -> None:
    """Replaces the verdict in a checkpoint folder, in one step, by that of its logits on loci that it never saw.

    Args:
        folder: the checkpoint.
        judged: what it said of itself when the logits were computed.
        material: the dataset, with the loci as its validation regions.
        pairs: the logits there.
        report: told of the new verdict.
        seed: of the resampled blocks.

    Raises:
        InvalidRequest: the loci were seen, the dataset has nothing of what it was trained on, or the folder cannot be
            written to.
    """
    check_unseen(judged, material.validation)
    verdict = _verdict(judged, material, pairs, False, report, seed)
    if verdict is None:
        raise InvalidRequest(f"{folder} keeps its verdict: there is nothing here to fit a baseline on.")
    present = read_description(folder)
    if present.weights_sha256 != judged.weights_sha256:
        raise InvalidRequest(f"{folder} was replaced meanwhile by another checkpoint; evaluate that one.")
    replace_description(folder, msgspec.structs.replace(present, verdict=verdict))
    for line in (f"Written into {folder}: {verdict.headline}.", *verdict.lines()):
        report.event(line)


def _verdict(
    description: Description,
    material: Material,
    pairs: Sequence[HeldOut],
    chose_epoch: bool,
    report: Report,
    seed: int = 1,
) -> Verdict | None:
    """Beside the baseline fitted where the checkpoint was trained; None where the dataset has nothing of that."""
    dataset: Dataset = material.dataset
    cells = tuple(cell for cell in description.cell_types if cell in dataset.cell_types)
    segments = material.store.segments
    trained = tuple(place for place in description.training if any(place.overlaps(known) for known in segments))
    if not cells or not trained:
        report.event("This dataset has nothing of what the checkpoint was trained on; there is no verdict.")
        return None
    whole = Material(dataset, material.store, trained, material.validation, material.cell_types)
    found = verdict_of(pairs, whole, cells, description.architecture.signals, report, chose_epoch, seed)
    if description.label_rule == TRAINING_RULE:
        return found
    note = f"Labels here follow the rule {TRAINING_RULE}; the model learnt from those of {description.label_rule}."
    return msgspec.structs.replace(found, notes=(*found.notes, note))
