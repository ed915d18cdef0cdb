"""`ebert prepare DATASET.toml`: builds the memory-mapped store that training reads, or says that it is still good."""

import argparse
from pathlib import Path

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import default_directory, prepare
from ebert_core.protocol.showing import is_watched, print_result, tell, tell_over


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
    progress = _Progress()
    store = prepare(dataset, arguments.directory or default_directory(dataset), report=progress.show)
    progress.end()
    size = sum(path.stat().st_size for path in store.directory.iterdir())
    bases = sum(segment.length for segment in store.segments)
    print_result(store.directory)
    tell(f"{bases:,} bases of {len(store.segments)} stretches, {size / 1e6:,.0f} MB")


class _Progress:
    """One line that a person watches; a log gets a line for each tenth."""

    def __init__(self) -> None:
        self._tenth = -1
        self._is_watched = is_watched()

    def show(self, fraction: float, note: str) -> None:
        if self._is_watched:
            tell_over(f"{fraction:4.0%} {note}")
        elif int(fraction * 10) > self._tenth:
            self._tenth = int(fraction * 10)
            tell(f"{fraction:4.0%} {note}")

    def end(self) -> None:
        tell_over("")
