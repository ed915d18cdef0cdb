"""The colour of each feature: what the file says, its strand or its score, and never one that the canvas hides."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PyQt6.QtGui import QColor

from ebert_gui.browser.palette import Palette
from ebert_gui.looks.feature_rows import Feature
from ebert_gui.looks.feature_settings import FeatureSettings
from ebert_gui.looks.mixed import mixed

_SHADES = 8
# How much of the canvas is in the colour of the lowest score.
_PALEST = 0.78
# The scores of BED go to 1,000; others to what nearly all features have.
_BED_MAXIMUM = 1_000.0
_USUAL_SHARE = 95
# Contrast below which a colour is taken nearer to that of text (WCAG's ratio), and how near.
_LEAST_CONTRAST, _TOWARDS_TEXT = 1.6, 0.45


def colours_of(
    features: Sequence[Feature], settings: FeatureSettings, palette: Palette, usual: str, *, is_shaded: bool
) -> tuple[str, ...]:
    """A colour for each feature; `is_shaded` where the file asks that scores shade what it says."""
    own = settings.colour or usual
    if settings.colour_by == "strand":
        by_strand = {"+": palette.signals[0], "-": palette.signals[1]}
        return tuple(by_strand.get(each.strand, own) for each in features)
    if settings.colour_by == "score":
        return _shaded(features, (own,) * len(features), palette)
    said = tuple(settings.colour or visible(each.colour, palette.canvas, palette.text) or own for each in features)
    return _shaded(features, said, palette) if is_shaded else said


def _shaded(features: Sequence[Feature], colours: tuple[str, ...], palette: Palette) -> tuple[str, ...]:
    scores = np.array([each.score or 0.0 for each in features])
    if not scores.any():
        return colours
    highest = float(scores.max())
    usual = _BED_MAXIMUM if 10 < highest <= _BED_MAXIMUM else float(np.percentile(scores, _USUAL_SHARE)) or highest
    steps = np.round(np.clip(scores / usual if usual > 0 else scores * 0, 0, 1) * (_SHADES - 1)).astype(int).tolist()
    return tuple(
        _shade(colour, palette.canvas, _PALEST * (1 - step / (_SHADES - 1)))
        for colour, step in zip(colours, steps, strict=True)
    )


@lru_cache(maxsize=1024)
def _shade(colour: str, canvas: str, share: float) -> str:
    return mixed(colour, canvas, share)


@lru_cache(maxsize=1024)
def visible(colour: str, canvas: str, text: str) -> str:
    """A colour of a file as it can be seen on the canvas; empty stays empty."""
    if not colour:
        return ""
    first, second = sorted((_luminance(colour), _luminance(canvas)))
    return mixed(colour, text, _TOWARDS_TEXT) if (second + 0.05) / (first + 0.05) < _LEAST_CONTRAST else colour


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    levels = [(level or 0) / 255 for level in QColor(colour).getRgb()[:3]]
    linear = [level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
