"""Several networks of one architecture as one: the mean of their calibrated logits."""

# B = windows in a batch, N = bins starting every 50 bp, F = factors, H = heads, T = tokens, M = members.

from collections.abc import Callable
from typing import Self

import msgspec
import torch
from torch import Tensor, nn

from ebert_core.model.config import Architecture
from ebert_core.model.embedding import Windows
from ebert_core.model.network import Ebert


class MemberScales(nn.Module):
    """Slope and offset of each member and factor, in float32 whatever the weights are computed in."""

    slope_MF: Tensor
    offset_MF: Tensor

    def __init__(self, members: int, factors: int) -> None:
        super().__init__()
        self.register_buffer("slope_MF", torch.ones(members, factors))
        self.register_buffer("offset_MF", torch.zeros(members, factors))

    def forward(self, member: int, logits_BNF: Tensor) -> Tensor:
        """The logits of one member on the scale that all members share."""
        return self.slope_MF[member] * logits_BNF + self.offset_MF[member]

    def _apply(self, function: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Follows the network to another device, not to bf16: a slope of 1.003 would become 1."""
        exact = dict(self.named_buffers())
        super()._apply(function, recurse)  # type: ignore[no-untyped-call]  # as torch has it
        for name, buffer in exact.items():
            setattr(self, name, buffer.to(getattr(self, name).device))
        return self


class Ensemble(nn.Module):
    """Networks that were trained apart and predict together; what asks for one network gets the first."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        one = msgspec.structs.replace(architecture, members=1)
        self.members = nn.ModuleList(Ebert(one) for _ in range(architecture.members))
        self.scales = MemberScales(architecture.members, len(architecture.factors))

    @property
    def first(self) -> Ebert:
        """The member that stands for all where only one network can answer."""
        member = self.members[0]
        assert isinstance(member, Ebert), "members are made above"
        return member

    def binding(self, windows: Windows) -> Tensor:
        """Mean over the members of their calibrated binding logits (B, N, F), in float32."""
        total_BNF: Tensor | None = None
        for number, member in enumerate(self.members):
            assert isinstance(member, Ebert), "members are made above"
            scaled_BNF = self.scales(number, member.binding(windows))
            total_BNF = scaled_BNF if total_BNF is None else total_BNF + scaled_BNF
        assert total_BNF is not None, "an ensemble has members"
        return total_BNF / len(self.members)

    def attention(self, windows: Windows, layer: int) -> Tensor:
        """Attention weights (B, H, T, T) of one layer of the first member."""
        return self.first.attention(windows, layer)

    def parameter_count(self) -> int:
        """Number of trained numbers in all members."""
        return sum(parameter.numel() for parameter in self.parameters())


Network = Ebert | Ensemble


def build_network(architecture: Architecture) -> Network:
    """The network of an architecture with random weights: one, or as many as it has members."""
    return Ebert(architecture) if architecture.members == 1 else Ensemble(architecture)
