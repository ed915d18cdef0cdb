"""Specs as TOML files: written and read back, and every mistake in one named with key and line."""

import re

import pytest

from ebert_core.jobs.specs import read_spec, verb, write_spec
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import Evaluate, FineTune, Predict, Pretrain

BEGINNING = 'job = "pretrain"\ndataset = "d"\noutput = "o"\nvalidation = []\n'
SPECS = [
    Pretrain("/d/D.toml", "/o", ("chr3",), ("chr5",), preset="tiny"),
    FineTune("/d/D.toml", "/o", ("chr3", "chr17:1-2,000"), ("chr5",), factors=("CTCF",), learning_rate=1e-4),
    Evaluate("/d/D.toml", "/c", "/o.json", ("chr5",), strands=1, controls=("/c2",)),
    Predict("/c", "/d/D.toml", "K562", "CTCF", "/o.bw", chromosomes=("chr5",)),
]


@pytest.mark.parametrize("spec", SPECS, ids=verb)
def test_a_spec_read_back_is_the_spec_that_was_written(tmp_path, spec):
    write_spec(tmp_path / "spec.toml", spec)
    assert read_spec(tmp_path / "spec.toml") == spec
    assert [path.name for path in tmp_path.iterdir()] == ["spec.toml"]


def test_relative_paths_are_relative_to_the_spec(tmp_path):
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
def test_a_mistake_in_a_spec_is_named_with_its_place(tmp_path, text, sentence):
    path = tmp_path / "spec.toml"
    path.write_text(text)
    with pytest.raises(InvalidRequest, match=re.escape(sentence)):
        read_spec(path)


def test_a_spec_that_is_no_text_or_not_there_is_named(tmp_path):
    with pytest.raises(InvalidRequest, match="There is no file"):
        read_spec(tmp_path / "spec.toml")
    (tmp_path / "spec.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidRequest, match="is no text file"):
        read_spec(tmp_path / "spec.toml")
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_spec(tmp_path)
