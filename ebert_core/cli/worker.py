"""`ebert worker data | model`: one worker process that a window talks to over stdin and stdout."""

import argparse
import sys

from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.roles.orphans import die_with_parent, ending_with
from ebert_core.roles.streams import take_streams


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the role to the parser of `ebert worker`."""
    parser.add_argument("role", choices=["data", "model"], help="reads tracks and follows jobs, or runs a checkpoint")


def run(arguments: argparse.Namespace) -> None:
    """Serves one role until the window goes.

    Raises:
        InvalidRequest: a person started it in a terminal.
    """
    if sys.stdout.isatty() or sys.stdin.isatty():
        raise InvalidRequest("a worker talks to the window over pipes; start ebert-browser, which starts its workers.")
    # Before the imports below: a library that prints must not write into the protocol.
    streams = take_streams()
    die_with_parent()
    from ebert_core.roles.session import serve

    if arguments.role == "data":
        from ebert_core.roles.data import handlers as data_handlers

        serve("data", data_handlers(), streams=streams)
    else:
        # Importing torch takes seconds, in which the window may go.
        with ending_with(streams.from_window):
            from ebert_core.roles.model import handlers as model_handlers

            table, details = model_handlers()
        serve("model", table, details, streams=streams)
