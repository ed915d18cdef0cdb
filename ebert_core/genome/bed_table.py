"""Large regular BED files, read as columns; a feature is made of its row when somebody looks at it.

`read_bed` gives the same features, and reads all other files.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bed import BED9_COLOURS, bed_feature, coloured, first_track_line
from ebert_core.genome.features import Feature, Located
from ebert_core.genome.lines import ABSENT
from ebert_core.genome.regular import read_regular
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import FirstNames
from ebert_core.protocol.terms.errors import InvalidRequest

if TYPE_CHECKING:
    import polars as pl

# Widths whose every column is checked here: BED3 to BED6, BED9 or broadPeak, narrowPeak.
_WIDTHS = (3, 4, 5, 6, 9, 10)
_COLOUR = r"^([01]?\d?\d|2[0-4]\d|25[0-5])(,([01]?\d?\d|2[0-4]\d|25[0-5])){2}$"
# Each takes some 300 bytes.
MOST_FEATURES = 10_000_000
# Where more than this share of a chromosome is looked at, all of its features are made, once.
_MANY = 0.1


class LocatedRows(Located):
    """The features of one chromosome as rows of a table."""

    def __init__(self, path: Place, table: "pl.DataFrame", colour: str = "") -> None:
        self._path, self._colour = path, colour
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
        if len(rows) > MOST_FEATURES:
            raise InvalidRequest(f"{self._path} has {len(rows):,} features here, more than can be shown; zoom in.")
        return (coloured(bed_feature(self._path, 0, [*map(str, row)]), self._colour) for row in rows.iter_rows())


def read_bed_table(path: Place, least_bytes: int | None = None) -> dict[str, LocatedRows] | None:
    """The features of a large regular BED file by chromosome, in order of appearance; None for any other file.

    Args:
        path: the file, plain or gzipped.
        least_bytes: smaller files are not read here; 2 MB unless given.

    Raises:
        InvalidRequest: the file cannot be read.
    """
    table = read_regular(path, _WIDTHS, least_bytes=least_bytes)
    if table is None or not _is_readable(table):
        return None
    colour = first_track_line(path).colour
    return {name: LocatedRows(path, part, colour) for name, part in by_chromosome(table).items()}


def by_chromosome(table: "pl.DataFrame") -> dict[str, "pl.DataFrame"]:
    """The rows of each chromosome, whose name is in the first column, under the first of its names in the table."""
    import polars as pl

    names = FirstNames()
    parts: dict[str, list[pl.DataFrame]] = {}
    for part in table.partition_by("0", maintain_order=True):
        parts.setdefault(names.of(str(part["0"][0])), []).append(part)
    return {name: pl.concat(found) for name, found in parts.items()}


def _is_readable(table: "pl.DataFrame") -> bool:
    """Whether no line could be refused or read as another kind than the rest: numbers where they are due."""
    import polars as pl

    is_due = [pl.lit(value=True)]
    if table.width > 4:
        is_due.append(_is_number("4"))
    if table.width == 10:
        is_due += [_is_number("6"), pl.col("9").str.contains(r"^-?\d{1,12}$")]
    found = table.select(all_due=pl.all_horizontal(is_due).all())["all_due"][0]
    return bool(found) and (table.width != 9 or _is_one_of_nine(table))


def _is_one_of_nine(table: "pl.DataFrame") -> bool:
    """Whether nine columns are those of BED9 in all lines, or those of broadPeak in all."""
    import polars as pl

    is_thick = pl.all_horizontal(pl.col("6", "7").str.contains(r"^(\d{1,12}|\.)$"))
    is_bed = is_thick & (pl.col("8").is_in(list(BED9_COLOURS)) | pl.col("8").str.contains(_COLOUR))
    is_peak = pl.all_horizontal(_is_number(name, (".",)) for name in ("6", "7", "8"))
    may_be_thick = pl.all_horizontal(pl.col("6", "7").str.contains(r"^(\d+|\.)$"))
    may_be_bed = may_be_thick & (pl.col("8").is_in(list(BED9_COLOURS)) | pl.col("8").str.contains(","))
    checks = table.select(bed=is_bed.all(), peak=(is_peak & ~may_be_bed).all())
    return bool(checks["bed"][0] or checks["peak"][0])


def _is_number(column: str, absent: Sequence[str] = ABSENT) -> "pl.Expr":
    import polars as pl

    value = pl.col(column)
    is_absent = value.str.to_lowercase().is_in(list(absent))
    return is_absent | value.str.contains(r"^[-+]?(\d{1,18}\.?\d{0,18}|\.\d{1,18})([eE][-+]?[01]?\d)?$")
