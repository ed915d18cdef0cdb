"""The colours of chromatin states to which no file gives any."""

import re
from collections.abc import Iterator, Sequence
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
# By how a state's name begins, in small letters; the longest beginning counts. The colours are those in which the
# Roadmap Epigenomics project draws its ChromHMM states (egg2.wustl.edu/roadmap): a reader knows a red promoter.
_USUAL = {
    "tss": "#ff0000",
    "tssaflnk": "#ff4500",
    "tssflnk": "#ff4500",
    "tssbiv": "#cd5c5c",
    "bivflnk": "#e9967a",
    "prom": "#ff4500",
    "promp": "#e6b8b7",
    "prombiv": "#7030a0",
    "tx": "#008000",
    "txflnk": "#32cd32",
    "txwk": "#006400",
    "txreg": "#c2e105",
    "txenh": "#c2e105",
    "enh": "#ffff00",
    "enha": "#ffc34d",
    "enhac": "#ffff00",
    "enhg": "#c2e105",
    "enhbiv": "#bdb76b",
    "dnase": "#ffff66",
    "znf": "#66cdaa",
    "het": "#8a91d0",
    "reprpc": "#808080",
    "reprpcwk": "#c0c0c0",
    "quies": "#ffffff",
}
_NUMBER = re.compile(r"^E?\d+_")


def palette(count: int) -> Iterator[str]:
    """Our colours, and where there are more states than those, hues that are as far apart as can be."""
    yield from _COLOURS[:count]
    for index in range(len(_COLOURS), count):
        levels = hls_to_rgb(index * _GOLDEN_SHARE % 1, 0.4 + 0.1 * (index % 3), 0.5)
        yield "#{:02x}{:02x}{:02x}".format(*(round(255 * level) for level in levels))


def usual_colours(names: Sequence[str]) -> dict[str, str]:
    """By name, the colour in which a state is usually drawn; empty unless most of the names say what their state is."""
    found = {name: colour for name in names if (colour := _usual_colour(name))}
    return found if 2 * len(found) > len(names) else {}


def _usual_colour(name: str) -> str:
    bare = _NUMBER.sub("", name).casefold()
    beginnings = [beginning for beginning in _USUAL if bare.startswith(beginning)]
    return _USUAL[max(beginnings, key=len)] if beginnings else ""
