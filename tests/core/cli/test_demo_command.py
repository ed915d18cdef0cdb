"""`ebert demo` writes into its own directories and into no others."""

from pathlib import Path

import pytest

from ebert_core.cli.program import main
from ebert_core.demonstration.generate import DATASET, generate, is_demonstration

OWN = 'version = 1\nname = "mine"\nassembly = "hg19"\nchromosome_sizes = "hg19.chrom.sizes"\n'


def demo(directory: Path, *words: str) -> int:
    return main(["demo", "--directory", str(directory), "--generate-only", *words])


def test_a_dataset_of_somebody_else_is_never_written_over(tmp_path, capsys):
    (tmp_path / DATASET).write_text(OWN)
    assert demo(tmp_path) == 2
    assert "holds other files" in capsys.readouterr().err
    assert (tmp_path / DATASET).read_text() == OWN
    assert [path.name for path in tmp_path.iterdir()] == [DATASET]


def test_a_file_is_no_directory(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert demo(tmp_path / "file") == 2
    assert "file is a file" in capsys.readouterr().err


def test_a_negative_seed_is_refused_in_a_sentence(tmp_path, capsys):
    assert demo(tmp_path / "new", "--seed", "-3") == 2
    assert "--seed -3 is negative" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_demonstration_that_was_interrupted_is_known_as_one(tmp_path):
    def interrupt(_fraction: float, note: str) -> None:
        if "writing" in note:
            raise KeyboardInterrupt

    directory = tmp_path / "begun"
    with pytest.raises(KeyboardInterrupt):
        generate(directory, report=interrupt)
    assert any(directory.iterdir())
    assert is_demonstration(directory)
