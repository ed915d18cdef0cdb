"""`ebert show`: what a checkpoint, a dataset or another file is; without a name, the checkpoints of the program.

With --formats, the formats of files that can be opened, those of other packages among them.
"""

import argparse
import os
import shlex
from pathlib import Path

import msgspec

from ebert_core.cli.options import add_shared, print_json
from ebert_core.cli.outcomes import Ending
from ebert_core.cli.showing_checkpoints import ListedCheckpoint, ShownCheckpoint, checkpoint_lines, shown_checkpoint
from ebert_core.cli.showing_datasets import ShownDataset, dataset_lines, shown_dataset
from ebert_core.genome.kinds import kind_of_file, recognisers
from ebert_core.model.description import read_description
from ebert_core.protocol.machine.resources import named_checkpoint, shipped_checkpoints
from ebert_core.protocol.machine.showing import print_result, shown
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import all_of, did_you_mean, listed
from ebert_core.protocol.tracks import FileFormat


class ShownFile(msgspec.Struct, frozen=True):
    """Any other file that the program opens: what it is, in a word and in a sentence."""

    kind: str
    path: str
    sentence: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what to show."""
    parser.add_argument(
        "what",
        metavar="WHAT",
        nargs="?",
        help="a checkpoint's folder, the name of one that comes with the program, a DATASET.toml, "
        "or another file; without it, the checkpoints that come with the program",
    )
    parser.add_argument("--formats", action="store_true", help="list the formats of files that can be opened instead")
    add_shared(parser, "json")


def run(arguments: argparse.Namespace) -> int:
    """Prints it as text or as JSON; the exit code says whether the weights of a checkpoint are whole.

    Raises:
        InvalidRequest: it is nothing that this program opens, or cannot be read.
    """
    if arguments.formats and arguments.what:
        raise InvalidRequest(f"--formats lists all formats and takes no name; leave out {arguments.what}.")
    found = recognisers().formats if arguments.formats else _found(arguments.what) if arguments.what else _shipped()
    ending = Ending.NOT_WELL if isinstance(found, ShownCheckpoint) and found.damage else Ending.DONE
    if arguments.json:
        print_json(found)
        return ending
    match found:
        case ShownCheckpoint():
            lines = checkpoint_lines(found)
        case ShownDataset():
            lines = dataset_lines(found)
        case ShownFile():
            lines = [f"{found.path}: {found.sentence} See it with: ebert-browser {shlex.quote(arguments.what)}"]
        case _:
            lines = [_line(each) for each in found]
    print_result("\n".join(map(shown, lines)))
    return ending


def _found(text: str) -> ShownCheckpoint | ShownDataset | ShownFile:
    path = Path(os.path.expanduser(named_checkpoint(text)))
    if not path.exists():
        names = list(shipped_checkpoints())
        hint = did_you_mean(text, names)
        raise InvalidRequest(
            f"There is no checkpoint or dataset {text}; {f'{hint} The' if hint else 'the'} checkpoints that come with "
            f"the program are {all_of(names)}."
        )
    if path.is_dir():
        return shown_checkpoint(path)
    found = kind_of_file(path)
    if found.kind != "dataset":
        return ShownFile(found.kind, str(path.absolute()), found.sentence)
    return shown_dataset(path)


def _shipped() -> list[ListedCheckpoint]:
    found = []
    for name, path in shipped_checkpoints().items():
        description = read_description(path)
        found.append(
            ListedCheckpoint(
                name=name,
                path=str(path),
                assembly=description.assembly,
                is_synthetic=description.seed is not None,
                factors=tuple(record.name for record in description.factors),
                cell_types=description.cell_types,
            )
        )
    return found


def _line(each: ListedCheckpoint | FileFormat) -> str:
    if isinstance(each, FileFormat):
        endings = f" ({', '.join(each.endings)})" if each.endings else ""
        brought = f"; from the package {each.package}" if each.package else ""
        return f"{each.name}{endings}: {', '.join(each.kinds) or 'no track'}{brought}"
    of = "a SYNTHETIC genome" if each.is_synthetic else each.assembly
    return f"{each.name}: {listed(each.factors)} on {of}, trained in {listed(each.cell_types)}"
