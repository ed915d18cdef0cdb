"""What is proposed for a fine-tuning, what is refused, and what is promised."""

import pytest
from msgspec.structs import replace

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import CheckpointSummary, FactorSummary
from ebert_core.protocol.specs import FineTune
from ebert_core.protocol.tracks import Chromosome, DatasetSummary
from ebert_gui.windows import finetune_plan as plan

_OTHER = FactorSummary("CTCF", ("HepG2",))


@pytest.fixture
def spec() -> FineTune:
    return FineTune(
        dataset="/data/DATASET.toml",
        output="/data/checkpoints/mine",
        training=("chr3", "chr17"),
        validation=("chr5",),
        factors=("CTCF", "FOXA1"),
        cell_types=("GM12878", "HepG2"),
        validation_cell_types=("K562",),
    )


def human(*names: str) -> tuple[Chromosome, ...]:
    return tuple(Chromosome(name, 1_000_000) for name in names)


@pytest.mark.parametrize(
    ("chromosomes", "training", "validation"),
    [
        (human("chr3", "chr11"), ("chr3",), ("chr11",)),
        (human("chr10", "chr2", "chrM", "chrUn_1", "chr11"), ("chr2", "chr10"), ("chr11",)),
        (
            human(*(f"chr{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 11, 21))),
            tuple(f"chr{n}" for n in range(2, 8)),
            ("chr11",),
        ),
        (human("chr5"), ("chr5:1-850,000",), ("chr5:850,001-1,000,000",)),
        ((Chromosome("left", 850), Chromosome("right", 150)), ("left",), ("right",)),
    ],
)
def test_one_chromosome_is_proposed_for_checking(
    dataset: DatasetSummary, chromosomes: tuple[Chromosome, ...], training: tuple[str, ...], validation: tuple[str, ...]
) -> None:
    assert plan.propose_split(replace(dataset, chromosomes=chromosomes)) == plan.Split(training, validation)


def test_only_labelled_chromosomes_are_proposed(dataset: DatasetSummary) -> None:
    labelled = (Interval("chr3", 0, 20_000), Interval("chr17", 0, 4_000))
    assert plan.propose_split(replace(dataset, labelled_regions=labelled)) == plan.Split(("chr3",), ("chr17",))


@pytest.mark.parametrize(
    ("pairs", "cell"),
    [
        ({"CTCF": ("A", "B", "C"), "MAX": ("A", "B"), "FOXA1": ("A",)}, "B"),
        ({"CTCF": ("A", "B")}, ""),
        ({"CTCF": ("A",)}, ""),
        ({}, ""),
    ],
)
def test_a_cell_type_is_kept_for_checking_where_enough_remain(pairs: dict[str, tuple[str, ...]], cell: str) -> None:
    assert plan.propose_checked_cell(pairs) == cell


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("chr3, chr17", ("chr3", "chr17")),
        ("chr3,chr17", ("chr3", "chr17")),
        ("chr20:1,000,001-2,000,000; chr3", ("chr20:1,000,001-2,000,000", "chr3")),
        (" chr3  chr5 ,", ("chr3", "chr5")),
        ("", ()),
    ],
)
def test_regions_are_split_as_people_write_them(text: str, regions: tuple[str, ...]) -> None:
    assert plan.split_regions(text) == regions


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"factors": ()}, "at least one factor"),
        ({"cell_types": ()}, "at least one cell type"),
        ({"cell_types": ("GM12878",)}, "FOXA1 was measured in none"),
        ({"training": ()}, "at least one chromosome to train on"),
        ({"validation": ()}, "at least one chromosome to hold out"),
        ({"validation": ("chr99",)}, "“chr99” is no chromosome or region of hg19"),
        ({"validation": ("chr3:20,000-30,000",)}, "chr3 is trained on and held out"),
        ({"validation": ("chr5:20,000",)}, "chr5 ends at 10,000"),
        ({"output": ""}, "where the result should go"),
        ({"output": "mine"}, "whole path"),
        ({"output": "/data/checkpoints/small", "start_from": "/data/checkpoints/small"}, "overwrite"),
        ({"start_from": "small"}, "whole path of the checkpoint"),
        ({}, ""),
    ],
)
def test_an_impossible_choice_is_refused_in_one_sentence(
    spec: FineTune, dataset: DatasetSummary, checkpoint: CheckpointSummary, change: dict[str, object], said: str
) -> None:
    sentence = plan.objection(replace(spec, **change), dataset, checkpoint)
    assert said in sentence
    assert bool(sentence) is bool(said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"path": ""}, "not a dataset yet"),
        ({"has_sequence": False}, "no reference sequence"),
        ({"cell_types": ()}, "no measured peaks"),
        ({"labelled_regions": (Interval("chr5", 0, 100),)}, "choose among chr5"),
    ],
)
def test_a_dataset_that_cannot_teach_is_refused(
    spec: FineTune, dataset: DatasetSummary, change: dict[str, object], said: str
) -> None:
    assert said in plan.objection(spec, replace(dataset, **change), None)


@pytest.mark.parametrize(
    ("change", "said"), [({"is_synthetic": True}, "synthetic genome"), ({"assembly": "hg38"}, "was made on hg38")]
)
def test_a_checkpoint_of_another_genome_is_refused(
    spec: FineTune, dataset: DatasetSummary, checkpoint: CheckpointSummary, change: dict[str, object], said: str
) -> None:
    begun = replace(spec, start_from=checkpoint.path)
    assert plan.objection(begun, dataset, checkpoint) == ""
    assert said in plan.objection(begun, dataset, replace(checkpoint, **change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cell_types": ("HepG2",), "validation_cell_types": ()}, "one cell type: nothing can be said about other"),
        ({"validation_cell_types": ()}, "No cell type is held out"),
        ({"factors": ("FOXA1",)}, "None of these factors was measured in K562"),
        ({}, "how well CTCF can be predicted in a cell type it has never seen (K562). For FOXA1 nothing"),
    ],
)
def test_no_more_is_promised_than_will_be_checked(
    spec: FineTune, dataset: DatasetSummary, change: dict[str, object], said: str
) -> None:
    assert said in plan.promise(replace(spec, **change), dataset, "small")


def test_a_checkpoint_is_not_checked_where_it_has_learnt(
    dataset: DatasetSummary, checkpoint: CheckpointSummary
) -> None:
    learnt = replace(checkpoint, training=(Interval("chr5", 0, 10_000),), validation=(Interval("chr3", 0, 40_000),))
    proposed = plan.propose_split(dataset, learnt)
    assert proposed == plan.Split(("chr5",), ("chr3:1-40,000",))


def test_no_proposal_holds_out_what_the_start_was_trained_on(
    dataset: DatasetSummary, checkpoint: CheckpointSummary
) -> None:
    cells = tuple(dict.fromkeys(cell for measured in plan.assayed_pairs(dataset).values() for cell in measured))
    split = plan.propose_split(dataset)
    place = plan.read_regions(split.validation, dataset)
    learnt = replace(checkpoint, training=place, validation=(), seen_cell_types=cells)
    assert not plan.propose_start(dataset, learnt, split)
    assert plan.propose_start(dataset, replace(learnt, seen_cell_types=()), split)
    assert plan.propose_start(dataset, replace(learnt, training=()), split)
    assert not plan.propose_start(dataset, None, split)


def test_a_cell_type_that_the_start_was_trained_in_is_not_held_out() -> None:
    pairs = {"CTCF": ("A", "B", "C"), "MAX": ("A", "B"), "FOXA1": ("A",)}
    assert plan.propose_checked_cell(pairs, seen=("B",)) == "C"
    assert plan.propose_checked_cell(pairs, seen=("A", "B", "C")) == ""


def test_the_factor_in_view_is_proposed_where_it_was_measured() -> None:
    pairs = {"CTCF": ("A",), "MAX": ("A",)}
    assert plan.propose_factors(pairs, "MAX") == ("MAX",)
    assert plan.propose_factors(pairs, "SP1") == ("CTCF", "MAX")


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({}, "in a cell type whose peaks small has seen in training (K562), which to it is nothing new."),
        ({"factors": ()}, "in a cell type whose chromatin states small saw in pre-training, but no peaks (K562)."),
        ({"factors": (), "states": ()}, "in a cell type it has never seen (K562)."),
        ({"factors": (), "cell_types": ("HepG2",)}, "in a cell type it has never seen (K562)."),
        ({"factors": (_OTHER,)}, "in a cell type whose peaks small held out, not trained on (K562)."),
        ({"factors": (_OTHER,), "cell_types": ()}, "in a cell type whose peaks small has not seen in training (K562)."),
        ({"path": "/another"}, "(K562); whether the chosen checkpoint did is not known here."),
    ],
)
def test_a_cell_type_is_called_new_only_where_the_checkpoint_has_seen_nothing_of_it(
    spec: FineTune, dataset: DatasetSummary, checkpoint: CheckpointSummary, seen: dict[str, object], said: str
) -> None:
    begun = replace(spec, start_from=checkpoint.path, factors=("CTCF",))
    promised = plan.promise(begun, dataset, "small", replace(checkpoint, **seen))
    assert promised.endswith(said)
    assert ("never seen" in promised) is ("never seen" in said)
    assert "never seen" in plan.promise(replace(begun, start_from=""), dataset, "random weights", checkpoint)


def test_cell_types_that_are_new_in_different_ways_are_told_apart(
    spec: FineTune, dataset: DatasetSummary, checkpoint: CheckpointSummary
) -> None:
    begun = replace(
        spec,
        start_from=checkpoint.path,
        factors=("CTCF",),
        cell_types=("GM12878",),
        validation_cell_types=("HepG2", "K562"),
    )
    pretrained = replace(checkpoint, factors=())
    assert (
        "in a cell type it has never seen (HepG2) and in a cell type whose chromatin states small saw in pre-training"
        in plan.promise(begun, dataset, "small", pretrained)
    )
    assert "in cell types it has never seen (HepG2 and K562)" in plan.promise(
        begun, dataset, "small", replace(pretrained, cell_types=())
    )


def test_a_cell_type_without_peaks_of_the_chosen_factors_is_not_said_to_teach(dataset: DatasetSummary) -> None:
    spec = FineTune(
        dataset=dataset.path,
        output="/data/out",
        training=("chr3",),
        validation=("chr17",),
        factors=("FOXA1",),
        cell_types=("GM12878", "HepG2", "K562"),
    )
    said = plan.promise(spec, dataset, "random weights")
    assert "EBERT learns where FOXA1 binds from HepG2 on chr3" in said
    assert "GM12878" not in said.split("starting from")[0]
