"""The window's process never loads torch, and works where torch is not installed."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pyBigWig
import pytest

import ebert_gui

WINDOW = """
import json, sys
import ebert_gui.app.running, ebert_gui.__main__
import importlib, pkgutil
import ebert_gui
for module in pkgutil.walk_packages(ebert_gui.__path__, "ebert_gui."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""
WITHOUT_TORCH = """
import sys


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "safetensors"):
            raise ModuleNotFoundError(f"No module named '{name}'", name=name.split(".")[0])


sys.meta_path.insert(0, Absent())
"""


def test_no_module_of_the_window_loads_torch_or_reads_files_itself() -> None:
    ended = subprocess.run([sys.executable, "-c", WINDOW], capture_output=True, text=True, check=True)
    modules = json.loads(ended.stdout)
    assert not {name.split(".")[0] for name in modules} & {"torch", "safetensors", "pyBigWig", "pybigtools"}
    rooms = {name.split(".")[1] for name in modules if name.startswith("ebert_core.")}
    assert rooms == {"protocol"}


@pytest.fixture
def without_torch(tmp_path: Path) -> dict[str, str]:
    """An environment whose every Python process finds no torch."""
    place = tmp_path / "site"
    place.mkdir()
    (place / "sitecustomize.py").write_text(WITHOUT_TORCH)
    return {**os.environ, "PYTHONPATH": str(place)}


def test_torch_is_really_absent_there(without_torch: dict[str, str]) -> None:
    ended = subprocess.run([sys.executable, "-c", "import torch"], env=without_torch, capture_output=True, text=True)
    assert "No module named 'torch'" in ended.stderr


def test_bare_files_are_drawn_where_torch_is_not_installed(without_torch: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "peaks.bed").write_text("chr1\t100\t500\tone\nchr1\t2000\t2500\ttwo\n")
    with pyBigWig.open(str(tmp_path / "signal.bw"), "w") as file:
        file.addHeader([("chr1", 10_000)])
        file.addEntries("chr1", 0, values=[float(value % 7) for value in range(200)], span=50, step=50)
    picture = tmp_path / "out.png"
    files = [str(tmp_path / "signal.bw"), str(tmp_path / "peaks.bed")]
    command = [sys.executable, "-m", "ebert_gui", *files, "--picture", str(picture), "--locus", "chr1:1-5000"]
    ended = subprocess.run(command, env=without_torch, capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert Path(picture).stat().st_size > 5_000


def test_paths_of_the_host_are_chosen_with_no_dialog_of_this_machine() -> None:
    """Only a picture is written by the window itself, onto the machine that it runs on."""
    package = Path(ebert_gui.__file__).parent
    with_dialog = [path for path in package.rglob("*.py") if "QFileDialog" in path.read_text()]
    assert [str(path.relative_to(package)) for path in with_dialog] == ["exporting/picture_dialog.py"]


_LOOKS_AT_DISK = {
    *("exists", "lexists", "is_file", "is_dir", "isfile", "isdir", "stat", "lstat", "scandir", "iterdir", "realpath"),
    *("read_text", "read_bytes", "read_json", "open_file", "access", "unlink", "mkdir", "write_whole"),
}
_OWN_FILES = {
    "__main__.py": "writes pictures",
    "app/picture_program.py": "writes pictures",
    "app/places_to_draw.py": "makes the folder of pictures",
    "browser/picture.py": "writes pictures",
    "exporting/picture_dialog.py": "writes pictures",
    "loading/keeping.py": "keeps sessions",
    "loading/saved_sessions.py": "keeps sessions",
    "state/fatal_files.py": "keeps what this person's windows remember",
    "state/recent.py": "keeps what this person's windows remember",
    "state/session.py": "keeps sessions",
    "state/session_files.py": "keeps sessions",
    "widgets/theme.py": "reads its style",
}


def test_the_disk_of_this_machine_is_looked_at_for_the_windows_own_files_alone() -> None:
    """All other paths are of the host, which may be another machine: they are asked for."""
    package = Path(ebert_gui.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr=name)) if name in _LOOKS_AT_DISK:
                    found.add(str(path.relative_to(package)))
                case ast.Call(func=ast.Name(id=name)) if name in {*_LOOKS_AT_DISK, "open", "read_spec"}:
                    found.add(str(path.relative_to(package)))
    assert found == set(_OWN_FILES)
