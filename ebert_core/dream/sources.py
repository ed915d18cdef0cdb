"""What a label file is made of, taken from a dataset or from bare files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ebert_core.dataset.description import Dataset
from ebert_core.dream.regions import Run, read_regions, runs_at, runs_of, whole_chromosomes
from ebert_core.genome.annotation import FeatureSource, read_features
from ebert_core.genome.chromosomes import read_chromosome_sizes
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import is_region_file
from ebert_core.protocol.terms.wording import has_no


class CellPeaks(NamedTuple):
    """The peaks of a factor in one cell type; without relaxed ones only grazed bins are ambiguous."""

    cell_type: str
    conservative: FeatureSource
    relaxed: FeatureSource | None = None


class Sources(NamedTuple):
    """Peaks by cell type, the regions where bins lie, in order, and what no bin may touch.

    With `chromosomes`, regions elsewhere are refused: peaks were not looked for there.
    """

    cells: Sequence[CellPeaks]
    runs: Iterable[Run]
    blacklist: FeatureSource | None = None
    chromosomes: tuple[str, ...] = ()


def sources_of_dataset(
    dataset: Dataset, factor: str, cell_types: Sequence[str] = (), regions: Sequence[str] = ()
) -> Sources:
    """The peaks of a factor in these cell types, or in all where it was measured.

    Bins lie in `regions`, loci and BED files, else in the labelled regions, else on chromosomes from end to end.

    Raises:
        InvalidRequest: the factor was not measured there, or a file cannot be read.
    """
    assayed = [name for name in dataset.cell_types if dataset.is_assayed(name, factor)]
    if not assayed:
        raise InvalidRequest(has_no(dataset.path or "The dataset", "peaks of", factor, dataset.factors))
    cells = []
    for name in cell_types or assayed:
        peaks = dataset.peaks(name, factor)
        if peaks is None:
            raise InvalidRequest(f"{factor} was not assayed in {name}; it was in {', '.join(assayed)}.")
        cells.append(CellPeaks(name, peaks, dataset.peaks(name, factor, is_relaxed=True)))
    runs: Iterable[Run]
    if regions:
        runs = (run for text in regions for run in _runs_at(text, dataset))
    elif dataset.labelled_regions is not None:
        runs = runs_of(dataset.labelled_regions)
    else:
        runs = whole_chromosomes(dataset.chromosome_lengths)
    return Sources(cells, runs, dataset.blacklist, tuple(dataset.chromosome_lengths))


def _runs_at(text: str, dataset: Dataset) -> Iterator[Run]:
    """A file's regions under the names that it has: those elsewhere may be left aside before they are judged."""
    lengths = dataset.chromosome_lengths
    return read_regions(Path(text)) if is_region_file(text) else runs_at([text], lengths, str(dataset.path))


def sources_of_files(
    conservative: Mapping[str, Path],
    relaxed: Mapping[str, Path],
    regions: Sequence[str] = (),
    chromosome_sizes: str = "",
    blacklist: str = "",
) -> Sources:
    """Peak files by cell type; bins lie in the regions of BED files, or on whole chromosomes of these sizes.

    Raises:
        InvalidRequest: neither or both are given, a cell type has only relaxed peaks, or a file cannot be read.
    """
    if bool(regions) == bool(chromosome_sizes):
        raise InvalidRequest("Bins lie in --regions BED, or on whole chromosomes of --chromosome-sizes FILE: give one.")
    for text in regions:
        if not is_region_file(text):
            raise InvalidRequest(f"--regions {text} is no BED file; loci need --dataset, which knows the chromosomes.")
    for name in relaxed:
        if name not in conservative:
            raise InvalidRequest(f"--relaxed names {name}, which --conservative does not.")
    cells = [
        CellPeaks(name, read_features(path), read_features(relaxed[name]) if name in relaxed else None)
        for name, path in conservative.items()
    ]
    listed = (run for text in regions for run in read_regions(Path(text)))
    runs = listed if regions else whole_chromosomes(read_chromosome_sizes(Path(chromosome_sizes)))
    return Sources(cells, runs, read_features(Path(blacklist)) if blacklist else None)
