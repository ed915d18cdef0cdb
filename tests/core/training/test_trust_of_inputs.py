"""A run stops with a sentence and keeps what it has: on a full disk, when a file changed, with peaks of elsewhere."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import dataset_digests, differences, joint_digest
from ebert_core.jobs.directory import read_metrics
from ebert_core.jobs.lines import read_lines
from ebert_core.jobs.records import Event
from ebert_core.jobs.reporter import open_job
from ebert_core.jobs.summary import list_jobs
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.protocol.specs.jobs import FineTune, Pretrain
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped
from ebert_core.training import resume
from ebert_core.training.finetune import finetune
from ebert_core.training.pretrain import pretrain
from tests.core.full_disk import Disk
from tests.core.toy_binding import SilentReport, finetune_spec, pretrain_spec, write_toy_binding


@pytest.fixture
def dataset(smallest: None, tmp_path: Path) -> Path:
    return write_toy_binding(tmp_path)


@pytest.fixture
def short(dataset: Path, tmp_path: Path) -> FineTune:
    return finetune_spec(dataset, tmp_path / "out", epochs=2, batch_size=40, validation=("chr2:1-4,000",))


@pytest.fixture
def stopped(short: FineTune, tmp_path: Path) -> FineTune:
    """A request whose run was stopped after two steps."""
    with pytest.raises(Stopped):
        finetune(short, SilentReport(3), tmp_path / "work")
    return short


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk()
    yield disk
    disk.free()


def weights(folder: Path) -> bytes:
    return (folder / "weights.safetensors").read_bytes()


@pytest.mark.parametrize("full_after", [1, 4, 5])
def test_on_a_full_disk_a_run_stops_and_goes_on_to_the_same_bits(
    short: FineTune, tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch, full_after: int
) -> None:
    monkeypatch.setattr(resume, "_SAVE_EVERY_SECONDS", 0.0)
    whole = finetune(msgspec.structs.replace(short, output=str(tmp_path / "whole")), SilentReport(), tmp_path / "a")

    class Filling(SilentReport):
        def progress(self, fraction: float, note: str) -> None:
            self.calls = getattr(self, "calls", 0) + (fraction > 0)
            if self.calls == full_after:
                disk.fill(20_000)

    with pytest.raises(InvalidRequest, match=r"could not be written.*Free some space, then resume\."):
        finetune(short, Filling(), tmp_path / "b")
    kept = {path.name for path in (tmp_path / "b").iterdir()}
    assert "resume.safetensors" in kept
    assert not any("part" in name for name in kept)
    assert not (tmp_path / "out").exists()
    disk.free()
    assert weights(finetune(short, SilentReport(), tmp_path / "b")) == weights(whole)


def test_figures_wait_in_memory_while_the_disk_is_full(short: FineTune, disk: Disk) -> None:
    with open_job(short) as job:
        job.metric(1, 0, "training", "loss", 0.9)
        disk.fill()
        job.metric(2, 0, "training", "loss", 0.8)
        job.progress(0.5, "half")
        job.event("nobody can read this")
        disk.free()
        job.metric(3, 0, "training", "loss", 0.7)
        job.finish(short.output)
    [curve] = read_metrics(job.directory).curves
    assert curve.values.tolist() == [0.9, 0.8, 0.7]
    assert [event.kind for event in read_lines(job.directory / "events.jsonl", Event)] == ["started", "done"]


def test_figures_that_waited_are_written_at_the_end(short: FineTune, disk: Disk) -> None:
    job = open_job(short)
    disk.fill()
    job.metric(1, 0, "training", "loss", 0.9)
    disk.free()
    with pytest.raises(InvalidRequest, match="no room"), job:
        raise InvalidRequest("no room")
    [curve] = read_metrics(job.directory).curves
    assert curve.values.tolist() == [0.9]
    assert list_jobs(job.directory.parent)[0].message == "no room"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("toy.fa", b"TGACTCAGCA", b"TGACTCAGCT"),
        ("alpha.bed", b"open", b"closed"),
        ("alpha.narrowPeak", b"\t1000\t", b"\t1001\t"),
        ("motifs.pfm", b"97", b"96"),
    ],
)
def test_a_run_does_not_go_on_when_a_file_has_changed_and_names_it(
    stopped: FineTune, tmp_path: Path, file: str, old: bytes, new: bytes
) -> None:
    path = tmp_path / file
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    kept = (tmp_path / "work" / "resume.safetensors").read_bytes()
    with pytest.raises(InvalidRequest) as refused:
        finetune(stopped, SilentReport(), tmp_path / "work")
    assert f"({file})" in str(refused.value)
    assert "changed since this run was saved" in str(refused.value)
    assert (tmp_path / "work" / "resume.safetensors").read_bytes() == kept


def test_a_dataset_that_was_moved_is_the_same(stopped: FineTune, tmp_path: Path) -> None:
    whole = finetune(msgspec.structs.replace(stopped, output=str(tmp_path / "whole")), SilentReport(), tmp_path / "a")
    (tmp_path / "moved").mkdir()
    for path in tmp_path.glob("*.*"):
        if path.is_file():
            shutil.copyfile(path, tmp_path / "moved" / path.name)
    moved = msgspec.structs.replace(stopped, dataset=str(tmp_path / "moved" / "DATASET.toml"))
    found = finetune(moved, SilentReport(), tmp_path / "work")
    assert weights(found) == weights(whole)
    first, other = (load_checkpoint(path).description for path in (whole, found))
    assert (first.inputs, first.inputs_sha256) == (other.inputs, other.inputs_sha256)


def test_blacklist_and_regions_belong_to_what_must_not_change(dataset: Path) -> None:
    (dataset.parent / "black.bed").write_text("chr1\t100\t200\n")
    dataset.write_text(dataset.read_text().replace("[states]", 'blacklist = "black.bed"\n\n[states]', 1))
    before = dataset_digests(Dataset.open(dataset), ("alpha",))
    (dataset.parent / "black.bed").write_text("chr1\t100\t300\n")
    now = dataset_digests(Dataset.open(dataset), ("alpha",))
    assert differences(before, now) == ["blacklist (black.bed)"]
    assert joint_digest(before) != joint_digest(now)


def test_what_is_only_drawn_and_other_cell_types_may_change(dataset: Path) -> None:
    before = dataset_digests(Dataset.open(dataset), ("alpha",), ())
    text = dataset.read_text().replace('name = "toy"', 'name = "other"') + '[cell_types.gamma]\nstates = "beta.bed"\n'
    dataset.write_text(text)
    (dataset.parent / "alpha.narrowPeak").write_text("chr1\t1\t300\n")
    assert differences(before, dataset_digests(Dataset.open(dataset), ("alpha",), ())) == []
    assert differences(before, dataset_digests(Dataset.open(dataset), ("alpha",), ("FOS",))) != []


def test_a_state_of_another_request_is_refused(stopped: FineTune, tmp_path: Path) -> None:
    other = msgspec.structs.replace(stopped, learning_rate=1e-4)
    with pytest.raises(InvalidRequest, match=r"The request changed since this run was saved: learning_rate was 0\.006"):
        finetune(other, SilentReport(), tmp_path / "work")


def test_a_run_that_goes_on_elsewhere_says_so(
    stopped: FineTune, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.setattr(torch, "get_num_threads", lambda: 64)
    report = SilentReport()
    finetune(stopped, report, tmp_path / "work")
    assert any("may differ in the last bits: threads was 1, is 64" in event for event in report.events)


@pytest.mark.parametrize("verb", [finetune, pretrain])
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(
    short: FineTune, dataset: Path, tmp_path: Path, verb: Callable[..., Path]
) -> None:
    spec: FineTune | Pretrain = short if verb is finetune else pretrain_spec(dataset, tmp_path / "out", steps=3)
    found = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        each = msgspec.structs.replace(spec, output=str(tmp_path / name), seed=seed)
        found.append(weights(verb(each, SilentReport(), tmp_path / f"work-{name}")))
    assert found[0] == found[1] != found[2]


def test_the_checkpoint_holds_all_that_is_needed_to_repeat_it(short: FineTune, tmp_path: Path) -> None:
    description = load_checkpoint(finetune(short, SilentReport(), tmp_path / "work")).description
    assert description.spec.seed == short.seed
    assert description.inputs["reference"].file == "toy.fa"
    assert {"cell_types.alpha.signals.DNase", "cell_types.beta.peaks.FOS.conservative"} <= description.inputs.keys()
    assert all(len(input_.sha256) == 64 for input_ in description.inputs.values())
    versions = description.versions
    assert all((versions.package, versions.torch, versions.python, versions.numpy, versions.device))
    assert (versions.precision, versions.threads, versions.processes) == ("fp32", 1, 1)


def test_peaks_of_another_assembly_are_refused_and_nothing_is_lost(
    stopped: FineTune, dataset: Path, tmp_path: Path
) -> None:
    kept = (tmp_path / "work" / "resume.safetensors").read_bytes()
    peaks = dataset.parent / "beta.narrowPeak"
    peaks.write_text(peaks.read_text() + "chr2\t900000\t900200\tp\t1000\t.\t9\t-1\t-1\t100\n")
    with pytest.raises(InvalidRequest, match=r"beta\.narrowPeak"):
        finetune(stopped, SilentReport(), tmp_path / "work")
    assert (tmp_path / "work" / "resume.safetensors").read_bytes() == kept
    with pytest.raises(InvalidRequest, match=r"beta\.narrowPeak belongs to another assembly: it reaches chr2:900,200"):
        finetune(stopped, SilentReport(), tmp_path / "anew")
    assert not (tmp_path / "out").exists()
