"""The signals that can be made of what a dataset holds, as the window offers them for a model."""

from collections.abc import Iterator, Sequence

from ebert_core.dataset.layout import Layout
from ebert_core.protocol.tracks import MadeSignal

# What tells a signal of open chromatin by its name.
_ACCESSIBILITY = ("dnase", "atac", "faire", "accessib")


def made_signals(layout: Layout, signal_names: Sequence[str], factors: Sequence[str]) -> Iterator[MadeSignal]:
    """What is worth offering: accessibility on scales that compare cell types, and what else the dataset gives."""
    cells = layout.cell_types.values()
    for name in signal_names:
        if any(word in name.lower() for word in _ACCESSIBILITY):
            yield MadeSignal(f"log({name})", f"The logarithm of {name}.")
            yield MadeSignal(f"quantile({name})", f"{name} on one scale for all cell types, whatever their depth.")
            if sum(name in cell.signals for cell in cells) > 1:
                meaning = f"How much more {name} there is than on average in the other cell types trained on."
                yield MadeSignal(f"difference({name})", meaning)
    if any(sum(factor in cell.peaks for cell in cells) > 1 for factor in factors):
        yield MadeSignal("binding", "Where each factor is bound in the other cell types trained on.")
    for name in layout.signals:
        yield MadeSignal(name, f"{name}, the same in all cell types.")
    if sum(bool(cell.expression) for cell in cells) > 1:
        yield MadeSignal("expression", "What the dataset says of gene expression in the cell type.")
    if layout.genes:
        yield MadeSignal("distance(TSS)", "How far the nearest start of a gene is.")
