"""The specs of jobs in which a network learns: pre-training and fine-tuning."""

from typing import Annotated, Literal

import msgspec

from ebert_core.protocol.specs.fields import field
from ebert_core.protocol.specs.spec_terms import (
    LARGEST_SEED,
    Batch,
    ChosenPrecision,
    Device,
    Dropout,
    LearningRate,
    Preset,
    Seed,
    Warmup,
)
from ebert_core.protocol.terms.grid import BIN

# Empty: the preset's.
ChosenEmbedding = Literal["", "convolution", "table"]
ChosenPositions = Literal["", "rotary", "learned"]

_CHECKPOINT_FOLDER = "the folder of the checkpoint; a checkpoint that is there is replaced, anything else is refused"
_SIZES = {
    "tiny": "tiny – to try things out",
    "small": "small – for a laptop",
    "base": "base – for a GPU",
    "large": "large – for several GPUs",
}


class Pretrain(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="pretrain", tag_field="job"):
    """Masked-language-model pre-training on bases and states. Writes a checkpoint without factors."""

    dataset: Annotated[str, field("the DATASET.toml to learn from", holds="path", example="DATASET.toml")]
    output: Annotated[str, field(_CHECKPOINT_FOLDER, holds="path", example="checkpoints/pretrained")]
    training: Annotated[tuple[str, ...], field("where windows are drawn", holds="region", example=["chr3", "chr17"])]
    validation: Annotated[
        tuple[str, ...],
        field("where it is measured; may not overlap `training`", holds="region", example=["chr20"]),
    ]
    cell_types: Annotated[
        tuple[str, ...],
        field("whose states are shown; each window has one of them", holds="name", empty="all"),
    ] = ()
    preset: Annotated[Preset, field("the size of the network; see [architecture.md](architecture.md)")] = "small"
    context: Annotated[
        int,
        field("length of a training window in bases", ge=0, multiple_of=BIN, empty="the preset's"),
    ] = 0
    token_width: Annotated[
        int, field("bases per token, a divisor of 50 such as 5, 10 or 25; 0 takes the preset's", ge=0)
    ] = 0
    base_embedding: Annotated[
        ChosenEmbedding,
        field(
            "how the bases of a token become a vector: filters over 30 bases, or a learned vector for every word, for "
            "tokens of at most 10 bases; without it, the preset's"
        ),
    ] = ""
    positions: Annotated[
        ChosenPositions,
        field(
            "how the network knows where a token stands; learned positions need the preset's context; without it, the "
            "preset's"
        ),
    ] = ""
    steps: Annotated[int, field("how many batches are trained on", ge=1)] = 2000
    batch_size: Batch = 32
    learning_rate: LearningRate = 1e-3
    warmup_steps: Warmup = 100
    base_mask_rate: Annotated[
        float, field("share of the known bases that is hidden; 0 hides states only", ge=0, lt=1)
    ] = 0.15
    base_span: Annotated[
        int,
        field("bases are hidden in stretches of this length, which may overlap; 1 hides single bases", ge=1, le=BIN),
    ] = 1
    state_mask_rate: Annotated[
        float,
        field("share of the segmentation's native units that is hidden, each whole; 0 hides bases only", ge=0, lt=1),
    ] = 0.3
    # States are few and their gradients rough.
    state_weight: Annotated[float, field("what the loss of hidden states counts beside that of hidden bases", ge=0)] = (
        0.1
    )
    cell_types_per_place: Annotated[
        int,
        field("every place drawn is shown in so many cell types in the same batch, a divisor of `batch_size`", ge=1),
    ] = 1
    dropout: Dropout = 0.0
    evaluate_every: Annotated[
        int, field("steps between measurements, at which the state to resume from is saved, too", ge=1)
    ] = 250
    seed: Annotated[
        int,
        field(
            "the seed of everything random but the intervals of calibration; the same seed draws the same windows",
            ge=0,
            le=LARGEST_SEED,
        ),
    ] = 1
    device: Device = "auto"
    precision: ChosenPrecision = "auto"


class FineTune(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="finetune", tag_field="job"):
    """Fine-tuning on measured peaks: every factor and cell type of the dataset unless named."""

    dataset: Annotated[str, field("the DATASET.toml with the peaks", holds="path", example="DATASET.toml")]
    output: Annotated[
        str, field(_CHECKPOINT_FOLDER, title="&Result goes to", holds="path", example="checkpoints/finetuned")
    ]
    training: Annotated[
        tuple[str, ...],
        field(
            "where it learns",
            title="&Train on",
            holds="region",
            example=["chr3", "chr17"],
        ),
    ]
    validation: Annotated[
        tuple[str, ...],
        field(
            "where it is measured, chosen and calibrated; may not overlap `training`",
            title="Ho&ld out",
            hint="Kept out of training, to choose the best pass and to measure it.",
            holds="region",
            example=["chr20"],
        ),
    ]
    start_from: Annotated[
        str,
        field(
            "a checkpoint to go on from; without it, random weights",
            title="Start from",
            holds="checkpoint",
            example="checkpoints/pretrained",
        ),
    ] = ""
    factors: Annotated[
        tuple[str, ...],
        field(
            "what to predict; each needs peaks in one of the cell types",
            holds="name",
            empty="all",
            example=["CTCF", "MAX"],
        ),
    ] = ()
    cell_types: Annotated[
        tuple[str, ...],
        field(
            "cell types to train in; those without peaks of the factors are left out, and those held out may stand "
            "here, too",
            holds="name",
            empty="all",
        ),
    ] = ()
    validation_cell_types: Annotated[
        tuple[str, ...],
        field(
            "held out: not trained on, here or in a fine-tuning that `start_from` descends from; the epoch is chosen "
            "in these alone, and calibration fitted in them where they have 20 bound bins of a factor (else in the "
            "trained ones, and it says so)",
            holds="name",
            example=["HepG2"],
        ),
    ] = ()
    preset: Annotated[
        Preset,
        field(
            "the size of the network; with `start_from` that checkpoint's size counts",
            title="Network &size",
            hint="Only when starting from nothing.",
            group="How it learns",
            words=_SIZES,
            only_without="start_from",
        ),
    ] = "small"
    use_states: Annotated[bool, field("take chromatin states as an input", tick="chromatin states")] = True
    use_motifs: Annotated[
        bool,
        field("take scores of the dataset's motifs for these factors as an input", tick="motif matches"),
    ] = True
    motif_head: Annotated[
        bool,
        field(
            "put each factor's own motif score at a place into its logit there: by a curve of its own, and by a small "
            "network that all factors share, which also sees the surroundings; only for factors with a matrix",
            title="Motif s&cores",
            tick="count directly",
            hint="Only for factors that have a matrix.",
            group="What it can find",
            only_with="use_motifs",
        ),
    ] = True
    co_binding: Annotated[
        bool,
        field(
            "let what all factors are predicted to do within 175 bp bear on each of them; pays where there are "
            "many peaks of partners, and did not on a few megabases ([decision](decisions/binding-head.md))",
            title="Co-bindin&g",
            tick="factors bear on each other",
            hint="Needs many peaks of partners.",
            group="What it can find",
        ),
    ] = False
    word_length: Annotated[
        int,
        field(
            "vectors of their own for overlapping words of so many bases, the same on both strands: 6 finds short "
            "motifs that no matrix tells of, but learns a small dataset by heart ([decision](decisions/binding-head.md)"
            "); 0 for none",
            title="Short words",
            hint="6 finds motifs without a matrix, but learns little data by heart.",
            group="What it can find",
            unit=" bases",
            empty="none",
            ge=0,
            le=8,
        ),
    ] = 0
    signals: Annotated[
        tuple[str, ...],
        field(
            "the signals that are inputs, as measured or [derived](channels.md): `log(DNase)`, `binding`, …",
            title="Signals",
            holds="name",
            example=["DNase"],
        ),
    ] = ()
    label_share: Annotated[
        float,
        field(
            "train on this share of the training regions only, in blocks of 20 kb drawn by the seed: for learning "
            "curves",
            title="Share of la&bels",
            usual=(0.001, 1.0),
            hint="1: all. Less shows what more would bring.",
            group="How it learns",
            gt=0,
            le=1,
            step=0.1,
        ),
    ] = 1.0
    epochs: Annotated[
        int,
        field(
            "how often every place is seen in every cell type; the best pass is kept",
            title="&Passes over the data",
            usual=(1, 1000),
            ge=1,
        ),
    ] = 6
    batch_size: Batch = 32
    learning_rate: LearningRate = 5e-4
    further_windows: Annotated[
        float,
        field(
            "how many windows an epoch gets beyond showing every place once, as a multiple of that; they are drawn "
            "around bound bins, and what is seen more often counts less each time, so that probabilities stay "
            "probabilities",
            title="E&xtra windows",
            usual=(0.0, 100.0),
            hint="About peaks; 1 x is as many again as one pass shows.",
            group="How it learns",
            unit=" x",
            empty="none",
            ge=0,
            step=0.5,
        ),
    ] = 0.0
    hard_negative_rounds: Annotated[
        int,
        field(
            "after each of the first so many epochs, half of the further windows move to the unbound bins that the "
            "network takes for bound",
            title="&Hard negatives",
            usual=(0, 1000),
            hint="Moves half the extra windows to false calls.",
            group="How it learns",
            unit=" passes",
            empty="none",
            only_with="further_windows",
            ge=0,
        ),
    ] = 0
    layer_decay: Annotated[
        float,
        field(
            "with `start_from`: each layer learns this many times as fast as the one above it",
            title="La&yer decay",
            usual=(0.01, 10.0),
            hint="Below 1, the checkpoint's depths change less.",
            group="How it learns",
            only_with="start_from",
            gt=0,
            step=0.05,
        ),
    ] = 0.9
    weight_average: Annotated[
        float,
        field(
            "decay of the running average of the weights that is measured and kept; 0.99 averages the last hundred "
            "steps or so, 0 keeps the last weights",
            title="Weight &average",
            usual=(0.0, 0.99999),
            hint="0.99: the last hundred steps; 0: none.",
            group="How it learns",
            ge=0,
            lt=1,
            step=0.01,
        ),
    ] = 0.99
    warmup_steps: Warmup = 50
    channel_drop: Annotated[
        float,
        field(
            "share of the windows in which states are absent; likewise, each apart, signals and motif scores",
            title="&Inputs hidden",
            usual=(0.0, 0.99),
            hint="How often states, signals, motifs are absent.",
            group="How it learns",
            ge=0,
            lt=1,
            step=0.05,
        ),
    ] = 0.1
    dropout: Dropout = 0.1
    seed: Seed = 1
    device: Device = "auto"
    precision: ChosenPrecision = "auto"
