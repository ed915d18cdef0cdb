"""Settings: how a track is drawn, as a person chose it. Each way of drawing has a struct of its own.

A field says its rule, its title and its words in its annotation (`protocol.specs.fields`). The panel of settings,
the menu of a track, undo and the session read them there, so that a setting is written once.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Annotated, Any, Self

import msgspec

from ebert_core.protocol.sources import Source
from ebert_core.protocol.specs.fields import Field, field, fields_of

COLOURS = "Colours"


class Mixed(Enum):
    """Stands for the value of a field that is not the same in several settings."""

    MIXED = "mixed"


MIXED = Mixed.MIXED


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What can be chosen of every track; `colour` is `#rrggbb`, or empty for the usual one."""

    colour: Annotated[
        str, field("the colour of the track", title="Colour", holds="colour", empty="usual", group=COLOURS)
    ] = ""

    @classmethod
    def of_older(cls, written: Mapping[str, Any]) -> dict[str, Any]:
        """The settings in a track that was written before these were apart: the values of fields of the same names."""
        return {name: written[name] for name in cls.__struct_fields__ if name in written}

    def problem(self) -> str:
        """Why these values do not go together, in a sentence; empty where they do."""
        return ""

    def read_as(self, source: Source) -> Source:
        """What is read for a source that is drawn with these settings, where they concern more than drawing."""
        return source

    def changed(self, **values: Any) -> Self:  # Any: the values of the fields
        """These settings with some of them at other values; names that they have not got are passed over."""
        own = {name: value for name, value in values.items() if name in self.__struct_fields__}
        return msgspec.structs.replace(self, **own)

    def like(self, other: "Settings") -> Self:
        """These settings with the values of another's, as far as both have the same field."""
        shared = shared_fields((self, other))
        return msgspec.structs.replace(self, **{each.name: getattr(other, each.name) for each in shared})


def shared_fields(several: Iterable[Settings]) -> tuple[Field, ...]:
    """The fields that all of these have, of one name and one rule, in the order of the first."""
    kinds = list(dict.fromkeys(type(each) for each in several))
    if not kinds:
        return ()
    others = [fields_of(kind) for kind in kinds[1:]]
    return tuple(each for each in fields_of(kinds[0]) if all(each in other for other in others))


def value_of(several: Iterable[msgspec.Struct], name: str) -> Any:  # Any: the fields are of several types
    """The value that a field has in all of these; MIXED where they differ."""
    values = [getattr(each, name) for each in several]
    return values[0] if all(value == values[0] for value in values) else MIXED
