"""A dataset put together in a dialog becomes a DATASET.toml, so that nobody must write TOML."""

from pathlib import Path

import msgspec

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import CellTypePaths, Layout, PeakPaths, write_layout
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.tracks import DatasetDraft


def write_dataset(draft: DatasetDraft) -> Dataset:
    """The dataset that a person put together in the dialog, written and opened.

    Raises:
        InvalidRequest: a file makes no sense or the description cannot be written; then none is left behind.
    """
    cells: dict[str, CellTypePaths] = {}

    def cell(name: str) -> CellTypePaths:
        return cells.get(name, CellTypePaths())

    for name, path in draft.states:
        cells[name] = msgspec.structs.replace(cell(name), states=path)
    for name, signal, path in draft.signals:
        cells[name] = msgspec.structs.replace(cell(name), signals=cell(name).signals | {signal: path})
    for name, factor, kind, path in sorted(draft.peaks, key=lambda row: row[2]):
        known = cell(name).peaks.get(factor, PeakPaths(""))
        peaks = cell(name).peaks | {factor: msgspec.structs.replace(known, **{kind: path})}
        cells[name] = msgspec.structs.replace(cell(name), peaks=peaks)
    layout = Layout(
        name=draft.name,
        assembly=draft.assembly,
        reference=draft.reference,
        chromosome_sizes=draft.chromosome_sizes,
        genes=draft.genes,
        cytobands=draft.bands,
        blacklist=draft.blacklist,
        cell_types=cells,
    )
    _check_draft(layout)
    trial = Dataset(layout)
    states = trial.state_colours if draft.states else ()
    layout = msgspec.structs.replace(
        layout,
        state_names=tuple(state.name for state in states),
        state_colours=tuple(state.colour for state in states),
    )
    target = Path(draft.path)
    write_layout(layout, target)
    return Dataset.open(target)


def _check_draft(layout: Layout) -> None:
    if not layout.name or not layout.assembly:
        raise InvalidRequest("A dataset needs a name and an assembly, such as hg19.")
    if not (layout.reference or layout.chromosome_sizes):
        raise InvalidRequest("A dataset needs a reference sequence or a table of chromosome sizes.")
    for name, cell in layout.cell_types.items():
        for factor, peaks in cell.peaks.items():
            if not peaks.conservative:
                raise InvalidRequest(f"{factor} in {name} has relaxed peaks only; add its conservative peaks.")
