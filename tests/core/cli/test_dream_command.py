"""`ebert dream` in a shell: labels, scores and ranks, each from what the one before wrote."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ebert_core.cli.program import main


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "regions.bed").write_text("chr1\t0\t5000\n")
    (tmp_path / "k562.bed").write_text("chr1\t1000\t1300\nchr1\t3000\t3300\n")
    (tmp_path / "liver.bed").write_text("chr1\t1000\t1300\n")
    labels = ["--conservative", "K562=k562.bed", "liver=liver.bed", "--relaxed", "K562=k562.bed", "liver=k562.bed"]
    assert main(["dream", "labels", *labels, "--regions", "regions.bed", "--output", "MAX.train.labels.tsv.gz"]) == 0
    return tmp_path


def write_scores(path: Path, peak: float, elsewhere: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        f"chr1\t{start}\t{start + 200}\t{peak if 850 < start < 1250 else elsewhere}\n" for start in range(0, 4801, 50)
    )
    path.write_bytes(gzip.compress("".join(lines).encode()))


def test_labels_say_on_stderr_what_they_hold(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--conservative", "K562=k562.bed", "liver=liver.bed", "--relaxed", "K562=k562.bed", "liver=k562.bed"]
    capsys.readouterr()
    assert main(["dream", "labels", *words, "--regions", "regions.bed", "--output", "MAX.train.labels.tsv.gz"]) == 0
    said = capsys.readouterr()
    assert said.out == "MAX.train.labels.tsv.gz\n"
    assert said.err == ("K562: 14 bound and 4 ambiguous of 97 bins\nliver: 7 bound and 11 ambiguous of 97 bins\n")
    with gzip.open(files / "MAX.train.labels.tsv.gz", "rt") as file:
        assert file.readline() == "chr\tstart\tstop\tK562\tliver\n"


def test_the_rule_can_be_chosen_and_is_told_beside_the_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # A peak of 120 lies half in the bin from 3,250 on: half of the peak, and less than half of the bin.
    (files / "short.bed").write_text("chr1\t3390\t3510\n")
    words = ["--conservative", "K562=short.bed", "--relaxed", "K562=short.bed", "--regions", "regions.bed"]
    told = {}
    for flags, name in (((), "x"), (("--rule", "half-of-bin"), "y")):
        assert main(["dream", "labels", *words, "--output", f"{name}.tsv", *flags]) == 0
        told[name] = json.loads((files / f"{name}.tsv.json").read_text())["rule"]
    assert told == {"x": "organisers", "y": "half-of-bin"}
    assert "chr1\t3250\t3450\tB\n" in (files / "x.tsv").read_text()
    assert "chr1\t3250\t3450\tA\n" in (files / "y.tsv").read_text()


def test_scores_of_labels_by_another_rule_are_marked(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scores(files / "F.MAX.liver.tab.gz", 0.9, 0.1)
    words = ["--conservative", "liver=liver.bed", "--relaxed", "liver=k562.bed", "--regions", "regions.bed"]
    for rule, says in (("organisers", False), ("half-of-bin", True)):
        assert main(["dream", "labels", *words, "--output", "MAX.test.labels.tsv", "--rule", rule]) == 0
        capsys.readouterr()
        assert main(["dream", "score", "MAX.test.labels.tsv", "F.MAX.liver.tab.gz"]) == 0
        assert ("was labelled by the rule half-of-bin" in capsys.readouterr().err) is says


def test_a_cell_type_without_relaxed_peaks_gets_a_note(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--conservative", "K562=k562.bed", "--regions", "regions.bed", "--output", "x.tsv"]
    assert main(["dream", "labels", *words]) == 0
    assert "K562 has no relaxed peaks" in capsys.readouterr().err


def test_scores_take_the_cell_type_from_the_name_of_the_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scores(files / "F.MAX.liver.tab.gz", 0.9, 0.1)
    capsys.readouterr()
    assert main(["dream", "score", "MAX.train.labels.tsv.gz", "F.MAX.liver.tab.gz"]) == 0
    said = capsys.readouterr()
    score = json.loads(said.out)
    assert (score["auROC"], score["auPRC"], score["F1"], score["recall_at_05_fdr"]) == (1.0, 1.0, 1.0, 1.0)
    assert (score["bins"], score["bound"], score["ambiguous"], len(score["subsamples"])) == (86, 7, 11, 10)
    assert said.err == ""
    (files / "F.MAX.liver.tab.gz").rename("mine.tab.gz")
    words = ["MAX.train.labels.tsv.gz", "mine.tab.gz", "--cell-type", "K562", "--chromosomes", "chr1"]
    assert main(["dream", "score", *words]) == 0
    assert json.loads(capsys.readouterr().out)["recall_at_05_fdr"] == 0.5


def test_scores_in_another_order_than_the_labels_are_matched_by_position_and_said_to_be_so(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scores(files / "F.MAX.liver.tab.gz", 0.9, 0.1)
    lines = gzip.decompress((files / "F.MAX.liver.tab.gz").read_bytes()).splitlines(keepends=True)
    (files / "F.MAX.liver.tab").write_bytes(b"".join(reversed(lines)))
    capsys.readouterr()
    assert main(["dream", "score", "MAX.train.labels.tsv.gz", "F.MAX.liver.tab"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["auPRC"] == 1.0
    assert said.err.startswith("F.MAX.liver.tab is not in the order of the label file, which the challenge asks for;")


def test_the_help_says_of_a_shared_option_what_it_is_for_in_this_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["dream", "score", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "where to write; TEAM/F.TF.CELL.json (default: standard output)" in said
    assert "chromosomes; scored on these (default: all of LABELS)" in said


def test_scores_are_written_whole_or_not_at_all(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scores(files / "F.MAX.liver.tab.gz", 0.9, 0.1)
    written = files / "RESULTS" / "us" / "F.MAX.liver.json"
    words = ["dream", "score", "MAX.train.labels.tsv.gz", "F.MAX.liver.tab.gz"]
    assert main([*words, "--cell-type", "K562", "--output", str(written)]) == 2
    assert "F.MAX.liver.tab.gz is of liver, and --cell-types says K562" in capsys.readouterr().err
    assert not written.parent.exists()
    capsys.readouterr()
    assert main([*words, "--output", str(written)]) == 0
    assert capsys.readouterr().out == f"{written}\n"
    assert json.loads(written.read_text())["auPRC"] == 1.0
    assert list(written.parent.iterdir()) == [written]
    (files / "file").write_text("")
    assert main([*words, "--output", str(files / "file" / "x.json")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_scores_outside_0_to_1_get_a_note_and_those_of_another_factor_are_refused(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scores(files / "F.MAX.liver.tab.gz", 1.7, -3)
    write_scores(files / "F.CTCF.liver.tab.gz", 0.9, 0.1)
    capsys.readouterr()
    assert main(["dream", "score", "MAX.train.labels.tsv.gz", "F.MAX.liver.tab.gz"]) == 0
    assert "F.MAX.liver.tab.gz has scores from -3 to 1.7; the challenge asks for 0 to 1." in capsys.readouterr().err
    assert main(["dream", "score", "MAX.train.labels.tsv.gz", "F.CTCF.liver.tab.gz"]) == 2
    assert "F.CTCF.liver.tab.gz is of CTCF and MAX.train.labels.tsv.gz of MAX" in capsys.readouterr().err
    (files / "MAX.train.labels.tsv.gz").rename(files / "held_out.labels.tsv.gz")
    assert main(["dream", "score", "held_out.labels.tsv.gz", "F.CTCF.liver.tab.gz"]) == 0


def test_lines_unlike_those_of_the_challenge_are_scored_and_get_a_note(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scores(files / "F.MAX.liver.tab.gz", 0.9, 0.1)
    text = gzip.decompress((files / "F.MAX.liver.tab.gz").read_bytes())
    (files / "F.MAX.liver.tab").write_bytes(text.replace(b"chr", b"").replace(b"\n", b"\r\n"))
    capsys.readouterr()
    assert main(["dream", "score", "MAX.train.labels.tsv.gz", "F.MAX.liver.tab"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["auPRC"] == 1.0
    assert "F.MAX.liver.tab has the line ends of Windows" in said.err
    assert "F.MAX.liver.tab calls its first chromosome 1; " in said.err


def test_regions_of_which_a_dataset_knows_nothing_are_refused(
    toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "regions.bed").write_text("chr1\t0\t5000\nchr9\t0\t5000\n")
    words = ["--dataset", str(toy_binding), "--factor", "FOS", "--regions", str(tmp_path / "regions.bed")]
    words += ["--output", str(tmp_path / "x.tsv")]
    assert main(["dream", "labels", *words]) == 2
    assert "bins on chr9, of which the dataset knows nothing; it has chr1, chr2" in capsys.readouterr().err
    assert not (tmp_path / "x.tsv").exists()
    assert main(["dream", "labels", *words, "--chromosomes", "chr1"]) == 0
    in_file = (tmp_path / "x.tsv").read_bytes()
    words[5] = "chr1:1-5000"
    assert main(["dream", "labels", *words]) == 0
    assert (tmp_path / "x.tsv").read_bytes() == in_file


def test_several_factors_get_label_files_of_their_own(
    toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["dream", "labels", "--dataset", str(toy_binding), "--factors", "all", "--output"]
    assert main([*words, str(tmp_path / "{factor}.train.labels.tsv.gz")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'FOS.train.labels.tsv.gz'}\n"
    words[5:6] = ["FOS", "MAX"]
    assert main([*words, str(tmp_path / "x.tsv")]) == 2
    assert "2 factors need 2 files; write {factor} in the name of the output" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["L", "B"])
def test_files_of_the_other_rounds_are_scored_too(files: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_scores(files / f"{kind}.MAX.liver.tab.gz", 0.9, 0.1)
    assert main(["dream", "score", "MAX.train.labels.tsv.gz", f"{kind}.MAX.liver.tab.gz"]) == 0
    assert '"bound": 7' in capsys.readouterr().out


def test_a_name_that_says_no_cell_type_needs_the_flag(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scores(files / "mine.tab.gz", 0.9, 0.1)
    assert main(["dream", "score", "MAX.train.labels.tsv.gz", "mine.tab.gz"]) == 2
    assert "mine.tab.gz is not named F.TF.CELL.tab.gz; say --cell-types, one of K562, liver." in capsys.readouterr().err


def test_the_ranking_is_a_table_or_json(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for team, peak in (("good", 0.9), ("bad", 0.05)):
        write_scores(files / "results" / team / "F.MAX.liver.tab.gz", peak, 0.1)
        capsys.readouterr()
        main(["dream", "score", "MAX.train.labels.tsv.gz", f"results/{team}/F.MAX.liver.tab.gz"])
        (files / "results" / team / "F.MAX.liver.json").write_text(capsys.readouterr().out)
    assert main(["dream", "rank", "results"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["rank", "score", "lowest", "highest", "team", "MAX", "liver"],
        ["1", "0.333", "0.333", "0.333", "good", "1"],
        ["2", "0.500", "0.500", "0.500", "bad", "2"],
    ]
    assert main(["dream", "rank", "results", "--json"]) == 0
    said = capsys.readouterr()
    assert ([each["team"] for each in json.loads(said.out)], said.err) == (["good", "bad"], "")
    (files / "results" / "notes.txt").write_text("")
    assert main(["dream", "rank", "results"]) == 0
    assert capsys.readouterr().err == "Not ranked: results/notes.txt. What is ranked is called TEAM/F.TF.CELL.json.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Peaks come from --dataset with --factors, or from --conservative"),
        (["--dataset", "DATASET.toml"], "--factors is needed with --dataset"),
        (["--dataset", "D.toml", "--factor", "MAX", "--blacklist", "b.bed"], "--blacklist goes with --conservative"),
        (["--conservative", "K562=k562.bed"], "Bins lie in --regions BED, or on whole chromosomes"),
        (["--conservative", "K562=k562.bed", "--factor", "MAX"], "--factors goes with --dataset"),
        (["--conservative", "k562.bed", "--regions", "regions.bed"], "'k562.bed' should be written CELL=FILE"),
        (["--conservative", "a=k562.bed", "a=k562.bed", "--regions", "regions.bed"], "a is given twice"),
        (["--conservative", "a=k562.bed", "--relaxed", "b=k562.bed", "--regions", "regions.bed"], "--relaxed names b"),
        (["--conservative", "a=absent.bed", "--regions", "regions.bed"], "There is no file absent.bed"),
    ],
)
def test_what_labels_lack_is_said_in_a_sentence(
    files: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["dream", "labels", *words, "--output", "x.tsv"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_help_waits_for_no_library() -> None:
    loaded = "import sys; from ebert_core.cli.program import main\ntry: main(['dream', 'score', '--help'])\nfinally: "
    check = "print({'numpy', 'polars', 'torch'} & set(sys.modules), file=sys.stderr)"
    ended = subprocess.run([sys.executable, "-c", loaded + check], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "set()\n")
