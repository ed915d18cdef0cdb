"""What the writers of all formats share: what they are told, and files that appear complete or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from ebert_core.genome.bgzf import IndexedLines
from ebert_core.inference.stretches import Block, Region
from ebert_core.protocol.machine.whole_files import whole_file
from ebert_core.protocol.terms.errors import InvalidRequest

Append = Callable[[Block, bytes], None]


class Contents(NamedTuple):
    """What a file is to hold, beside its values.

    `threshold` is from where the file's factor is called bound, NaN where no call is made; `regions` are the rows of a
    file that has one for each region; `factor` and `cell_type` say what is predicted.
    """

    lengths: dict[str, int]
    threshold: float
    regions: Sequence[Region] = ()
    factor: str = ""
    cell_type: str = ""


class NothingToWrite(InvalidRequest):
    """No bin that was asked for has a value."""


@contextmanager
def complete_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears complete or not at all."""
    try:
        with whole_file(path) as file:
            yield file
    except OSError as error:
        raise InvalidRequest(f"{path} could not be written: {error.strerror or error}.") from error


@contextmanager
def indexed_file(path: Path, level: int = 6) -> Iterator[IndexedLines]:
    """A file of sorted lines as of `bgzip`, and its index as of `tabix` beside it, `X.gz.tbi`."""
    beside = path.with_name(f"{path.name}.tbi")
    with complete_file(path) as file:
        lines = IndexedLines(file, level)
        yield lines
        lines.finish()
        # An index of other lines would lead readers to wrong places.
        beside.unlink(missing_ok=True)
    if (index := lines.index()) is not None:
        with complete_file(beside) as file:
            file.write(index)
