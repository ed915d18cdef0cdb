"""The terms of IGV's sessions, in XML and in JSON: paths, colours, scales and ways of drawing."""

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from ebert_core.protocol.other_sessions import Form
from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.addresses import address_of, is_address
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

LARGEST_SESSION = 16 * 2**20
MOST_TRACKS = 2_000
# A server need not be asked for what other programs show.
_OF_OTHERS = (".bam", ".cram", ".sam", ".seg", ".tdf", ".maf", ".mut", ".gct", ".hic", ".igv", ".cn", ".cbs", ".loh")
_NUMBERS = re.compile(r"(?:rgba?\()?\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,[^)]*)?\)?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}|[a-zA-Z]{3,30}")
_FORMS: Mapping[str, Form] = {
    "BAR_CHART": "bars",
    "BAR": "bars",
    "LINE_PLOT": "line",
    "LINE": "line",
    "SCATTER_PLOT": "points",
    "POINTS": "points",
    "HEATMAP": "heat",
}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def place_of_igv(written: str, folder: Path) -> str:
    """The whole path or address of a file that a session in `folder` names.

    Raises:
        InvalidRequest: it is neither, as what lies at a place of a cloud; or a server's file that is not shown anyway.
    """
    text = f"https:{written}" if written.startswith("//") else written
    if is_address(text):
        address = address_of(text)
        ending = PurePosixPath(address.name.lower().removesuffix(".gz")).suffix
        if ending in _OF_OTHERS:
            raise InvalidRequest(f"files that end in {ending} are not shown")
        return address.text
    if text.startswith("file:"):
        text = unquote(urlsplit(text).path)
    elif _SCHEME.match(text):
        raise InvalidRequest(f"{written[:60]} is no file of this machine and no address of http.")
    return os.path.normpath(folder / os.path.expanduser(text))


def colour_of_igv(written: str) -> str:
    """A colour as `#rrggbb` or by its name; empty where it is none."""
    if (numbers := _NUMBERS.fullmatch(written.strip())) is not None:
        values = [min(255, int(text)) for text in numbers.groups()]
        return "#{:02x}{:02x}{:02x}".format(*values)
    return written if _COLOUR.fullmatch(written) else ""


def form_of_igv(written: str) -> Form:
    """The way of drawing of a signal; empty where it is another."""
    return _FORMS.get(written.upper(), "")


def number_of_igv(written: object) -> float | None:
    """A finite number; None where there is none."""
    try:
        number = float(written) if isinstance(written, str | int | float) else float("nan")
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None


def region_of_igv(chromosome: object, start: object, end: object, name: object) -> NamedRegion | None:
    """A region of interest, which IGV counts from 0 as BED does; None where it is no place."""
    numbers = number_of_igv(start), number_of_igv(end)
    first, last = (-1 if number is None else int(number) for number in numbers)
    if not isinstance(chromosome, str) or not chromosome or not 0 <= first < last <= 2**40:
        return None
    return NamedRegion(Interval(chromosome, first, last), name if isinstance(name, str) else "")


def height_of_igv(written: object) -> int:
    """A height in pixels that a track can have; 0 for the usual one."""
    number = number_of_igv(written)
    return 0 if number is None or number < 1 else round(min(600.0, max(16.0, number)))
