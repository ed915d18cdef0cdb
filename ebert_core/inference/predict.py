"""Predicted binding: tiles of a fixed grid through the network, calibrated, with gaps where nothing may be said."""

# F = factors, P = bins of 200 bp starting every 50 bp, B = tiles in a batch, N = bins of a window.

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ebert_core.dataset.channels import Channels
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.store import Store
from ebert_core.dataset.windows import source_bases, windows
from ebert_core.inference.batches import Inputs, Stream, channels_of
from ebert_core.inference.grid import TileGrid
from ebert_core.inference.remembered import RememberedTiles, TileKey
from ebert_core.model.checkpoint import Checkpoint
from ebert_core.model.device import Engine
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.edits import Edit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import TellProgress

# A processor is busy with a few tiles, and a live view may be cancelled between batches; a GPU needs more at once.
_TILES_AT_ONCE, _TILES_AT_ONCE_ON_A_GPU = 4, 64
REMEMBERED_BYTES = 64 * 2**20


class Bins(NamedTuple):
    """Values of every bin that starts in [interval.start, interval.end), a multiple of 50 each; NaN is a gap."""

    interval: Interval
    values_FP: NDArray[np.float32]


class Predictor:
    """A checkpoint that reads one dataset (or its store) and predicts on one engine."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        source: Dataset | Store,
        engine: Engine,
        without: tuple[Stream, ...] = (),
        remembers: int = REMEMBERED_BYTES,
    ) -> None:
        """Takes the network to the engine; `remembers` is for how many bytes of tiles that may be asked for again."""
        if not checkpoint.description.factors:
            raise InvalidRequest(
                f"{checkpoint.path} is pre-trained only and predicts no factor yet; fine-tune it first."
            )
        self.description = checkpoint.description
        self.network = checkpoint.network.to(engine.device, engine.dtype)
        self.source = source
        self.engine = engine
        self.without = without
        self.grid = TileGrid.of(self.description.architecture)
        self.channels: Channels = channels_of(self.description)
        self.factors = tuple(record.name for record in self.description.factors)
        self.tiles_at_once = _TILES_AT_ONCE if engine.device.type == "cpu" else _TILES_AT_ONCE_ON_A_GPU
        self._remembered = RememberedTiles(remembers, len(self.factors), self.grid.bins)

    def probabilities(
        self,
        cell_type: str,
        interval: Interval,
        report: TellProgress,
        strands: int = 2,
        edits: tuple[Edit, ...] = (),
        whole_batches: bool = False,
    ) -> Bins:
        """Calibrated probabilities (F, P) of the bins of an interval; for whole batches see `logits`."""
        bins = self.logits(cell_type, interval, report, strands, edits, whole_batches)
        slope_F = np.array([record.calibration.slope for record in self.description.factors], dtype=np.float32)
        offset_F = np.array([record.calibration.offset for record in self.description.factors], dtype=np.float32)
        calibrated_FP = slope_F[:, None] * bins.values_FP + offset_F[:, None]
        # Beyond 80, float32 would overflow on its way to what is 0 or 1 anyway.
        return Bins(bins.interval, 1 / (1 + np.exp(-np.clip(calibrated_FP, -80, 80))))

    def logits(
        self,
        cell_type: str,
        interval: Interval,
        report: TellProgress,
        strands: int = 2,
        edits: tuple[Edit, ...] = (),
        whole_batches: bool = False,
    ) -> Bins:
        """Logits (F, P) of the bins that start in an interval, whose ends are rounded inwards to the grid of 50.

        With whole batches, further tiles are computed where a batch is begun or ended within: the same tile then meets
        the same neighbours whoever asks, and a bin has the same number to the last bit.
        """
        place = self.predicted(interval)
        length = self.chromosome_length(interval.chromosome)
        tiles = self.grid.covering(place.start, place.end, length)
        if whole_batches:
            at_once, end = self.tiles_at_once, (length - 1) // self.grid.core + 1
            tiles = range(tiles.start // at_once * at_once, min(end, -(-tiles.stop // at_once) * at_once))
        count = -(-place.length // POSITION)
        sum_FP = np.zeros((len(self.factors), count), dtype=np.float32)
        computed = self.tiles(interval.chromosome, tiles, cell_type, report, strands, edits)
        for tile, logits_FP in zip(tiles, computed, strict=True):
            first = (tile * self.grid.core - self.grid.lead - place.start) // POSITION
            low, high = max(0, -first), min(self.grid.bins, count - first)
            if low < high:
                weight_P = self.grid.weights(tile, length)
                sum_FP[:, first + low : first + high] += logits_FP[:, low:high] * weight_P[low:high]
        # Bins that pass the chromosome's end: no tile need have a say in the last of them.
        sum_FP[:, max(0, (length - BIN - place.start) // POSITION + 1) :] = np.nan
        return Bins(place, sum_FP)

    def predicted(self, interval: Interval) -> Interval:
        """The part of an interval that bins are predicted of: from the grid of 50 to the chromosome's end at most.

        Raises:
            InvalidRequest: the genome has nothing there.
        """
        length = self.chromosome_length(interval.chromosome)
        start = -(-max(0, interval.start) // POSITION) * POSITION
        end = min(interval.end, length)
        if start >= end:
            raise InvalidRequest(
                f"{interval.chromosome} has {length:,} bases; there is nothing at {interval.start + 1:,}."
            )
        return Interval(interval.chromosome, start, end)

    def chromosome_length(self, chromosome: str) -> int:
        """Bases of a chromosome.

        Raises:
            InvalidRequest: the genome has none of this name.
        """
        lengths = self.source.chromosome_lengths
        return lengths[KnownNames(lengths).needed(chromosome, "The genome")]

    def tiles(
        self,
        chromosome: str,
        tiles: Sequence[int],
        cell_type: str,
        report: TellProgress,
        strands: int = 2,
        edits: tuple[Edit, ...] = (),
    ) -> Iterator[NDArray[np.float32]]:
        """Logits (F, grid.bins) of each tile in turn; `report` hears of every batch and may end the work."""
        for batch in _batches(tiles, self.tiles_at_once):
            report((batch[0] - tiles[0]) / len(tiles), f"{len(tiles)} tiles")
            keys = [TileKey(chromosome, tile, cell_type, strands, edits) for tile in batch]
            if (known := self._remembered.of(keys)) is not None:
                yield from known
            else:
                computed_BFP = self._compute(keys)
                self._remembered.add(keys, computed_BFP)
                yield from computed_BFP

    @torch.inference_mode()
    def _compute(self, keys: list[TileKey]) -> NDArray[np.float32]:
        """Logits (B, F, grid.bins) of tiles that differ in their number only."""
        first = keys[0]
        intervals = [self.grid.window(key.chromosome, key.tile) for key in keys]
        first_bin = (self.grid.halo - self.grid.lead) // POSITION
        kept = slice(first_bin, first_bin + self.grid.bins)
        whole = Interval(first.chromosome, intervals[0].start, intervals[-1].end)
        if bool((source_bases(self.source, whole) == N).all()):  # a gap of megabases costs next to nothing
            return np.full((len(keys), len(self.factors), self.grid.bins), np.nan, dtype=np.float32)
        read = windows(self.source, first.cell_type, intervals, self.channels, first.edits)
        batch = Inputs.of(read).without(self.without, self.channels.signals)
        # A view asks for one strand first and then for both: the first is not computed twice.
        once = self._remembered.of([key._replace(strands=1) for key in keys]) if first.strands == 2 else None
        mean_BFP = np.stack(once) if once else self._logits(batch)[:, kept].transpose(0, 2, 1)
        if first.strands == 2:
            other_BNF = self._logits(batch.other_strand())[:, ::-1]
            mean_BFP = (mean_BFP + other_BNF[:, kept].transpose(0, 2, 1)) / np.float32(2)
        gap_BP = gaps(batch.bases_BL)[:, kept]
        return np.where(gap_BP[:, None], np.float32(np.nan), mean_BFP)

    def _logits(self, batch: Inputs) -> NDArray[np.float32]:
        """What the network says of every bin (B, N, F) of windows on one strand."""
        logits: NDArray[np.float32] = self.network.binding(batch.tensors(self.engine.device)).float().cpu().numpy()
        return logits


def _batches(tiles: Sequence[int], at_once: int) -> Iterator[list[int]]:
    """Tiles cut at absolute multiples of the batch size."""
    batch: list[int] = []
    for tile in tiles:
        if batch and tile % at_once == 0:
            yield batch
            batch = []
        batch.append(tile)
    if batch:
        yield batch


def gaps(bases_BL: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which bins (B, N) hold a base that is not known, or would pass a chromosome's end."""
    unknown_BP = (bases_BL == N).reshape(len(bases_BL), -1, POSITION).any(-1)
    four_BNX = np.lib.stride_tricks.sliding_window_view(unknown_BP, BIN // POSITION, axis=1)
    is_gap_BN: NDArray[np.bool_] = np.logical_or.reduce(four_BNX, axis=-1)
    return is_gap_BN
