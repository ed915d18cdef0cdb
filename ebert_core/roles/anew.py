"""Requests that are answered anew where a file was replaced on its server while it was read for them."""

from collections.abc import Callable
from typing import Any

import msgspec

from ebert_core.genome.remote import Changed
from ebert_core.roles.session import Handler, Handlers, Report


def reading_anew(handlers: Handlers, forget: Callable[[], object] = lambda: None) -> Handlers:
    """The same handlers, each of which is asked once more after such a change; `forget` closes what is open."""
    return {kind: _anew(handler, forget) for kind, handler in handlers.items()}


def _anew(handler: Handler, forget: Callable[[], object]) -> Handler:
    # Any: each handler takes its own kind of request.
    def handle(request: Any, report: Report) -> msgspec.Struct:
        try:
            return handler(request, report)
        except Changed:
            forget()
            return handler(request, report)

    return handle
