"""What is proposed for a fine-tuning, what is refused, and what is promised."""

import pytest
from msgspec.structs import replace

from ebert_core.protocol.modelling import ModelSummary, OutputSummary
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import Chromosome, DatasetSummary
from ebert_core.protocol.work import JobCheck
from ebert_gui.finetuning import finetune_plan as plan

_OTHER = OutputSummary("CTCF", ("HepG2",))


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
    spec: FineTune, dataset: DatasetSummary, checkpoint: ModelSummary, change: dict[str, object], said: str
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
    spec: FineTune, dataset: DatasetSummary, checkpoint: ModelSummary, change: dict[str, object], said: str
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


def test_a_checkpoint_is_not_checked_where_it_has_learnt(dataset: DatasetSummary, checkpoint: ModelSummary) -> None:
    learnt = replace(checkpoint, training=(Interval("chr5", 0, 10_000),), validation=(Interval("chr3", 0, 40_000),))
    proposed = plan.propose_split(dataset, learnt)
    assert proposed == plan.Split(("chr5",), ("chr3:1-40,000",))


def test_no_proposal_holds_out_what_the_start_was_trained_on(dataset: DatasetSummary, checkpoint: ModelSummary) -> None:
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
        ({"outputs": ()}, "in a cell type whose chromatin states small saw in pre-training, but no peaks (K562)."),
        ({"outputs": (), "states": ()}, "in a cell type it has never seen (K562)."),
        ({"outputs": (), "cell_types": ("HepG2",)}, "in a cell type it has never seen (K562)."),
        ({"outputs": (_OTHER,)}, "in a cell type whose peaks small held out, not trained on (K562)."),
        ({"outputs": (_OTHER,), "cell_types": ()}, "in a cell type whose peaks small has not seen in training (K562)."),
        ({"path": "/another"}, "(K562); whether the chosen checkpoint did is not known here."),
    ],
)
def test_a_cell_type_is_called_new_only_where_the_checkpoint_has_seen_nothing_of_it(
    spec: FineTune, dataset: DatasetSummary, checkpoint: ModelSummary, seen: dict[str, object], said: str
) -> None:
    begun = replace(spec, start_from=checkpoint.path, factors=("CTCF",))
    promised = plan.promise(begun, dataset, "small", replace(checkpoint, **seen))
    assert promised.endswith(said)
    assert ("never seen" in promised) is ("never seen" in said)
    assert "never seen" in plan.promise(replace(begun, start_from=""), dataset, "random weights", checkpoint)


def test_cell_types_that_are_new_in_different_ways_are_told_apart(
    spec: FineTune, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    begun = replace(
        spec,
        start_from=checkpoint.path,
        factors=("CTCF",),
        cell_types=("GM12878",),
        validation_cell_types=("HepG2", "K562"),
    )
    pretrained = replace(checkpoint, outputs=())
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


def test_what_is_known_of_a_job_beforehand_ends_with_how_long_it_takes() -> None:
    said = plan.told_beforehand(JobCheck("", warnings=("Few peaks.",), seconds=7200.0))
    assert said == ("Few peaks.", "It takes about 2 h on two processor cores, less on a GPU.")
    assert list(filter(None, plan.told_beforehand(JobCheck("", warnings=(), seconds=0.0)))) == []


@pytest.mark.parametrize("is_known", [True, False])
def test_a_folder_that_is_not_the_open_checkpoint_is_left_for_the_job_to_judge(
    spec: FineTune, dataset: DatasetSummary, checkpoint: ModelSummary, is_known: bool
) -> None:
    begun = replace(spec, start_from="/another/folder")
    other = replace(checkpoint, is_synthetic=True) if is_known else None
    assert plan.objection(begun, dataset, other) == ""


def test_regions_of_a_checkpoint_that_this_genome_lacks_are_not_proposed(
    dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    usual = plan.propose_split(dataset)
    seen = (Interval("chr3", 0, 50_000), Interval("chr5", 0, 10_000), Interval("chr17", 0, 40_000))
    beyond = replace(checkpoint, training=seen, validation=(Interval("chr99", 0, 10),))
    assert plan.propose_split(dataset, beyond) == usual
    assert plan.propose_split(dataset, replace(beyond, validation=())) == usual


def test_what_is_labelled_of_a_chromosome_counts_together(dataset: DatasetSummary) -> None:
    pieces = [Interval("chr3", 1000 * n, 1000 * n + 500) for n in range(10)]
    labelled = (*pieces, Interval("chr5", 0, 800), Interval("chr17", 0, 300), Interval("chr17", 600, 700))
    # 6,200 are labelled in all: of these chr5 has the share next to 15 %.
    assert plan.propose_split(replace(dataset, labelled_regions=labelled)).validation == ("chr5",)


def test_a_single_chromosome_is_cut_within_what_is_labelled_of_it(dataset: DatasetSummary) -> None:
    labelled = (Interval("chr3", 10_000, 20_000), Interval("chr3", 40_000, 50_000))
    only = replace(dataset, labelled_regions=labelled)
    assert plan.propose_split(only) == plan.Split(("chr3:10,001-44,000",), ("chr3:44,001-50,000",))


@pytest.mark.parametrize(
    ("pairs", "cell"),
    [
        # C shares nothing: two cell types are left that could be held out, which are too few.
        ({"CTCF": ("A", "B"), "MAX": ("A", "B"), "FOXA1": ("C",)}, ""),
        # All three share; the one with the fewest factors of its own, and among equals with the most shared.
        ({"CTCF": ("A", "B", "C"), "MAX": ("A", "B"), "E2F1": ("A",)}, "B"),
        ({"CTCF": ("A", "B", "C"), "MAX": ("B", "C")}, "B"),
        ({"CTCF": ("A", "B", "C"), "MAX": ("A", "C"), "E2F1": ("C",)}, "A"),
    ],
)
def test_the_cell_type_to_hold_out_shares_its_factors_with_others(pairs: dict[str, tuple[str, ...]], cell: str) -> None:
    assert plan.propose_checked_cell(pairs) == cell


def test_ten_chromosomes_are_enough_to_keep_the_customary_ones_aside(dataset: DatasetSummary) -> None:
    nine = human(*(f"chr{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 21)))
    assert {"chr8", "chr21"} <= set(plan.propose_split(replace(dataset, chromosomes=nine)).training)
    ten = human(*(f"chr{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 21)))
    split = plan.propose_split(replace(dataset, chromosomes=ten))
    assert not {"chr1", "chr8", "chr21"} & {*split.training, *split.validation}


def test_a_genome_without_chromosomes_is_proposed_nothing(dataset: DatasetSummary) -> None:
    assert plan.propose_split(replace(dataset, chromosomes=())) == plan.Split((), ())


def test_a_whole_chromosome_is_named_and_a_part_has_its_places(
    dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    learnt = replace(
        checkpoint,
        training=(Interval("chr5", 0, 10_000), Interval("chr3", 5, 50_000)),
        validation=checkpoint.validation,
    )
    assert plan.propose_split(dataset, learnt) == plan.Split(("chr5", "chr3:6-50,000"), ("chr17:20,001-40,000",))


def test_what_opened_settings_name_and_the_dataset_lacks_is_said_once(spec: FineTune, dataset: DatasetSummary) -> None:
    assert plan.unknown_names(spec, dataset) == ""
    strange = replace(spec, factors=("CTCF", "GATA9"), cell_types=("liver",), validation_cell_types=("liver", "K562"))
    assert plan.unknown_names(strange, dataset) == (
        "Left out of the opened settings, since this dataset has no peaks of it: GATA9 and liver."
    )


@pytest.mark.parametrize(
    ("cell", "cell_types", "use"),
    [("K562", (), "check"), ("HepG2", ("HepG2",), "learn"), ("HepG2", (), "learn"), ("HepG2", ("A",), "leave out")],
)
def test_a_cell_type_is_trained_on_held_out_or_left_out(
    spec: FineTune, cell: str, cell_types: tuple[str, ...], use: str
) -> None:
    assert plan.use_of(cell, replace(spec, cell_types=cell_types)) == use


@pytest.mark.parametrize(("assembly", "fits"), [("hg19", True), ("", True), ("hg38", False)])
def test_a_checkpoint_without_an_assembly_fits_any(
    dataset: DatasetSummary, checkpoint: ModelSummary, assembly: str, fits: bool
) -> None:
    assert (plan.misfit(replace(checkpoint, assembly=assembly), dataset) == "") is fits
    assert plan.misfit(replace(checkpoint, assembly=assembly), replace(dataset, assembly="")) == ""
    synthetic = replace(checkpoint, assembly=assembly, is_synthetic=True)
    assert (plan.misfit(synthetic, replace(dataset, seed=3)) == "") is fits


@pytest.mark.parametrize("word", ["train on", "hold out"])
def test_regions_without_labels_are_refused_for_training_and_for_holding_out(
    spec: FineTune, dataset: DatasetSummary, word: str
) -> None:
    labelled = (Interval("chr5", 0, 100),) if word == "train on" else (Interval("chr17", 0, 9), Interval("chr3", 0, 9))
    sentence = plan.objection(spec, replace(dataset, labelled_regions=labelled), None)
    assert sentence.startswith(f"The regions to {word} hold no labelled part")
