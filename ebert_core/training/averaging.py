"""The running average of the weights: steadier than the weights of any one step, at the price of one copy of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

_PREFIX = "average."


class WeightAverage:
    """An exponential average over the last steps, 1 / (1 - decay) of them once so many were taken.

    Polyak averaging, with a decay that rises with the steps so that the random weights of the start are soon forgotten.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._network = network
        self._decay = decay
        self._average = {name: parameter.detach().clone() for name, parameter in network.named_parameters()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes in the weights after a step, counted from 1."""
        share = 1 - min(self._decay, step / (step + 9))
        for name, parameter in self._network.named_parameters():
            self._average[name].lerp_(parameter, share)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within this, the network has the average weights."""
        kept = {name: parameter.detach().clone() for name, parameter in self._network.named_parameters()}
        self._set(self._average)
        try:
            yield
        finally:
            self._set(kept)

    def tensors(self) -> dict[str, Tensor]:
        """What `adopt` goes on from."""
        return {f"{_PREFIX}{name}": tensor for name, tensor in self._average.items()}

    def adopt(self, tensors: dict[str, Tensor]) -> None:
        """Goes on where `tensors` were taken.

        Raises:
            KeyError: they hold no average of a weight.
        """
        for name, average in self._average.items():
            average.copy_(tensors[f"{_PREFIX}{name}"])

    @torch.no_grad()
    def _set(self, weights: dict[str, Tensor]) -> None:
        for name, parameter in self._network.named_parameters():
            parameter.copy_(weights[name])
