"""Scales: how far up in a row a value stands, on a linear, a logarithmic or a symmetric logarithmic axis."""

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Spacing = Literal["linear", "log", "symlog"]

# A symmetric logarithm is about linear as far from 0 as this share of the end of the scale that is further away.
_LINEAR_SHARE = 0.01


class Scale(NamedTuple):
    """The values at the lower and upper edge of a track, and how those between them are spaced.

    `low` is above 0 on a logarithmic axis.
    """

    low: float = 0.0
    high: float = 1.0
    spacing: Spacing = "linear"

    def share(self, values: ArrayLike) -> NDArray[np.float64]:
        """How far up values stand: 0 at the lower edge, 1 at the upper one, others beyond; NaN where there is none.

        On a logarithmic axis what is not above 0 stands infinitely far below.
        """
        low, high = self._spaced(self.low), self._spaced(self.high)
        return (self._spaced(values) - low) / (high - low)

    def value_at(self, share: ArrayLike) -> NDArray[np.float64]:
        """The values that stand so far up: what `share` says, the other way round."""
        low, high = self._spaced(self.low), self._spaced(self.high)
        spaced = low + np.asarray(share, dtype=np.float64) * (high - low)
        match self.spacing:
            case "log":
                return np.exp(spaced)
            case "symlog":
                return np.sign(spaced) * np.expm1(np.abs(spaced)) * self._linear_to
        return np.asarray(spaced)

    @property
    def between(self) -> tuple[float, ...]:
        """Values between the ends that are worth a number: 0, and on a logarithmic axis powers of ten."""
        zero = (0.0,) if self.low < 0 < self.high else ()
        if self.spacing == "linear":
            return zero
        above = _powers(self.low if self.spacing == "log" else self._linear_to, self.high)
        below = _powers(self._linear_to, -self.low) if self.spacing == "symlog" else iter(())
        return (*zero, *sorted((*above, *(-power for power in below)), key=lambda power: -abs(power)))

    def _spaced(self, values: ArrayLike) -> NDArray[np.float64]:
        given = np.asarray(values, dtype=np.float64)
        match self.spacing:
            case "log":
                with np.errstate(divide="ignore", invalid="ignore"):
                    return np.where(given > 0, np.log(given), np.where(np.isnan(given), np.nan, -np.inf))
            case "symlog":
                return np.sign(given) * np.log1p(np.abs(given) / self._linear_to)
        return given

    @property
    def _linear_to(self) -> float:
        return power_below(max(abs(self.low), abs(self.high))) * _LINEAR_SHARE


def power_below(value: float) -> float:
    """The largest power of ten that is not above a value, which is above 0."""
    power = math.floor(math.log10(value))
    return float(f"1e{power}")


def _powers(low: float, high: float) -> Iterator[float]:
    """The powers of ten between two values above 0, which are none of them."""
    if low < high:
        for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
            value = float(f"1e{power}")
            if low < value < high:
                yield value


def number_words(value: float) -> str:
    """A number of a scale as short as it is: `0.5`, `100`, `1e6`."""
    mantissa, sign, exponent = f"{value:g}".partition("e")
    return f"{mantissa}{sign}{int(exponent)}" if sign else mantissa
