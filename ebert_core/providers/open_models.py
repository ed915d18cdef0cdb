"""The models that are open, within a stated memory: the one used least lately closes first."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from ebert_core.dataset.description import Dataset
from ebert_core.model.device import Engine
from ebert_core.protocol.machine.plugins import blaming
from ebert_core.protocol.terms.errors import InvalidRequest, PackageFault
from ebert_core.protocol.terms.reading import FileStamp, reading, reads, stamp_of
from ebert_core.providers.provider import Provider, ProviderKind

LARGEST_BYTES = 4 * 2**30

_Key = tuple[FileStamp, FileStamp, FileStamp]


class OpenModels:
    """Models by path and dataset; a file that changed on disk is read again."""

    def __init__(self, kinds: Sequence[ProviderKind], engine: Engine, largest_bytes: int = LARGEST_BYTES) -> None:
        """`kinds` are asked in their order whether a path holds a model of theirs; the last takes all that is left."""
        self._kinds = kinds
        self._engine = engine
        self._largest_bytes = largest_bytes
        self._open: OrderedDict[_Key, Provider] = OrderedDict()

    def model(self, path: str, dataset: str) -> Provider:
        """The model at a path, for a dataset.

        Raises:
            InvalidRequest: there is none, it is damaged, or it does not fit the dataset.
        """
        key = (stamp_of(path), stamp_of(str(Path(path) / "description.json")), stamp_of(dataset))
        reads(path)
        if key not in self._open:
            with reading(dataset):
                opened = Dataset.open(Path(dataset))
            self._open[key] = self._loaded(Path(path), opened)
        self._open.move_to_end(key)
        self._close_oldest()
        return self._open[key]

    def close_all(self) -> None:
        """Closes them."""
        self._open.clear()

    @property
    def paths(self) -> tuple[str, ...]:
        """Where the open models lie, the one used last at the end."""
        return tuple(key[0].path for key in self._open)

    def _loaded(self, path: Path, dataset: Dataset) -> Provider:
        """The model, by the first kind that recognises it; of one that raises, a refusal by the last speaks, too."""
        faults = []
        for kind in self._kinds[:-1]:
            try:
                with blaming(kind.recognises):
                    is_found = kind.recognises(path)
            except PackageFault as fault:
                faults.append(str(fault))
                continue
            if is_found:
                break
        else:
            kind = self._kinds[-1]
        try:
            with blaming(kind.load):
                return kind.load(path, dataset, self._engine)
        except InvalidRequest as error:
            for each in faults:
                error.add(each)
            raise

    def _close_oldest(self) -> None:
        while len(self._open) > 1 and sum(model.bytes for model in self._open.values()) > self._largest_bytes:
            self._open.popitem(last=False)


def capability_missing(what: str, path: str) -> InvalidRequest:
    """What is said where a model is asked for something that it cannot do."""
    return InvalidRequest(f"{Path(path).name} is a model that does not {what}.")
