"""One line of BEDPE, of UCSC's interact or of longrange: two places that belong together.

BEDPE as bedtools describes it (bedtools.readthedocs.io, general usage), with the headings that Juicer writes; interact
as UCSC does (genome.ucsc.edu/goldenPath/help/interact.html).
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ebert_core.genome.lines import (
    LARGEST_VALUE,
    BadLine,
    Skipped,
    at_line,
    is_absent,
    whole_number,
)
from ebert_core.protocol.terms.addresses import Place

_BEDPE_COLUMNS, _INTERACT_COLUMNS = 6, 18
_UNKNOWN = (".", "*", "")
_HEADINGS = (re.compile(r"(chr|chrom|chromosome)_?[1a]"), re.compile(r"(x|s|start|chromstart)_?[1a]"))
_LONGRANGE = re.compile(r"(\S+):(\d+)-(\d+),(\S+)")
_HEXADECIMAL = re.compile(r"#[0-9a-fA-F]{6}")
_ENSEMBL_NAME = re.compile(r"\d{1,2}|[XYM]|MT")
_STRANDS = {"+": "+", "1": "+", "+1": "+", "-": "-", "-1": "-"}
# Where BEDPE has what follows the six columns of places, unless headings say otherwise.
_USUAL = {"name": 6, "score": 7, "strand1": 8, "strand2": 9, "color": 10}
_ALIKE = {"colour": "color", "rgb": "color", "itemrgb": "color", "value": "score"}


class End(NamedTuple):
    """A place; one that is not known has no chromosome, and -1 for both positions."""

    chromosome: str
    start: int
    end: int

    @property
    def is_known(self) -> bool:
        """Whether the file says where it is."""
        return bool(self.chromosome)


class Pair(NamedTuple):
    """Two ends, of which at least the first is known; on one chromosome the first is the one that begins first.

    The value is NaN where there is none. `strands` are two characters of `+-.`.
    """

    one: End
    other: End
    name: str = ""
    value: float = math.nan
    colour: str = ""
    strands: str = ".."


NOWHERE = End("", -1, -1)


def columns_by_heading(fields: Sequence[str]) -> dict[str, int] | None:
    """Which column holds what, where these are the names of a BEDPE's columns; None where they are not."""
    words = [field.strip().lstrip("#").lower() for field in fields]
    is_heading = all(heading.fullmatch(word) for heading, word in zip(_HEADINGS, words, strict=False))
    if len(words) < _BEDPE_COLUMNS or not is_heading:
        return None
    found: dict[str, int] = {}
    for place, word in enumerate(words[_BEDPE_COLUMNS:], _BEDPE_COLUMNS):
        found.setdefault(_ALIKE.get(word, word), place)
    return found


def are_pair(fields: Sequence[str]) -> bool:
    """Whether two places, each with its chromosome, stand beside each other, in the columns of any such format."""
    in_longrange = len(fields) == 4 and _LONGRANGE.fullmatch(fields[3]) is not None
    return (
        in_longrange
        or columns_by_heading(fields) is not None
        or _stand_beside(fields, 0, 3)
        or (len(fields) == _INTERACT_COLUMNS and _stand_beside(fields, 8, 13))
    )


def _stand_beside(fields: Sequence[str], first: int, second: int) -> bool:
    if len(fields) < second + 3:
        return False
    places = [fields[column : column + 3] for column in (first, second)]
    if not all(_is_place(place) for place in places):
        return False
    has_name = len(fields) > 7 and not fields[6].isdigit()
    return all(
        place[0] in (fields[0], ".") or place[0].startswith("chr") or (has_name and _ENSEMBL_NAME.fullmatch(place[0]))
        for place in places
    )


def _is_place(place: Sequence[str]) -> bool:
    return all(text.isdigit() for text in place[1:]) or list(place) == [".", "-1", "-1"]


def pair_of(path: Place, number: int, fields: Sequence[str], named: Mapping[str, int] | None, skipped: Skipped) -> Pair:
    """The pair of a line, cut into fields.

    Args:
        path: the file.
        number: the number of the line.
        fields: the fields.
        named: which column holds what, as headings say it; None where there are none.
        skipped: takes note of a value that is none.

    Raises:
        BadLine: the fields make no sense.
    """
    longrange = _LONGRANGE.fullmatch(fields[3]) if len(fields) == 4 else None
    if longrange is not None:
        one = _end(path, number, fields[:3])
        other = _end(path, number, longrange.groups()[:3])
        return _in_order(path, number, Pair(one, other, "", _value(path, number, longrange[4], skipped)))
    if len(fields) == _INTERACT_COLUMNS and not fields[4].startswith("-") and _are_positions(fields, 9, 14):
        return interact_pair(path, number, fields, skipped)
    if len(fields) < _BEDPE_COLUMNS:
        raise at_line(path, number, "a pair has at least two chromosomes, each with a start and an end")
    at = _USUAL if named is None else named
    name, score, first, second, colour = (
        fields[at[key]] if key in at and at[key] < len(fields) else "" for key in _USUAL
    )
    return _in_order(
        path,
        number,
        Pair(
            _end(path, number, fields[:3]),
            _end(path, number, fields[3:6]),
            "" if name == "." else name,
            _value(path, number, score, skipped),
            _colour(colour),
            _STRANDS.get(first, ".") + _STRANDS.get(second, "."),
        ),
    )


def _are_positions(fields: Sequence[str], *columns: int) -> bool:
    return all(fields[column].isdigit() and fields[column + 1].isdigit() for column in columns)


def interact_pair(path: Place, number: int, fields: Sequence[str], skipped: Skipped) -> Pair:
    """The pair of a record of interact, which has 18 columns.

    Raises:
        BadLine: the fields make no sense.
    """
    if len(fields) < _INTERACT_COLUMNS:
        raise at_line(path, number, f"a record of interact has 18 columns, this one {len(fields)}")
    return _in_order(
        path,
        number,
        Pair(
            _end(path, number, fields[8:11]),
            _end(path, number, fields[13:16]),
            "" if fields[3] == "." else fields[3],
            _value(path, number, fields[5], skipped),
            _colour(fields[7]),
            _STRANDS.get(fields[12], ".") + _STRANDS.get(fields[17], "."),
        ),
    )


def _end(path: Place, number: int, fields: Sequence[str]) -> End:
    """A place of three fields; `.` or -1 is what nobody knows."""
    chromosome, start, end = fields
    if chromosome in _UNKNOWN or "-1" in (start, end):
        return NOWHERE
    first, last = whole_number(path, number, "start", start), whole_number(path, number, "end", end)
    if last < first:
        raise at_line(path, number, f"an end of the pair goes from {first} to {last}, which lies before")
    return End(chromosome, first, last)


def _in_order(path: Place, number: int, pair: Pair) -> Pair:
    if not pair.one.is_known and not pair.other.is_known:
        raise at_line(path, number, "neither end of the pair has a place")
    is_turned = not pair.one.is_known or (
        pair.one.chromosome == pair.other.chromosome and pair.other.start < pair.one.start
    )
    return turned(pair) if is_turned else pair


def turned(pair: Pair) -> Pair:
    """The same pair, begun at its other end."""
    return pair._replace(one=pair.other, other=pair.one, strands=pair.strands[::-1])


def _value(path: Place, number: int, text: str, skipped: Skipped) -> float:
    """NaN where there is none; what is no number costs the value and not the line."""
    if is_absent(text):
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if not abs(value) <= LARGEST_VALUE:
        skipped.read_in_part(BadLine(path, number, f"the score '{text[:40]}' is not a number that can be drawn"))
        return math.nan
    return value


def _colour(text: str) -> str:
    if _HEXADECIMAL.fullmatch(text):
        return text.lower()
    levels = text.split(",")
    if len(levels) != 3 or not all(re.fullmatch(r"\d{1,3}", level) and int(level) < 256 for level in levels):
        return ""
    return "#{:02x}{:02x}{:02x}".format(*map(int, levels))
