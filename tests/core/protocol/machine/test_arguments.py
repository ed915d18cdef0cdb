"""An empty word is no option that was left out."""

import pytest

from ebert_core.cli.program import main
from ebert_core.protocol.machine.arguments import empty_value
from ebert_gui.__main__ import main as browse


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["predict", "--locus", "", "--output", "x.bw"], "The value of --locus is empty; give one, or leave it out."),
        (["predict", "--locus="], "The value of --locus is empty; give one, or leave it out."),
        (["predict", "--locus", "  "], "The value of --locus is empty; give one, or leave it out."),
        (["prepare", ""], "Word 2 is empty; give one, or leave it out."),
        (["predict", "--locus", "chr1"], ""),
        ([], ""),
    ],
)
def test_an_empty_word_is_told(words: list[str], sentence: str) -> None:
    assert empty_value(words) == sentence


def test_an_empty_locus_predicts_no_genome(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "c", "d.toml", "--cell-type", "K562", "--locus", "", "--output", "x.bw"]) == 2
    assert "--locus is empty" in capsys.readouterr().err
    assert browse(["d.toml", "--locus", ""]) == 2
    assert "--locus is empty" in capsys.readouterr().err
