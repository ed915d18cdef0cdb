"""Whether a checkpoint may be written to a place.

Free of torch, so that any process may use it.
"""

from pathlib import Path

from ebert_core.protocol.machine.disks import can_write
from ebert_core.protocol.terms.errors import InvalidRequest

_CHECKPOINT_FILES = ("weights.safetensors", "description.json")
# What Snakemake leaves in a folder that a rule declares as its output, to know when it was made.
_LEFT_BY_ENGINES = (".snakemake_timestamp",)


def check_place(folder: Path) -> None:
    """Refuses a place that cannot be written, or where a checkpoint would replace something else than a checkpoint.

    Raises:
        InvalidRequest: there is a file, or a folder with other things in it, or no folder can be made.
    """
    if not folder.name:
        raise InvalidRequest("output is empty; name a folder for the checkpoint.")
    if folder.exists() and not folder.is_dir():
        raise InvalidRequest(f"{folder} is a file; name a folder for the checkpoint.")
    near = next(parent for parent in folder.absolute().parents if parent.exists())
    if not can_write(near):
        raise InvalidRequest(f"{folder} cannot be made, {near} may not be written to; name another folder.")
    others = sorted(path.name for path in folder.glob("*") if path.name not in (*_CHECKPOINT_FILES, *_LEFT_BY_ENGINES))
    if others:
        raise InvalidRequest(
            f"{folder} holds {others[0]}, which is no part of a checkpoint and would be lost; name another folder."
        )
