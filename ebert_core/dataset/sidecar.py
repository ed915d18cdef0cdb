"""What lies beside a predicted file as `X.bw.json`: which model made it of what, and what speaks against it.

docs/sidecar.md documents every key. Free of torch, so that whoever opens a prediction may read it.
"""

from functools import lru_cache
from pathlib import Path

import msgspec

from ebert_core.model.description import InputFile, Versions
from ebert_core.protocol.machine.documents import read_json
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.inputs import CellInputs, input_words

FORMAT = 1


class CheckpointUsed(msgspec.Struct, frozen=True):
    """The checkpoint that predicted; calibration and thresholds are part of its description."""

    name: str
    path: str
    weights_sha256: str
    description_sha256: str
    created: str


class DatasetUsed(msgspec.Struct, frozen=True):
    """The dataset, and by key of its DATASET.toml the files that were read, with the digest of each and of all."""

    name: str
    path: str
    assembly: str
    inputs: dict[str, InputFile]
    inputs_sha256: str


class AskedRegions(msgspec.Struct, frozen=True):
    """What was asked for, and how many bins it holds; without any of it, it is the whole genome."""

    bins: int
    chromosomes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    region_files: tuple[InputFile, ...] = ()


class Scale(msgspec.Struct, frozen=True):
    """What the values are: calibrated probabilities of bins, each written on `step` bases in its middle."""

    quantity: str
    bin_width: int
    step: int
    lowest: float
    highest: float
    slope: float
    offset: float
    called_from: float | None


class Sidecar(msgspec.Struct, frozen=True):
    """All that is known of a predicted file."""

    ebert_sidecar: int
    file: str
    bytes: int
    factor: str
    cell_type: str
    checkpoint: CheckpointUsed
    dataset: DatasetUsed
    places: AskedRegions
    scale: Scale
    inputs: CellInputs
    warnings: tuple[str, ...]
    versions: Versions
    host: str
    command: str
    spec: Predict
    started: str
    ended: str


class _Mark(msgspec.Struct):
    ebert_sidecar: int


def sidecar_path(path: Path) -> Path:
    """Where the sidecar of a file lies."""
    return path.with_name(f"{path.name}.json")


def read_sidecar(path: Path) -> Sidecar | None:
    """What lies beside a file; None where there is nothing that this version can read."""
    try:
        return read_json(sidecar_path(path), Sidecar)
    except (OSError, msgspec.MsgspecError, InvalidRequest):
        return None


def is_sidecar(path: Path) -> bool:
    """Whether a file is a sidecar of this or another version."""
    try:
        read_json(path, _Mark)
    except (OSError, msgspec.MsgspecError, InvalidRequest):
        return False
    return True


def refuse_other_file(path: Path) -> None:
    """Refuses to put a sidecar in the place of something that is none.

    Raises:
        InvalidRequest: there is such a file.
    """
    beside = sidecar_path(path)
    if beside.exists() and not is_sidecar(beside):
        raise InvalidRequest(
            f"{beside} is there and is no description of a prediction; it would be lost. Name another output, or leave "
            "the description out (--no-sidecar, sidecar = false)."
        )


def prediction_remarks(path: Place) -> tuple[Remark, ...]:
    """That a file was predicted, by what and what speaks against it; nothing where no sidecar is of this very file.

    None is looked for at an address, where most files have none and each look is a request.
    """
    if isinstance(path, Address):
        return ()
    beside = sidecar_path(path)
    try:
        stamps = (beside.stat().st_mtime_ns, path.stat().st_size)
    except OSError:
        return ()
    return _remarks(path, *stamps)


@lru_cache(maxsize=256)
def _remarks(path: Path, _written: int, size: int) -> tuple[Remark, ...]:
    known = read_sidecar(path)
    if known is None or known.bytes != size:
        return ()
    by = (
        f"{known.factor} in {known.cell_type} as {known.checkpoint.name} predicts it, written on {known.ended[:10]} by "
        f"EBERT Browser {known.versions.package}."
    )
    return (Remark(input_words(known.inputs) or "predicted", " ".join((by, *known.warnings)), False, "prediction"),)
