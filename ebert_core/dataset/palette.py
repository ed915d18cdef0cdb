"""The colours of chromatin states to which no file gives any."""

from collections.abc import Iterator
from colorsys import hls_to_rgb

# Drawn where neither the dataset nor its files give colours: distinct, and quiet enough to stand behind peaks.
_COLOURS = (
    "#c03a2b",
    "#e08a3c",
    "#f0c75e",
    "#8cb369",
    "#3f7d4e",
    "#4fa3a5",
    "#3d6fb4",
    "#7a5ea8",
    "#b0729c",
    "#8a6d5a",
    "#9aa5b1",
    "#d9dde2",
    "#6b7f3a",
    "#b5532f",
    "#2f5f73",
    "#a9b665",
    "#5b5f97",
    "#c98686",
    "#7d8597",
    "#e5e5e5",
)


_GOLDEN_SHARE = 0.618034


def palette(count: int) -> Iterator[str]:
    """Our colours, and where there are more states than those, hues that are as far apart as can be."""
    yield from _COLOURS[:count]
    for index in range(len(_COLOURS), count):
        levels = hls_to_rgb(index * _GOLDEN_SHARE % 1, 0.4 + 0.1 * (index % 3), 0.5)
        yield "#{:02x}{:02x}{:02x}".format(*(round(255 * level) for level in levels))
