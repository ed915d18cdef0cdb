"""Specs as TOML files: written and read back, and every mistake in one named with key and line."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from ebert_core.protocol.machine.resources import shipped_checkpoints
from ebert_core.protocol.specs.jobs import Evaluate, FineTune, Predict, Pretrain
from ebert_core.protocol.specs.on_disk import change_of, read_spec, verb, write_spec
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.certain import of

BEGINNING = 'job = "pretrain"\ndataset = "d"\noutput = "o"\nvalidation = []\n'
SPECS = [
    Pretrain("/d/D.toml", "/o", ("chr3",), ("chr5",), preset="tiny"),
    FineTune("/d/D.toml", "/o", ("chr3", "chr17:1-2,000"), ("chr5",), factors=("CTCF",), learning_rate=1e-4),
    Evaluate("/d/D.toml", "/c", "/o.json", ("chr5",), strands=1, controls=("/c2",)),
    Predict("/c", "/d/D.toml", "K562", "CTCF", "/o.bw", chromosomes=("chr5",)),
]


@pytest.mark.parametrize("spec", SPECS, ids=verb)
def test_a_spec_read_back_is_the_spec_that_was_written(
    tmp_path: Path, spec: FineTune | Pretrain | Evaluate | Predict
) -> None:
    write_spec(tmp_path / "spec.toml", spec)
    assert read_spec(tmp_path / "spec.toml") == spec
    assert [path.name for path in tmp_path.iterdir()] == ["spec.toml"]


def test_relative_paths_are_relative_to_the_spec(tmp_path: Path) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(
        'job = "predict"\ncheckpoint = "c"\ndataset = "../D.toml"\ncell_type = "K562"\nfactor = "F"\noutput = "o.bw"'
    )
    spec = read_spec(path)
    assert isinstance(spec, Predict)
    assert (spec.checkpoint, spec.dataset, spec.regions) == (str(tmp_path / "c"), str(tmp_path.parent / "D.toml"), ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("job = ", "is no TOML: Invalid value (at end of document)."),
        ('dataset = "d"', 'lacks the key job; it must be one of "pretrain"'),
        ('\njob = "train"', "line 2: job is 'train'; it must be one of"),
        ('job = "pretrain"', "lacks the key dataset."),
        (BEGINNING + "training = []\nstep = 3", "line 6: there is no key step; did you mean steps?"),
        (BEGINNING + 'training = []\nsteps = "many"', "line 6: steps: expected a whole number, got a text in quotes."),
        (BEGINNING + "training = [3]", "line 5: training: expected a text in quotes, got a whole number."),
        (BEGINNING + 'preset = "huge"', "line 5: preset: there is no 'huge'; choose from tiny, small, base, large."),
        (
            BEGINNING + "seed = 99999999999999999999",
            "seed is 99999999999999999999; whole numbers go up to 92233720368547",
        ),
        (BEGINNING + 'factors = ["CTCF"]', "line 5: factors is a key of finetune and evaluate, and job says pretrain."),
    ],
)
def test_a_mistake_in_a_spec_is_named_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(text)
    with pytest.raises(InvalidRequest, match=re.escape(sentence)):
        read_spec(path)


def test_a_spec_that_is_no_text_or_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="There is no file"):
        read_spec(tmp_path / "spec.toml")
    (tmp_path / "spec.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidRequest, match="is no text file"):
        read_spec(tmp_path / "spec.toml")
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_spec(tmp_path)


FINETUNE = 'job = "finetune"\ndataset = "D.toml"\noutput = "o"\ntraining = ["chr1"]\nvalidation = ["chr2"]\n'


@pytest.mark.parametrize(
    ("assignment", "key", "value"),
    [
        ("seed=3", "seed", 3),
        ("seed = 3", "seed", 3),
        ("learning_rate=1e-4", "learning_rate", 1e-4),
        ("dropout=0", "dropout", 0.0),
        ("co_binding=true", "co_binding", True),
        ("preset=tiny", "preset", "tiny"),
        ('preset="tiny"', "preset", "tiny"),
        ('factors=["CTCF", "MAX"]', "factors", ("CTCF", "MAX")),
        ("cell_types=[]", "cell_types", ()),
        ("start_from=human_slices", "start_from", str(shipped_checkpoints()["human_slices"])),
        ("output=here", "output", str(Path.cwd() / "here")),
    ],
)
def test_a_change_takes_the_place_of_what_the_file_says(
    tmp_path: Path, assignment: str, key: str, value: bool | float | str | tuple[str, ...]
) -> None:
    (tmp_path / "s.toml").write_text(FINETUNE)
    changed = read_spec(tmp_path / "s.toml", [change_of(assignment, FineTune)])
    assert getattr(changed, key) == value
    unchanged = read_spec(tmp_path / "s.toml")
    assert replace(changed, **{key: getattr(unchanged, key)}) == unchanged


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("sed=3", "--set sed=3: finetune has no key sed; did you mean seed?"),
        ("training.epochs=3", "--set training.epochs=3: finetune has no key training.epochs; did you mean epochs?"),
        ("job=predict", "--set job=predict: finetune has no key job; the keys are dataset, output"),
        ("seed", "--set seed should be written KEY=VALUE, such as seed=3."),
        ("seed=", "--set seed= should be written KEY=VALUE, such as seed=3."),
        ("epochs=many", "--set epochs=many: epochs: expected a whole number, got a text in quotes."),
        ("preset=huge", "preset: there is no 'huge'; choose from tiny, small, base, large."),
        ("factors=CTCF", "--set factors=CTCF: factors: expected a list, got a text in quotes."),
        ('factors=["CTCF', 'is no value of TOML; a list is written ["A", "B"].'),
        (f"seed={2**70}", "whole numbers go up to"),
        (f"seed={2**63}", f"--set seed={2**63}: seed is {2**63}; whole numbers go up to {2**63 - 1}."),
        (f"seed={2**63 - 1}", f"seed is {2**63 - 1}; it must be at least 0 and at most 4294967295."),
        ("epochs=0", "--set epochs=0: epochs is 0; it must be at least 1."),
        ("learning_rate=inf", "--set learning_rate=inf: learning_rate is inf; it must be a finite number."),
        ('start_from="a\\u0000b"', "start_from holds a NUL character, which no path can."),
        ("training=[3]", "training: expected a text in quotes, got a whole number."),
        ("epochs=[1]", "epochs: expected a whole number, got a list."),
        ("epochs=2026-01-01", "epochs: expected a whole number, got a date."),
        (f"seed=0x{'f' * 5_000}", "seed is a number of 20,000 bits; whole numbers go up to"),
        ("seed=\udcff", "--set seed=\udcff: seed is '\\udcff', which is no text of UTF-8."),
    ],
)
def test_a_change_that_makes_no_sense_names_key_value_and_what_may_stand_there(
    tmp_path: Path, assignment: str, sentence: str
) -> None:
    (tmp_path / "s.toml").write_text(FINETUNE)
    with pytest.raises(InvalidRequest) as refused:
        read_spec(tmp_path / "s.toml", [change_of(assignment, FineTune)])
    assert sentence in str(refused.value)


def test_a_list_of_paths_holds_no_path_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(
        'job = "evaluate"\ndataset = "D.toml"\ncheckpoint = "c"\noutput = "o.json"\nregions = ["chr1"]\n'
    )
    spec = of(Evaluate, read_spec(tmp_path / "s.toml", [change_of('controls=["a"]', Evaluate)]))
    assert spec.controls == (str(Path.cwd() / "a"),)
    with pytest.raises(InvalidRequest, match="controls holds a NUL character"):
        read_spec(tmp_path / "s.toml", [change_of('controls=["a", "b\\u0000"]', Evaluate)])


def test_files_of_regions_are_relative_to_the_spec_and_loci_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(FINETUNE.replace('["chr1"]', '["chr1:1-5", "sub/r.txt", "peaks.narrowPeak.gz"]'))
    expected = ("chr1:1-5", str(tmp_path / "sub" / "r.txt"), str(tmp_path / "peaks.narrowPeak.gz"))
    assert of(FineTune, read_spec(tmp_path / "s.toml")).training == expected


@pytest.mark.parametrize("where", ["beside the spec", "where the command runs"])
def test_a_shipped_checkpoint_is_meant_unless_a_checkpoint_of_that_name_lies_beside_the_spec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A dataset of that name, or whatever lies where the command happens to run, changes nothing."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path / "run")
    other = tmp_path / ("specs" if where == "beside the spec" else "run") / "human_slices"
    other.mkdir()
    if where == "where the command runs":
        (other / "description.json").write_text("{}")
    path = tmp_path / "specs" / "spec.toml"
    path.write_text(
        'job = "evaluate"\ndataset = "D.toml"\ncheckpoint = "human_slices"\noutput = "o.json"\nregions = ["chr1"]\n'
        'controls = ["human_slices + human_slices"]\n'
    )
    shipped = str(shipped_checkpoints()["human_slices"])
    spec = of(Evaluate, read_spec(path))
    assert (spec.checkpoint, spec.controls) == (shipped, (f"{shipped}+{shipped}",))
    own = tmp_path / "specs" / "human_slices"
    own.mkdir(exist_ok=True)
    (own / "description.json").write_text("{}")
    assert of(Evaluate, read_spec(path)).checkpoint == str(own)
