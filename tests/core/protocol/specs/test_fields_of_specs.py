"""What a field says of itself: its title, and beside which other values it has an effect."""

from typing import Annotated

import msgspec
import pytest

from ebert_core.protocol.specs.fields import field, fields_of


class Toy(msgspec.Struct, frozen=True):
    """A spec whose fields depend on each other."""

    kind: Annotated[str, field("which kind", title="&Kind")] = "quick"
    is_on: Annotated[bool, field("whether it is on")] = False
    rate: Annotated[float, field("a rate", only_with="is_on")] = 1.0
    depth: Annotated[int, field("a depth", only_with="kind=deep")] = 1
    speed: Annotated[int, field("a speed", only_without="kind=deep")] = 1


def test_a_field_has_the_title_that_it_was_given_or_its_name() -> None:
    assert [each.title for each in fields_of(Toy)] == ["&Kind", "Is on", "Rate", "Depth", "Speed"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (Toy(), {"kind", "is_on", "speed"}),
        (Toy(is_on=True), {"kind", "is_on", "rate", "speed"}),
        (Toy(kind="deep"), {"kind", "is_on", "depth"}),
    ],
)
def test_a_field_has_an_effect_with_or_without_another_value_as_it_says(spec: Toy, expected: set[str]) -> None:
    assert {each.name for each in fields_of(Toy) if each.has_effect(spec)} == expected
