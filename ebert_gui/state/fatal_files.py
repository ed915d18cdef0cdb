"""The files on which a worker ended, remembered from one start to the next, so that nobody reads them unasked."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ebert_core.protocol import codec
from ebert_core.protocol.machine.documents import read_json
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.messages import Role
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.reading import FileStamp
from ebert_gui.state.session_files import settings_folder

MOST_REMEMBERED = 100


class FatalFile(msgspec.Struct, frozen=True):
    """A file as it was when a worker of this role ended on it."""

    role: Role
    file: FileStamp


class FatalFiles:
    """What is remembered; kept in a file that all windows share, or only here where there is none."""

    def __init__(self, kept_in: Path | None = None) -> None:
        self._kept_in = kept_in
        self._files = self._read()

    def of(self, role: Role) -> tuple[FileStamp, ...]:
        """The files that workers of this role must not read."""
        return tuple(each.file for each in self._files if each.role == role)

    def remember(self, role: Role, file: FileStamp) -> None:
        """A worker ended on this file."""
        self._change(role, [file.path], (FatalFile(role, file),))

    def forgive(self, role: Role, paths: Sequence[str] | None) -> bool:
        """Let these files, or all, be read again; whether one of them was remembered."""
        here = [each.file.path for each in self._files if each.role == role]
        meant = here if paths is None else [path for path in paths if path in here]
        if meant:
            self._change(role, meant, ())
        return bool(meant)

    def _change(self, role: Role, forgotten: Sequence[str], added: tuple[FatalFile, ...]) -> None:
        # Another window may have remembered something meanwhile.
        known = dict.fromkeys([*self._files, *self._read()])
        others = tuple(each for each in known if each.role != role or each.file.path not in forgotten)
        self._files = (*others, *added)[-MOST_REMEMBERED:]
        if self._kept_in is not None:
            # A memory that cannot be written costs one worker at the next start, no work.
            with contextlib.suppress(OSError):
                travelling = [codec.with_strings(each, codec.to_travel) for each in self._files]
                self._kept_in.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self._kept_in, msgspec.json.encode(travelling))

    def _read(self) -> tuple[FatalFile, ...]:
        if self._kept_in is None:
            return ()
        try:
            read = read_json(self._kept_in, tuple[FatalFile, ...])
            return tuple(codec.with_strings(each, codec.from_travel) for each in read)
        except (OSError, msgspec.MsgspecError, InvalidRequest):
            return ()


def kept_fatal_files() -> FatalFiles:
    """Those that all windows of this person share."""
    return FatalFiles(settings_folder() / "fatal-files.json")
