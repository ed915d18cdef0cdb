"""The option `--overwrite`, without which no command replaces what another job has finished."""

import argparse

from ebert_core.jobs.control import Judge
from ebert_core.protocol.specs.jobs import JobSpec

ADVICE = "Name another output, or let it be replaced with --overwrite."


def add_overwrite(parser: argparse._ActionsContainer) -> None:
    """Adds the option."""
    parser.add_argument(
        "--overwrite", action="store_true", help="replace what another job has finished at the same output"
    )


def refuse_loss(spec: JobSpec, arguments: argparse.Namespace) -> None:
    """Refuses to replace the finished result of another request, unless the command line asks for that.

    Raises:
        InvalidRequest: names the result that would be lost.
    """
    judge = judge_of(arguments)
    if judge is not None:
        judge(spec, True)


def judge_of(arguments: argparse.Namespace) -> Judge | None:
    """What refuses to replace the finished result of another job; None where the command line asks for that."""
    return None if arguments.overwrite else _judge


def _judge(spec: JobSpec, may_be_own: bool) -> None:
    from ebert_core.training.replacing import refuse_to_replace

    refuse_to_replace(spec, ADVICE, may_be_own=may_be_own)
