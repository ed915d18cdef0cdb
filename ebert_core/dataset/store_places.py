"""Where the store of a dataset may lie, in the order in which it is looked for, and where a new one is made."""

import os
from collections.abc import Iterator
from pathlib import Path

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.store_index import INDEX
from ebert_core.protocol.machine.own_folders import data_home, may_write, name_for
from ebert_core.protocol.terms.errors import InvalidRequest

VARIABLE = "EBERT_STORES"
_ENDING = ".store"


def beside(dataset: Dataset) -> Path:
    """The place beside a dataset's DATASET.toml.

    Raises:
        InvalidRequest: the dataset is not saved.
    """
    return _saved(dataset).with_suffix(_ENDING)


def places(dataset: Dataset) -> Iterator[Path]:
    """Folders that are, or may become, the store of a dataset, in the order in which they are looked at.

    What its `store` says, then the folders of `$EBERT_STORES` (each a store itself, or one that holds stores), then
    beside the dataset, then the person's own folder.

    Raises:
        InvalidRequest: the dataset is not saved.
    """
    path = _saved(dataset)
    if dataset.layout.store:
        yield Path(dataset.layout.store)
    name = name_for(path) + _ENDING
    for folder in _folders():
        if (folder / INDEX).is_file():
            yield folder
            continue
        yield folder / name
        yield from (each for each in _stores_in(folder) if each.name != name)
    yield beside(dataset)
    yield data_home() / "stores" / name


def place_to_make(dataset: Dataset) -> Path:
    """Where a store is made unless a person says where: the first place that can be written.

    Raises:
        InvalidRequest: the dataset is not saved.
    """
    name = name_for(_saved(dataset)) + _ENDING
    chosen = [Path(dataset.layout.store)] if dataset.layout.store else []
    shared = [folder / name for folder in _folders() if not (folder / INDEX).is_file()]
    wanted = [*chosen, *shared, beside(dataset)]
    own = data_home() / "stores" / name
    return next((place for place in wanted if may_write(place.parent) and may_write(place)), own)


def is_looked_for(dataset: Dataset, directory: Path) -> bool:
    """Whether a store in this folder is found by whoever needs it."""
    return directory.absolute() in {place.absolute() for place in places(dataset)}


def _saved(dataset: Dataset) -> Path:
    if dataset.path is None:
        raise InvalidRequest("An unsaved dataset has no store; save it as a DATASET.toml first.")
    return dataset.path


def _folders() -> list[Path]:
    return [Path(os.path.expanduser(folder)) for folder in os.environ.get(VARIABLE, "").split(os.pathsep) if folder]


def _stores_in(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.suffix == _ENDING and not each.name.startswith("."))
    except OSError:
        return []
