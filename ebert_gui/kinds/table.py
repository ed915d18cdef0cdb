"""The table of all kinds of track: the built-in ones and those of plugins, through the same door."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from pathlib import PurePath
from typing import Any

import msgspec

from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.plugins import plugins_of
from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.tracks import BareFile, DatasetSummary, FileFormat
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Look, Room, Scale
from ebert_gui.browser.surface import Surface
from ebert_gui.kinds import (
    arcs,
    attention,
    comparison,
    genes,
    overlay,
    peaks,
    prediction,
    sequence,
    signal,
    states,
    suggested,
    truth,
    variants,
)
from ebert_gui.kinds.guarded import guarded
from ebert_gui.kinds.kind import GENOME, Joined, Kind, Offer
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track, UnknownTrack

# Any: a table of kinds holds kinds of different tracks and styles.
AnyKind = Kind[Any, Any]

BUILT_IN: tuple[AnyKind, ...] = (
    genes.GENES,
    sequence.SEQUENCE,
    states.STATES,
    signal.SIGNAL,
    comparison.COMPARISON,
    overlay.OVERLAY,
    peaks.PEAKS,
    truth.TRUTH,
    variants.VARIANTS,
    arcs.ARCS,
    prediction.PREDICTION,
    attention.ATTENTION,
)
_FILES = "Files"
_NO_FILE = "This file cannot be opened here; its row is kept"
_NO_PACKAGE = "Nothing installed here shows this kind of track; it is kept"


class _GreyLook(Look[None, None]):
    """A grey row, for tracks that this version cannot show."""

    def arrange(self, style: None, content: TrackContent, room: Room) -> None:
        """Nothing."""

    def paint(self, surface: Surface, arranged: None, scale: Scale) -> None:
        """The row."""
        del arranged, scale
        surface.rectangle(0, 0, surface.axis.width, surface.height, surface.palette.hairline)


_UNKNOWN = Kind(UnknownTrack, _GreyLook(), lambda _track, _scope: None)


class _Named(msgspec.Struct):
    type: str = ""
    id: str = ""
    name: str = ""
    path: str = ""


class _UnknownFile(msgspec.Struct, tag="unknown-file"):
    """What stands in a session for a file that nobody could open; when somebody can, its track stands there."""

    path: str
    name: str


class Kinds:
    """All kinds of track that this window knows."""

    def __init__(self, kinds: Iterable[AnyKind] = BUILT_IN) -> None:
        self._kinds = tuple(kinds)
        self._by_track: dict[type[Track], AnyKind] = {kind.track: kind for kind in self._kinds}
        self.problems: tuple[str, ...] = ()
        """A sentence for each kind of a plug-in that could not be had."""
        self.formats: tuple[FileFormat, ...] = ()
        """The formats of files that the data worker knows, once it has said so."""
        self.say: Callable[[str], None] = _say_nothing
        """Hears a sentence when the code of a package raises; its row says it, too."""
        self._union: Any = reduce(or_, (kind.track for kind in self._kinds))

    @classmethod
    def with_plugins(cls) -> "Kinds":
        """The built-in kinds and those of plug-ins."""
        added = plugins_of("kinds", Kind, [_tag(kind) for kind in BUILT_IN], _tag)
        # The window that says it is made later.
        kinds = cls((*BUILT_IN, *(guarded(each, lambda problem: kinds.say(problem)) for each in added.found)))
        kinds.problems = added.problems
        return kinds

    def of(self, track: Track) -> AnyKind:
        """The kind of a track."""
        return self._by_track.get(type(track), _UNKNOWN)

    def offers(self, scope: Scope) -> Iterator[tuple[str, tuple[Offer, ...]]]:
        """The tracks that can be added, in groups: the genome's, each cell type's, others, and the files'."""
        dataset = scope.dataset
        if dataset is None:
            return
        groups: dict[str, list[Offer]] = {GENOME: [], **{cell.name: [] for cell in dataset.cell_types}}
        for kind in self._kinds:
            for offer in kind.offers(scope):
                groups.setdefault(offer.group, []).append(offer)
        if not groups[GENOME]:
            del groups[GENOME]
        for group, offered in groups.items():
            yield group, tuple(offered)
        if dataset.files:
            yield _FILES, tuple(Offer(_FILES, file.name, self.track_of_file(file)) for file in dataset.files)

    def made_of(self, tracks: Sequence[Track]) -> tuple[Joined, ...]:
        """What can be made of these tracks, from top to bottom."""
        return tuple(made for kind in self._kinds if (made := kind.made_of(tracks)) is not None)

    def shows_files(self, kind: str) -> bool:
        """Whether some kind of track shows files of this kind (as in BareFile)."""
        return any(kind in each.file_kinds for each in self._kinds)

    def track_of_file(self, file: BareFile) -> Track:
        """The track that shows a bare file; a grey row where there is none for it, or where nobody can open it."""
        for kind in self._kinds:
            if kind.of_file is not None and file.kind in kind.file_kinds:
                shown: Track | None = kind.of_file(file)
                if shown is not None:
                    return shown
        written = msgspec.json.encode(_UnknownFile(file.path, file.name)).decode()
        problem = file.problem or f"Nothing that is installed shows files of the kind '{file.kind}', as {file.path} is."
        return UnknownTrack(kind=file.name, written=written, sentence=_NO_FILE, problem=problem)

    def with_known_files(self, tracks: tuple[Track, ...], files: tuple[BareFile, ...]) -> tuple[Track, ...]:
        """The tracks of a session, of which those stand for their files again that nobody could open meanwhile."""
        known = {file.path: file for file in files if self.shows_files(file.kind)}

        def present(track: Track) -> Track:
            if not isinstance(track, UnknownTrack):
                return track
            named = _named(track.written)
            is_known = named.type == "unknown-file" and named.path in known
            return msgspec.structs.replace(self.track_of_file(known[named.path]), id=track.id) if is_known else track

        return tuple(map(present, tracks))

    def files_of_absent(self, tracks: Iterable[Track], paths: Iterable[str]) -> tuple[str, ...]:
        """Those of the files that tracks show whose package is not here: nobody else is to guess what they are."""
        named = [_named(track.written) for track in tracks if isinstance(track, UnknownTrack)]
        known = {_tag(kind) for kind in self._kinds} | {"unknown-file"}
        absent = {each.path for each in named if each.type and each.type not in known}
        return tuple(path for path in paths if path in absent)

    def track_of_unreadable(self, path: str) -> Track | None:
        """The track in which a file that cannot be read says so; None where its name tells of no track."""
        name = PurePath(path).name
        ends = name.lower().removesuffix(".gz")
        kinds = (kind for each in self.formats if ends.endswith(each.endings) for kind in each.kinds)
        kind = next(filter(self.shows_files, kinds), None)
        return self.track_of_file(BareFile(path, name, kind)) if kind is not None else None

    def first_tracks(self, dataset: DatasetSummary, model: ModelSummary | None = None) -> tuple[Track, ...]:
        """The tracks that a dataset opens with, or all bare files."""
        return suggested.first_tracks(dataset, model, self.track_of_file)

    def with_model_tracks(
        self, shown: tuple[Track, ...], scope: Scope, factor: str, cell_type: str
    ) -> tuple[Track, ...]:
        """The tracks on screen with those that a model opens with, unless some of a model are there already."""
        return suggested.with_model_tracks(shown, scope, factor, cell_type)

    def read(self, written: bytes) -> Track:
        """A track as it stands in a session; one that cannot be read is kept as it was written."""
        try:
            track: Track = msgspec.json.decode(self._as_today(written), type=self._union)
        except (msgspec.MsgspecError, RecursionError) as error:
            return self._kept_as_written(written.decode(), str(error))
        return track

    def _kept_as_written(self, written: str, problem: str) -> UnknownTrack:
        named, sentence = _named(written), UnknownTrack().sentence
        if named.path and named.type == "unknown-file":
            sentence, problem = _NO_FILE, f"Nothing that is installed opens {named.path}."
        elif named.type and all(_tag(kind) != named.type for kind in self._kinds):
            sentence = _NO_PACKAGE
            problem = (
                f"Nothing that is installed shows tracks of the kind '{named.type}'. The package that brought it is "
                "not installed here, or was left out at the start."
            )
        return UnknownTrack(
            id=named.id, kind=named.name or named.type, written=written, sentence=sentence, problem=problem
        )

    def _as_today(self, written: bytes) -> bytes:
        """A track of a session in which its settings stood among its other fields, with its settings apart."""
        fields = msgspec.json.decode(written, type=dict[str, Any])
        kind = next((kind for kind in self._kinds if _tag(kind) == fields.get("type")), None)
        if kind is None or "drawn" in fields:
            return written
        drawn = next(field for field in msgspec.structs.fields(kind.track) if field.name == "drawn").type
        return msgspec.json.encode({**fields, "drawn": drawn.of_older(fields)})


def _say_nothing(_problem: str) -> None:
    """Nobody hears it."""


def _tag(kind: AnyKind) -> str:
    return str(kind.track.__struct_config__.tag)


def _named(written: str) -> _Named:
    """What a track that cannot be read says of itself."""
    try:
        return parse_json(written.encode(), _Named)
    except msgspec.MsgspecError:
        return _Named()
