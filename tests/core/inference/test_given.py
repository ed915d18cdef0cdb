"""What of a checkpoint's inputs is absent is said for every cell type, and refused where nothing of it is left."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from ebert_core.cli.program import main
from ebert_core.dataset.channels import Channels
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import CellTypePaths, read_layout, write_layout
from ebert_core.dataset.prepare import current_store, prepare
from ebert_core.dataset.quantiles import normalised
from ebert_core.dataset.store import Store
from ebert_core.dataset.windows import windows
from ebert_core.inference.export import predict_to_files
from ebert_core.inference.given import Reads, inputs_given
from ebert_core.jobs.directory import jobs_folder
from ebert_core.jobs.lines import read_lines
from ebert_core.jobs.records import Event
from ebert_core.jobs.summary import list_jobs
from ebert_core.judging.evaluate import evaluate
from ebert_core.model.description import read_description
from ebert_core.protocol.specs.jobs import Evaluate, Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.inputs import CellInputs, RelatedInput, input_words, parse_related
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.work import CheckJob, JobCheck, StartJob
from ebert_core.roles.work import handlers
from ebert_core.training.checks import check_finetune
from tests.certain import of, present
from tests.core.roles.asking import quiet as silent
from tests.core.toy_binding import SilentReport, finetune_spec, quiet, write_toy_binding

MORE = """
[cell_types.bare]

[cell_types.other]

[cell_types.related]
signals.ATAC = "alpha.bw"

[cell_types.measured]
signals.DNase = "alpha.bw"
"""
LACKS = "predicts without chromatin states and DNase, which the dataset does not give."
SAME = "Nothing is left that differs between cell types: all such predict the same."


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = write_toy_binding(tmp_path)
    path.write_text(path.read_text() + MORE)
    return path


@pytest.fixture
def words(dataset: Path, toy_checkpoint: Path) -> list[str]:
    return ["predict", str(toy_checkpoint), str(dataset), "--factor", "FOS", "--locus", "chr2:1-3000", "--cell-type"]


def test_each_cell_type_is_told_what_it_lacks(dataset: Path, toy_checkpoint: Path) -> None:
    found = inputs_given(read_description(toy_checkpoint), Dataset.open(dataset, inputs=("DNase=ATAC",)))
    stands_in = (RelatedInput("DNase", "ATAC", False),)
    assert found == (
        CellInputs("beta", ("DNase",)),
        CellInputs("bare", ("chromatin states", "DNase"), is_any_cell=True),
        CellInputs("other", ("chromatin states", "DNase"), is_any_cell=True),
        CellInputs("related", ("chromatin states",), stands_in),
        CellInputs("measured", ("chromatin states",)),
    )
    assert [input_words(each) for each in found] == [
        "without DNase",
        "same in every cell type",
        "same in every cell type",
        "without states",
        "without states",
    ]


def test_a_cell_type_of_which_nothing_is_known_is_refused_and_leaves_no_job(
    words: list[str], dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "bare", "--output", str(tmp_path / "x.bw")]) == 2
    said = capsys.readouterr().err
    assert "fos reads chromatin states and DNase, and the dataset gives none of them for bare" in said
    assert "--without-inputs" in said
    assert list_jobs(jobs_folder(str(dataset))) == []
    assert not (tmp_path / "x.bw").exists()


def test_who_asks_for_it_gets_the_same_in_every_such_cell_type_and_is_told(
    words: list[str], dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = []
    for cell in ("bare", "other"):
        assert main([*words, cell, "--without-inputs", "--output", str(tmp_path / f"{cell}.tab.gz")]) == 0
        sentence = f"WARNING: In {cell} it {LACKS} {SAME}"
        assert sentence in capsys.readouterr().err.splitlines()
        [job] = [each for each in list_jobs(jobs_folder(str(dataset))) if each.name == cell + "-tab"]
        assert sentence in [event.note for event in read_lines(Path(job.directory) / "events.jsonl", Event)]
        files.append((tmp_path / f"{cell}.tab.gz").read_bytes())
    assert files[0] == files[1]


def test_a_cell_type_that_lacks_a_part_is_warned_of_and_one_that_lacks_nothing_is_not(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "beta", "--output", str(tmp_path / "b.bw")]) == 0
    assert "WARNING: In beta it predicts without DNase, which the dataset does not give." in capsys.readouterr().err
    assert main([*words, "alpha", "--output", str(tmp_path / "a.bw")]) == 0
    assert "predicts without" not in capsys.readouterr().err


def test_a_signal_stands_in_by_flag_and_by_dataset_and_is_told(
    words: list[str], dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InvalidRequest, match="gives none of them for related"):
        predict_to_files(Predict(words[1], words[2], "related", "FOS", str(tmp_path / "x.bw")), quiet)
    told = "In related it reads ATAC in place of DNase, as measured: the checkpoint keeps no distribution of DNase"
    assert main([*words, "related", "--input", "DNase=ATAC", "--output", str(tmp_path / "flag.tab.gz")]) == 0
    assert told in capsys.readouterr().err
    assert main([*words, "measured", "--output", str(tmp_path / "own.tab.gz")]) == 0
    dataset.write_text(dataset.read_text().replace("[states]", 'inputs = ["DNase=ATAC"]\n\n[states]'))
    assert main([*words, "related", "--output", str(tmp_path / "file.tab.gz")]) == 0
    assert told in capsys.readouterr().err
    own, flag, file = ((tmp_path / f"{name}.tab.gz").read_bytes() for name in ("own", "flag", "file"))
    assert own == flag == file


@pytest.mark.parametrize("from_store", [False, True])
def test_a_related_signal_is_brought_to_the_distribution_that_training_had(dataset: Path, from_store: bool) -> None:
    related = Dataset.open(dataset, inputs=("DNase=ATAC",))
    source: Dataset | Store = related
    if from_store:
        prepare(Dataset.open(dataset), dataset.with_suffix(".store"))
        source = present(current_store(related))
    reference = tuple(np.linspace(1, 3, 256).tolist())
    channels = Channels((), ("quantile(DNase)", "DNase"), None, ("alpha",), {"DNase": reference})
    read = windows(source, "related", [Interval("chr1", 1_000, 2_000)], channels)
    plain = windows(related, "related", [Interval("chr1", 1_000, 2_000)], Channels((), ("ATAC",)))
    own = related.quantiles("related", "ATAC")
    np.testing.assert_array_equal(read.signals_BCP[:, 1], plain.signals_BCP[:, 0])
    np.testing.assert_array_equal(read.signals_BCP[:, 0], normalised(plain.signals_BCP[:, 0], own, reference))
    assert np.isnan(windows(source, "bare", [Interval("chr1", 1_000, 2_000)], channels).signals_BCP).all()


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (CellInputs("K562"), ""),
        (CellInputs("K562", ("DNase", "H2az")), "2 inputs absent"),
        (CellInputs("K562", (), (RelatedInput("DNase", "ATAC", True),)), "ATAC in place of DNase"),
    ],
)
def test_a_row_has_room_for_a_few_words(inputs: CellInputs, words: str) -> None:
    assert input_words(inputs) == words


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (("DNase",), "'DNase' relates no two signals; write WANTED=GIVEN"),
        (("DNase=",), "relates no two"),
        (("DNase=DNase",), "relates no two"),
        (("DNase=ATAC", "DNase=FAIRE"), "DNase is given by ATAC and by FAIRE"),
    ],
)
def test_what_relates_nothing_is_refused(texts: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        parse_related(texts)


def test_a_signal_that_nobody_has_is_named(dataset: Path) -> None:
    with pytest.raises(InvalidRequest, match="has the signal FAIRE; there are: DNase, ATAC"):
        Dataset.open(dataset, inputs=("DNase=FAIRE",))
    dataset.write_text(dataset.read_text().replace("[states]", 'inputs = ["DNase=FAIRE"]\n\n[states]'))
    with pytest.raises(InvalidRequest, match="line 6: inputs reads FAIRE, which no cell type has among its signals"):
        Dataset.open(dataset)


def test_relations_survive_writing_a_dataset(dataset: Path, tmp_path: Path) -> None:
    dataset.write_text(dataset.read_text().replace("[states]", 'inputs = ["DNase=ATAC"]\n\n[states]'))
    write_layout(read_layout(dataset), tmp_path / "OTHER.toml")
    assert read_layout(tmp_path / "OTHER.toml").inputs == {"DNase": "ATAC"}


def test_the_window_is_refused_before_a_job_has_a_directory(
    dataset: Path, toy_checkpoint: Path, tmp_path: Path
) -> None:
    spec = Predict(str(toy_checkpoint), str(dataset), "bare", "FOS", str(tmp_path / "x.bw"))
    table = handlers()
    assert "gives none of them for bare" in of(JobCheck, table[CheckJob](CheckJob(spec, str(dataset)), silent)).problem
    with pytest.raises(InvalidRequest, match="gives none of them for bare"):
        table[StartJob](StartJob(spec, str(dataset)), silent)
    assert list_jobs(jobs_folder(str(dataset))) == []
    allowed = msgspec.structs.replace(spec, without_inputs=True)
    assert of(JobCheck, table[CheckJob](CheckJob(allowed, str(dataset)), silent)).problem == ""


def test_an_evaluation_where_nothing_of_the_cell_type_is_known_is_refused(
    dataset: Path, toy_checkpoint: Path, tmp_path: Path
) -> None:
    dataset.write_text(dataset.read_text() + '[cell_types.peaky]\npeaks.FOS.conservative = "alpha.narrowPeak"\n')
    spec = Evaluate(str(dataset), str(toy_checkpoint), str(tmp_path / "s.json"), ("chr2",), ("peaky",), bootstrap=5)
    with pytest.raises(InvalidRequest, match="gives none of them for peaky"):
        evaluate(spec, SilentReport(), tmp_path)
    report = SilentReport()
    evaluate(msgspec.structs.replace(spec, without_inputs=True, without=()), report, tmp_path)
    assert f"WARNING: fos: in peaky it {LACKS} {SAME}" in report.events


def test_a_fine_tuning_says_what_its_cell_types_lack(dataset: Path, toy_checkpoint: Path, tmp_path: Path) -> None:
    spec = finetune_spec(dataset, tmp_path / "out", start_from=str(toy_checkpoint))
    sentence = "In beta it learns without DNase, which the dataset does not give."
    assert sentence in check_finetune(spec).warnings
    text = dataset.read_text().replace('states = "alpha.bed"', "").replace('states = "beta.bed"', "")
    dataset.write_text(text.replace('[states]\nnames = ["closed", "open"]\n', ""))
    assert any("learns without chromatin states" in each for each in check_finetune(spec).warnings)


@pytest.mark.parametrize(
    ("states", "signals", "cell_type", "is_any_cell"),
    [
        # alpha has states and DNase, beta states alone, gamma neither.
        (True, (), "beta", False),
        (True, (), "gamma", True),
        (False, ("DNase",), "alpha", False),
        (False, ("DNase",), "beta", True),
        (False, ("log(DNase)",), "gamma", True),
        (True, ("DNase",), "beta", False),
        (True, ("DNase",), "gamma", True),
        (False, (), "gamma", False),
        (False, ("binding(FOS)", "distance(TSS)"), "gamma", False),
    ],
)
def test_of_a_cell_type_nothing_is_known_where_all_that_tells_it_from_others_is_absent(
    toy_binding: Path, states: bool, signals: tuple[str, ...], cell_type: str, is_any_cell: bool
) -> None:
    layout = Dataset.open(toy_binding).layout
    cells = {**layout.cell_types, "gamma": CellTypePaths()}
    dataset = Dataset(msgspec.structs.replace(layout, cell_types=cells))
    assert Reads(states, signals, ("alpha", "beta")).of_cell(dataset, cell_type).is_any_cell == is_any_cell
