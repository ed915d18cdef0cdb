"""Every command line in messages, help, documents and recipes is one that the real parser takes."""

import argparse
import ast
import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from ebert_core.cli import program
from ebert_core.cli.program import COMMANDS
from ebert_gui.__main__ import _parser as browser_parser

ROOT = Path(__file__).parents[3]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
SCRIPTS = sorted([*(ROOT / "resources").rglob("*.sh"), *(ROOT / "resources").rglob("*.toml"), ROOT / "Makefile"])
SOURCES = sorted([*(ROOT / "ebert_core").rglob("*.py"), *(ROOT / "ebert_gui").rglob("*.py")])
# What may stand before a command's name: a folder, an interpreter, or who starts it.
CALL = re.compile(r"(?:^|[\s(`'\"=])(?:\S*/)?(?P<program>ebert-browser|ebert|-m ebert_core)(?= |$)(?P<rest>[^`\n]*)")
# What a message tells a person to type stands at its end, behind a colon, or is marked; elsewhere it is spoken of.
TYPED = re.compile(r"(?:^|: |`|\(|\brun )$")
# Where a shell's command ends.
END = re.compile(r"\s(?:\||&&|>{1,2}|<|\\$|#|2>)(?:\s|$)|[;)]|\s{3,}")
PROSE_AFTER_NAME = re.compile(r"ebert (?P<name>[a-z][a-z-]*)")
PLACEHOLDER = "X"
# Where a docstring names an option.
DOCUMENTED_IN_PART = ("modelling.py",)


def code_of_page(text: str) -> list[str]:
    """Code blocks, lines joined where a backslash ends them, indented lines, and code within sentences."""
    blocks = re.findall(r"```(?!toml|mermaid)\w*\n(.*?)```", text, re.DOTALL)
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    indented = re.findall(r"^    \S.*$", text, re.MULTILINE)
    lines = [line for block in blocks for line in re.sub(r"\\\n\s*", "", block).splitlines()]
    return [*lines, *indented, *re.findall(r"`([^`\n]+)`", text)]


def texts_of_source(path: Path) -> list[str]:
    """The strings of a source, with X where a value goes in; documentation only where it is marked as code."""
    found = []
    tree = ast.parse(path.read_text())
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inner = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner |= {id(value) for value in node.values}
            parts = [str(part.value) if isinstance(part, ast.Constant) else PLACEHOLDER for part in node.values]
            found.append("".join(parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            found += re.findall(r"`([^`]+)`", node.value) if id(node) in documentation else [node.value]
    return found


def sayings() -> list[tuple[str, str]]:
    """Where it stands, and the words behind `ebert` or `ebert-browser` up to where the command ends."""
    found = []
    for path in (*PAGES, *SCRIPTS):
        text = path.read_text()
        is_page = path.suffix == ".md"
        code = code_of_page(text) if is_page else re.sub(r"\\\n\s*", "", text).splitlines()
        found += [(path.name, line) for line in code]
    for path in SOURCES:
        found += [(path.name, text) for text in texts_of_source(path)]
    return found


def command_lines() -> list[tuple[str, str, str]]:
    lines = []
    for place, text in sayings():
        for call in CALL.finditer(text):
            is_spoken_of = place.endswith(".py") and not TYPED.search(text[: call.start("program")])
            rest = re.sub(r"\\?\$(\([^)]*\)|\{[^}]*\})", PLACEHOLDER, call["rest"])
            rest = END.split(rest)[0].strip()
            # A command within quotes ends with them.
            for quote in "'\"":
                rest = rest.partition(quote)[0].strip() if rest.count(quote) % 2 else rest
            rest = rest.partition(" ")[0] if is_spoken_of else rest
            lines.append((place, call["program"].removeprefix("-m ").replace("ebert_core", "ebert"), rest))
    return sorted(set(lines))


def complaint(name: str, words: list[str]) -> str:
    """What the parser says against the words, or nothing."""
    said = io.StringIO()
    parser = browser_parser() if name == "ebert-browser" else program.parser_of(words)
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            parser.parse_args(words)
        except SystemExit as ended:
            return said.getvalue().splitlines()[-1] if ended.code else ""
        except argparse.ArgumentError as error:
            return str(error)
    return ""


def is_bare(words: list[str]) -> bool:
    """Whether only a command is named, as in a sentence about it."""
    return (
        not words or words[0].isupper() or (words[0] in COMMANDS and len(words) <= 2 and not words[-1].startswith("-"))
    )


def words_of(rest: str) -> list[str]:
    """The words of a shell, without what stands for more of them and without marks of a sentence."""
    rest = re.sub(r"[….]{3}|…|\[|\]", " ", rest) if "{" not in rest else rest.replace("…", " ")
    try:
        words = shlex.split(rest)
        return [word.rstrip(",.:") or PLACEHOLDER for word in words if not word.startswith("$")]
    except ValueError:
        return rest.split()


@pytest.mark.parametrize(("place", "name", "rest"), command_lines(), ids=lambda part: str(part)[:60])
def test_a_command_line_that_is_written_somewhere_is_one_that_exists(place: str, name: str, rest: str) -> None:
    words = words_of(rest)
    if name == "ebert" and is_bare(words):
        return
    said = complaint(name, words)
    # Documents may name a part of a command line; what a message tells a person to type is whole.
    is_part = "…" in rest or place.endswith(".md") or place in DOCUMENTED_IN_PART
    if not (is_part and ("required" in said or "expected one argument" in said)):
        assert said == "", f"{place}: {name} {rest}"


def test_every_command_that_prose_names_exists() -> None:
    named: dict[str, str] = {}
    for path in PAGES:
        for found in PROSE_AFTER_NAME.finditer("\n".join(code_of_page(path.read_text()))):
            named.setdefault(found["name"], path.name)
    assert {name: place for name, place in named.items() if name not in COMMANDS} == {}
    assert len(named) > 10
