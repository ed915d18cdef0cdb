"""Whether the weights of a checkpoint are those that its description was written for.

Free of torch, so that `ebert show` need not load it.
"""

import hashlib
from pathlib import Path

from ebert_core.protocol.machine.regular_files import open_file
from ebert_core.protocol.terms.errors import InvalidRequest

WEIGHTS = "weights.safetensors"


def check_digest(path: Path, expected: str) -> None:
    """Refuses weights that are not those which the description was written for.

    Raises:
        InvalidRequest: a bit of the file has changed.
    """
    with open_file(path) as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise InvalidRequest(
            f"{path} is damaged: its digest {found[:12]}… is not {expected[:12] or 'given'}… as its description says. "
            "Copy the checkpoint again, or use another."
        )
