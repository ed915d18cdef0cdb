"""`ebert prepare` in a shell: where the store lies on stdout, the rest on stderr."""

import numpy as np
import pytest

from ebert_core.cli.program import main
from ebert_core.genome.bigwig_writer import BigWigWriter


@pytest.fixture
def description(tmp_path):
    (tmp_path / "g.fa").write_text(">chr1\n" + "ACGT" * 300 + "\n")
    with BigWigWriter(tmp_path / "d.bw", {"chr1": 1_200}) as writer:
        writer.append("chr1", 0, 50, np.ones(24))
    path = tmp_path / "DATASET.toml"
    path.write_text(
        'version = 1\nname = "g"\nassembly = "g1"\nreference = "g.fa"\n[cell_types.a.signals]\nDNase = "d.bw"\n'
    )
    return path


def test_it_says_where_the_store_lies(description, tmp_path, capsys):
    assert main(["prepare", str(description)]) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'DATASET.store'}\n"
    assert said.err == "1,600 bases of 1 stretches, 0 MB\n"
    assert main(["prepare", str(description), "--directory", str(tmp_path / "other")]) == 0
    assert (tmp_path / "other" / "index.json").is_file()


def test_a_wrong_dataset_gives_one_sentence_and_exit_code_2(tmp_path, capsys):
    assert main(["prepare", str(tmp_path / "absent.toml")]) == 2
    assert capsys.readouterr().err == f"ebert prepare: There is no file {tmp_path / 'absent.toml'}.\n"
