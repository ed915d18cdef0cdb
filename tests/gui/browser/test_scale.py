"""Where values stand on linear, logarithmic and symmetric logarithmic axes, and which numbers stand beside them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebert_gui.browser.scale import Scale, Spacing, number_words

ENDS = st.floats(1e-6, 1e6)
SHARES = st.lists(st.floats(0, 1), min_size=2, max_size=20)


def scale_between(spacing: Spacing, one: float, other: float) -> Scale:
    """From the one to the other above 0, or from below 0 where the axis has room for that."""
    if spacing == "log":
        low, high = sorted((one, other))
        return Scale(low, max(high, low * 1.01), "log")
    return Scale(-one, other, spacing)


@pytest.mark.parametrize("spacing", ["linear", "log", "symlog"])
@settings(max_examples=40, deadline=None, derandomize=True)
@given(one=ENDS, other=ENDS, shares=SHARES)
def test_values_stand_in_their_order_and_can_be_told_from_where_they_stand(
    spacing: Spacing, one: float, other: float, shares: list[float]
) -> None:
    scale = scale_between(spacing, one, other)
    assert scale.share([scale.low, scale.high]) == pytest.approx([0, 1])
    at = np.sort(shares)
    values = scale.value_at(at)
    assert scale.share(values) == pytest.approx(at, abs=1e-6)
    apart = np.diff(at) > 1e-6
    assert (np.diff(values)[apart] > 0).all()
    beyond = scale.value_at([-0.1, 1.1])
    assert beyond[0] < scale.low
    assert beyond[1] > scale.high


def test_what_is_not_above_zero_stands_below_a_logarithmic_axis_and_what_is_unknown_nowhere() -> None:
    shares = Scale(0.1, 10, "log").share([0.0, -1.0, 1.0, np.nan])
    assert shares[:3] == pytest.approx([-np.inf, -np.inf, 0.5])
    assert np.isnan(shares[3])


def test_a_symmetric_axis_gives_both_signs_the_same_room() -> None:
    scale = Scale(-100, 100, "symlog")
    above, below = scale.share([1.0, 10.0]), scale.share([-1.0, -10.0])
    assert above + below == pytest.approx([1, 1])
    assert scale.share(0.0) == pytest.approx(0.5)
    assert above[1] - 0.5 > 0.2, "a tenth of the end has far more than a tenth of the room"


@pytest.mark.parametrize(
    ("scale", "values"),
    [
        (Scale(0, 5), ()),
        (Scale(-2, 5), (0,)),
        (Scale(0.1, 300, "log"), (100, 10, 1)),
        (Scale(0.02, 0.09, "log"), ()),
        (Scale(1, 1000, "log"), (100, 10)),
        (Scale(0, 500, "symlog"), (100, 10)),
        (Scale(-30, 500, "symlog"), (0, 100, 10, -10)),
    ],
)
def test_ticks_stand_at_zero_and_at_powers_of_ten(scale: Scale, values: tuple[float, ...]) -> None:
    assert scale.between == pytest.approx(values)


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0"), (0.5, "0.5"), (-3.0, "-3"), (100000.0, "100000"), (2e6, "2e6"), (3e-12, "3e-12")]
)
def test_numbers_are_written_short(value: float, words: str) -> None:
    assert number_words(value) == words
