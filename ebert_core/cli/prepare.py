"""`ebert prepare DATASET.toml`: builds the memory-mapped store that training reads, or says that it is still good."""

import argparse
from pathlib import Path

from ebert_core.cli.progress import Progress, loudness_of
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import default_directory, prepare
from ebert_core.protocol.showing import print_result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("dataset", metavar="DATASET.toml", type=Path, help="the dataset to store")
    parser.add_argument("--directory", metavar="D", type=Path, help="where; beside the dataset unless given")


def run(arguments: argparse.Namespace) -> None:
    """Builds the store and prints where it lies.

    Raises:
        InvalidRequest: a file is wrong, or the store cannot be written.
    """
    dataset = Dataset.open(arguments.dataset)
    progress = Progress(loudness_of(arguments))
    store = prepare(dataset, arguments.directory or default_directory(dataset), report=progress.show)
    progress.done()
    size = sum(path.stat().st_size for path in store.directory.iterdir())
    bases = sum(segment.length for segment in store.segments)
    print_result(store.directory)
    progress.line(f"{bases:,} bases of {len(store.segments)} stretches, {size / 1e6:,.0f} MB")
