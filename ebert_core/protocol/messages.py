"""The envelopes of a session: what the window and a worker say to each other around requests and replies."""

from typing import Annotated, Literal

import msgspec

from ebert_core.protocol.terms.reading import FileStamp

PROTOCOL_VERSION = 2

Role = Literal["data", "model"]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
# What one message may say; longer texts are cut by whoever sends them.
LONGEST_SENTENCE = 4_000
LONGEST_DETAILS = 100_000
# The exit code of a model worker that has no PyTorch, so that the window can say what to install.
EXIT_WITHOUT_TORCH = 3


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """First message of a worker: who answers here."""

    protocol_version: int
    package_version: str
    role: Role
    process: int
    host: str
    device: str = ""
    precision: str = ""


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Window to worker: answer this. `body` is an encoded request.

    Requests with the same non-empty `view_key` replace each other: only the running one and the newest are computed.
    """

    id: int
    body: msgspec.Raw
    view_key: str = ""


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Window to worker: the answer to this request is no longer wanted."""

    id: int


class Avoid(msgspec.Struct, frozen=True, tag="avoid"):
    """Window to worker: of all files, these are not to be read while they are as they were; a worker ended on them."""

    files: tuple[FileStamp, ...]


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Window to worker: are you there?"""

    nonce: int


class Credit(msgspec.Struct, frozen=True, tag="credit"):
    """Window to worker: this many more bytes of data frames may be sent."""

    bytes: int


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """Worker to window: I am here; `busy_seconds` is how long the present request has been running, or 0."""

    nonce: int
    busy_seconds: float = 0.0


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """Worker to window: this request is being answered from now on, and this file is read for it."""

    id: int
    file: FileStamp | None = None


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """Worker to window: how far a request is, 0 to 1; at most ten a second."""

    id: int
    fraction: Share
    note: str = ""


class Chunk(msgspec.Struct, frozen=True, tag="chunk"):
    """Worker to window: a piece of an encoded reply; the last one completes it."""

    id: int
    data: bytes
    is_last: bool


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """Worker to window: no reply will come.

    `invalid` has a sentence for the person; `bug` adds a traceback; `cancelled` and `replaced` say themselves.
    `avoided` names the `file` that is not read since a worker ended on it, `invalid` the one that it is about, if any.
    """

    id: int
    kind: Literal["invalid", "bug", "cancelled", "replaced", "avoided"]
    message: str = ""
    details: str = ""
    file: str = ""


ToWorker = Ask | Cancel | Avoid | Ping | Credit
FromWorker = Hello | Pong | Begun | Progress | Chunk | Failed
