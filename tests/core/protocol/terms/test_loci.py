"""What people write for a place, and what is understood."""

import random

import pytest

from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, format_locus, is_region_file, no_locus, parse_locus, written_end
from tests.certain import present

LENGTHS = {"chr1": 10_000, "2": 50_000_000, "chrM": 16_569, "HLA-A*01:01:01:01": 3_000, "chr6|alt": 900, "my:c": 70}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr1:501-900", Interval("chr1", 500, 900)),
        ("CHR1:501-900", Interval("chr1", 500, 900)),
        ("Chr1 : 501 - 900", Interval("chr1", 500, 900)),
        ("chr1:501..900", Interval("chr1", 500, 900)),
        ("chr1:501\u2013900", Interval("chr1", 500, 900)),
        ("chr1:501\u2212900", Interval("chr1", 500, 900)),
        ("chr1:501\u2010900", Interval("chr1", 500, 900)),
        ("chr1:1,001-2,000", Interval("chr1", 1000, 2000)),
        ("chr1: 1,001 \u2014 2,000 ", Interval("chr1", 1000, 2000)),
        ("chr1:1 001-2 000", Interval("chr1", 1000, 2000)),
        ("chr1:1\u202f001-2\u00a0000", Interval("chr1", 1000, 2000)),
        ("chr1:5kb-7kb", Interval("chr1", 4999, 7000)),
        ("chr2:1.5-2.5m", Interval("2", 1_499_999, 2_500_000)),
        ("chr2:1.5m-2.5", Interval("2", 1_499_999, 2_500_000)),
        ("chr2:1.5m-2000000", Interval("2", 1_499_999, 2_000_000)),
        ("chr2:1.5k-2.5m", Interval("2", 1_499, 2_500_000)),
        ("chr1 500 900", Interval("chr1", 500, 900)),
        ("chr1\t500\t900", Interval("chr1", 500, 900)),
        ("1\t500\t900\tpeak\t0\t+", Interval("chr1", 500, 900)),
        ("chr1  1,500  2,900", Interval("chr1", 1500, 2900)),
        ("chr1 501-900", Interval("chr1", 500, 900)),
        ("chr1\t501 - 900", Interval("chr1", 500, 900)),
        ("\ufeffchr1:50\u200b1-900", Interval("chr1", 500, 900)),
        ("chr2:1,500k-2,500k", Interval("2", 1_499_999, 2_500_000)),
        ("chr1", Interval("chr1", 0, 10_000)),
        ("chr1:", Interval("chr1", 0, 10_000)),
        ("NC_000001.11:501-900", Interval("chr1", 500, 900)),
        ("MT:1-10", Interval("chrM", 0, 10)),
        ("HLA-A*01:01:01:01", Interval("HLA-A*01:01:01:01", 0, 3000)),
        ("HLA-A*01:01:01:01:101-200", Interval("HLA-A*01:01:01:01", 100, 200)),
        ("hla-a*01:01:01:01:101-200", Interval("HLA-A*01:01:01:01", 100, 200)),
        ("chr6|alt:1-9", Interval("chr6|alt", 0, 9)),
        ("my:c:1-9", Interval("my:c", 0, 9)),
        ("chr1:9,000-20,000", Interval("chr1", 8999, 10_000)),
        ("MYC", None),
        ("HLA-A", None),
        ("chr99:1-10", None),
        ("chr99 1 10", None),
        ("chr99 1-10", None),
        ("", None),
    ],
)
def test_a_place_is_understood_however_it_is_written(text: str, expected: Interval | None) -> None:
    assert parse_locus(text, LENGTHS) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("chr1:900-501", "ends before it starts"),
        ("chr1 900 501", "ends before it starts"),
        ("chr1:20,000-30,000", "ends at 10,000"),
        ("chr1 20000 30000", "ends at 10,000"),
        ("chr1:20m", "ends at 10,000"),
        ("chr1:abc", "'abc' in chr1:abc is no position; write chr1:1,000-2,000"),
        ("chr1:5-", "no position"),
        ("chr1 5-", "no position"),
        ("chr2:12,5m", "'12,5m' in chr2:12,5m is no position"),
        ("chr2:1m-12,5m", "'1m-12,5m' in chr2:1m-12,5m is no position"),
        ("chr1:500 900", "'500 900' in chr1:500 900 may be one position or two; write chr1:500-900 or chr1:500,900"),
        ("chr1:" + "9" * 400, "ends at 10,000"),
        ("chr1 " + "9" * 5_000 + " 1", "ends at 10,000"),
    ],
)
def test_a_place_that_is_not_on_its_chromosome_gets_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        parse_locus(text, LENGTHS)


def test_what_is_written_is_read_back_whatever_the_chromosome_is_called() -> None:
    chance = random.Random(5)
    for _ in range(500):
        name = "".join(chance.choice("abcXYZ019:_.*|-") for _ in range(chance.randint(1, 9))).strip(":-.") or "c"
        length = chance.randint(1, 3_000_000_000)
        start = chance.randrange(length)
        interval = Interval(name, start, chance.randint(start + 1, length))
        written = format_locus(interval)
        assert parse_locus(written, {name: length}) == interval
        assert parse_locus(f" {written.upper()}\t", {name: length}) == interval
        assert parse_locus(f"{name}\t{interval.start}\t{interval.end}", {name: length}) == interval
        assert written_end(written) == interval.end


def test_no_text_at_all_is_our_mistake() -> None:
    chance = random.Random(6)
    for _ in range(3_000):
        text = "".join(chance.choice("chr12XM:-., \t\u2013kmb*5") for _ in range(chance.randint(0, 14)))
        try:
            found = parse_locus(text, LENGTHS)
        except InvalidRequest:
            continue
        assert found is None or 0 <= found.start < found.end <= LENGTHS[found.chromosome], text


def test_the_end_that_a_person_wrote_is_kept_even_beyond_the_chromosome() -> None:
    assert written_end("chr1:1-20,000") == 20_000
    assert written_end("HLA-A*01:01:01:01:100-200") == 200
    assert written_end("chr1 5 20000") == 20_000
    assert written_end("chr1:5-7.5k") == 7_500
    assert written_end("chr1:1.5k-2.5") == 2_500
    assert written_end("chr1:5k-20000") == 20_000
    assert written_end("chr1 5-20000") == 20_000
    assert present(written_end("chr1 1 " + "9" * 5_000)) > 20_000
    assert written_end("chr1") is None
    assert written_end("chr1:5m") is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("chr99:1-10", "'chr99:1-10' is no region: D has no chromosome chr99; it has 2, X. Write 2, 2:1,000-2,000, or"),
        (
            "chr99",
            "'chr99' is no region: D has no chromosome chr99; it has 2, X. Write 2, 2:1,000-2,000, or a BED file.",
        ),
    ],
)
def test_of_what_is_no_region_the_chromosome_is_named_without_its_positions(text: str, sentence: str) -> None:
    assert no_locus(text, {"2": 90, "X": 90}, "D").startswith(sentence)


@pytest.mark.parametrize(
    ("text", "is_file"), [("a.bed", True), ("A.BED.gz", True), ("x/y", True), ("chr1", False), ("chr1:5-9", False)]
)
def test_a_file_of_regions_is_known_by_its_name(text: str, is_file: bool) -> None:
    assert is_region_file(text) == is_file


def test_places_that_only_touch_share_no_base() -> None:
    place = Interval("chr1", 100, 250)
    assert place.length == 150
    assert [place.overlaps(Interval("chr1", start, start + 50)) for start in (50, 51, 249, 250)] == [
        False,
        True,
        True,
        False,
    ]
    assert not place.overlaps(Interval("2", 100, 250))


@pytest.mark.parametrize(
    ("text", "shown"),
    [("2:5", (0, 20_000)), ("2:1m", (990_000, 1_010_000)), ("2:49,999,990", (49_980_000, 50_000_000))],
)
def test_one_position_is_shown_with_20_kb_around_it_within_the_chromosome(text: str, shown: tuple[int, int]) -> None:
    assert parse_locus(text, LENGTHS) == Interval("2", *shown)
