"""What the network attends to: weights of one layer, recomputed on request, never kept for all layers."""

# B = windows (one here), H = heads, T = tokens.

import numpy as np
import torch
from numpy.typing import NDArray

from ebert_core.dataset.windows import windows
from ebert_core.inference.batches import Inputs
from ebert_core.inference.predict import Predictor
from ebert_core.protocol.shapes import Grid, Matrix
from ebert_core.protocol.sources import FROM_ANCHOR, TO_ANCHOR
from ebert_core.protocol.terms.edits import Edit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.locus import Interval


def attention_window(predictor: Predictor, chromosome: str, position: int) -> Interval:
    """The context window around a position, on the grid of 200 bases."""
    context = predictor.description.architecture.context
    start = (position - context // 2 + BIN // 2) // BIN * BIN
    return Interval(chromosome, start, start + context)


@torch.inference_mode()
def attention_weights(
    predictor: Predictor, cell_type: str, window: Interval, layer: int, head: int | None, edits: tuple[Edit, ...] = ()
) -> NDArray[np.float32]:
    """Attention weights (T, T) of one head, or the mean over heads; row = from, each row sums to 1.

    Raises:
        InvalidRequest: the network has no such layer or head.
    """
    architecture = predictor.description.architecture
    if not 0 <= layer < architecture.layers or not (head is None or 0 <= head < architecture.heads):
        raise InvalidRequest(
            f"This network has layers 1 to {architecture.layers} with heads 1 to {architecture.heads}; "
            f"layer {layer + 1}, head {'mean' if head is None else head + 1} is not among them."
        )
    batch = Inputs.of(windows(predictor.source, cell_type, [window], predictor.channels, edits))
    weight_HTT = predictor.network.attention(batch.tensors(predictor.engine.device), layer)[0]
    chosen_TT = weight_HTT.mean(0) if head is None else weight_HTT[head]
    weights_TT: NDArray[np.float32] = chosen_TT.float().cpu().numpy()
    return weights_TT


def attention_profile(
    predictor: Predictor, cell_type: str, anchor: Interval, layer: int, head: int | None, edits: tuple[Edit, ...] = ()
) -> Grid:
    """What the first position of the anchor attends to in its window, and what attends to it."""
    window = attention_window(predictor, anchor.chromosome, anchor.start)
    weight_TT = attention_weights(predictor, cell_type, window, layer, head, edits)
    token = (anchor.start - window.start) // predictor.description.architecture.token_width
    return Grid(window, (FROM_ANCHOR, TO_ANCHOR), np.stack([weight_TT[token], weight_TT[:, token]]))


def attention_within(
    predictor: Predictor, cell_type: str, interval: Interval, layer: int, head: int | None, edits: tuple[Edit, ...] = ()
) -> Matrix:
    """All weights inside the context window around the middle of an interval."""
    window = attention_window(predictor, interval.chromosome, (interval.start + interval.end) // 2)
    return Matrix(window, attention_weights(predictor, cell_type, window, layer, head, edits))
