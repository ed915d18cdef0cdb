"""From what is measured at a locus to one vector per token: bases, states, signals and motif scores, summed."""

# B = windows in a batch, L = bases, T = tokens, P = 50-bp positions, S = 200-bp bins, C = signals, M = motifs,
# D = hidden units, W = bases one token's convolution sees, K = bases per token.

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ebert_core.model.config import Architecture
from ebert_core.model.products import Linear
from ebert_core.model.tokens import BASE_COUNT, FIRST_STATE, MASKED_BASE
from ebert_core.protocol.terms.grid import BIN, POSITION

_WORD_WIDTH = 8
_SYMBOLS = BASE_COUNT + 1  # the four bases and "masked"; N is the zero vector


class Windows(NamedTuple):
    """A batch of inputs on one device.

    bases_BL: uint8 codes, 5 hides a base. states_BS: uint8 ids, 0 missing, 1 masked.
    signals_BPC: float32, NaN where absent, or None. motifs_BPM: float32 log-odds, or None.
    """

    bases_BL: Tensor
    states_BS: Tensor
    signals_BPC: Tensor | None = None
    motifs_BPM: Tensor | None = None


class Standard(nn.Module):
    """Brings channels to mean 0 and deviation 1 with constants frozen in the checkpoint; absent values become 0."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("deviation", torch.ones(channels))

    def forward(self, values_BPX: Tensor) -> Tensor:
        """Standardised values, clipped to 8 deviations."""
        standard = ((values_BPX.float() - self.mean.float()) / self.deviation.float()).clamp(-8, 8)
        return torch.nan_to_num(standard, nan=0.0)


def lookup_table(rows: int, width: int) -> nn.Embedding:
    """A table of vectors that the network's own initialisation fills.

    PyTorch's would draw them a first time, for which it loads its compiler whenever a checkpoint is read.
    """
    table: nn.Embedding = nn.Embedding.from_pretrained(torch.empty(rows, width), freeze=False)
    return table


class WordTable(nn.Module):
    """One learned vector per word of K bases; words with an unknown base share one."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.token_width = architecture.token_width
        self.words = lookup_table(BASE_COUNT**self.token_width + 1, architecture.hidden)

    def forward(self, bases_BL: Tensor) -> Tensor:
        """Vectors (B, T, D)."""
        letters_BTK = bases_BL.long().reshape(bases_BL.shape[0], -1, self.token_width)
        powers_K = BASE_COUNT ** torch.arange(self.token_width, device=bases_BL.device)
        word_BT = (letters_BTK * powers_K).sum(-1)
        unknown = self.words.num_embeddings - 1
        vector_BTD: Tensor = self.words(word_BT.masked_fill((letters_BTK >= BASE_COUNT).any(-1), unknown))
        return vector_BTD


class StridedConvolution(nn.Module):
    """A convolution over bases with stride K: one filter serves every phase of a motif within its token."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.token_width = architecture.token_width
        self.width = architecture.embedding_width
        self.filters = Linear(self.width * _SYMBOLS, 2 * architecture.hidden)
        self.mix = Linear(2 * architecture.hidden, architecture.hidden)
        self.symbols: Tensor
        symbols = torch.zeros(MASKED_BASE + 1, _SYMBOLS)
        # Not torch.eye: on the meta device it costs every loading of a checkpoint a second.
        symbols[range(BASE_COUNT), range(BASE_COUNT)] = 1
        symbols[MASKED_BASE, BASE_COUNT] = 1
        self.register_buffer("symbols", symbols, persistent=False)

    def forward(self, bases_BL: Tensor) -> Tensor:
        """Vectors (B, T, D)."""
        symbol_BLX = f.embedding(bases_BL.int(), self.symbols.to(self.filters.weight.dtype))
        margin = self.width - self.token_width
        padded_BLX = f.pad(symbol_BLX, (0, 0, margin // 2, margin - margin // 2))
        seen_BTWX = padded_BLX.unfold(1, self.width, self.token_width).transpose(2, 3)
        vector_BTD: Tensor = self.mix(self.filters.gelu(seen_BTWX.flatten(2)))
        return vector_BTD


class SharedWords(nn.Module):
    """A short vector for every word of a few bases, the same on both strands, summed over the words of a token.

    Words overlap, as in DNABERT (doi:10.1093/bioinformatics/btab083). A convolution has to find a motif by small steps
    from chance; a word that matters is moved the first time it is seen. Those with an unknown or hidden base count 0.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.token_width = architecture.token_width
        self.length = architecture.word_length
        self.words = lookup_table(BASE_COUNT**self.length, _WORD_WIDTH)
        self.mix = nn.Linear(_WORD_WIDTH, architecture.hidden)

    def forward(self, bases_BL: Tensor) -> Tensor:
        """Vectors (B, T, D)."""
        before = (self.length - 1) // 2  # so that a word belongs to the token that holds its middle
        padded_BL = f.pad(bases_BL, (before, self.length - 1 - before), value=MASKED_BASE)
        letters_BLK = padded_BL.long().unfold(1, self.length, 1)
        powers_K = BASE_COUNT ** torch.arange(self.length, device=bases_BL.device)
        other_BLK = (BASE_COUNT - 1) - letters_BLK
        word_BL = torch.minimum((letters_BLK * powers_K).sum(-1), (other_BLK.flip(-1) * powers_K).sum(-1))
        is_known_BL = (letters_BLK < BASE_COUNT).all(-1)
        vector_BLX = self.words(word_BL.where(is_known_BL, 0)) * is_known_BL[..., None]
        sum_BTX = vector_BLX.reshape(len(bases_BL), -1, self.token_width, _WORD_WIDTH).sum(2)
        vector_BTD: Tensor = self.mix(sum_BTX.to(self.mix.weight.dtype))
        return vector_BTD


class InputEmbedding(nn.Module):
    """The sum of the embeddings of bases, words, states, signals, motif scores and (when learned) positions."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.token_width = architecture.token_width
        table = architecture.base_embedding == "table"
        self.bases = WordTable(architecture) if table else StridedConvolution(architecture)
        self.words = SharedWords(architecture) if architecture.word_length else None
        self.states = lookup_table(FIRST_STATE + len(architecture.states), architecture.hidden)
        self.signal_standard = Standard(len(architecture.signals))
        self.motif_standard = Standard(len(architecture.motifs))
        self.signals = nn.Linear(2 * len(architecture.signals), architecture.hidden) if architecture.signals else None
        self.motifs = nn.Linear(2 * len(architecture.motifs), architecture.hidden) if architecture.motifs else None
        learned = architecture.positions == "learned"
        self.positions = lookup_table(architecture.tokens, architecture.hidden) if learned else None
        self.norm = nn.LayerNorm(architecture.hidden)
        self.dropout = nn.Dropout(architecture.dropout)

    def forward(self, windows: Windows) -> Tensor:
        """Vectors (B, T, D)."""
        sum_BTD = self.bases(windows.bases_BL)
        if self.words is not None:
            sum_BTD = sum_BTD + self.words(windows.bases_BL)
        sum_BTD = sum_BTD + self.states(windows.states_BS.int()).repeat_interleave(BIN // self.token_width, 1)
        for extra_BPD in (self.signal_vectors(windows.signals_BPC), self.motif_vectors(windows.motifs_BPM)):
            if extra_BPD is not None:
                sum_BTD = sum_BTD + extra_BPD.repeat_interleave(POSITION // self.token_width, 1)
        if self.positions is not None:
            sum_BTD = sum_BTD + self.positions.weight[: sum_BTD.shape[1]]
        vector_BTD: Tensor = self.dropout(self.norm(sum_BTD))
        return vector_BTD

    def signal_vectors(self, signals_BPC: Tensor | None) -> Tensor | None:
        """Vectors (B, P, D) of signals and of which of them are present; None where the network has no signals."""
        if self.signals is None or signals_BPC is None:
            return None
        standard_BPC = self.signal_standard(signals_BPC)
        present_BPC = signals_BPC.isfinite().to(standard_BPC.dtype)
        vector_BPD: Tensor = self.signals(torch.cat((standard_BPC, present_BPC), -1).to(self.signals.weight.dtype))
        return vector_BPD

    def motif_vectors(self, motifs_BPM: Tensor | None) -> Tensor | None:
        """Vectors (B, P, D) of motif scores; what exceeds two deviations counts separately."""
        if self.motifs is None or motifs_BPM is None:
            return None
        standard_BPM = self.motif_standard(motifs_BPM)
        both_BPX = torch.cat((standard_BPM, f.relu(standard_BPM - 2)), -1)
        vector_BPD: Tensor = self.motifs(both_BPX.to(self.motifs.weight.dtype))
        return vector_BPD
