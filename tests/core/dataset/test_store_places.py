"""Where a store is looked for, who makes it when several want it, and which folders are replaced."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ebert_core.cli.program import main
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import current_store, prepare, prepared
from ebert_core.dataset.store import Store
from ebert_core.dataset.store_index import FORMAT
from ebert_core.dataset.store_places import beside, place_to_make, places
from ebert_core.protocol.machine.own_folders import data_home, name_for
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.core.full_disk import files_of_at_most


def with_store(toy_path: Path, place: str) -> Dataset:
    toy_path.write_text(toy_path.read_text().replace("version = 1\n", f'version = 1\nstore = "{place}"\n'))
    return Dataset.open(toy_path)


def test_places_come_in_the_order_that_is_documented(
    toy_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = with_store(toy_path, "scratch/toy")
    monkeypatch.setenv("EBERT_STORES", f"{tmp_path / 'one'}{os.pathsep}{tmp_path / 'two'}")
    name = f"{name_for(toy_path)}.store"
    assert list(places(dataset)) == [
        tmp_path / "scratch" / "toy",
        tmp_path / "one" / name,
        tmp_path / "two" / name,
        tmp_path / "DATASET.store",
        data_home() / "stores" / name,
    ]
    assert place_to_make(dataset) == tmp_path / "scratch" / "toy"


@pytest.mark.parametrize("how", ["key", "folder of stores", "store itself", "beside", "own"])
def test_a_store_is_found_wherever_it_may_lie(
    toy_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    directory = {
        "beside": tmp_path / "DATASET.store",
        "own": data_home() / "stores" / f"{name_for(toy_path)}.store",
    }.get(how, tmp_path / "elsewhere" / "any name.store")
    if how == "key":
        with_store(toy_path, "elsewhere/any name.store")
    elif how != "own":
        monkeypatch.setenv("EBERT_STORES", str(directory if how == "store itself" else directory.parent))
    assert current_store(Dataset.open(toy_path)) is None
    prepare(Dataset.open(toy_path), directory)
    found = current_store(Dataset.open(toy_path))
    assert found is not None
    assert found.directory == directory
    built = []
    prepared(Dataset.open(toy_path), lambda *_: built.append(1))
    assert not built


def test_a_store_of_other_content_is_passed_over(toy_path: Path, tmp_path: Path) -> None:
    dataset = with_store(toy_path, "old")
    prepare(dataset, tmp_path / "old")
    states = tmp_path / "alpha.bed"
    states.write_text("chr1\t0\t61200\tTssA\n")
    os.utime(states, (1, 1))
    assert current_store(Dataset.open(toy_path)) is None
    prepare(Dataset.open(toy_path), beside(Dataset.open(toy_path)))
    found = current_store(Dataset.open(toy_path))
    assert found is not None
    assert found.directory == tmp_path / "DATASET.store"


def test_a_dataset_that_is_called_otherwise_elsewhere_keeps_its_store(toy_path: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for path in list(tmp_path.iterdir()):
        if path.is_file():
            path.rename(tmp_path / "a" / path.name)
    prepared(Dataset.open(tmp_path / "a" / "DATASET.toml"))
    (tmp_path / "a").rename(tmp_path / "b")
    assert current_store(Dataset.open(tmp_path / "b" / "DATASET.toml")) is not None


def test_the_command_says_which_line_makes_a_store_found(
    toy_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prepare", str(toy_path), "--directory", str(tmp_path / "far")]) == 0
    said = capsys.readouterr().err
    assert f'add the line: store = "{tmp_path / "far"}"' in said
    with_store(toy_path, str(tmp_path / "far"))
    found = current_store(Dataset.open(toy_path))
    assert found is not None
    assert found.directory == tmp_path / "far"
    assert main(["prepare", str(toy_path)]) == 0
    again = capsys.readouterr()
    assert again.out == f"{tmp_path / 'far'}\n"
    assert "Nothing looks for it" not in again.err


def test_the_command_makes_a_damaged_store_again_and_says_so(
    toy_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(Dataset.open(toy_path), beside(Dataset.open(toy_path)))
    bases = tmp_path / "DATASET.store" / "bases.u8"
    content = bytearray(bases.read_bytes())
    content[77] ^= 4
    bases.write_bytes(content)
    assert main(["prepare", str(toy_path), "--quiet"]) == 0
    assert f"WARNING: {bases} is damaged" in capsys.readouterr().err
    Store(bases.parent).check()


def test_a_store_that_misses_its_index_is_made_again_and_a_folder_of_other_things_is_not(
    toy_path: Path, tmp_path: Path
) -> None:
    directory = prepare(Dataset.open(toy_path), tmp_path / "s").directory
    (directory / "index.json").unlink()
    assert current_store(Dataset.open(toy_path)) is None
    prepare(Dataset.open(toy_path), directory).check()
    (directory / "thesis.docx").write_text("mine")
    (directory / "index.json").unlink()
    with pytest.raises(InvalidRequest, match="is there already and is no store"):
        prepare(Dataset.open(toy_path), directory)
    assert (directory / "thesis.docx").read_text() == "mine"


def test_what_a_killed_process_left_is_cleared_away_and_no_link_in_it_followed(toy: Dataset, tmp_path: Path) -> None:
    part = tmp_path / ".s.part"
    (part / "folder").mkdir(parents=True)
    (part / "folder" / "inner").write_text("half")
    (part / "bases.u8").write_text("half")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept")
    (part / "link").symlink_to(tmp_path / "mine")
    store = prepare(toy, tmp_path / "s")
    store.check()
    assert not {"folder", "link"} & {path.name for path in store.directory.iterdir()}
    assert not part.exists()
    assert (tmp_path / "mine" / "file").read_text() == "kept"


def test_a_store_of_another_version_says_so(toy: Dataset, tmp_path: Path) -> None:
    prepare(toy, tmp_path / "s")
    (tmp_path / "s" / "index.json").write_text('{"format": 2, "fingerprint": "x"}')
    with pytest.raises(InvalidRequest, match="is a store of another version"):
        Store(tmp_path / "s")
    assert FORMAT > 2


def test_whoever_comes_second_waits_and_takes_what_the_first_has_made(toy_path: Path, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from ebert_core.dataset.description import Dataset\n"
        "from ebert_core.dataset.prepare import prepared\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "notes = []\n"
        "prepared(Dataset.open(pathlib.Path(sys.argv[1])), lambda _, note: notes.append(note)).check()\n"
        "print(sum('storing' in note for note in notes))\n"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(toy_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    built = [child.communicate("go\n")[0] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0, 0]
    assert sum(int(text) > 0 for text in built) == 1
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_whoever_waits_is_told_and_can_stop(toy_path: Path, tmp_path: Path) -> None:
    dataset = Dataset.open(toy_path)
    part = tmp_path / ".DATASET.store.part"
    part.mkdir()
    holder = os.open(part, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    notes = []

    def report(_fraction: float, note: str) -> None:
        notes.append(note)
        if len(notes) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepared(dataset, report)
    assert notes == [f"waiting for who makes {tmp_path / 'DATASET.store'}"] * 2
    os.close(holder)
    assert prepared(dataset).directory == tmp_path / "DATASET.store"


def test_where_nothing_can_be_locked_a_store_is_made_all_the_same(
    toy_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_lock(*_arguments: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", no_lock)
    prepared(Dataset.open(toy_path)).check()
    assert not [
        path.name for path in tmp_path.iterdir() if path.name.startswith(".") and path.name != ".DATASET.store.part"
    ]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(toy_path: Path, tmp_path: Path) -> None:
    sentence = r"The store .*DATASET\.store cannot be written: File too large"
    with files_of_at_most(20_000), pytest.raises(InvalidRequest, match=sentence):
        prepared(Dataset.open(toy_path))
    assert not [path.name for path in tmp_path.iterdir() if "store" in path.name]


def test_one_store_stays_one_while_another_takes_its_place(toy_path: Path, tmp_path: Path) -> None:
    """All files are opened in the folder whose index was read."""
    store = prepare(Dataset.open(toy_path), tmp_path / "s")
    before = store.bases(store.segments[0]).copy()
    lines = (tmp_path / "toy.fa").read_text().splitlines(keepends=True)
    swapped = [line if line[0] == ">" else line.translate(str.maketrans("ACGTacgt", "CATGcatg")) for line in lines]
    (tmp_path / "toy.fa").write_text("".join(swapped))
    os.utime(tmp_path / "toy.fa", (5, 5))
    other = prepare(Dataset.open(toy_path), tmp_path / "s")
    assert (store.bases(store.segments[0]) == before).all()
    assert (other.bases(other.segments[0]) != before).any()
