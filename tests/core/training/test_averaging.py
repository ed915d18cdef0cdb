"""The running average of the weights."""

import torch
from torch import nn

from ebert_core.training.averaging import WeightAverage


def _set(network: nn.Linear, value: float) -> None:
    with torch.no_grad():
        network.weight.fill_(value)


def test_the_average_follows_the_weights_and_leaves_them_alone() -> None:
    network = nn.Linear(1, 1, bias=False)
    _set(network, 0.0)
    average = WeightAverage(network, decay=0.5)
    for step, value in enumerate((1.0, 3.0), 1):
        _set(network, value)
        average.update(step)
    # Shares of the new weights: 1 - min(.5, 1/10) = .9, then 1 - min(.5, 2/11) = 9/11.
    expected = 0.9 + 9 / 11 * (3.0 - 0.9)
    with average.in_place():
        assert abs(network.weight.item() - expected) < 1e-6
    assert network.weight.item() == 3.0


def test_the_weights_come_back_after_an_error_within() -> None:
    network = nn.Linear(1, 1, bias=False)
    average = WeightAverage(network, decay=0.5)
    _set(network, 2.0)
    try:
        with average.in_place():
            raise RuntimeError
    except RuntimeError:
        pass
    assert network.weight.item() == 2.0


def test_an_average_goes_on_where_another_ended() -> None:
    network = nn.Linear(2, 2)
    first = WeightAverage(network, decay=0.9)
    _set(network, 1.0)
    first.update(1)
    second = WeightAverage(network, decay=0.9)
    second.adopt(first.tensors())
    for average in (first, second):
        average.update(2)
    ours, theirs = first.tensors(), second.tensors()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
