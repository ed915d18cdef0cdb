"""Says that a value is what the test needs where its type allows others; fails with the value where it is not."""

from typing import TypeVar

Value = TypeVar("Value")


def present(value: Value | None) -> Value:
    """The value, which is not None."""
    assert value is not None
    return value


def of(kind: type[Value], value: object) -> Value:
    """The value, which is of this kind."""
    assert isinstance(value, kind), value
    return value
