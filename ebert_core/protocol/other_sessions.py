"""What the window asks the data role of a session that another browser wrote."""

from typing import Literal

import msgspec

from ebert_core.protocol.regions import NamedRegion

Form = Literal["", "bars", "line", "points", "heat"]


class OtherTrack(msgspec.Struct, frozen=True):
    """A file of another browser's session, and how its track is drawn there; what is not said there is empty or None.

    Colours are `#rrggbb` or a name of the web, `height` is in pixels, tracks of one `group` share a scale, and those of
    one `overlay` a row.
    """

    path: str
    name: str = ""
    height: int = 0
    colour: str = ""
    below: str = ""
    form: Form = ""
    is_log: bool = False
    low: float | None = None
    high: float | None = None
    group: str = ""
    overlay: str = ""


class LeftOut(msgspec.Struct, frozen=True):
    """Something of a session that is not shown, and why."""

    name: str
    reason: str


class ReadOtherSession(msgspec.Struct, frozen=True, tag="read-other-session"):
    """What does a session of another browser hold? Reply: OtherSession.

    Of a UCSC track hub, what it shows of `genome`, where it has that.
    """

    path: str
    genome: str = ""


class OtherSession(msgspec.Struct, frozen=True):
    """A session of another browser: its genome by its name there, the place, and the files in their order on screen.

    `what` says what it is: a session of IGV. `genome_files` are those of the sequence and its bands, which a dataset
    has of its own.
    """

    what: str
    genome: str = ""
    locus: str = ""
    genome_files: tuple[str, ...] = ()
    tracks: tuple[OtherTrack, ...] = ()
    regions: tuple[NamedRegion, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
