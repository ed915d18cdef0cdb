"""Large tables of places whose lines are all alike, read as columns: a million lines in a fraction of a second.

A file is either wholly regular, so that no line of it could be refused, or it is left to the readers of lines.
"""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from ebert_core.genome.bed import has_gff_tags, is_heading_line, is_track_line
from ebert_core.genome.lines import LARGEST_POSITION, LONGEST_LINE, columns_of, unpacked
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.errors import InvalidRequest

if TYPE_CHECKING:
    import polars as pl

# Below, lines are read as soon as polars is imported.
_LEAST_BYTES = 2_000_000
# What is parsed at once, and what a table may take: a gzipped file may unpack to a thousand times its size.
_PIECE_BYTES = 1 << 25
_MOST_BYTES = 1 << 32


class _Beginning(NamedTuple):
    """How many bytes of comments, instructions and headings a file begins with, and the columns of the line below."""

    length: int
    columns: int


def read_regular(
    path: Place, widths: Collection[int], *, is_signal: bool = False, least_bytes: int | None = None
) -> "pl.DataFrame | None":
    """The columns of a large file, named `0`, `1`, …: a chromosome, start, end, and all others as text.

    None for small files, and where a line is odd: has other columns than the first, an empty one, blanks at the ends of
    one, positions that are no interval, or is a comment.

    Args:
        path: the file, plain or gzipped.
        widths: how many columns it may have.
        is_signal: whether the fourth column holds numbers, and no line of headings may stand above.
        least_bytes: smaller files are not read here; 2 MB unless given.

    Raises:
        InvalidRequest: the file cannot be read, or its table takes too much memory.
    """
    with unpacked(path) as stream:
        begun = stream.read(max(_LEAST_BYTES if least_bytes is None else least_bytes, LONGEST_LINE))
        if len(begun) < (_LEAST_BYTES if least_bytes is None else least_bytes):
            return None
        beginning = _beginning(begun, takes_headings=not is_signal)
        if beginning is None or beginning.columns not in widths:
            return None
        return _joined(path, _pieces(begun[beginning.length :], stream), beginning.columns, is_signal)


def _pieces(begun: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """Whole lines of a file that goes on after what was read; an empty piece where a line has no end."""
    kept = begun
    while more := stream.read(_PIECE_BYTES):
        cut = kept.rfind(b"\n") + 1
        if cut or len(kept) > LONGEST_LINE:
            yield kept[:cut]
        kept = kept[cut:] + more
    if kept:
        yield kept


def _joined(path: Place, pieces: Iterator[bytes], columns: int, is_signal: bool) -> "pl.DataFrame | None":
    import polars as pl

    tables, size = [], 0
    for piece in pieces:
        # A lone carriage return ends a line, too.
        table = _parsed(piece, columns, is_signal) if piece and b"\r" not in piece else None
        if table is None or _is_odd(table):
            return None
        tables.append(table)
        size += int(table.estimated_size())
        if size > _MOST_BYTES:
            raise InvalidRequest(
                f"{path} takes more than {_MOST_BYTES >> 30} GiB of memory; "
                "make a bigBed (bedToBigBed) or bigWig (bedGraphToBigWig) of it."
            )
    return pl.concat(tables, rechunk=True) if tables else None


def _beginning(content: bytes, *, takes_headings: bool) -> _Beginning | None:
    """None where a file says that its columns are not those of BED, or has no tabs between them."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        line = content[start:end].decode("utf-8", "replace")
        fields = columns_of(line)
        if "type=bedDetail" in line or (is_track_line(line) and has_gff_tags(line)):
            return None
        if takes_headings and is_heading_line(fields):
            takes_headings = False
        elif not is_track_line(line) and line.strip():
            return _Beginning(start, len(fields)) if fields == line.split("\t") else None
        start = end + 1
    return None


def _parsed(content: bytes, width: int, is_signal: bool) -> "pl.DataFrame | None":
    import polars as pl

    types: dict[str, type[pl.DataType]] = {
        str(column): pl.Int64 if column in (1, 2) else pl.String for column in range(width)
    }
    if is_signal:
        types["3"] = pl.Float64
    try:
        return pl.read_csv(content, has_header=False, separator="\t", quote_char=None, schema=types)
    except pl.exceptions.PolarsError:
        return None


def _is_odd(table: "pl.DataFrame") -> bool:
    import polars as pl

    chromosome = pl.col("0")
    oddities = [
        pl.any_horizontal(pl.all().is_null()),
        pl.any_horizontal(pl.col(pl.String).str.contains(r"^\s|\s$")),
        (pl.col("1") < 0) | (pl.col("2") < pl.col("1")) | (pl.col("2") > LARGEST_POSITION),
        chromosome.str.starts_with("#") | chromosome.is_in(["track", "browser"]),
        chromosome.str.contains(r"^(track|browser) "),
    ]
    return bool(table.select(any_odd=pl.any_horizontal(oddities).any())["any_odd"][0])
