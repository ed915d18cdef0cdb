"""Checkpoints: a folder of `weights.safetensors` and `description.json`. Nothing is ever unpickled."""

import hashlib
import platform
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ebert_core.model.checkpoint_place import check_place
from ebert_core.model.description import Description, Versions, read_description
from ebert_core.model.device import Engine
from ebert_core.model.ensemble import Ensemble, Network, build_network
from ebert_core.model.weights_digest import WEIGHTS, check_digest
from ebert_core.protocol.machine.disks import is_full
from ebert_core.protocol.machine.regular_files import refuse_irregular
from ebert_core.protocol.machine.whole_files import new_part_folder, put_back, put_folder_in_place, sync
from ebert_core.protocol.terms.errors import InvalidRequest


class Checkpoint(NamedTuple):
    """A loaded network, or several that are averaged, in evaluation mode, and what it says about itself."""

    network: Network
    description: Description
    path: Path


def present_versions(engine: Engine | None = None, processes: int = 1) -> Versions:
    """The software that runs now, and the engine it computes with."""
    return Versions(
        package=version("ebert-browser"),
        torch=str(torch.__version__),
        python=platform.python_version(),
        numpy=np.__version__,
        device=engine.processor if engine else "",
        precision=engine.precision if engine else "",
        threads=torch.get_num_threads(),
        processes=processes,
    )


def now() -> str:
    """The time, as checkpoints record it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def save_checkpoint(
    folder: Path, network: Network, description: Description, dtype: torch.dtype = torch.float32
) -> None:
    """Writes a checkpoint folder that appears complete or not at all; one that was there is replaced.

    Raises:
        InvalidRequest: the disk is full or may not be written, or something else is there.
    """
    check_place(folder)
    part = None
    try:
        put_back(folder, _aside(folder))
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = new_part_folder(folder)
        weights = {name: _stored(tensor, dtype) for name, tensor in network.state_dict().items()}
        save_file(weights, part / WEIGHTS)
        digest = hashlib.sha256((part / WEIGHTS).read_bytes()).hexdigest()
        described = msgspec.structs.replace(description, weights_sha256=digest)
        (part / "description.json").write_bytes(msgspec.json.format(msgspec.json.encode(described), indent=1))
        # safetensors lets only the writer read its files; a checkpoint is as readable as other files are here
        shutil.copymode(part / "description.json", part / WEIGHTS)
        for path in (*part.iterdir(), part):
            sync(path)
        put_folder_in_place(part, folder, _aside(folder))
    except (OSError, SafetensorError) as error:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
        advice = " Free some space, then resume." if is_full(error) else ""
        raise InvalidRequest(f"The checkpoint could not be written to {folder}: {error}.{advice}") from error


def _stored(tensor: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return tensor.detach().to("cpu", dtype if tensor.is_floating_point() else tensor.dtype).contiguous()


def _aside(folder: Path) -> Path:
    """Where an old checkpoint is while a new one takes its place; hidden, so that nobody's own copy has this name."""
    return folder.with_name(f".{folder.name}.old")


def load_checkpoint(folder: Path) -> Checkpoint:
    """The network of a checkpoint folder, in fp32 on the CPU.

    Raises:
        InvalidRequest: the folder is no checkpoint, or its weights are truncated, foreign or do not fit.
    """
    with suppress(OSError):
        put_back(folder, _aside(folder))
    description = read_description(folder)
    # The sizes are a stranger's word: nothing is allocated before the weights bear it out.
    with torch.device("meta"):
        expected = build_network(description.architecture).state_dict()
    weights = read_weights(folder / WEIGHTS, expected)
    check_digest(folder / WEIGHTS, description.weights_sha256)
    network = build_network(description.architecture)
    network.load_state_dict(weights)
    return Checkpoint(network.eval(), description, folder)


def first_member(checkpoint: Checkpoint) -> Checkpoint:
    """A checkpoint of one network: itself, or of an average the first member, under the average's name and digest.

    Its description still lists the members; that tells the two apart.
    """
    if not isinstance(checkpoint.network, Ensemble):
        return checkpoint
    one = checkpoint.network.first
    description = msgspec.structs.replace(checkpoint.description, architecture=one.architecture)
    return Checkpoint(one, description, checkpoint.path)


def read_weights(path: Path, expected: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights of exactly the expected names and shapes, in the expected types.

    Raises:
        InvalidRequest: the file is damaged, holds others, or holds what is no number.
    """
    try:
        refuse_irregular(path)
        with safe_open(path, framework="pt") as file:
            names = set(file.keys())
            wrong = sorted(names ^ expected.keys()) or [
                name for name in names if tuple(file.get_slice(name).get_shape()) != tuple(expected[name].shape)
            ]
            if wrong:
                raise InvalidRequest(f"{path} does not fit its description: {wrong[0]} is missing, extra or misshapen.")
            weights = {name: file.get_tensor(name).to(expected[name].dtype) for name in names}
    except SafetensorError as error:
        raise InvalidRequest(f"{path} is damaged or cut short. Copy the checkpoint again, or use another.") from error
    except OSError as error:
        why = "it is not there" if not path.exists() else error.strerror or "it is no file"
        raise InvalidRequest(f"{path} cannot be read: {why}. Copy the checkpoint again, or use another.") from error
    if not all(bool(tensor.isfinite().all()) for tensor in weights.values()):
        raise InvalidRequest(f"{path} holds weights that are not numbers; use an earlier checkpoint.")
    return weights
