"""How lists, shares, times and sizes are said in every window, command and file."""

import pytest

from ebert_core.protocol.terms.wording import all_of, bases, duration, file_size, has_no, listed, percent, percent_range

MANY = [f"cell{number}" for number in range(33)]


@pytest.mark.parametrize(
    ("names", "limit", "said"),
    [
        ([], 4, ""),
        (["CTCF"], 4, "CTCF"),
        (["CTCF", "MAX"], 4, "CTCF and MAX"),
        (["A", "B", "C", "D"], 4, "A, B, C and D"),
        (["A", "B", "C", "D", "E"], 4, "A, B, C and 2 others"),
        (["A", "B"], 1, "A and 1 other"),
        (["A", "B", "C"], 1, "A and 2 others"),
        (["A", "B", "C"], 2, "A and 2 others"),
    ],
)
def test_a_list_is_a_part_of_a_sentence_and_of_a_long_one_the_rest_is_counted(
    names: list[str], limit: int, said: str
) -> None:
    assert listed(names, limit) == said


@pytest.mark.parametrize(
    ("kind", "name", "known", "sentence"),
    [
        ("cell type", "k526", ["K562", "HepG2"], "D has no cell type k526; did you mean K562? It has K562, HepG2."),
        ("cell type", "liver", ["K562"], "D has no cell type liver; it has K562."),
        ("cell type", "K562", [], "D has no cell type K562; it has none."),
        ("cell type", "cell9", ["cell8"], "D has no cell type cell9; did you mean cell8? It has cell8."),
        ("chromosome", "chr9", ["chr8"], "D has no chromosome chr9; it has chr8."),
        ("chromosome", "chrm8", ["chr8"], "D has no chromosome chrm8; did you mean chr8? It has chr8."),
        ("factor", "X", MANY, f"D has no factor X; it has {', '.join(MANY[:30])} and 3 more."),
        ("factor", "X", MANY[:30], f"D has no factor X; it has {', '.join(MANY[:30])}."),
    ],
)
def test_a_name_that_is_none_is_answered_by_a_near_one_and_by_those_that_are(
    kind: str, name: str, known: list[str], sentence: str
) -> None:
    assert has_no("D", kind, name, known) == sentence


def test_very_many_names_are_counted_in_thousands() -> None:
    assert all_of(["a"] * 5_030).endswith(" and 5,000 more")


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.0009, "under 0.1 %"), (0.001, "0.1 %"), (0.0099, "1.0 %"), (0.01, "1 %"), (1, "100 %")],
)
def test_a_small_share_keeps_a_digit(share: float, said: str) -> None:
    assert percent(share) == said


def test_two_shares_are_a_range() -> None:
    assert percent_range(0.003, 0.88) == "0.3-88 %"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.9, "under 1 s"),
        (1, "1 s"),
        (89, "89 s"),
        (90, "2 min"),
        (89 * 60, "89 min"),
        (90 * 60, "1 h 30 min"),
        (2 * 3600, "2 h"),
        (9 * 3600 + 50 * 60, "9 h 50 min"),
        (10 * 3600 + 20 * 60, "10 h"),
        (47 * 3600, "47 h"),
        (48 * 3600, "2 days"),
        (61 * 3600, "3 days"),
    ],
)
def test_a_time_span_is_rounded_to_what_can_be_known(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (999, "999 bp"),
        (1_000, "1 kb"),
        (999_000, "999 kb"),
        (1_000_000, "1.0 Mb"),
        (1_000_000_000, "1.0 Gb"),
        (3_100_000_000, "3.1 Gb"),
    ],
)
def test_a_length_of_sequence(count: int, said: str) -> None:
    assert bases(count) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (9_940, "9.9 kB"),
        (10_000, "10 kB"),
        (1_000_000, "1.0 MB"),
        (1_300_000_000, "1.3 GB"),
        (1_234_000_000_000, "1,234 GB"),
    ],
)
def test_a_size_on_disk(count: int, said: str) -> None:
    assert file_size(count) == said
