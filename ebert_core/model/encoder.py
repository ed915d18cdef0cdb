"""The encoder: BERT's stack of self-attention, on `scaled_dot_product_attention`, with rotary or learned positions.

Rotary positions are those of Su et al., RoFormer (arXiv:2104.09864); the blocks normalise before each sublayer.
"""

# B = windows in a batch, T = tokens, D = hidden units, H = heads, E = hidden units of a head.

from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ebert_core.model.config import Architecture
from ebert_core.model.products import Angles, Linear, attend, is_arranged, spread_angles


def rotary_angles(tokens: int, width: int, device: torch.device) -> Angles:
    """Cosines and sines (T, width / 2) by which queries and keys of `width` units are turned."""
    speed = 10_000 ** (-torch.arange(0, width, 2, device=device, dtype=torch.float32) / width)
    angle = torch.arange(tokens, device=device, dtype=torch.float32)[:, None] * speed
    return angle.cos(), angle.sin()


@lru_cache(maxsize=8)
def kept_angles(tokens: int, width: int, device: torch.device, dtype: torch.dtype) -> Angles:
    """The angles in the type of the vectors, computed once for all layers and steps."""
    with torch.inference_mode(False):  # what is made in that mode cannot serve a training later
        cosine, sine = rotary_angles(tokens, width, device)
        return cosine.to(dtype), sine.to(dtype)


@lru_cache(maxsize=8)
def kept_spread_angles(tokens: int, width: int, heads: int) -> Angles:
    """The same for `attend`, which computes in bf16 on a processor."""
    with torch.inference_mode(False):
        return spread_angles(kept_angles(tokens, width, torch.device("cpu"), torch.bfloat16), heads)


def rotate(vector_BHTE: Tensor, angles: Angles) -> Tensor:
    """The vectors turned by their position."""
    cosine, sine = angles
    first, second = vector_BHTE.chunk(2, -1)
    return torch.cat((first * cosine - second * sine, first * sine + second * cosine), -1)


class Attention(nn.Module):
    """Multi-head self-attention over all tokens of a window."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.heads = architecture.heads
        self.is_rotary = architecture.positions == "rotary"
        self.query_key_value = Linear(architecture.hidden, 3 * architecture.hidden)
        self.output = Linear(architecture.hidden, architecture.hidden)

    def queries_keys_values(self, hidden_BTD: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values (B, H, T, E), the first two turned by position."""
        return self._parts(self.query_key_value(hidden_BTD))

    def _parts(self, mixed_BTD: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        query, key, value = (
            part.reshape(*part.shape[:2], self.heads, -1).transpose(1, 2) for part in mixed_BTD.chunk(3, -1)
        )
        if not self.is_rotary:
            return query, key, value
        angles = kept_angles(query.shape[2], query.shape[3], query.device, query.dtype)
        return rotate(query, angles), rotate(key, angles), value

    def forward(self, hidden_BTD: Tensor) -> Tensor:
        """What each token gathers from the others (B, T, D), before `output` mixes it."""
        mixed_BTD = self.query_key_value(hidden_BTD)
        if is_arranged(mixed_BTD):
            _, tokens, width = mixed_BTD.shape
            angles = kept_spread_angles(tokens, width // (3 * self.heads), self.heads) if self.is_rotary else None
            return attend(mixed_BTD, self.heads, angles)
        return f.scaled_dot_product_attention(*self._parts(mixed_BTD)).transpose(1, 2).flatten(2)

    def weights(self, hidden_BTD: Tensor) -> Tensor:
        """Attention weights (B, H, T, T), row = from, in float32; each row sums to 1."""
        query, key, _ = (part.float() for part in self.queries_keys_values(hidden_BTD))
        weight_BHTT: Tensor = (query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5).softmax(-1)
        return weight_BHTT


class Block(nn.Module):
    """One layer: attention, then a two-layer network on each token, both added to what came in."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(architecture.hidden)
        self.attention = Attention(architecture)
        self.feed_norm = nn.LayerNorm(architecture.hidden)
        self.widen = Linear(architecture.hidden, 4 * architecture.hidden)
        self.narrow = Linear(4 * architecture.hidden, architecture.hidden)
        self.dropout = nn.Dropout(architecture.dropout)

    def forward(self, hidden_BTD: Tensor) -> Tensor:
        """The tokens after this layer (B, T, D)."""
        hidden_BTD = self._plus(hidden_BTD, self.attention.output, self.attention(self.attention_norm(hidden_BTD)))
        return self._plus(hidden_BTD, self.narrow, self.widen.gelu(self.feed_norm(hidden_BTD)))

    def _plus(self, stream_BTD: Tensor, layer: Linear, values: Tensor) -> Tensor:
        if not self.training:
            return layer.added_to(stream_BTD, values)
        with_dropout_BTD: Tensor = stream_BTD + self.dropout(layer(values))
        return with_dropout_BTD


class Encoder(nn.Module):
    """The stack of layers and the last normalisation."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(architecture) for _ in range(architecture.layers))
        self.norm = nn.LayerNorm(architecture.hidden)

    def forward(self, embedded_BTD: Tensor) -> Tensor:
        """The tokens after all layers (B, T, D)."""
        for block in self.blocks:
            embedded_BTD = block(embedded_BTD)
        encoded_BTD: Tensor = self.norm(embedded_BTD)
        return encoded_BTD

    def attention(self, embedded_BTD: Tensor, layer: int) -> Tensor:
        """Attention weights (B, H, T, T) of one layer, counted from 0; the layers above are not computed."""
        for block in self.blocks[:layer]:
            embedded_BTD = block(embedded_BTD)
        chosen = self.blocks[layer]
        assert isinstance(chosen, Block)
        return chosen.attention.weights(chosen.attention_norm(embedded_BTD))
