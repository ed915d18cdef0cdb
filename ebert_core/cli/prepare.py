"""`ebert prepare DATASET.toml`: builds the memory-mapped store that training reads, or says that it is still good."""

import argparse
from pathlib import Path

from ebert_core.cli.progress import Progress, loudness_of
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import prepare, prepared
from ebert_core.dataset.store import Store
from ebert_core.dataset.store_places import VARIABLE, is_looked_for
from ebert_core.protocol.machine.showing import print_result
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Warned
from ebert_core.protocol.terms.wording import listed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("dataset", metavar="DATASET.toml", type=Path, help="the dataset to store")
    parser.add_argument(
        "--directory",
        metavar="D",
        type=Path,
        help="where; unless given, the first place that can be written of: what the dataset's `store` says, "
        f"${VARIABLE}, beside the dataset, your own folder",
    )


def run(arguments: argparse.Namespace) -> None:
    """Builds the store and prints where it lies; one that is there already is read in full.

    Raises:
        InvalidRequest: a file is wrong, or the store cannot be written.
    """
    dataset = Dataset.open(arguments.dataset)
    progress = Progress(loudness_of(arguments))

    def whole(store: Store) -> Store:
        try:
            return store.check()
        except InvalidRequest as error:
            progress.line(Warned(f"{error} It is made again now."))
            raise

    if arguments.directory:
        store = prepare(dataset, arguments.directory, report=progress.show, trusted=whole)
    else:
        store = prepared(dataset, progress.show, whole)
    progress.done()
    size = sum(path.stat().st_size for path in store.directory.iterdir())
    bases = sum(segment.length for segment in store.segments)
    print_result(store.directory)
    progress.line(f"{bases:,} bases of {len(store.segments)} stretches, {size / 1e6:,.0f} MB")
    if store.index.ambiguous:
        counted = ", ".join(f"{count:,} {letter}" for letter, count in store.index.ambiguous.items())
        progress.line(f"Letters that are neither bases nor N are read as N: {counted}.")
    if without := dataset.without_peaks(dataset.cell_types, dataset.factors):
        said = f"no peaks at all of {listed(without)}: unbound everywhere, if the experiment worked."
        progress.line(Warned(said))
    if not is_looked_for(dataset, store.directory):
        progress.line(use_of(dataset, store.directory))


def use_of(dataset: Dataset, directory: Path) -> str:
    """What makes all commands find a store that lies where nobody looks for it."""
    place = str(directory.absolute()).replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'Nothing looks for it there yet. Above the first [table] of {dataset.path} add the line: store = "{place}". '
        f"Or set the variable {VARIABLE}={directory.absolute()}."
    )
