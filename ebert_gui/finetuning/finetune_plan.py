"""What a fine-tuning trains on and holds out: proposals, objections and promises in words, without Qt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.locus import Interval, format_locus, parse_locus
from ebert_core.protocol.tracks import DatasetSummary
from ebert_core.protocol.work import JobCheck
from ebert_gui.widgets.paths import is_absolute
from ebert_gui.widgets.wording import duration, listed, natural_order

# The customary validation chromosome, and those that ENCODE-DREAM scores on and nobody may choose by.
_CUSTOMARY_VALIDATION = "chr11"
_KEPT_ASIDE = frozenset(["chr1", "chr8", "chr21"])
_MAIN_CHROMOSOME = re.compile(r"(chr)?(\d+|X|[IVX]+|[23][LR])")
_BETWEEN_REGIONS = re.compile(r"[;\s]+|,\s+|,(?=[A-Za-z])")
_VALIDATION_SHARE = 0.15

Use = Literal["learn", "check", "leave out"]


@dataclass(frozen=True)
class Split:
    """Regions to train on and to hold out, as locus texts."""

    training: tuple[str, ...]
    validation: tuple[str, ...]


def assayed_pairs(dataset: DatasetSummary) -> dict[str, tuple[str, ...]]:
    """For every factor with measured peaks, the cell types in which it was measured."""
    pairs: dict[str, list[str]] = {}
    for cell in dataset.cell_types:
        for peaks in cell.peaks:
            pairs.setdefault(peaks.factor, []).append(cell.name)
    return {factor: tuple(pairs[factor]) for factor in sorted(pairs)}


def use_of(cell: str, spec: FineTune) -> Use:
    """What a fine-tuning uses a cell type for."""
    if cell in spec.validation_cell_types:
        return "check"
    return "learn" if not spec.cell_types or cell in spec.cell_types else "leave out"


def unknown_names(spec: FineTune, dataset: DatasetSummary) -> str:
    """What a fine-tuning names that this dataset has no peaks of, so that the form lacks it; empty where it has all."""
    pairs = assayed_pairs(dataset)
    cells = {cell for measured in pairs.values() for cell in measured}
    factors = [name for name in spec.factors if name not in pairs]
    others = [name for name in (*spec.cell_types, *spec.validation_cell_types) if name not in cells]
    missing = listed([*factors, *dict.fromkeys(others)])
    return f"Left out of the opened settings, since this dataset has no peaks of it: {missing}." if missing else ""


def propose_split(dataset: DatasetSummary, checkpoint: ModelSummary | None = None) -> Split:
    """Chromosomes to train on and one to hold out; a genome of one chromosome is cut in two.

    Where the checkpoint to start from has seen in training what would be held out, its own regions are proposed.
    """
    split = _split_of(dataset)
    if checkpoint is None or not _seen_in_training(split.validation, dataset, checkpoint):
        return split
    own = Split(_texts(checkpoint.training, dataset), _texts(checkpoint.validation, dataset))
    try:
        read_regions((*own.training, *own.validation), dataset)
    except InvalidRequest:
        return split
    return own if own.validation else split


def on_usable(dataset: DatasetSummary, usable: Sequence[str]) -> DatasetSummary:
    """The dataset as if its genome were only the chromosomes on which something can be learnt; whole if on none."""
    kept = tuple(chromosome for chromosome in dataset.chromosomes if chromosome.name in usable)
    if not kept:
        return dataset
    labelled = tuple(region for region in dataset.labelled_regions if region.chromosome in usable)
    return replace(dataset, chromosomes=kept, labelled_regions=labelled)


def _texts(regions: Sequence[Interval], dataset: DatasetSummary) -> tuple[str, ...]:
    whole = {Interval(chromosome.name, 0, chromosome.length) for chromosome in dataset.chromosomes}
    return tuple(region.chromosome if region in whole else format_locus(region) for region in regions)


def _seen_in_training(texts: Sequence[str], dataset: DatasetSummary, checkpoint: ModelSummary) -> bool:
    """Whether a checkpoint has seen one of these places in training."""
    return any(place.overlaps(seen) for place in read_regions(texts, dataset) for seen in checkpoint.training)


def _has_seen_labels(
    texts: Sequence[str], dataset: DatasetSummary, checkpoint: ModelSummary, pairs: dict[str, tuple[str, ...]]
) -> bool:
    """Whether labels of these places, in cell types of this dataset, trained the checkpoint: then it is refused."""
    cells = {cell for measured in pairs.values() for cell in measured}
    return bool(cells & set(checkpoint.seen_cell_types)) and _seen_in_training(texts, dataset, checkpoint)


def _split_of(dataset: DatasetSummary) -> Split:
    sizes = _usable_sizes(dataset)
    names = sorted(sizes, key=natural_order)
    if len(names) == 1:
        return _cut(dataset, names[0])
    if len(names) >= 10:
        names = [name for name in names if name not in _KEPT_ASIDE]
    if _CUSTOMARY_VALIDATION in names:
        held_out = _CUSTOMARY_VALIDATION
    else:
        wanted = _VALIDATION_SHARE * sum(sizes[name] for name in names)
        held_out = min(names, key=lambda name: (abs(sizes[name] - wanted), names.index(name)), default="")
    return Split(tuple(name for name in names if name != held_out), (held_out,) if held_out else ())


def _usable_sizes(dataset: DatasetSummary) -> dict[str, int]:
    if dataset.labelled_regions:
        sizes: dict[str, int] = {}
        for region in dataset.labelled_regions:
            sizes[region.chromosome] = sizes.get(region.chromosome, 0) + region.length
        return sizes
    lengths = {chromosome.name: chromosome.length for chromosome in dataset.chromosomes}
    main = {name: length for name, length in lengths.items() if _MAIN_CHROMOSOME.fullmatch(name)}
    return main or lengths


def _cut(dataset: DatasetSummary, chromosome: str) -> Split:
    whole = next(known.length for known in dataset.chromosomes if known.name == chromosome)
    labelled = [region for region in dataset.labelled_regions if region.chromosome == chromosome]
    start = min((region.start for region in labelled), default=0)
    end = max((region.end for region in labelled), default=whole)
    cut = start + int((end - start) * (1 - _VALIDATION_SHARE)) // BIN * BIN
    return Split((f"{chromosome}:{start + 1:,}-{cut:,}",), (f"{chromosome}:{cut + 1:,}-{end:,}",))


def propose_start(dataset: DatasetSummary, checkpoint: ModelSummary | None, split: Split) -> bool:
    """Whether to start from the open checkpoint: it fits, and was not trained on labels of what would be held out."""
    if checkpoint is None or misfit(checkpoint, dataset):
        return False
    return not _has_seen_labels(split.validation, dataset, checkpoint, assayed_pairs(dataset))


def propose_factors(pairs: dict[str, tuple[str, ...]], in_view: str) -> tuple[str, ...]:
    """The factor that is looked at, where it was measured; else all."""
    return (in_view,) if in_view in pairs else tuple(pairs)


def propose_checked_cell(pairs: dict[str, tuple[str, ...]], seen: Sequence[str] = ()) -> str:
    """The cell type to hold out: many of its factors are measured elsewhere too, few only in it; or none.

    Cell types that the checkpoint to start from was trained in, `seen`, would prove nothing.
    """
    cells = sorted({cell for measured in pairs.values() for cell in measured})
    shared = {cell: sum(cell in measured and len(measured) > 1 for measured in pairs.values()) for cell in cells}
    alone = {cell: sum(measured == (cell,) for measured in pairs.values()) for cell in cells}
    able = [cell for cell in cells if shared[cell] > 0]
    if len(able) < 3 or not set(able) - set(seen):
        return ""
    able = [cell for cell in able if cell not in seen]
    return min(able, key=lambda cell: (alone[cell] - shared[cell] / (len(pairs) + 1), cell))


def split_regions(text: str) -> tuple[str, ...]:
    """The locus texts in a line that a person wrote."""
    return tuple(piece for piece in (part.strip(" ,") for part in _BETWEEN_REGIONS.split(text)) if piece)


def read_regions(texts: Sequence[str], dataset: DatasetSummary) -> tuple[Interval, ...]:
    """The regions that the texts name.

    Raises:
        InvalidRequest: a text names no place of this genome.
    """
    lengths = {chromosome.name: chromosome.length for chromosome in dataset.chromosomes}
    found = []
    for text in texts:
        interval = parse_locus(text, lengths)
        if interval is None:
            raise InvalidRequest(f"“{text}” is no chromosome or region of {dataset.assembly or dataset.name}.")
        found.append(interval)
    return tuple(found)


def objection(spec: FineTune, dataset: DatasetSummary, checkpoint: ModelSummary | None) -> str:
    """Why this cannot start, in one sentence that says what to do; empty when it can."""
    return (
        _objection_to_data(spec, dataset)
        or _objection_to_start(spec, dataset, checkpoint)
        or _objection_to_regions(spec, dataset)
        or _objection_to_output(spec)
    )


def _objection_to_data(spec: FineTune, dataset: DatasetSummary) -> str:
    pairs = assayed_pairs(dataset)
    if not dataset.path:
        return "These files are not a dataset yet: save them with “New dataset…” first."
    if not dataset.has_sequence:
        return "This dataset has no reference sequence: add a FASTA file to it."
    if not pairs:
        return "This dataset has no measured peaks to train on: add peak files to it."
    if not spec.factors:
        return "Choose at least one factor."
    if not spec.cell_types:
        return "Choose at least one cell type to train on."
    orphans = [factor for factor in spec.factors if not set(pairs[factor]) & set(spec.cell_types)]
    if orphans:
        return f"{listed(orphans)} was measured in none of the cell types to train on: leave it out, or add one."
    return ""


def _objection_to_start(spec: FineTune, dataset: DatasetSummary, checkpoint: ModelSummary | None) -> str:
    if not spec.start_from:
        return ""
    if not is_absolute(spec.start_from):
        return "Give the whole path of the checkpoint folder to start from."
    if checkpoint is None or checkpoint.path != spec.start_from:
        return ""
    return misfit(checkpoint, dataset)


def misfit(checkpoint: ModelSummary, dataset: DatasetSummary) -> str:
    """Why a fine-tuning on a dataset cannot start from a checkpoint; empty where it can."""
    if checkpoint.is_synthetic and dataset.seed is None:
        return f"{checkpoint.name} was made on a synthetic genome: start from another checkpoint, or from nothing."
    if checkpoint.assembly and dataset.assembly and checkpoint.assembly != dataset.assembly:
        return (
            f"{checkpoint.name} was made on {checkpoint.assembly}, this dataset is {dataset.assembly}: "
            "start from another checkpoint, or from nothing."
        )
    return ""


def _objection_to_regions(spec: FineTune, dataset: DatasetSummary) -> str:
    if not spec.training:
        return "Name at least one chromosome to train on."
    if not spec.validation:
        return "Name at least one chromosome to hold out; without it nobody can say whether training worked."
    try:
        training, validation = read_regions(spec.training, dataset), read_regions(spec.validation, dataset)
    except InvalidRequest as error:
        return str(error)
    for region in validation:
        if any(region.overlaps(other) for other in training):
            return f"{region.chromosome} is trained on and held out at the same place: keep the two apart."
    labelled = dataset.labelled_regions
    for word, chosen in (("train on", training), ("hold out", validation)):
        if labelled and not any(region.overlaps(known) for region in chosen for known in labelled):
            return (
                f"The regions to {word} hold no labelled part of the genome: choose among {_labelled_names(dataset)}."
            )
    return ""


def _labelled_names(dataset: DatasetSummary) -> str:
    return listed(sorted({region.chromosome for region in dataset.labelled_regions}, key=natural_order), 6)


def _objection_to_output(spec: FineTune) -> str:
    if not spec.output:
        return "Say where the result should go."
    if not is_absolute(spec.output):
        return "Give the whole path of the folder for the result."
    if spec.output == spec.start_from:
        return "The result would overwrite the checkpoint it starts from: choose another folder."
    return ""


def told_beforehand(found: JobCheck) -> tuple[str, ...]:
    """What is known of a job before it starts: what to beware of, what starts anew, and about how long it takes."""
    time = f"It takes about {duration(found.seconds)} on two processor cores, less on a GPU." if found.seconds else ""
    return (*found.warnings, time)


def promise(spec: FineTune, dataset: DatasetSummary, start: str, checkpoint: ModelSummary | None = None) -> str:
    """What will happen, and what may be claimed afterwards.

    `start` names what it begins with, `checkpoint` is the open one, from which it may begin.
    """
    learnt = f"EBERT learns where {listed(spec.factors)} bind{'s' if len(spec.factors) == 1 else ''}"
    pairs = assayed_pairs(dataset)
    cells = [cell for cell in spec.cell_types if any(cell in pairs.get(factor, ()) for factor in spec.factors)]
    places = f"from {listed(cells)} on {listed(spec.training)}, starting from {start}"
    checks = " and ".join(filter(None, (listed(spec.validation), listed(spec.validation_cell_types))))
    measured = f"and is measured on the held-out {checks} after every pass."
    return f"{learnt} {places}, {measured} {claim(spec, dataset, checkpoint)}"


def claim(spec: FineTune, dataset: DatasetSummary, checkpoint: ModelSummary | None = None) -> str:
    """What the result will and will not allow to say about other cell types."""
    if len(spec.cell_types) == 1 and not spec.validation_cell_types:
        return (
            f"Afterwards you can say how well it does at held-out places in {spec.cell_types[0]}. "
            "It is trained in one cell type: nothing can be said about other cell types."
        )
    if not spec.validation_cell_types:
        return (
            "Afterwards you can say how well it does at held-out places in these cell types. "
            "No cell type is held out: nothing can be said about other cell types."
        )
    pairs = assayed_pairs(dataset)
    checked = [factor for factor in spec.factors if set(pairs[factor]) & set(spec.validation_cell_types)]
    unchecked = [factor for factor in spec.factors if factor not in checked]
    where = listed(spec.validation_cell_types)
    if not checked:
        return f"None of these factors was measured in {where}: nothing can be said about other cell types."
    said = f"Afterwards you can say how well {listed(checked)} can be predicted {_how_new(spec, checkpoint)}."
    if unchecked:
        said += f" For {listed(unchecked)} nothing can be said about other cell types: not measured in {where}."
    return said


def _how_new(spec: FineTune, checkpoint: ModelSummary | None) -> str:
    """In what kinds of cell types it is checked, by what the checkpoint to start from has seen of each."""
    known = checkpoint if checkpoint is not None and checkpoint.path == spec.start_from else None
    kinds: dict[str, list[str]] = {}
    for cell in spec.validation_cell_types:
        kinds.setdefault(_seen_before(cell, spec, known), []).append(cell)
    return " and ".join(
        f"in {'a cell type' if len(cells) == 1 else 'cell types'} {seen.format(cells=f'({listed(cells)})')}"
        for seen, cells in kinds.items()
    )


def _seen_before(cell: str, spec: FineTune, checkpoint: ModelSummary | None) -> str:
    """What is known to have been seen of a cell type before, with `{cells}` where its name belongs."""
    if not spec.start_from:
        return "it has never seen {cells}"
    if checkpoint is None:
        return "that it does not train on now {cells}; whether the chosen checkpoint did is not known here"
    if any(cell in factor.cell_types for factor in checkpoint.outputs):
        return f"whose peaks {checkpoint.name} has seen in training {{cells}}, which to it is nothing new"
    if checkpoint.outputs and cell in checkpoint.cell_types:
        return f"whose peaks {checkpoint.name} held out, not trained on {{cells}}"
    if checkpoint.outputs:
        return f"whose peaks {checkpoint.name} has not seen in training {{cells}}"
    if cell in checkpoint.cell_types and checkpoint.states:
        return f"whose chromatin states {checkpoint.name} saw in pre-training, but no peaks {{cells}}"
    return "it has never seen {cells}"
