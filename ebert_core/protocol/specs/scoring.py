"""The specs of jobs that use a checkpoint: evaluation and prediction."""

from typing import Annotated

import msgspec

from ebert_core.protocol.specs.fields import field
from ebert_core.protocol.specs.spec_terms import LARGEST_SEED, ChosenPrecision, Device
from ebert_core.protocol.terms.grid import BIN

_MEAN_OF = "`one+two` is the mean of the logits of both"
_STRANDS = {2: "both strands, averaged", 1: "one strand, twice as fast"}


class Evaluate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="evaluate", tag_field="job"):
    """Scores of a checkpoint and of its controls on labelled regions, as JSON.

    Median and mean are taken over the pairs of factor and cell type that have `fewest_peaks` and `fewest_bound_bins`.
    A checkpoint that is pre-trained only is scored on hidden bases and states instead.
    """

    dataset: Annotated[
        str, field("the DATASET.toml with the peaks to score against", holds="path", example="DATASET.toml")
    ]
    checkpoint: Annotated[
        str, field(f"what is scored; {_MEAN_OF}", holds="checkpoint", example="checkpoints/finetuned")
    ]
    output: Annotated[
        str,
        field(
            "the JSON file; figures have its name with `.precision_recall.png` and the like",
            holds="path",
            example="scores.json",
        ),
    ]
    regions: Annotated[
        tuple[str, ...],
        field("where it is scored; a warning says when training saw them", holds="region", example=["chr5"]),
    ]
    cell_types: Annotated[
        tuple[str, ...], field("in which cell types", holds="name", empty="all", example=["GM12878", "K562"])
    ] = ()
    factors: Annotated[
        tuple[str, ...], field("for which of the checkpoint's factors", holds="name", empty="all", example=["CTCF"])
    ] = ()
    controls: Annotated[
        tuple[str, ...],
        field(
            f"other checkpoints to score on the same bins; {_MEAN_OF}",
            holds="checkpoint",
            example=["checkpoints/from-scratch"],
        ),
    ] = ()
    without: Annotated[
        tuple[str, ...],
        field(
            "inputs to hide, one run each: `states`, `signals`, `motifs`, a [family of signals](channels.md) such as "
            "`binding`, or several joined by `+`",
            holds="name",
        ),
    ] = ("states", "states+signals")
    context: Annotated[
        int,
        field(
            "for a pre-trained checkpoint: window in bases",
            ge=0,
            multiple_of=BIN,
            empty="the checkpoint's own",
        ),
    ] = 0
    strands: Annotated[int, field("2 averages both strands", words=_STRANDS, ge=1, le=2)] = 2
    bootstrap: Annotated[int, field("how often blocks are drawn for the intervals", ge=1)] = 500
    fewest_peaks: Annotated[
        int, field("peaks that a pair of factor and cell type needs to count in median and mean", ge=0)
    ] = 15
    fewest_bound_bins: Annotated[int, field("bound bins that it needs besides", ge=0)] = 0
    write_verdict: Annotated[
        bool,
        field(
            "put the verdict on these regions into the checkpoint; refused where its training or its choices saw them, "
            "and for checkpoints that come with the program"
        ),
    ] = False
    without_inputs: Annotated[
        bool,
        field(
            "score it even where the dataset gives nothing of what the checkpoint reads of one of the cell types; "
            "without it, that is refused"
        ),
    ] = False
    seed: Annotated[int, field("the seed of the drawing", ge=0, le=LARGEST_SEED)] = 1
    device: Device = "auto"
    precision: ChosenPrecision = "auto"


class Predict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="predict", tag_field="job"):
    """Predicted binding written to a file. Without `regions` and `chromosomes`, the whole genome.

    Several factors, or none for all of the checkpoint's, come from one pass into a file each: `output` then holds
    `{factor}`, and may hold `{cell_type}`.
    """

    checkpoint: Annotated[str, field("what predicts", holds="checkpoint", example="checkpoints/finetuned")]
    dataset: Annotated[
        str,
        field("the DATASET.toml with the cell type's states and signals", holds="path", example="DATASET.toml"),
    ]
    cell_type: Annotated[str, field("as the dataset names it", title="&Cell type", holds="name", example="K562")]
    factor: Annotated[
        str | tuple[str, ...],
        field(
            "as the checkpoint names it; several come from one pass, `[]` means all that the checkpoint predicts",
            title="&Factor",
            holds="name",
            example="CTCF",
        ),
    ]
    output: Annotated[
        str,
        field(
            "the ending decides: `.bw` bigWig, `.bedgraph` or `.bg` (also with `.gz`) bedGraph, `.tab.gz` a line per "
            "bin, `.bed.gz` [what is called bound](calibration.md#what-is-called-bound), `.tsv` or `.tsv.gz` a row per "
            "region; its folder is made if only that one is absent; of several factors or cell types, `{factor}` and "
            "`{cell_type}` in it stand for the names",
            title="Write &to",
            holds="path",
            example="CTCF.K562.bw",
        ),
    ]
    chromosomes: Annotated[
        tuple[str, ...],
        field(
            "only these; with `chromosomes`, `regions` and `locus` all empty, the whole genome",
            holds="name",
            empty="all",
            example=["chr5"],
        ),
    ] = ()
    regions: Annotated[
        str | tuple[str, ...],
        field(
            "only these: tables keep their order, bigWig, bedGraph and BED come in the genome's",
            holds="region",
            example=[],
        ),
    ] = ()
    locus: Annotated[str, field("only this place; `regions` takes it, too", holds="region")] = ""
    strands: Annotated[
        int,
        field("2 averages both strands; 1 takes half the time", title="&Read", words=_STRANDS, ge=1, le=2),
    ] = 2
    wanted_precision: Annotated[
        float,
        field(
            "with `.bed.gz`: call bins bound from where this share of the called ones was bound on held-out loci, such "
            "as 0.5; 0 takes the threshold of best F1",
            title="&Wanted precision",
            hint="Calls bins from where this share of the called ones was bound on held-out loci, such as 0.5.",
            empty="as called in the window",
            ge=0,
            le=1,
            step=0.05,
            metavar="P",
        ),
    ] = 0.0
    inputs: Annotated[
        tuple[str, ...],
        field(
            "[signals to read in place of others](dataset.md#one-signal-in-place-of-another) that the cell type lacks, "
            "as `WANTED=GIVEN`, such as DNase=ATAC",
            example=["DNase=ATAC"],
            metavar="WANTED=GIVEN",
        ),
    ] = ()
    without_inputs: Annotated[
        bool,
        field(
            "predict even where the dataset gives nothing of what the checkpoint reads of a cell type; without it, "
            "that is refused",
            tick="Predict from the sequence alone",
        ),
    ] = False
    sidecar: Annotated[bool, field("write beside each file `X` an [`X.json`](sidecar.md) that says what made it")] = (
        True
    )
    igv_session: Annotated[
        str,
        field(
            "write an IGV session (`X.xml`), too, in which the files are tracks from 0 to 1 with their names, on the "
            "dataset's assembly; of several cell types, with `{cell_type}` in its name",
            tick="Also write a session in which IGV shows it from 0 to 1",
            holds="path",
            metavar="X.xml",
        ),
    ] = ""
    device: Device = "auto"
    precision: ChosenPrecision = "auto"
