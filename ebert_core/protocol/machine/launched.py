"""What `torchrun` or a batch system says to each of several processes, in its environment."""

import os
from typing import NamedTuple

from ebert_core.protocol.terms.errors import InvalidRequest


class Launched(NamedTuple):
    """One of several processes that were started together: its number among all and on its machine, counted from 0.

    All of them find each other at `host` and `port`.
    """

    rank: int
    size: int
    local_rank: int
    host: str
    port: int


def launched() -> Launched | None:
    """This process among those that it was started with; None where it runs alone.

    Raises:
        InvalidRequest: a variable is no whole number, or the number of this process is missing or too large.
    """
    size = _number("WORLD_SIZE", 1)
    if size <= 1:
        return None
    if not os.environ.get("RANK"):
        raise InvalidRequest(f"WORLD_SIZE is {size} but RANK is not set; start this with torchrun, or unset both.")
    rank = _number("RANK", 0)
    if rank >= size:
        raise InvalidRequest(f"RANK is {rank} but WORLD_SIZE is {size}; start this with torchrun, or unset both.")
    host, port = os.environ.get("MASTER_ADDR") or "127.0.0.1", _number("MASTER_PORT", 29500)
    return Launched(rank, size, _number("LOCAL_RANK", 0), host, port)


def _number(name: str, otherwise: int) -> int:
    text = os.environ.get(name) or str(otherwise)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise InvalidRequest(
            f"The environment variable {name} is '{text}', not a whole number; start this with torchrun, or unset it."
        )
    return int(text)
