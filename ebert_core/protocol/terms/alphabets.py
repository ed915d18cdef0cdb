"""Alphabets of chromatin states that many people use, the ways in which files spell them, and which ones do not mix.

Names, numbers and order are those of the ChromHMM models of the Roadmap Epigenomics project (egg2.wustl.edu/roadmap,
chromatin state learning: 15 states of 5 marks, 18 of 6, 25 of 12 imputed ones). A file calls state 1 `E1`, `1_TssA`
or `TssA`.
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence

from ebert_core.protocol.terms.chromosome_names import natural_order
from ebert_core.protocol.terms.wording import listed

ALPHABETS = {
    "roadmap-15": (
        *("TssA", "TssAFlnk", "TxFlnk", "Tx", "TxWk", "EnhG", "Enh", "ZNF/Rpts", "Het", "TssBiv", "BivFlnk", "EnhBiv"),
        *("ReprPC", "ReprPCWk", "Quies"),
    ),
    "roadmap-18": (
        *("TssA", "TssFlnk", "TssFlnkU", "TssFlnkD", "Tx", "TxWk", "EnhG1", "EnhG2", "EnhA1", "EnhA2", "EnhWk"),
        *("ZNF/Rpts", "Het", "TssBiv", "EnhBiv", "ReprPC", "ReprPCWk", "Quies"),
    ),
    "roadmap-25": (
        *("TssA", "PromU", "PromD1", "PromD2", "Tx5'", "Tx", "Tx3'", "TxWk", "TxReg", "TxEnh5'", "TxEnh3'", "TxEnhW"),
        *("EnhA1", "EnhA2", "EnhAF", "EnhW1", "EnhW2", "EnhAc", "DNase", "ZNF/Rpts", "Het", "PromP", "PromBiv"),
        *("ReprPC", "Quies"),
    ),
}
# So large a share of the smaller alphabet must be in the larger one where neither is known.
_SHARED = 0.5
# How like two names must be to be offered as one state, from 0 to 1.
_NEAR = 0.75


def spellings(alphabet: str) -> dict[str, str]:
    """The state that each spelling of a known alphabet stands for: `E1`, `1_TssA`, `E1_TssA` and `TssA` for `TssA`."""
    found: dict[str, str] = {}
    for number, name in enumerate(ALPHABETS[alphabet], 1):
        bare = name.replace("/", "_"), name.replace("'", "p"), name.replace("'", "")
        for each in (name, *bare):
            found |= dict.fromkeys((each, f"{number}_{each}", f"E{number}_{each}"), name)
        found[f"E{number}"] = name
    return found


def related_states(names: Collection[str], wanted: Collection[str]) -> dict[str, str]:
    """By name of a state that is not among the wanted ones, the wanted one that is the same state otherwise spelt.

    Empty where that cannot be told for all of them: the names must all be spellings of one known alphabet.
    """
    others = [name for name in names if name not in wanted]
    for alphabet in ALPHABETS:
        known = spellings(alphabet)
        if all(name in known for name in (*names, *wanted)):
            by_state = {known[name]: name for name in wanted}
            if all(known[name] in by_state for name in others):
                return {name: by_state[known[name]] for name in others}
    return {}


def rename_lines(related: Mapping[str, str], *, are_sure: bool = True) -> str:
    """The lines of a DATASET.toml that relate states, to paste; where they are to be checked first, as comments."""
    mark = "" if are_sure else "# "
    return "\n".join((f"{mark}[rename.states]", *(f'{mark}{_key(name)} = "{to}"' for name, to in related.items())))


def advice_on_states(names: Collection[str], wanted: Collection[str]) -> str:
    """What to do about states that a checkpoint does not know: sentences, then the lines to paste, if there are any.

    A state is related to another only by its name. Numbers alone (`E1`) may be those of any ChromHMM model, so what
    they are in the model of Roadmap is only offered as comments, and where the checkpoint has all of its states.
    """
    related = related_states(names, wanted)
    is_by_number = "E" in (_style(names), _style(wanted))
    if related and not is_by_number:
        return f"They are the same states by other names; write in the dataset:\n{rename_lines(related)}"
    otherwise = "otherwise use a segmentation with the same states, or none."
    if related and len(wanted) in {len(each) for each in ALPHABETS.values()}:
        return (
            f"If the states are those of Roadmap's {len(wanted)}-state ChromHMM model in its order, relate them in the "
            f"dataset; {otherwise} Check each against the legend of the segmentation before you take away the #:\n"
            f"{rename_lines(related, are_sure=False)}"
        )
    relate = "Where they are the same states by other names, relate each in the dataset"
    unknown = [name for name in names if name not in wanted]
    near = {name: found for name in unknown if (found := _nearest(name, wanted))}
    if not near:
        return f"{relate}, under [rename.states]; {otherwise}"
    return (
        f"{relate}; {otherwise} These names are near; check each before you take away the #:\n"
        f"{rename_lines(near, are_sure=False)}"
    )


def _nearest(name: str, wanted: Collection[str]) -> str:
    """The state whose name is nearest, whatever the case of its letters; empty where none is near."""
    by_lower = {each.lower(): each for each in wanted}
    near = difflib.get_close_matches(name.lower(), by_lower, 1, _NEAR)
    return by_lower[near[0]] if near else ""


def mixed_alphabets(by_cell_type: Mapping[str, Sequence[str]]) -> str:
    """Why the segmentations of cell types, of which the names of states are given, are not of one alphabet; or nothing.

    A segmentation may lack states: of a part of the genome it often does.
    """
    cells_of: dict[frozenset[str], list[str]] = {}
    for cell, names in by_cell_type.items():
        cells_of.setdefault(frozenset(names), []).append(cell)
    if len(cells_of) < 2:
        return ""
    largest = max(cells_of, key=len)
    for found, cells in cells_of.items():
        if found and found != largest and (why := _contradiction(found, largest)):
            return (
                f"The segmentations are of different alphabets: {_described(cells, found)}, "
                f"{_described(cells_of[largest], largest)}; {why}. Use segmentations of one kind, or relate the names "
                "of states under [rename.states], where they mean the same."
            )
    return ""


def _contradiction(names: frozenset[str], largest: frozenset[str]) -> str:
    """What tells that two sets of names are not of one alphabet; empty where nothing does."""
    if _style(names) != _style(largest):
        return "they spell names in different ways"
    numbers, others = _by_number(names), _by_number(largest)
    for number in numbers.keys() & others.keys():
        if numbers[number] != others[number]:
            return f"state {number} is {numbers[number]} in one and {others[number]} in the other"
    known = [set(spellings(alphabet)) for alphabet in ALPHABETS]
    if any(names | largest <= each for each in known) and _style(names) != "E":
        return ""
    sizes = [len(each) for each in ALPHABETS.values()]
    if _style(names) == "E":
        both = [_highest(names), _highest(largest)]
        is_other_model = both[0] != both[1] and set(both) <= set(sizes) and len(names) == both[0]
        return f"one ends at {_last(names)}, the other at {_last(largest)}" if is_other_model else ""
    if any(names <= each for each in known) and any(largest <= each for each in known):
        return "no known alphabet holds the states of both"
    if len(names & largest) < _SHARED * len(names):
        return f"they share {len(names & largest)} of {len(names)} names"
    return ""


def _style(names: Collection[str]) -> str:
    """`E` for E1, `1_` for 1_TssA, empty for others, and where a segmentation has both."""
    styles = {"E" if re.fullmatch(r"E\d+", name) else "1_" if re.match(r"E?\d+_", name) else "" for name in names}
    return styles.pop() if len(styles) == 1 else ""


def _by_number(names: Collection[str]) -> dict[int, str]:
    found = (re.match(r"E?(\d{1,4})_(.+)", name) for name in names)
    return {int(match[1]): match[2] for match in found if match}


def _highest(names: Collection[str]) -> int:
    return max(int(name[1:6]) for name in names)


def _last(names: Collection[str]) -> str:
    return f"E{_highest(names)}"


def _described(cells: Sequence[str], names: frozenset[str]) -> str:
    ordered = sorted(names, key=natural_order)
    return f"{listed(cells, 3)} {'has' if len(cells) == 1 else 'have'} {listed(ordered, 4)}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'
