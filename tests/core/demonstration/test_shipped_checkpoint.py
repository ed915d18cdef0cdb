from pathlib import Path

import numpy as np

from ebert_core.demonstration.oracle import Demonstration
from ebert_core.demonstration.rules import DEFAULT_SEED, HELD_OUT
from ebert_core.inference.scores import held_out_scores
from ebert_core.judging.controls import compare_controls, controls_table
from ebert_core.model.description import read_description
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.terms.locus import Interval

CHECKPOINT = resource("checkpoints/demonstration")
LOOKED_AT = Interval(HELD_OUT[0].chromosome, 1_500_000, 2_100_000)


def test_the_shipped_checkpoint_is_small_and_never_saw_the_genome_that_is_shown() -> None:
    description = read_description(CHECKPOINT)
    assert sum(file.stat().st_size for file in CHECKPOINT.iterdir()) <= 4 * 2**20
    assert description.seed not in (None, DEFAULT_SEED)
    assert not any(region.overlaps(LOOKED_AT) for region in (*description.training, *description.validation))


def test_on_held_out_loci_the_model_beats_the_motif_scan_by_far_and_stays_below_the_oracle(
    demonstration_dataset: Path,
) -> None:
    scores = held_out_scores(CHECKPOINT, demonstration_dataset)
    rows = compare_controls(Demonstration(demonstration_dataset), scores, [LOOKED_AT])
    motif, model, oracle = (np.nanmedian([getattr(row, name) for row in rows]) for name in ("motif", "model", "oracle"))
    assert motif + 0.2 < model < oracle + 0.05, controls_table(rows)
