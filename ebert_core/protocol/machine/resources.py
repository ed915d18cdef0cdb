"""Finds the files shipped in `resources/`, in a checkout as in an installed wheel."""

import os
from collections.abc import Iterator
from pathlib import Path

from ebert_core.protocol.terms.errors import InvalidRequest

_CHECKPOINTS = "checkpoints"


def resource(name: str) -> Path:
    """Path of a shipped file or folder, `name` being its path under `resources/`.

    Raises:
        InvalidRequest: the installation lacks it.
    """
    for folder in _folders():
        if (folder / name).exists():
            return folder / name
    raise InvalidRequest(f"This installation lacks the file resources/{name}; install EBERT Browser again.")


def shipped_checkpoints() -> dict[str, Path]:
    """The checkpoints that come with the program, by name, in alphabetical order."""
    for folder in _folders():
        if (folder / _CHECKPOINTS).is_dir():
            found = sorted(each for each in (folder / _CHECKPOINTS).iterdir() if (each / "description.json").is_file())
            return {each.name: each for each in found}
    return {}


def named_checkpoint(text: str, folder: str | Path = "") -> str:
    """The folder of a checkpoint that is named by its path, or by the name of one that comes with the program.

    A path wins: `./human_slices`, or a checkpoint of that name in `folder` (empty: the working directory), is the
    person's own. A folder of that name that holds no checkpoint, as a dataset does, is not meant.
    """
    own = os.path.join(folder, os.path.expanduser(text), "description.json")
    if os.path.exists(own) or text not in (shipped := shipped_checkpoints()):
        return text
    return str(shipped[text])


def is_shipped(checkpoint: str | Path) -> bool:
    """Whether this folder is one of the checkpoints that come with the program, which no command rewrites."""
    real = os.path.realpath(checkpoint)
    return any(os.path.realpath(each) == real for each in shipped_checkpoints().values())


def _folders() -> Iterator[Path]:
    beside_the_code = Path(__file__).parents[3]
    yield beside_the_code / "resources"
    # Only an installed program comes here, and only then the import is paid for.
    import sysconfig

    # Where pip puts a wheel's data: an environment, a person's own packages (--user), any folder (--target).
    user_scheme = sysconfig.get_preferred_scheme("user")
    for place in (sysconfig.get_path("data"), sysconfig.get_path("data", user_scheme), beside_the_code):
        yield Path(place) / "share" / "ebert-browser" / "resources"
