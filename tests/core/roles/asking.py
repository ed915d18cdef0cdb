"""A role's table, called in this process."""

from collections.abc import Callable
from typing import Any

import msgspec

from ebert_core.protocol.sources import Read, Shapes, Source, read_request
from ebert_core.protocol.terms.locus import Interval
from ebert_core.roles.data import handlers


def of(source: Source, interval: Interval, columns: int = 2000) -> Read:
    """The request for one source."""
    return read_request([source], interval, columns)


def quiet(fraction: float, note: str = "") -> None:
    """Nobody watches how far a role is."""


def data_role() -> Callable[[msgspec.Struct], Any]:
    """Asks the data role; what is read of one source comes as its shape."""
    table = handlers()

    def ask(request: msgspec.Struct) -> Any:
        reply = table[type(request)](request, quiet)
        return reply.shapes[0] if isinstance(reply, Shapes) else reply

    return ask
