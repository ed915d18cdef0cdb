"""`ebert show` and `ebert check`: what they say as text, as JSON whose keys are documented, and as exit codes."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ebert_core.cli.jobs import ShownJob
from ebert_core.cli.outcomes import Ending
from ebert_core.cli.program import COMMANDS, main
from ebert_core.cli.show import ShownFile
from ebert_core.cli.showing_checkpoints import (
    ListedCheckpoint,
    ShownCheckpoint,
    ShownFactor,
    checkpoint_lines,
    shown_checkpoint,
)
from ebert_core.cli.showing_datasets import ShownCellType, ShownDataset
from ebert_core.cli.spec import SpecKey, SpecKind
from ebert_core.dataset.check import Check, Fault
from ebert_core.dataset.layout import problems_of
from ebert_core.dream.ranking import Standing
from ebert_core.jobs.reporter import open_job
from ebert_core.judging.evaluation import Evaluation, PretrainingEvaluation
from ebert_core.model.description import read_description
from ebert_core.protocol.machine.resources import shipped_checkpoints
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.tracks import FileFormat
from ebert_core.protocol.work import JobSummary
from tests.certain import present
from tests.core.toy_binding import write_toy_binding

PAGE = (Path(__file__).parents[3] / "docs" / "commands.md").read_text()
SCHEMAS = {
    "ebert show --json": (ListedCheckpoint,),
    "ebert show CHECKPOINT --json": (ShownCheckpoint, ShownFactor),
    "ebert show DATASET.toml --json": (ShownDataset, ShownCellType),
    "ebert show FILE --json": (ShownFile,),
    "ebert show --formats --json": (FileFormat,),
    "ebert check DATASET.toml --json": (Check, Fault),
    "ebert jobs list --json": (JobSummary, ShownJob),
    "ebert spec --list --json": (SpecKind, SpecKey),
    "ebert evaluate SPEC.toml --json": (Evaluation, PretrainingEvaluation),
    "ebert dream rank DIRECTORY --json": (Standing,),
}


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main([*words, "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out)


@pytest.mark.parametrize("command", SCHEMAS)
def test_every_key_of_the_json_is_documented(command: str) -> None:
    paragraph = present(re.search(rf"^\*\*`{re.escape(command)}`\*\*(.*?)(?=\n\n|\Z)", PAGE, re.DOTALL | re.MULTILINE))[
        1
    ]
    keys = [key for struct in SCHEMAS[command] for key in struct.__struct_fields__]
    assert [key for key in keys if f"`{key}`" not in paragraph] == []


def test_without_a_name_the_checkpoints_that_come_with_the_program_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["demonstration", "human_slices"]
    listed = printed(capsys, "show")
    assert lines[0].endswith(" on a SYNTHETIC genome, trained in alpha, beta and gamma")
    assert f" on {listed[1]['assembly']}, trained in GM12878, " in lines[1]
    assert [each["name"] for each in listed] == ["demonstration", "human_slices"]
    assert [each["is_synthetic"] for each in listed] == [True, False]


def test_a_checkpoint_says_what_it_reads_predicts_and_saw(
    capsys: pytest.CaptureFixture[str], toy_checkpoint: Path
) -> None:
    found = printed(capsys, "show", str(toy_checkpoint))
    assert (found["kind"], found["name"], found["assembly"]) == ("checkpoint", "fos", "toy1")
    assert found["states"] == ["closed", "open"]
    assert [factor["name"] for factor in found["factors"]] == ["FOS"]
    assert found["window"] == 800
    assert found["seen"]
    assert re.fullmatch("[0-9a-f]{64}", found["weights_sha256"])
    assert main(["show", str(toy_checkpoint)]) == 0
    said = capsys.readouterr().out
    assert f"sha256 {found['weights_sha256']}" in said
    assert all(sentence in said for sentence in (*found["verdict"], *found["limits"]))


def test_a_shipped_checkpoint_is_shown_by_its_name_and_a_folder_of_that_name_wins(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert printed(capsys, "show", "human_slices")["path"] == str(shipped_checkpoints()["human_slices"])
    shutil.copytree(shipped_checkpoints()["demonstration"], tmp_path / "human_slices")
    monkeypatch.chdir(tmp_path)
    assert printed(capsys, "show", "human_slices")["is_synthetic"] is True


def test_the_table_of_factors_says_from_where_bins_are_called_or_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    factors = {factor["name"]: factor for factor in printed(capsys, "show", "human_slices")["factors"]}
    assert main(["show", "human_slices"]) == 0
    lines = capsys.readouterr().out.splitlines()
    heading = next(number for number, line in enumerate(lines) if line.startswith("factor "))
    rows = {line.split()[0]: line for line in lines[heading + 1 : heading + 1 + len(factors)]}
    called, never, unmeasured = factors["CTCF"], factors["MAX"], factors["NANOG"]
    assert called["call_from"] is not None
    assert rows["CTCF"].split() == [
        *("CTCF", f"{called['auprc']:.3f}", f"{called['held_out_peaks']}", "yes", f"{called['call_from']:.3g}")
    ]
    assert never["call_from"] is None
    assert rows["MAX"].endswith(f"never: {never['no_calls']}")
    assert unmeasured["auprc"] is None
    assert rows["NANOG"].split()[1] == "-"
    assert any("nobody can tell" in sentence for sentence in unmeasured["warnings"])


def test_an_average_names_its_members(toy_checkpoint: Path) -> None:
    found = msgspec.structs.replace(shown_checkpoint(toy_checkpoint), members=("one", "two"))
    assert "  mean of         one, two" in checkpoint_lines(found)


def test_any_other_file_says_what_it_is(capsys: pytest.CaptureFixture[str], toy_binding: Path) -> None:
    path = str(toy_binding.parent / "alpha.bed")
    found = printed(capsys, "show", path)
    assert found == {"kind": "states", "path": path, "sentence": "Chromatin states in BED."}
    assert main(["show", path]) == 0
    assert capsys.readouterr().out == f"{path}: Chromatin states in BED. See it with: ebert-browser {path}\n"


def test_formats_of_files_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    formats = {each["name"]: each for each in printed(capsys, "show", "--formats")}
    assert formats["bigWig"] == {"name": "bigWig", "kinds": ["signal"], "endings": [".bw", ".bigwig"], "package": ""}
    assert main(["show", "--formats"]) == 0
    assert "bigWig (.bw, .bigwig): signal\n" in capsys.readouterr().out
    assert main(["show", "--formats", "human_slices"]) == 2
    assert "leave out human_slices" in capsys.readouterr().err


def test_a_dataset_says_what_was_measured_where(capsys: pytest.CaptureFixture[str], toy_binding: Path) -> None:
    found = printed(capsys, "show", str(toy_binding))
    assert (found["kind"], found["chromosomes"]) == ("dataset", {"chr1": 30_000, "chr2": 12_130})
    assert found["cell_types"][0] == {"name": "alpha", "has_states": True, "signals": ["DNase"], "factors": ["FOS"]}
    assert main(["show", str(toy_binding)]) == 0
    assert "alpha  states and DNase; peaks of FOS" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (
            "human_slice",
            "did you mean human_slices? The checkpoints that come with the program are demonstration, human",
        ),
        ("{folder}", "is no EBERT checkpoint"),
    ],
)
def test_what_is_neither_is_told(
    toy_binding: Path, capsys: pytest.CaptureFixture[str], what: str, sentence: str
) -> None:
    assert main(["show", what.replace("{folder}", str(toy_binding.parent))]) == 2
    assert sentence in capsys.readouterr().err


def test_jobs_are_listed_and_shown_as_json(
    toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(capsys, "jobs", "list") == []
    with open_job(Predict("/c", str(toy_binding), "alpha", "FOS", str(tmp_path / "x.bw"))) as job:
        job.metric(3, 1, "validation", "auPRC", 0.25)
        [listed] = printed(capsys, "jobs", "list")
        assert listed["directory"] == str(job.directory)
        found = printed(capsys, "jobs", "show", str(job.directory))
    assert found["job"]["state"] == "running"
    assert found["figures"] == {"validation auPRC": 0.25}


def test_a_dataset_without_faults_is_told_with_its_digest(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    dataset = write_toy_binding(tmp_path)
    found = printed(capsys, "check", str(dataset))
    assert (found["faults"], len(found["files"])) == ([], 7)
    assert sorted(Path(file).name for file in found["files"]) == [
        "alpha.bed",
        "alpha.bw",
        "alpha.narrowPeak",
        "beta.bed",
        "beta.narrowPeak",
        "motifs.pfm",
        "toy.fa",
    ]
    assert printed(capsys, "show", str(dataset))["files"] == found["files"]
    assert re.fullmatch("[0-9a-f]{64}", found["sha256"])
    assert main(["check", str(dataset)]) == 0
    assert "no fault in 7 files; sha256" in capsys.readouterr().out
    assert not dataset.with_suffix(".store").exists()


def test_every_fault_of_a_dataset_is_told_and_the_exit_code_is_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    dataset = write_toy_binding(tmp_path)
    text = dataset.read_text()
    text = text.replace('name = "toy"', 'nmae = "toy"\nstart_locus = "chr9"\ngenes = "absent.gtf"')
    text = text.replace('FOS = "motifs.pfm"', 'FOS = "motifs.pfm#NONE"')
    text += '\n[cell_types.gamma]\nstates = "gamma.bed"\npeaks.MAX.relaxed = "alpha.narrowPeak"\nsignals.DNase = 3\n'
    dataset.write_text(text)
    (tmp_path / "alpha.narrowPeak").write_text("chr1\t100\tx\n")
    (tmp_path / "beta.narrowPeak").write_text("chr1\t100\t900000\n")
    (tmp_path / "gamma.bed").write_text("chr1\t0\t200\tasleep\n")
    assert main(["check", str(dataset), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["sha256"] == ""
    faults = {fault["key"]: fault["problem"] for fault in found["faults"]}
    assert "did you mean name? There are version, name" in faults["nmae"]
    assert "name is missing" in faults["name"]
    assert "absent.gtf, which is not there" in faults["genes"]
    assert "signals.DNase must be a text" in faults["cell_types.gamma.signals.DNase"]
    assert "conservative is missing" in faults["cell_types.gamma.peaks.MAX.conservative"]
    assert "chr9" in faults["start_locus"]
    assert "NONE" in faults["motifs.FOS"]
    assert "alpha.narrowPeak, line 1" in faults["cell_types.alpha.peaks.FOS.conservative"]
    assert "chr1" in faults["cell_types.beta.peaks.FOS.conservative"]
    assert "asleep" in faults["cell_types.gamma.states"]
    assert len(found["faults"]) == 10
    assert main(["check", str(dataset)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1].endswith("DATASET.toml: 10 faults")
    assert len(said) == 12
    assert said[-2].startswith("toy1 is none of the assemblies whose lengths are known (hg18, ")


def test_a_check_leaves_the_folder_of_the_dataset_as_it_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    dataset = write_toy_binding(tmp_path)
    before = {path: path.lstat().st_mtime_ns for path in [tmp_path, *tmp_path.rglob("*")]}
    for _ in range(2):
        assert main(["check", str(dataset)]) == 0
    assert {path: path.lstat().st_mtime_ns for path in [tmp_path, *tmp_path.rglob("*")]} == before


def test_a_dataset_in_a_folder_whose_name_is_no_utf8_is_checked(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "lab").mkdir()
    write_toy_binding(tmp_path / "lab")
    dataset = (tmp_path / "lab").rename(tmp_path / "lab \udcff") / "DATASET.toml"
    said = []
    for _ in range(2):
        assert main(["check", str(dataset)]) == 0
        said.append(capfd.readouterr().out)
    assert said[0] == said[1]
    assert "no fault in 7 files; sha256" in said[0]
    assert main(["check", str(dataset), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["path"].endswith("lab \\udcff/DATASET.toml")


def test_many_faults_are_found_together_and_not_one_by_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each file is looked for a few times, however many others are absent."""
    cells = "".join(
        f"[cell_types.c{number}]\nsignals.DNase = 'gone{number}.bw'\nodd = 1\nexpression = {[1] * (1 + number % 3)}\n"
        f"peaks.CTCF.relaxed = 'gone'\npeaks.CTCF.odd = 1\n"
        for number in range(300)
    )
    names = "".join(f"x{number} = 'y{number}'\n" for number in range(300))
    text = f"version = 1\nname = 'x'\nassembly = 'hg19'\n[rename.signals]\n{names}{cells}"
    (tmp_path / "D.toml").write_text(text)
    asked: list[str] = []
    is_file = os.path.isfile

    def counted(path: str) -> bool:
        asked.append(path)
        return is_file(path)

    monkeypatch.setattr(os.path, "isfile", counted)
    layout, problems = problems_of(tmp_path / "D.toml")
    keys = [key for key, _ in problems]
    assert len(set(keys)) == len(keys) == 300 + 300 + 300 + 300 + 200 + 300
    assert keys.count("cell_types.c7.peaks.CTCF.conservative") == 1
    assert "line 4" in problems[0][1] or "cell_types.c0" in problems[0][0]
    assert 0 < len(asked) <= 5 * 300
    assert [cell.signals for cell in layout.cell_types.values()] == [{}] * 300


def test_genes_and_bands_are_read_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    dataset = write_toy_binding(tmp_path)
    for name in ("genes", "cytobands"):
        (tmp_path / f"{name}.txt").write_text("chr1\t10\tfar\tx\ty\n")
    dataset.write_text('genes = "genes.txt"\ncytobands = "cytobands.txt"\n' + dataset.read_text())
    assert main(["check", str(dataset), "--json"]) == 1
    assert [fault["key"] for fault in json.loads(capsys.readouterr().out)["faults"]] == ["genes", "cytobands"]


def test_a_genome_that_cannot_be_read_is_one_fault(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    dataset = write_toy_binding(tmp_path)
    (tmp_path / "toy.fa").write_text("MKV\n")
    for index in tmp_path.glob("toy.fa.*"):
        index.unlink()
    assert main(["check", str(dataset), "--json"]) == 1
    [fault] = json.loads(capsys.readouterr().out)["faults"]
    assert fault["key"] == "reference"


def test_what_is_no_toml_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "D.toml").write_text("a = [")
    assert main(["check", str(tmp_path / "D.toml")]) == 2
    assert "is not valid TOML" in capsys.readouterr().err


def test_the_exit_codes_are_those_that_are_documented() -> None:
    table = present(re.search(r"^## Exit codes\n(.*?)^## ", PAGE, re.DOTALL | re.MULTILINE))[1]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(Ending)


def test_a_script_stops_at_a_fault_and_reads_nothing_but_the_result(toy_binding: Path, tmp_path: Path) -> None:
    write_toy_binding(tmp_path)
    (tmp_path / "alpha.bed").write_text("chr9\t0\t10\tclosed\n")
    ebert = f"{sys.executable} -m ebert_core"
    script = f"set -euo pipefail\nfound=$({ebert} check {{}} --json)\necho $found > {tmp_path}/said\necho on\n"
    for dataset, ending, said in ((toy_binding, 0, "on\n"), (tmp_path / "DATASET.toml", 1, "")):
        ended = subprocess.run(["bash", "-c", script.format(dataset)], capture_output=True, text=True)
        assert (ended.returncode, ended.stdout, ended.stderr) == (ending, said, "")
    assert json.loads((tmp_path / "said").read_text())["faults"] == []


def test_no_help_waits_for_torch_or_the_libraries_of_figures() -> None:
    program = (
        "import sys\nfrom ebert_core.cli.program import COMMANDS, main\n"
        "for words in ([], ['--version'], *([name] for name in COMMANDS)):\n"
        "    try:\n        main([*words, *([] if words == ['--version'] else ['--help'])])\n"
        "    except SystemExit as ended:\n        assert ended.code == 0\n"
        "assert not {'torch', 'safetensors', 'sklearn', 'matplotlib'} & set(sys.modules), list(sys.modules)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("usage: ebert") == 1 + len(COMMANDS)


def test_every_command_tells_the_nearest_name_of_a_shipped_checkpoint(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sentence = "demonstratio. Did you mean demonstration? The checkpoints that come with the program are"
    for words in (
        ["predict", "demonstratio", "d.toml", "--cell-types", "a", "--factors", "F", "--output", "x.bw"],
        ["average", "demonstratio", "human_slices", "--output", "both"],
    ):
        assert main(words) == 2
        assert sentence in capsys.readouterr().err


def test_each_factor_of_a_checkpoint_has_the_sentences_on_what_its_values_are_not_worth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from ebert_core.protocol.terms.reliability import calibration_warning, distrust_sentence

    factors = {each["name"]: each for each in printed(capsys, "show", "human_slices")["factors"]}
    records = {each.name: each for each in read_description(shipped_checkpoints()["human_slices"]).factors}
    assert any("nobody can tell whether values of GABPA" in said for said in factors["GABPA"]["warnings"])
    for name, record in records.items():
        known = record.reliability
        said = (calibration_warning(name, known), distrust_sentence(name, known) if known else "")
        assert factors[name]["warnings"] == list(dict.fromkeys(filter(None, said)))
        assert factors[name]["held_out_peaks"] == (known.peaks if known else None)


@pytest.mark.parametrize("of_worker", ["stdin", "stdout"])
def test_a_worker_with_a_terminal_on_either_side_is_refused(of_worker: str) -> None:
    terminal, inside = os.openpty()
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "ebert_core", "worker", "data"],
            stdin=inside if of_worker == "stdin" else subprocess.DEVNULL,
            stdout=inside if of_worker == "stdout" else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(terminal)
        os.close(inside)
    assert (ended.returncode, b"start ebert-browser, which starts its workers" in ended.stderr) == (2, True)


def test_the_lines_about_a_checkpoint_name_all_that_it_reads_and_knows(capsys: pytest.CaptureFixture[str]) -> None:
    known = read_description(shipped_checkpoints()["human_slices"])
    assert main(["show", "human_slices"]) == 0
    said = {line[2:17].rstrip(): line[18:] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}
    architecture = known.architecture
    for title, names in (
        ("states", architecture.states),
        ("signals", architecture.signals),
        ("motifs", architecture.motifs),
        ("trained in", known.cell_types),
        ("held out", known.validation_cell_types),
    ):
        assert said[title] == (", ".join(names) or "none"), title
    assert said["window"] == f"{architecture.context:,} bp"
    assert said["weights"] == f"sha256 {known.weights_sha256}"
    for title in ("trained on", "chose its epoch", "label rule", "made", "folder", "inputs"):
        assert said[title] not in ("", "None"), title


@pytest.mark.parametrize("damage", ["flipped", "cut", "absent"])
def test_weights_that_are_damaged_are_said_first_and_by_the_exit_code(
    toy_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    copy = tmp_path / "my copy"
    shutil.copytree(toy_checkpoint, copy)
    assert main(["show", str(copy)]) == 0
    assert "WARNING" not in capsys.readouterr().out.splitlines()[0]
    weights = copy / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content if damage == "flipped" else content[:-100])
    if damage == "absent":
        weights.unlink()
    assert main(["show", str(copy)]) == 1
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith(f"WARNING: {weights} ")
    assert second.startswith("fos: a checkpoint of")
    assert main(["show", str(copy), "--json"]) == 1
    assert str(weights) in json.loads(capsys.readouterr().out)["damage"]


def test_commands_to_copy_are_quoted_where_a_path_has_blanks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "my data").mkdir()
    dataset = write_toy_binding(tmp_path / "my data")
    assert main(["show", str(dataset)]) == 0
    assert f"ebert prepare '{dataset}'" in capsys.readouterr().out


def test_every_command_stands_in_the_table_of_commands() -> None:
    told = [line for line in PAGE.splitlines() if line.startswith("| `ebert ")]
    lacking = [name for name in COMMANDS if not any(re.match(rf"\| `ebert {name}\b", line) for line in told)]
    assert lacking == []
