"""Every file of other programs' test suites is drawn or refused in one sentence; none is a mistake of ours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import (
    ChromatinStates,
    GeneModels,
    MeasuredPeaks,
    MeasuredSignal,
    PairedPlaces,
    Source,
    VariantCalls,
)
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import InspectFile, OpenFiles
from tests.core.roles.asking import data_role, of

# It says of itself that it holds nothing.
_EMPTY = ("jbrowse__empty.bigWig",)


# What a file of each kind is read with; one of another kind fails the tests.
_SOURCES: dict[str, Callable[[str], Source]] = {
    "signal": lambda path: MeasuredSignal(path=path),
    "genes": GeneModels,
    "states": lambda path: ChromatinStates(path=path),
    "features": lambda path: MeasuredPeaks(path=path),
    "peaks": lambda path: MeasuredPeaks(path=path),
    "variants": VariantCalls,
    "pairs": PairedPlaces,
}


def _source(kind: str, path: str) -> Source:
    return _SOURCES[kind](path)


def _holds_something(shape: Any) -> bool:
    return bool(np.isfinite(shape.maximum).any()) if isinstance(shape, Signal) else len(shape.starts) > 0


def files_in(real_data: Path) -> list[Path]:
    return sorted(path for path in Path(real_data, "conformance").rglob("*") if path.is_file())


@pytest.mark.real
def test_every_file_opens_where_it_has_something_to_show(real_data: Path) -> None:
    ask, shown = data_role(), 0
    for path in files_in(real_data):
        try:
            summary = ask(OpenFiles((str(path),)))
        except InvalidRequest:
            continue
        if not summary.files or path.name in _EMPTY:
            continue
        (file,), place = summary.files, summary.start_locus
        assert place is not None, path
        assert _holds_something(ask(of(_source(file.kind, file.path), place))), path
        shown += 1
    assert shown > 50


@pytest.mark.real
def test_every_file_is_drawn_or_refused_in_one_sentence(real_data: Path) -> None:
    ask = data_role()

    def draw(path: str) -> None:
        kind = ask(InspectFile(path)).kind
        chromosome = ask(OpenFiles((path,))).chromosomes[0]
        whole = Interval(chromosome.name, 0, chromosome.length)
        over_the_end = Interval(chromosome.name, max(0, chromosome.length - 50), chromosome.length + 1000)
        if kind in _SOURCES:  # the others, a genome or a checkpoint, are no tracks
            for interval in (whole, over_the_end):
                ask(of(_source(kind, path), interval, 500))

    drawn = 0
    for path in files_in(real_data):
        try:
            draw(str(path))
            drawn += 1
        except InvalidRequest as error:
            sentence = str(error)
            assert sentence.endswith("."), sentence
            assert "\n" not in sentence
    assert drawn > 50
