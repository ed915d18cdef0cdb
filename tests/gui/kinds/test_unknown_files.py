"""A file that nobody could open is a grey row that says so, and its track stands there when somebody can."""

import msgspec

from ebert_core.protocol.tracks import BareFile, FileFormat
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import UnknownTrack

REFUSED = BareFile("/d/mine.toy", "Mine", "", "/d/mine.toy is of a kind that this program does not know.")


def test_the_row_of_a_listed_file_says_why_it_is_grey() -> None:
    row = Kinds().track_of_file(REFUSED)
    assert isinstance(row, UnknownTrack)
    assert row.title == "Mine"
    lack = row.lack(Scope())
    assert lack is not None
    assert lack == ("This file cannot be opened here; its row is kept", REFUSED.problem)


def test_the_row_is_kept_by_the_session_and_becomes_the_track_when_the_file_can_be_opened() -> None:
    kinds = Kinds()
    row = kinds.track_of_file(REFUSED)
    assert isinstance(row, UnknownTrack)
    kept = kinds.read(msgspec.structs.replace(row, id="t").written.encode())
    assert isinstance(kept, UnknownTrack)
    assert kept.title == "Mine"
    assert (kept.sentence, kept.problem) == (row.sentence, "Nothing that is installed opens /d/mine.toy.")
    other = SignalTrack(path="/d/other.bw")
    kept = msgspec.structs.replace(kept, id="t")
    assert kinds.with_known_files((other, kept), (REFUSED,)) == (other, kept)
    readable = msgspec.structs.replace(REFUSED, kind="signal", problem="")
    back = SignalTrack(id="t", path="/d/mine.toy", signal="Mine")
    assert kinds.with_known_files((other, kept), (readable,)) == (other, back)


def test_a_track_of_a_package_that_is_gone_says_so() -> None:
    row = Kinds().read(b'{"type": "toy-scores", "id": "t", "name": "mine.toy"}')
    assert isinstance(row, UnknownTrack)
    assert (row.title, row.id) == ("mine.toy", "t")
    assert row.sentence == "Nothing installed here shows this kind of track; it is kept"
    assert row.problem.startswith("Nothing that is installed shows tracks of the kind 'toy-scores'. The package that")


def test_a_file_that_cannot_be_read_gets_the_track_of_the_format_that_its_name_tells() -> None:
    kinds = Kinds()
    assert kinds.track_of_unreadable("/d/a.bw") is None
    kinds.formats = (FileFormat("2bit", (), (".2bit",)), FileFormat("bigWig", ("signal",), (".bw",)))
    assert kinds.track_of_unreadable("/d/A.BW.gz") == SignalTrack(path="/d/A.BW.gz", signal="A.BW.gz")
    assert kinds.track_of_unreadable("/d/a.2bit") is None
