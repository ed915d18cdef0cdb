"""A plugin of pytest for tools/mutants.py: the record of lines names the test that passes through them.

How long each test takes is written as JSON to the file that `EBERT_TEST_SECONDS` names.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

_seconds: defaultdict[str, float] = defaultdict(float)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Lines that run from here on belong to this test, with what its fixtures run for it."""
    if (record := coverage.Coverage.current()) is not None:
        record.switch_context(item.nodeid)
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Adds the time of a test's fixtures or of the test itself."""
    _seconds[report.nodeid] += report.duration


def pytest_sessionfinish() -> None:
    """Writes the times down."""
    if place := os.environ.get("EBERT_TEST_SECONDS"):
        Path(place).write_text(json.dumps(_seconds), encoding="utf-8")
