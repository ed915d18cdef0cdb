"""The colours that drawing needs, by name; the window's theme has them all."""

from collections.abc import Mapping
from typing import Protocol


class Palette(Protocol):
    """Named colours as `#rrggbb`; `attention` are the stops of a colour map from nothing to the largest weight."""

    @property
    def window(self) -> str: ...  # noqa: D102 - the names say it
    @property
    def canvas(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def muted(self) -> str: ...  # noqa: D102
    @property
    def hairline(self) -> str: ...  # noqa: D102
    @property
    def border(self) -> str: ...  # noqa: D102
    @property
    def accent(self) -> str: ...  # noqa: D102
    @property
    def selection(self) -> str: ...  # noqa: D102
    @property
    def warning(self) -> str: ...  # noqa: D102
    @property
    def warning_background(self) -> str: ...  # noqa: D102
    @property
    def error(self) -> str: ...  # noqa: D102
    @property
    def gene(self) -> str: ...  # noqa: D102
    @property
    def peak(self) -> str: ...  # noqa: D102
    @property
    def prediction(self) -> str: ...  # noqa: D102
    @property
    def threshold(self) -> str: ...  # noqa: D102
    @property
    def missing(self) -> str: ...  # noqa: D102
    @property
    def signals(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def bases(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def attention(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def familiarity(self) -> Mapping[str, str]: ...  # noqa: D102
