"""Numbers that do not fit, names that are too long, and variables of the environment: one sentence each."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ebert_core.cli.program import main
from ebert_core.dataset.layout import read_layout, write_layout
from ebert_core.genome.annotation import read_features
from ebert_core.genome.bed_table import read_bed_table
from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.lines import Skipped
from ebert_core.genome.motifs import log_odds, read_motifs
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.specs.on_disk import read_spec, write_spec
from ebert_core.protocol.terms.errors import InvalidRequest

SPEC = 'job = "finetune"\ndataset = "D.toml"\noutput = "o"\ntraining = ["chr1"]\nvalidation = ["chr2"]\n'
DATASET = 'version = 1\nname = "a"\nassembly = "x"\nchromosome_sizes = "sizes"\n'
DEEP = 5_000


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"[synthetic]\nseed = {2**70}", "line 6: synthetic.seed is larger than 9223372036854775807"),
        (f"[states]\nbin_width = {10**30}", "line 6: states.bin_width is larger than 1000000"),
        ("[states]\nbin_width = nan", "line 6: states.bin_width must be a whole number"),
        ("[cell_types.A]\nexpression = [nan]", "line 6: cell_types.A.expression must be a list of numbers"),
        ("[cell_types.A]\nexpression = [-inf]", "line 6: cell_types.A.expression must be a list of numbers"),
        ('reference = "' + "n" * 300 + '"', "line 5: reference names the file .*, which is not there"),
        ('genes = "~nobody-of-this-name/x"', "line 5: genes names the file .*, which is not there"),
        ('[motifs]\nFOS = "' + "n" * 300 + '#M"', "line 6: motifs.FOS names the file .*, which is not there"),
        ('[motifs]\nFOS = "~nobody-of-this-name#M"', "line 6: motifs.FOS names the file .*, which is not there"),
        ("x = " + "[" * DEEP, "is not valid TOML: its tables and lists are nested too deeply"),
        ("x = " + "{a=" * DEEP, "is not valid TOML: its tables and lists are nested too deeply"),
        ("x = " + "9" * 5_000, "is not valid TOML: Exceeds the limit"),
    ],
)
def test_odd_values_of_a_dataset_are_said_with_their_line(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "sizes").write_text("chr1\t100\n")
    (tmp_path / "D.toml").write_text(DATASET + line + "\n")
    with pytest.raises(InvalidRequest, match=rf"D\.toml.*{sentence}"):
        read_layout(tmp_path / "D.toml")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"seed = {2**70}", "line 6: seed is 1180591620717411303424; whole numbers go up to"),
        ("learning_rate = nan", "line 6: learning_rate is nan; it must be a finite number"),
        ("label_share = inf", "line 6: label_share is inf; it must be a finite number"),
        ("epochs = 1e30", "line 6: epochs: expected a whole number"),
        ("x = " + "[" * DEEP, "nested too deeply"),
    ],
)
def test_odd_values_of_a_spec_are_said_with_their_line(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "spec.toml").write_text(SPEC + line + "\n")
    with pytest.raises(InvalidRequest, match=rf"spec\.toml.*{sentence}"):
        read_spec(tmp_path / "spec.toml")


@pytest.mark.parametrize("value", ["inf", "-inf", "1e400", "9" * 5_000])
def test_a_score_that_cannot_be_drawn_is_left_out_and_told(tmp_path: Path, value: str) -> None:
    path = tmp_path / "x.bed"
    path.write_text(f"chr1\t1\t9\ta\t{value}\nchr1\t2\t9\tb\t7\n")
    features = read_features(path, Skipped())
    assert [(each.name, each.score) for each in features] == [("a", 0.0), ("b", 7.0)]
    assert "1 line read in part, first line 1: the score" in features.remarks[0].full
    assert read_bed_table(path, 0) is None, "what could be refused is not read as columns"


@pytest.mark.parametrize("value", ["inf", "1e30", str(2**63), "²", "1.5"])
def test_a_summit_that_is_at_no_place_is_left_out_and_told(tmp_path: Path, value: str) -> None:
    path = tmp_path / "x.narrowPeak"
    path.write_text(f"chr1\t30\t40\tx\t1\t.\t2\t3\t4\t{value}\n")
    features = read_features(path, Skipped())
    assert [(each.summit, each.score) for each in features] == [(-1, 2.0)]
    assert "1 line read in part, first line 1: the summit" in features.remarks[0].full


@pytest.mark.parametrize("value", ["²", "9" * 5_000, str(2**63), "nan"])
def test_a_table_of_odd_numbers_is_no_index_and_no_bug(tmp_path: Path, value: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text("\t".join(["chr1", *[value] * 4]) + "\n")
    with pytest.raises(InvalidRequest, match=r"x\.txt"):
        kind_of_file(path)


@pytest.mark.parametrize("row", ["1e308 1e308 1e308 1e308", "nan 0 0 1", "inf 0 0 1"])
def test_counts_of_a_motif_that_no_sum_can_hold_are_refused(tmp_path: Path, row: str) -> None:
    path = tmp_path / "m.txt"
    path.write_text(f">FOS\n{row}\n")
    with pytest.raises(InvalidRequest, match=r"m\.txt: the matrix FOS holds numbers that are no counts"):
        read_motifs(path)
    path.write_text(">FOS\n0 0 0 1e-320\n")
    assert np.isfinite(log_odds(read_motifs(path)["FOS"].counts_W4)).all()


@pytest.mark.parametrize("value", ["abc", "-1", "1.5", "²"])
def test_a_number_of_processes_that_is_none_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    (tmp_path / "spec.toml").write_text(SPEC)
    monkeypatch.setenv("WORLD_SIZE", value)
    assert main(["finetune", str(tmp_path / "spec.toml")]) == 2
    said = capsys.readouterr().err
    assert f"The environment variable WORLD_SIZE is '{value}', not a whole number" in said


def test_a_training_whose_process_has_no_number_is_refused_as_a_prediction_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "spec.toml").write_text(SPEC)
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.delenv("RANK", raising=False)
    assert main(["finetune", str(tmp_path / "spec.toml")]) == 2
    assert "WORLD_SIZE is 2 but RANK is not set; start this with torchrun" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["prepare", "{}"], ["check", "{}"], ["show", "{}"], ["finetune", "{}"]])
def test_a_name_that_is_too_long_is_one_sentence(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main([word.format("n" * 300 + ".toml") for word in words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "n" * 300 in line
    assert "Traceback" not in line


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_a_spec_in_utf_8_is_read_under_any_locale(tmp_path: Path, locale: str) -> None:
    (tmp_path / "spec.toml").write_text(SPEC.replace('"o"', '"Zellkern-Übung"'), encoding="utf-8")
    code = "import sys\nfrom ebert_core.protocol.specs.on_disk import read_spec, write_spec\n"
    code += "write_spec(sys.argv[2], read_spec(sys.argv[1]))"
    environment = os.environ | {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning", "-c", code]
    written = tmp_path / "written.toml"
    subprocess.run([*command, tmp_path / "spec.toml", written], env=environment, check=True)
    assert read_spec(written) == read_spec(tmp_path / "spec.toml")


def test_a_folder_whose_name_is_no_utf_8_is_read_and_said_when_toml_cannot_name_it(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes no such names")
    (folder / "sizes").write_text("chr1\t100\n")
    (folder / "D.toml").write_text(DATASET)
    layout = read_layout(folder / "D.toml")
    write_layout(layout, folder / "beside.toml")
    assert read_layout(folder / "beside.toml") == layout
    with pytest.raises(InvalidRequest, match=r"elsewhere\.toml cannot be written: .*is not UTF-8"):
        write_layout(layout, tmp_path / "elsewhere.toml")
    with pytest.raises(InvalidRequest, match=r"spec\.toml cannot be written: .*is not UTF-8"):
        write_spec(
            tmp_path / "spec.toml", Predict(dataset=str(folder), checkpoint="c", cell_type="A", factor="F", output="o")
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.name]
