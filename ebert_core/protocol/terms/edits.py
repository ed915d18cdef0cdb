"""Edits: what a person changed in the sequence or the chromatin before asking the model."""

import msgspec


class BaseEdit(msgspec.Struct, frozen=True, tag="base"):
    """Replace the base at a position; `base` is one of A, C, G, T, N."""

    chromosome: str
    position: int
    base: str


class StateEdit(msgspec.Struct, frozen=True, tag="state"):
    """Paint one state over [start, end); an empty name means missing."""

    chromosome: str
    start: int
    end: int
    state: str


Edit = BaseEdit | StateEdit
