"""The whole network: inputs, encoder and its three heads."""

# B = windows in a batch, T = tokens, D = hidden units, N = bins starting every 50 bp, F = factors, H = heads.

import torch
from torch import Tensor, nn

from ebert_core.model.config import Architecture
from ebert_core.model.embedding import InputEmbedding, Windows
from ebert_core.model.encoder import Encoder
from ebert_core.model.heads import BaseHead, BindingHead, StateHead


class Ebert(nn.Module):
    """A BERT over DNA paired with epigenetic state, after the idea of arXiv:2112.07571."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.embedding = InputEmbedding(architecture)
        self.encoder = Encoder(architecture)
        self.base_head = BaseHead(architecture)
        self.state_head = StateHead(architecture)
        self.binding_head = BindingHead(architecture) if architecture.factors else None
        self.apply(_initialise)

    def forward(self, windows: Windows) -> Tensor:
        """Encoded tokens (B, T, D)."""
        encoded_BTD: Tensor = self.encoder(self.embedding(windows))
        return encoded_BTD

    def binding(self, windows: Windows) -> Tensor:
        """Binding logits (B, N, F) in float32."""
        assert self.binding_head is not None, "a pre-trained network has no binding head yet"
        motifs_BPM = windows.motifs_BPM
        standard_BPM = None if motifs_BPM is None else self.embedding.motif_standard(motifs_BPM)
        logits_BNF: Tensor = self.binding_head(self(windows), standard_BPM)
        return logits_BNF

    def attention(self, windows: Windows, layer: int) -> Tensor:
        """Attention weights (B, H, T, T) of one layer, counted from 0."""
        return self.encoder.attention(self.embedding(windows), layer)

    def parameter_count(self) -> int:
        """Number of trained numbers."""
        return sum(parameter.numel() for parameter in self.parameters())


def _initialise(module: nn.Module) -> None:
    """Small random weights as in BERT; biases keep what their module set."""
    if isinstance(module, nn.Linear | nn.Embedding):
        deviation = 0.02 if isinstance(module, nn.Embedding) else module.weight.shape[1] ** -0.5
        torch.nn.init.trunc_normal_(module.weight, std=deviation, a=-3 * deviation, b=3 * deviation)
