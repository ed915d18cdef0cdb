"""Tells sessions apart, and reads those of other browsers."""

import msgspec

from ebert_core.genome.track_hubs import begins_as_hub, read_track_hub
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.regular_files import open_file, read_whole
from ebert_core.protocol.other_sessions import OtherSession
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.tracks import FileKind

SESSION = FileKind("session", "A session of this program.")
HUB = FileKind("session", "A UCSC track hub.")
OF_IGV = FileKind("session", "A session of IGV.")
# Of all sessions that were ever written, each has both of one pair.
_OWN_KEYS = ({"version", "setup"}, {"dataset", "tracks"}, {"dataset", "setup"})
_IGV_KEYS = ({"tracks", "genome"}, {"tracks", "reference"}, {"tracks", "locus"})
_BYTE_ORDER = b"\xef\xbb\xbf"


def kind_of_session(path: Place, head: bytes) -> FileKind | None:
    """What a file is whose first bytes these are, if it is a session; None where it is something else."""
    begin = head.removeprefix(_BYTE_ORDER).lstrip()
    if begins_as_hub(begin):
        return HUB
    if isinstance(path, Address):
        return None
    if begin.startswith(b"<"):
        return OF_IGV if b"<Session" in begin or b"<Global" in begin else None
    if not begin.startswith(b"{"):
        return None
    try:
        keys = set(parse_json(read_whole(path), dict[str, msgspec.Raw]))
    except (ValueError, OSError, msgspec.MsgspecError):
        return None
    if any(own <= keys for own in _OWN_KEYS):
        return SESSION
    return OF_IGV if any(its <= keys for its in _IGV_KEYS) else None


def read_other_session(path: Place, genome: str = "") -> OtherSession:
    """What a session of another browser holds; of a track hub with several genomes, what it shows of this one.

    Raises:
        InvalidRequest: it is none, is damaged, or is far too large.
        OSError: it cannot be read.
    """
    # Imported when one is opened: the window's first second needs neither.
    from ebert_core.genome.igv_json import read_igv_json
    from ebert_core.genome.igv_xml import read_igv_xml

    if isinstance(path, Address):
        return read_track_hub(path, genome)
    with open_file(path) as file:
        begin = file.read(4096).removeprefix(_BYTE_ORDER).lstrip()
    if begins_as_hub(begin):
        return read_track_hub(path, genome)
    return read_igv_xml(path) if begin.startswith(b"<") else read_igv_json(path)
