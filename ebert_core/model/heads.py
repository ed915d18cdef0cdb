"""What the encoder's tokens are read out as: masked bases, masked states, binding."""

# B = windows in a batch, T = tokens, P = 50-bp positions, S = 200-bp bins, N = bins starting every 50 bp (P - 3),
# D = hidden units, K = bases per token, F = factors, M = motifs, R = positions around a bin, X = anything.

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ebert_core.model.config import Architecture
from ebert_core.model.embedding import lookup_table
from ebert_core.model.tokens import BASE_COUNT, BIN, POSITION, POSITIONS_PER_BIN

_PRIOR_LOGIT = -5.0  # about 0.7 % of bins are bound; starting there saves the first hundred steps
_AROUND = 12  # 50-bp positions whose motif scores a bin's logit rests on: its own four and four on either side
_CONTEXT_WIDTH, _FACTOR_WIDTH, _MIX_WIDTH = 16, 8, 32


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

    With `motif_head`, factors that have a matrix also get the logit of a `MotifHead`.
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

    def forward(self, encoded_BTD: Tensor, standard_BPM: Tensor | None = None) -> Tensor:
        """Logits (B, N, F) in float32; N is three less than the positions, since a bin takes four of them.

        `standard_BPM` holds the standardised motif scores, which the motif head reads.
        """
        windows, _, hidden = encoded_BTD.shape
        joined_BPX = encoded_BTD.reshape(windows, -1, self.tokens_per_position * hidden)
        gathered_BPX = self.dropout(f.gelu(self.gather(joined_BPX)))
        logits_BNF = pool_to_bins(self.logits(gathered_BPX).float())
        if self.motif_head is not None and standard_BPM is not None:
            logits_BNF = logits_BNF + self.motif_head(gathered_BPX, standard_BPM)
        return logits_BNF


class MotifHead(nn.Module):
    """What a factor's own motif scores around a bin say where the encoder sees them: one small network for all factors.

    A few megabases hold too few sites of one factor to learn how a site's strength, its place in the bin and its
    surroundings decide binding; the factors together hold enough. What is particular to a factor is a short vector.
    """

    def __init__(self, architecture: Architecture, width: int) -> None:
        super().__init__()
        self.own = [architecture.motifs.index(name) for name in architecture.factors if name in architecture.motifs]
        has_motif = [name in architecture.motifs for name in architecture.factors]
        self.columns = [column for column, has in enumerate(has_motif) if has]
        self.factors = len(architecture.factors)
        self.context = nn.Linear(width, _CONTEXT_WIDTH)
        self.factor = lookup_table(len(self.own), _FACTOR_WIDTH)
        self.mix = nn.Linear(_AROUND + 2 + _CONTEXT_WIDTH + _FACTOR_WIDTH, _MIX_WIDTH)
        self.dropout = nn.Dropout(architecture.dropout / 2)
        self.logit = nn.Linear(_MIX_WIDTH, 1)

    def forward(self, gathered_BPX: Tensor, standard_BPM: Tensor) -> Tensor:
        """Logits (B, N, F) in float32, 0 for factors without a matrix."""
        flank = (_AROUND - POSITIONS_PER_BIN) // 2
        own_BPF = standard_BPM[..., self.own]
        around_BNFR = f.pad(own_BPF, (0, 0, flank, flank)).unfold(1, _AROUND, 1)
        best_BNF1 = around_BNFR.amax(-1, keepdim=True)
        within_BNF1 = around_BNFR[..., flank:-flank].amax(-1, keepdim=True)
        context_BNX = self.context(gathered_BPX).unfold(1, POSITIONS_PER_BIN, 1).mean(-1)
        shape = (*around_BNFR.shape[:3], -1)
        context_BNFX = context_BNX[:, :, None].expand(shape)
        factor_BNFX = self.factor.weight.expand(shape)
        scores = torch.cat((around_BNFR, best_BNF1, within_BNF1), -1).to(context_BNX.dtype)
        mixed_BNFX = self.dropout(f.gelu(self.mix(torch.cat((scores, context_BNFX, factor_BNFX.to(scores.dtype)), -1))))
        logits_BNF = self.logit(mixed_BNFX)[..., 0].float()
        whole_BNF = logits_BNF.new_zeros((*logits_BNF.shape[:2], self.factors))
        return torch.index_copy(whole_BNF, 2, torch.tensor(self.columns, device=logits_BNF.device), logits_BNF)


def pool_to_bins(position_BPF: Tensor) -> Tensor:
    """Log of the mean of the odds of the four positions of every bin: a soft maximum."""
    four_BNFX = position_BPF.unfold(1, POSITIONS_PER_BIN, 1)
    return torch.logsumexp(four_BNFX, -1) - torch.log(torch.tensor(float(POSITIONS_PER_BIN)))
