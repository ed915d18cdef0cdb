"""Recognisers of files: each looks at the beginning of a file and says what it is, or nothing; the surest is believed.

A recogniser of another package stands in the same table as those that are built in.
"""

import gzip
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from ebert_core.genome.bed import is_track_line
from ebert_core.genome.lines import GZIP_MAGIC, Skipped, columns_of, reading
from ebert_core.genome.placed import PlacedFile
from ebert_core.genome.places import open_bytes
from ebert_core.genome.signal import BigWigSignal, StepSignal
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.machine.plugins import package_of, what_was_raised
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.errors import InvalidRequest, PackageFault
from ebert_core.protocol.tracks import FileFormat, FileKind

TrackFile = PlacedFile | BigWigSignal | StepSignal | Segmentation
Opener = Callable[[Place, Skipped | None], TrackFile]

_BYTES = 1 << 16
_PIECE = 4096
_ROWS = 200
# So many seconds a recogniser of another package may take; it looks at bytes that are in memory.
_PATIENCE = 5.0


class Sureness(IntEnum):
    """What a recogniser goes by, the surest first."""

    CONTENT = 0
    """The first bytes, or a heading, that no other format has."""
    ENDING = 1
    """How the name ends."""
    LINES = 2
    """Lines that look like it, as those of other formats may."""


class Head:
    """The beginning of a file, unpacked and read once, and its name: all that most recognisers need."""

    def __init__(self, place: Place, first: bytes, damage: InvalidRequest | None = None) -> None:
        self.place = place
        self.first = first
        """Up to 65,536 bytes; none of a folder."""
        self.damage = damage
        """Why there are no more bytes, where a packed file is cut short."""

    @classmethod
    def of(cls, place: Place) -> "Head":
        """The beginning of a file or folder.

        Raises:
            InvalidRequest: it cannot be read, or is empty.
        """
        if isinstance(place, Path) and place.is_dir():
            return cls(place, b"")
        with reading(place), open_bytes(place) as file:
            first = file.read(_BYTES)
            if not first:
                raise InvalidRequest(f"{place} is empty.")
            if not first.startswith(GZIP_MAGIC):
                return cls(place, first)
            file.seek(0)
            with gzip.open(file) as packed:
                return cls(place, *_unpacked(place, packed))

    def ends_with(self, *endings: str) -> bool:
        """Whether the name ends in one of these, packed or not; upper and lower case are alike."""
        return self.place.name.lower().removesuffix(".gz").endswith(endings)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines that are not blank, of a text; none of other files. The last may be cut."""
        if b"\0" in self.first:
            return ()
        return tuple(line for line in self.first.decode("utf-8-sig", "replace").splitlines() if line.strip())

    @cached_property
    def fields(self) -> list[str]:
        """The first line that is no comment and no `track` or `browser` line, cut at tabs."""
        return next((line.split("\t") for line in self.lines if not is_track_line(line)), [])

    @cached_property
    def words(self) -> list[str]:
        """The same, cut at any white space where there are no tabs."""
        return self.fields[0].split() if len(self.fields) == 1 else self.fields

    @cached_property
    def rows(self) -> list[list[str]]:
        """The first lines that are no comments, cut into columns."""
        return [columns_of(line) for line in self.lines[:_ROWS] if not is_track_line(line)]


def _unpacked(place: Place, packed: gzip.GzipFile) -> tuple[bytes, InvalidRequest | None]:
    """The first bytes of a packed file as far as they can be had, and why there are no more."""
    pieces: list[bytes] = []
    try:
        with reading(place):
            while sum(map(len, pieces)) < _BYTES and (piece := packed.read1(_PIECE)):
                pieces.append(piece)
    except InvalidRequest as error:
        if not pieces:
            raise
        return b"".join(pieces), error
    return b"".join(pieces), None


@dataclass(frozen=True)
class Recogniser:
    """Recognises the files of one format.

    `name` is what a person reads of the format, in the file dialog and in lists. `look` gets the beginning of a file
    and answers with its FileKind, or with nothing where the file is something else; it may raise InvalidRequest where
    the file is of this format and cannot be read. `sureness` says what it goes by, `endings` how the names of such
    files end. `opens` says for each kind of file that it finds how a file of that kind is opened, if it is a track.
    """

    name: str
    look: Callable[[Head], FileKind | None]
    sureness: Sureness = Sureness.CONTENT
    endings: tuple[str, ...] = ()
    opens: Mapping[str, Opener] = field(default_factory=dict)

    def is_asked_about(self, head: Head, sureness: Sureness) -> bool:
        """Whether it is as sure as that, and the name ends as it says where it goes by that."""
        return self.sureness == sureness and (sureness != Sureness.ENDING or head.ends_with(*self.endings))

    @property
    def package(self) -> str:
        """The package that it comes from."""
        return package_of(self.look)


class _Broken(NamedTuple):
    """What a recogniser did that it must not do."""

    what: str


_Answer = FileKind | InvalidRequest | None


class Recognisers:
    """The table: those that are built in, and those of other packages.

    Those that go by the first bytes are asked first, then those that go by the ending, then those that guess from the
    lines. Of two that are equally sure the built-in one is believed. A refusal counts where nobody who is equally sure
    says that the file is theirs.
    """

    def __init__(
        self, built_in: Sequence[Recogniser], added: Iterable[Recogniser] = (), patience: float = _PATIENCE
    ) -> None:
        self._built_in = tuple(built_in)
        self._patience = patience
        self.problems: list[str] = []
        """A sentence for each one that was left out or switched off."""
        self._added = [each for each in added if self._is_possible(each)]

    @property
    def formats(self) -> tuple[FileFormat, ...]:
        """The formats that are known, for lists and for the file dialog; those that only refuse files have no name."""
        built_in = [FileFormat(each.name, tuple(each.opens), each.endings) for each in self._built_in if each.name]
        added = [FileFormat(each.name, tuple(each.opens), each.endings, each.package) for each in self._added]
        return (*built_in, *added)

    def opener_of(self, kind: str) -> Opener | None:
        """What opens files of a kind (as in BareFile); None where none of that kind can be a track."""
        for each in self._built_in:
            if kind in each.opens:
                return each.opens[kind]
        return next((_named(each, each.opens[kind]) for each in self._added if kind in each.opens), None)

    def kind_of(self, head: Head) -> FileKind:
        """What a file is; its sentence also names a recogniser that was switched off because of it.

        Raises:
            InvalidRequest: it is nothing that anybody opens.
        """
        before = len(self.problems)
        try:
            found = self._found(head)
        except InvalidRequest as refusal:
            if broken := self.problems[before:]:
                raise InvalidRequest(" ".join([str(refusal), *broken]), refusal.path) from refusal
            raise
        return replace(found, sentence=" ".join([found.sentence, *self.problems[before:]]))

    def _found(self, head: Head) -> FileKind:
        for sureness in Sureness:
            refusal: InvalidRequest | None = None
            for answer in (self._of_built_in(head, sureness), self._of_added(head, sureness)):
                if isinstance(answer, FileKind):
                    return answer
                refusal = refusal or answer
            if refusal is not None:
                raise refusal
        raise InvalidRequest(f"{head.place} is of a kind that this program does not know.")

    def _of_built_in(self, head: Head, sureness: Sureness) -> _Answer:
        """What the first of them says that says anything."""
        for each in self._built_in:
            if each.sureness == sureness:
                try:
                    found = each.look(head)
                except InvalidRequest as refusal:
                    return refusal
                if found is not None:
                    return found
        return None

    def _of_added(self, head: Head, sureness: Sureness) -> _Answer:
        """The same of those of other packages; one that breaks is switched off and the next is asked."""
        refusal: InvalidRequest | None = None
        for each in [each for each in self._added if each.is_asked_about(head, sureness)]:
            answer = _asked(each, head, self._patience)
            if isinstance(answer, FileKind):
                return answer
            if isinstance(answer, _Broken):
                self._added.remove(each)
                self.problems.append(
                    f"{each.name} of the package {each.package} is switched off until the program starts again: "
                    f"when it looked at {head.place.name}, it {answer.what}."
                )
            else:
                refusal = refusal or answer
        return refusal

    def _is_possible(self, added: Recogniser) -> bool:
        """Whether what it claims is not what is built in; where it is, that is a problem."""
        endings = {ending for each in self._built_in for ending in each.endings}
        kinds = {kind for each in self._built_in for kind in each.opens}
        taken = sorted({*added.opens} & kinds) + (
            sorted({*added.endings} & endings) if added.sureness == Sureness.ENDING else []
        )
        if taken:
            self.problems.append(
                f"{added.name} of the package {added.package} was left out: {', '.join(taken)} is taken by what comes "
                "with the program."
            )
        return not taken


def _asked(recogniser: Recogniser, head: Head, patience: float) -> FileKind | InvalidRequest | _Broken | None:
    """What a recogniser of another package says, which may take too long or raise anything."""
    answers: list[FileKind | InvalidRequest | _Broken | None] = []

    def look() -> None:
        try:
            answers.append(_checked(recogniser, recogniser.look(head)))
        except InvalidRequest as refusal:
            answers.append(refusal)
        # Whatever it raises is its own fault, and the file may be of another format.
        except Exception as error:
            answers.append(_Broken(f"raised {what_was_raised(error)}"))

    # A function cannot be ended from outside; left alone in a thread, it keeps nobody waiting.
    thread = threading.Thread(target=look, name=f"recogniser {recogniser.name}", daemon=True)
    thread.start()
    thread.join(patience)
    return answers[0] if answers else _Broken(f"took longer than {patience:g} seconds")


def _checked(recogniser: Recogniser, answer: object) -> FileKind | _Broken | None:
    if answer is None:
        return None
    if not isinstance(answer, FileKind):
        return _Broken(f"answered with {answer!r}, which is no FileKind")
    if answer.kind not in recogniser.opens:
        return _Broken(f"called it {answer.kind!r}, which it does not open")
    return answer


def _named(recogniser: Recogniser, open_it: Opener) -> Opener:
    """The same, but that what it raises becomes a sentence on the file."""

    def opened(place: Place, skipped: Skipped | None) -> TrackFile:
        try:
            file = open_it(place, skipped)
            _ = file.chromosome_lengths
        except InvalidRequest:
            raise
        # As in looking: it costs the file, and nothing that is opened with it.
        except Exception as error:
            what = f"{recogniser.name} of the package {recogniser.package} raised {what_was_raised(error)}"
            raise PackageFault(f"{place} cannot be opened: {what}.", str(place)) from error
        return file

    return opened
