"""Fields that several specs have, with what they mean and what they may be."""

from typing import Annotated, Literal

from ebert_core.protocol.specs.fields import field

Preset = Literal["tiny", "small", "base", "large"]
Precision = Literal["auto", "bf16", "fp32"]

# What a machine can hold, and what PyTorch takes as a seed after it has been multiplied to tell steps apart.
_LARGEST_BATCH = 1_000_000
LARGEST_SEED = 2**32 - 1


Batch = Annotated[
    int,
    field(
        "windows in a batch",
        title="&Windows per step",
        usual=(1, 4096),
        hint="Fewer need less memory.",
        group="How it learns",
        ge=1,
        le=_LARGEST_BATCH,
    ),
]
LearningRate = Annotated[
    float,
    field(
        "the highest learning rate; half a cosine leads down to a twentieth of it",
        title="Step si&ze",
        usual=(1e-8, 1.0),
        hint="The learning rate: smaller is steadier.",
        group="How it learns",
        gt=0,
        step=1e-4,
    ),
]
Warmup = Annotated[
    int,
    field(
        "steps in which the learning rate rises from 0",
        title="Warm-&up",
        usual=(0, 100_000),
        hint="The step size rises from 0 so long.",
        group="How it learns",
        unit=" steps",
        ge=0,
    ),
]
Dropout = Annotated[
    float,
    field(
        "dropout in the network",
        title="&Dropout",
        usual=(0.0, 0.99),
        hint="More helps against learning by heart.",
        group="How it learns",
        ge=0,
        lt=1,
        step=0.05,
    ),
]
Seed = Annotated[
    int,
    field(
        "the seed of everything random; the same seed draws the same windows",
        title="S&eed",
        hint="The same seed gives the same result on the same machine.",
        group="How it runs",
        ge=0,
        le=LARGEST_SEED,
    ),
]
Device = Annotated[
    str,
    field(
        "`auto` (CUDA when present), `cpu`, `cuda:0`",
        title="Compute o&n",
        group="How it runs",
        words={"auto": "GPU if there is one", "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"},
        metavar="D",
    ),
]
ChosenPrecision = Annotated[
    Precision,
    field(
        "`auto` takes bf16 where the hardware is fast at it",
        title="Precisi&on",
        group="How it runs",
        words={"auto": "as the machine likes", "bf16": "bf16 – fast", "fp32": "fp32 – exact"},
    ),
]
