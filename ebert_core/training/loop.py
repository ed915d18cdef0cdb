"""The step every kind of training shares: optimizer, schedule, what a later step depends on, the guard against NaN."""

import math
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ebert_core.material import distributed
from ebert_core.model.device import Engine, keep_freed_memory
from ebert_core.model.network import Ebert
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.training.averaging import WeightAverage

_LAST_RATE = 0.05
_WEIGHT_DECAY = 0.05
_LONGEST_GRADIENT = 1.0
# Processes that train together draw different dropout for their different windows.
_OTHER_PROCESS = 7_919_000_003


class Schedule(NamedTuple):
    """Learning rate: linear warm-up, then half a cosine down to a twentieth."""

    peak: float
    warmup_steps: int
    steps: int

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        warm = min(1.0, (step + 1) / max(1, self.warmup_steps))
        way = 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(1, self.steps))))
        return self.peak * warm * (_LAST_RATE + (1 - _LAST_RATE) * way)


class Trainer:
    """A network under training.

    `layer_decay` below 1 slows the lower layers of a pre-trained network; `weight_average` above 0 is the decay of a
    running average of the weights, which is kept beside them.
    """

    def __init__(
        self,
        network: Ebert,
        engine: Engine,
        schedule: Schedule,
        seed: int,
        layer_decay: float = 1.0,
        weight_average: float = 0.0,
    ) -> None:
        if engine.device.type == "cpu":
            keep_freed_memory()
        self.network = network.to(engine.device).train()
        self.engine = engine
        self.schedule = schedule
        self.seed = seed
        self.step = 0
        self.best_score = -1.0
        self.kept: dict[str, Tensor] = {}  # what else later steps depend on; saved with the rest
        self._average = WeightAverage(self.network, weight_average) if weight_average else None
        groups = list(parameter_groups(network, layer_decay))
        self._shares = [group.share for group in groups]
        self._names = [group.names for group in groups]
        self.optimizer = torch.optim.AdamW(
            [{"params": group.parameters, "weight_decay": group.weight_decay} for group in groups],
            lr=schedule.peak,
            betas=(0.9, 0.98),
            fused=True,
        )

    def take_step(self, loss_of_batch: Callable[[], Tensor]) -> float:
        """One step on the loss of a batch; returns the loss.

        The random numbers of dropout follow from seed and step, so that a resumed run draws the same ones. Of several
        processes each gives its share of the loss (`distributed.Share.mean`), and all take the same step.

        Raises:
            InvalidRequest: the loss or its gradient is not a number; weights and saved state are untouched.
        """
        torch.manual_seed((self.seed * 1_000_003 + self.step) + _OTHER_PROCESS * distributed.rank())
        for group, share in zip(self.optimizer.param_groups, self._shares, strict=True):
            group["lr"] = self.schedule.rate(self.step) * share
        with self.engine.autocast():
            loss = loss_of_batch()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        parameters = list(self.network.parameters())
        loss = distributed.sum_gradients(parameters, loss.detach().float()).reshape(1)
        length = nn.utils.clip_grad_norm_(parameters, _LONGEST_GRADIENT)
        value, norm = torch.cat((loss, length.float().reshape(1))).tolist()
        if not (math.isfinite(value) and math.isfinite(norm)):
            what = f"The loss became {value}" if not math.isfinite(value) else f"The gradient became {norm}"
            raise InvalidRequest(
                f"{what} at step {self.step + 1}; nothing was overwritten. Begin anew with a lower learning rate than "
                f"{self.schedule.peak:g}: going on would come to the same."
            )
        self.optimizer.step()
        self.step += 1
        if self._average:
            self._average.update(self.step)
        return float(value)

    def averaged(self) -> AbstractContextManager[None]:
        """Within this, the network has the average weights where they are kept: to measure them, to keep them."""
        return self._average.in_place() if self._average else nullcontext()

    def figures(self) -> dict[str, float]:
        """What a checkpoint says of its training: steps taken, and the best held-out auPRC where one was measured."""
        return {"steps": float(self.step)} | ({"held-out auPRC": self.best_score} if self.best_score > 0 else {})

    def tensors(self) -> dict[str, Tensor]:
        """Everything a later step depends on: weights, moments, the step, and the best score so far."""
        tensors = {f"weight.{name}": tensor.contiguous() for name, tensor in self.network.state_dict().items()}
        for group, names in zip(self.optimizer.param_groups, self._names, strict=True):
            for parameter, name in zip(group["params"], names, strict=True):
                for key, value in self.optimizer.state.get(parameter, {}).items():
                    tensors[f"moment.{key}.{name}"] = value
        if self._average:
            tensors |= self._average.tensors()
        tensors |= {f"kept.{name}": tensor for name, tensor in self.kept.items()}
        tensors["step"] = torch.tensor(self.step)
        tensors["best_score"] = torch.tensor(self.best_score, dtype=torch.float64)
        return tensors

    def adopt(self, tensors: dict[str, Tensor]) -> None:
        """Goes on where `tensors` were taken.

        Raises:
            KeyError: something is missing.
            RuntimeError: they belong to another network.
        """
        self.network.load_state_dict(saved_weights(tensors))
        for group, names in zip(self.optimizer.param_groups, self._names, strict=True):
            for parameter, name in zip(group["params"], names, strict=True):
                # A head that this training does not use has no moments.
                if f"moment.step.{name}" in tensors:
                    self.optimizer.state[parameter] = {
                        key: tensors[f"moment.{key}.{name}"].to(parameter.device)
                        for key in ("step", "exp_avg", "exp_avg_sq")
                    }
        if self._average:
            self._average.adopt(tensors)
        self.kept = {name.removeprefix("kept."): each for name, each in tensors.items() if name.startswith("kept.")}
        self.step = int(tensors["step"])
        self.best_score = float(tensors["best_score"])


def saved_weights(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights among `Trainer.tensors`."""
    return {name.removeprefix("weight."): value for name, value in tensors.items() if name.startswith("weight.")}


class ParameterGroup(NamedTuple):
    """Parameters that learn alike: names, decay, and their share of the learning rate."""

    names: list[str]
    parameters: list[nn.Parameter]
    weight_decay: float
    share: float


def parameter_groups(network: Ebert, layer_decay: float) -> Iterable[ParameterGroup]:
    """Parameters by depth and kind: vectors are not decayed, layer l of n learns at layer_decay ** (n - l)."""
    layers = network.architecture.layers
    found: dict[tuple[int, bool], ParameterGroup] = {}
    for name, parameter in network.named_parameters():
        depth = _depth(name, layers)
        decays = parameter.ndim > 1 and "norm" not in name
        share = layer_decay ** (layers + 1 - depth)
        group = found.setdefault((depth, decays), ParameterGroup([], [], _WEIGHT_DECAY if decays else 0.0, share))
        group.names.append(name)
        group.parameters.append(parameter)
    return found.values()


def _depth(name: str, layers: int) -> int:
    if name.startswith(("embedding.motifs", "embedding.signals", "embedding.words")):
        return layers + 1  # new in fine-tuning, although they enter at the bottom
    if name.startswith("embedding."):
        return 0
    if name.startswith("encoder.blocks."):
        return int(name.split(".")[2]) + 1
    return layers + 1
