"""Several models open within a stated memory: the one used least lately closes, and opens again when asked for."""

from pathlib import Path

from ebert_core.model.device import choose_engine
from ebert_core.providers.open_models import OpenModels
from ebert_core.providers.table import BUILT_IN

MATRIX = ">{name}\n10 0 0 0\n0 10 0 0\n"


def test_the_model_used_least_lately_closes_and_comes_back_when_it_is_asked_for(
    toy_binding: Path, tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in ("a.pfm", "b.pfm", "c.pfm")]
    for path in paths:
        path.write_text(MATRIX.format(name=path.stem))
    first, second, third = map(str, paths)
    both = OpenModels(BUILT_IN, choose_engine())
    one = both.model(first, str(toy_binding))
    models = OpenModels(BUILT_IN, choose_engine(), largest_bytes=2 * one.bytes)
    before = models.model(first, str(toy_binding))
    models.model(second, str(toy_binding))
    assert models.model(first, str(toy_binding)) is before
    models.model(third, str(toy_binding))
    assert models.paths == (first, third)
    assert [known.name for known in models.model(second, str(toy_binding)).summary().outputs] == ["b"]
    assert models.paths == (third, second)


def test_one_model_stays_open_however_large_it_is(toy_checkpoint: Path, toy_binding: Path, tmp_path: Path) -> None:
    models = OpenModels(BUILT_IN, choose_engine(), largest_bytes=1)
    checkpoint = models.model(str(toy_checkpoint), str(toy_binding))
    assert models.paths == (str(toy_checkpoint),)
    assert checkpoint.summary().attends
    matrix = tmp_path / "a.pfm"
    matrix.write_text(MATRIX.format(name="a"))
    models.model(str(matrix), str(toy_binding))
    assert models.paths == (str(matrix),)
    models.close_all()
    assert not models.paths
