"""Messages as they should be, for wrong variants of them."""

import msgspec
import numpy as np

from ebert_core.protocol import modelling, tracks, work
from ebert_core.protocol.codec import encode
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.messages import (
    PROTOCOL_VERSION,
    Ask,
    Avoid,
    Begun,
    Cancel,
    Chunk,
    Credit,
    Failed,
    Hello,
    Ping,
    Pong,
    Progress,
)
from ebert_core.protocol.reading import FileStamp

PLACE = Interval("chr1", 1_000_000, 1_020_000)
_WINDOW = Interval("chr1", 1_008_000, 1_012_000)
_STAMP = FileStamp("/d/x.bw", 1_700_000_000_000_000_000, 4096)


def _ask(number: int, request: msgspec.Struct, key: str = "") -> Ask:
    return Ask(number, msgspec.Raw(encode(request)), key)


TO_WORKER: tuple[msgspec.Struct, ...] = (
    _ask(1, tracks.OpenFiles(("/no/such.bed",))),
    _ask(2, tracks.ReadSignal(PLACE, 500, "alpha", "DNase"), "view"),
    _ask(3, tracks.FindPlace("MAX")),
    _ask(4, tracks.InspectFile("/no/such.bed")),
    _ask(5, work.ListJobs("")),
    Cancel(2),
    Ping(7),
    Credit(1_000_000),
    Avoid((_STAMP,)),
)

_COUNTS = np.arange(40, dtype=np.int64)
_VALUES = np.linspace(0, 5, 500, dtype=np.float32)
_REMARK = tracks.Remark("2 lines left out", "2 lines make no sense; the first is line 7.")
REPLIES: tuple[msgspec.Struct, ...] = (
    tracks.Sequence(PLACE, np.zeros(PLACE.length, dtype=np.uint8)),
    tracks.Genes(
        PLACE,
        tuple(
            tracks.Gene(f"MAX{n}", start, start + 300, "+", ((start, start + 100), (start + 200, start + 300)))
            for n, start in enumerate(range(PLACE.start, PLACE.start + 16_000, 400))
        ),
        3,
        (_REMARK,),
    ),
    tracks.States(
        PLACE, PLACE.start + 500 * _COUNTS, PLACE.start + 500 * (_COUNTS + 1), (_COUNTS % 2).astype(np.uint8),
        (tracks.StateName("quiet", "#ffffff"), tracks.StateName("active", "#ff0000")),
    ),
    tracks.Signal(PLACE, _VALUES, _VALUES + 1, _VALUES + 0.5, 200, (_REMARK,)),
    tracks.Peaks(
        PLACE, PLACE.start + 500 * _COUNTS, PLACE.start + 500 * _COUNTS + 200, PLACE.start + 500 * _COUNTS + 90,
        np.ones(40, dtype=np.float32), tuple(f"p{n}" for n in range(40)), 1,
    ),
    tracks.Truth(PLACE, PLACE.start + 500 * _COUNTS, PLACE.start + 500 * _COUNTS + 20, _COUNTS % 2 == 0),
    modelling.Prediction(PLACE, ("CTCF",), PLACE.start + 75, 50, np.full((1, 390), 0.5, dtype=np.float32), 2),
    modelling.AttentionProfile(
        _WINDOW, 1_010_000, 10, 0, None, np.full(400, 0.01, dtype=np.float32),
        np.full(400, 0.01, dtype=np.float32),
    ),
    modelling.AttentionMap(_WINDOW, 100, 0, 1, np.full((40, 40), 0.01, dtype=np.float32)),
    work.Jobs((work.JobSummary("/jobs/1", "1", "finetune", "fos", "running", "here", 1.7e9, 0.5, "epoch 3", 20.0),)),
    work.Metrics((work.Curve("validation", "auprc", np.arange(9, dtype=np.int64), np.linspace(0, 1, 9)),)),
)  # fmt: skip

FROM_WORKER: tuple[msgspec.Struct, ...] = (
    Hello(PROTOCOL_VERSION, "0.1", "data", 1, "here"),
    Pong(3, 0.5),
    Begun(1),
    Begun(1, _STAMP),
    Progress(1, 0.5, "reading"),
    Chunk(1, b"abc", False),
    Chunk(2, encode(tracks.FileKind("signal", "A bigWig.")), True),
    Failed(1, "invalid", "There is no chr99."),
    Failed(3, "bug", "KeyError", "Traceback"),
    Failed(4, "avoided", "…", file="/d/x.bw"),
)
