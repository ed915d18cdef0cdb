"""From which score bins are called bound."""

import numpy as np
import pytest

from ebert_core.judging.calibration import best_f1_threshold


def test_the_threshold_is_that_of_the_best_f1() -> None:
    is_bound = np.array([True, True, False, True, False, False])
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.2, 0.1])
    assert best_f1_threshold(is_bound, scores) == pytest.approx(0.6)
    assert best_f1_threshold(np.zeros(6, bool), scores) is None
