"""A dense U-Net of Leopard's kind, trained by the same fine-tuning as EBERT: same windows, labels, masks and stopping.

Run: python -m benchmarks.synthetic_dream.unet SPEC.toml [--resume]. The spec is one of `ebert finetune` from scratch;
its preset gives context and halo; the network is the same for all presets. Leopard answers at every base; here an
answer is due every 50 bases, so the way up ends there.
"""

# B = windows in a batch, L = bases, P = 50-bp positions, S = 200-bp bins, N = bins starting every 50 bp (P - 3),
# C = signals, M = motifs, F = factors, X = channels.

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ebert_core.cli.program import main as ebert
from ebert_core.model import ensemble as ensemble_module
from ebert_core.model.config import Architecture
from ebert_core.model.embedding import Standard, Windows
from ebert_core.model.heads import pool_to_bins
from ebert_core.model.tokens import BASE_COUNT, FIRST_STATE, MASKED_BASE
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.training import finetune as finetune_module

# Channels at 1, 2, 10, 50, 100 and 200 bases, and by how much each level is pooled: Leopard's growth of a half.
_CHANNELS = (24, 36, 54, 81, 122, 183)
_POOLS = (2, 5, 5, 2, 2)
_POSITION_LEVEL = 3
_KERNEL = 7
_PRIOR_LOGIT = -5.0
# Statistics over the last hundred batches: as steady as an average of the weights, which fine-tuning may keep.
_MOMENTUM = 0.01


class UNet(nn.Module):
    """One-hot bases and signals go down from single bases; states and motif scores join at 50 bases."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.embedding = _Standards(architecture)
        at_base = BASE_COUNT + 2 * len(architecture.signals)
        at_position = 2 * len(architecture.motifs) + FIRST_STATE + len(architecture.states)
        inputs = [at_base, *_CHANNELS[:-1]]
        inputs[_POSITION_LEVEL] += at_position
        self.down = nn.ModuleList(_Block(*channels) for channels in zip(inputs, _CHANNELS, strict=True))
        above = range(len(_CHANNELS) - 2, _POSITION_LEVEL - 1, -1)
        self.up = nn.ModuleList(_Block(_CHANNELS[level] + _CHANNELS[level + 1], _CHANNELS[level]) for level in above)
        self.dropout = nn.Dropout(architecture.dropout)
        self.logits = nn.Conv1d(_CHANNELS[_POSITION_LEVEL], len(architecture.factors), 1)
        assert self.logits.bias is not None
        nn.init.constant_(self.logits.bias, _PRIOR_LOGIT)
        symbols = torch.zeros(MASKED_BASE + 1, BASE_COUNT)
        symbols[:BASE_COUNT] = torch.eye(BASE_COUNT)
        self.symbols: Tensor
        self.register_buffer("symbols", symbols, persistent=False)

    def binding(self, windows: Windows) -> Tensor:
        """Binding logits (B, N, F) in float32."""
        values_BXL = self._at_bases(windows)
        kept: list[Tensor] = []
        for level, block in enumerate(self.down):
            if level:
                values_BXL = f.max_pool1d(values_BXL, _POOLS[level - 1])
            if level == _POSITION_LEVEL:
                values_BXL = torch.cat((values_BXL, self._at_positions(windows).to(values_BXL.dtype)), 1)
            values_BXL = block(values_BXL)
            kept.append(values_BXL)
        for level, block in zip(range(len(_CHANNELS) - 2, _POSITION_LEVEL - 1, -1), self.up, strict=True):
            wider_BXL = values_BXL.repeat_interleave(_POOLS[level], -1)
            values_BXL = block(torch.cat((kept[level], wider_BXL), 1))
        position_BFP: Tensor = self.logits(self.dropout(values_BXL))
        return pool_to_bins(position_BFP.float().transpose(1, 2))

    def parameter_count(self) -> int:
        """Number of trained numbers."""
        return sum(parameter.numel() for parameter in self.parameters())

    def _at_bases(self, windows: Windows) -> Tensor:
        bases_BLX = f.embedding(windows.bases_BL.int(), self.symbols.to(self.logits.weight.dtype))
        if windows.signals_BPC is None or not self.architecture.signals:
            return bases_BLX.transpose(1, 2)
        standard_BPC = self.embedding.signal_standard(windows.signals_BPC)
        signal_BPX = torch.cat((standard_BPC, windows.signals_BPC.isfinite().to(standard_BPC.dtype)), -1)
        signal_BLX = signal_BPX.repeat_interleave(POSITION, 1).to(bases_BLX.dtype)
        return torch.cat((bases_BLX, signal_BLX), -1).transpose(1, 2)

    def _at_positions(self, windows: Windows) -> Tensor:
        names = FIRST_STATE + len(self.architecture.states)
        state_BPX = f.one_hot(windows.states_BS.long(), names).repeat_interleave(BIN // POSITION, 1)
        parts = [state_BPX.to(self.logits.weight.dtype)]
        if windows.motifs_BPM is not None and self.architecture.motifs:
            standard_BPM = self.embedding.motif_standard(windows.motifs_BPM)
            parts += [standard_BPM.to(parts[0].dtype), f.relu(standard_BPM - 2).to(parts[0].dtype)]
        return torch.cat(parts, -1).transpose(1, 2)


class _Standards(nn.Module):
    """The constants that fine-tuning freezes, where it looks for them."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.signal_standard = Standard(len(architecture.signals))
        self.motif_standard = Standard(len(architecture.motifs))


class _Block(nn.Module):
    """Two convolutions, each normalised over the batch and rectified."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(channels_in, channels_out, _KERNEL, padding="same")
        self.first_norm = nn.BatchNorm1d(channels_out, momentum=_MOMENTUM)
        self.second = nn.Conv1d(channels_out, channels_out, _KERNEL, padding="same")
        self.second_norm = nn.BatchNorm1d(channels_out, momentum=_MOMENTUM)

    def forward(self, values_BXL: Tensor) -> Tensor:
        """The values, seen through both."""
        once_BXL: Tensor = f.relu(self.first_norm(self.first(values_BXL)))
        twice_BXL: Tensor = f.relu(self.second_norm(self.second(once_BXL)))
        return twice_BXL


@contextmanager
def unet_for_ebert() -> Iterator[None]:
    """While this is open, fine-tuning and checkpoints build a U-Net where they would build EBERT."""
    with mock.patch.object(finetune_module, "Ebert", UNet), mock.patch.object(ensemble_module, "Ebert", UNet):
        yield


def main() -> None:
    """Trains from the command line, which is that of `ebert finetune`."""
    with unet_for_ebert():
        raise SystemExit(ebert(["finetune", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
