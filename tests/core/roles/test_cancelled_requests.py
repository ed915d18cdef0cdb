"""A request that is cancelled before it begins is not answered, and starts, stops and removes nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from ebert_core.jobs.reporter import open_job
from ebert_core.jobs.summary import list_jobs
from ebert_core.protocol.modelling import OpenModel
from ebert_core.protocol.offers import ListShipped, MakeDemonstration
from ebert_core.protocol.sources import (
    AttentionMap,
    AttentionProfile,
    ChromatinStates,
    GeneModels,
    MeasuredPeaks,
    MeasuredSignal,
    PlantedSites,
    PredictedBinding,
    Read,
    ReferenceSequence,
)
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import (
    FindGenes,
    InspectFile,
    OpenDataset,
    OpenFiles,
)
from ebert_core.protocol.work import (
    CheckJob,
    ListJobs,
    ReadMetrics,
    ReadSpec,
    ReadSpecFile,
    ReadVerdict,
    RemoveJob,
    ResumeJob,
    StartJob,
    StopJob,
)
from ebert_core.roles.data import handlers
from ebert_core.roles.offers import demonstration_directory
from ebert_core.roles.session import Cancelled, Handlers, Report
from tests.core.roles.asking import of, quiet
from tests.core.toy_binding import finetune_spec

PLACE = Interval("chr1", 0, 1000)


class Opened(NamedTuple):
    """The table of a data role with an open dataset that has genes and a truth, and where the dataset lies."""

    # Any: which reply belongs to which request is not said by a type.
    table: Mapping[type[msgspec.Struct], Callable[[Any, Report], Any]]
    folder: Path


def cancelled(fraction: float, note: str = "") -> None:
    raise Cancelled("cancelled")


@pytest.fixture
def opened(toy_binding: Path, tmp_path: Path) -> Opened:
    for path in toy_binding.parent.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "genes.bed").write_text("chr1\t10\t90\tMAX\t0\t+\n")
    (tmp_path / "truth.tsv").write_text("chromosome\tstart\tend\tstrand\tfactor\tcell_types\n")
    text = (tmp_path / "DATASET.toml").read_text()
    head = 'reference = "toy.fa"\ngenes = "genes.bed"\nsynthetic = { seed = 5, truth = "truth.tsv" }'
    (tmp_path / "DATASET.toml").write_text(text.replace('reference = "toy.fa"', head))
    table = handlers()
    table[OpenDataset](OpenDataset(str(tmp_path / "DATASET.toml")), quiet)
    return Opened(table, tmp_path)


@pytest.mark.parametrize(
    "request_of",
    [
        lambda folder: OpenDataset(str(folder / "DATASET.toml")),
        lambda folder: OpenFiles((str(folder / "alpha.bw"),)),
        lambda folder: InspectFile(str(folder / "alpha.bw")),
        lambda _: of(ReferenceSequence(), PLACE),
        lambda _: of(GeneModels(), PLACE),
        lambda _: of(ChromatinStates("alpha"), PLACE),
        lambda _: of(MeasuredSignal("alpha", "DNase"), PLACE, 10),
        lambda _: of(MeasuredPeaks("alpha", "FOS"), PLACE),
        lambda _: of(PlantedSites("alpha", "FOS"), PLACE),
        lambda _: FindGenes("MAX"),
        lambda _: ListShipped(),
        lambda folder: ListJobs(str(folder / "DATASET.toml")),
    ],
)
def test_what_only_reads_hears_it_although_it_would_be_answered(
    opened: Opened, request_of: Callable[[Path], msgspec.Struct]
) -> None:
    table, folder = opened
    request = request_of(folder)
    table[type(request)](request, quiet)
    with pytest.raises(Cancelled):
        table[type(request)](request, cancelled)


def test_no_job_is_started_stopped_resumed_or_removed(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    table, folder = opened
    monkeypatch.delenv("EBERT_JOBS")
    dataset = folder / "DATASET.toml"
    spec = finetune_spec(dataset, folder / "out")
    with open_job(spec) as job:
        job.finish("x")
    directory = str(job.directory)
    for request in (
        StartJob(spec, str(dataset)),
        CheckJob(spec, str(dataset)),
        ReadSpec(directory),
        ReadSpecFile(f"{directory}/spec.toml", "finetune"),
        RemoveJob(directory),
        StopJob(directory),
        ResumeJob(directory),
        ReadMetrics(directory),
        ReadVerdict(directory),
    ):
        with pytest.raises(Cancelled):
            table[type(request)](request, cancelled)
    assert [each.directory for each in list_jobs(folder / "jobs")] == [directory]


def test_jobs_are_those_of_the_dataset_or_of_the_folder_that_was_chosen(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, folder = opened
    dataset = str(folder / "DATASET.toml")

    def listed(of: str) -> list[str]:
        return [job.directory for job in table[ListJobs](ListJobs(of), quiet).jobs]

    with open_job(finetune_spec(folder / "DATASET.toml", folder / "out")) as chosen:
        chosen.finish("x")
    assert listed(dataset) == listed("") == [str(chosen.directory)]
    monkeypatch.delenv("EBERT_JOBS")
    with open_job(finetune_spec(folder / "DATASET.toml", folder / "out")) as beside:
        beside.finish("x")
    assert listed(dataset) == [str(beside.directory)]
    assert listed("") == [], "files that were never saved as a dataset have no jobs"


def test_a_job_that_is_cancelled_after_it_was_judged_is_not_started(opened: Opened, toy_checkpoint: Path) -> None:
    table, folder = opened
    spec = Predict(str(toy_checkpoint), str(folder / "DATASET.toml"), "alpha", "FOS", str(folder / "x.bw"))
    said: list[str] = []

    def late(fraction: float, note: str = "") -> None:
        said.append(note)
        if note == "starting the job":
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        table[StartJob](StartJob(spec, str(folder / "DATASET.toml")), late)
    assert said == ["checking what was asked", "starting the job"]
    assert table[ListJobs](ListJobs(str(folder / "DATASET.toml")), quiet).jobs == ()


def test_a_demonstration_is_made_where_the_persons_data_lie_and_not_when_it_is_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(Cancelled):
        handlers()[MakeDemonstration](MakeDemonstration(), cancelled)
    assert demonstration_directory() == tmp_path / "ebert-browser" / "demonstration"
    assert not (demonstration_directory() / "DATASET.toml").exists()


@pytest.mark.parametrize(
    "request_",
    [
        OpenModel("/no", "/no"),
        of(AttentionProfile("/no", "/no", "alpha", 0), PLACE),
        of(AttentionMap("/no", "/no", "alpha", 0), PLACE),
        of(PredictedBinding("/no", "/no", "alpha", "FOS"), PLACE),
    ],
)
def test_the_model_role_loads_nothing_for_what_is_cancelled(request_: msgspec.Struct) -> None:
    from ebert_core.model.device import choose_engine
    from ebert_core.roles.model import ModelAnswers

    answers = ModelAnswers(choose_engine())
    table: Handlers = {OpenModel: answers.open_model, Read: answers.read}
    answer = table[type(request_)]
    with pytest.raises(Cancelled):
        answer(request_, cancelled)
