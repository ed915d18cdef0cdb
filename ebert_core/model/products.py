"""Matrix products and attention in bf16 on a processor, arranged so that its matrix units stay busy.

PyTorch's own kernels in another order than its modules call them; why, and what it buys, is in
docs/decisions/bf16-on-processors.md. Everywhere else (fp32, CUDA, MPS) its modules are used as they are.
"""

# X = rows of a product (windows x tokens), I = units that enter, O = units that leave, B = windows, T = tokens,
# H = heads, E = units of a head. "q" and "k" in an axis group are queries and keys.

from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as f

from ebert_core.model.device import has_fast_bf16

Angles = tuple[Tensor, Tensor]

_WEIGHTS_AT_ONCE = 2**20  # attention weights of a few heads, about what the processor's cache holds


class _Packed(NamedTuple):
    """A weight in the order in which the product reads it, and of which state of the weight it is a copy."""

    address: int
    version: int
    weight: Tensor


class Linear(nn.Linear):
    """`nn.Linear`, with the same weights under the same names, faster in bf16 on processors that compute in it."""

    _packed: _Packed | None = None

    def forward(self, values: Tensor) -> Tensor:
        """Values (..., O) in the type of the products."""
        if not is_arranged(values):
            return super().forward(values)
        if self._is_fixed():
            return _product(values.to(torch.bfloat16), self._in_order(values), self.bias)
        product: Tensor = _Product.apply(values, self.weight, self.bias)  # type: ignore[no-untyped-call]  # as torch has it
        return product

    def gelu(self, values: Tensor) -> Tensor:
        """GELU (erf) of the product; where no gradient is wanted, computed while the product is written."""
        if torch.is_grad_enabled() or not is_arranged(values):
            return f.gelu(self(values))
        low = torch.bfloat16
        return _product(values.to(low), self._in_order(values), self.bias.to(low), "gelu", "none")

    def added_to(self, stream: Tensor, values: Tensor) -> Tensor:
        """A stream of vectors (..., O) plus the product; where no gradient is wanted, added while that is written."""
        low = torch.bfloat16
        if torch.is_grad_enabled() or stream.dtype != low or not is_arranged(values):
            with_product: Tensor = stream + self(values)
            return with_product
        bias, weight = self.bias.to(low), self._in_order(values)
        sum_XO: Tensor = torch.ops.mkldnn._linear_pointwise.binary(values.to(low), stream, weight, bias, "add")
        return sum_XO

    def _is_fixed(self) -> bool:
        """Whether the weight is that of a network put into bf16 to predict: a training's is in fp32 and moves."""
        weight = self.weight
        return not torch.is_grad_enabled() and weight.dtype == torch.bfloat16 and not weight.is_inference()

    def _in_order(self, values: Tensor) -> Tensor:
        """The weight in bf16 for a product with values (..., I); of a fixed one a packed copy is made and kept."""
        if not self._is_fixed():
            return self.weight.to(torch.bfloat16)
        address, version = self.weight.data_ptr(), self.weight._version
        if self._packed is None or self._packed[:2] != (address, version):
            rows = values.numel() // values.shape[-1]
            weight = torch.ops.mkldnn._reorder_linear_weight(self.weight.detach(), rows)
            self._packed = _Packed(address, version, weight)
        return self._packed.weight


def is_arranged(values: Tensor) -> bool:
    """Whether products of these values are computed here: in bf16, on a processor that is made for it."""
    if values.device.type != "cpu" or not values.numel() or not _processor_has_bf16():
        return False
    if torch.is_autocast_enabled("cpu"):
        return torch.get_autocast_dtype("cpu") == torch.bfloat16
    return values.dtype == torch.bfloat16


@lru_cache(maxsize=1)
def _processor_has_bf16() -> bool:
    has_onednn = torch.backends.mkldnn.is_available()
    return bool(has_onednn) and has_fast_bf16(torch.device("cpu"))


def _product(values: Tensor, weight_OI: Tensor, bias_O: Tensor, after: str = "none", kind: str = "") -> Tensor:
    """Values times weights plus bias; the bias is added while the product is written, not in a pass of its own."""
    product: Tensor = torch.ops.mkldnn._linear_pointwise(values, weight_OI, bias_O, after, [], kind)
    return product


class _Product(torch.autograd.Function):
    """A linear layer whose weight gradient turns the narrower of its two factors first."""

    @staticmethod
    def forward(context: Any, values: Tensor, weight_OI: Tensor, bias_O: Tensor) -> Tensor:
        low, low_weight_OI = values.to(torch.bfloat16), weight_OI.to(torch.bfloat16)
        context.save_for_backward(low, low_weight_OI)
        context.types = values.dtype, weight_OI.dtype, bias_O.dtype
        return _product(low, low_weight_OI, bias_O.to(torch.bfloat16))

    @staticmethod
    @once_differentiable
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        values, weight_OI = context.saved_tensors
        for_values, for_weight, for_bias = context.needs_input_grad
        values_type, weight_type, bias_type = context.types
        gradient_XO = gradient.reshape(-1, gradient.shape[-1])
        values_XI = values.reshape(-1, values.shape[-1])
        return (
            (gradient_XO @ weight_OI).to(values_type).reshape(values.shape) if for_values else None,
            weight_gradient(gradient_XO, values_XI).to(weight_type) if for_weight else None,
            gradient_XO.sum(0).to(bias_type) if for_bias else None,
        )


def weight_gradient(gradient_XO: Tensor, values_XI: Tensor) -> Tensor:
    """The gradient (O, I) of a weight: the product of the turned gradient and the values.

    A left factor that lies turned in memory halves the speed of the product, so it is copied into order first. Of the
    two factors the narrower is copied; if that is the values, the product comes out turned and is copied instead.
    """
    if gradient_XO.shape[1] <= values_XI.shape[1]:
        return gradient_XO.t().contiguous() @ values_XI
    return (values_XI.t().contiguous() @ gradient_XO).t().contiguous()


def attend(mixed_BTD: Tensor, heads: int, angles: Angles | None) -> Tensor:
    """What each token gathers (B, T, D) from queries, keys and values side by side (B, T, 3 D).

    `angles` are cosines and sines (T, 2 D), spread by `spread_angles`; without them nothing is turned.
    """
    gathered_BTD: Tensor = _Attention.apply(mixed_BTD, heads, angles)  # type: ignore[no-untyped-call]  # as torch has it
    return gathered_BTD


class _Attention(torch.autograd.Function):
    """Rotation and attention; the gradient is written into one array instead of being put together from three."""

    @staticmethod
    def forward(context: Any, mixed_BTD: Tensor, heads: int, angles: Angles | None) -> Tensor:
        windows, tokens, width = mixed_BTD.shape
        query_key_BTX, value_BTX = mixed_BTD[..., : 2 * width // 3], mixed_BTD[..., 2 * width // 3 :]
        if angles is not None:
            query_key_BTX = turned(query_key_BTX, heads, angles)
        query, key = query_key_BTX.reshape(windows, tokens, 2, heads, -1).permute(2, 0, 3, 1, 4)
        value = value_BTX.reshape(windows, tokens, heads, -1).transpose(1, 2)
        context.save_for_backward(query, key, value)
        context.angles = angles
        return f.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)

    @staticmethod
    @once_differentiable
    def backward(context: Any, gradient_BTD: Tensor) -> tuple[Tensor, None, None]:
        query, key, value = context.saved_tensors
        windows, heads, tokens, width = query.shape
        gradient_BHTE = gradient_BTD.reshape(windows, tokens, heads, width).transpose(1, 2)
        parts = attention_gradients(gradient_BHTE, query, key, value)
        together_BTD = torch.stack([part.transpose(1, 2) for part in parts], 2).flatten(2)
        if context.angles is not None:
            cosine, sine = context.angles
            query_key_BTX = together_BTD[..., : 2 * heads * width]
            query_key_BTX.copy_(turned(query_key_BTX, heads, (cosine, -sine)))
        return together_BTD, None, None


def attention_gradients(gradient_BHTE: Tensor, query: Tensor, key: Tensor, value: Tensor) -> list[Tensor]:
    """Gradients (B, H, T, E) of queries, keys and values.

    Weights are computed again, for a few heads at a time, so that the processor's cache holds them.
    """
    windows, heads, tokens, width = query.shape
    scale = width**-0.5
    queries, keys, values, gradients = (
        part.reshape(windows * heads, tokens, width) for part in (query * scale, key, value, gradient_BHTE)
    )
    found = [torch.empty_like(queries) for _ in range(3)]
    few = max(1, _WEIGHTS_AT_ONCE // tokens**2)
    for rows in (slice(first, first + few) for first in range(0, windows * heads, few)):
        weights = torch.bmm(queries[rows], keys[rows].transpose(1, 2)).softmax(-1)
        rise = torch.bmm(gradients[rows], values[rows].transpose(1, 2))
        rise = torch._softmax_backward_data(rise, weights, -1, weights.dtype)
        torch.bmm(rise, keys[rows], out=found[0][rows])
        torch.bmm(rise.transpose(1, 2), queries[rows], out=found[1][rows])
        torch.bmm(weights.transpose(1, 2), gradients[rows], out=found[2][rows])
    found[0].mul_(scale)
    return [part.reshape(windows, heads, tokens, width) for part in found]


def spread_angles(angles: Angles, heads: int) -> Angles:
    """Cosines and sines (T, 2 D) for all queries and keys of a token, as `turned` takes them."""
    cosine, sine = angles
    return (
        torch.cat((cosine, cosine), -1).repeat(1, 2 * heads),
        torch.cat((-sine, sine), -1).repeat(1, 2 * heads),
    )


def turned(query_key_BTX: Tensor, heads: int, angles: Angles) -> Tensor:
    """Queries and keys turned by position, in three passes over long rows instead of eight over short ones."""
    cosine, sine = angles
    windows, tokens, _ = query_key_BTX.shape
    halves = query_key_BTX.reshape(windows, tokens, 2 * heads, 2, -1)
    exchanged = torch.cat((halves[..., 1:, :], halves[..., :1, :]), -2).flatten(2)
    return torch.addcmul(query_key_BTX * cosine, exchanged, sine)
