"""Averaging: several fine-tuned checkpoints as one that predicts the mean of their calibrated logits."""

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from ebert_core.dataset.channels import derived
from ebert_core.dataset.digests import joint_digest
from ebert_core.material.places import union, without
from ebert_core.model.checkpoint import Checkpoint, load_checkpoint, now, present_versions
from ebert_core.model.config import Architecture
from ebert_core.model.description import (
    FORMAT_VERSION,
    Calibration,
    Description,
    FactorRecord,
    InputFile,
    Member,
)
from ebert_core.model.ensemble import Ensemble
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.wording import listed

_FREE_TO_DIFFER = ("members", "dropout")  # neither says anything of what a finished network computes
_SHARED = {
    "assembly": "assembly",
    "seed": "seed of the synthetic genome",
    "state_bin_width": "width of a state",
    "matrices": "motif matrices",
    "signal_quantiles": "distributions of normalised signals",
}
# These signals are worked out from the other training cell types: with other ones, the same name is another input.
_READ_TRAINING_CELLS = ("difference", "binding")


def load_members(paths: Sequence[Path]) -> list[Checkpoint]:
    """The checkpoints to average, which agree in all that one network must have only one of.

    Raises:
        InvalidRequest: one is missing, damaged, an average itself, pre-trained only, or differs; says in what.
    """
    most = 32
    if not 2 <= len(paths) <= most:
        raise InvalidRequest(f"{len(paths)} checkpoint(s) were named; an average takes 2 to {most}.")
    members: list[Checkpoint] = []
    for path in paths:
        member = load_checkpoint(path)
        _check_is_single(member)
        twin = next((m for m in members if m.description.weights_sha256 == member.description.weights_sha256), None)
        if twin:
            raise InvalidRequest(f"{path} holds the same weights as {twin.path}; name each model once.")
        if members:
            _check_agreement(members[0], member)
        members.append(member)
    return members


def averaged(members: Sequence[Checkpoint], folder: Path) -> Checkpoint:
    """One checkpoint, to be saved in `folder`, of members that `load_members` found to agree."""
    described = [member.description for member in members]
    network = Ensemble(msgspec.structs.replace(described[0].architecture, members=len(members)))
    for number, member in enumerate(members):
        network.members[number].load_state_dict(member.network.state_dict())
        for factor, record in enumerate(member.description.factors):
            network.scales.slope_MF[number, factor] = record.calibration.slope
            network.scales.offset_MF[number, factor] = record.calibration.offset
    return Checkpoint(network.eval(), _described(described, network.architecture, folder.name), folder)


def _check_is_single(member: Checkpoint) -> None:
    if member.description.members:
        named = listed([each.name for each in member.description.members], 4)
        raise InvalidRequest(f"{member.path} is itself an average, of {named}; name its members instead.")
    if not member.description.factors:
        raise InvalidRequest(f"{member.path} is pre-trained only and predicts no factor yet; fine-tune it first.")


def _check_agreement(first: Checkpoint, other: Checkpoint) -> None:
    """Refuses what differs, by name; what is too long to print is named only."""
    ours, theirs = first.description, other.description
    for field in Architecture.__struct_fields__:
        if field not in _FREE_TO_DIFFER:
            _check_same(first, other, field, getattr(ours.architecture, field), getattr(theirs.architecture, field))
    for field, words in _SHARED.items():
        _check_same(first, other, words, getattr(ours, field), getattr(theirs, field))
    reading = [
        name
        for name in ours.architecture.signals
        if (parts := derived(name)) is not None and parts.kind in _READ_TRAINING_CELLS
    ]
    if reading and set(ours.cell_types) != set(theirs.cell_types):
        raise InvalidRequest(
            f"{other.path} was trained in other cell types than {first.path}, and {reading[0]} is worked out from "
            "them; only models of the same training cell types can be averaged with it."
        )


def _check_same(first: Checkpoint, other: Checkpoint, name: str, ours: object, theirs: object) -> None:
    if ours == theirs:
        return
    short = not isinstance(ours, dict) and name != _SHARED["matrices"]
    values = f": {_words(theirs)}, not {_words(ours)}" if short else ""
    raise InvalidRequest(f"{other.path} differs from {first.path} in {name}{values}; only like models can be averaged.")


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return listed([str(each) for each in value], 8) if value else "none"
    return str(value)


def _described(members: Sequence[Description], architecture: Architecture, name: str) -> Description:
    """What the average says of itself: what any member has seen is seen, what only one has left unseen is not."""
    first, names = members[0], _names(members)
    training = union(place for member in members for place in member.training)
    inputs = _joined_inputs(members, names)
    cells = _each_once(member.cell_types for member in members)
    ancestors = _each_once(member.ancestor_cell_types for member in members)
    held_cells = _each_once(member.validation_cell_types for member in members)
    parents = {member.parent_sha256 for member in members}
    return Description(
        format_version=FORMAT_VERSION,
        name=name,
        architecture=architecture,
        assembly=first.assembly,
        dataset=", ".join(dict.fromkeys(member.dataset for member in members)),
        seed=first.seed,
        training=training,
        validation=without(union(place for member in members for place in member.validation), training),
        cell_types=cells,
        validation_cell_types=tuple(cell for cell in held_cells if cell not in cells),
        ancestor_cell_types=tuple(cell for cell in ancestors if cell not in cells),
        state_bin_width=first.state_bin_width,
        spec=first.spec,
        versions=present_versions(),
        created=now(),
        weights_sha256="",
        parent_sha256=first.parent_sha256 if len(parents) == 1 else "",
        inputs_sha256=joint_digest(inputs),
        inputs=inputs,
        factors=tuple(_record(members, factor) for factor in architecture.factors),
        matrices=first.matrices,
        signal_quantiles=first.signal_quantiles,
        limits=_limits(members, names),
        members=tuple(
            Member(label, member.weights_sha256, member.inputs_sha256, member.spec)
            for label, member in zip(names, members, strict=True)
        ),
        elsewhere=_elsewhere(members),
        label_rule=", ".join(dict.fromkeys(member.label_rule for member in members)),
    )


def _each_once(names: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All names, each once, as they come."""
    return tuple(dict.fromkeys(chain.from_iterable(names)))


def _elsewhere(members: Sequence[Description]) -> dict[str, tuple[Interval, ...]]:
    """Where any member was trained in other assemblies."""
    return {
        assembly: union(place for member in members for place in member.trained_in(assembly))
        for assembly in _each_once(member.elsewhere for member in members)
    }


def _names(members: Sequence[Description]) -> list[str]:
    """The members' names, numbered where they are not enough to tell them apart."""
    names = [member.name for member in members]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: number + 1].count(name)})"
        for number, name in enumerate(names)
    ]


def _record(members: Sequence[Description], factor: str) -> FactorRecord:
    """A factor of the average: threshold, score and reliability were those of single members, so it has none."""
    records = [member.factor(factor) for member in members]
    fitted = [record.calibration.fitted_on for record in records]
    where = "; ".join(dict.fromkeys(fitted)) if all(fitted) else ""
    cells = tuple(dict.fromkeys(cell for record in records for cell in record.cell_types))
    return FactorRecord(factor, cells, Calibration(fitted_on=f"each member by itself: {where}" if where else ""))


def _joined_inputs(members: Sequence[Description], names: Sequence[str]) -> dict[str, InputFile]:
    """What the members read; what a later one read in another form gets its name."""
    joined: dict[str, InputFile] = {}
    for name, member in zip(names, members, strict=True):
        for key, file in member.inputs.items():
            known = joined.setdefault(key, file)
            if known != file:
                joined[f"{key} of {name}"] = file
    return joined


def _limits(members: Sequence[Description], names: Sequence[str]) -> tuple[str, ...]:
    """What to know of an average, then what holds for all members, then for some, by their names."""
    holders: dict[str, list[str]] = {}
    for name, member in zip(names, members, strict=True):
        for sentence in member.limits:
            holders.setdefault(sentence, []).append(name)
    shared = [sentence for sentence, found in holders.items() if len(found) == len(members)]
    partial = [f"Of {listed(found, 6)}: {text}" for text, found in holders.items() if len(found) < len(members)]
    return (
        f"Mean of {len(members)} models ({listed(list(names), 8)}); attention is that of the first, {names[0]}.",
        *shared,
        *partial,
    )
