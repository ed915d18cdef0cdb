"""What `ebert show CHECKPOINT` says: of what kind it is, what it reads and predicts, and how far to trust it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from ebert_core.model.description import Description, FactorRecord, read_description
from ebert_core.model.weights_digest import WEIGHTS, check_digest
from ebert_core.protocol.calling import calls_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import format_locus
from ebert_core.protocol.terms.reliability import calibration_warning, distrust_sentence
from ebert_core.protocol.terms.wording import listed

_MOST_PLACES = 8


class ListedCheckpoint(msgspec.Struct, frozen=True):
    """A checkpoint that comes with the program, in the list of them."""

    name: str
    path: str
    assembly: str
    is_synthetic: bool
    factors: tuple[str, ...]
    cell_types: tuple[str, ...]


class ShownFactor(msgspec.Struct, frozen=True):
    """A factor that a checkpoint predicts.

    `call_from` is the probability from which bins are called bound, None where `no_calls` says why there are none.
    `held_out_peaks` and `share_bound` are those of the loci on which its probabilities were measured, None where they
    were not. `warnings` are sentences on what its values are not worth.
    """

    name: str
    cell_types: tuple[str, ...]
    auprc: float | None
    scored_on: str
    is_calibrated: bool
    call_from: float | None
    no_calls: str
    held_out_peaks: int | None
    share_bound: float | None
    warnings: tuple[str, ...]


class ShownCheckpoint(msgspec.Struct, frozen=True):
    """A checkpoint. Places are 1-based and inclusive, as people write them.

    `inputs_sha256` is the digest of everything its training read. `seen` are the places whose labels it was trained on,
    `held_out` those that chose its epoch; `members` the models that it is the mean of. `verdict` are the sentences of
    the comparison with simple baselines, the first of them a headline. `damage` is a sentence on weights that are
    absent, cut short or changed, empty where they are those that the description was written for.
    """

    kind: str
    name: str
    path: str
    created: str
    package: str
    assembly: str
    dataset: str
    is_synthetic: bool
    architecture: str
    window: int
    layers: int
    heads: int
    states: tuple[str, ...]
    signals: tuple[str, ...]
    motifs: tuple[str, ...]
    factors: tuple[ShownFactor, ...]
    cell_types: tuple[str, ...]
    held_out_cell_types: tuple[str, ...]
    seen: tuple[str, ...]
    held_out: tuple[str, ...]
    label_rule: str
    members: tuple[str, ...]
    verdict: tuple[str, ...]
    limits: tuple[str, ...]
    weights_sha256: str
    inputs_sha256: str
    damage: str


def shown_checkpoint(path: Path) -> ShownCheckpoint:
    """What is known of a checkpoint.

    Raises:
        InvalidRequest: the folder is no checkpoint.
    """
    known = read_description(path)
    architecture = known.architecture
    return ShownCheckpoint(
        kind="checkpoint",
        name=known.name,
        path=str(path.absolute()),
        created=known.created,
        package=known.versions.package,
        assembly=known.assembly,
        dataset=known.dataset,
        is_synthetic=known.seed is not None,
        architecture=architecture.describe(),
        window=architecture.context,
        layers=architecture.layers,
        heads=architecture.heads,
        states=architecture.states,
        signals=architecture.signals,
        motifs=architecture.motifs,
        factors=tuple(_factor(record) for record in known.factors),
        cell_types=known.cell_types,
        held_out_cell_types=known.validation_cell_types,
        seen=tuple(map(format_locus, known.training)),
        held_out=tuple(map(format_locus, known.validation)),
        label_rule=known.label_rule if known.factors else "",
        members=tuple(member.name for member in known.members),
        verdict=(known.verdict.headline, *known.verdict.lines()) if known.verdict else (),
        limits=known.all_limits,
        weights_sha256=known.weights_sha256,
        inputs_sha256=known.inputs_sha256,
        damage=_damage(path, known),
    )


def _damage(path: Path, known: Description) -> str:
    try:
        check_digest(path / WEIGHTS, known.weights_sha256)
    except InvalidRequest as error:
        return str(error)
    except OSError as error:
        return f"{path / WEIGHTS} cannot be read: {(error.strerror or str(error)).lower()}."
    return ""


def _factor(record: FactorRecord) -> ShownFactor:
    calls = calls_of(record.cell_types, record.threshold, record.reliability)
    known = record.reliability
    warnings = [calibration_warning(record.name, known)]
    warnings += [distrust_sentence(record.name, known)] if known else []
    return ShownFactor(
        name=record.name,
        cell_types=record.cell_types,
        auprc=record.auprc,
        scored_on=record.scored_on,
        is_calibrated=bool(record.calibration.fitted_on),
        call_from=calls.threshold,
        no_calls=calls.reason,
        held_out_peaks=known.peaks if known else None,
        share_bound=known.prevalence if known else None,
        warnings=tuple(dict.fromkeys(filter(None, warnings))),
    )


def checkpoint_lines(found: ShownCheckpoint) -> list[str]:
    """The same for a person, a line each."""
    of = f"a SYNTHETIC genome, {found.assembly}" if found.is_synthetic else found.assembly
    lines = [
        f"{found.name}: a checkpoint of {of}, {found.architecture}",
        f"  folder          {found.path}",
        f"  made            {found.created} by EBERT Browser {found.package} from {found.dataset}",
        f"  window          {found.window:,} bp",
        f"  states          {_all(found.states)}",
        f"  signals         {_all(found.signals)}",
        f"  motifs          {_all(found.motifs)}",
        f"  trained in      {_all(found.cell_types)}",
        f"  held out        {_all(found.held_out_cell_types)}",
        f"  trained on      {_places(found.seen)}",
        f"  chose its epoch {_places(found.held_out)}",
        f"  label rule      {found.label_rule or 'none'}",
        f"  weights         sha256 {found.weights_sha256}",
        f"  inputs          sha256 {found.inputs_sha256 or 'not recorded'}",
    ]
    if found.members:
        lines.insert(2, f"  mean of         {', '.join(found.members)}")
    damaged = [f"WARNING: {found.damage}"] if found.damage else []
    return [*damaged, *lines, *_factor_table(found), *_sentences(found)]


def _factor_table(found: ShownCheckpoint) -> Iterator[str]:
    if not found.factors:
        yield "It predicts no factor yet: pre-trained only."
        return
    width = max(6, *(len(each.name) for each in found.factors))
    yield f"{'factor':<{width}}   auPRC  peaks  calibrated  called bound from"
    for each in found.factors:
        auprc = "-" if each.auprc is None else f"{each.auprc:.3f}"
        peaks = "-" if each.held_out_peaks is None else f"{each.held_out_peaks:,}"
        calls = f"{each.call_from:.3g}" if each.call_from is not None else f"never: {each.no_calls}"
        yield f"{each.name:<{width}}  {auprc:>6}  {peaks:>5}  {'yes' if each.is_calibrated else 'no':<10}  {calls}"


def _sentences(found: ShownCheckpoint) -> list[str]:
    """Each once: what is known against a factor is among the limits, too."""
    warnings = [sentence for each in found.factors for sentence in each.warnings]
    return list(dict.fromkeys((*found.limits, *warnings, *found.verdict)))


def _all(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def _places(places: tuple[str, ...]) -> str:
    return listed(places, _MOST_PLACES) or "none"
