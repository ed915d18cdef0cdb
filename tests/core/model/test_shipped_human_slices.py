"""The checkpoint of human DNA that is shipped: what it is, and what it says of itself."""

from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.protocol.machine.resources import resource

CHECKPOINT = resource("checkpoints/human_slices")


def test_it_is_small_whole_and_real() -> None:
    loaded = load_checkpoint(CHECKPOINT)  # which checks the digest of the weights
    assert sum(file.stat().st_size for file in CHECKPOINT.iterdir()) <= 4 * 2**20
    assert loaded.description.seed is None
    assert loaded.description.assembly == "hg19"


def test_it_never_saw_the_chromosome_that_it_is_judged_on() -> None:
    description = load_checkpoint(CHECKPOINT).description
    assert "chr5" not in {region.chromosome for region in (*description.training, *description.validation)}


def test_it_carries_its_verdict_and_says_what_not_to_use_it_for() -> None:
    description = load_checkpoint(CHECKPOINT).description
    assert description.verdict is not None
    assert any("Trained on 3.8 Mb only" in limit for limit in description.limits)
