"""The spec of an earlier fine-tuning is read as its job would read it, or refused in a sentence."""

from pathlib import Path

import pytest

from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.specs.on_disk import read_spec, write_spec
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.finetuning.spec_file import read_finetuning

WHOLE = 'job = "finetune"\ndataset = "D.toml"\noutput = "../out"\ntraining = ["chr1"]\nvalidation = ["chr2"]\n'


def test_it_reads_what_a_job_reads(tmp_path: Path) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(WHOLE + 'start_from = "~/mine"\nword_length = 6\n')
    found = read_finetuning(path)
    assert found == read_spec(path)
    assert found.dataset == str(tmp_path / "D.toml")
    write_spec(path, found)
    assert read_finetuning(path) == found


def test_nothing_to_start_from_stays_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(WHOLE)
    assert read_finetuning(path) == FineTune(
        str(tmp_path / "D.toml"), str(tmp_path.parent / "out"), ("chr1",), ("chr2",)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("job = ", "is no TOML"),
        ('job = "pretrain"', "is a spec for ebert pretrain, not for ebert finetune"),
        ('name = "a dataset"', "lacks the key job"),
        (WHOLE + "epoch = 3", "line 6: there is no key epoch; did you mean epochs?"),
        (WHOLE + 'epochs = "many"', "line 6: epochs: expected a whole number, got a text in quotes."),
    ],
)
def test_what_is_no_fine_tuning_is_refused_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(text)
    with pytest.raises(InvalidRequest, match=r"spec\.toml") as refused:
        read_finetuning(path)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"There is no file .*none\.toml"):
        read_finetuning(tmp_path / "none.toml")
