"""What a prediction has computed, kept beside its output until it is complete, so that a run that ends goes on from it.

The folder `.X.parts` holds one file for each block and `request.json`, which says what the blocks are blocks of. It
needs as much room as the encoded values, is removed when the files are there, and may be deleted at any time.
"""

import shutil
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from ebert_core.inference.stretches import Tell
from ebert_core.model.description import InputFile
from ebert_core.protocol.machine.disks import is_full
from ebert_core.protocol.machine.documents import read_json
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import file_size, listed

_CHECK = struct.Struct("<IQ")  # crc32 and length of what follows: a block that a power cut tore is not taken


class Request(msgspec.Struct, frozen=True):
    """What blocks are blocks of. Where any of it differs, they are of no use, but for what is in `Circumstances`."""

    package: str
    checkpoint: str
    calibration: str
    inputs: dict[str, InputFile]
    region_files: tuple[InputFile, ...]
    cell_type: str
    factors: tuple[str, ...]
    places: tuple[str, ...]
    strands: int
    precision: str
    encoding: str
    layout: tuple[int, ...]


class Circumstances(msgspec.Struct, frozen=True):
    """What may differ in a run that goes on, though the last bits of its numbers may then, too."""

    torch: str
    device: str
    threads: int


class _Begun(msgspec.Struct, frozen=True):
    request: Request
    circumstances: Circumstances


def parts_folder(output: Path) -> Path:
    """Where the parts of a prediction lie whose first file this is."""
    return output.with_name(f".{output.name}.parts")


class Parts:
    """The blocks that are kept of one prediction."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def opened(cls, output: Path, request: Request, circumstances: Circumstances, tell: Tell) -> "Parts":
        """The parts of a run that ended where it was asked the same, else none; `tell` hears which, and why.

        Raises:
            InvalidRequest: they cannot be written beside the output.
        """
        parts, begun = cls(parts_folder(output)), _Begun(request, circumstances)
        before = parts._begun()
        if before is not None and before.request == request:
            parts._drop_damaged()
            kept = sum(1 for _ in parts._blocks())
            if kept:
                tell(f"Going on with {_counted(kept)} that an earlier run kept.{_elsewhere(before, begun)}")
        elif parts.folder.exists():
            if any(parts._blocks()):
                tell(f"What an earlier run kept is not used, since {_changes(before, request)}; this one begins anew.")
            parts.remove()
        try:
            if parts.folder.is_symlink():
                parts.folder.unlink()  # what it points to is not ours
            parts.folder.mkdir(exist_ok=True)
            write_whole(parts.folder / "request.json", msgspec.json.format(msgspec.json.encode(begun)))
        except OSError as error:
            parts.remove()
            raise InvalidRequest(f"{output} could not be written: {error.strerror or error}.") from None
        return parts

    def has(self, number: int) -> bool:
        """Whether a block is kept."""
        return self._path(number).exists()

    def read(self, number: int) -> list[bytes]:
        """A block that is kept."""
        content = _checked(self._path(number).read_bytes())
        assert content is not None, "blocks are checked when the parts are opened"
        return msgspec.msgpack.decode(content, type=list[bytes])

    def write(self, number: int, block: list[bytes]) -> None:
        """Keeps a block; it appears complete or not at all.

        Raises:
            InvalidRequest: it cannot be written.
        """
        content = msgspec.msgpack.encode(block)
        path = self._path(number)
        try:
            write_whole(path, _CHECK.pack(zlib.crc32(content), len(content)) + content)
        except OSError as error:
            if is_full(error):
                raise InvalidRequest(f"The disk that holds {path.parent.parent} is full; free some space.") from None
            raise InvalidRequest(f"{path} could not be written: {error.strerror or error}.") from None

    def remove(self) -> None:
        """Removes all that is kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def remove_if_empty(self) -> None:
        """Removes the folder where not a single block is in it."""
        if not any(self._blocks()):
            self.remove()

    def sentence(self) -> str:
        """That something is kept, how much, and how to go on; empty where nothing is."""
        sizes = [path.stat().st_size for path in self._blocks()]
        if not sizes:
            return ""
        return (
            f"The same command goes on from here: {_counted(len(sizes))} ({file_size(sum(sizes))}) "
            f"{'is' if len(sizes) == 1 else 'are'} kept in {self.folder} until then; --anew removes them."
        )

    def _begun(self) -> _Begun | None:
        try:
            return read_json(self.folder / "request.json", _Begun)
        except (OSError, InvalidRequest, msgspec.DecodeError):
            return None

    def _blocks(self) -> Iterator[Path]:
        return self.folder.glob("*.block")

    def _drop_damaged(self) -> None:
        for path in [*self._blocks(), *self.folder.glob("*.part")]:
            with suppress(OSError):
                # A folder, a pipe or a link was not made by us, and may wait or never end where it is read.
                is_file = stat.S_ISREG(path.lstat().st_mode)
                if not is_file and path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif not is_file or path.suffix == ".part" or _checked(path.read_bytes()) is None:
                    path.unlink()

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.block"


def _checked(data: bytes) -> bytes | None:
    """What a file of a block holds; None where it is damaged."""
    if len(data) < _CHECK.size:
        return None
    check, length = _CHECK.unpack_from(data)
    content = data[_CHECK.size :]
    return content if len(content) == length and zlib.crc32(content) == check else None


def _counted(blocks: int) -> str:
    return f"{blocks:,} {'block' if blocks == 1 else 'blocks'}"


def _elsewhere(before: _Begun, now: _Begun) -> str:
    """That numbers may differ in the last bits, where a run goes on elsewhere."""
    pairs = (
        (key, getattr(before.circumstances, key), getattr(now.circumstances, key))
        for key in Circumstances.__struct_fields__
    )
    changed = [f"{key} was {then}, is {here}" for key, then, here in pairs if then != here]
    return f" Numbers may differ in the last bits: {', '.join(changed)}." if changed else ""


_WORDS = {
    "package": "the program",
    "checkpoint": "the checkpoint",
    "calibration": "the checkpoint's calibration",
    "region_files": "the regions",
    "places": "the regions",
    "factors": "the factors",
    "layout": "the regions",
    "encoding": "the format",
}


def _changes(before: _Begun | None, now: Request) -> str:
    """What of a request is not what it was."""
    if before is None:
        return "it does not say of what it is a part"
    then = before.request
    keys = [key for key in Request.__struct_fields__ if getattr(then, key) != getattr(now, key)]
    words = dict.fromkeys(_WORDS.get(key, f"the {key.replace('_', ' ')}") for key in keys if key != "inputs")
    files = [
        f"{key} ({file.file})" if (file := (now.inputs.get(key) or then.inputs[key])).file else key
        for key in sorted(then.inputs.keys() | now.inputs.keys())
        if then.inputs.get(key) != now.inputs.get(key)
    ]
    return f"{listed([*words, *files], 5)} changed"
