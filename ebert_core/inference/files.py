"""What the writers of all formats share: what they are told, and files that appear complete or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from ebert_core.inference.stretches import Block, Region
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.whole_files import whole_file

Append = Callable[[Block, bytes], None]


class Contents(NamedTuple):
    """What a file is to hold, beside its values.

    `threshold` is from where the file's factor is called bound, NaN where no call is made; `regions` are the rows of a
    file that has one for each region.
    """

    lengths: dict[str, int]
    threshold: float
    regions: Sequence[Region] = ()


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
