"""What `torchrun` or a batch system says to each of several processes, in its environment."""

import os

from ebert_core.protocol.errors import InvalidRequest


def launched_number(name: str, otherwise: int) -> int:
    """A whole number of the environment, such as WORLD_SIZE; `otherwise` where it is not set.

    Raises:
        InvalidRequest: it is no whole number of at least 0.
    """
    text = os.environ.get(name) or str(otherwise)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise InvalidRequest(
            f"The environment variable {name} is '{text}', not a whole number; start this with torchrun, or unset it."
        )
    return int(text)
