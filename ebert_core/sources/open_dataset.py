"""The dataset that a data worker has open: opened anew when its description or a file of it changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ebert_core.genome.places import Stamp, ask_servers_again, stamp_if_there
from ebert_core.protocol.terms.addresses import place_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.reading import reads
from ebert_core.protocol.tracks import DatasetSummary

if TYPE_CHECKING:
    from ebert_core.dataset.description import Dataset


class OpenedDataset:
    """What readers of the data role ask for their files."""

    def __init__(self) -> None:
        self._dataset: Dataset | None = None
        self._open_again: Callable[[], Dataset] | None = None
        self._stamps: dict[str, Stamp] = {}
        self._bare_states: dict[str, Dataset] = {}

    @classmethod
    def of_files(cls, *paths: Path) -> OpenedDataset:
        """These files opened beside each other, as the worker does it when nothing else is open.

        Raises:
            InvalidRequest: one cannot be read, or none tells of a chromosome.
        """
        from ebert_core.dataset.description import Dataset

        opened = cls()
        opened.open(lambda: Dataset.from_files(paths))
        return opened

    def open(self, open_it: Callable[[], Dataset]) -> DatasetSummary:
        """The summary of a dataset that is then the open one; when it cannot be opened, the one before stays."""
        from ebert_core.dataset.shown import summary_of

        ask_servers_again()
        dataset = open_it()
        summary = summary_of(dataset)
        self._dataset, self._open_again = dataset, open_it
        self._forget_files()
        return summary

    def current(self, path: str = "") -> Dataset:
        """The open dataset, opened anew when its description or the file that is read from now on has changed.

        Raises:
            InvalidRequest: none is open.
        """
        reads(path)
        if self._dataset is None or self._open_again is None:
            raise InvalidRequest("No dataset is open; open one first.")
        watched = [name for name in (str(self._dataset.path or ""), path) if name]
        stamps = {name: stamp_if_there(place_of(name)) for name in watched}
        if any(self._stamps.get(name, stamp) != stamp for name, stamp in stamps.items()):
            self._dataset = self._open_again()
            self._forget_files()
        self._stamps.update(stamps)
        return self._dataset

    def states_alone(self, path: str) -> Dataset:
        """A dataset of one bare segmentation on the same genome: its states have names and colours of their own."""
        from ebert_core.dataset.description import Dataset
        from ebert_core.dataset.layout import CellTypePaths

        dataset = self.current(path)
        if path not in self._bare_states:
            cell_types = {path: CellTypePaths(states=path)}
            layout = replace(dataset.layout, state_names=(), state_colours=(), cell_types=cell_types, motifs={})
            self._bare_states[path] = Dataset(layout, dataset.path, dataset.files, is_for_drawing=True)
        return self._bare_states[path]

    def _forget_files(self) -> None:
        self._stamps.clear()
        self._bare_states.clear()
