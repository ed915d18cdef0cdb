"""How a pre-trained network is compared on what is hidden: the copy beside it, the blocks, and which way is better."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from ebert_core.judging.masked_scores import MaskedScorer, _Hidden, nearest_visible, score_pretraining
from ebert_core.material.material import Material
from ebert_core.model.tokens import FIRST_STATE
from ebert_core.protocol.terms.locus import Interval
from tests.core.toy_binding import SilentReport


def test_a_hidden_state_is_copied_from_the_nearest_visible_one_and_the_left_of_two_as_near() -> None:
    a, b, usual = FIRST_STATE, FIRST_STATE + 3, FIRST_STATE + 9
    hidden = FIRST_STATE - 1
    shown_BS = np.array([[hidden, a, hidden, b, hidden, hidden], [hidden] * 6], dtype=np.uint8)
    assert nearest_visible(shown_BS, usual).tolist() == [[a, a, a, b, b, b], [usual] * 6]


class Scorer(MaskedScorer):
    """Has scored already: a hidden base every 16 in ten blocks of 10 kb, the network right where the others are not."""

    def __init__(self, block: int, states: int = 400) -> None:
        self.windows: Sequence[Interval] = ()
        places = (Interval("chr1", 100, 2_600), Interval("chr2", 0, 1_700))
        # Only these two answers are asked of it.
        known = SimpleNamespace(validation_stretches=lambda _length: places, state_bin_width=400)
        self.material = cast(Material, known)
        self._place_X = np.arange(0, 10 * block, 16)
        self._states = states

    def bases(self, windows: Sequence[Interval]) -> _Hidden:
        self.windows = windows
        ones = np.ones(len(self._place_X))
        return _Hidden(self._place_X, {"network": ones, "worse": ones * 1.5, "better": ones * 0.75})

    def states(self, windows: Sequence[Interval]) -> _Hidden:
        assert windows == self.windows
        place_X = np.arange(self._states) * 200
        is_right = (np.arange(self._states) % 4 > 0).astype(float)
        return _Hidden(place_X, {"network": is_right, "worse": np.zeros(self._states)})


def test_an_advantage_is_less_loss_and_more_states_and_windows_do_not_overlap() -> None:
    scorer, report = Scorer(10_000), SilentReport()
    found = score_pretraining(scorer, 800, report, 40, 1)
    assert scorer.windows == [
        *(Interval("chr1", start, start + 800) for start in (100, 900, 1_700)),
        *(Interval("chr2", start, start + 800) for start in (0, 800)),
    ]
    assert report.notes == ["hidden bases", "hidden states"]
    assert (found.block_width, found.hidden_bases, found.hidden_units) == (10_000, 6_250, 200)
    assert found.base_loss == {"network": 1, "worse": 1.5, "better": 0.75}
    assert found.state_accuracy == {"network": 0.75, "worse": 0}
    assert set(found.advantage) == {"worse", "better"}
    for name, value in (("worse", 0.5), ("better", -0.25)):
        estimate = found.advantage[name]
        assert (estimate.low, estimate.value, estimate.high) == pytest.approx((value, value, value))
    assert found.accuracy_advantage["worse"].value == 0.75


@pytest.mark.parametrize(("block", "width"), [(100_000, 100_000), (24_000, 25_000), (22_000, 10_000), (100, 2_000)])
def test_blocks_are_the_widest_of_which_there_are_ten(block: int, width: int) -> None:
    assert score_pretraining(Scorer(block), 800, SilentReport(), 2, 1).block_width == width


def test_where_no_state_is_hidden_there_is_no_accuracy() -> None:
    found = score_pretraining(Scorer(10_000, states=0), 800, SilentReport(), 2, 1)
    assert (found.hidden_units, found.state_accuracy, found.accuracy_advantage) == (0, {}, {})
