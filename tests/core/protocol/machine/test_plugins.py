"""Plug-ins of other packages are found, and one that is broken costs itself and a sentence."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ebert_core.protocol.machine.plugins import Plugins, plugins_of


class Thing(NamedTuple):
    name: str


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a package with one module and the entry points that its lines name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def with_points(module: str, *lines: str) -> None:
        (tmp_path / "things.py").write_text(f"from {__name__} import Thing\n{module}\n")
        info = tmp_path / "things-2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: things\nVersion: 2\n")
        (info / "entry_points.txt").write_text("[ebert_browser.sources]\n" + "\n".join(lines))
        monkeypatch.delitem(sys.modules, "things", raising=False)

    return with_points


def found() -> Plugins[Thing]:
    return plugins_of("sources", Thing, ["taken"], lambda thing: thing.name)


def test_what_a_package_adds_is_found(install: Callable[..., None]) -> None:
    install("ONE, TWO = Thing('one'), Thing('two')", "one = things:ONE", "two = things:TWO")
    assert found() == ((Thing("one"), Thing("two")), ())


@pytest.mark.parametrize(
    ("module", "problem"),
    [
        ("1 / 0", "The plug-in things:ONE of things 2 cannot be loaded: ZeroDivisionError: division by zero"),
        ("", "The plug-in things:ONE of things 2 cannot be loaded: AttributeError"),
        ("ONE = 1", "The plug-in things:ONE of things 2 is no Thing and was left out."),
        ("ONE = Thing('taken')", "The plug-in things:ONE of things 2 calls itself taken, which something else is"),
    ],
)
def test_one_that_cannot_be_had_costs_itself_and_a_sentence(
    install: Callable[..., None], module: str, problem: str
) -> None:
    install(
        f"TWO = Thing('two')\n{module}" if "1 / 0" not in module else module, "one = things:ONE", "two = things:TWO"
    )
    added = found()
    assert any(each.startswith(problem) for each in added.problems)
    assert added.found == (() if "1 / 0" in module else (Thing("two"),))


def test_the_second_of_two_with_one_name_is_left_out(install: Callable[..., None]) -> None:
    install("ONE = TWO = Thing('same')", "one = things:ONE", "two = things:TWO")
    added = found()
    assert (len(added.found), len(added.problems)) == (1, 1)


@pytest.mark.parametrize("word", ["off", "0", "no", "OFF"])
def test_the_program_can_start_without_any(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    install("ONE = Thing('one')", "one = things:ONE")
    monkeypatch.setenv("EBERT_PLUGINS", word)
    assert found() == ((), ())
