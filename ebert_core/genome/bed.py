"""BED files of every width, narrowPeak, broadPeak and gappedPeak among them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from msgspec.structs import replace

from ebert_core.genome.features import Feature, coding_parts
from ebert_core.genome.lines import (
    BadLine,
    Skipped,
    at_line,
    columns_of,
    first_bytes,
    is_absent,
    read_lines,
    real_number,
    whole_number,
)
from ebert_core.protocol.terms.addresses import Place

_HEADINGS = ("start", "chromstart", "begin", "txstart")
# The six columns that every wide BED has, then a value, two logarithms and, in narrowPeak, the summit.
_NARROW_PEAK, _BROAD_PEAK = 10, 9
# The widths at which a line of BED may be cut and still makes sense.
_COLUMNS = (9, 6, 4, 3)
_BEDMETHYL = 18
_SIGNAL_VALUE = "signal value"
# As UCSC calls the columns of BED, ENCODE those of its peaks and modkit those of bedMethyl.
_BED = ("chrom", "chromStart", "chromEnd", "name", "score", "strand", "thickStart", "thickEnd", "itemRgb")
_BLOCKS = ("blockCount", "blockSizes", "blockStarts")
_PEAK = ("signalValue", "pValue", "qValue", "peak")
_METHYLATION = ("coverage", "percentModified", "modified", "canonical", "otherModified", "deleted", "failed")
_DETAILS = ("ID", "description")
_LEAST_DETAILED = 4
# What stands in BED9's last column where it is no colour.
BED9_COLOURS = ("", ".", "0", "255")
_SETTING = re.compile(r"""(\w+)=("[^"]*"|'[^']*'|\S+)""")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?inf|nan|na|\.|", re.IGNORECASE)


def is_track_line(line: str) -> bool:
    """Whether a line is a comment or an instruction to a browser."""
    return line.startswith(("#", "track ", "track\t", "browser ", "browser\t")) or line.strip() in ("track", "browser")


def track_settings(line: str) -> dict[str, str]:
    """What a line of the form `track name="x y" color=1,2,3` says; empty for any other line."""
    if not line.startswith(("track ", "track\t")):
        return {}
    return {name: value.strip("'\"") for name, value in _SETTING.findall(line)}


class TrackLine(NamedTuple):
    """What the first track line of a file says of how its features are drawn."""

    colour: str = ""
    is_shaded: bool = False


def first_track_line(path: Place) -> TrackLine:
    """What the first track line above the data says; an empty one where there is none."""
    for line in first_bytes(path, 1 << 16).decode("utf-8-sig", "replace").splitlines():
        if line.strip() and not is_track_line(line):
            break
        if said := track_settings(line):
            return TrackLine(_track_colour(said), said.get("useScore") == "1")
    return TrackLine()


def _track_colour(said: dict[str, str]) -> str:
    levels = said.get("color", "").split(",")
    return _hexadecimal(map(int, levels)) if _are_levels(levels) else ""


def _are_levels(levels: list[str]) -> bool:
    return len(levels) == 3 and all(level.isdecimal() and int(level) < 256 for level in levels)


def is_heading_line(fields: list[str]) -> bool:
    """Whether these are names of columns."""
    return len(fields) > 2 and fields[1].lower() in _HEADINGS


def read_bed(path: Place, skipped: Skipped | None = None) -> Iterator[Feature]:
    """Features of a BED file, in its order.

    Args:
        path: the file.
        skipped: takes note of lines that make no sense; without it the first of them is an error.

    Raises:
        InvalidRequest: the file cannot be read, or a line makes no sense.
    """
    is_first, has_details, has_tags, colour = True, False, False, ""
    for number, line in read_lines(path):
        if is_track_line(line):
            has_details = "type=bedDetail" in line if line.startswith("track") else has_details
            has_tags = has_tags or has_gff_tags(line)
            colour = _track_colour(track_settings(line)) if line.startswith("track") else colour
            continue
        fields = columns_of(line)
        if is_first and is_heading_line(fields):
            is_first = False
            continue
        is_first = False
        try:
            feature = bed_feature(path, number, fields)
        except BadLine as problem:
            if skipped is None:
                raise
            # In bedDetail an identifier and a description follow some columns of BED.
            rest = salvaged(path, fields, problem, Skipped() if has_details else skipped)
            if rest is None:
                continue
            feature = rest
        yield coloured(_named_by_tags(feature) if has_tags else feature, colour)


def coloured(feature: Feature, colour: str) -> Feature:
    """The feature in a colour, unless it has its own."""
    return replace(feature, colour=colour) if colour and not feature.colour else feature


def has_gff_tags(line: str) -> bool:
    """Whether a comment or instruction says that names are written as attributes of GFF3, as IGV takes them."""
    return "gfftags" in line.lower() and "gfftags=off" not in line.lower()


def _named_by_tags(feature: Feature) -> Feature:
    pairs = (part.partition("=") for part in feature.name.split(";"))
    tags = {key.strip().lower(): unquote(value.strip()) for key, equals, value in pairs if equals}
    name = tags.get("name") or tags.get("id") or tags.get("alias") or feature.name
    colour = tags.get("color") or tags.get("colour") or ""
    levels = colour.split(",")
    return replace(feature, name=name, colour=_hexadecimal(map(int, levels)) if _are_levels(levels) else feature.colour)


def salvaged(path: Place, fields: list[str], problem: BadLine, skipped: Skipped) -> Feature | None:
    """What can be drawn of a line: from position 0, or by as many of its first columns as make sense."""
    number = problem.number
    if len(fields) > 2 and re.fullmatch(r"-\d+", fields[1]):
        fields = [fields[0], "0", *fields[2:]]
        problem = at_line(path, number, f"{problem.problem}, so it is drawn from the chromosome's beginning")
    for count in (len(fields), *(count for count in _COLUMNS if count < len(fields))):
        try:
            feature = bed_feature(path, number, fields[:count])
        except BadLine:
            continue
        skipped.read_in_part(problem)
        return feature
    skipped.leave_out(problem)
    return None


def bed_feature(path: Place, number: int, fields: list[str]) -> Feature:
    """The feature of one line, cut into fields.

    Raises:
        InvalidRequest: the fields make no sense as BED.
    """
    if len(fields) < 3:
        raise at_line(path, number, "a BED line has at least a chromosome, a start and an end")
    start, end = whole_number(path, number, "start", fields[1]), whole_number(path, number, "end", fields[2])
    if end < start:
        raise at_line(path, number, f"the feature ends at {end}, before its start {start}")
    if len(fields) == 5 and fields[4].count(",") == 2:
        # Segmentations are published with the colour where the score belongs.
        return Feature(fields[0], start, end, _name(fields), colour=_colour(path, number, fields[4]))
    feature = Feature(
        fields[0],
        start,
        end,
        _name(fields),
        real_number(path, number, "score", fields[4]) if len(fields) > 4 else 0.0,
        fields[5] if len(fields) > 5 and fields[5] in ("+", "-") else ".",
    )
    if _is_narrow_peak(fields) or _is_broad_peak(fields):
        return _as_peak(path, number, feature, fields)
    return _as_drawn(path, number, feature, fields) if len(fields) > 6 else feature


def bed_columns(fields: Sequence[str], *, has_details: bool = False) -> list[str]:
    """What the columns of a line are called; those behind the ones of its format by their numbers."""
    row = list(fields)
    if has_details and len(row) > _LEAST_DETAILED:
        # Of BED's columns the name is the last that people leave out.
        details = _DETAILS if len(row) > _LEAST_DETAILED + 1 else _DETAILS[1:]
        return [*bed_columns(row[: -len(details)]), *details]
    names = [*_BED, *_BLOCKS]
    if len(row) == _BEDMETHYL:
        names = [*_BED, *_METHYLATION]
    elif _is_narrow_peak(row) or _is_broad_peak(row):
        names = [*_BED[:6], *_PEAK]
    return [*names[: len(row)], *(f"column {number}" for number in range(len(names) + 1, len(row) + 1))]


def _name(fields: list[str]) -> str:
    return fields[3] if len(fields) > 3 and fields[3] != "." else ""


def _is_narrow_peak(fields: list[str]) -> bool:
    """Ten columns, or more where IDR appended those of the replicates: then BED12's columns hold fractions or -1."""
    is_wide = len(fields) > _NARROW_PEAK and any(field[:1] == "-" or "." in field[:-1] for field in fields[6:9])
    has_summit = len(fields) == _NARROW_PEAK and (not _is_bed9(fields) or fields[9].removeprefix("-").isdigit())
    return has_summit or is_wide


def _is_broad_peak(fields: list[str]) -> bool:
    return len(fields) == _BROAD_PEAK and not _is_bed9(fields) and all(_NUMBER.fullmatch(each) for each in fields[6:9])


def _is_bed9(fields: list[str]) -> bool:
    return all(field.isdigit() or field in (".", "") for field in fields[6:8]) and (
        "," in fields[8] or fields[8] in BED9_COLOURS
    )


def _as_peak(path: Place, number: int, feature: Feature, fields: list[str]) -> Feature:
    value = real_number(path, number, "signal value", fields[6])
    if len(fields) < _NARROW_PEAK:
        return replace(feature, score=value, score_name=_SIGNAL_VALUE)
    if is_absent(fields[9]) or fields[9].startswith("-"):
        return replace(feature, score=value, score_name=_SIGNAL_VALUE)
    summit = feature.start + whole_number(path, number, "summit", fields[9])
    return replace(feature, score=value, score_name=_SIGNAL_VALUE, summit=summit)


def _as_drawn(path: Place, number: int, feature: Feature, fields: list[str]) -> Feature:
    colour = _colour(path, number, fields[8]) if len(fields) > 8 else ""
    # In bedMethyl a coverage, a share and counts stand where BED has blocks.
    has_blocks = len(fields) >= 12 and not (len(fields) == _BEDMETHYL and "." in fields[10])
    blocks = _blocks(path, number, feature.start, feature.end, fields) if has_blocks else ()
    coding: tuple[tuple[int, int], ...] = ()
    if len(fields) > 7 and fields[6] not in ("", ".") and fields[7] not in ("", "."):
        first = whole_number(path, number, "thick start", fields[6])
        last = whole_number(path, number, "thick end", fields[7])
        coding = coding_parts(blocks or [(feature.start, feature.end)], first, last)
    return replace(feature, colour=colour, blocks=blocks, coding=coding)


def _colour(path: Place, number: int, text: str) -> str:
    text = text.strip("'\"")
    if text.startswith("#"):
        return text.lower()
    parts = text.split(",")
    if len(parts) != 3:
        return ""
    levels = [whole_number(path, number, "colour", part) for part in parts]
    if max(levels) > 255:
        raise at_line(path, number, f"the colour {text} has a part above 255")
    return _hexadecimal(levels)


def _hexadecimal(levels: Iterable[int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*levels)


def _blocks(path: Place, number: int, start: int, end: int, fields: list[str]) -> tuple[tuple[int, int], ...]:
    count = whole_number(path, number, "block count", fields[9])
    sizes = [whole_number(path, number, "block size", text) for text in fields[10].split(",") if text]
    offsets = [whole_number(path, number, "block start", text) for text in fields[11].split(",") if text]
    if len(sizes) != count or len(offsets) != count:
        raise at_line(
            path, number, f"{count} blocks are announced, {len(sizes)} sizes and {len(offsets)} starts follow"
        )
    blocks = tuple(sorted((start + offset, start + offset + size) for offset, size in zip(offsets, sizes, strict=True)))
    if blocks and blocks[-1][1] > end:
        raise at_line(path, number, f"a block ends at {blocks[-1][1]}, behind the feature's end {end}")
    return blocks
