"""`ebert check DATASET.toml`: reads all that a dataset names and says everything that is wrong with it.

Exit code 1 where anything is, so that a script stops there.
"""

import argparse
from pathlib import Path

from ebert_core.cli.options import add_shared, print_json
from ebert_core.cli.outcomes import Ending
from ebert_core.cli.progress import Progress, loudness_of
from ebert_core.dataset.check import Check, check_dataset
from ebert_core.protocol.machine.showing import print_result, shown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the dataset."""
    parser.add_argument("dataset", metavar="DATASET.toml", type=Path, help="the dataset to check; nothing is prepared")
    add_shared(parser, "json")


def run(arguments: argparse.Namespace) -> int:
    """Prints what is wrong, or that nothing is; the exit code.

    Raises:
        InvalidRequest: the file cannot be read or is no TOML.
    """
    progress = Progress(loudness_of(arguments))
    check = check_dataset(arguments.dataset, progress.show)
    progress.clear()
    if arguments.json:
        print_json(check)
    else:
        print_result("\n".join(map(shown, _lines(check))))
    return Ending.NOT_WELL if check.faults else Ending.DONE


def _lines(check: Check) -> list[str]:
    if not check.faults:
        files = len(check.files) + len(check.addresses)
        return [*check.remarks, f"{check.path}: no fault in {files} files; sha256 {check.sha256}"]
    count = "1 fault" if len(check.faults) == 1 else f"{len(check.faults)} faults"
    faults = [f"{fault.key or 'file'}: {fault.problem}" for fault in check.faults]
    return [*faults, *check.remarks, f"{check.path}: {count}"]
