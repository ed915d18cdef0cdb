"""The colour of what lies below zero: one that everybody can tell from the colour above it."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

# How people without cones for long, middle or short waves see linear RGB: Machado, Oliveira and Fernandes (2009),
# severity 1, and the colours as they are.
_VISIONS = np.array(
    [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]
)


@lru_cache(maxsize=256)
def second_colour(colour: str, candidates: tuple[str, ...]) -> str:
    """That of the candidates which is furthest from a colour for whoever sees least difference between the two."""
    return max(candidates, key=lambda each: least_difference(colour, each))


def least_difference(one: str, other: str) -> float:
    """The least difference between two colours that anybody sees, in CIE Lab."""
    seen = np.linalg.norm(_seen(one) - _seen(other), axis=1)
    return float(seen.min())


def _seen(colour: str) -> NDArray[np.float64]:
    value = np.array(QColor(colour).getRgbF()[:3])
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.array([_lab(vision @ linear) for vision in _VISIONS])


def _lab(linear: NDArray[np.float64]) -> Sequence[float]:
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = matrix @ np.clip(linear, 0, 1) / [0.9505, 1.0, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))
