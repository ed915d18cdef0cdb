"""The sentences about a probability: they name the place, never promise a share here, and warn where they must."""

from pathlib import Path

import msgspec
import pytest

from ebert_core.protocol.terms.reliability import (
    MeasuredCell,
    Reliability,
    ReliabilityPoint,
    Transfer,
    calibration_warning,
    caveats_of,
    meaning_of,
    precision_sentence,
    short_meaning,
)
from ebert_core.protocol.terms.wording import listed, percent, percent_range

POINTS = (
    ReliabilityPoint(0.001, 0.012, 1.0, 0.008, 0.02),
    ReliabilityPoint(0.2, 0.6, 0.7, 0.5, 0.7),
    ReliabilityPoint(0.4, 0.8, 0.45, 0.61, 0.88),
    ReliabilityPoint(0.9, 0.95, 0.1),
)
HEPG2 = MeasuredCell("HepG2", 100_000, 1_200, 150)
HELD_OUT = Reliability(
    ("chr20",), (HEPG2,), True, False, POINTS, loci=150, blocks=40, between_loci=0.5, elsewhere=(0.4, 2.5), auprc=0.5
)
A549 = MeasuredCell("A549", 100_000, 800, 90)


def transfer(
    cell_type: str = "HepG2", ratio: float = 1.0, low: float | None = 0.8, high: float | None = 1.2, peaks: int = 100
) -> Transfer:
    return Transfer(cell_type, ("A549",), peaks, ratio, low, high, 0.01)


def with_transfers(*transfers: Transfer, cells: tuple[MeasuredCell, ...] = (HEPG2, A549)) -> Reliability:
    return msgspec.structs.replace(HELD_OUT, cell_types=cells, transfers=transfers)


def test_precision_is_told_of_the_place_where_it_was_measured() -> None:
    assert precision_sentence(HELD_OUT, 0.4) == (
        "About 80 % of bins at or above this were bound on chr20 in held-out HepG2, range 61-88 % over other loci."
    )
    said = meaning_of("MAX", ("K562",), HELD_OUT, "K562", 0.4)
    assert said.endswith(
        "These hold 45 % of what is bound there. "
        "If less than 1 % of all bins are bound, fewer are right. "
        "In a megabase never seen, 0.4 to 2.5 bins may be bound for each one predicted."
    )
    assert "here" not in said.replace("there", "").replace("where", "")


def test_between_two_points_lies_what_is_between_them() -> None:
    point = HELD_OUT.at(0.3)
    assert (point.precision, point.recall, point.low, point.high) == pytest.approx((0.7, 0.575, 0.555, 0.79))
    assert HELD_OUT.at(0.0) == POINTS[0]
    assert HELD_OUT.at(0.4) == pytest.approx(POINTS[2])
    assert HELD_OUT.at(0.95) == POINTS[-1]


def test_above_all_that_could_be_checked_the_highest_point_is_named() -> None:
    assert precision_sentence(HELD_OUT, 0.95) == (
        "About 95 % of bins at or above 0.9 (the highest that could be checked) were bound on chr20 in held-out HepG2; "
        "there are too few of them for a range."
    )


def test_several_cell_types_give_a_range_over_cell_types() -> None:
    assert "in held-out HepG2 and A549, range 61-88 % over cell types and other loci." in precision_sentence(
        with_transfers(), 0.4
    )


def test_without_a_held_out_cell_type_the_words_do_not_promise_another_one() -> None:
    known = msgspec.structs.replace(HELD_OUT, is_other_cell_type=False)
    said = meaning_of("MAX", ("HepG2",), known, "HepG2", 0.4)
    assert "on chr20 in HepG2, range" in said
    assert said.endswith("Measured in cell types that were trained on; in another cell type it may be lower.")
    elsewhere = meaning_of("MAX", ("HepG2",), known, "liver", 0.4)
    assert elsewhere.endswith("MAX was not trained in liver; calibration was not tested there.")
    assert caveats_of("MAX", ("HepG2",), known, "HepG2") == ""
    assert "not tested there" in caveats_of("MAX", ("HepG2",), known, "liver")


@pytest.mark.parametrize(("peaks", "said"), [(7, "7 peaks"), (5, "5 peaks"), (14, "14 peaks")])
def test_few_peaks_are_said(peaks: int, said: str) -> None:
    few = msgspec.structs.replace(HELD_OUT, loci=peaks)
    assert f"bound on chr20 in held-out HepG2; no range can be given from {said}." in precision_sentence(few, 0.4)
    assert f"This rests on {said}; do not rely on it." in meaning_of("MAX", ("K562",), few, "K562", 0.4)
    assert short_meaning("MAX", few, "K562", 0.4) == f"rests on {said}; do not rely on it"
    assert caveats_of("MAX", ("K562",), few, "HepG2") == (
        f"What probabilities of MAX are worth rests on {said}; do not rely on it."
    )


@pytest.mark.parametrize(("peaks", "said"), [(1, "1 peak"), (4, "4 peaks")])
def test_from_hardly_a_peak_nothing_can_be_told_and_window_and_command_warn(peaks: int, said: str) -> None:
    few = msgspec.structs.replace(HELD_OUT, loci=peaks)
    warning = (
        f"From {said} on chr20 in held-out HepG2 nobody can tell whether values of MAX mean anything; "
        "do not rely on these values."
    )
    assert calibration_warning("MAX", few, "HepG2") == warning
    assert caveats_of("MAX", ("K562",), few, "K562") == warning
    assert meaning_of("MAX", ("K562",), few, "K562", 0.4).startswith(warning)
    assert meaning_of("MAX", ("K562",), few, "K562", 0.4).count("do not rely") == 1


def test_values_that_find_nothing_are_said_to_say_nothing() -> None:
    blind = msgspec.structs.replace(HELD_OUT, auprc=0.02)  # 1.2 % of the bins are bound
    warning = (
        "Values of MAX say nothing on chr20 in held-out HepG2: their auPRC is 0.02 where 1 % of bins are bound; "
        "do not rely on these values."
    )
    assert calibration_warning("MAX", blind, "HepG2") == warning
    assert meaning_of("MAX", ("K562",), blind, "K562", 0.4).startswith(warning)
    assert short_meaning("MAX", blind, "K562", 0.4) == "says nothing on chr20 in held-out HepG2; do not rely on it"
    assert calibration_warning("MAX", msgspec.structs.replace(HELD_OUT, auprc=0.05), "HepG2") == ""


def test_no_range_is_told_from_few_blocks_even_of_a_map_that_holds_one() -> None:
    few = msgspec.structs.replace(HELD_OUT, blocks=3)
    assert precision_sentence(few, 0.4).endswith("; no range can be given from 150 peaks in 3 blocks of 100 kb.")
    assert "How many bins are bound for each one predicted at other loci cannot be told." in meaning_of(
        "MAX", ("K562",), few, "K562", 0.4
    )
    assert (
        short_meaning("MAX", few, "K562", 0.4)
        == "about 80 % of bins at or above this were bound on chr20 in held-out HepG2"
    )


def test_the_range_of_an_older_checkpoint_is_that_of_its_blocks_and_no_more() -> None:
    old = msgspec.structs.replace(HELD_OUT, loci=None, blocks=None, between_loci=None, elsewhere=None, auprc=None)
    assert precision_sentence(old, 0.4).endswith(
        "range 61-88 % over blocks of 100 kb there; at other loci it is wider."
    )
    said = meaning_of("MAX", ("K562",), old, "K562", 0.4)
    assert "How far this may be off at other loci was not measured." in said


def test_bins_that_chose_the_epoch_are_owned_up_to() -> None:
    chosen = msgspec.structs.replace(HELD_OUT, chose_epoch=True)
    assert "The same bins chose the epoch" in meaning_of("MAX", (), chosen, "HepG2", 0.4)
    assert "chose the epoch" not in meaning_of("MAX", (), HELD_OUT, "HepG2", 0.4)


@pytest.mark.parametrize(
    ("low", "high", "peaks", "verdict"),
    [
        (0.8, 1.2, 100, "holds"),
        (0.3, 0.6, 100, "fails"),
        (1.6, 2.5, 100, "fails"),
        (0.5, 1.2, 100, "undecided"),
        (0.3, 0.6, 7, "undecided"),
        (None, None, 100, "undecided"),
    ],
)
def test_calibration_is_judged_by_its_interval_and_by_enough_peaks(
    low: float | None, high: float | None, peaks: int, verdict: str
) -> None:
    assert transfer(low=low, high=high, peaks=peaks).verdict == verdict


def test_failed_calibration_is_warned_of_everywhere_but_where_it_was_made() -> None:
    failed = with_transfers(transfer(ratio=1 / 2.1, low=0.4, high=0.6), transfer("A549", 1.8, 1.6, 2.0))
    warning = (
        "Probabilities of MAX ran 2.1 times too high in held-out HepG2 and 1.8 times too low in held-out A549 "
        "when calibrated on other cell types; take them as ranks."
    )
    for cell_type in ("K562", "HepG2", "liver"):
        assert calibration_warning("MAX", failed, cell_type) == warning
        assert meaning_of("MAX", ("K562",), failed, cell_type, 0.4).startswith(warning)
        assert meaning_of("MAX", ("K562",), failed, cell_type, 0.4).count("ranks") == 1
        assert caveats_of("MAX", ("K562",), failed, cell_type) == warning
        assert short_meaning("MAX", failed, cell_type, 0.4).startswith("take as a rank")
    made_on_one = with_transfers(transfer(ratio=0.5, low=0.4, high=0.6), cells=(HEPG2,))
    assert calibration_warning("MAX", made_on_one, "HepG2") == ""
    assert calibration_warning("MAX", made_on_one, "liver")


@pytest.mark.parametrize(
    ("transfers", "said"),
    [
        ((), "liver was never seen, and calibration was not tested there nor across other cell types."),
        ((transfer(),), "it held in HepG2 when fitted on other cell types."),
        (
            (transfer(low=0.2, high=3.0),),
            "0.2 to 3 bins bound for each one predicted in held-out HepG2 does not decide whether it holds.",
        ),
        (
            (transfer(low=None, high=None),),
            "too little was bound in held-out HepG2 to decide whether it holds.",
        ),
    ],
)
def test_a_cell_type_never_seen_is_told_what_was_tested(transfers: tuple[Transfer, ...], said: str) -> None:
    assert caveats_of("MAX", ("K562",), with_transfers(*transfers), "liver").endswith(said)
    assert caveats_of("MAX", ("K562",), with_transfers(*transfers), "K562") == ""


def test_a_factor_that_was_trained_nowhere_is_said_to_say_nothing() -> None:
    nowhere = "MAX was trained in no cell type: its values say nothing."
    assert meaning_of("MAX", (), HELD_OUT, "K562", 0.4).startswith(f"{nowhere} About 80 %")
    assert caveats_of("MAX", (), HELD_OUT, "K562").startswith(nowhere)
    assert caveats_of("MAX", (), HELD_OUT, "HepG2") == nowhere


def test_what_was_never_measured_is_said_to_be_unknown() -> None:
    assert meaning_of("MAX", ("K562",), None, "K562", 0.4) == (
        "What a probability of MAX is worth was not measured on held-out bins."
    )
    assert "MAX was not trained in liver" in meaning_of("MAX", ("K562",), None, "liver", 0.4)
    assert short_meaning("MAX", None, "K562", 0.4) == "never checked on held-out bins"


def test_the_short_words_name_place_and_cell_type_too() -> None:
    assert short_meaning("MAX", HELD_OUT, "K562", 0.4) == (
        "about 80 % (61-88 %) of bins at or above this were bound on chr20 in held-out HepG2"
    )
    assert short_meaning("MAX", with_transfers(), "K562", 0.4).endswith("in held-out HepG2 and 1 other")


@pytest.mark.parametrize(
    ("points", "probability", "many"),
    [
        (POINTS, 0.0, "nearly all"),
        (POINTS, 0.001, "nearly all"),
        ((ReliabilityPoint(0.0001, 0.04, 1.0, 0.03, 0.06), *POINTS[1:]), 0.0001, "about 30 % of"),
    ],
)
def test_a_low_value_is_not_given_the_share_of_all_bins_above_it(
    points: tuple[ReliabilityPoint, ...], probability: float, many: str
) -> None:
    low = msgspec.structs.replace(HELD_OUT, points=points)
    said = short_meaning("MAX", low, "K562", probability)
    assert said == f"a low value: {many} bins on chr20 in held-out HepG2 are at or above it"


def test_where_nothing_was_bound_no_share_is_made_up() -> None:
    last = msgspec.structs.replace(HELD_OUT, points=(*POINTS[:3], ReliabilityPoint(0.9, 0.0, 0.0)))
    assert last.share_at_or_above(0.9) == 0
    assert short_meaning("MAX", last, "K562", 0.95).startswith("about 0 % of bins at or above this were bound")


def test_many_chromosomes_and_cell_types_are_counted() -> None:
    cells = tuple(msgspec.structs.replace(HEPG2, name=f"C{number}") for number in range(7))
    many = msgspec.structs.replace(HELD_OUT, chromosomes=("chr5", "chr8", "chr9", "chrX"), cell_types=cells)
    assert many.place == "chr5, chr8 and 2 others in held-out C0, C1 and 5 others"


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.8, "80 %"), (1.0, "100 %"), (0.0123, "1 %"), (0.003, "0.3 %"), (0.0001, "under 0.1 %"), (0, "0 %")],
)
def test_shares_are_said_as_people_read_them(share: float, said: str) -> None:
    assert percent(share) == said


def test_ranges_and_lists() -> None:
    assert percent_range(0.61, 0.88) == "61-88 %"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c", "d", "e"], 3) == "a, b and 3 others"


@pytest.mark.parametrize("points", [(), POINTS[::-1], (POINTS[0], POINTS[0]), POINTS * 11])
def test_a_damaged_map_is_refused_when_it_is_read(points: tuple[ReliabilityPoint, ...]) -> None:
    content = msgspec.to_builtins(HELD_OUT) | {"points": [list(msgspec.structs.astuple(point)) for point in points]}
    with pytest.raises(msgspec.ValidationError, match="1 to 40 ascending points"):
        msgspec.convert(content, Reliability)


def test_the_example_in_the_documents_is_what_the_program_says() -> None:
    page = (Path(__file__).parents[4] / "docs" / "calibration.md").read_text()
    example = " ".join(line.removeprefix("> ") for line in page.splitlines() if line.startswith("> "))
    known = msgspec.structs.replace(with_transfers(transfer(), cells=(HEPG2,)), chose_epoch=True)
    assert example == f"MAX in liver: 0.400. {meaning_of('MAX', ('K562',), known, 'liver', 0.4)}"


def test_it_travels_and_is_kept() -> None:
    known = with_transfers(transfer())
    assert msgspec.json.decode(msgspec.json.encode(known), type=Reliability) == known
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(known), type=Reliability) == known
