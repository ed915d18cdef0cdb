"""Writes beside each predicted file what made it; it appears after the file and goes before the file is replaced."""

import hashlib
import math
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec

from ebert_core.dataset.channels import derived
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import dataset_digests, joint_digest
from ebert_core.dataset.sidecar import (
    FORMAT,
    AskedRegions,
    CheckpointUsed,
    DatasetUsed,
    Scale,
    Sidecar,
    is_sidecar,
    read_sidecar,
    refuse_other_file,
    sidecar_path,
)
from ebert_core.inference.cautions import cautions_of
from ebert_core.inference.files import complete_file
from ebert_core.inference.given import reads_of
from ebert_core.inference.stretches import places_of
from ebert_core.inference.targets import Target, targets_of
from ebert_core.model.checkpoint import now, present_versions
from ebert_core.model.description import Description, InputFile, read_description
from ebert_core.model.device import Engine
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import is_region_file
from ebert_core.protocol.terms.report import TellProgress, sentence_of

_QUANTITY = "calibrated probability that the factor is bound in the bin"


class Sources(msgspec.Struct, frozen=True):
    """Checkpoint, dataset and regions of a prediction, by their digests: where all are the same, so are its values."""

    checkpoint: CheckpointUsed
    dataset: DatasetUsed
    region_files: tuple[InputFile, ...]


def sources_of(spec: Predict, description: Description, dataset: Dataset, report: TellProgress) -> Sources:
    """What a prediction is made of; the files of a dataset are read once, their digests are then kept beside it.

    Raises:
        InvalidRequest: a file cannot be read.
    """
    inputs = dataset_digests(
        dataset, _cells_read(description, dataset, spec.cell_type), _factors_read(description), report
    )
    return Sources(
        checkpoint_used(spec.checkpoint, description),
        dataset_used(spec.dataset, dataset, inputs),
        tuple(_file_digest(Path(text)) for text in places_of(spec) if is_region_file(text)),
    )


def checkpoint_used(path: str, description: Description) -> CheckpointUsed:
    """A checkpoint by its digests, as a request names it."""
    text = (Path(path) / "description.json").read_bytes()
    digest = hashlib.sha256(text).hexdigest()
    return CheckpointUsed(description.name, path, description.weights_sha256, digest, description.created)


def dataset_used(path: str, dataset: Dataset, inputs: dict[str, InputFile]) -> DatasetUsed:
    """A dataset by the digests of what was read of it, as a request names it."""
    layout = dataset.layout
    return DatasetUsed(layout.name, path, layout.assembly, inputs, joint_digest(inputs))


def is_made(spec: Predict) -> bool:
    """Whether the files of a prediction are there already, made by this program of the same things at the same request.

    Raises:
        InvalidRequest: the checkpoint or the dataset cannot be read.
    """
    description = read_description(Path(spec.checkpoint))
    found = [(target.path, read_sidecar(target.path)) for target in targets_of(spec, description)]
    if not spec.sidecar or any(known is None or known.spec != spec for _, known in found):
        return False
    sources = sources_of(spec, description, Dataset.open(Path(spec.dataset), inputs=spec.inputs), lambda *_: None)
    return all(
        known is not None
        and path.is_file()
        and path.stat().st_size == known.bytes
        and (known.checkpoint, known.dataset) == (sources.checkpoint, sources.dataset)
        and known.places.region_files == sources.region_files
        and known.versions.package == version("ebert-browser")
        for path, known in found
    )


def _cells_read(description: Description, dataset: Dataset, cell_type: str) -> list[str]:
    """The cell type, and where signals compare with others the training cell types, too."""
    kinds = {parts.kind for parts in map(derived, description.architecture.signals) if parts}
    others = description.cell_types if kinds & {"difference", "binding"} else ()
    return list(dict.fromkeys((cell_type, *(cell for cell in others if cell in dataset.cell_types))))


def _factors_read(description: Description) -> tuple[str, ...]:
    """The factors whose peaks are an input."""
    parts = filter(None, map(derived, description.architecture.signals))
    return tuple(part.of for part in parts if part.kind == "binding")


def _asked(spec: Predict) -> tuple[str, ...]:
    return (*places_of(spec), *filter(None, (spec.locus,)))


def _file_digest(path: Path) -> InputFile:
    try:
        with path.open("rb") as file:
            return InputFile(path.name, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error


class Made(NamedTuple):
    """What made the files of a prediction, once they are there."""

    sources: Sources
    description: Description
    dataset: Dataset
    engine: Engine
    bins: int
    processes: int


class Provenance:
    """What is known of a prediction before its files are there; the command that asked for it is for people only."""

    def __init__(self, spec: Predict, command: str) -> None:
        self._spec = spec
        self._command = command
        self._started = now()
        self._told: list[str] = []

    def hear(self, sentence: str) -> None:
        """Keeps a sentence that the person is told of the files."""
        self._told.append(sentence)

    def refuse_losses(self, targets: Sequence[Target]) -> None:
        """Refuses to replace files that are no sidecars.

        Raises:
            InvalidRequest: there is one beside a target.
        """
        for target in targets if self._spec.sidecar else ():
            refuse_other_file(target.path)

    def remove(self, targets: Sequence[Target]) -> None:
        """Removes what describes the files that are about to be replaced."""
        for target in targets:
            if is_sidecar(sidecar_path(target.path)):
                sidecar_path(target.path).unlink()

    def write(self, targets: Sequence[Target], made: Made) -> None:
        """Writes a sidecar beside each target.

        Raises:
            InvalidRequest: one cannot be written.
        """
        for target in targets:
            of_factor = msgspec.structs.replace(self._spec, factor=target.factor)
            cautions = tuple(cautions_of(of_factor, made.description, made.dataset))
            sidecar = self._of(target, made, tuple(map(sentence_of, (*cautions, *self._told))))
            with complete_file(sidecar_path(target.path)) as file:
                file.write(msgspec.json.format(msgspec.json.encode(sidecar), indent=1) + b"\n")

    def _of(self, target: Target, made: Made, cautions: tuple[str, ...]) -> Sidecar:
        spec, sources = self._spec, made.sources
        calibration = made.description.factor(target.factor).calibration
        called_from = None if math.isnan(target.threshold) else target.threshold
        return Sidecar(
            ebert_sidecar=FORMAT,
            file=target.path.name,
            bytes=target.path.stat().st_size,
            factor=target.factor,
            cell_type=spec.cell_type,
            checkpoint=sources.checkpoint,
            dataset=sources.dataset,
            places=AskedRegions(made.bins, spec.chromosomes, _asked(spec), sources.region_files),
            scale=Scale(_QUANTITY, BIN, POSITION, 0.0, 1.0, calibration.slope, calibration.offset, called_from),
            inputs=reads_of(made.description).of_cell(made.dataset, spec.cell_type),
            warnings=cautions,
            versions=present_versions(made.engine, made.processes),
            host=platform.node(),
            command=self._command,
            spec=spec,
            started=self._started,
            ended=now(),
        )
