"""What comes with the program is described and made without torch."""

from pathlib import Path

import pytest

from ebert_core.demonstration import generate
from ebert_core.demonstration.rules import ASSEMBLY
from ebert_core.model.description import read_description
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.offers import Demonstration, ListShipped, MakeDemonstration, Shipped
from ebert_core.roles import offers
from ebert_core.roles.data import handlers
from tests.certain import of
from tests.core.roles.asking import quiet


def test_the_shipped_checkpoints_say_what_they_predict_and_where_they_may_be_used() -> None:
    shipped = {each.name: each for each in of(Shipped, handlers()[ListShipped](ListShipped(), quiet)).checkpoints}
    assert set(shipped) == {path.name for path in resource("checkpoints").iterdir()}
    for name, each in shipped.items():
        description = read_description(resource(f"checkpoints/{name}"))
        assert each.path == str(resource(f"checkpoints/{name}"))
        assert each.assembly == description.assembly
        assert each.is_synthetic == (description.seed is not None)
        assert list(each.factors) == [factor.name for factor in description.factors]
        assert each.limits == description.all_limits
    assert shipped["demonstration"].is_synthetic
    assert not shipped["human_slices"].is_synthetic


def test_the_demonstration_is_made_once_in_the_persons_own_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    made: list[Path] = []

    def write(directory: Path, seed: int, report: object) -> Path:
        made.append(directory)
        directory.mkdir(parents=True)
        target = directory / generate.DATASET
        target.write_text(f'assembly = "{ASSEMBLY}"\nseed = {seed}\n')
        return target

    # What it writes has tests of its own and takes seconds.
    monkeypatch.setattr(generate, "generate", write)
    answers = [of(Demonstration, handlers()[MakeDemonstration](MakeDemonstration(), quiet)) for _ in range(2)]
    assert made == [offers.demonstration_directory()]
    assert made[0].is_relative_to(tmp_path)
    assert {answer.dataset for answer in answers} == {str(made[0] / generate.DATASET)}
    assert {answer.checkpoint for answer in answers} == {str(resource("checkpoints/demonstration"))}
