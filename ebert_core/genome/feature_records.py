"""All that a file of features says of some of them, read from it again: every column, under its name."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from urllib.parse import unquote

from ebert_core.genome.annotation import FeatureSource, first_fields, is_gene_prediction, is_gene_table
from ebert_core.genome.bed import bed_columns, has_gff_tags, is_heading_line, is_track_line
from ebert_core.genome.bigfiles import BigBedFeatures
from ebert_core.genome.features import Feature
from ebert_core.genome.gene_records import gene_table_records
from ebert_core.genome.indexed_features import IndexedFeatures
from ebert_core.genome.lines import BadLine, columns_of, read_lines, whole_number
from ebert_core.genome.macs import is_macs_table
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.locus import Interval

Record = dict[str, str]

# What a window of text has room for.
MOST_RECORDS = 20
# A text is read through until all is found; of a longer one, what was kept of its features is said.
_MOST_LINES = 3_000_000
_MIXED = 10
# As UCSC calls the columns of genePred, with `bin` before them in its tables.
_GENE_PREDICTION = (
    "name",
    "chrom",
    "strand",
    "txStart",
    "txEnd",
    "cdsStart",
    "cdsEnd",
    "exonCount",
    "exonStarts",
    "exonEnds",
    "score",
    "name2",
    "cdsStartStat",
    "cdsEndStat",
    "exonFrames",
)


def records_of(file: FeatureSource, interval: Interval) -> list[Record]:
    """The records that cover exactly an interval, each as its columns by their names; at most 20.

    Positions stand there as the file has them.

    Raises:
        InvalidRequest: the file cannot be read.
    """
    wide = Interval(interval.chromosome, interval.start, max(interval.end, interval.start + 1))
    place = (interval.start, interval.end)
    wanted = [each for each in file.touching(wide) if (each.start, each.end) == place]
    if not wanted:
        return []
    found = list(islice(_records(file, wanted), MOST_RECORDS))
    return found or [_kept(each) for each in wanted[:MOST_RECORDS]]


def _records(file: FeatureSource, wanted: Sequence[Feature]) -> Iterator[Record]:
    one = wanted[0]
    if isinstance(file, BigBedFeatures):
        return file.records_at(one.chromosome, one.start, one.end)
    if isinstance(file, IndexedFeatures):
        rows = file.rows_at(one.chromosome, one.start, max(one.end, one.start + 1))
        return _named_rows(rows, one, _Columns(file.path, (0, 1, 2)))
    fields = first_fields(file.path)
    if is_gene_table(fields):
        return gene_table_records(file.path, wanted, _MOST_LINES)
    # Nearly all files write a number as its digits, which are looked for faster than lines are cut.
    found = list(_named_rows(_rows(file.path, str(one.end)), one, _columns(file.path, fields)))
    return iter(found) if found else _named_rows(_rows(file.path), one, _columns(file.path, fields))


class _Columns:
    """Which columns of a table hold a place, where starts are counted from, and what all are called."""

    def __init__(self, path: Place, places: tuple[int, int, int], first: int = 0) -> None:
        self.path, self.places, self.first = path, places, first
        self.headings: list[str] = []
        self.has_details = self.has_tags = self.are_genes = False

    def names(self, fields: Sequence[str]) -> Sequence[str]:
        """What the columns of a line are called: as the file's heading says, or its format."""
        if len(self.headings) == len(fields):
            return self.headings
        if self.are_genes:
            return _GENE_PREDICTION if self.places[0] == 1 else ("bin", *_GENE_PREDICTION)
        return bed_columns(fields, has_details=self.has_details)

    def is_at(self, fields: Sequence[str], feature: Feature) -> bool:
        """Whether a line stands where a feature does, which no line before a chromosome's beginning does."""
        chromosome, start, end = self.places
        if len(fields) <= max(self.places) or fields[chromosome] != feature.chromosome:
            return False
        try:
            begun = whole_number(self.path, 0, "start", fields[start].removeprefix("-")) - self.first
            begun = 0 if fields[start].startswith("-") else begun
            return begun == feature.start and whole_number(self.path, 0, "end", fields[end]) == feature.end
        except BadLine:
            return False


def _columns(path: Place, fields: list[str]) -> _Columns:
    if is_macs_table(fields):
        return _Columns(path, (0, 1, 2), first=1)
    if not is_gene_prediction(fields):
        return _Columns(path, (0, 1, 2))
    columns = _Columns(path, (1, 3, 4) if fields[2] in ("+", "-") else (2, 4, 5))
    columns.are_genes = True
    return columns


def _rows(path: Place, holding: str = "") -> Iterator[list[str]]:
    """The fields of all lines that hold a text, comments and a heading among them."""
    is_first = True
    for _, line in islice(read_lines(path), _MOST_LINES):
        is_told = is_first or holding in line or line.startswith(("#", "track", "browser"))
        is_first = is_first and is_track_line(line)
        if not is_told:
            continue
        fields = [line] if is_track_line(line) else columns_of(line)
        # modkit divides the last columns of bedMethyl by blanks.
        yield [*fields[:-1], *fields[-1].split()] if len(fields) == _MIXED else fields


def _named_rows(rows: Iterable[list[str]], wanted: Feature, columns: _Columns) -> Iterator[Record]:
    for fields in rows:
        if len(fields) == 1:
            _take_comment(columns, fields[0])
        elif is_heading_line(fields):
            columns.headings = fields
        elif columns.is_at(fields, wanted):
            record = dict(zip(columns.names(fields), fields, strict=False))
            yield {**record, **_tags(fields)} if columns.has_tags else record


def _take_comment(columns: _Columns, line: str) -> None:
    """Note what a comment says of the columns below it."""
    columns.has_details = columns.has_details or (line.startswith("track") and "type=bedDetail" in line)
    columns.has_tags = columns.has_tags or has_gff_tags(line)
    if line.startswith("#") and "\t" in line:
        columns.headings = [name.strip() for name in line.lstrip("#").split("\t")]


def _tags(fields: Sequence[str]) -> Record:
    """What the name of a line says as attributes of GFF3."""
    pairs = (part.partition("=") for part in fields[3].split(";")) if len(fields) > 3 else ()
    return {key.strip(): unquote(value.strip()) for key, equals, value in pairs if equals}


def _kept(feature: Feature) -> Record:
    """What was kept of a feature whose line stands too far down in its file to be looked for."""
    return {
        "chromosome": feature.chromosome,
        "start": str(feature.start),
        "end": str(feature.end),
        "name": feature.name,
        "transcripts": ", ".join(feature.identities),
        feature.score_name: f"{feature.score:g}" if feature.score else "",
        "strand": feature.strand,
        "blocks": str(len(feature.blocks) or ""),
    }
