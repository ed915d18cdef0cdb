"""What the window shows of a dataset: its summary, where to begin, and remarks on its files."""

from collections.abc import Iterator, Mapping

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.first_look import first_bases, first_look
from ebert_core.dataset.layout import CellTypePaths
from ebert_core.dataset.offered_signals import made_signals
from ebert_core.dataset.sidecar import prediction_remarks
from ebert_core.genome.chromosomes import other_mitochondrion, strange_names
from ebert_core.genome.kinds import recognisers
from ebert_core.genome.recognising import TrackFile
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.chromosome_names import KnownNames, name_in, other_names
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, parse_locus
from ebert_core.protocol.terms.wording import listed
from ebert_core.protocol.tracks import (
    CellType,
    Chromosome,
    DatasetSummary,
    PeakFiles,
)


def summary_of(dataset: Dataset) -> DatasetSummary:
    """What the window shows of the dataset."""
    layout = dataset.layout
    return DatasetSummary(
        path=str(dataset.path or ""),
        name=layout.name,
        assembly=layout.assembly,
        chromosomes=tuple(Chromosome(*pair) for pair in dataset.chromosome_lengths.items()),
        has_sequence=bool(layout.reference),
        has_genes=bool(layout.genes),
        bands=dataset.bands,
        states=dataset.state_colours,
        cell_types=tuple(_cell_summary(name, cell) for name, cell in layout.cell_types.items()),
        files=dataset.files,
        labelled_regions=dataset.labelled_regions or (),
        truth_factors=dataset.truth.factors if dataset.truth else (),
        seed=layout.seed,
        start_locus=start_locus(dataset),
        start_factor=layout.start_factor,
        made_signals=tuple(made_signals(layout, dataset.signal_names, dataset.factors)),
        remarks=tuple(recognisers().problems),
    )


def start_locus(dataset: Dataset) -> Interval | None:
    """Where to begin: as the dataset says, or where bare files have data.

    Raises:
        InvalidRequest: it names no place of the genome.
    """
    if not dataset.layout.start_locus:
        return None if dataset.path else _first_look(dataset)
    locus = parse_locus(dataset.layout.start_locus, dataset.chromosome_lengths)
    if locus is None:
        raise InvalidRequest(
            f"{dataset.path}: start_locus '{dataset.layout.start_locus}' names no chromosome of the dataset."
        )
    return locus


def _first_look(dataset: Dataset) -> Interval | None:
    """Where bare files have data; where their genome begins when there are none."""
    found = first_look([dataset.track_file(file) for file in dataset.files], dataset.chromosome_lengths)
    return found or (first_bases(dataset.reference) if dataset.reference and not dataset.files else None)


def remarks_on(dataset: Dataset, source: TrackFile, chromosome: str) -> tuple[Remark, ...]:
    """Sentences on what of a file was not read as it stands, and on names that do not meet the genome in view."""
    own = (
        *prediction_remarks(source.path),
        *source.remarks,
        *_strangeness(dataset, source, chromosome),
        *_second_names(source.chromosome_lengths, chromosome),
    )
    if isinstance(source, Segmentation) and dataset.mixed_alphabets:
        return (*own, Remark("different alphabets", dataset.mixed_alphabets))
    if source.knows_lengths and (said := other_mitochondrion(dataset.chromosome_lengths, source.chromosome_lengths)):
        return (*own, Remark("another mitochondrion", said))
    return own


def _strangeness(dataset: Dataset, source: TrackFile, chromosome: str) -> Iterator[Remark]:
    """Bare files together may be of several genomes: the one in view is that of the files that know it."""
    own = source.chromosome_lengths
    if dataset.path or not own or name_in(own, chromosome) is not None:
        return
    others = [dataset.track_file(file).chromosome_lengths for file in dataset.files]
    genome = {name for lengths in others if name_in(lengths, chromosome) is not None for name in lengths}
    if strange := strange_names(own, genome):
        full = f"No name in this file is of the genome in view: it has {strange}, the view is on {chromosome}."
        # The track says it where it has nothing to draw; a message would repeat it.
        yield Remark("names do not match", full, is_told=False, kind="strange names")


def _second_names(lengths: Mapping[str, int], chromosome: str) -> Iterator[Remark]:
    """Texts are read under all names of a chromosome; a file with an index only under one of them."""
    names = [name for name in other_names(chromosome) if name in lengths]
    if len(names) > 1:
        shown = KnownNames(lengths).find(chromosome)
        full = f"This file calls one chromosome {listed(names)}; only what it has under {shown} is shown."
        yield Remark("two names of one chromosome", full)


def _cell_summary(name: str, cell: CellTypePaths) -> CellType:
    peaks = tuple(PeakFiles(factor, bool(paths.relaxed)) for factor, paths in sorted(cell.peaks.items()))
    return CellType(name, bool(cell.states), tuple(cell.signals), peaks)
