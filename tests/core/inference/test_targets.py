"""Which files a prediction writes, and from where bins are called bound in them."""

import math
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ebert_core.inference.targets import targets_of, without_calls
from ebert_core.model.description import Description, FactorRecord, read_description
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.certain import present


@pytest.fixture(scope="module")
def shipped() -> Description:
    return read_description(resource("checkpoints/demonstration"))


def spec(factor: str | tuple[str, ...], output: str, **changes: Any) -> Predict:
    return Predict("c", "d", "alpha/2", factor, output, **changes)


def with_thresholds(shipped: Description, **thresholds: float | None) -> Description:
    """The shipped factors, these with other thresholds."""
    factors = tuple(
        msgspec.structs.replace(record, threshold=thresholds[record.name.replace("-", "_")])
        if record.name.replace("-", "_") in thresholds
        else record
        for record in shipped.factors
    )
    return msgspec.structs.replace(shipped, factors=factors)


def test_a_target_has_the_row_and_the_threshold_of_its_factor(shipped: Description) -> None:
    chosen = shipped.factors[2]
    [target] = targets_of(spec(chosen.name, "/x/{factor}.{cell_type}.bed.gz"), shipped)
    assert target == (chosen.name, 2, Path(f"/x/{chosen.name}.alpha-2.bed.gz"), chosen.threshold)


def test_a_wanted_precision_takes_the_lowest_probability_that_reached_it(shipped: Description) -> None:
    chosen = max(
        shipped.factors, key=lambda record: max(point.precision for point in present(record.reliability).points)
    )
    precisions = [point.precision for point in present(chosen.reliability).points]
    wanted = sorted(precisions)[len(precisions) // 2]
    [target] = targets_of(spec(chosen.name, "x.bed.gz", wanted_precision=wanted), shipped)
    reached = [point.probability for point in present(chosen.reliability).points if point.precision >= wanted]
    assert target.threshold == reached[0] != chosen.threshold


def test_one_of_several_factors_without_calls_is_left_out_and_all_together_are_refused(shipped: Description) -> None:
    names = [record.name for record in shipped.factors]
    weak = with_thresholds(shipped, **{names[0].replace("-", "_"): 0.01})
    everything = spec((), "{factor}.bed.gz")
    assert [target.factor for target in targets_of(everything, weak)] == names[1:]
    assert list(without_calls(everything, weak)) == names[:1]
    with pytest.raises(InvalidRequest, match=rf"No bin is called bound of {names[0]} \("):
        targets_of(spec((names[0], names[1]), "{factor}.bed.gz"), weak)
    none = with_thresholds(shipped, **{name.replace("-", "_"): None for name in names})
    with pytest.raises(InvalidRequest, match=rf"No bin is called bound of {names[0]} \("):
        targets_of(everything, none)


def test_a_file_of_probabilities_needs_no_calls(shipped: Description) -> None:
    names = tuple(record.name for record in shipped.factors)
    none = with_thresholds(shipped, **{name.replace("-", "_"): None for name in names})
    targets = targets_of(spec((), "{factor}.bw"), none)
    assert [target.factor for target in targets] == list(names)
    assert all(math.isnan(target.threshold) for target in targets)


@pytest.mark.parametrize(
    ("factors", "output", "changes", "sentence"),
    [
        (("DEMO-A", "DEMO-B"), "x.bw", {}, r"^2 factors need 2 files; write \{factor\} in the name"),
        (
            "DEMO-A",
            "x.bed.gz",
            {"wanted_precision": 1.5},
            r"^wanted_precision is 1.5; it must be at least 0",
        ),
        ("DEMO-A", "x.bed.gz", {"wanted_precision": -0.1}, r"^wanted_precision is -0.1; it must be at least 0"),
        ("DEMO-A", "x.bw", {"wanted_precision": 0.5}, r"x\.bw holds no calls"),
        ("DEMO-Z", "x.bw", {}, r"DEMO-Z"),
    ],
)
def test_what_cannot_be_written_is_named(
    shipped: Description, factors: str | tuple[str, str], output: str, changes: dict[str, float], sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        targets_of(spec(factors, output, **changes), shipped)


def test_a_factor_named_twice_has_one_file_and_a_checkpoint_without_factors_none(shipped: Description) -> None:
    assert len(targets_of(spec(("DEMO-A", "DEMO-A"), "x.bw"), shipped)) == 1
    with pytest.raises(InvalidRequest, match="is pre-trained only and predicts no factor yet"):
        targets_of(spec((), "x.bw"), msgspec.structs.replace(shipped, factors=()))


def test_a_factor_of_an_older_checkpoint_has_no_wanted_precision(shipped: Description) -> None:
    old = msgspec.structs.replace(shipped, factors=(FactorRecord("DEMO-A", ("alpha",), threshold=0.5),))
    assert targets_of(spec("DEMO-A", "x.bed.gz"), old)[0].threshold == 0.5
    with pytest.raises(InvalidRequest, match=r"was not measured.*ask for less, or write the probabilities"):
        targets_of(spec("DEMO-A", "x.bed.gz", wanted_precision=0.5), old)
