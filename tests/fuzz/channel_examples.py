"""Messages as they should be, for wrong variants of them."""

import msgspec
import numpy as np

from ebert_core.protocol import tracks, work
from ebert_core.protocol.codec import encode
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
from ebert_core.protocol.shapes import (
    Column,
    Features,
    Grid,
    Letters,
    Mark,
    Matrix,
    Parts,
    Remark,
    RunClass,
    Runs,
    Signal,
)
from ebert_core.protocol.sources import FROM_ANCHOR, TO_ANCHOR, MeasuredSignal, Shapes, read_request
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reading import FileStamp

PLACE = Interval("chr1", 1_000_000, 1_020_000)
_WINDOW = Interval("chr1", 1_008_000, 1_012_000)
_STAMP = FileStamp("/d/x.bw", 1_700_000_000_000_000_000, 4096)


def _ask(number: int, request: msgspec.Struct, key: str = "") -> Ask:
    return Ask(number, msgspec.Raw(encode(request)), key)


TO_WORKER: tuple[msgspec.Struct, ...] = (
    _ask(1, tracks.OpenFiles(("/no/such.bed",))),
    _ask(2, read_request([MeasuredSignal("alpha", "DNase")], PLACE, 500), "view"),
    _ask(3, tracks.FindGenes("MAX")),
    _ask(4, tracks.InspectFile("/no/such.bed")),
    _ask(5, work.ListJobs("")),
    Cancel(2),
    Ping(7),
    Credit(1_000_000),
    Avoid((_STAMP,)),
)

_COUNTS = np.arange(40, dtype=np.int64)
_STARTS = PLACE.start + 500 * _COUNTS
_VALUES = np.linspace(0, 5, 500, dtype=np.float32)
_REMARK = Remark("2 lines left out", "2 lines make no sense; the first is line 7.")
_PAIRS = np.repeat(_STARTS, 2) + np.tile([0, 200], 40)
_EXONS = Parts(np.full(40, 2, dtype=np.int64), _PAIRS, _PAIRS + 100)
LETTERS = Letters(PLACE, np.zeros(PLACE.length, dtype=np.uint8))
GENES = Features(
    PLACE,
    _STARTS,
    _STARTS + 300,
    names=tuple(f"MAX{n}" for n in range(40)),
    strands="+-" * 20,
    parts=_EXONS,
    thick_parts=_EXONS,
    columns=(Column("transcripts", ("2",) * 40),),
    omitted=3,
    remarks=(_REMARK,),
)
STATES = Runs(
    PLACE,
    _STARTS,
    _STARTS + 500,
    (_COUNTS % 2).astype(np.uint8),
    (RunClass("quiet", "#ffffff"), RunClass("active", "#ff0000")),
)
SIGNAL = Signal(PLACE, _VALUES, _VALUES + 1, _VALUES + 0.5, block_bases=200, remarks=(_REMARK,))
PEAKS = Features(
    PLACE,
    _STARTS,
    _STARTS + 200,
    names=tuple(f"p{n}" for n in range(40)),
    scores=np.ones(40, dtype=np.float32),
    summits=_STARTS + 90,
    colours=("#00ff00",) * 40,
    omitted=1,
)
TRUTH = Features(PLACE, _STARTS, _STARTS + 20, scores=(_COUNTS % 2).astype(np.float32))
_HALVES = np.full(390, 0.5, dtype=np.float32)
PREDICTION = Signal(
    PLACE,
    _HALVES,
    _HALVES,
    _HALVES,
    binned=Interval("chr1", PLACE.start + 75, PLACE.start + 75 + 390 * 50),
    is_draft=True,
    marks=(Mark(PLACE.start, PLACE.end, "unseen locus", "locus never seen"),),
)
PROFILE = Grid(_WINDOW, (FROM_ANCHOR, TO_ANCHOR), np.full((2, 400), 0.01, dtype=np.float32))
MAP = Matrix(_WINDOW, np.full((40, 40), 0.01, dtype=np.float32))
REPLIES: tuple[msgspec.Struct, ...] = (
    LETTERS, GENES, STATES, SIGNAL, PEAKS, TRUTH, PREDICTION, PROFILE, MAP,
    Shapes((LETTERS, GENES)),
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
