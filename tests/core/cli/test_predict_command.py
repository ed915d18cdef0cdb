"""`ebert predict`: names in the output, and what does not go together."""

import gzip
import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from ebert_core.cli.program import main
from ebert_core.genome.lines import BadLine
from ebert_core.jobs.directory import jobs_folder
from ebert_core.jobs.lock import writing_to
from ebert_core.jobs.summary import list_jobs
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.specs.on_disk import read_spec, write_spec
from ebert_core.protocol.terms.reliability import MeasuredCell, Reliability, ReliabilityPoint


@pytest.fixture
def words(toy_binding: Path, toy_checkpoint: Path) -> list[str]:
    return ["predict", str(toy_checkpoint), str(toy_binding), "--cell-type", "alpha", "--locus", "chr2:1-3000"]


def test_names_stand_where_the_output_wants_them(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--output", str(tmp_path / "F.{factor}.{cell_type}.tab.gz")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'F.FOS.alpha.tab.gz'}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["F.FOS.alpha.tab.gz", "F.FOS.alpha.tab.gz.json"]


def test_a_file_that_another_job_writes_is_refused(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing_to(tmp_path / "F.FOS.alpha.tab.gz", tmp_path / "first"):
        assert main([*words, "--output", str(tmp_path / "F.{factor}.{cell_type}.tab.gz")]) == 2
        assert f"{tmp_path / 'first'} runs already and writes to " in capsys.readouterr().err
        assert main([*words, "--output", str(tmp_path / "F.{factor}.other.tab.gz")]) == 0


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--output", "x.bw"], "--factors is needed."),
        (["--output", "x.{factor}.bw", "--factor", "FOS", "--factor", "GATA9"], "does not predict GATA9"),
    ],
)
def test_what_is_missing_or_unknown_is_named(
    words: list[str], flags: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, *flags]) == 2
    assert sentence in capsys.readouterr().err


def test_several_factors_are_refused_one_file(words: list[str], toy_checkpoint: Path, tmp_path: Path) -> None:
    from ebert_core.inference.targets import targets_of
    from ebert_core.model.description import read_description
    from ebert_core.protocol.terms.errors import InvalidRequest

    description = read_description(toy_checkpoint)
    spec = Predict("", "", "alpha", ("FOS", "JUN"), str(tmp_path / "x.bw"))
    with pytest.raises(InvalidRequest, match=r"2 factors need 2 files; write \{factor\} in the name of the output"):
        targets_of(spec, description)


def test_a_checkpoint_that_predicts_nothing_yet_is_refused_by_name(toy_checkpoint: Path) -> None:
    from ebert_core.inference.targets import targets_of
    from ebert_core.model.description import read_description
    from ebert_core.protocol.terms.errors import InvalidRequest

    description = msgspec.structs.replace(read_description(toy_checkpoint), factors=())
    with pytest.raises(InvalidRequest, match="fos is pre-trained only and predicts no factor yet"):
        targets_of(Predict("", "", "alpha", (), "F.{factor}.tab.gz"), description)


@pytest.mark.parametrize("ending", ["bw", "tab.gz", "bed.gz", "bedgraph", "bedgraph.gz"])
def test_whoever_is_asked_to_end_leaves_nothing_behind(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from ebert_core.inference.predict import Predictor

    seen = []

    compute = Predictor._compute

    def asked_to_end(*arguments: Any) -> object:
        seen.append({re.sub("[0-9a-f]{20}", "#", path.name) for path in tmp_path.iterdir()})
        signal.raise_signal(signal.SIGTERM)
        return compute(*arguments)

    monkeypatch.setattr(Predictor, "_compute", asked_to_end)
    assert main([*words, "--factor", "FOS", "--output", str(tmp_path / f"x.{ending}")]) == 130
    assert capsys.readouterr().err.endswith("ebert predict: Stopped; nothing was written.\n")
    assert (seen, list(tmp_path.iterdir())) == ([{f".x.{ending}.#.part", f".x.{ending}.lock"}], [])


def test_options_beside_a_spec_take_the_place_of_what_it_says(
    toy_binding: Path, toy_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = Predict(str(toy_checkpoint), str(toy_binding), "gamma", "GATA9", str(tmp_path / "x.bw"), locus="chr1")
    write_spec(tmp_path / "spec.toml", spec)
    words = ["--strands", "1", "--regions", "chr2:1-3000", "--cell-types", "beta", "--factors", "FOS"]
    output = tmp_path / "y.tab.gz"
    assert main(["predict", str(tmp_path / "spec.toml"), *words, "--set", f"output={output}"]) == 0
    assert capsys.readouterr().out == f"{output}\n"
    [job] = list_jobs(Path(os.environ["EBERT_JOBS"]))
    ran = read_spec(Path(job.directory) / "spec.toml")
    assert isinstance(ran, Predict)
    assert (ran.strands, ran.regions, ran.locus, ran.cell_type, ran.factor, ran.output) == (
        *(1, ("chr2:1-3000",), "", "beta", "FOS"),
        str(output),
    )


def test_several_cell_types_are_predicted_one_after_the_other(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*words[:3], "--locus", "chr2:1-3000", "--factors", "FOS"]
    for cells in (["alpha", "beta"], ["all"]):
        assert main([*words, "--cell-types", *cells, "--output", str(tmp_path / "{factor}.{cell_type}.tab.gz")]) == 0
        assert capsys.readouterr().out == f"{tmp_path / 'FOS.alpha.tab.gz'}\n{tmp_path / 'FOS.beta.tab.gz'}\n"
    assert (tmp_path / "FOS.alpha.tab.gz").read_bytes() != (tmp_path / "FOS.beta.tab.gz").read_bytes()
    assert main([*words, "--cell-types", "all", "--output", str(tmp_path / "{factor}.tab.gz")]) == 2
    assert "2 cell types need files of their own; write {cell_type} in the name" in capsys.readouterr().err
    assert main([*words, "--cell-types", "alpha", "gamma", "--output", str(tmp_path / "{cell_type}.bw")]) == 2
    assert "has no cell type gamma" in capsys.readouterr().err
    assert not (tmp_path / "alpha.bw").exists()


def test_regions_are_loci_and_bed_files_together(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bed = tmp_path / "peaks.bed"
    bed.write_text("chr2\t1000\t1400\tpeak1\n")
    words = [*words[:5], "--factors", "FOS", "--output", str(tmp_path / "x.tsv")]
    assert main([*words, "--regions", "chr1:1-500", str(bed), "chr2:3,001-3,500"]) == 0
    rows = [line.split("\t")[:4] for line in (tmp_path / "x.tsv").read_text().splitlines()]
    assert rows[-3:] == [
        ["chr1", "0", "500", "chr1:1-500"],
        ["chr2", "1000", "1400", "peak1"],
        ["chr2", "3000", "3500", "chr2:3,001-3,500"],
    ]


def test_a_spec_may_name_one_factor_or_several(tmp_path: Path) -> None:
    for factor in ("CTCF", ("CTCF", "MAX"), ()):
        write_spec(tmp_path / "spec.toml", spec := Predict("/c", "/D.toml", "liver", factor, "/F.{factor}.bw"))
        assert read_spec(tmp_path / "spec.toml") == spec


def test_calls_of_a_wanted_precision_say_what_they_rest_on(
    words: list[str], toy_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The toy's probabilities were hardly checked, so what was measured is written here by hand."""
    from ebert_core.model.description import read_description

    measured = tmp_path / "measured"
    shutil.copytree(toy_checkpoint, measured)
    description = read_description(measured)
    (record,) = description.factors
    points = (ReliabilityPoint(0.05, 0.1, 1.0, 0.05, 0.2), ReliabilityPoint(0.3, 0.7, 0.5, 0.5, 0.9))
    known = Reliability(("chr2",), (MeasuredCell("alpha", 1_000, 30, 40),), False, False, points)
    described = msgspec.structs.replace(description, factors=(msgspec.structs.replace(record, reliability=known),))
    (measured / "description.json").write_bytes(msgspec.json.encode(described))
    asked = ["predict", str(measured), *words[2:], "--factor", "FOS"]
    output = str(tmp_path / "x.bed.gz")
    assert main([*asked, "--output", output, "--wanted-precision", "0.6"]) == 0
    said = capsys.readouterr().err
    assert "FOS is called bound from 0.3. About 70 % of bins at or above this were bound on chr2 in alpha" in said
    assert "This rests on 40 held-out peaks." in said
    assert gzip.decompress((tmp_path / "x.bed.gz").read_bytes()).count(b"FOS") > 0
    for precision, name, sentence in (
        ("0.8", "y.bed.gz", "its precision on chr2 in alpha reaches 70 % and never 80 %"),
        ("1.5", "y.bed.gz", "--wanted-precision 1.5: wanted_precision is 1.5; it must be at least 0 and at most 1."),
        ("0.5", "y.bw", "y.bw holds no calls"),
    ):
        assert main([*asked, "--output", str(tmp_path / name), "--wanted-precision", precision]) == 2
        assert sentence in capsys.readouterr().err
    assert not list(tmp_path.glob("y*"))


@pytest.fixture
def two(toy_checkpoint: Path, tmp_path: Path) -> Path:
    """The toy checkpoint with a second factor, WEAK, whose threshold is too low to mean bound."""
    folder = tmp_path / "two"
    shutil.copytree(toy_checkpoint, folder)
    weights = load_file(folder / "weights.safetensors")
    for part in ("logits.weight", "logits.bias", "motif_head.reach"):
        weights[f"binding_head.{part}"] = np.concatenate([weights[f"binding_head.{part}"]] * 2)
    save_file(weights, folder / "weights.safetensors")
    described = msgspec.json.decode((folder / "description.json").read_bytes())
    described["architecture"]["factors"] = ["FOS", "WEAK"]
    described["factors"].append({**described["factors"][0], "name": "WEAK", "threshold": 0.009})
    described["weights_sha256"] = hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    (folder / "description.json").write_bytes(msgspec.json.encode(described))
    return folder


def test_of_all_factors_as_calls_those_without_are_left_out_and_said(
    words: list[str], two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "{factor}.bed.gz")
    words[1] = str(two)
    assert main([*words, "--output", output]) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'FOS.bed.gz'}\n"
    lines = [line for line in said.err.splitlines() if "WEAK" in line]
    assert len(lines) == 1
    assert "WARNING: No file is written of WEAK (its threshold, 0.009, is too low" in lines[0]
    assert "a factor that is named is written or refused" in lines[0]
    assert not (tmp_path / "WEAK.bed.gz").exists()


def test_a_named_factor_without_calls_is_refused_and_several_stand_behind_one_flag(
    words: list[str], two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words[1] = str(two)
    for named in (["--factor", "FOS", "WEAK"], ["--factor", "FOS", "--factor", "WEAK"]):
        assert main([*words, *named, "--output", str(tmp_path / "{factor}.bed.gz")]) == 2
        assert "No bin is called bound of WEAK (its threshold" in capsys.readouterr().err
        assert main([*words, *named, "--output", str(tmp_path / "{factor}.tab.gz")]) == 0
        assert capsys.readouterr().out == f"{tmp_path / 'FOS.tab.gz'}\n{tmp_path / 'WEAK.tab.gz'}\n"


def test_all_factors_as_calls_are_refused_where_none_is_left(
    words: list[str], two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words[1] = str(two)
    described = msgspec.json.decode((two / "description.json").read_bytes())
    for factor in described["factors"]:
        factor["threshold"] = 0.009
    (two / "description.json").write_bytes(msgspec.json.encode(described))
    assert main([*words, "--output", str(tmp_path / "{factor}.bed.gz")]) == 2
    assert "No bin is called bound of FOS (its threshold" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.bed.gz"))


def test_standard_output_has_the_lines_of_a_bedgraph_and_nothing_stays_behind(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert main([*words, "--factors", "FOS", "--output", str(tmp_path / "x.bedgraph")]) == 0
    expected = (tmp_path / "x.bedgraph").read_bytes().partition(b"\n")[2]
    for path in tmp_path.iterdir():
        path.unlink()
    capfdbinary.readouterr()
    assert main([*words, "--factors", "FOS", "--output", "-"]) == 0
    printed = capfdbinary.readouterr()
    assert printed.out == expected
    assert printed.out.count(b"\n") > 40
    assert list(tmp_path.iterdir()) == []
    ended = {job.result: job.state for job in list_jobs(Path(os.environ["EBERT_JOBS"]))}
    assert ended["standard output"] == "done"


def test_a_reader_that_goes_ends_a_prediction_quietly_and_nothing_stays_behind(
    words: list[str], tmp_path: Path
) -> None:
    command = shlex.join([sys.executable, "-m", "ebert_core", *words, "--factors", "FOS", "--output", "-"])
    script = f"{command} | (exec <&-); echo ${{PIPESTATUS[0]}}"
    where = os.environ | {"TMPDIR": str(tmp_path)}
    ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=where, check=True)
    assert ended.stdout == "1\n"
    assert "Traceback" not in ended.stderr
    assert "Exception" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("more", [["--factors", "all"], ["--factors", "FOS", "--cell-types", "beta"]])
def test_standard_output_takes_one_prediction(
    words: list[str], more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, *more, "--output", "-"]) == 2
    said = capsys.readouterr().err
    assert "one factor in one cell type" in said or "need files of their own" in said


@pytest.mark.parametrize(
    ("size", "sentence"), [("abc", "WORLD_SIZE is 'abc', not a whole number"), ("2", "write no standard output")]
)
def test_standard_output_is_of_one_process(
    words: list[str], size: str, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", size)
    monkeypatch.setenv("RANK", "0")
    assert main([*words, "--factors", "FOS", "--output", "-"]) == 2
    assert sentence in capsys.readouterr().err


def test_a_session_of_igv_is_written_for_each_cell_type_and_said(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several = [
        *words,
        "--cell-types",
        "beta",
        "--factors",
        "FOS",
        "--output",
        str(tmp_path / "{factor}.{cell_type}.bw"),
        "--no-sidecar",
    ]
    assert main([*several, "--igv-session", str(tmp_path / "x.xml")]) == 2
    assert "write {cell_type} in the name of the session" in capsys.readouterr().err
    assert main([*several, "--igv-session", str(tmp_path / "{cell_type}.txt")]) == 2
    assert "alpha.txt should end in .xml" in capsys.readouterr().err
    assert (list(tmp_path.iterdir()), list_jobs(Path(os.environ["EBERT_JOBS"]))) == ([], []), "refused before the work"
    (tmp_path / "beta.xml").mkdir()
    assert main([*several, "--igv-session", str(tmp_path / "{cell_type}.xml")]) == 2
    assert f"The session {tmp_path / 'beta.xml'} cannot be written: it is a folder." in capsys.readouterr().err
    assert not (tmp_path / "FOS.alpha.bw").exists(), "no cell type is predicted where the session of another is refused"
    (tmp_path / "beta.xml").rmdir()
    assert main([*several, "--igv-session", str(tmp_path / "{cell_type}.xml")]) == 0
    assert f"by the session {tmp_path / 'beta.xml'}." in capsys.readouterr().err
    assert 'name="FOS beta"' in (tmp_path / "beta.xml").read_text()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["FOS.alpha.bw", "FOS.beta.bw", "alpha.xml", "beta.xml"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("chr2\t-5\t100", "the start -5 is negative"),
        ("abc", "a BED line has at least a chromosome, a start and an end"),
        ("chr2\t500\t100", "the feature ends at 100, before its start 500"),
        ("chr2\t100", "a BED line has at least a chromosome, a start and an end"),
        ("chr9\t0\t500", "no chromosome chr9"),
    ],
)
@pytest.mark.parametrize("ending", ["bw", "tsv"])
def test_a_bad_line_of_the_regions_is_named_and_leaves_nothing(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, sentence: str, ending: str
) -> None:
    regions = tmp_path / "neg.bed"
    regions.write_text(f"chr2\t0\t2000\n{line}\n")
    begun = len(list_jobs(jobs_folder(words[2])))
    words = [*words[:-2], "--regions", str(regions), "--factor", "FOS", "--output", str(tmp_path / f"x.{ending}")]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["neg.bed"]
    assert len(list_jobs(jobs_folder(words[2]))) == begun


def test_an_error_of_any_class_takes_a_further_sentence_and_stays_what_it_is() -> None:
    error = BadLine(Path("x.bed"), 3, "the start -5 is negative")
    error.add("Kept are 3 of 7 blocks.")
    assert isinstance(error, BadLine)
    assert str(error) == "x.bed, line 3: the start -5 is negative. Kept are 3 of 7 blocks."


def test_a_job_whose_regions_are_damaged_meanwhile_ends_with_the_line(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of a line has another signature than that of a sentence, wherever it is raised."""
    monkeypatch.setattr("ebert_core.cli.predict.judge", lambda spec: ())
    regions = tmp_path / "neg.bed"
    regions.write_text("chr2\t-5\t100\n")
    words = [*words[:-2], "--regions", str(regions), "--factor", "FOS", "--output", str(tmp_path / "x.bw")]
    assert main(words) == 2
    assert "neg.bed, line 1: the start -5 is negative." in capsys.readouterr().err


def test_cheap_mistakes_are_refused_before_torch_is_loaded(words: list[str], tmp_path: Path) -> None:
    good = [*words[:-4], "--cell-type", "alpha", "--factor", "FOS", "--regions", "chr2:1-3000"]
    commands = [
        [*good, "--output", str(tmp_path / "absent" / "too" / "x.bw")],
        [*good[:-1], "chr9:1-500", "--output", str(tmp_path / "x.bw")],
        [*good[:-1], str(tmp_path / "absent.bed"), "--output", str(tmp_path / "x.bw")],
        [*good, "--output", str(tmp_path / "x.odd")],
    ]
    program = (
        "import sys; from ebert_core.cli.program import main; "
        f"codes = [int(main(words)) for words in {commands!r}]; print(codes, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "[2, 2, 2, 2] False\n"
    said = done.stderr.splitlines()
    assert said[0] == f"ebert predict: There is no folder {tmp_path / 'absent' / 'too'} to write x.bw to."
    assert "no chromosome chr9" in said[1]
    assert said[2] == f"ebert predict: There is no file {tmp_path / 'absent.bed'}."
    assert list(tmp_path.iterdir()) == []
