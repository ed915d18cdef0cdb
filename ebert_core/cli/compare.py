"""`ebert compare FIRST SECOND --output X.bw`: the difference or ratio of two signals, as the window draws it."""

import argparse
from pathlib import Path

from ebert_core.cli.options import add_shared
from ebert_core.cli.progress import loudness_of
from ebert_core.cli.terminal import Terminal
from ebert_core.jobs.lock import writing_to
from ebert_core.protocol.machine.showing import print_result
from ebert_core.protocol.sources import Comparison
from ebert_core.protocol.terms.errors import InvalidRequest

_BY: dict[str, Comparison] = {"difference": "difference", "ratio": "ratio", "log2-ratio": "log ratio"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the files, how to compare them, and what to write."""
    parser.add_argument("first", metavar="FIRST", help="a bigWig, bedGraph or wig, or its address")
    parser.add_argument("second", metavar="SECOND", help="the one that is subtracted or divided by")
    parser.add_argument("--by", choices=tuple(_BY), default="difference", help="(default: difference)")
    parser.add_argument(
        "--add", metavar="X", type=float, default=1.0, help="added to both before they are divided (default: 1)"
    )
    parser.add_argument(
        "--keep-gaps",
        action="store_true",
        help="no value where only one of them has one (default: the other counts as 0)",
    )
    parser.add_argument(
        "--smooth", metavar="N", type=int, default=0, help="the moving mean over a window of N bases (default: none)"
    )
    parser.add_argument("--step", metavar="N", type=int, default=50, help="bases of each bin (default: 50)")
    add_shared(parser, "chromosomes", chromosomes="only these (default: all)")
    add_shared(parser, "output", required=["output"], output="a bigWig, X.bw")


def run(arguments: argparse.Namespace) -> None:
    """Writes the file and prints its path.

    Raises:
        InvalidRequest: a file cannot be read or written, or a number makes no sense.
    """
    from ebert_core.roles.written_signals import Comparing, write_comparison

    if not arguments.add >= 0:
        raise InvalidRequest(f"--add {arguments.add:g} makes no sense; it is 0 or more.")
    if arguments.smooth < 0:
        raise InvalidRequest(f"--smooth {arguments.smooth:,} makes no sense; it is 0 or more bases.")
    comparing = Comparing(
        arguments.first,
        arguments.second,
        _BY[arguments.by],
        arguments.add,
        not arguments.keep_gaps,
        arguments.smooth,
    )
    output = Path(arguments.output).absolute()
    with Terminal(loudness=loudness_of(arguments)) as shown, writing_to(output, "ebert compare"):
        written = write_comparison(comparing, str(output), arguments.step, arguments.chromosomes or (), shown.progress)
    print_result(written.path)
