"""Tells sessions apart: those of this program, and those of other browsers."""

import msgspec

from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.tracks import FileKind

SESSION = FileKind("session", "A session of this program.")
# Of all sessions that were ever written, each has both of one pair.
_OWN_KEYS = ({"version", "setup"}, {"dataset", "tracks"}, {"dataset", "setup"})


def kind_of_session(path: Place, head: bytes) -> FileKind | None:
    """What a file is whose first bytes these are, if it is a session; None where it is something else."""
    if isinstance(path, Address) or not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return None
    try:
        keys = set(parse_json(read_whole(path), dict[str, msgspec.Raw]))
    except (ValueError, OSError, msgspec.MsgspecError):
        return None
    return SESSION if any(own <= keys for own in _OWN_KEYS) else None
