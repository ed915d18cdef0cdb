"""A window as far as sessions go, beside a worker that looks for files on the disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from ebert_core.genome.sessions import read_other_session
from ebert_core.protocol.kept_places import FindPlaces
from ebert_core.protocol.other_sessions import ReadOtherSession
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import (
    BareFile,
    Chromosome,
    DatasetSummary,
    FileKind,
    InspectFile,
    OpenDataset,
    OpenFiles,
)
from ebert_core.roles.saved_sessions import find_places
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.loading.keeping import Appearance, SessionKeeper
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.saved_sessions import SavedSessions
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.gui.drawn import KINDS

NOTHING = DatasetSummary("", "", "toy1", (Chromosome("chr1", 50_000),), False, True, (), (), ())


class Host:
    """A data worker that looks for files on the disk, and takes all of them for signals."""

    def __init__(self) -> None:
        self.state = WorkerState(Condition.READY)
        self.asked: list[msgspec.Struct] = []

    def request(
        self, body: Any, _kind: Any, on_reply: Callable[[Any], None], on_failure: Any = None, *_more: Any, **_words: Any
    ) -> int:
        self.asked.append(body)
        match body:
            case FindPlaces():
                on_reply(find_places(body, lambda *_: None))
            case ReadOtherSession(path=path, genome=genome):
                try:
                    on_reply(read_other_session(Path(path), genome))
                except (InvalidRequest, OSError) as error:
                    on_failure(Failure("invalid", str(error)))
            case InspectFile(path=path):
                is_read = path.endswith(".bw")
                on_reply(FileKind("signal" if is_read else "", "A signal." if is_read else f"{path} is not read."))
            case OpenDataset(path=path):
                on_reply(replace(NOTHING, path=path, name=path))
            case OpenFiles(paths=paths, dataset=dataset):
                files = tuple(BareFile(path, Path(path).name, "signal") for path in paths)
                on_reply(replace(NOTHING, path=dataset, files=files))
        return len(self.asked)

    def cancel(self, number: int) -> None:
        """Everything has been answered."""


class Window:
    """A window as far as sessions go."""

    def __init__(self) -> None:
        self.host = Host()
        self.workspace = Workspace(KINDS)
        self.opener = Opener(self.workspace, self.host, self.host, KINDS)
        self.saved = SavedSessions(self.workspace, self.opener, KINDS, self.host)
        self.keeper = SessionKeeper(self.workspace, self.saved, KINDS, "", Appearance)
        self.opener.session_of = self.keeper.begin
        self.said: list[str] = []
        self.reports: list[tuple[str, str]] = []
        for told in (self.keeper.noted, self.keeper.problem, self.saved.noted, self.saved.problem):
            told.connect(self.said.append)
        self.saved.reported.connect(lambda sentence, details: self.reports.append((sentence, details)))

    def add(self, *names: str) -> None:
        """What a person does: one track more for each name."""
        tracks = [GenesTrack(id=name) for name in names]
        self.workspace.history.change(self.workspace.setup.with_added(*tracks))

    @property
    def tracks(self) -> list[str]:
        return [track.id for track in self.workspace.setup.tracks]

    @property
    def paths(self) -> list[str]:
        return [path for track in self.workspace.setup.tracks if (path := track.word("path"))]
