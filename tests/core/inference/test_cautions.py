"""What speaks against a prediction is said before it begins, and what is known to be wrong is said as a warning."""

from pathlib import Path

import msgspec
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.inference.cautions import cautions_of
from ebert_core.model.description import Calibration, Description, read_description
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reliability import MeasuredCell, Reliability, ReliabilityPoint, Transfer
from ebert_core.protocol.terms.verdict import Judgement, Outcome, Verdict

POINTS = (ReliabilityPoint(0.1, 0.3, 1.0), ReliabilityPoint(0.5, 0.8, 0.5))
FAILED = Transfer("beta", ("alpha",), 20, 0.4, 0.3, 0.5, 0.05)


def checked_on(peaks: int, *transfers: Transfer) -> Reliability:
    return Reliability(("chr2",), (MeasuredCell("beta", 2_400, 40, peaks),), True, False, POINTS, transfers)


@pytest.fixture
def description(toy_checkpoint: Path) -> Description:
    return read_description(toy_checkpoint)


def with_reliability(description: Description, reliability: Reliability | None) -> Description:
    """The checkpoint without a verdict, trained on half of chr1 and calibrated, and worth so much."""
    factors = tuple(
        msgspec.structs.replace(each, reliability=reliability, calibration=Calibration(1, 0, "chr2"))
        for each in description.factors
    )
    trained = (Interval("chr1", 0, 15_000),)
    return msgspec.structs.replace(description, factors=factors, verdict=None, training=trained)


def judged(description: Description, outcome: Outcome, sentence: str) -> Description:
    known = Judgement("FOS", ("alpha",), 60, 500, outcome, sentence)
    return msgspec.structs.replace(description, verdict=Verdict(known, "motif x accessibility", "chr2", (known,)))


UNSEEN = ("chr1:20,001-25,000",)


def cautions(
    description: Description,
    dataset: Path,
    output: str,
    cell_type: str = "alpha",
    regions: tuple[str, ...] = UNSEEN,
    factor: str | tuple[str, ...] = (),
) -> list[str]:
    spec = Predict("", str(dataset), cell_type, factor, output, regions=regions)
    return list(cautions_of(spec, description, Dataset.open(dataset)))


def test_values_whose_calibration_failed_elsewhere_are_warned_of(description: Description, toy_binding: Path) -> None:
    [said] = cautions(with_reliability(description, checked_on(20, FAILED)), toy_binding, "x.bw")
    assert said.startswith("WARNING: ")
    assert "2.5 times too high in held-out beta" in said
    assert said.endswith("take them as ranks.")


def test_what_rests_on_little_is_said_without_a_warning(description: Description, toy_binding: Path) -> None:
    [said] = cautions(with_reliability(description, checked_on(10)), toy_binding, "x.bw")
    assert said == "What a probability of FOS is worth rests on 10 peaks; do not rely on it."


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


@pytest.mark.parametrize(
    ("outcome", "start"), [("worse", "WARNING: "), ("far behind", "WARNING: "), ("level", ""), ("better", None)]
)
def test_a_verdict_against_a_factor_is_said_as_the_window_says_it(
    description: Description, toy_binding: Path, outcome: Outcome, start: str | None
) -> None:
    known = judged(with_reliability(description, checked_on(20)), outcome, "Do not use the model for FOS.")
    expected = [] if start is None else [f"{start}Do not use the model for FOS."]
    assert cautions(known, toy_binding, "x.bw") == expected


def test_places_that_were_trained_on_and_that_chose_the_epoch_are_named(
    description: Description, toy_binding: Path
) -> None:
    known = with_reliability(description, checked_on(20))
    trained, chose = cautions(known, toy_binding, "x.bw", regions=())
    assert trained.startswith("fos was trained on parts of chr1 for FOS in alpha")
    assert chose == "Parts of chr2 chose the epoch of fos, which flatters values there a little."
    assert cautions(known, toy_binding, "x.bw", regions=("chr1:14,000-16,000",)) == [trained]


def test_a_cell_type_that_training_never_saw_is_said_with_whether_calibration_was_tested(
    description: Description, toy_binding: Path
) -> None:
    known = with_reliability(description, checked_on(20))
    factors = tuple(msgspec.structs.replace(each, cell_types=("gamma",)) for each in known.factors)
    known = msgspec.structs.replace(known, factors=factors, cell_types=("gamma",))
    tested, seen = cautions(known, toy_binding, "x.bw")
    assert "alpha was never seen, and calibration was not tested there" in tested
    assert seen == "fos saw no labels of alpha in training."


def test_what_is_not_calibrated_is_a_warning(description: Description, toy_binding: Path) -> None:
    known = with_reliability(description, checked_on(20))
    factors = tuple(msgspec.structs.replace(each, calibration=Calibration()) for each in known.factors)
    known = msgspec.structs.replace(known, factors=factors)
    assert cautions(known, toy_binding, "x.bw") == ["WARNING: Probabilities of FOS are not calibrated."]


def test_of_several_factors_each_kind_is_one_line(description: Description, toy_binding: Path) -> None:
    known = with_reliability(description, checked_on(10))
    one, *_ = known.factors
    other = msgspec.structs.replace(one, name="JUN", reliability=checked_on(20, FAILED))
    known = judged(msgspec.structs.replace(known, factors=(one, other)), "worse", "Do not use the model for FOS.")
    assert cautions(known, toy_binding, "{factor}.bw", regions=("chr2",)) == [
        "WARNING: Worse than baseline: FOS.",
        "WARNING: Take as ranks: JUN.",
        "WARNING: Model worse than baseline: JUN.",
        "Rests on few peaks: FOS.",
        "Parts of chr2 chose the epoch: FOS and JUN.",
    ]
    assert "Do not use" in cautions(known, toy_binding, "{factor}.bw", factor="FOS")[0]
