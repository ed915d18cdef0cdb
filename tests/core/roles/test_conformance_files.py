"""Every file of other programs' test suites is drawn or refused in one sentence; none is a mistake of ours."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.protocol.sources import ChromatinStates, GeneModels, MeasuredPeaks, MeasuredSignal
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import InspectFile, OpenFiles
from tests.core.roles.asking import data_role, of

# It says of itself that it holds nothing.
_EMPTY = ("jbrowse__empty.bigWig",)


def files_in(real_data: Path):
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
        match file.kind:
            case "signal":
                has_data = np.isfinite(ask(of(MeasuredSignal(path=file.path), place, 2000)).maximum).any()
            case "genes":
                has_data = len(ask(of(GeneModels(file.path), place)).starts)
            case "states":
                has_data = len(ask(of(ChromatinStates(path=file.path), place)).starts)
            case _:
                has_data = len(ask(of(MeasuredPeaks(path=file.path), place)).starts)
        assert has_data, path
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
        for interval in (whole, over_the_end):
            match kind:
                case "signal":
                    ask(of(MeasuredSignal(path=path), interval, 500))
                case "genes":
                    ask(of(GeneModels(path), interval))
                case "states":
                    ask(of(ChromatinStates(path=path), interval))
                case "features" | "peaks":
                    ask(of(MeasuredPeaks(path=path), interval))

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
