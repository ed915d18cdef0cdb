"""What speaks against a prediction is said before it begins, and what is known to be wrong is said as a warning."""

from pathlib import Path

import msgspec
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.inference.cautions import cautions_of
from ebert_core.model.description import Description, read_description
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.reliability import MeasuredCell, Reliability, ReliabilityPoint, Transfer

POINTS = (ReliabilityPoint(0.1, 0.3, 1.0), ReliabilityPoint(0.5, 0.8, 0.5))
FAILED = Transfer("beta", ("alpha",), 20, 0.4, 0.3, 0.5, 0.05)


def checked_on(peaks: int, *transfers: Transfer) -> Reliability:
    return Reliability(("chr2",), (MeasuredCell("beta", 2_400, 40, peaks),), True, False, POINTS, transfers)


@pytest.fixture
def description(toy_checkpoint: Path) -> Description:
    return read_description(toy_checkpoint)


def with_reliability(description: Description, reliability: Reliability | None) -> Description:
    factors = tuple(msgspec.structs.replace(each, reliability=reliability) for each in description.factors)
    return msgspec.structs.replace(description, factors=factors)


def cautions(description: Description, dataset: Path, output: str, cell_type: str = "alpha") -> list[str]:
    spec = Predict("", str(dataset), cell_type, (), output)
    return list(cautions_of(spec, description, Dataset.open(dataset)))


def test_values_whose_calibration_failed_elsewhere_are_warned_of(description: Description, toy_binding: Path) -> None:
    [said] = cautions(with_reliability(description, checked_on(20, FAILED)), toy_binding, "x.bw")
    assert said.startswith("WARNING: ")
    assert "2.5 times too high in held-out beta" in said
    assert said.endswith("take them as ranks.")


def test_what_rests_on_little_is_said_without_a_warning(description: Description, toy_binding: Path) -> None:
    [said] = cautions(with_reliability(description, checked_on(10)), toy_binding, "x.bw")
    assert said.startswith("What probabilities of FOS are worth rests on 10 peaks; do not rely on it.")


def test_where_nothing_speaks_against_it_nothing_is_said(description: Description, toy_binding: Path) -> None:
    assert cautions(with_reliability(description, checked_on(20)), toy_binding, "x.bw") == []


def test_absent_inputs_come_first_and_as_a_warning(description: Description, toy_binding: Path) -> None:
    first, *_ = cautions(with_reliability(description, checked_on(20, FAILED)), toy_binding, "x.bw", "beta")
    assert first == "WARNING: In beta it predicts without DNase, which the dataset does not give."


def test_a_file_of_calls_says_from_where_and_of_whom_there_are_none(
    description: Description, toy_binding: Path
) -> None:
    known = with_reliability(description, checked_on(20))
    one, *_ = known.factors
    other = msgspec.structs.replace(one, name="JUN", cell_types=())
    known = msgspec.structs.replace(known, factors=(one, other))
    left_out, called = cautions(known, toy_binding, "{factor}.bed.gz")
    assert left_out.startswith("WARNING: No file is written of JUN (")
    assert "no bin is called bound" in left_out
    assert "FOS" in called
    assert not any("called" in said for said in cautions(known, toy_binding, "{factor}.bw"))
