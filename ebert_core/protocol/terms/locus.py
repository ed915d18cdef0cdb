"""Intervals, and the one place where they meet the 1-based language of people (`chr5:124,500,001-124,520,000`)."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import has_no

_POINT_SPAN = 20_000
_REGION_FILES = (".bed", ".narrowpeak", ".broadpeak", ".gappedpeak", ".bb", ".bigbed", ".txt", ".tsv")
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_NUMBER = r"(\d{1,3}(?: \d{3})+|[\d,]*\.?\d+|\d[\d,]*\.?)\s*([kKmMgG]?)(?:[bB][pP]?)?"
_POSITIONS = re.compile(rf"\s*{_NUMBER}\s*(?:(?:-|\.\.)\s*{_NUMBER})?\s*")
# As in a line of BED: name, start and end with blanks between them, and whatever a line has after them.
_BED_LINE = re.compile(r"\s*(?P<chromosome>\S+)\s+(?P<start>[\d,]+)\s+(?P<end>[\d,]+)(?:\t.*)?\s*", re.DOTALL)
# As people say it: name, blanks, and what elsewhere follows a colon.
_SPOKEN = re.compile(r"\s*(?P<chromosome>\S+)\s+(?P<positions>\d.*)", re.DOTALL)
_BEYOND_ANY = 1e15
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " ") | dict.fromkeys(map(ord, "\ufeff\u200b"))


class Interval(msgspec.Struct, frozen=True, order=True):
    """Bases [start, end) of a chromosome, 0-based and half-open."""

    chromosome: str
    start: int
    end: int

    @property
    def length(self) -> int:
        """Number of bases."""
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share a base."""
        return self.chromosome == other.chromosome and self.start < other.end and other.start < self.end

    def covers(self, other: "Interval") -> bool:
        """Whether every base of the other is in this one."""
        return self.chromosome == other.chromosome and self.start <= other.start and other.end <= self.end


class _Written(NamedTuple):
    """A locus as it stands in a text: the name of a chromosome and what follows its colon."""

    chromosome: str
    positions: str


def parse_locus(text: str, chromosome_lengths: Mapping[str, int]) -> Interval | None:
    """The interval a person wrote, or None when the text names no chromosome (it may be a gene).

    `chr5:1-100` and `chr5 1-100` are 1-based and inclusive; `chr5 0 100`, as in a line of BED, is the same place,
    0-based and half-open;
    `chr5:124.5m` is a point and gets 20 kb around it; `chr5` is the whole chromosome. A name may hold colons,
    and may be any name of the chromosome in any case. Ends beyond the chromosome are pulled in.

    Raises:
        InvalidRequest: the chromosome is known but the positions are not on it, or are no positions.
    """
    text, names = _plain(text), KnownNames(chromosome_lengths)
    for written in _readings(text):
        chromosome = names.find(written.chromosome)
        if chromosome is not None:
            return _interval(text, chromosome, chromosome_lengths[chromosome], written.positions)
    line = _BED_LINE.fullmatch(text)
    chromosome = names.find(line["chromosome"]) if line else None
    if line is not None and chromosome is not None:
        first, last = (_position(line[key], "") for key in ("start", "end"))
        return _between(text, chromosome, chromosome_lengths[chromosome], first + 1, last)
    spoken = _SPOKEN.fullmatch(text)
    chromosome = names.find(spoken["chromosome"]) if spoken else None
    if spoken is None or chromosome is None:
        return None
    return _interval(text, chromosome, chromosome_lengths[chromosome], spoken["positions"])


def is_region_file(text: str) -> bool:
    """Whether a region that a person named is a file of regions: it has a slash, or ends as such files do."""
    lowered = text.lower().removesuffix(".gz")
    return "/" in text or lowered.endswith(_REGION_FILES)


def no_locus(text: str, chromosome_lengths: Mapping[str, int], where: str) -> str:
    """A sentence on a text that names neither a place nor a file of places."""
    chromosome = next(_readings_without_positions(text), text)
    sentence = has_no(where, "chromosome", chromosome, chromosome_lengths)
    example = next(iter(chromosome_lengths), "chr5")
    return f"'{text}' is no region: {sentence} Write {example}, {example}:1,000-2,000, or a BED file."


def _readings_without_positions(text: str) -> Iterator[str]:
    return (written.chromosome for written in _readings(_plain(text)) if written.positions)


def _plain(text: str) -> str:
    """The text with plain dashes and blanks, whatever a document made of them."""
    return text.translate(_DASHES).translate(_BLANKS).strip()


def _readings(text: str) -> Iterator[_Written]:
    """What a text can mean, the longest name first: names of HLA alleles hold colons themselves."""
    yield _Written(text, "")
    place = text.rfind(":")
    while place > 0:
        yield _Written(text[:place].rstrip(), text[place + 1 :])
        place = text.rfind(":", 0, place)


def _interval(text: str, chromosome: str, length: int, positions: str) -> Interval:
    if not positions.strip():
        return Interval(chromosome, 0, length)
    match = _POSITIONS.fullmatch(positions)
    if match is None or any(map(_is_decimal_comma, match.groups()[::2], match.groups()[1::2])):
        raise InvalidRequest(f"'{positions.strip()}' in {text} is no position; write {chromosome}:1,000-2,000.")
    first_number, first_unit, last_number, last_unit = match.groups()
    if last_number is None and " " in first_number:
        start, end = first_number.split(" ", 1)
        raise InvalidRequest(
            f"'{first_number}' in {text} may be one position or two; write {chromosome}:{start}-{end} "
            f"or {chromosome}:{first_number.replace(' ', ',')}."
        )
    # A part of a base is no position: in `1.5-2.5m` both are megabases.
    first = _position(first_number, first_unit or (last_unit or "" if "." in first_number else ""))
    if last_number is not None:
        return _between(text, chromosome, length, first, _last_position(first_unit, last_number, last_unit))
    if first > length:
        raise InvalidRequest(f"{chromosome} ends at {length:,}; {text} lies beyond it.")
    start = max(0, min(first - _POINT_SPAN // 2, length - _POINT_SPAN))
    return Interval(chromosome, start, min(length, start + _POINT_SPAN))


def _between(text: str, chromosome: str, length: int, first: int, last: int) -> Interval:
    """The interval between two 1-based positions, both of them in it."""
    if first > length:
        raise InvalidRequest(f"{chromosome} ends at {length:,}; {text} lies beyond it.")
    if last < first:
        raise InvalidRequest(f"{text} ends before it starts.")
    return Interval(chromosome, max(0, first - 1), min(length, max(last, first)))


def written_end(text: str) -> int | None:
    """The last position of a span as the person wrote it, on the chromosome or beyond; None for what is no span."""
    text = _plain(text)
    if line := _BED_LINE.fullmatch(text):
        return _position(line["end"], "")
    spoken = None if ":" in text else _SPOKEN.fullmatch(text)
    positions = spoken["positions"] if spoken else text.rpartition(":")[2] if ":" in text else ""
    match = _POSITIONS.fullmatch(positions)
    if match is None:
        return None
    _, first_unit, last_number, last_unit = match.groups()
    return None if last_number is None else _last_position(first_unit, last_number, last_unit)


def _last_position(first_unit: str, last_number: str, last_unit: str) -> int:
    """In `chr5:124.5-124.6m`, and in `chr5:124.5m-124.6`, both are megabases."""
    return _position(last_number, last_unit or first_unit if "." in last_number else last_unit)


def _position(number: str, unit: str) -> int:
    return round(min(float(number.replace(",", "").replace(" ", "")) * _UNITS[unit.lower()], _BEYOND_ANY))


def _is_decimal_comma(number: str | None, unit: str | None) -> bool:
    """Whether this may be meant as in `12,5m`, which is not 125 megabases."""
    return bool(number and unit and "," in number) and not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d*)?", number or "")


def format_locus(interval: Interval) -> str:
    """The interval as people write it: 1-based, inclusive, with thousands separators."""
    return f"{interval.chromosome}:{interval.start + 1:,}-{interval.end:,}"
