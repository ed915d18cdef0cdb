"""What a dataset's files hold, as one digest per file, so that a run can tell when one of them has changed.

Digests are of contents: moving or copying a dataset changes none. Only of a file at an address it is one of the address
and of what the server says of the version. They are kept beside the dataset with the size and
time of each file, so that gigabytes are read once and not at every start.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import TRAINING_RULE
from ebert_core.genome.motifs import motif_place
from ebert_core.genome.places import stamp
from ebert_core.model.description import InputFile
from ebert_core.protocol.codec import to_travel
from ebert_core.protocol.machine.documents import read_json
from ebert_core.protocol.machine.own_folders import cache_home, name_for
from ebert_core.protocol.machine.regular_files import open_file
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.addresses import Address
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import TellProgress

# What is drawn or said, and changes nothing that a network is shown.
_COSMETIC = ("name", "cytobands", "start_locus", "start_factor", "state_colours", "truth", "cell_types", "store")


class _Known(msgspec.Struct, frozen=True):
    """A digest, and the file it was taken of."""

    size: int
    modified: int
    digest: str


def dataset_digests(
    dataset: Dataset,
    cell_types: Sequence[str],
    factors: Sequence[str] | None = None,
    report: TellProgress = lambda _fraction, _note: None,
    *,
    beside: bool = True,
) -> dict[str, InputFile]:
    """By key of the DATASET.toml, name and SHA-256 of the file that the key names, or the SHA-256 of its text.

    Where peaks count there is one more, `label_rule`: the same peaks give other labels by another rule.

    Args:
        dataset: whose files.
        cell_types: those whose files count.
        factors: whose peaks count: all when None.
        report: told how far it is, since a genome takes seconds to read for the first time.
        beside: whether new digests may be kept beside the dataset, and not only in the person's own cache.

    Raises:
        InvalidRequest: a file cannot be read.
    """
    content = msgspec.to_builtins(dataset.layout)
    pairs = [pair for key, value in content.items() if key not in _COSMETIC for pair in _leaves((key,), value)]
    for cell in cell_types:
        pairs += list(_leaves(("cell_types", cell), content["cell_types"][cell]))
    if factors is not None:
        counted = set(factors)
        pairs = [(keys, value) for keys, value in pairs if keys[2:3] != ("peaks",) or keys[3] in counted]
    with _Kept(dataset.path, beside) as kept:
        digests = {}
        if factors is None or factors:
            digests["label_rule"] = kept.digest(TRAINING_RULE)
        for number, (keys, value) in enumerate(pairs):
            report(number / len(pairs), f"checking {'.'.join(keys)}")
            digests[".".join(keys)] = kept.digest(value)
    return digests


def joint_digest(inputs: dict[str, InputFile]) -> str:
    """One digest of many, whatever their order and names."""
    return hashlib.sha256(msgspec.json.encode(sorted(_contents(inputs).items()))).hexdigest()


def differences(before: dict[str, InputFile], now: dict[str, InputFile]) -> list[str]:
    """Keys whose content differs, or that only one of two datasets has, each with the name of its file."""
    then, here = _contents(before), _contents(now)
    changed = sorted(key for key in then.keys() | here.keys() if then.get(key) != here.get(key))
    files = {key: (now if key in now else before)[key].file for key in changed}
    return [f"{key} ({files[key]})" if files[key] else key for key in changed]


def _contents(inputs: dict[str, InputFile]) -> dict[str, str]:
    return {key: input_.sha256 for key, input_ in inputs.items()}


# Any: whatever a layout holds.
def _leaves(keys: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves((*keys, key), below)
    elif value not in ("", None):
        yield keys, value if isinstance(value, str) else msgspec.json.encode(value).decode()


class _Kept:
    """The digests that are known from before; a context manager that keeps the new ones."""

    def __init__(self, dataset: Path | None, beside: bool) -> None:
        self._beside = beside
        self._places: list[Path] = []
        if dataset:
            own = cache_home() / "digests" / f"{name_for(dataset)}.json"
            self._places = [dataset.with_suffix(".digests.json"), own]
        self._known: dict[str, _Known] = {}
        self._has_new = False
        for place in self._places:
            with suppress(OSError, msgspec.MsgspecError, InvalidRequest):
                self._known |= read_json(place, dict[str, _Known])

    def digest(self, value: str) -> InputFile:
        """Name and digest of the file that a value names, else the digest of the value itself."""
        place, motif = motif_place(value)
        if isinstance(place, Address):
            # All of it is not fetched: what its server says of its version stands for it.
            found = _of_text(" ".join(map(str, (place, *stamp(place)))))
        elif place.is_absolute() and os.path.isfile(place):
            found = self._of_file(str(place))
        else:
            return InputFile("", _of_text(value))
        if motif:
            found = _of_text(f"{found}#{motif}")
        return InputFile(os.path.basename(value), found)

    def _of_file(self, path: str) -> str:
        try:
            stat = os.stat(path)
            key = to_travel(path)  # a folder's name may be no UTF-8, which JSON cannot hold
            known = self._known.get(key)
            if known and (known.size, known.modified) == (stat.st_size, stat.st_mtime_ns):
                return known.digest
            with open_file(path) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
        self._known[key] = _Known(stat.st_size, stat.st_mtime_ns, digest)
        self._has_new = True
        return digest

    def __enter__(self) -> "_Kept":
        return self

    def __exit__(self, *_error: object) -> None:
        if not self._places or not self._has_new:
            return
        content = msgspec.json.encode(self._known)
        # Nothing is lost where they cannot be kept: the files are read again next time.
        if not (self._beside and _is_kept(content, self._places[0])):
            _is_kept(content, self._places[1])


def _of_text(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _is_kept(content: bytes, path: Path) -> bool:
    """Whether a file could be written, with the folder that it lies in where that is the person's own."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError:
        return False
    return True
