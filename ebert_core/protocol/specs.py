"""Specs: one frozen struct per job a person can start.

The dialog fills it, TOML decodes into it, the checkpoint keeps it.

Paths are strings and absolute once a job runs. Regions are locus texts (`chr3`, `chr5:124,000,001-126,000,000`) and
paths of BED files.
"""

from typing import Literal

import msgspec

Preset = Literal["tiny", "small", "base", "large"]
Precision = Literal["auto", "bf16", "fp32"]
# Empty: the preset's.
ChosenEmbedding = Literal["", "convolution", "table"]
ChosenPositions = Literal["", "rotary", "learned"]


class Pretrain(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="pretrain", tag_field="job"):
    """Masked-language-model pre-training on bases and states. Writes a checkpoint without factors.

    `context` is the length of a training window in bases; 0 takes the preset's. `state_weight` is what the loss of
    hidden states counts beside that of hidden bases: states are few and their gradients rough. `token_width` 0 and
    empty `base_embedding` and `positions` are the preset's. Bases are hidden in spans of `base_span`, which may
    overlap; `cell_types_per_place` shows every place drawn in so many cell types of the same batch.
    """

    dataset: str
    output: str
    training: tuple[str, ...]
    validation: tuple[str, ...]
    cell_types: tuple[str, ...] = ()
    preset: Preset = "small"
    context: int = 0
    token_width: int = 0
    base_embedding: ChosenEmbedding = ""
    positions: ChosenPositions = ""
    steps: int = 2000
    batch_size: int = 32
    learning_rate: float = 1e-3
    warmup_steps: int = 100
    base_mask_rate: float = 0.15
    base_span: int = 1
    state_mask_rate: float = 0.3
    state_weight: float = 0.1
    cell_types_per_place: int = 1
    dropout: float = 0.0
    evaluate_every: int = 250
    seed: int = 1
    device: str = "auto"
    precision: Precision = "auto"


class FineTune(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="finetune", tag_field="job"):
    """Fine-tuning on measured peaks: every factor and cell type of the dataset unless named.

    `start_from` is a checkpoint folder; empty starts from random weights of `preset`. `label_share` trains on that
    share of the training regions, in blocks drawn by the seed, to see what more labels would bring.
    """

    dataset: str
    output: str
    training: tuple[str, ...]
    validation: tuple[str, ...]
    start_from: str = ""
    factors: tuple[str, ...] = ()
    cell_types: tuple[str, ...] = ()
    validation_cell_types: tuple[str, ...] = ()
    preset: Preset = "small"
    use_states: bool = True
    use_motifs: bool = True
    motif_head: bool = True
    co_binding: bool = False
    word_length: int = 0
    signals: tuple[str, ...] = ()
    label_share: float = 1.0
    epochs: int = 6
    batch_size: int = 32
    learning_rate: float = 5e-4
    further_windows: float = 0.0
    hard_negative_rounds: int = 0
    layer_decay: float = 0.9
    weight_average: float = 0.99
    warmup_steps: int = 50
    channel_drop: float = 0.1
    dropout: float = 0.1
    seed: int = 1
    device: str = "auto"
    precision: Precision = "auto"


class Evaluate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="evaluate", tag_field="job"):
    """Scores of a checkpoint and of its controls on labelled regions, as JSON.

    `controls` are other checkpoints scored on the same bins, several joined by `+` as the mean of their logits;
    `without` names streams of the checkpoint that are hidden: `states`, `signals`, `motifs`, or several joined by `+`.
    Median and mean are taken over the pairs of factor and cell type that have `fewest_peaks` and `fewest_bound_bins`.
    A checkpoint that is pre-trained only is scored on hidden bases and states instead, in windows of `context` bases
    (0: the checkpoint's own). `write_verdict` puts the verdict on these regions into the checkpoint, in place of the
    one there; only where neither its training nor its choices saw them. `without_inputs` lets it be scored where the
    dataset gives nothing that differs between cell types.
    """

    dataset: str
    checkpoint: str
    output: str
    regions: tuple[str, ...]
    cell_types: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    without: tuple[str, ...] = ("states", "states+signals")
    context: int = 0
    strands: int = 2
    bootstrap: int = 500
    fewest_peaks: int = 15
    fewest_bound_bins: int = 0
    write_verdict: bool = False
    without_inputs: bool = False
    seed: int = 1
    device: str = "auto"
    precision: Precision = "auto"


class Predict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="predict", tag_field="job"):
    """Predicted binding written to a file. Without `regions` and `chromosomes`, the whole genome.

    Several factors, or none for all of the checkpoint's, come from one pass into a file each: `output` then holds
    `{factor}`, and may hold `{cell_type}`. `wanted_precision` is the share of the bins called bound that was bound on
    held-out loci; 0 takes the threshold of best F1. `inputs` are signals to read in the place of others, such as
    `DNase=ATAC`. `without_inputs` lets it predict where the dataset gives nothing that differs between cell types.
    `sidecar` writes beside each file what made it, `igv_session` a session in which IGV shows the files from 0 to 1.
    """

    checkpoint: str
    dataset: str
    cell_type: str
    factor: str | tuple[str, ...]
    output: str
    chromosomes: tuple[str, ...] = ()
    regions: str | tuple[str, ...] = ()
    locus: str = ""
    strands: int = 2
    wanted_precision: float = 0.0
    inputs: tuple[str, ...] = ()
    without_inputs: bool = False
    sidecar: bool = True
    igv_session: str = ""
    device: str = "auto"
    precision: Precision = "auto"


JobSpec = Pretrain | FineTune | Evaluate | Predict
