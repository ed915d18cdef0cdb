"""Every file of other programs' test suites is drawn or refused in one sentence; none is a mistake of ours."""

import shutil
from pathlib import Path

import pytest

from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import InspectFile, OpenFiles, ReadGenes, ReadPeaks, ReadSignal, ReadStates
from ebert_core.roles.data import handlers


@pytest.mark.real
def test_every_file_is_drawn_or_refused_in_one_sentence(real_data, tmp_path):
    table = handlers()
    # Indexes are written beside the files, which must stay as they are.
    copied = shutil.copytree(Path(real_data, "conformance"), tmp_path / "conformance")

    def ask(request):
        return table[type(request)](request, lambda fraction, note="": None)

    def draw(path: str) -> None:
        kind = ask(InspectFile(path)).kind
        chromosome = ask(OpenFiles((path,))).chromosomes[0]
        whole = Interval(chromosome.name, 0, chromosome.length)
        over_the_end = Interval(chromosome.name, max(0, chromosome.length - 50), chromosome.length + 1000)
        for interval in (whole, over_the_end):
            match kind:
                case "signal":
                    ask(ReadSignal(interval, 500, path=path))
                case "genes":
                    ask(ReadGenes(interval, path=path))
                case "states":
                    ask(ReadStates(interval, path=path))
                case "features" | "peaks":
                    ask(ReadPeaks(interval, path=path))

    drawn = 0
    for path in sorted(path for path in copied.rglob("*") if path.is_file()):
        try:
            draw(str(path))
            drawn += 1
        except InvalidRequest as error:
            sentence = str(error)
            assert sentence.endswith("."), sentence
            assert "\n" not in sentence
    assert drawn > 50
