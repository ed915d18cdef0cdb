"""Alphabets of states: which spellings mean one state, which segmentations do not belong together, and what to do."""

import tomllib

import pytest

from ebert_core.protocol.terms.alphabets import ALPHABETS, advice_on_states, mixed_alphabets, related_states, spellings

FIFTEEN = ALPHABETS["roadmap-15"]
EIGHTEEN = ALPHABETS["roadmap-18"]


def numbered(names: tuple[str, ...]) -> list[str]:
    return [f"{number}_{name}" for number, name in enumerate(names, 1)]


def by_number(names: tuple[str, ...]) -> list[str]:
    return [f"E{number}" for number in range(1, len(names) + 1)]


def test_the_alphabets_have_as_many_states_as_their_names_say() -> None:
    assert {name: len(states) for name, states in ALPHABETS.items()} == {
        "roadmap-15": 15,
        "roadmap-18": 18,
        "roadmap-25": 25,
    }
    assert [len(set(states)) for states in ALPHABETS.values()] == [15, 18, 25]


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_every_spelling_stands_for_one_state(alphabet: str) -> None:
    found = spellings(alphabet)
    for number, name in enumerate(ALPHABETS[alphabet], 1):
        assert {found[each] for each in (name, f"E{number}", f"{number}_{name}", f"E{number}_{name}")} == {name}
        assert found[f"{number}_{name.replace('/', '_')}"] == name


@pytest.mark.parametrize(
    ("names", "wanted", "first"),
    [
        (by_number(FIFTEEN), FIFTEEN, ("E2", "TssAFlnk")),
        (numbered(FIFTEEN), FIFTEEN, ("2_TssAFlnk", "TssAFlnk")),
        (FIFTEEN, numbered(FIFTEEN), ("TssAFlnk", "2_TssAFlnk")),
        (FIFTEEN, by_number(FIFTEEN), ("TssAFlnk", "E2")),
        (by_number(EIGHTEEN), numbered(EIGHTEEN), ("E2", "2_TssFlnk")),
    ],
)
def test_spellings_of_one_alphabet_are_related(
    names: list[str] | tuple[str, ...], wanted: list[str] | tuple[str, ...], first: tuple[str, str]
) -> None:
    related = related_states(names, wanted)
    assert related[first[0]] == first[1]
    assert len(related) == len(names)


def pasted(advice: str) -> dict[str, str]:
    """What the lines to paste relate, as TOML reads them; those that are comments are to be checked first."""
    block = advice[advice.index("[rename.states]") :].replace("# ", "")
    found: dict[str, str] = tomllib.loads(block)["rename"]["states"]
    return found


def test_states_of_another_alphabet_are_not_related() -> None:
    assert related_states(EIGHTEEN, FIFTEEN) == {}
    assert related_states(["strange"], FIFTEEN) == {}


def test_spellings_with_the_names_of_states_are_advised_as_a_block_of_all_of_them_to_paste() -> None:
    advice = advice_on_states(numbered(FIFTEEN), FIFTEEN)
    assert advice.startswith("They are the same states by other names; write in the dataset:\n[rename.states]\n")
    assert pasted(advice) == dict(zip(numbered(FIFTEEN), FIFTEEN, strict=True))


def test_numbers_alone_are_advised_as_comments_to_check_and_only_where_the_model_has_exactly_these_states() -> None:
    advice = advice_on_states(by_number(FIFTEEN), FIFTEEN)
    assert "Check each against the legend" in advice
    assert pasted(advice) == dict(zip(by_number(FIFTEEN), FIFTEEN, strict=True))
    lines = advice.splitlines()[1:]
    assert len(lines) == 16
    assert all(line.startswith("# ") for line in lines)
    for some in (FIFTEEN[:12], (*FIFTEEN[:14], "Mine")):
        assert "E1 =" not in advice_on_states(by_number(FIFTEEN)[:12], some)


@pytest.mark.parametrize(
    ("unknown", "near"),
    [
        ("tssa", "TssA"),
        ("TSSAFLNK", "TssAFlnk"),
        ("EnhancerG", ""),
        ("H2AZWk", ""),
        ("strange", ""),
        ("ZNF-Rpts", "ZNF/Rpts"),
    ],
)
def test_an_unknown_state_is_advised_by_the_nearest_name_or_by_none(unknown: str, near: str) -> None:
    advice = advice_on_states([unknown, "Quies"], FIFTEEN)
    assert advice.startswith("Where they are the same states by other names, relate each in the dataset")
    if near:
        assert pasted(advice) == {unknown: near}
        assert f'\n# {unknown} = "{near}"' in advice
    else:
        assert " = " not in advice


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (FIFTEEN, EIGHTEEN, "no known alphabet holds the states of both"),
        (numbered(FIFTEEN), numbered(EIGHTEEN), "state 2 is TssAFlnk in one and TssFlnk in the other"),
        (by_number(FIFTEEN), by_number(EIGHTEEN), "one ends at E15, the other at E18"),
        (by_number(FIFTEEN), FIFTEEN, "they spell names in different ways"),
        (numbered(FIFTEEN), FIFTEEN, "they spell names in different ways"),
        (["a", "b", "c"], ["d", "e", "f", "a"], "they share 1 of 3 names"),
    ],
)
def test_different_alphabets_are_named_with_their_cell_types(
    one: list[str] | tuple[str, ...], other: list[str] | tuple[str, ...], why: str
) -> None:
    said = mixed_alphabets({"K562": one, "A549": other, "liver": one})
    assert why in said
    assert "K562 and liver have" in said
    assert "A549 has" in said
    assert mixed_alphabets({"A549": other, "K562": one})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FIFTEEN, FIFTEEN[:9]),
        (numbered(EIGHTEEN), numbered(EIGHTEEN)[3:]),
        (by_number(EIGHTEEN), by_number(EIGHTEEN)[:16]),
        (FIFTEEN[:8], FIFTEEN[6:]),
        (["open", "closed"], ["closed"]),
        (["open", "closed"], []),
    ],
)
def test_a_segmentation_that_lacks_states_is_of_the_same_alphabet(
    one: list[str] | tuple[str, ...], other: list[str] | tuple[str, ...]
) -> None:
    assert mixed_alphabets({"K562": one, "A549": other}) == ""
    assert mixed_alphabets({"A549": other, "K562": one}) == ""
