"""The next batch is read while the network computes on the present one."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


@contextmanager
def read_ahead(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """A context in which the items come in their order, each made in a thread while the one before it is used.

    The thread is the only one that advances `items`, it is one item ahead at most, and it has ended when the context
    is left: what is not safe between threads, such as an open file, may be read by others before and after, not within.
    An error in making an item is raised where that item is asked for.
    """
    source, end = iter(items), object()
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as reader:

        def each() -> Iterator[Item]:
            coming = reader.submit(next, source, end)
            while (item := coming.result()) is not end:
                coming = reader.submit(next, source, end)
                yield item  # type: ignore[misc]  # it is no end

        yield each()
