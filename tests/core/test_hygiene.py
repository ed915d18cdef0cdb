"""Who imports what, seen in processes of their own: the core never loads Qt, the data role never loads torch."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import ebert_core

ALL_MODULES = """
import importlib, json, pkgutil, sys
import ebert_core
for module in pkgutil.walk_packages(ebert_core.__path__, "ebert_core."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""
DATA_ROLE = """
import json, sys
from ebert_core.roles.data import handlers
handlers()
import ebert_core.roles.session, ebert_core.cli.worker, ebert_core.cli.program
import ebert_core.dataset.windows, ebert_core.dataset.prepare, ebert_core.demonstration.generate, ebert_core.jobs.launch
import ebert_core.model.config, ebert_core.model.tokens, ebert_core.model.description, ebert_core.protocol.terms.report
print(json.dumps(sorted(sys.modules)))
"""


# Given when the project began; pytest-qt, the sixth, runs the tests of the window.
GIVEN = {"PyQt6", "pyqtgraph", "torch", "pyBigWig", "pyfaidx"}


def test_the_program_stands_on_the_libraries_that_were_given() -> None:
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for room in ("ebert_core", "ebert_gui")
        for path in (Path(ebert_core.__file__).parents[1] / room).rglob("*.py")
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {name.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for name in node.names}
    imported |= {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported >= GIVEN


def loaded_by(program: str) -> set[str]:
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    return {name.split(".")[0] for name in json.loads(ended.stdout)}


def test_no_module_of_the_core_loads_qt_or_the_window() -> None:
    loaded = loaded_by(ALL_MODULES)
    assert "torch" in loaded
    assert not loaded & {"PyQt6", "pyqtgraph", "ebert_gui"}


def test_what_the_data_role_runs_never_loads_torch() -> None:
    assert not loaded_by(DATA_ROLE) & {"torch", "safetensors", "PyQt6", "pyqtgraph"}


def test_all_room_doors_are_empty() -> None:
    assert [path for path in Path(ebert_core.__path__[0]).rglob("__init__.py") if path.stat().st_size] == []


def test_every_room_is_closed_but_to_the_rooms_that_its_contract_names() -> None:
    top = Path(ebert_core.__path__[0]).parent
    contracts = tomllib.loads((top / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    closed = {contract["protected_modules"][0]: contract for contract in contracts if contract["type"] == "protected"}
    doors = [door for package in ("ebert_core", "ebert_gui") for door in (top / package).glob("*/__init__.py")]
    assert len(doors) > 10
    assert closed.keys() >= {f"{door.parents[1].name}.{door.parent.name}" for door in doors}
    lets_the_window_in = [
        room
        for room, contract in closed.items()
        if room.startswith("ebert_core.") and any(who.startswith("ebert_gui") for who in contract["allowed_importers"])
    ]
    assert lets_the_window_in == ["ebert_core.protocol"]
