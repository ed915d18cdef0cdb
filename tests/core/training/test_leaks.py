"""Scores that would prove nothing, and inputs that hold the answer."""

import shutil

import msgspec
import pytest
from toy_binding import TOML, SilentReport, finetune_spec, quiet, write_toy_binding

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import default_directory, prepare
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval
from ebert_core.training import leaks
from ebert_core.training.baselines import fit_motif_accessibility
from ebert_core.training.finetune import finetune


@pytest.fixture
def parent(toy_checkpoint):
    return load_checkpoint(toy_checkpoint).description


def test_a_baseline_reads_no_signal_that_the_model_does_not_read_but_accessibility(tmp_path):
    write_toy_binding(tmp_path)
    shutil.copy(tmp_path / "alpha.bw", tmp_path / "answer.bw")
    line = 'signals.DNase = "alpha.bw"\n'
    assert line in TOML
    (tmp_path / "more.toml").write_text(TOML.replace(line, line + 'signals.ChIP-FOS = "answer.bw"\n'))
    dataset = Dataset.open(tmp_path / "more.toml")
    store = prepare(dataset, default_directory(dataset), report=quiet)

    def inputs(*model_signals: str) -> str:
        region = (Interval("chr1", 0, 30_000),)
        return fit_motif_accessibility(dataset, store, region, ("alpha",), ("FOS",), model_signals).inputs

    assert inputs() == inputs("DNase") == inputs("binding(FOS)") == "the factor's motif, DNase, state"
    assert inputs("log(ChIP-FOS)") == inputs("ChIP-FOS") == "the factor's motif, DNase, ChIP-FOS, state"


def test_nothing_is_measured_where_the_start_was_fine_tuned(toy_binding, toy_checkpoint, parent, tmp_path):
    spec = finetune_spec(
        toy_binding, tmp_path / "out", start_from=str(toy_checkpoint), training=("chr2",), validation=("chr1",)
    )
    with pytest.raises(InvalidRequest, match=r"was fine-tuned on chr1:.* in alpha, beta: scores on chr1:.* prove noth"):
        finetune(spec, SilentReport(), tmp_path / "work")
    seen, unseen = parent.training[:1], (Interval("chr7", 0, 1_000),)
    leaks.refuse_seen_labels(parent, unseen, ("alpha",))
    leaks.refuse_seen_labels(parent, seen, ("gamma",))
    leaks.refuse_seen_labels(msgspec.structs.replace(parent, factors=()), seen, ("alpha",))


def test_a_child_remembers_the_cell_types_whose_labels_its_start_had_seen(parent):
    assert leaks.ancestor_cells(None, ("gamma",)) == ()
    assert leaks.ancestor_cells(msgspec.structs.replace(parent, factors=()), ("gamma",)) == ()
    own = tuple(msgspec.structs.replace(record, cell_types=("gamma",)) for record in parent.factors)
    child = msgspec.structs.replace(
        parent, cell_types=("gamma",), factors=own, ancestor_cell_types=leaks.ancestor_cells(parent, ("gamma",))
    )
    assert child.ancestor_cell_types == ("alpha", "beta")
    with pytest.raises(InvalidRequest, match=r"was fine-tuned on .* in alpha: scores"):
        leaks.refuse_seen_labels(child, parent.training[:1], ("alpha",))
    assert child.familiarity("FOS", "alpha", parent.training[0]) == "training"
    assert child.familiarity("FOS", "alpha", Interval("chr7", 0, 1_000)) == "unseen locus"


def test_a_cell_type_that_the_start_was_fine_tuned_in_cannot_be_held_out(toy_binding, toy_checkpoint, tmp_path):
    spec = finetune_spec(
        toy_binding, tmp_path / "out", start_from=str(toy_checkpoint), validation_cell_types=("beta",), signals=()
    )
    with pytest.raises(InvalidRequest, match=r"beta cannot be held out: .* was fine-tuned in it"):
        finetune(spec, SilentReport(), tmp_path / "work")


def test_a_child_remembers_where_its_start_was_fine_tuned(parent):
    own = (Interval("chr7", 0, 1_000),)
    assert leaks.trained_regions(parent, own) == (*parent.training, *own)
    assert leaks.trained_regions(parent, parent.training) == parent.training
    assert leaks.trained_regions(None, own) == own
    assert leaks.trained_regions(msgspec.structs.replace(parent, factors=()), own) == own


def test_another_assembly_and_a_signal_of_the_factors_name_are_warned_of(parent):
    assert list(leaks.warnings(parent, parent.assembly, ("DNase", "binding(FOS)"), ("FOS",))) == []
    (assembly, signal) = leaks.warnings(parent, "hg38", ("log(ChIP-fos)",), ("FOS",))
    assert assembly.startswith(f"WARNING: {parent.name}, which this starts from, is of {parent.assembly}, the dataset")
    assert assembly.endswith("cannot be told.")
    assert "log(ChIP-fos) bears the name of FOS" in signal
    pretrained = msgspec.structs.replace(parent, factors=())
    assert next(iter(leaks.warnings(pretrained, "hg38", (), ()))).endswith("the dataset of hg38.")


def test_a_held_out_cell_type_without_peaks_measures_nothing(toy_binding, tmp_path):
    unassayed = toy_binding.with_name("unassayed.toml")
    unassayed.write_text(f'{toy_binding.read_text()}\n[cell_types.gamma]\nstates = "beta.bed"\n')
    spec = finetune_spec(unassayed, tmp_path / "out", validation_cell_types=("gamma",))
    with pytest.raises(InvalidRequest, match="No peaks of FOS are known in gamma, so nothing could be measured there"):
        finetune(spec, SilentReport(), tmp_path / "work")
