"""The program `ebert`: one table of commands, and how each of them ends.

Exit codes are those of `outcomes.Ending`, which docs/commands.md explains. Results go to stdout or the named file, all
else to stderr. A command's module is imported only when it is asked for, so that a data worker never waits for torch.
"""

import argparse
import importlib
import signal
import sys
import threading
from collections.abc import Sequence
from importlib.metadata import version
from types import FrameType, ModuleType
from typing import NamedTuple

from ebert_core.cli.outcomes import Ending
from ebert_core.cli.progress import add_loudness, loudness_of
from ebert_core.cli.words import CommandParser
from ebert_core.protocol.machine.arguments import empty_value
from ebert_core.protocol.machine.showing import tell
from ebert_core.protocol.machine.threads import choose_threads, take_threads
from ebert_core.protocol.messages import EXIT_WITHOUT_TORCH
from ebert_core.protocol.terms.errors import InvalidRequest, file_problem
from ebert_core.protocol.terms.report import Stopped

_THREADS = "processor threads to compute on (default: what the batch system gave, else all cores)"


class Command(NamedTuple):
    """One command: the module in `ebert_core.cli` that has `add_arguments` and `run`, and its line of help.

    One that `is_long` says how far it is, and has `--quiet`, `--verbose` and `--threads`.
    """

    module: str
    help: str
    is_long: bool = False


COMMANDS = {
    "demo": Command("demo", "build the demonstration and open the window on it", is_long=True),
    "prepare": Command("prepare", "build the memory-mapped store that training reads", is_long=True),
    "pretrain": Command("train", "masked-language-model pre-training from a spec", is_long=True),
    "finetune": Command("train", "fine-tuning on measured peaks from a spec", is_long=True),
    "evaluate": Command("train", "scores of a checkpoint and its controls from a spec", is_long=True),
    "show": Command("show", "what a checkpoint or a dataset is, and the checkpoints that come with the program"),
    "check": Command("check", "all that is wrong with a dataset, before anything is made of it", is_long=True),
    "spec": Command("spec", "a commented spec of one of these commands, to go on from"),
    "learning-curve": Command("learning_curve", "what labels and pre-training bring to a fine-tuning", is_long=True),
    "average": Command("average", "several fine-tuned checkpoints as one", is_long=True),
    "calibrate": Command(
        "calibrate", "what the probabilities of a finished checkpoint are worth, measured anew", is_long=True
    ),
    "predict": Command("predict", "predicted binding as bigWig, BED or table", is_long=True),
    "compare": Command("compare", "difference or ratio of two signals as bigWig", is_long=True),
    "dream": Command("dream", "label files, scores and ranking of the ENCODE-DREAM challenge"),
    "jobs": Command("jobs", "list, show, stop, resume and prune jobs"),
    "worker": Command("worker", "one worker process on stdin and stdout"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if problem := empty_value(words):
        tell(f"ebert: {problem}")
        return Ending.REFUSED
    parsed = parser_of(words).parse_args(words)
    parsed.words = words
    if parsed.command != "worker" and threading.current_thread() is threading.main_thread():
        # Whoever is asked to end removes what it has half written; a worker writes nothing.
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        _take_threads(parsed)
        code: int | None = _module(parsed.command).run(parsed)
    except Stopped as error:
        tell(f"ebert {parsed.command}: {error}")
        return Ending.STOPPED
    except InvalidRequest as error:
        tell(f"ebert {parsed.command}: {error}")
        return Ending.REFUSED
    except BrokenPipeError:
        return Ending.NOT_WELL
    except OSError as error:
        if not (problem := file_problem(error)):
            raise
        tell(f"ebert {parsed.command}: {problem}")
        return Ending.REFUSED
    except KeyboardInterrupt:
        tell(f"ebert {parsed.command}: stopped.")
        return Ending.STOPPED
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "safetensors"):
            raise
        tell(f"ebert {parsed.command} needs PyTorch; run: pip install 'ebert-browser[model]'")
        return EXIT_WITHOUT_TORCH if parsed.command == "worker" else Ending.REFUSED
    return code or Ending.DONE


def _take_threads(parsed: argparse.Namespace) -> None:
    """Settles how many threads torch and the others take, before they are loaded; says so where somebody chose."""
    threads = choose_threads(getattr(parsed, "threads", ""))
    take_threads(threads)
    if (words := threads.words()) and COMMANDS[parsed.command].is_long and loudness_of(parsed) != "quiet":
        tell(f"ebert {parsed.command}: {words}.")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"ebert_core.cli.{COMMANDS[command].module}")


def parser_of(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; only the command that was asked for loads its module and gets its arguments."""
    parser = CommandParser(prog="ebert", description="EBERT Browser on the command line.")
    parser.add_argument("--version", action="version", version=version("ebert-browser"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        # Not capitalize(): it would write "bigwig".
        sentence = f"{command.help[0].upper()}{command.help[1:]}."
        added = commands.add_parser(name, help=command.help, description=sentence)
        if name == next((word for word in words if not word.startswith("-")), None):
            _module(name).add_arguments(added)
            if command.is_long:
                add_loudness(added)
                added.add_argument("--threads", default="", metavar="N", help=_THREADS)
    return parser
