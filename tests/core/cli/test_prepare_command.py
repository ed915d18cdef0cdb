"""`ebert prepare` and `ebert show` of a dataset: where the store lies on stdout, the rest on stderr."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.cli.program import main
from ebert_core.genome.bigwig_writer import BigWigWriter


@pytest.fixture
def description(tmp_path: Path) -> Path:
    (tmp_path / "g.fa").write_text(">chr1\n" + "ACGT" * 300 + "\n")
    with BigWigWriter(tmp_path / "d.bw", {"chr1": 1_200}) as writer:
        writer.append("chr1", 0, 50, np.ones(24))
    path = tmp_path / "DATASET.toml"
    path.write_text(
        'version = 1\nname = "g"\nassembly = "g1"\nreference = "g.fa"\n[cell_types.a.signals]\nDNase = "d.bw"\n'
    )
    return path


def test_it_says_where_the_store_lies(description: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", str(description)]) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'DATASET.store'}\n"
    assert said.err == "1,600 bases of 1 stretches, 0 MB\n"
    assert main(["prepare", str(description), "--directory", str(tmp_path / "other")]) == 0
    assert (tmp_path / "other" / "index.json").is_file()
    advice = f'Above the first [table] of {description} add the line: store = "{tmp_path / "other"}".'
    assert advice in capsys.readouterr().err
    description.write_text(f'store = "{tmp_path / "other"}"\n{description.read_text()}')
    assert main(["prepare", str(description)]) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'other'}\n"
    assert "Nothing looks for it" not in said.err


def test_it_says_which_letters_it_does_not_know_and_which_experiments_found_nothing(
    description: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "g.fa").write_text(">chr1\n" + "ACGT" * 299 + "RRYT\n")
    (tmp_path / "empty.narrowPeak").write_text("")
    description.write_text(f'{description.read_text()}[cell_types.a.peaks.CTCF]\nconservative = "empty.narrowPeak"\n')
    warning = "WARNING: no peaks at all of CTCF in a: unbound everywhere, if the experiment worked."
    assert main(["prepare", str(description)]) == 0
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "Letters that are neither bases nor N are read as N: 2 R, 1 Y.",
        warning,
    ]
    assert main(["prepare", str(description), "--quiet"]) == 0
    assert capsys.readouterr().err == f"{warning}\n"


def test_show_tells_what_the_dataset_has_and_where_its_store_lies(
    description: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown() -> list[str]:
        assert main(["show", str(description)]) == 0
        return capsys.readouterr().out.splitlines()

    assert shown() == [
        "g: a dataset of g1",
        f"  file         {description}",
        "  chromosomes  chr1: 1,200 bp",
        "  sequence     yes",
        "  labelled     everywhere",
        "  states       none",
        "  signals      DNase",
        "  factors      none",
        "  motifs       none",
        f"  store        not made, or out of date: ebert prepare {description}",
        "a  DNase",
    ]
    assert main(["prepare", str(description)]) == 0
    capsys.readouterr()
    assert f"  store        {tmp_path / 'DATASET.store'}" in shown()
    (tmp_path / "sizes").write_text("chr1\t1200\n")
    bare = description.read_text().replace('reference = "g.fa"', 'chromosome_sizes = "sizes"')
    description.write_text(f"{bare}[cell_types.b]\n")
    lines = shown()
    assert "  sequence     no: nothing can be predicted or trained" in lines
    assert lines[-1] == "b  nothing"


def test_a_damaged_store_is_made_again_and_said_to_be_so(
    description: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prepare", str(description)]) == 0
    store = tmp_path / "DATASET.store"
    largest = max((path for path in store.iterdir() if path.name != "index.json"), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1] + b"\x07")
    capsys.readouterr()
    assert main(["prepare", str(description), "--quiet"]) == 0
    said = capsys.readouterr().err
    assert said.startswith("WARNING: ")
    assert said.endswith(" It is made again now.\n")
    assert main(["prepare", str(description), "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_a_wrong_dataset_gives_one_sentence_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", str(tmp_path / "absent.toml")]) == 2
    assert capsys.readouterr().err == f"ebert prepare: There is no file {tmp_path / 'absent.toml'}.\n"
