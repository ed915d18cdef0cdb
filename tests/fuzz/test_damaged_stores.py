"""A store with files damaged in every way that a seed draws: it says so or gives the right numbers, never wrong ones.

`EBERT_FUZZ_SEED` chooses other damage, `EBERT_FUZZ_COUNT` more of it.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset.channels import Channels, WindowBatch
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import current_store, prepared
from ebert_core.dataset.store import Store
from ebert_core.dataset.windows import windows
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.core.toy_binding import LENGTHS, write_toy_binding

SEED = int(os.environ.get("EBERT_FUZZ_SEED", "1"))
COUNT = int(os.environ.get("EBERT_FUZZ_COUNT", "400"))

Damage = Callable[[Path, random.Random], None]


def flipped_bit(path: Path, draw: random.Random) -> None:
    content = bytearray(path.read_bytes())
    place = draw.randrange(len(content))
    content[place] ^= 1 << draw.randrange(8)
    path.write_bytes(content)


def truncated(path: Path, draw: random.Random) -> None:
    os.truncate(path, draw.randrange(path.stat().st_size))


def longer(path: Path, draw: random.Random) -> None:
    path.write_bytes(path.read_bytes() + draw.randbytes(draw.randint(1, 500)))


def zeroed(path: Path, draw: random.Random) -> None:
    content = bytearray(path.read_bytes())
    first = draw.randrange(len(content))
    last = min(len(content), first + draw.randint(1, 4_096))
    content[first:last] = bytes(last - first)
    path.write_bytes(content)


def absent(path: Path, _draw: random.Random) -> None:
    path.unlink()


def a_folder(path: Path, _draw: random.Random) -> None:
    path.unlink()
    path.mkdir()


def another_file(path: Path, draw: random.Random) -> None:
    others = sorted(other for other in path.parent.iterdir() if other != path)
    shutil.copyfile(draw.choice(others), path)


def nested(path: Path, _draw: random.Random) -> None:
    path.write_bytes(b"[" * 200_000)


DAMAGES: tuple[Damage, ...] = (flipped_bit, truncated, longer, zeroed, absent, a_folder, another_file, nested)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_toy_binding(tmp_path_factory.mktemp("damaged"))
    prepared(Dataset.open(path))
    return path


def all_of(source: Dataset | Store, path: Path) -> list[WindowBatch]:
    dataset = Dataset.open(path)
    channels = Channels(
        states=dataset.state_names,
        signals=("DNase", "quantile(DNase)", "binding(FOS)"),
        motifs=dataset.matrices,
        training_cells=dataset.cell_types,
    )
    places = [Interval(name, start, start + 2_000) for name, size in LENGTHS.items() for start in range(0, size, 2_000)]
    return [windows(source, cell, places, channels) for cell in dataset.cell_types]


def numbers_or_sentence(store: Path, dataset: Path) -> list[WindowBatch] | str:
    try:
        return all_of(Store(store), dataset)
    except InvalidRequest as error:
        return str(error)


def are_equal(one: list[WindowBatch], other: list[WindowBatch]) -> bool:
    return all(
        np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True)
        for left, right in zip(one, other, strict=True)
        for a, b in zip(left, right, strict=True)
    )


def test_damaged_stores_give_a_sentence_or_the_right_numbers(dataset: Path) -> None:
    draw = random.Random(SEED)
    right = all_of(Dataset.open(dataset), dataset)
    store = dataset.with_suffix(".store")
    kept = store.with_name("kept")
    shutil.copytree(store, kept)
    said = 0
    for number in range(COUNT):
        shutil.rmtree(store)
        shutil.copytree(kept, store)
        path, damage = draw.choice(sorted(store.iterdir())), draw.choice(DAMAGES)
        before = path.read_bytes()
        damage(path, draw)
        what = f"{damage.__name__} {path.name}, number {number} of seed {SEED}"
        is_damaged = not path.is_file() or path.read_bytes() != before
        found = numbers_or_sentence(store, dataset)
        if isinstance(found, str):
            assert "\n" not in found, what
            assert str(store) in found, what
            assert is_damaged, f"{what}: {found}"
            said += 1
        else:
            assert are_equal(found, right), what
        if is_damaged:
            with pytest.raises(InvalidRequest):
                Store(store).check()
    assert said > COUNT // 2
    shutil.rmtree(store)
    os.rename(kept, store)


def test_a_damaged_store_is_made_again_by_whoever_prepares(dataset: Path) -> None:
    draw = random.Random(SEED)
    right = all_of(Dataset.open(dataset), dataset)
    store = dataset.with_suffix(".store")
    for damage in DAMAGES:
        for path in sorted(store.iterdir()):
            if path.is_dir():
                continue
            damage(path, draw)
            made = prepared(Dataset.open(dataset), trusted=Store.check)
            assert made.directory == store
            made.check()
            assert are_equal(all_of(made, dataset), right), f"{damage.__name__} {path.name} of seed {SEED}"


def test_a_build_that_is_killed_at_any_moment_leaves_nothing_that_is_believed_and_nothing_behind(dataset: Path) -> None:
    draw = random.Random(SEED)
    right = all_of(Dataset.open(dataset), dataset)
    store = dataset.with_suffix(".store")
    code = (
        "import sys, pathlib\n"
        "from ebert_core.dataset.description import Dataset\n"
        "from ebert_core.dataset import prepare\n"
        "prepare._PIECE = 200\n"
        "print('ready', flush=True)\n"
        "prepare.prepared(Dataset.open(pathlib.Path(sys.argv[1])))\n"
    )
    for _ in range(max(3, COUNT // 100)):
        shutil.rmtree(store, ignore_errors=True)
        child = subprocess.Popen([sys.executable, "-c", code, str(dataset)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(draw.random() * 0.8)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        found = current_store(Dataset.open(dataset))
        assert found is None or are_equal(all_of(found.check(), dataset), right)
    made = prepared(Dataset.open(dataset), trusted=Store.check)
    assert are_equal(all_of(made, dataset), right)
    left = [path.name for path in dataset.parent.iterdir() if path.name.startswith(".")]
    assert not left
