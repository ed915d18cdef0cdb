"""Boosted trees on what the regression of `baselines` reads: the other thing that a model has to beat."""

# R = bins, K = features.

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.material.evidence import Evidence
from ebert_core.protocol.terms.hearing import tell_progress

if TYPE_CHECKING:
    # Imported when trees are grown: it takes a second or two.
    from sklearn.ensemble import HistGradientBoostingClassifier

TREES = "boosted trees"
_MOST_THREADS = 4
_TREES = 150
# Grown before a wish to stop is heard again; each time the bins are sorted anew, which takes longer than to grow them.
_TREES_AT_ONCE = 50


def can_grow_trees() -> bool:
    """Whether scikit-learn is installed, which comes with the extra `model`."""
    return find_spec("sklearn") is not None


class TreeFit(NamedTuple):
    """The trees of one factor; `motif` is its column among the motifs, or -1."""

    motif: int
    trees: "HistGradientBoostingClassifier"

    def scores(self, known: Evidence) -> NDArray[np.float32]:
        """The logit of each bin."""
        if not len(known.state_R):
            return np.empty(0, dtype=np.float32)
        with _few_threads():
            return np.asarray(self.trees.decision_function(plain_features(known, self.motif)), dtype=np.float32)


def grow_trees(
    known: Evidence, is_bound_R: NDArray[np.bool_], weight_R: NDArray[np.float64], motif: int, seed: int
) -> TreeFit:
    """Histogram gradient boosting (scikit-learn) with small trees and a slow rate: bound bins are few.

    They are the trees that one call of scikit-learn grows, but whoever waits is told of every few.

    Args:
        known: what is known of the bins.
        is_bound_R: whether each is bound; both kinds are there.
        weight_R: how many bins each stands for.
        motif: the factor's column among the motifs, or -1.
        seed: of scikit-learn's own draws.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        categorical_features=[_state_column(known)],
        random_state=seed,
        warm_start=True,
    )
    features_RK = plain_features(known, motif)
    with _few_threads():
        for grown in range(0, _TREES, _TREES_AT_ONCE):
            tell_progress(grown / _TREES, f"growing {TREES}")
            trees.set_params(max_iter=grown + _TREES_AT_ONCE)
            trees.fit(features_RK, is_bound_R, sample_weight=weight_R)
    return TreeFit(motif, trees)


def plain_features(known: Evidence, motif: int) -> NDArray[np.float32]:
    """What is known of bins as features (R, K), without products and hinges: trees find these. NaN is not there."""
    columns: list[NDArray[Any]] = [known.signal_in_bin_RC, known.signal_near_RC, known.state_R[:, None]]
    if motif >= 0:
        columns += [known.motif_in_bin_RM[:, [motif]], known.motif_near_RM[:, [motif]]]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def _state_column(known: Evidence) -> int:
    return 2 * int(known.signal_in_bin_RC.shape[1])


@contextmanager
def _few_threads() -> Iterator[None]:
    """Within this, OpenMP uses four threads at most, and no more than it was given."""
    from threadpoolctl import ThreadpoolController

    pools = ThreadpoolController().select(user_api="openmp")
    given = max((pool["num_threads"] for pool in pools.info()), default=_MOST_THREADS)
    with pools.limit(limits=min(_MOST_THREADS, given)):
        yield
