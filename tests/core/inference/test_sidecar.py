"""Beside every predicted file lies what made it, for this file and no other."""

import gzip
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from ebert_core.cli.program import main
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import joint_digest
from ebert_core.dataset.shown import remarks_on
from ebert_core.dataset.sidecar import is_sidecar, prediction_remarks, read_sidecar, sidecar_path
from ebert_core.inference.export import predict_to_files
from ebert_core.inference.provenance import is_made
from ebert_core.model.description import read_description
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.certain import present
from tests.core.toy_binding import quiet, write_toy_binding

DOCUMENTED = Path(__file__).parents[3] / "docs" / "sidecar.md"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return write_toy_binding(tmp_path / "data")


@pytest.fixture
def spec_of(dataset: Path, toy_checkpoint: Path, tmp_path: Path) -> Callable[..., Predict]:
    def make(name: str, **changes: bool | tuple[str]) -> Predict:
        fixed: dict[str, Any] = {
            "cell_type": "beta",
            "factor": "FOS",
            "regions": ("chr2:1-3,000",),
            "precision": "fp32",
        }
        return Predict(str(toy_checkpoint), str(dataset), output=str(tmp_path / name), **{**fixed, **changes})

    return make


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["x.bw", "x.tab.gz", "x.bed.gz", "x.tsv", "x.tsv.gz"])
def test_every_format_has_one_that_says_what_made_it(
    spec_of: Callable[..., Predict], toy_checkpoint: Path, dataset: Path, tmp_path: Path, name: str
) -> None:
    spec = spec_of(name)
    [path] = predict_to_files(spec, quiet, command="ebert predict …")
    known = read_sidecar(path)
    assert (present(known).file, present(known).bytes) == (name, path.stat().st_size)
    assert (present(known).factor, present(known).cell_type, present(known).command, present(known).spec) == (
        "FOS",
        "beta",
        "ebert predict …",
        spec,
    )
    description = read_description(toy_checkpoint)
    assert (
        present(known).checkpoint.weights_sha256
        == description.weights_sha256
        == sha256(toy_checkpoint / "weights.safetensors")
    )
    assert present(known).checkpoint.description_sha256 == sha256(toy_checkpoint / "description.json")
    assert present(known).dataset.inputs["reference"].sha256 == sha256(dataset.parent / "toy.fa")
    assert present(known).dataset.inputs["cell_types.beta.states"].sha256 == sha256(dataset.parent / "beta.bed")
    assert "cell_types.alpha.states" not in present(known).dataset.inputs
    assert present(known).dataset.inputs_sha256 == joint_digest(present(known).dataset.inputs)
    assert present(known).inputs.absent == ("DNase",)
    assert present(known).warnings[0] == "In beta it predicts without DNase, which the dataset does not give."
    assert "Parts of chr2 chose the epoch of fos, which flatters values there a little." in present(known).warnings
    assert not any(said.startswith("WARNING") for said in present(known).warnings)
    assert (present(known).versions.torch, present(known).versions.threads) == (
        str(torch.__version__),
        torch.get_num_threads(),
    )
    assert (present(known).versions.precision, present(known).versions.processes) == ("fp32", 1)
    assert present(known).started <= present(known).ended
    calibration = description.factor("FOS").calibration
    assert (present(known).scale.bin_width, present(known).scale.step) == (200, 50)
    assert (present(known).scale.slope, present(known).scale.offset) == (calibration.slope, calibration.offset)
    assert present(known).scale.called_from == description.factor("FOS").threshold


def test_every_key_is_documented(spec_of: Callable[..., Predict]) -> None:
    [path] = predict_to_files(spec_of("x.bw"), quiet)
    page = DOCUMENTED.read_text()
    content = json.loads(sidecar_path(path).read_text())
    below = {
        key for name in ("checkpoint", "dataset", "places", "scale", "inputs", "versions") for key in content[name]
    }
    assert [key for key in {*content, *below} - {"cell_type"} if f"`{key}`" not in page] == []


def test_the_bins_that_it_counts_are_those_of_the_table(spec_of: Callable[..., Predict], tmp_path: Path) -> None:
    (tmp_path / "r.bed").write_text("chr2\t0\t4000\nchr1\t500\t900\n")
    [path] = predict_to_files(spec_of("x.tab.gz", regions=(str(tmp_path / "r.bed"),)), quiet)
    known = read_sidecar(path)
    assert present(known).places.bins == gzip.decompress(path.read_bytes()).count(b"\n")
    assert present(known).places.region_files[0].sha256 == sha256(tmp_path / "r.bed")


def test_the_spec_in_it_repeats_the_prediction(spec_of: Callable[..., Predict], tmp_path: Path) -> None:
    [path] = predict_to_files(spec_of("x.tab.gz"), quiet)
    content = json.loads(sidecar_path(path).read_text())["spec"]
    again = msgspec.convert({**content, "output": str(tmp_path / "again.tab.gz")}, Predict)
    [other] = predict_to_files(again, quiet)
    assert other.read_bytes() == path.read_bytes()


def test_it_goes_with_the_file_that_it_described_and_stays_when_a_run_fails(
    spec_of: Callable[..., Predict], tmp_path: Path
) -> None:
    [path] = predict_to_files(spec_of("x.tab.gz"), quiet)
    first = sidecar_path(path).read_bytes()

    def stop(fraction: float, note: str) -> None:
        raise InvalidRequest("Stopped.")

    with pytest.raises(InvalidRequest):
        predict_to_files(spec_of("x.tab.gz", regions=("chr1:1-900",)), stop)
    assert sidecar_path(path).read_bytes() == first
    predict_to_files(spec_of("x.tab.gz", regions=("chr1:1-900",)), quiet)
    assert present(read_sidecar(path)).places.regions == ("chr1:1-900",)
    predict_to_files(spec_of("x.tab.gz", sidecar=False), quiet)
    assert not sidecar_path(path).exists()


def test_a_file_of_that_name_that_is_no_sidecar_is_not_lost(spec_of: Callable[..., Predict], tmp_path: Path) -> None:
    (tmp_path / "x.bw.json").write_text('{"mine": 1}')
    with pytest.raises(InvalidRequest, match=r"x\.bw\.json is there and is no description of a prediction"):
        predict_to_files(spec_of("x.bw"), quiet)
    assert (tmp_path / "x.bw.json").read_text() == '{"mine": 1}'
    predict_to_files(spec_of("x.bw", sidecar=False), quiet)
    assert (tmp_path / "x.bw.json").read_text() == '{"mine": 1}'


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b'{"ebert_sidecar": 1}', b"\xff", b'{"file": "\xff"}'])
def test_what_cannot_be_read_is_as_if_there_were_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.bw.json").write_bytes(content)
    assert read_sidecar(tmp_path / "x.bw") is None


def other_version(path: Path) -> None:
    place = sidecar_path(path)
    text = place.read_text()
    package = json.loads(text)["versions"]["package"]
    place.write_text(text.replace(f'"{package}"', '"0.0.1"'))


def test_a_prediction_is_made_as_long_as_nothing_that_made_it_is_another(
    spec_of: Callable[..., Predict], dataset: Path, tmp_path: Path
) -> None:
    regions = tmp_path / "r.bed"
    regions.write_text("chr2\t0\t3000\n")
    spec = spec_of("x.bw", regions=(str(regions),))
    assert not is_made(spec)
    [path] = predict_to_files(spec, quiet)
    assert is_made(spec)
    assert not is_made(msgspec.structs.replace(spec, strands=1))
    assert not is_made(msgspec.structs.replace(spec, sidecar=False))
    states = dataset.parent / "beta.bed"
    changes: dict[Path, Callable[[], object]] = {
        path: lambda: path.write_bytes(path.read_bytes() + b"x"),
        sidecar_path(path): lambda: other_version(path),
        states: lambda: states.write_text(states.read_text() + "#\n"),
        regions: lambda: regions.write_text("chr2\t0\t2900\n"),
    }
    for file, change in changes.items():
        before = file.read_bytes()
        change()
        assert not is_made(spec), file.name
        file.write_bytes(before)
    assert is_made(spec)
    path.unlink()
    assert not is_made(spec)


def test_the_command_line_is_kept_and_no_sidecar_is_a_flag(
    spec_of: Callable[..., Predict],
    dataset: Path,
    toy_checkpoint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ["predict", str(toy_checkpoint), str(dataset), "--cell-type", "beta", "--factor", "FOS"]
    words += ["--locus", "chr2:1-900", "--output", str(tmp_path / "a b.bw")]
    monkeypatch.setattr("sys.argv", ["ebert", *words])
    assert main() == 0
    assert present(read_sidecar(tmp_path / "a b.bw")).command.endswith(f"--output '{tmp_path}/a b.bw'")
    assert main([*words, "--no-sidecar", "--overwrite"]) == 0
    assert not (tmp_path / "a b.bw.json").exists()


def test_a_prediction_that_is_opened_says_in_its_row_what_made_it(
    spec_of: Callable[..., Predict], tmp_path: Path
) -> None:
    [path] = predict_to_files(spec_of("x.bw"), quiet)
    opened = Dataset.from_files([path])
    [remark] = remarks_on(opened, opened.track_file(opened.files[0]), "chr2")
    assert remark.short == "without DNase"
    assert remark.full.startswith("FOS in beta as fos predicts it, written on 20")
    assert "In beta it predicts without DNase, which the dataset does not give." in remark.full
    assert not remark.is_told
    path.write_bytes(path.read_bytes() + b"\0")  # another file took its place
    assert prediction_remarks(path) == ()


def test_what_lies_beside_a_file_and_is_no_sidecar_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "x.bw"
    path.write_bytes(b"x")
    sidecar_path(path).write_bytes(b'{"ebert_sidecar": 1, "file": "\xff"}')  # no UTF-8
    assert prediction_remarks(path) == ()
    sidecar_path(path).unlink()
    os.mkfifo(sidecar_path(path))  # nobody writes to it, so that whoever opened it would wait for ever
    assert prediction_remarks(path) == ()
    assert not is_sidecar(sidecar_path(path))
