"""Finds the files shipped in `resources/`, in a checkout as in an installed wheel."""

import sys
from pathlib import Path

from ebert_core.protocol.errors import InvalidRequest


def resource(name: str) -> Path:
    """Path of a shipped file or folder, `name` being its path under `resources/`.

    Raises:
        InvalidRequest: the installation lacks it.
    """
    beside_the_code = Path(__file__).parents[2] / "resources"
    installed = Path(sys.prefix) / "share" / "ebert-browser" / "resources"
    for folder in (beside_the_code, installed):
        if (folder / name).exists():
            return folder / name
    raise InvalidRequest(f"This installation lacks the file resources/{name}; install EBERT Browser again.")
