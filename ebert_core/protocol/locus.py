"""Intervals, and the one place where they meet the 1-based language of people (`chr5:124,500,001-124,520,000`)."""

import re
from collections.abc import Mapping

import msgspec

from ebert_core.protocol.errors import InvalidRequest

_POINT_SPAN = 20_000
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_NUMBER = r"([\d,]*\.?\d+|\d[\d,]*\.?)\s*([kKmMgG]?)(?:[bB][pP]?)?"
_LOCUS = re.compile(rf"^\s*(?P<chromosome>[^\s:]+)\s*(?::\s*{_NUMBER}\s*(?:(?:-|\.\.|\u2013)\s*{_NUMBER})?)?\s*$")


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


def other_names(chromosome: str) -> tuple[str, ...]:
    """The names under which files may know this chromosome, the given one first (`chr1` and `1`, `chrM` and `MT`)."""
    if chromosome in ("chrM", "MT", "M", "chrMT"):
        return (chromosome, *(name for name in ("chrM", "MT", "M", "chrMT") if name != chromosome))
    other = chromosome[3:] if chromosome.startswith("chr") else f"chr{chromosome}"
    return (chromosome, other)


def parse_locus(text: str, chromosome_lengths: Mapping[str, int]) -> Interval | None:
    """The interval a person wrote, or None when the text names no chromosome (it may be a gene).

    `chr5:1-100` is 1-based and inclusive; `chr5:124.5m` is a point and gets 20 kb around it; `chr5` is the
    whole chromosome. Ends beyond the chromosome are pulled in.

    Raises:
        InvalidRequest: the chromosome is known but the positions are not on it.
    """
    match = _LOCUS.match(text)
    if match is None:
        return None
    chromosome = next((name for name in other_names(match["chromosome"]) if name in chromosome_lengths), None)
    if chromosome is None:
        return None
    length = chromosome_lengths[chromosome]
    first_number, first_unit, last_number, last_unit = match.groups()[1:]
    if first_number is None:
        return Interval(chromosome, 0, length)
    first = _position(first_number, first_unit)
    if first > length:
        raise InvalidRequest(f"{chromosome} ends at {length:,}; {text.strip()} lies beyond it.")
    if last_number is None:
        start = max(0, min(first - _POINT_SPAN // 2, length - _POINT_SPAN))
        return Interval(chromosome, start, min(length, start + _POINT_SPAN))
    last = _last_position(first_unit, last_number, last_unit)
    if last < first:
        raise InvalidRequest(f"{text.strip()} ends before it starts.")
    return Interval(chromosome, max(0, first - 1), min(length, max(last, first)))


def written_end(text: str) -> int | None:
    """The last position of a span as the person wrote it, on the chromosome or beyond; None for what is no span."""
    match = _LOCUS.match(text)
    if match is None:
        return None
    _, first_unit, last_number, last_unit = match.groups()[1:]
    return None if last_number is None else _last_position(first_unit, last_number, last_unit)


def _last_position(first_unit: str, last_number: str, last_unit: str) -> int:
    """In `chr5:124.5-124.6m`, and in `chr5:124.5m-124.6`, both are megabases."""
    return _position(last_number, last_unit or first_unit if "." in last_number else last_unit)


def _position(number: str, unit: str) -> int:
    return round(float(number.replace(",", "")) * _UNITS[unit.lower()])


def format_locus(interval: Interval) -> str:
    """The interval as people write it: 1-based, inclusive, with thousands separators."""
    return f"{interval.chromosome}:{interval.start + 1:,}-{interval.end:,}"
