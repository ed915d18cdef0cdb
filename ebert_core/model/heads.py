"""What the encoder's tokens are read out as: masked bases, masked states, binding."""

# B = windows in a batch, T = tokens, P = 50-bp positions, S = 200-bp bins, N = bins starting every 50 bp (P - 3),
# D = hidden units, K = bases per token, F = factors, M = motifs.

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ebert_core.model.config import Architecture
from ebert_core.model.tokens import BASE_COUNT, BIN, POSITION, POSITIONS_PER_BIN

_PRIOR_LOGIT = -5.0  # about 0.7 % of bins are bound; starting there saves the first hundred steps


class BaseHead(nn.Module):
    """Logits of the four bases for every base of chosen tokens."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.mix = nn.Linear(architecture.hidden, architecture.hidden)
        self.logits = nn.Linear(architecture.hidden, architecture.token_width * BASE_COUNT)

    def forward(self, encoded_XD: Tensor) -> Tensor:
        """Logits (X, K, 4)."""
        logits_XK4: Tensor = self.logits(f.gelu(self.mix(encoded_XD)))
        return logits_XK4.reshape(*logits_XK4.shape[:-1], -1, BASE_COUNT)


class StateHead(nn.Module):
    """Logits of the state names for every 200-bp bin."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.tokens_per_bin = BIN // architecture.token_width
        self.mix = nn.Linear(architecture.hidden, architecture.hidden)
        self.logits = nn.Linear(architecture.hidden, max(1, len(architecture.states)))

    def forward(self, encoded_BTD: Tensor) -> Tensor:
        """Logits (B, S, states)."""
        windows, _, hidden = encoded_BTD.shape
        mean_BSD = encoded_BTD.reshape(windows, -1, self.tokens_per_bin, hidden).mean(2)
        logits_BSX: Tensor = self.logits(f.gelu(self.mix(mean_BSD)))
        return logits_BSX


class BindingHead(nn.Module):
    """A logit every 50 bp for all factors at once, pooled to 200-bp bins starting every 50 bp."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.tokens_per_position = POSITION // architecture.token_width
        width = max(64, architecture.hidden // 2)
        self.gather = nn.Linear(self.tokens_per_position * architecture.hidden, width)
        self.dropout = nn.Dropout(architecture.dropout)
        self.logits = nn.Linear(width, len(architecture.factors))
        nn.init.constant_(self.logits.bias, _PRIOR_LOGIT)

    def forward(self, encoded_BTD: Tensor) -> Tensor:
        """Logits (B, N, F) in float32; N is three less than the positions, since a bin takes four of them."""
        windows, _, hidden = encoded_BTD.shape
        joined_BPX = encoded_BTD.reshape(windows, -1, self.tokens_per_position * hidden)
        position_BPF = self.logits(self.dropout(f.gelu(self.gather(joined_BPX)))).float()
        return pool_to_bins(position_BPF)


def pool_to_bins(position_BPF: Tensor) -> Tensor:
    """Log of the mean of the odds of the four positions of every bin: a soft maximum."""
    four_BNFX = position_BPF.unfold(1, POSITIONS_PER_BIN, 1)
    return torch.logsumexp(four_BNFX, -1) - torch.log(torch.tensor(float(POSITIONS_PER_BIN)))
