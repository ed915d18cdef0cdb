"""The files of predictions: bigWig, bedGraph, a table of bins, BED of what is called bound, a row a region.

Each format has two halves: `encode` turns the values of a block into bytes, wherever they were computed, and a writer
takes the bytes of all blocks in order. A file appears complete or not at all.
"""

# X = bins of a block, one stretch after another.

import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.inference.bedgraph import bedgraph_file, packed_bedgraph_file
from ebert_core.inference.calls import calls_file
from ebert_core.inference.files import Append, Contents, NothingToWrite, complete_file
from ebert_core.inference.lines import table_lines
from ebert_core.inference.rows import rows_file
from ebert_core.inference.stretches import Block, Stretch, Tell, by_stretch, genome_bins, listed_bins, touching_bins
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION

# More costs several times as long, on numbers that hardly shrink.
_LEVEL = 1


class Format(NamedTuple):
    """How predictions become a file.

    `bins` finds out which bins the file needs: those of a region file in its order, each as often as it stands there,
    or each once in the genome's order. `has_rows` tells that the file has a row for each region, `writes_calls` that it
    holds what is called bound and nothing else, `has_values_for_browsers` that genome browsers draw its probabilities.
    """

    bins: Callable[[Predict, Dataset, Tell], list[Stretch]]
    encode: Callable[[Block, NDArray[np.float32]], bytes]
    open: Callable[[Path, Contents], AbstractContextManager[Append]]
    has_rows: bool = False
    writes_calls: bool = False
    has_values_for_browsers: bool = False


def format_of(path: Path) -> Format:
    """The format that a file's name asks for.

    Raises:
        InvalidRequest: it asks for none.
    """
    for ending, known in FORMATS.items():
        if path.name.lower().endswith(ending):
            return known
    raise InvalidRequest(
        f"{path.name} should end in .bw, .bedgraph, .tab.gz, .bed.gz or .tsv, so that its format is known."
    )


def encode_values(block: Block, probability_X: NDArray[np.float32]) -> bytes:
    """The values as they are; NaN is a gap."""
    assert len(probability_X) == block.bins
    return probability_X.astype(np.float32).tobytes()


def encode_lines(block: Block, probability_X: NDArray[np.float32]) -> bytes:
    """Lines `chromosome start end probability`, gzipped; a gap is written as 0, because every bin needs a number."""
    parts = [
        table_lines(stretch.chromosome, stretch.start, np.nan_to_num(values))
        for stretch, values in by_stretch(block, probability_X)
    ]
    return gzip.compress(b"".join(parts), _LEVEL, mtime=0)


@contextmanager
def bigwig_file(path: Path, contents: Contents) -> Iterator[Append]:
    """Each bin's probability on its central 50 bp; every chromosome in the header; gaps where a bin holds N."""
    has_value = False
    with BigWigWriter(path, contents.lengths) as writer:

        def append(block: Block, content: bytes) -> None:
            nonlocal has_value
            for stretch, values in by_stretch(block, np.frombuffer(content, dtype=np.float32)):
                has_value = has_value or bool(np.isfinite(values).any())
                writer.append(stretch.chromosome, stretch.start + (BIN - POSITION) // 2, POSITION, values)

        yield append
        if not has_value:
            raise NothingToWrite(f"{path} was not written: every bin that was asked for holds an N of the reference.")


@contextmanager
def table_file(path: Path, contents: Contents) -> Iterator[Append]:
    """The lines of every block: gzip files behind each other are a gzip file."""
    del contents
    with complete_file(path) as file:

        def append(_block: Block, content: bytes) -> None:
            file.write(content)

        yield append


FORMATS = {
    ".bw": Format(genome_bins, encode_values, bigwig_file, has_values_for_browsers=True),
    ".bigwig": Format(genome_bins, encode_values, bigwig_file, has_values_for_browsers=True),
    ".tab.gz": Format(listed_bins, encode_lines, table_file),
    ".bed.gz": Format(genome_bins, encode_values, calls_file, writes_calls=True),
    ".bedgraph": Format(genome_bins, encode_values, bedgraph_file, has_values_for_browsers=True),
    ".bedgraph.gz": Format(genome_bins, encode_values, packed_bedgraph_file, has_values_for_browsers=True),
    ".bg": Format(genome_bins, encode_values, bedgraph_file, has_values_for_browsers=True),
    ".bg.gz": Format(genome_bins, encode_values, packed_bedgraph_file, has_values_for_browsers=True),
    ".tsv": Format(touching_bins, encode_values, rows_file, has_rows=True),
    ".tsv.gz": Format(touching_bins, encode_values, rows_file, has_rows=True),
}
