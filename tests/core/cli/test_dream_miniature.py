"""ENCODE-DREAM from end to end in small: files named as published, the shipped recipe, the real commands."""

import gzip
import json
import os
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from ebert_core.cli.program import main
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.specs.jobs import FineTune, Pretrain
from ebert_core.protocol.specs.on_disk import read_spec, write_spec
from tests.certain import of

RECIPE = resource("recipes/encode_dream")
LENGTHS = {"chr1": 9_000, "chr2": 42_000, "chr11": 12_000}
SITES = {"EGR1": "TGACTCAGCA", "MAX": "GCCACGTGGT"}
CELLS = {"GM12878": "E116", "H1-hESC": "E003", "HCT116": "", "HeLa-S3": "E117", "liver": "E066"}
BLOCK = 600


def packed(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))


def write_downloads(data: Path) -> None:
    """What a person would have downloaded, of a genome in which open sites are bound."""
    random = np.random.default_rng(4)
    fasta: list[str] = []
    states: dict[str, list[str]] = {cell: [] for cell in CELLS}
    peaks: dict[tuple[str, str], list[str]] = {}
    signals = {cell: {name: np.zeros(length // 50, np.float32) for name, length in LENGTHS.items()} for cell in CELLS}
    for chromosome, length in LENGTHS.items():
        letters = random.choice(list("ACGT"), length)
        for number, start in enumerate(range(0, length, BLOCK)):
            factor = list(SITES)[number % 2]
            site = start + 300 + int(random.integers(-60, 60))
            letters[site : site + 10] = list(SITES[factor])
            for cell in CELLS:
                is_open = random.random() < 0.5
                states[cell].append(f"{chromosome}\t{start}\t{start + BLOCK}\t{'10_TssA' if is_open else '0_Quies'}")
                signals[cell][chromosome][start // 50 : (start + BLOCK) // 50] = 5 if is_open else 0.2
                if is_open:
                    peak = f"{chromosome}\t{site - 95}\t{site + 105}\t.\t1000\t.\t9\t-1\t-1\t100"
                    peaks.setdefault((cell, factor), []).append(peak)
        if chromosome == "chr1":
            letters[2_000:2_060] = "N"  # bins that have no prediction and need a score all the same
        fasta += [f">{chromosome}", "".join(letters)]
    (data / "hg19.fa").write_text("\n".join(fasta) + "\n")
    (data / "DNASE").mkdir()
    for cell, roadmap in CELLS.items():
        if roadmap:
            packed(data / "states" / f"{roadmap}.bed.gz", states[cell])
        with BigWigWriter(data / "DNASE" / f"DNASE.{cell}.fc.signal.bigwig", LENGTHS) as writer:
            for chromosome, values in signals[cell].items():
                writer.append(chromosome, 0, 50, values)
    for (cell, factor), lines in peaks.items():
        kind = "test" if cell == "liver" else "conservative.train"
        packed(data / "ChIPseq" / f"ChIPseq.{cell}.{factor}.{kind}.narrowPeak.gz", lines)
    write_motifs_and_regions(data)


def write_motifs_and_regions(data: Path) -> None:
    for factor, letters_of_site in SITES.items():
        rows = "\n".join(" ".join("97" if base == letter else "1" for base in "ACGT") for letter in letters_of_site)
        (data / "motifs").mkdir(exist_ok=True)
        (data / "motifs" / f"{factor}.pfm").write_text(f">{factor}\n{rows}\n")
    bins = [f"chr1\t{start}\t{start + 200}" for start in range(600, LENGTHS["chr1"] - 199, 50)]
    merged = ["chr11\t0\t12000", "chr2\t600\t42000"]
    packed(data / "annotations" / "train_regions.blacklistfiltered.bed.gz", merged)
    packed(data / "annotations" / "test_regions.blacklistfiltered.bed.gz", [*bins, *merged])


def write_dataset(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.argv", ["write_dataset.py", str(data)])
    runpy.run_path(str(RECIPE / "write_dataset.py"), run_name="__main__")
    return data / "DATASET.toml"


def train(data: Path) -> None:
    """The shipped specs, of a size that learns in seconds."""
    places = {"training": ("chr2",), "validation": ("chr11",), "precision": "fp32"}
    small = {"preset": "tiny", "batch_size": 8, "learning_rate": 6e-3, "warmup_steps": 10}
    cells = {"factors": tuple(SITES), "cell_types": tuple(CELLS)[:4], "epochs": 5}
    # Any: each key has a type of its own.
    of_each: dict[str, dict[str, Any]] = {"pretrain": {"steps": 6, "evaluate_every": 6}, "finetune": cells}
    for name, few in of_each.items():
        spec = data / f"{name}.toml"
        shutil.copy(RECIPE / spec.name, spec)
        write_spec(spec, msgspec.structs.replace(read_spec(spec), **places, **small, **few))
        assert main([name, str(spec)]) == 0


def make_labels(data: Path, dataset: str, regions: str) -> None:
    training = ["--regions", str(data / "annotations" / "train_regions.blacklistfiltered.bed.gz")]
    for factor in SITES:
        labels = str(data / f"{factor}.train.labels.tsv.gz")
        assert main(["dream", "labels", "--dataset", dataset, "--factor", factor, *training, "--output", labels]) == 0
        peaks = f"liver={data / 'ChIPseq' / f'ChIPseq.liver.{factor}.test.narrowPeak.gz'}"
        held_out = [
            "--conservative",
            peaks,
            "--regions",
            regions,
            "--output",
            str(data / f"{factor}.test.labels.tsv.gz"),
        ]
        assert main(["dream", "labels", *held_out]) == 0


def score_teams(data: Path, results: Path, regions: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Scores what was predicted, and beside it the same bins with scores by chance."""
    asked = gzip.decompress(Path(regions).read_bytes()).decode().split("\n")
    bins = sum((int(line.split()[2]) - int(line.split()[1]) - 200) // 50 + 1 for line in filter(None, asked))
    for factor in SITES:
        name = f"F.{factor}.liver"
        lines = gzip.decompress((results / "ebert" / f"{name}.tab.gz").read_bytes()).decode().splitlines()
        assert len(lines) == bins
        shuffled = [line.rpartition("\t")[0] + f"\t{number * 7919 % 1009 / 1009}" for number, line in enumerate(lines)]
        packed(results / "chance" / f"{name}.tab.gz", shuffled)
        for team in ("ebert", "chance"):
            capsys.readouterr()
            scored = [str(data / f"{factor}.test.labels.tsv.gz"), str(results / team / f"{name}.tab.gz")]
            assert main(["dream", "score", *scored, "--chromosomes", "chr1"]) == 0
            said = capsys.readouterr()
            assert said.err == ""
            (results / team / f"{name}.json").write_text(said.out)
        assert json.loads((results / "ebert" / f"{name}.json").read_text())["auPRC"] > 0.5


def test_labels_training_prediction_scores_and_ranks(
    smallest: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, results = tmp_path / "data", tmp_path / "results"
    data.mkdir()
    write_downloads(data)
    dataset = str(write_dataset(data, monkeypatch))
    assert "5 with" not in capsys.readouterr().out  # HCT116 has no states
    regions = str(data / "annotations" / "test_regions.blacklistfiltered.bed.gz")
    make_labels(data, dataset, regions)
    assert gzip.decompress((data / "MAX.train.labels.tsv.gz").read_bytes()).startswith(b"chr\tstart\tstop\tGM12878\t")
    train(data)
    (results / "ebert").mkdir(parents=True)
    (results / "chance").mkdir()
    submission = str(results / "ebert" / "F.{factor}.{cell_type}.tab.gz")
    words = [
        "predict",
        str(data / "checkpoints" / "encode_dream"),
        dataset,
        "--cell-type",
        "liver",
        "--output",
        submission,
    ]
    assert main([*words, "--regions", regions]) == 0
    score_teams(data, results, regions, capsys)
    assert main(["dream", "rank", str(results), "--json"]) == 0
    ranked = capsys.readouterr().out
    assert ranked.index("ebert") < ranked.index("chance")


def test_the_script_predicts_each_cell_type_once_with_all_its_factors(tmp_path: Path) -> None:
    data, team = tmp_path / "data", tmp_path / "team"
    team.mkdir()
    (team / "F.REST.liver.tab.gz").touch()
    told = {**os.environ, "EBERT": "echo"}
    command = ["bash", str(RECIPE / "final_sets.sh"), str(data), "checkpoint", str(team)]
    said = subprocess.run(command, env=told, capture_output=True, text=True, check=True).stdout.splitlines()
    asked = {line.split("--cell-type ")[1].split()[0]: line.split().count("--factor") for line in said}
    assert asked == {"K562": 1, "PC-3": 1, "induced_pluripotent_stem_cell": 2, "liver": 8}
    assert all("predict checkpoint" in line and line.endswith("F.{factor}.{cell_type}.tab.gz") for line in said)


def test_the_table_of_final_sets_is_that_of_the_challenge() -> None:
    rows = [line.split("\t") for line in (RECIPE / "final_sets.tsv").read_text().splitlines()[1:]]
    assert len(rows) == 13
    assert {row[1] for row in rows} == {"PC-3", "induced_pluripotent_stem_cell", "K562", "liver"}
    known = {line.split("\t")[0] for line in (RECIPE / "cell_types.tsv").read_text().splitlines()[1:]}
    assert {cell for _, target, training in rows for cell in (target, *training.split(","))} == known
    shipped = of(FineTune, read_spec(RECIPE / "finetune.toml"))
    assert sorted(shipped.factors) == sorted({row[0] for row in rows})
    assert set(shipped.cell_types) == {cell for row in rows for cell in row[2].split(",")}
    for name in ("pretrain.toml", "finetune.toml"):
        spec = read_spec(RECIPE / name)
        assert isinstance(spec, Pretrain | FineTune)
        assert not {"chr1", "chr8", "chr21"} & {*spec.training, *spec.validation}


def test_segmentations_of_the_hub_are_found_by_roadmap_s_id(tmp_path: Path) -> None:
    states = tmp_path / "states"
    states.mkdir()
    for number in (1, 2):
        (states / f"test1.{number}.bb").touch()
    (states / "trackDb_test.txt").write_text(
        "track a\nshortLabel E003 H1\nbigDataUrl http://x/test1.1.bb\n\n"
        "track b\nlongLabel HepG2 (E118)\nbigDataUrl test1.2.bb\n"
    )
    states_of = runpy.run_path(str(RECIPE / "write_dataset.py"))["states_of"]
    assert states_of(states) == {"E003": str(states / "test1.1.bb"), "E118": str(states / "test1.2.bb")}
