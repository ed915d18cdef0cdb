"""Options of a training or evaluation beside its spec: each changes the key it is called like, `--set` comes last."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ebert_core.cli.program import main, parser_of
from ebert_core.cli.spec_files import changes_of, read_spec_for
from ebert_core.protocol.specs.jobs import Evaluate, FineTune
from ebert_core.protocol.specs.on_disk import write_spec
from tests.core.toy_binding import finetune_spec


@pytest.fixture
def read(toy_binding: Path, tmp_path: Path) -> Callable[..., FineTune]:
    write_spec(tmp_path / "s.toml", finetune_spec(toy_binding, tmp_path / "out", cell_types=("alpha",)))

    def spec_of(*options: str) -> FineTune:
        words = ["finetune", str(tmp_path / "s.toml"), *options]
        found = read_spec_for("finetune", tmp_path / "s.toml", parser_of(words).parse_args(words))
        assert isinstance(found, FineTune)
        return found

    return spec_of


def test_each_option_changes_the_key_it_is_called_like(read: Callable[..., FineTune], tmp_path: Path) -> None:
    assert read() == read_spec_for("finetune", tmp_path / "s.toml")
    changed = read(
        "--factors", "FOS", "JUN", "--cell-types", "beta", "--output", str(tmp_path / "y"), "--device", "cpu"
    )
    assert (changed.factors, changed.cell_types, changed.device) == (("FOS", "JUN"), ("beta",), "cpu")
    assert Path(changed.output) == tmp_path / "y"
    assert changed.training == read().training


def test_all_takes_back_what_the_spec_names(read: Callable[..., FineTune]) -> None:
    assert read().cell_types == ("alpha",)
    assert read("--cell-types", "all").cell_types == ()


def test_what_is_set_comes_last(read: Callable[..., FineTune]) -> None:
    found = read("--set", "seed=3", 'device="cpu"', "--device", "auto", "--set", "epochs=2")
    assert (found.seed, found.epochs, found.device) == (3, 2, "cpu")


def test_an_option_that_is_no_key_of_the_spec_is_not_taken(
    toy_binding: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", "s.toml", "--regions", "chr1", "--factors", "FOS"]
    arguments = parser_of(words).parse_args(words)
    assert [change.key for change in changes_of(arguments, Evaluate)] == ["factors", "regions"]
    assert [change.key for change in changes_of(arguments, FineTune)] == ["factors"]
    with pytest.raises(SystemExit):
        main(["finetune", "s.toml", "--regions", "chr1"])
    assert "there is no option --regions" in capsys.readouterr().err


def test_an_evaluation_is_refused_to_several_processes(
    toy_binding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    write_spec(tmp_path / "e.toml", Evaluate(str(toy_binding), "/c", str(tmp_path / "s.json"), ("chr2",)))
    assert main(["evaluate", str(tmp_path / "e.toml")]) == 2
    assert "An evaluation runs in one process; start it without torchrun" in capsys.readouterr().err
