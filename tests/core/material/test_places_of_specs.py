"""Where a spec trains and measures: places that are not there are refused before anything is trained."""

from pathlib import Path

import pytest

from ebert_core.material.material import open_material
from ebert_core.material.sampling import stretches
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.core.toy_binding import SilentReport


@pytest.mark.parametrize(
    ("training", "validation", "sentence"),
    [
        (["chr1:1-90,000"], ["chr2"], "'chr1:1-90,000' passes the end of chr1 at "),
        (
            ["chr1"],
            ["chr2:1-12.2k"],
            "'chr2:1-12.2k' passes the end of chr2 at 12,130; end it there, or write chr2",
        ),
        (["chr1"], ["chr2:1-150"], r"No window of 200 bases fits the given regions \(chr2:1-150\)"),
    ],
)
def test_a_place_that_is_not_there_is_refused_before_the_training(
    toy_binding: Path, training: list[str], validation: list[str], sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        open_material(str(toy_binding), training, validation, (), SilentReport())


def test_a_place_without_known_sequence_is_not_called_too_small() -> None:
    with pytest.raises(InvalidRequest, match="in known sequence, of which there are 100 bases here"):
        stretches([Interval("chr1", 0, 1000)], [Interval("chr1", 900, 50_000)], 200)
