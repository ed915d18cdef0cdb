"""Reads mutants of formats in a process of its own: `python fuzz_child.py SEED COUNT FOLDER FORMAT…`.

Whatever ends the process, the input that did it lies in FOLDER, and what was printed tells the rest.
"""

import faulthandler
import gc
import random
import resource
import shutil
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from ebert_core.protocol.terms.errors import InvalidRequest
from tests.fuzz.fuzz_formats import FORMATS, Format
from tests.fuzz.mutators import mutated

# Generous: what it is for is a reader that never comes back.
_SECONDS = 60
_MEMORY_BYTES = 1 << 30
_LONGEST_SENTENCE = 7000
# More of one kind tell nothing new.
_MOST_WRONG = 5


def main(seed: int, count: int, folder: Path, *names: str) -> int:
    """The number of mutants that were neither read nor refused in a sentence, after saying what they did."""
    formats = {name: FORMATS[name]() for name in names}
    for name, form in formats.items():
        _read_whole(form, folder / name)
    _bound_memory()
    return sum(_wrong(name, form, seed, count, folder / name) for name, form in formats.items())


def _wrong(name: str, form: Format, seed: int, count: int, folder: Path) -> int:
    wrong, refused = 0, 0
    for number in range(count):
        place = folder / f"{seed}-{number}"
        sys.stdout.flush()
        path = _write(form, place, random.Random(f"{name} {seed} {number}"))
        faulthandler.dump_traceback_later(_SECONDS, exit=True)
        problem = _problem(form, path)
        faulthandler.cancel_dump_traceback_later()
        if problem in ("", "refused"):
            refused += problem == "refused"
            shutil.rmtree(place)
            continue
        wrong += 1
        sys.stdout.write(f"{name}: {path}\n{problem}\n")
        if wrong >= _MOST_WRONG:
            break
    sys.stdout.write(f"{name}: {refused} of {count} refused\n")
    return wrong


def _read_whole(form: Format, folder: Path) -> None:
    """The example itself; one that is refused would make every mutant pass."""
    place = folder / "whole"
    place.mkdir(parents=True)
    for file, content in form.files.items():
        (place / file).write_bytes(content)
    form.read(place / next(iter(form.files)))


def _bound_memory() -> None:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    if pages:
        most = pages * resource.getpagesize() + _MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def _write(form: Format, place: Path, dice: random.Random) -> Path:
    place.mkdir()
    changed = dice.choice(form.mutated)
    for file, content in form.files.items():
        is_changed = file == changed
        (place / file).write_bytes(mutated(content, dice, is_text=form.is_text) if is_changed else content)
    return place / next(iter(form.files))


def _problem(form: Format, path: Path) -> str:
    """Nothing when the file was read, `refused` when one sentence that names it said why not, else what happened."""
    try:
        form.read(path)
    except InvalidRequest as error:
        sentence = str(error)
        if str(path.parent) not in sentence:
            return f"The sentence names no file: {sentence[:_LONGEST_SENTENCE]}"
        return f"The sentence is too long: {sentence[:500]}" if len(sentence) > _LONGEST_SENTENCE else "refused"
    except BaseException:
        return traceback.format_exc(limit=-4)[-3000:]
    return ""


if __name__ == "__main__":
    sys.exit(min(100, main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])))
