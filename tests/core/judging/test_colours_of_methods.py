"""In every figure the baselines keep their colours, and the models take the others in turn."""

import pytest

from ebert_core.judging.drawing import COLOURS, colour_of


@pytest.mark.parametrize("method", ["motif x state", "motif alone", "boosted trees", "accessibility", "signals, state"])
def test_a_baseline_has_one_colour_whatever_stands_before_it(method: str) -> None:
    assert [colour_of(number, method) for number in (0, 5)] == [COLOURS[1], COLOURS[1]]
    assert colour_of(3, "motif scan") == COLOURS[2]


def test_models_have_colours_of_their_own_and_begin_anew_after_the_last() -> None:
    drawn = [colour_of(number, f"model {number}") for number in range(len(COLOURS))]
    assert drawn[0] == COLOURS[0]
    assert len(set(drawn)) == len(COLOURS) - 2
    assert not {COLOURS[1], COLOURS[2]} & set(drawn)
    assert drawn[len(COLOURS) - 2] == COLOURS[0]
