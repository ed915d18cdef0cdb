"""Requests as the worker reads them."""

from typing import Any, NamedTuple

import msgspec

from ebert_core.protocol.sources import Read, Source, SourceTable
from ebert_core.protocol.terms.locus import Interval

_SOURCES = SourceTable(Source.__subclasses__())


class Asked(NamedTuple):
    """A request for sources, as the worker reads it."""

    sources: tuple[Source, ...]
    interval: Interval
    columns: int

    @property
    def source(self) -> Any:
        """The only source, or the first."""
        return self.sources[0]


def as_read(body: msgspec.Struct) -> msgspec.Struct | Asked:
    return Asked(_SOURCES.sources_of(body), body.interval, body.columns) if isinstance(body, Read) else body


def is_of(body: object, kind: type) -> bool:
    """Whether this asks for sources of a kind, or is a request of this type."""
    return isinstance(body.source if isinstance(body, Asked) else body, kind)
