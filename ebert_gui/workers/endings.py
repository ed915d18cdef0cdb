"""How a worker's process ended: in a sentence, and whether somebody wanted it."""

from enum import StrEnum

from ebert_core.protocol.messages import EXIT_WITHOUT_TORCH, Role

# The signals that ask a process to end, without a mistake of its own: a shutdown, or a person.
_ASKED_TO_END = frozenset([1, 2, 15])
# What ends a process without asking: a person, or a machine without memory left.
_KILLED = 9


class Ending(StrEnum):
    """Why a process is no more, as far as Qt can tell."""

    NOT_STARTED = "not started"
    EXITED = "exited"
    CRASHED = "crashed"


def was_killed_from_outside(ending: Ending, code: int) -> bool:
    """Whether something else ended the process without asking it; `code` is the signal of a crash."""
    return ending is Ending.CRASHED and code == _KILLED


def was_asked_to_end(ending: Ending, code: int) -> bool:
    """Whether the process ended because it was asked to; `code` is its exit code, or the signal of a crash."""
    return code == 0 if ending is Ending.EXITED else code in _ASKED_TO_END


def lacks_torch(ending: Ending, code: int) -> bool:
    """Whether a model worker ended because PyTorch is not installed where it runs."""
    return ending is Ending.EXITED and code == EXIT_WITHOUT_TORCH


def ending_sentence(role: Role, program: str, ending: Ending, code: int) -> str:
    """What is said of a worker that ended."""
    match ending:
        case Ending.NOT_STARTED:
            return f"The {role} worker could not be started: {program} does not run."
        case Ending.CRASHED:
            return f"The {role} worker was ended from outside or crashed."
        case Ending.EXITED:
            return f"The {role} worker ended by itself (exit code {code})."
