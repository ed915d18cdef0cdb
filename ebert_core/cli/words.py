"""How the words of a command are told apart: options may stand anywhere, and none swallows what belongs to another."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ebert_core.protocol.machine.resources import shipped_checkpoints
from ebert_core.protocol.machine.showing import Parser
from ebert_core.protocol.terms.wording import did_you_mean

_NUMBER = re.compile(r"-\d|-\.\d")
_ASSIGNMENT = re.compile(r"[\w.]+=")


class CommandParser(Parser):
    """A parser of one command, whose options with several values leave it its places (CHECKPOINT, DATASET.toml, …).

    Options are written in full: a script that abbreviates one breaks when another begins alike.
    """

    # Any: what argparse takes.
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"allow_abbrev": False, **options})

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def] # as argparse has it
        """Parse the places first; complain of what is left over in this command's name."""
        words = list(args or ())
        if any(isinstance(action, argparse._SubParsersAction) for action in self._actions):
            return super().parse_known_args(words, namespace)
        found, left = super().parse_known_args(places_first(self, words), namespace)
        if left:
            self.error(self._unknown(next((word for word in left if word.startswith("-")), left[0])))
        return found, left

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Complain of a word that is none of those to choose from, with the nearest one."""
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            hint = did_you_mean(str(value), [str(choice) for choice in action.choices or ()])
            error.message += f"; {hint}" if hint else ""
            raise

    def _unknown(self, word: str) -> str:
        if not word.startswith("-"):
            return f"'{word}' is one word too many; put a name with blanks in quotes"
        name = word.partition("=")[0]
        known = [
            text for action in self._actions if action.help is not argparse.SUPPRESS for text in action.option_strings
        ]
        return f"there is no option {name}; {did_you_mean(name, known) or 'see --help'}"


class _Numbered(NamedTuple):
    place: int
    word: str


def places_first(parser: argparse.ArgumentParser, words: Sequence[str]) -> list[str]:
    """The words with all places before all options.

    An option with several values ends at the next option. Where it stands before the places, it would take them: the
    last of its values are given back that name a TOML file or a checkpoint, and then as many as the command lacks.
    """
    places, runs = _told_apart(parser, words)
    positional = [action for action in parser._actions if not action.option_strings]
    needed = sum(action.nargs in (None, "+") for action in positional)
    most = len(words) if any(action.nargs in ("+", "*") for action in positional) else len(positional)
    several = [run for run in runs if _takes_several(parser, run[0].word)]
    for run in reversed(several):
        while len(run) > 2 and len(places) < most and _is_place(run[-1].word):
            places.append(run.pop())
    for run in reversed(several):
        while len(run) > 2 and len(places) < needed:
            places.append(run.pop())
    first = [each.word for each in sorted(places)]
    after = [each.word for run in runs for each in run]
    return [*after, "--", *first] if any(word.startswith("-") for word in first) else [*first, *after]


def _told_apart(parser: argparse.ArgumentParser, words: Sequence[str]) -> tuple[list[_Numbered], list[list[_Numbered]]]:
    """The places, and each option with its values."""
    places: list[_Numbered] = []
    runs: list[list[_Numbered]] = []
    numbered = [_Numbered(place, word) for place, word in enumerate(words)]
    while numbered:
        word = numbered[0].word
        if word == "--":
            places += numbered[1:]
            break
        if not _is_option(word):
            places.append(numbered.pop(0))
            continue
        action = parser._option_string_actions.get(word)
        values = 0 if action is None or action.nargs == 0 else 1
        if _takes_several(parser, word):
            values = next((n for n, each in enumerate(numbered[1:]) if _is_option(each.word)), len(numbered) - 1)
        runs.append(numbered[: 1 + values])
        numbered = numbered[1 + values :]
    return places, runs


def _takes_several(parser: argparse.ArgumentParser, word: str) -> bool:
    action = parser._option_string_actions.get(word)
    return action is not None and action.nargs == "+"


def _is_option(word: str) -> bool:
    return len(word) > 1 and word.startswith("-") and not _NUMBER.match(word)


def _is_place(word: str) -> bool:
    """Whether a word can only be a spec, a dataset or a checkpoint: no name, locus or region file is written so."""
    is_toml = word.endswith(".toml") and not _ASSIGNMENT.match(word)
    return is_toml or word in shipped_checkpoints() or (Path(word) / "description.json").is_file()
