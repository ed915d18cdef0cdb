"""The track of chromatin states."""

from collections.abc import Iterator
from typing import ClassVar

from ebert_core.protocol.shapes import Runs
from ebert_core.protocol.sources import ChromatinStates
from ebert_core.protocol.tracks import BareFile, CellType
from ebert_gui.kinds.kind import Kind, Offer
from ebert_gui.looks.runs import RunsLook, RunsStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track

RUNS = Part("states", Runs)


class StatesTrack(Track, frozen=True, kw_only=True, tag="states"):
    """Chromatin states of a cell type, or of a bare file."""

    cell_type: str = ""
    path: str = ""
    name: str = ""

    usual_height: ClassVar[int] = 24
    is_comparable: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.name or "States"

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The states of the cell type or the file."""
        del scope
        return (Reads(RUNS.name, ChromatinStates(self.cell_type, self.path)),)

    def is_measured_in(self, cell: CellType) -> bool:
        """Whether the cell type has a segmentation."""
        return bool(self.path) or cell.has_states


def _style(_track: StatesTrack, _scope: Scope) -> RunsStyle:
    return RunsStyle(RUNS, "state")


def _offers(scope: Scope) -> Iterator[Offer]:
    for cell in scope.dataset.cell_types if scope.dataset else ():
        if cell.has_states:
            yield Offer(cell.name, "States", StatesTrack(cell_type=cell.name))


def _of_file(file: BareFile) -> StatesTrack:
    return StatesTrack(path=file.path, name=file.name)


STATES = Kind(StatesTrack, RunsLook(), _style, _offers, _of_file, ("states",))
