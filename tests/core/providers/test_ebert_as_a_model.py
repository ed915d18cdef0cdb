"""A checkpoint as a model: how much it predicts at once, what it attends to, and where that says nothing."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ebert_core.model.device import choose_engine
from ebert_core.protocol.shapes import Grid, Matrix
from ebert_core.protocol.sources import AttentionMap, AttentionProfile, Source, read_request
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.providers.ebert import LIVE_LIMIT
from ebert_core.providers.open_models import OpenModels
from ebert_core.providers.provider import Wanted
from ebert_core.providers.readers import read_all
from ebert_core.providers.table import BUILT_IN
from tests.core.toy_binding import quiet


@pytest.fixture(scope="module")
def half_known(toy_binding: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy dataset with nothing but N behind base 5,000 of chr2."""
    folder = Path(shutil.copytree(toy_binding.parent, tmp_path_factory.mktemp("half") / "toy"))
    known = (folder / "toy.fa").read_text().splitlines()
    known[3] = known[3][:5_000] + "N" * (len(known[3]) - 5_000)
    for path in folder.glob("toy.fa*"):
        path.unlink()
    (folder / "toy.fa").write_text("\n".join(known) + "\n")
    return folder / "DATASET.toml"


@pytest.fixture(scope="module")
def models() -> OpenModels:
    return OpenModels(BUILT_IN, choose_engine())


def attended(models: OpenModels, source: Source, start: int, end: int) -> Grid | Matrix:
    [shape] = read_all(read_request((source,), Interval("chr2", start, end)), models, quiet).shapes
    assert isinstance(shape, Grid | Matrix)
    return shape


def test_a_profile_is_of_the_anchor_and_a_map_of_the_window_around_it(
    models: OpenModels, toy_checkpoint: Path, half_known: Path
) -> None:
    where = (str(toy_checkpoint), str(half_known), "alpha", 0)
    profile = attended(models, AttentionProfile(*where), 3_000, 3_001)
    assert isinstance(profile, Grid)
    assert profile.interval.start < 3_000 < profile.interval.end
    whole = attended(models, AttentionMap(*where), 3_000, 3_001)
    assert isinstance(whole, Matrix)
    assert whole.interval == profile.interval


@pytest.mark.parametrize("kind", [AttentionProfile, AttentionMap])
def test_where_no_base_is_known_nothing_attends(
    models: OpenModels, toy_checkpoint: Path, half_known: Path, kind: type[AttentionProfile | AttentionMap]
) -> None:
    source = kind(str(toy_checkpoint), str(half_known), "alpha", 0)
    with pytest.raises(InvalidRequest, match=r"The sequence is unknown here \(N\)"):
        attended(models, source, 9_000, 9_001)
    attended(models, source, 4_900, 4_901)


def test_a_view_of_the_limit_is_predicted_although_it_was_widened_to_whole_bins_and_no_wider_one(
    models: OpenModels, toy_checkpoint: Path, toy_binding: Path
) -> None:
    model = models.model(str(toy_checkpoint), str(toy_binding))
    assert model.summary().live_limit == LIVE_LIMIT
    wanted = Wanted("alpha", Interval("chr1", 0, LIVE_LIMIT + 401), ("FOS",), strands=1)
    with pytest.raises(InvalidRequest, match="Live prediction covers up to 200 kb; zoom in, or compute this region"):
        model.predict(wanted, quiet)
    found = model.predict(wanted._replace(interval=Interval("chr1", 0, LIVE_LIMIT + 400)), quiet)
    assert np.isfinite(found.values_FP).any()


def test_a_checkpoint_of_a_real_genome_does_not_call_itself_synthetic(
    models: OpenModels, toy_checkpoint: Path, toy_binding: Path
) -> None:
    summary = models.model(str(toy_checkpoint), str(toy_binding)).summary()
    assert not summary.is_synthetic
    assert summary.context == 800
