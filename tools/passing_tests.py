"""A plugin of pytest for tools/mutants.py: the record of lines names the test that passes through them."""

from collections.abc import Iterator

import coverage
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Lines that run from here on belong to this test, with what its fixtures run for it."""
    if (record := coverage.Coverage.current()) is not None:
        record.switch_context(item.nodeid)
    return (yield)
