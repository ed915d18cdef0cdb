"""Folds dealt by hand, and the figures of subsamples against figures computed one by one."""

import msgspec
import numpy as np
import pytest

from ebert_core.dream.scoring import auprc, auroc, recall_of, thresholds
from ebert_core.dream.subsamples import Scored, score_of, stratified_folds


def test_each_class_is_dealt_to_the_folds_and_cut_in_file_order() -> None:
    is_bound = np.zeros(25, dtype=bool)
    is_bound[[7, 20]] = True
    folds = stratified_folds(is_bound)
    # 23 unbound ones are dealt first: three to folds 0, 1 and 2, two to the others. The bound ones go on at fold 3.
    assert folds[[7, 20]].tolist() == [3, 4]
    assert folds[~is_bound].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, *np.repeat(np.arange(3, 10), 2).tolist()]


def test_the_class_of_the_first_bin_is_dealt_first() -> None:
    is_bound = np.array([True] * 12 + [False] * 21)
    folds = stratified_folds(is_bound)
    assert folds[:12].tolist() == [0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert np.bincount(folds[12:]).tolist() == [2, 2, 3, 2, 2, 2, 2, 2, 2, 2]


def test_folds_are_those_of_scikit_learn() -> None:
    # StratifiedKFold(10) of scikit-learn 1.9 on the same bins.
    is_bound = np.array([int(digit) for digit in "0110100000100010000001000000000101000100"], dtype=bool)
    assert "".join(map(str, stratified_folds(is_bound))) == "0120300111422253334446555666777788889999"


def test_bins_of_one_class_are_dealt_too() -> None:
    assert stratified_folds(np.ones(10, dtype=bool)).tolist() == list(range(10))
    assert stratified_folds(np.zeros(0, dtype=bool)).tolist() == []


def test_subsamples_leave_one_fold_out_each() -> None:
    rng = np.random.default_rng(3)
    is_bound = rng.random(997) < 0.1
    scores = (rng.random(997) + 0.3 * is_bound).round(2)
    score = score_of(Scored(is_bound, scores, ambiguous=5))
    folds = stratified_folds(is_bound)
    assert (score.bins, score.bound, score.ambiguous) == (997, is_bound.sum(), 5)
    for fold, figures in enumerate(score.subsamples):
        kept = folds != fold
        assert figures.bins == kept.sum()
        assert figures.bound == is_bound[kept].sum()
        assert figures.auroc == auroc(is_bound[kept], scores[kept])
        assert figures.auprc == auprc(is_bound[kept], scores[kept])
        assert figures.recall_at_50_fdr == recall_of(thresholds(is_bound[kept], scores[kept]), 0.5)
        assert figures.recall_at_05_fdr == recall_of(thresholds(is_bound[kept], scores[kept]), 0.05)


def test_nineteen_of_twenty_miss_five_percent_and_twenty_of_twenty_one_meet_it() -> None:
    unbound = np.zeros(1, dtype=bool)
    of_twenty = score_of(Scored(np.append(np.ones(19, dtype=bool), unbound), np.ones(20), 0))
    assert (of_twenty.recall_at_05_fdr, of_twenty.recall_at_10_fdr) == (0.0, 1.0)
    of_more = score_of(Scored(np.append(np.ones(20, dtype=bool), unbound), np.ones(21), 0))
    assert of_more.recall_at_05_fdr == 1.0


def test_f1_calls_what_rounds_to_one() -> None:
    # Above one half: two bound, one unbound; one bound bin at one half is rounded to 0.
    score = score_of(Scored(np.array([1, 1, 0, 1, 0], dtype=bool), np.array([0.9, 0.51, 0.6, 0.5, 0.1]), 0))
    assert score.f1 == pytest.approx(2 * 2 / (3 + 3))
    assert score_of(Scored(np.array([True, False]), np.zeros(2), 0)).f1 == 0.0


def test_keys_are_those_of_the_challenge_and_what_has_no_value_is_null() -> None:
    is_bound = np.zeros(30, dtype=bool)
    is_bound[4] = True
    written = msgspec.json.decode(msgspec.json.encode(score_of(Scored(is_bound, np.linspace(0, 1, 30), 0))))
    keys = "auROC auPRC recall_at_50_fdr recall_at_25_fdr recall_at_10_fdr recall_at_05_fdr F1 bins bound ambiguous"
    assert list(written) == [*keys.split(), "subsamples"]
    assert [list(each) for each in written["subsamples"]] == [keys.split()] * 10
    without = written["subsamples"][int(stratified_folds(is_bound)[4])]
    assert (without["auPRC"], without["auROC"], without["recall_at_10_fdr"], without["bound"]) == (None, None, None, 0)
