"""Colours between two others, which are drawn faster than a colour that shines through."""

from PyQt6.QtGui import QColor


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share, from 0 to 1, of another in it."""
    levels = zip(QColor(colour).getRgb()[:3], QColor(other).getRgb()[:3], strict=True)
    return "#" + "".join(f"{round((one or 0) * (1 - share) + (two or 0) * share):02x}" for one, two in levels)
