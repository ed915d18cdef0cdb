"""Lets a function do its work and writes down what it is called with."""

from types import ModuleType
from typing import Any

import pytest


def counted(monkeypatch: pytest.MonkeyPatch, owner: ModuleType | type, name: str) -> list[tuple[Any, ...]]:
    """The positional arguments of every later call of this function or method. Any: whatever it takes."""
    calls: list[tuple[Any, ...]] = []
    usual = getattr(owner, name)

    def noting(*given: Any, **more: Any) -> Any:
        calls.append(given)
        return usual(*given, **more)

    monkeypatch.setattr(owner, name, noting)
    return calls
