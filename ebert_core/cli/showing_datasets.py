"""What `ebert show DATASET.toml` says: its genome, its cell types, and what was measured in each."""

import shlex
from pathlib import Path

import msgspec

from ebert_core.dataset.check import named_files
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import current_store
from ebert_core.protocol.terms.wording import listed

_MOST_LISTED = 12


class ShownCellType(msgspec.Struct, frozen=True):
    """What a dataset has of a cell type."""

    name: str
    has_states: bool
    signals: tuple[str, ...]
    factors: tuple[str, ...]


class ShownDataset(msgspec.Struct, frozen=True):
    """A dataset.

    `bases` are those of all chromosomes, `labelled_bases` those where peaks were called, None for everywhere. `store`
    is the folder that training reads, empty where it is to be made or made anew. `files` are the paths of the files
    that it names, `addresses` what it names at addresses.
    """

    kind: str
    name: str
    path: str
    assembly: str
    is_synthetic: bool
    has_reference: bool
    has_genes: bool
    chromosomes: dict[str, int]
    bases: int
    labelled_bases: int | None
    states: tuple[str, ...]
    signals: tuple[str, ...]
    factors: tuple[str, ...]
    motifs: tuple[str, ...]
    tracks: tuple[str, ...]
    cell_types: tuple[ShownCellType, ...]
    store: str
    files: tuple[str, ...]
    addresses: tuple[str, ...]


def shown_dataset(path: Path) -> ShownDataset:
    """What a dataset holds.

    Raises:
        InvalidRequest: it makes no sense, or a file that tells of its genome or states cannot be read.
    """
    dataset = Dataset.open(path)
    layout = dataset.layout
    regions = dataset.labelled_regions
    store = current_store(dataset) if dataset.reference else None
    named = named_files(dataset)
    return ShownDataset(
        kind="dataset",
        name=layout.name,
        path=str(path.absolute()),
        assembly=layout.assembly,
        is_synthetic=layout.seed is not None,
        has_reference=bool(layout.reference),
        has_genes=bool(layout.genes),
        chromosomes=dataset.chromosome_lengths,
        bases=sum(dataset.chromosome_lengths.values()),
        labelled_bases=None if regions is None else sum(region.length for region in regions),
        states=dataset.state_names,
        signals=tuple(dict.fromkeys((*dataset.signal_names, *layout.signals))),
        factors=dataset.factors,
        motifs=tuple(layout.motifs),
        tracks=tuple(layout.tracks),
        cell_types=tuple(
            ShownCellType(name, bool(cell.states), tuple(cell.signals), tuple(cell.peaks))
            for name, cell in layout.cell_types.items()
        ),
        store=str(store.directory) if store else "",
        files=named.files,
        addresses=named.addresses,
    )


def dataset_lines(found: ShownDataset) -> list[str]:
    """The same for a person, a line each."""
    of = f"a SYNTHETIC genome, {found.assembly}" if found.is_synthetic else found.assembly
    names = listed(tuple(found.chromosomes), 6)
    labelled = "everywhere" if found.labelled_bases is None else f"{found.labelled_bases:,} bp"
    lines = [
        f"{found.name}: a dataset of {of}",
        f"  file         {found.path}",
        f"  chromosomes  {names}: {found.bases:,} bp",
        f"  sequence     {'yes' if found.has_reference else 'no: nothing can be predicted or trained'}",
        f"  labelled     {labelled}",
        f"  states       {listed(found.states, _MOST_LISTED) or 'none'}",
        f"  signals      {listed(found.signals, _MOST_LISTED) or 'none'}",
        f"  factors      {listed(found.factors, _MOST_LISTED) or 'none'}",
        f"  motifs       {listed(found.motifs, _MOST_LISTED) or 'none'}",
        *([f"  tracks       {listed(found.tracks, _MOST_LISTED)}"] if found.tracks else []),
        f"  store        {found.store or 'not made, or out of date: ebert prepare ' + shlex.quote(found.path)}",
    ]
    width = max((len(cell.name) for cell in found.cell_types), default=0)
    for cell in found.cell_types:
        has = [*(["states"] if cell.has_states else []), *cell.signals]
        peaks = f"; peaks of {listed(cell.factors, _MOST_LISTED)}" if cell.factors else ""
        lines.append(f"{cell.name:<{width}}  {listed(has, _MOST_LISTED) or 'nothing'}{peaks}")
    return lines
