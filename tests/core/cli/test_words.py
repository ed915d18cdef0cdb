"""Options may stand anywhere, and none swallows the places of a command."""

import argparse
from pathlib import Path

import pytest

from ebert_core.cli import program
from ebert_core.cli.program import main


def parsed(*words: str) -> argparse.Namespace:
    return program.parser_of(words).parse_args(list(words))


@pytest.mark.parametrize(
    "words",
    [
        ["predict", "c", "D.toml", "--factors", "CTCF", "MAX", "--output", "x.bw"],
        ["predict", "--factors", "CTCF", "MAX", "human_slices", "D.toml", "--output", "x.bw"],
        ["predict", "human_slices", "--factors", "CTCF", "MAX", "D.toml", "--output", "x.bw"],
        ["predict", "--output", "x.bw", "human_slices", "--factors", "CTCF", "MAX", "--", "D.toml"],
        ["predict", "--output=x.bw", "--factor", "CTCF", "--factor", "MAX", "human_slices", "D.toml"],
    ],
)
def test_places_are_found_wherever_options_stand(words: list[str]) -> None:
    found = parsed(*words)
    assert found.dataset == "D.toml"
    assert found.checkpoint in ("c", "human_slices")
    assert found.factors == ["CTCF", "MAX"]
    assert found.output == "x.bw"


def test_folders_that_are_called_like_a_cell_type_stay_cell_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "K562").mkdir()
    monkeypatch.chdir(tmp_path)
    found = parsed("average", "--cell-types", "HepG2", "K562", "--output", "x", "one", "two")
    assert (found.cell_types, found.checkpoints) == (["HepG2", "K562"], ["one", "two"])
    found = parsed("predict", "c", "D.toml", "--cell-types", "HepG2", "K562")
    assert found.cell_types == ["HepG2", "K562"]


def test_an_option_keeps_its_only_value() -> None:
    found = parsed("predict", "c", "--factors", "x.toml")
    assert (found.dataset, found.factors) == (None, ["x.toml"])


def test_a_command_that_is_none_is_told_the_nearest_one_where_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    for word, is_near in (("finetun", True), ("zzz", False)):
        with pytest.raises(SystemExit):
            main([word])
        assert ("did you mean finetune?" in capsys.readouterr().err) is is_near


def test_what_a_command_lacks_is_taken_from_the_last_of_several_values(tmp_path: Path) -> None:
    found = parsed("dream", "score", "--chromosomes", "chr1", "chr8", "labels.tsv.gz", "F.CTCF.K562.tab.gz")
    assert (found.labels, found.submission) == ("labels.tsv.gz", "F.CTCF.K562.tab.gz")
    assert found.chromosomes == ["chr1", "chr8"]
    found = parsed("finetune", "--set", "seed=3", "dataset=E.toml", "S.toml")
    assert (found.spec, found.set) == ("S.toml", ["seed=3", "dataset=E.toml"])
    found = parsed("predict", "S.toml", "--set", "strands=1", "dataset=E.toml")
    assert (found.checkpoint, found.dataset, found.set) == ("S.toml", None, ["strands=1", "dataset=E.toml"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["predict", "c", "D.toml", "--factrs", "CTCF"], "there is no option --factrs; did you mean --factors?"),
        (["predict", "c", "D.toml", "extra"], "'extra' is one word too many"),
        (["predict", "c", "D.toml", "--fact", "CTCF"], "there is no option --fact"),
        (["predict", "c", "D.toml", "--factors"], "--factors: expected at least one argument"),
        (["average", "--output", "x", "--cell-types", "K562"], "required: CHECKPOINT"),
    ],
)
def test_what_is_no_option_is_named_with_the_nearest(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.startswith(f"usage: ebert {words[0]}")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--factors", "all", "CTCF"], "--factors says all and CTCF; give names, or all."),
        (["--factors", "CTCF", "--cell-types", "K562", "all"], "--cell-types says all and K562; give names, or all."),
    ],
)
def test_all_stands_alone(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "c", "D.toml", "--output", "x.bw", *words]) == 2
    assert sentence in capsys.readouterr().err
