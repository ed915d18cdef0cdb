"""What a finished job has to say beyond the path of what it made: a verdict, or a table of scores."""

from enum import IntEnum
from pathlib import Path

from ebert_core.protocol.specs.jobs import Evaluate, FineTune, JobSpec
from ebert_core.protocol.terms.verdict import Verdict


class Ending(IntEnum):
    """The exit codes of all commands. A mistake of ours ends with Python's own 1 and a traceback."""

    DONE = 0
    # Faults were found and stand on stdout, or nobody reads stdout any more.
    NOT_WELL = 1
    REFUSED = 2
    STOPPED = 130


def verdict_on(spec: JobSpec, output: Path) -> Verdict | None:
    """The verdict that a fine-tuning ended with, which its job keeps; the checkpoint may be replaced later."""
    if not isinstance(spec, FineTune):
        return None
    from ebert_core.model.description import read_description

    return read_description(output).verdict


def summary_of(spec: JobSpec, output: Path) -> str:
    """What to print for a person before the path: the scores of an evaluation as a table."""
    if not isinstance(spec, Evaluate):
        return ""
    from ebert_core.judging.evaluation import Evaluation, masked_table, read_evaluation, table

    evaluation = read_evaluation(output)
    return f"{table(evaluation) if isinstance(evaluation, Evaluation) else masked_table(evaluation)}\n"
