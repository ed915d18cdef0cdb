"""Carries every file of `resources/` in the wheel, under share/ebert-browser; all else stands in pyproject.toml.

pyproject.toml could do it too, but only with every folder listed by hand.
"""

from pathlib import Path

from setuptools import setup

resources = Path("resources")
folders = [resources, *(path for path in sorted(resources.rglob("*")) if path.is_dir())]

setup(
    data_files=[
        (f"share/ebert-browser/{folder.as_posix()}", [str(path) for path in sorted(folder.iterdir()) if path.is_file()])
        for folder in folders
    ]
)
