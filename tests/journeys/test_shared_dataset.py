"""A dataset that somebody else keeps and nobody here may write to: browsed, predicted on, trained on and evaluated.

The commands run as a person who may only read: as `nobody` where the tests run as root, for whom no permission counts.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from ebert_core.protocol.specs.jobs import Evaluate
from ebert_core.protocol.specs.on_disk import write_spec
from tests.core.toy_binding import finetune_spec, write_toy_binding

Run = Callable[..., "subprocess.CompletedProcess[str]"]

READER: dict[str, object] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="ebert-shared-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder / "shared", *folder.glob("shared/*.store")):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def run(place: Path) -> Run:
    """Runs a module as a person who may only read what others keep, with a home of their own."""
    home = place / "home"
    home.mkdir()
    home.chmod(0o777)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("EBERT_", "XDG_", "PYTHON"))}
    environment = kept | {
        "HOME": str(home),
        "OMP_NUM_THREADS": "1",
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(module: str, *words: str, check: bool = True, **more: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            capture_output=True,
            text=True,
            cwd=home,
            env=environment | more,
            umask=0o022,
            **READER,  # type: ignore[call-overload] # user and groups, or nothing
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    try:
        if run("ebert_core", "--version", check=False).returncode:
            pytest.skip("this interpreter or checkout cannot be read by another user")
    except PermissionError:
        pytest.skip("this interpreter or checkout cannot be read by another user")
    return run


def shared_dataset(place: Path) -> Path:
    folder = place / "shared"
    folder.mkdir()
    return write_toy_binding(folder)


def locked(folder: Path) -> list[str]:
    """Nobody may write to it any more; what lies in it."""
    for path in (folder, *folder.glob("*.store")):
        path.chmod(0o555)
    return content(folder)


def content(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_read_only_dataset_with_a_store_is_browsed_predicted_on_trained_on_and_evaluated(
    place: Path, run: Run
) -> None:
    dataset = shared_dataset(place)
    subprocess.run([sys.executable, "-m", "ebert_core", "prepare", str(dataset)], check=True, capture_output=True)
    before = locked(dataset.parent)
    home = place / "home"

    run("ebert_gui", str(dataset), "--locus", "chr1:1-6,000", "--picture", str(home / "x.png"), "--size", "640x400")
    assert (home / "x.png").stat().st_size > 1_000

    spec = finetune_spec(dataset, home / "fos", epochs=1, batch_size=32)
    write_spec(home / "fos.toml", spec)
    (home / "fos.toml").chmod(0o644)
    trained = run("ebert_core", "finetune", str(home / "fos.toml"))
    assert (home / "fos" / "weights.safetensors").stat().st_mode & 0o044 == 0o044
    assert "storing" not in trained.stderr

    predicted = home / "p.bw"
    run(
        *("ebert_core", "predict", str(home / "fos"), str(dataset), "--cell-type", "alpha", "--factor", "FOS"),
        *("--locus", "chr2:1-2,000", "--output", str(predicted)),
    )
    assert predicted.stat().st_size

    asked = Evaluate(
        dataset=str(dataset), output=str(home / "scores.json"), checkpoint=str(home / "fos"), regions=("chr2",)
    )
    write_spec(home / "evaluate.toml", msgspec.structs.replace(asked, precision="fp32"))
    (home / "evaluate.toml").chmod(0o644)
    run("ebert_core", "evaluate", str(home / "evaluate.toml"))
    assert (home / "scores.json").stat().st_size

    listed = run("ebert_core", "jobs", "list", "--dataset", str(dataset))
    assert "finetune" in listed.stdout, listed.stderr
    jobs = (home / ".local/share/ebert-browser/jobs").glob("shared-*/*Z-*")
    assert sorted(path.name.split("-")[1] for path in jobs) == ["evaluate", "finetune", "predict"]
    assert not (home / ".local/share/ebert-browser/stores").exists(), "another store was made beside the shared one"
    assert content(dataset.parent) == before


def test_without_a_store_one_is_made_in_the_persons_own_folder_and_found_again(place: Path, run: Run) -> None:
    dataset = shared_dataset(place)
    before = locked(dataset.parent)
    first = run("ebert_core", "prepare", str(dataset))
    store = Path(first.stdout.strip())
    assert store.parent == place / "home/.local/share/ebert-browser/stores"
    assert "Nothing looks for it" not in first.stderr
    made = (store / "index.json").stat().st_ino
    assert run("ebert_core", "prepare", str(dataset)).stdout == first.stdout
    assert (store / "index.json").stat().st_ino == made
    assert content(dataset.parent) == before


def test_a_store_is_shared_as_the_umask_says(place: Path) -> None:
    dataset = shared_dataset(place)
    os.chmod(dataset.parent, 0o2775)
    for mask, expected in ((0o022, 0o755), (0o002, 0o775), (0o077, 0o700)):
        directory = dataset.parent / f"{mask:o}.store"
        subprocess.run(
            [sys.executable, "-m", "ebert_core", "prepare", str(dataset), "--directory", str(directory)],
            check=True,
            capture_output=True,
            umask=mask,
        )
        assert stat.S_IMODE(directory.stat().st_mode) & 0o777 == expected
        assert directory.stat().st_mode & stat.S_ISGID
        assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {expected & 0o666}


@pytest.mark.skipif(os.getuid() != 0, reason="only root can run commands as two people")
def test_two_people_of_a_group_prepare_at_once_and_replace_what_the_other_made(place: Path) -> None:
    dataset = shared_dataset(place)
    os.chown(dataset.parent, -1, 65534)
    os.chmod(dataset.parent, 0o2775)
    command = [sys.executable, "-m", "ebert_core", "prepare", str(dataset)]
    probe = subprocess.run([*command[:3], "--version"], user="nobody", capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("this interpreter or checkout cannot be read by another user")

    def at_once() -> list[int]:
        environment = os.environ | {"HOME": str(place / "none"), "PYTHONDONTWRITEBYTECODE": "1"}
        for name in [key for key in environment if key.startswith("XDG_")]:
            del environment[name]
        people = [
            subprocess.Popen(
                command, user=user, group="nogroup", extra_groups=[], umask=0o002, env=environment, stderr=2, stdout=2
            )
            for user in ("nobody", "daemon", "nobody", "daemon")
        ]
        return [person.wait() for person in people]

    assert at_once() == [0, 0, 0, 0]
    store = dataset.with_suffix(".store")
    first = store.stat().st_uid
    for turn in range(1, 3):
        os.utime(dataset.parent / "toy.fa", (turn, turn))
        assert at_once() == [0, 0, 0, 0]
    assert first in (1, 65534)
    assert not [path.name for path in dataset.parent.iterdir() if path.name.startswith(".")]
