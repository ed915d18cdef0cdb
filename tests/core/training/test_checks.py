"""A fine-tuning is judged before anything is built: what cannot succeed is refused, what to know is told."""

from pathlib import Path

import msgspec
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.training.checks import check_finetune
from ebert_core.training.finetune import finetune
from ebert_core.training.usable import usable_chromosomes
from tests.core.toy_binding import SilentReport, finetune_spec, write_toy_binding


@pytest.fixture
def spec(tmp_path: Path) -> FineTune:
    return finetune_spec(write_toy_binding(tmp_path), tmp_path / "out", signals=())


def changed(spec: FineTune, **changes: object) -> FineTune:
    return msgspec.structs.replace(spec, **changes)


@pytest.mark.parametrize("trained", [("alpha",), ("alpha", "beta"), ()])
def test_a_held_out_cell_type_counts_as_assayed_whether_or_not_it_is_listed_twice(
    spec: FineTune, trained: tuple[str, ...]
) -> None:
    checked = check_finetune(changed(spec, cell_types=trained, validation_cell_types=("beta",)))
    assert checked.cell_types == ("alpha",)
    assert checked.factors == ("FOS",)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"training": ("chr1:1-3,000",)}, r"hold \d peaks? of FOS: no network learns from fewer than 10"),
        ({"validation_cell_types": ("alpha", "beta")}, "Every cell type with peaks is held out"),
        ({"validation_cell_types": ("delta",)}, "has no cell type delta"),
        ({"signals": ("ATAC",)}, "has the signal ATAC"),
        ({"training": ("chr1:1-500",)}, "No window of"),
        ({"epochs": 0}, "epochs is 0"),
    ],
)
def test_what_cannot_succeed_is_refused_by_check_and_by_the_run_before_the_store(
    spec: FineTune, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    for judge in (check_finetune, lambda wrong: finetune(wrong, SilentReport(), tmp_path / "work")):
        with pytest.raises(InvalidRequest, match=said):
            judge(changed(spec, **changes))
    assert not list(tmp_path.rglob("*.store"))


def test_the_labels_and_cell_types_of_the_start_are_known_before_the_run(spec: FineTune, toy_checkpoint: Path) -> None:
    again = changed(spec, start_from=str(toy_checkpoint))
    assert check_finetune(again).factors == ("FOS",)
    with pytest.raises(InvalidRequest, match="was fine-tuned"):
        check_finetune(changed(again, training=("chr2",), validation=("chr1",)))
    with pytest.raises(InvalidRequest, match="alpha"):
        check_finetune(changed(again, validation_cell_types=("alpha",)))


def test_few_peaks_and_what_is_left_behind_are_told_with_their_numbers(spec: FineTune, toy_checkpoint: Path) -> None:
    few = changed(spec, training=("chr1:1-12,000",), validation=("chr2:1-3,000",))
    training, held_out = check_finetune(few).warnings
    assert "Few peaks to train on, of FOS (" in training
    assert "Fewer than 15 held-out peaks, of FOS (" in held_out
    kept = check_finetune(changed(spec, start_from=str(toy_checkpoint), signals=("DNase",))).warnings
    assert not any("signals" in line for line in kept)
    left = check_finetune(changed(spec, start_from=str(toy_checkpoint))).warnings
    assert any(line.startswith("Left behind") and "signals DNase" in line for line in left)


def starts_of_peaks(dataset: Path, chromosome: str) -> list[int]:
    lines = (dataset.parent / "alpha.narrowPeak").read_text().splitlines()
    return [int(line.split("\t")[1]) for line in lines if line.startswith(f"{chromosome}\t")]


@pytest.mark.parametrize("more", [0, 1])
def test_a_peak_counts_from_its_first_base_on(spec: FineTune, more: int) -> None:
    end = starts_of_peaks(Path(spec.dataset), "chr1")[12] + more
    upto = check_finetune(changed(spec, cell_types=("alpha",), training=(f"chr1:1-{end}",)))
    assert upto.warnings[0].startswith(f"Few peaks to train on, of FOS ({12 + more}):")


def test_a_peak_does_not_count_after_its_last_base(spec: FineTune) -> None:
    end = starts_of_peaks(Path(spec.dataset), "chr1")[3] + 200
    whole, rest = (
        check_finetune(changed(spec, cell_types=("alpha",), training=(f"chr1:{first}-30,000",))).warnings[0]
        for first in (end, end + 1)
    )
    count = len(starts_of_peaks(Path(spec.dataset), "chr1"))
    assert f"FOS ({count - 3})" in whole
    assert f"FOS ({count - 4})" in rest


def test_a_dataset_without_states_lacks_none_unless_the_start_reads_them(spec: FineTune, toy_checkpoint: Path) -> None:
    path = Path(spec.dataset)
    kept = [line for line in path.read_text().splitlines() if "states" not in line and "names" not in line]
    path.write_text("\n".join(kept))
    assert not any("states" in line for line in check_finetune(spec).warnings)
    assert any("states" in line for line in check_finetune(changed(spec, start_from=str(toy_checkpoint))).warnings)


def test_the_time_told_grows_with_passes_and_cell_types(spec: FineTune) -> None:
    once = check_finetune(changed(spec, epochs=1, cell_types=("alpha",))).seconds
    # Training takes six times as long; what is held out is scored once after each epoch and once more at the end.
    several = check_finetune(changed(spec, epochs=3, cell_types=("alpha", "beta"))).seconds
    assert 4 * once < several < 6 * once


def test_what_a_table_of_lengths_names_and_the_sequence_lacks_is_refused_and_takes_no_time(
    spec: FineTune, tmp_path: Path
) -> None:
    (tmp_path / "all.sizes").write_text("chr1\t30000\nchr2\t12130\nchr11\t135006516\nchr19\t59128983\n")
    described = Path(spec.dataset)
    described.write_text(
        described.read_text().replace('reference = "toy.fa"', 'reference = "toy.fa"\nchromosome_sizes = "all.sizes"')
    )
    dataset = Dataset.open(described)
    assert usable_chromosomes(dataset, ("FOS",), ("alpha", "beta")) == ("chr1", "chr2")
    with pytest.raises(InvalidRequest, match=r"hold out \(chr11\) are not in the reference.*FOS.*name chr1 and chr2"):
        check_finetune(changed(spec, validation=("chr11",)))
    both = check_finetune(changed(spec, training=("chr1", "chr19")))
    assert both.seconds == check_finetune(spec).seconds


def test_the_time_told_counts_what_is_held_out(spec: FineTune) -> None:
    few = check_finetune(changed(spec, validation=("chr2:1-6,000",)))
    assert check_finetune(spec).seconds > few.seconds
