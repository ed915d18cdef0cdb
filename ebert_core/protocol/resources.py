"""Finds the files shipped in `resources/`, in a checkout as in an installed wheel."""

from collections.abc import Iterator
from pathlib import Path

from ebert_core.protocol.errors import InvalidRequest


def resource(name: str) -> Path:
    """Path of a shipped file or folder, `name` being its path under `resources/`.

    Raises:
        InvalidRequest: the installation lacks it.
    """
    for folder in _folders():
        if (folder / name).exists():
            return folder / name
    raise InvalidRequest(f"This installation lacks the file resources/{name}; install EBERT Browser again.")


def _folders() -> Iterator[Path]:
    beside_the_code = Path(__file__).parents[2]
    yield beside_the_code / "resources"
    # Only an installed program comes here, and only then the import is paid for.
    import sysconfig

    # Where pip puts a wheel's data: an environment, a person's own packages (--user), any folder (--target).
    user_scheme = sysconfig.get_preferred_scheme("user")
    for place in (sysconfig.get_path("data"), sysconfig.get_path("data", user_scheme), beside_the_code):
        yield Path(place) / "share" / "ebert-browser" / "resources"
