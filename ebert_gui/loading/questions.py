"""What is asked of the data worker of files that are not open: what they are, and regions in files of their own."""

from collections.abc import Callable, Iterable
from functools import partial

from ebert_core.protocol.offers import ListShipped, Shipped
from ebert_core.protocol.regions import NamedRegion, NamedRegions, ReadRegions, WriteRegions, WrittenRegions
from ebert_core.protocol.tracks import (
    CheckDraft,
    DatasetDraft,
    DraftCheck,
    FileFormats,
    FileKind,
    InspectFile,
    ListFormats,
)
from ebert_gui.loading.loader import Client
from ebert_gui.workers.state import Failure


class Questions:
    """Asks the data worker; nothing that is open changes by it."""

    def __init__(self, data: Client) -> None:
        self._data = data

    def inspect(self, path: str, on_kind: Callable[[FileKind], None]) -> None:
        """Ask what a file is; one that cannot be read comes back with an empty kind and a sentence."""
        self._data.request(InspectFile(path), FileKind, on_kind, lambda failure: on_kind(FileKind("", failure.message)))

    def inspect_all(self, paths: Iterable[str], on_kinds: Callable[[dict[str, FileKind]], None]) -> None:
        """Ask what several files are; all are told at once, in the order in which they were named."""
        kinds: dict[str, FileKind | None] = dict.fromkeys(paths)

        def on_kind(path: str, kind: FileKind) -> None:
            kinds[path] = kind
            known = {path: kind for path, kind in kinds.items() if kind is not None}
            if len(known) == len(kinds):
                on_kinds(known)

        for path in list(kinds):
            self.inspect(path, partial(on_kind, path))
        if not kinds:
            on_kinds({})

    def check_draft(self, draft: DatasetDraft, on_check: Callable[[DraftCheck], None], asks_again: bool = True) -> None:
        """Ask whether a dataset can be made of a draft; only the newest is answered."""

        def failed(failure: Failure) -> None:
            # The next worker leaves out the file that ended this one, and says so.
            if asks_again and failure.kind in ("lost", "avoided"):
                self.check_draft(draft, on_check, asks_again=False)

        self._data.request(CheckDraft(draft), DraftCheck, on_check, failed, view_key="draft")

    def list_formats(self, on_formats: Callable[[FileFormats], None], asks_again: bool = True) -> None:
        """Ask which formats of files the worker knows."""

        def failed(failure: Failure) -> None:
            if asks_again and failure.kind == "lost":
                self.list_formats(on_formats, asks_again=False)

        self._data.request(ListFormats(), FileFormats, on_formats, failed)

    def read_regions(
        self, path: str, on_regions: Callable[[NamedRegions], None], refused: Callable[[str, str], None]
    ) -> None:
        """Ask for the regions of a BED file; `refused` hears why there are none, and details."""
        self._data.request(
            ReadRegions(path),
            NamedRegions,
            on_regions,
            lambda failure: refused(failure.message, failure.details),
            view_key="regions",
        )

    def write_regions(
        self,
        path: str,
        regions: tuple[NamedRegion, ...],
        on_written: Callable[[WrittenRegions], None],
        refused: Callable[[str, str], None],
    ) -> None:
        """Have regions written to a BED file; `refused` hears why they cannot be, and details."""
        self._data.request(
            WriteRegions(path, regions),
            WrittenRegions,
            on_written,
            lambda failure: refused(failure.message, failure.details),
        )

    def list_shipped(self, on_shipped: Callable[[Shipped], None]) -> None:
        """Ask which checkpoints come with the program."""
        self._data.request(ListShipped(), Shipped, on_shipped)
