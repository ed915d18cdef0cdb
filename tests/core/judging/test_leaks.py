"""Scores that would prove nothing, and inputs that hold the answer."""

import shutil
from pathlib import Path

import msgspec
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.store_places import beside
from ebert_core.judging import leaks
from ebert_core.judging.baselines import fit_motif_accessibility
from ebert_core.material import places
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.description import Description
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.training.finetune import finetune
from tests.core.toy_binding import TOML, SilentReport, finetune_spec, quiet, write_toy_binding

ASSEMBLY = "toy1"


@pytest.fixture
def parent(toy_checkpoint: Path) -> Description:
    return load_checkpoint(toy_checkpoint).description


def test_a_baseline_reads_no_signal_that_the_model_does_not_read_but_accessibility(tmp_path: Path) -> None:
    write_toy_binding(tmp_path)
    shutil.copy(tmp_path / "alpha.bw", tmp_path / "answer.bw")
    line = 'signals.DNase = "alpha.bw"\n'
    assert line in TOML
    (tmp_path / "more.toml").write_text(TOML.replace(line, line + 'signals.ChIP-FOS = "answer.bw"\n'))
    dataset = Dataset.open(tmp_path / "more.toml")
    store = prepare(dataset, beside(dataset), report=quiet)

    def inputs(*model_signals: str) -> str:
        region = (Interval("chr1", 0, 30_000),)
        return fit_motif_accessibility(dataset, store, region, ("alpha",), ("FOS",), model_signals).inputs

    assert inputs() == inputs("DNase") == inputs("binding(FOS)") == "the factor's motif, DNase, state"
    assert inputs("log(ChIP-FOS)") == inputs("ChIP-FOS") == "the factor's motif, DNase, ChIP-FOS, state"


def test_nothing_is_measured_where_the_start_was_fine_tuned(
    toy_binding: Path, toy_checkpoint: Path, parent: Description, tmp_path: Path
) -> None:
    spec = finetune_spec(
        toy_binding, tmp_path / "out", start_from=str(toy_checkpoint), training=("chr2",), validation=("chr1",)
    )
    with pytest.raises(InvalidRequest, match=r"was fine-tuned on chr1:.* in alpha, beta: scores on chr1:.* prove noth"):
        finetune(spec, SilentReport(), tmp_path / "work")
    seen, unseen = parent.training[:1], (Interval("chr7", 0, 1_000),)
    leaks.refuse_seen_labels(parent, ASSEMBLY, unseen, ("alpha",))
    leaks.refuse_seen_labels(parent, ASSEMBLY, seen, ("gamma",))
    leaks.refuse_seen_labels(msgspec.structs.replace(parent, factors=()), ASSEMBLY, seen, ("alpha",))


def test_a_child_remembers_the_cell_types_whose_labels_its_start_had_seen(parent: Description) -> None:
    assert leaks.ancestor_cells(None, ("gamma",)) == ()
    assert leaks.ancestor_cells(msgspec.structs.replace(parent, factors=()), ("gamma",)) == ()
    own = tuple(msgspec.structs.replace(record, cell_types=("gamma",)) for record in parent.factors)
    child = msgspec.structs.replace(
        parent, cell_types=("gamma",), factors=own, ancestor_cell_types=leaks.ancestor_cells(parent, ("gamma",))
    )
    assert child.ancestor_cell_types == ("alpha", "beta")
    with pytest.raises(InvalidRequest, match=r"was fine-tuned on .* in alpha: scores"):
        leaks.refuse_seen_labels(child, ASSEMBLY, parent.training[:1], ("alpha",))
    assert child.familiarity("FOS", "alpha", parent.training[0]) == "training"
    assert child.familiarity("FOS", "alpha", Interval("chr7", 0, 1_000)) == "unseen locus"


def test_a_cell_type_that_the_start_was_fine_tuned_in_cannot_be_held_out(
    toy_binding: Path, toy_checkpoint: Path, tmp_path: Path
) -> None:
    spec = finetune_spec(
        toy_binding, tmp_path / "out", start_from=str(toy_checkpoint), validation_cell_types=("beta",), signals=()
    )
    with pytest.raises(InvalidRequest, match=r"beta cannot be held out: .* was fine-tuned in it"):
        finetune(spec, SilentReport(), tmp_path / "work")


def test_a_child_remembers_where_its_start_was_fine_tuned(parent: Description) -> None:
    own = (Interval("chr7", 0, 1_000),)
    assert leaks.trained_regions(parent, ASSEMBLY, own) == (*parent.training, *own)
    assert leaks.trained_regions(parent, ASSEMBLY, parent.training) == parent.training
    assert leaks.trained_regions(None, ASSEMBLY, own) == own
    assert leaks.trained_regions(msgspec.structs.replace(parent, factors=()), ASSEMBLY, own) == own


def test_regions_of_another_assembly_are_kept_apart_and_never_compared(parent: Description) -> None:
    own = (Interval("chr1", 500, 1_000),)
    assert parent.training[0].overlaps(own[0])
    assert leaks.trained_regions(parent, "toy2", own) == own
    assert leaks.trained_elsewhere(parent, "toy2") == {ASSEMBLY: parent.training}
    leaks.refuse_seen_labels(parent, "toy2", own, ("alpha",))
    child = msgspec.structs.replace(
        parent, assembly="toy2", training=own, elsewhere=leaks.trained_elsewhere(parent, "toy2")
    )
    assert child.familiarity("FOS", "alpha", own[0]) == "training"
    assert child.familiarity("FOS", "alpha", Interval("chr1", 20_000, 20_200)) == "cannot be told"
    # Back in the first assembly, what was seen there before counts again, and the other is remembered.
    assert leaks.trained_regions(child, ASSEMBLY, own) == leaks.trained_regions(parent, ASSEMBLY, own)
    assert leaks.trained_elsewhere(child, ASSEMBLY) == {"toy2": own}
    with pytest.raises(InvalidRequest, match="was fine-tuned on"):
        leaks.refuse_seen_labels(child, ASSEMBLY, parent.training, ("alpha",))
    pretrained = msgspec.structs.replace(parent, factors=())
    assert leaks.trained_elsewhere(pretrained, "toy2") == {}


def test_what_was_seen_is_what_holds_labels() -> None:
    whole = (Interval("chr3", 0, 198_022_430), Interval("chr17", 0, 81_195_210))
    known = (Interval("chr3", 42_000_000, 44_000_000), Interval("chr17", 0, 1_000_000))
    labelled = (Interval("3", 43_000_000, 44_500_000), Interval("chr5", 0, 9), Interval("chr17", 10, 20))
    assert places.parts_with(whole, known) == tuple(reversed(known))
    assert places.parts_with(whole, known, None) == tuple(reversed(known))
    assert places.parts_with(whole, known, labelled) == (
        Interval("chr17", 10, 20), Interval("chr3", 43_000_000, 44_000_000),
    )  # fmt: skip


def test_the_list_of_what_was_seen_stays_short() -> None:
    bins = [Interval("chr1", start, start + 600) for start in range(0, 3_000_000, 1_000)]
    assert places.parts_with((Interval("chr1", 0, 5_000_000),), bins) == (Interval("chr1", 0, 2_999_600),)
    near = (Interval("chr1", 900_000, 910_000), Interval("chr1", 920_000, 930_000), Interval("chr2", 0, 9))
    regions = (Interval("chr1", 0, 5_000_000), Interval("chr2", 0, 5_000_000))
    assert places.parts_with(regions, near) == (Interval("chr1", 900_000, 930_000), near[2])
    assert places.parts_with(regions, (near[0], Interval("chr1", 920_001, 930_000))) == (
        near[0],
        Interval("chr1", 920_001, 930_000),
    )
    apart = [Interval("chr1", start, start + 600) for start in range(0, 90_000_000, 30_000)]
    found = places.parts_with((Interval("chr1", 0, 90_000_000),), apart)
    assert len(found) <= 200
    assert all(any(place.start <= bin_.start < place.end for place in found) for bin_ in apart)
    # Never across the border of a region: what lies behind it was not asked for.
    regions = (Interval("chr1", 0, 1_000), Interval("chr1", 2_000, 3_000))
    assert places.parts_with(regions, (Interval("chr1", 0, 9_000),)) == regions
    assert places.parts_with(regions[:1], (Interval("chr1", 1_000, 9_000),)) == ()  # side by side is not inside
    apart = [Interval("chr1", start, start + 600) for start in range(0, 200 * 30_000, 30_000)]
    assert len(places.parts_with((Interval("chr1", 0, 90_000_000),), apart)) == 200


def test_a_checkpoint_records_where_labels_were_and_not_the_chromosomes_that_were_named(
    toy_binding: Path, tmp_path: Path
) -> None:
    shutil.copytree(toy_binding.parent, tmp_path / "data")
    (tmp_path / "data" / "labelled.bed").write_text("chr1\t0\t18000\nchr2\t200\t9000\n")
    path = tmp_path / "data" / "part.toml"
    path.write_text(toy_binding.read_text().replace('name = "', 'labelled_regions = "labelled.bed"\nname = "', 1))
    spec = finetune_spec(path, tmp_path / "out", epochs=1)
    written = load_checkpoint(finetune(spec, SilentReport(), tmp_path / "work")).description
    assert written.training == (Interval("chr1", 0, 18_000),)
    assert written.validation == (Interval("chr2", 200, 9_000),)
    assert written.label_rule == "organisers"
    assert "label_rule" in written.inputs
    assert written.familiarity("FOS", "alpha", Interval("chr1", 25_000, 25_200)) == "unseen locus"


def test_another_assembly_and_a_signal_of_the_factors_name_are_warned_of(parent: Description) -> None:
    assert list(leaks.warnings(parent, parent.assembly, ("DNase", "binding(FOS)"), ("FOS",))) == []
    (assembly, signal) = leaks.warnings(parent, "hg38", ("log(ChIP-fos)",), ("FOS",))
    assert assembly.startswith(f"WARNING: {parent.name}, which this starts from, is of {parent.assembly}, the dataset")
    assert assembly.endswith("cannot be told.")
    assert "log(ChIP-fos) bears the name of FOS" in signal
    pretrained = msgspec.structs.replace(parent, factors=())
    assert next(iter(leaks.warnings(pretrained, "hg38", (), ()))).endswith("the dataset of hg38.")


def test_a_held_out_cell_type_without_peaks_measures_nothing(toy_binding: Path, tmp_path: Path) -> None:
    unassayed = toy_binding.with_name("unassayed.toml")
    unassayed.write_text(f'{toy_binding.read_text()}\n[cell_types.gamma]\nstates = "beta.bed"\n')
    spec = finetune_spec(unassayed, tmp_path / "out", validation_cell_types=("gamma",))
    with pytest.raises(InvalidRequest, match="No peaks of FOS are known in gamma, so nothing could be measured there"):
        finetune(spec, SilentReport(), tmp_path / "work")


def test_loci_on_which_the_start_chose_its_epoch_count_as_chosen_on(parent: Description) -> None:
    chosen = parent.validation[:1]
    assert chosen
    assert leaks.chose_by(parent, ASSEMBLY, chosen)
    assert not leaks.chose_by(parent, ASSEMBLY, (Interval("chr7", 0, 1_000),))
    assert not leaks.chose_by(parent, "other", chosen)
    assert not leaks.chose_by(msgspec.structs.replace(parent, factors=()), ASSEMBLY, chosen)
    assert not leaks.chose_by(None, ASSEMBLY, chosen)
