"""The wheel carries what the program needs beside its code."""

import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "ebert_core", "ebert_gui", "resources")
SHIPPED = [path.relative_to(ROOT).as_posix() for path in (ROOT / "resources").rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if int(version("setuptools").split(".")[0]) < 77:
        pytest.skip(f"setuptools {version('setuptools')} is too old to build the wheel; 77 is needed")
    source = tmp_path_factory.mktemp("source")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, source)
    build = "from setuptools.build_meta import build_wheel; build_wheel('built')"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True, text=True)
    return next((source / "built").glob("*.whl"))


def test_every_resource_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name.split("/share/ebert-browser/")[1] for name in archive.namelist() if "/share/" in name}
    assert carried == set(SHIPPED)


def test_every_module_is_in_the_wheel_and_no_test(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        modules = {name for name in archive.namelist() if name.endswith(".py") and "/share/" not in name}
    assert modules == {
        path.relative_to(ROOT).as_posix()
        for room in ("ebert_core", "ebert_gui")
        for path in (ROOT / room).rglob("*.py")
    }


def test_the_wheel_says_that_its_packages_are_typed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert {"ebert_core/py.typed", "ebert_gui/py.typed"} <= set(archive.namelist())


def test_an_installed_program_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*install, "--target", str(tmp_path), str(wheel)], check=True, capture_output=True, text=True)
    find = "from ebert_core.protocol.machine.resources import resource; print(resource('style.qss'))"
    found = subprocess.run([sys.executable, "-c", find], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert Path(found.stdout.strip()) == tmp_path / "share" / "ebert-browser" / "resources" / "style.qss"
