"""A disk that is full for a while, which a limit on the size of files stands for."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager


class Disk:
    """No file of this process may grow beyond a size while it is full: what a full disk does to whoever writes."""

    def __init__(self) -> None:
        self._soft, self._hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self, size: int = 0) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, self._hard))

    def free(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (self._soft, self._hard))


@contextmanager
def files_of_at_most(size: int) -> Iterator[Disk]:
    """Hold the limit within a block only: what the tests print may go to a file, too."""
    disk = Disk()
    disk.fill(size)
    try:
        yield disk
    finally:
        disk.free()
