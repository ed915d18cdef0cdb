"""The requests that a client has sent and that wait for their replies."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec

from ebert_core.protocol import codec
from ebert_core.protocol.messages import Ask
from ebert_gui.workers.state import Failure

OnFailure = Callable[[Failure], None]
OnProgress = Callable[[float, str], None]


@dataclass
class Pending:
    """A request on its way, the chunks of its reply so far, and who wants to hear of it."""

    ask: Ask
    decoder: codec.Decoder[msgspec.Struct]
    # Any: the reply's type is the one that `decoder` reads.
    on_reply: Callable[[Any], None]
    on_failure: OnFailure | None
    on_progress: OnProgress | None
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, chunk: bytes) -> None:
        """A further piece of the reply has come."""
        self.chunks.append(chunk)
        self.size += len(chunk)

    def reply(self) -> msgspec.Struct:
        """The reply that its chunks make."""
        data = b"".join(self.chunks)
        self.chunks.clear()
        return self.decoder.decode(data)


@lru_cache(maxsize=64)
def decoder_of(reply_type: type[msgspec.Struct]) -> codec.Decoder[msgspec.Struct]:
    """The decoder of a type of reply; building one costs more than using it."""
    return codec.Decoder(reply_type)
