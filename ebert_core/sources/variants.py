"""Reads variants: those that a screen can show, or all that a file says of some."""

import numpy as np
from msgspec.structs import replace

from ebert_core.dataset.shown import remarks_on
from ebert_core.genome.features import Extents
from ebert_core.genome.variant_files import VariantFile, VariantRows, open_variants
from ebert_core.genome.variants import KINDS, described, short_allele
from ebert_core.protocol.shapes import Column, Features
from ebert_core.protocol.sources import VariantCalls
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.beyond import remarks_beyond
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.said import as_said

_MOST_VARIANTS = 4_000
_COLUMNS = 1_000
# What a window of text has room for.
_MOST_SAID, _MOST_LINES = 20, 10_000
_NAMES = ("id", "ref", "alt", "qual", "filter")


def read_variants(source: VariantCalls, interval: Interval, _columns: int, opened: OpenedDataset) -> Features:
    """Variants of a file in an interval."""
    dataset = opened.current(source.path)
    file = dataset.placed_file("variants", source.path, open_variants)
    if source.says_all:
        return all_said_of(interval, file)
    shown = variants_for_screen(interval, file.touching(interval))
    return replace(shown, remarks=(*remarks_on(dataset, file, interval.chromosome), *remarks_beyond(dataset, file)))


def extents_of_variants(source: VariantCalls, interval: Interval, opened: OpenedDataset) -> Extents:
    """Where the variants of a file lie that share a base with an interval."""
    rows = opened.current(source.path).placed_file("variants", source.path, open_variants).touching(interval)
    return Extents(rows.starts, rows.ends)


def variants_for_screen(interval: Interval, rows: VariantRows) -> Features:
    """The variants that can be seen: when there are too many, the first of each kind in each column."""
    kept = np.arange(len(rows.starts))
    if len(kept) > _MOST_VARIANTS:
        column = np.maximum(0, rows.starts - interval.start) * _COLUMNS // interval.length
        kept = np.sort(np.unique(column * len(KINDS) + rows.kinds, return_index=True)[1])
    texts = [rows.texts[place].split("\t") for place in kept.tolist()]
    named = {name: tuple(text[place] for text in texts) for place, name in enumerate(_NAMES)}
    shortened = {name: tuple(map(_short_alleles, named[name])) for name in ("ref", "alt")}
    return Features(
        interval,
        rows.starts[kept],
        rows.ends[kept],
        names=named["id"],
        columns=(
            *(Column(name, shortened.get(name, named[name])) for name in _NAMES[1:]),
            Column("kind", tuple(KINDS[kind] for kind in rows.kinds[kept].tolist())),
        ),
        omitted=len(rows.starts) - len(kept),
    )


def _short_alleles(text: str) -> str:
    return ",".join(map(short_allele, text.split(","))) if len(text) < 1_000 else short_allele(text)


def all_said_of(place: Interval, file: VariantFile) -> Features:
    """The variants that cover exactly a place, with a column for everything that a line says."""
    lines = file.lines(place)[:_MOST_SAID]
    said = [dict(list(described(fields, file.samples))[:_MOST_LINES]) for fields in lines]
    for fields, each in zip(lines, said, strict=True):
        if len(fields) - 9 > _MOST_LINES:
            each["…"] = f"{len(fields) - 9:,} samples in all"
    return as_said(place, said, [each.get("ID", "") if each.get("ID") != "." else "" for each in said])
