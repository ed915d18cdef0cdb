"""Opens sessions of other browsers: what this program shows of them appears, the rest is listed in one message."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QColor

from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.other_sessions import LeftOut, OtherSession, OtherTrack
from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.tracks import BareFile, FileKind
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.opening import Opener
from ebert_gui.state.settings import Settings
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace

_GENOME_KINDS = ("reference", "chromosome-sizes", "bands")
_NAMED = 6


class OtherSessions(QObject):
    """`reported` carries a sentence on what was shown, and in details what was not; `place_wanted` a place or gene."""

    reported = pyqtSignal(str, str)
    place_wanted = pyqtSignal(str)

    def __init__(self, workspace: Workspace, opener: Opener) -> None:
        super().__init__()
        self._workspace, self._opener = workspace, opener

    @property
    def genome(self) -> str:
        """The genome of the dataset that is open; empty where none is."""
        dataset = self._workspace.dataset
        return dataset.assembly if dataset is not None and dataset.path else ""

    def files(self, other: OtherSession) -> tuple[str, ...]:
        """The files that are opened for a session: those of its genome only where no dataset of that one is open."""
        genome = () if self._is_of_dataset(other) else other.genome_files
        return (*genome, *(track.path for track in other.tracks))

    def open(self, name: str, other: OtherSession, places: Mapping[str, str], then: Callable[[], None]) -> None:
        """Open the files of a session of this name, which lie at these places now; others are not there."""
        left_out = [
            LeftOut(_name_of(file, other), f"{file} is not there") for file in self.files(other) if file not in places
        ]
        found = {places[file]: file for file in self.files(other) if file in places}

        def judged(kinds: dict[str, FileKind]) -> None:
            files = tuple(each for each, kind in kinds.items() if self._is_shown(kind.kind))
            left_out.extend(
                LeftOut(_name_of(found[each], other), kind.sentence)
                for each, kind in kinds.items()
                if each not in files
            )
            self._show(name, other, {each: found[each] for each in files}, (*left_out, *other.left_out), then)

        self._opener.questions.inspect_all(found, judged)

    def _show(
        self,
        name: str,
        other: OtherSession,
        files: Mapping[str, str],
        left_out: tuple[LeftOut, ...],
        then: Callable[[], None],
    ) -> None:
        is_beside = self._is_of_dataset(other)
        if other.genome and not is_beside and not other.genome_files:
            reason = "open a dataset of it first, or add its sequence and genes to these files"
            left_out = (*left_out, LeftOut(f"the genome {other.genome}", reason))
        drawn = {place: each for place, file in files.items() for each in other.tracks if each.path == file}

        def opened() -> None:
            self._dress(drawn, other.regions)
            if other.locus and other.locus.lower() != "all":
                self.place_wanted.emit(other.locus)
            then()

        if files:
            self._opener.open_files(tuple(files), opened, alone=not is_beside)
        self.reported.emit(*_report(name, other.what, len(drawn), left_out))

    def _dress(self, drawn: Mapping[str, OtherTrack], regions: tuple[NamedRegion, ...]) -> None:
        """Give tracks the names, colours, heights and scales that they have in the session; add its regions."""
        dataset, kinds = self._workspace.dataset, self._opener.kinds
        files = {file.path: file for file in dataset.files} if dataset is not None else {}

        def dressed(track: Track) -> Track:
            path = track.word("path")
            if path not in drawn or path not in files:
                return track
            return _dressed(track, files[path], drawn[path], kinds)

        setup = self._workspace.setup
        known = KnownNames(self._workspace.view.chromosome_lengths)
        more = [each for each in (_on_known(region, known) for region in regions) if each not in setup.regions]
        dressed_setup = _overlaid(setup.with_tracks(tuple(map(dressed, setup.tracks))), drawn, kinds)
        self._workspace.history.change(dressed_setup.with_regions((*setup.regions, *more)))

    def _is_of_dataset(self, other: OtherSession) -> bool:
        return bool(self.genome) and self.genome.casefold() == other.genome.casefold()

    def _is_shown(self, kind: str) -> bool:
        return kind in _GENOME_KINDS or self._opener.kinds.shows_files(kind)


def _dressed(track: Track, file: BareFile, other: OtherTrack, kinds: Kinds) -> Track:
    named = kinds.track_of_file(replace(file, name=other.name or file.name))
    colour, below = _colour(other.colour), _colour(other.below)
    given = {
        "colour": colour,
        "below": below if below != colour else "",
        "form": other.form,
        "spacing": "log" if other.is_log else "",
        "low": other.low,
        "high": other.high,
        "group": other.group,
        "shared": "group" if other.group else "",
    }
    drawn: Settings = track.drawn.changed(**{name: value for name, value in given.items() if value not in ("", None)})
    return replace(
        named, id=track.id, height=other.height or track.height, drawn=track.drawn if drawn.problem() else drawn
    )


def _overlaid(setup: Setup, drawn: Mapping[str, OtherTrack], kinds: Kinds) -> Setup:
    """The set-up with the tracks in one row that are so in the session, where a kind of track can show them so."""
    overlays = {path: other.overlay for path, other in drawn.items() if other.overlay}
    for overlay in dict.fromkeys(overlays.values()):
        tracks = [track for track in setup.tracks if overlays.get(track.word("path")) == overlay]
        joined = next((made for made in kinds.made_of(tracks) if made.in_their_place), None)
        if joined is not None:
            place = setup.tracks.index(tracks[0])
            for track in tracks:
                setup = setup.without(track.id)
            setup = setup.with_added(joined.track, index=place)
    return setup


def _on_known(region: NamedRegion, known: KnownNames) -> NamedRegion:
    """The region on its chromosome as what is open names that, where it has it."""
    where = region.interval
    return replace(region, interval=replace(where, chromosome=known.find(where.chromosome) or where.chromosome))


def _colour(written: str) -> str:
    return QColor(written).name() if written and QColor.isValidColorName(written) else ""


def _name_of(file: str, other: OtherSession) -> str:
    return next((track.name for track in other.tracks if track.path == file), file)


def _report(name: str, what: str, count: int, left_out: tuple[LeftOut, ...]) -> tuple[str, str]:
    """What is said of a session that was opened."""
    tracks = "1 track" if count == 1 else f"{count} tracks"
    sentence = f"{name} is {what}: {tracks} of it can be shown."
    if not left_out:
        return shown(sentence), ""
    names = ", ".join(each.name for each in left_out[:_NAMED])
    rest = f" and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
    details = "\n".join(shown(f"{each.name}: {each.reason}") for each in left_out)
    return shown(f"{sentence} Not shown: {names}{rest}."), details
