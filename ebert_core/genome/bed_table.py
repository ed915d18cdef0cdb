"""Large regular BED files, read as columns; a feature is made of its row when somebody looks at it.

Reading line by line takes seconds for a million lines. Here a file is either wholly regular, so that no line of it
could be refused, or it is left to `read_bed`. Both give the same features.
"""

import gzip
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bed import BED9_COLOURS, HEADINGS, bed_feature, is_track_line
from ebert_core.genome.features import Feature, Located
from ebert_core.genome.lines import ABSENT, GZIP_MAGIC, LARGEST_POSITION, columns_of, reading

if TYPE_CHECKING:
    import polars as pl

# Below, lines are read as soon as polars is imported.
_LEAST_BYTES = 2_000_000
# Widths whose every column is checked here: BED3 to BED6, BED9 or broadPeak, narrowPeak.
_WIDTHS = (3, 4, 5, 6, 9, 10)
_COLOUR = r"^([01]?\d?\d|2[0-4]\d|25[0-5])(,([01]?\d?\d|2[0-4]\d|25[0-5])){2}$"
# Where more than this share of a chromosome is looked at, all of its features are made, once.
_MANY = 0.1


class _Beginning(NamedTuple):
    """How many bytes of comments, instructions and headings a file begins with, and the fields of the line below."""

    length: int
    fields: list[str]


class LocatedRows(Located):
    """The features of one chromosome as rows of a table."""

    def __init__(self, path: Path, table: "pl.DataFrame") -> None:
        self._path = path
        starts, ends = table["1"].to_numpy(), table["2"].to_numpy()
        order = np.lexsort((ends, starts))
        is_sorted = bool((order[1:] > order[:-1]).all())
        self._table = table if is_sorted else table[order]

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """All features."""
        return tuple(self._made(self._table))

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Starts, ascending."""
        return self._table["1"].to_numpy()

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Ends, in order of the starts."""
        return self._table["2"].to_numpy()

    def distinct(self) -> tuple[list[Feature], NDArray[np.int64]]:
        """The first feature of each name and colour, in order, and for every feature which of them it is like."""
        keys = [name for name in self._table.columns if name in ("3", "8")] or ["0"]
        firsts = self._table.unique(subset=keys, keep="first", maintain_order=True)
        likes = firsts.select(keys).with_row_index("like")
        joined = self._table.select(keys).join(likes, on=keys, how="left", maintain_order="left")
        return list(self._made(firsts)), joined["like"].to_numpy().astype(np.int64)

    def _slice(self, first: int, last: int) -> tuple[Feature, ...]:
        if "features" in self.__dict__ or last - first > max(1, _MANY * len(self._table)):
            return self.features[first:last]
        return tuple(self._made(self._table[first:last]))

    def _made(self, rows: "pl.DataFrame") -> Iterator[Feature]:
        return (bed_feature(self._path, 0, [*map(str, row)]) for row in rows.iter_rows())


def read_bed_table(path: Path, least_bytes: int | None = None) -> dict[str, LocatedRows] | None:
    """The features of a large regular BED file by chromosome, in order of appearance; None for any other file.

    Args:
        path: the file, plain or gzipped.
        least_bytes: smaller files are not read here; 2 MB unless given.

    Raises:
        InvalidRequest: the file cannot be read.
    """
    with reading(path):
        if path.stat().st_size < (_LEAST_BYTES if least_bytes is None else least_bytes):
            return None
        content = path.read_bytes()
        content = gzip.decompress(content) if content.startswith(GZIP_MAGIC) else content
    beginning = _beginning(content)
    if beginning is None or len(beginning.fields) not in _WIDTHS:
        return None
    table = _parsed(content[beginning.length :], len(beginning.fields))
    if table is None or not _is_regular(table):
        return None
    parts = table.partition_by("0", maintain_order=True)
    return {str(part["0"][0]): LocatedRows(path, part) for part in parts}


def _beginning(content: bytes) -> _Beginning | None:
    """None where a file says that its columns are not those of BED, or has other ends of lines."""
    start = 0
    is_heading_allowed = True
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        line = content[start:end].decode("utf-8", "replace")
        fields = columns_of(line)
        if "type=bedDetail" in line or "\r" in line:
            return None
        if is_track_line(line) or not line.strip():
            start = end + 1
        elif is_heading_allowed and len(fields) > 2 and fields[1].lower() in HEADINGS:
            is_heading_allowed = False
            start = end + 1
        else:
            return _Beginning(start, line.split("\t")) if fields == line.split("\t") else None
    return None


def _parsed(content: bytes, width: int) -> "pl.DataFrame | None":
    import polars as pl

    types = {str(column): pl.Int64 if column in (1, 2) else pl.String for column in range(width)}
    try:
        return pl.read_csv(content, has_header=False, separator="\t", quote_char=None, schema=types)
    except pl.exceptions.PolarsError:
        return None


def _is_regular(table: "pl.DataFrame") -> bool:
    """Whether no line could be refused or read otherwise: all columns filled, positions in order, numbers where due."""
    import polars as pl

    texts = [name for name in table.columns if name not in ("1", "2")]
    chromosome = pl.col("0")
    is_odd = [
        pl.any_horizontal(pl.all().is_null()),
        pl.any_horizontal(pl.col(texts).str.contains(r"^\s|\s$|\r")),
        (pl.col("1") < 0) | (pl.col("2") < pl.col("1")) | (pl.col("2") > LARGEST_POSITION),
        chromosome.str.starts_with("#") | chromosome.is_in(["track", "browser"]),
        chromosome.str.contains(r"^(track|browser) "),
    ]
    if table.width > 4:
        is_odd.append(~_is_number("4"))
    if table.width == 10:
        is_odd.append(~_is_number("6") | ~pl.col("9").str.contains(r"^-?\d{1,12}$"))
    found = table.select(any_odd=pl.any_horizontal(is_odd).any())["any_odd"][0]
    return not found and (table.width != 9 or _is_one_of_nine(table))


def _is_one_of_nine(table: "pl.DataFrame") -> bool:
    """Whether nine columns are those of BED9 in all lines, or those of broadPeak in all."""
    import polars as pl

    is_thick = pl.all_horizontal(pl.col("6", "7").str.contains(r"^(\d+|\.)$"))
    is_bed = is_thick & (pl.col("8").is_in(list(BED9_COLOURS)) | pl.col("8").str.contains(_COLOUR))
    is_peak = pl.all_horizontal(_is_number(name, (".",)) for name in ("6", "7", "8"))
    may_be_bed = is_thick & (pl.col("8").is_in(list(BED9_COLOURS)) | pl.col("8").str.contains(","))
    checks = table.select(bed=is_bed.all(), peak=(is_peak & ~may_be_bed).all())
    return bool(checks["bed"][0] or checks["peak"][0])


def _is_number(column: str, absent: Sequence[str] = ABSENT) -> "pl.Expr":
    import polars as pl

    value = pl.col(column)
    is_absent = value.str.to_lowercase().is_in(list(absent))
    return is_absent | value.str.contains(r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
