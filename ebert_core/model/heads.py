"""What the encoder's tokens are read out as: masked bases, masked states, binding."""

# B = windows in a batch, T = tokens, P = 50-bp positions, S = 200-bp bins, N = bins starting every 50 bp (P - 3),
# D = hidden units, K = bases per token, F = factors, M = motifs, H = hinges, R = positions around a bin, X = anything.

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ebert_core.model.config import Architecture
from ebert_core.model.embedding import lookup_table
from ebert_core.model.tokens import BASE_COUNT
from ebert_core.protocol.terms.grid import BIN, POSITION, POSITIONS_PER_BIN

_PRIOR_LOGIT = -5.0  # about 0.7 % of bins are bound; starting there saves the first hundred steps
_REACH = 8  # 50-bp positions whose sites a bin's logit rests on: its own four and two on either side
_OUTERMOST = -2.0  # the outermost of these start at a seventh of the odds
_HINGES = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)  # deviations of the motif score where its effect may change
_LOWEST, _HIGHEST = -2.0, 8.0
_NEAR = 7  # 50-bp positions around a place whose binding bears on it
_CONTEXT_WIDTH, _FACTOR_WIDTH, _MIX_WIDTH = 16, 16, 48


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
    """A logit every 50 bp for all factors at once, pooled to 200-bp bins starting every 50 bp.

    With `motif_head`, factors that have a matrix also get what a `MotifHead` reads from their motif scores, and sites
    a little outside of a bin count for it as well. With `co_binding`, what binds nearby counts, too.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.tokens_per_position = POSITION // architecture.token_width
        width = max(64, architecture.hidden // 2)
        self.gather = nn.Linear(self.tokens_per_position * architecture.hidden, width)
        self.dropout = nn.Dropout(architecture.dropout)
        self.logits = nn.Linear(width, len(architecture.factors))
        nn.init.constant_(self.logits.bias, _PRIOR_LOGIT)
        self.motif_head = MotifHead(architecture, width) if architecture.has_motif_head else None
        self.co_binding = CoBinding(architecture, width) if architecture.co_binding else None

    def forward(self, encoded_BTD: Tensor, standard_BPM: Tensor | None = None) -> Tensor:
        """Logits (B, N, F) in float32; N is three less than the positions, since a bin takes four of them.

        `standard_BPM` holds the standardised motif scores, which the motif head reads.
        """
        windows, _, hidden = encoded_BTD.shape
        joined_BPX = encoded_BTD.reshape(windows, -1, self.tokens_per_position * hidden)
        gathered_BPX = self.dropout(f.gelu(self.gather(joined_BPX)))
        position_BPF = self.logits(gathered_BPX).float()
        if self.motif_head is not None and standard_BPM is not None:
            position_BPF = position_BPF + self.motif_head(gathered_BPX, standard_BPM)
        if self.co_binding is not None:
            position_BPF = position_BPF + self.co_binding(gathered_BPX, position_BPF)
        return pool_to_bins(position_BPF) if self.motif_head is None else self.motif_head.pool(position_BPF)


class MotifHead(nn.Module):
    """What a factor's own motif score at a place says of its binding there, read in its surroundings.

    Two parts are added: a piecewise linear function of the score for each factor, and one small network for all
    factors, which sees how strong the site is and what the encoder sees around it. A few megabases hold too few sites
    of one factor to learn how these act together; the factors together hold enough.
    """

    def __init__(self, architecture: Architecture, width: int) -> None:
        super().__init__()
        self.own = [architecture.motifs.index(name) for name in architecture.factors if name in architecture.motifs]
        has_motif = [name in architecture.motifs for name in architecture.factors]
        self.columns = [column for column, has in enumerate(has_motif) if has]
        self.factors = len(architecture.factors)
        pieces = len(_HINGES) + 1
        self.slope = nn.Parameter(torch.zeros(len(self.own), pieces))
        self.context = nn.Linear(width, _CONTEXT_WIDTH)
        self.factor = lookup_table(len(self.own), _FACTOR_WIDTH)
        self.mix = nn.Linear(pieces + _CONTEXT_WIDTH + _FACTOR_WIDTH, _MIX_WIDTH)
        self.dropout = nn.Dropout(architecture.dropout / 2)
        self.logit = nn.Linear(_MIX_WIDTH, 1)
        self.reach = nn.Parameter(torch.zeros(len(architecture.factors), _REACH))

    def forward(self, gathered_BPX: Tensor, standard_BPM: Tensor) -> Tensor:
        """Logits (B, P, F) in float32 of every 50-bp position, 0 for factors without a matrix."""
        own_BPF1 = standard_BPM[..., self.own].clamp(_LOWEST, _HIGHEST)[..., None]
        hinges_H = torch.tensor(_HINGES, device=own_BPF1.device)
        pieces_BPFH = torch.cat((own_BPF1, f.relu(own_BPF1 - hinges_H)), -1)
        linear_BPF = (pieces_BPFH * self.slope).sum(-1)
        shape = (*pieces_BPFH.shape[:3], -1)
        context_BPFX = self.context(gathered_BPX)[:, :, None].expand(shape)
        factor_BPFX = self.factor.weight.to(context_BPFX.dtype).expand(shape)
        seen_BPFX = torch.cat((pieces_BPFH.to(context_BPFX.dtype), context_BPFX, factor_BPFX), -1)
        mixed_BPF: Tensor = self.logit(self.dropout(f.gelu(self.mix(seen_BPFX))))[..., 0]
        logits_BPF = linear_BPF + mixed_BPF.float()
        whole_BPF = logits_BPF.new_zeros((*logits_BPF.shape[:2], self.factors))
        return torch.index_copy(whole_BPF, 2, torch.tensor(self.columns, device=logits_BPF.device), logits_BPF)

    def pool(self, position_BPF: Tensor) -> Tensor:
        """Logits (B, N, F) of bins: the log of the odds of the positions in and beside each, by learned shares."""
        flank = (_REACH - POSITIONS_PER_BIN) // 2
        around_BNFR = f.pad(position_BPF, (0, 0, flank, flank), value=-20.0).unfold(1, _REACH, 1)
        start_R = self.reach.new_zeros(_REACH)
        start_R[[0, -1]] = _OUTERMOST
        return torch.logsumexp(around_BNFR + start_R + self.reach, -1) - math.log(POSITIONS_PER_BIN)


class CoBinding(nn.Module):
    """What the binding of all factors within 175 bp of a place says of each: they bind beside and on top of each other.

    A partner's motif tells where it could bind; its own predicted binding, learned from its own peaks, tells whether.
    """

    def __init__(self, architecture: Architecture, width: int) -> None:
        super().__init__()
        factors = len(architecture.factors)
        self.direct = nn.Linear(factors, factors)
        self.context = nn.Linear(width, _CONTEXT_WIDTH)
        self.mix = nn.Linear(factors + _CONTEXT_WIDTH, _MIX_WIDTH)
        self.logits = nn.Linear(_MIX_WIDTH, factors)

    def forward(self, gathered_BPX: Tensor, position_BPF: Tensor) -> Tensor:
        """Logits (B, P, F) in float32 to be added to those that it reads."""
        probability_BFP = position_BPF.sigmoid().transpose(1, 2)
        near_BPF = f.max_pool1d(probability_BFP, _NEAR, stride=1, padding=_NEAR // 2).transpose(1, 2)
        context_BPX = self.context(gathered_BPX)
        near_BPF = near_BPF.to(context_BPX.dtype)
        mixed_BPX = f.gelu(self.mix(torch.cat((near_BPF, context_BPX), -1)))
        logits_BPF: Tensor = self.direct(near_BPF).float() + self.logits(mixed_BPX).float()
        return logits_BPF


def pool_to_bins(position_BPF: Tensor) -> Tensor:
    """Log of the mean of the odds of the four positions of every bin: a soft maximum."""
    four_BNFX = position_BPF.unfold(1, POSITIONS_PER_BIN, 1)
    return torch.logsumexp(four_BNFX, -1) - math.log(POSITIONS_PER_BIN)
