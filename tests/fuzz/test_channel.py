"""Whatever comes through the session channel, worker and window live on or say one sentence.

EBERT_FUZZ_SEED and EBERT_FUZZ_COUNT choose others and more of them.
"""

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
import pytest
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ebert_core.protocol import tracks
from ebert_core.protocol.codec import Decoder, Undecodable, encode
from ebert_core.protocol.frames import BrokenStream, FrameReader
from ebert_core.protocol.messages import FromWorker, ToWorker
from ebert_core.protocol.shapes import Shape
from ebert_gui.browser import gutter
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.drawn_rows import DrawnRows, shared_scales
from ebert_gui.browser.look import Room, Scale
from ebert_gui.browser.surface import Surface
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.kinds.table import Kinds
from ebert_gui.kinds.truth import TruthTrack
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track
from ebert_gui.widgets.theme import LIGHT, window_font
from ebert_gui.workers.client import WorkerClient
from ebert_gui.workers.state import Condition, Patience
from tests.fuzz import channel_examples as known
from tests.fuzz.channel_examples import FROM_WORKER, PLACE, REPLIES, TO_WORKER
from tests.fuzz.wrong_messages import is_readable, mutant, mutated_reply, one_of

SEED = int(os.environ.get("EBERT_FUZZ_SEED", "1"))
COUNT = int(os.environ.get("EBERT_FUZZ_COUNT", "3000"))
_ENDED = b"The window sent what this worker cannot read: "


def dice_of(*words: object) -> random.Random:
    return random.Random(" ".join(map(str, (SEED, *words))))


@pytest.mark.parametrize(
    ("examples", "kind"), [(TO_WORKER, ToWorker), (FROM_WORKER, FromWorker)], ids=["to the worker", "from the worker"]
)
def test_bytes_are_messages_or_a_broken_stream(
    examples: tuple[msgspec.Struct, ...],
    kind: Any,  # a union of types has no type of its own
) -> None:
    broken = 0
    for number in range(COUNT):
        dice = dice_of(kind, number)
        reader: FrameReader[msgspec.Struct] = FrameReader(kind, expects_preamble=False)
        try:
            reader.feed(mutant(one_of(examples, dice), dice))
        except BrokenStream:
            broken += 1
    assert COUNT // 4 < broken < COUNT


@pytest.mark.parametrize("batch", range(max(3, COUNT // 300)))
def test_a_worker_answers_on_or_ends_with_one_line(batch: int) -> None:
    """Half of the streams hold only frames that are messages of some kind, so that handlers get what they hold."""
    dice = dice_of("worker", batch)
    frames = [mutant(one_of(TO_WORKER, dice), dice) for _ in range(200)]
    if batch % 2:
        frames = [each for each in frames if is_readable(each, ToWorker)]
    ended = subprocess.run(
        [sys.executable, "-m", "ebert_core", "worker", "data"], input=b"".join(frames), capture_output=True, timeout=60
    )
    lines = ended.stderr.splitlines()
    assert ended.returncode == 0, ended.stderr
    assert len(lines) <= 1, ended.stderr
    assert not lines or lines[0].startswith(_ENDED)
    if batch % 2:
        assert not lines
    FrameReader(FromWorker, expects_preamble=True).feed(ended.stdout)


@pytest.mark.parametrize("batch", range(max(3, COUNT // 300)))
def test_the_window_lives_with_a_worker_that_lies(qtbot: QtBot, batch: int) -> None:
    """It says one sentence and starts the worker anew, or passes over what it cannot use.

    Half of the workers send only frames that are messages of some kind.
    """
    script = Path(__file__).with_name("lying_worker.py")
    client = WorkerClient(
        [sys.executable, str(script), f"{SEED} {batch}", "200", "readable" if batch % 2 else "any"],
        "data",
        patience=Patience(beat=200, end=300, first_pause=10, restarts=1),
    )
    heard: list[object] = []
    conditions: list[Condition] = []
    client.state_changed.connect(lambda state: conditions.append(state.condition))
    client.start()
    for _ in range(3):
        client.request(tracks.InspectFile("/d/x.bw"), tracks.FileKind, heard.append, heard.append, lambda *_: None)
    try:
        qtbot.waitUntil(lambda: Condition.RESTARTING in conditions or len(heard) == 3, timeout=20_000)
        assert client.state.sentence.count("\n") == 0
    finally:
        client.stop_and_wait()
    assert client.process_id == 0


ROWS: dict[int, tuple[str, Track]] = {
    id(known.LETTERS): ("sequence", SequenceTrack()),
    id(known.GENES): ("genes", GenesTrack()),
    id(known.STATES): ("states", StatesTrack(cell_type="alpha")),
    id(known.SIGNAL): ("signal", SignalTrack(cell_type="alpha", signal="DNase")),
    id(known.PEAKS): ("peaks", PeaksTrack(cell_type="alpha", factor="CTCF")),
    id(known.TRUTH): ("truth", TruthTrack(cell_type="alpha", factor="CTCF")),
    id(known.PREDICTION): ("prediction", PredictionTrack(cell_type="alpha", factor="CTCF")),
    id(known.PROFILE): ("attention", AttentionTrack(cell_type="alpha")),
    id(known.MAP): ("attention map", AttentionTrack(cell_type="alpha", is_map=True)),
}


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_a_wrong_reply_is_refused_or_drawn(qapp: QApplication, reply: msgspec.Struct) -> None:
    decoder: Decoder[msgspec.Struct] = Decoder(type(reply))
    assert decoder.decode(encode(reply)) is not None
    refused = drawn = 0
    for number in range(max(50, COUNT // len(REPLIES))):
        try:
            wrong = decoder.decode(mutated_reply(reply, dice_of(type(reply), number)))
        except Undecodable:
            refused += 1
            continue
        if id(reply) in ROWS:
            draw(cast(Shape, wrong), *ROWS[id(reply)])  # decoded as the type of a reply that is a shape
        drawn += 1
    assert refused
    assert drawn


class Given:
    def __init__(self, content: TrackContent) -> None:
        self._content = content

    def content(self, _track: Track) -> TrackContent:
        return self._content


def draw(shape: Shape, part: str, track: Track) -> None:
    content = TrackContent({part: (Held(1, PLACE, shape, 3),)})
    axis = Axis("chr1", float(PLACE.start), PLACE.length / 400, 400.0, 1.0)
    image = QImage(400, 40, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    # Values that are no numbers are gaps and not mistakes.
    errors = np.errstate(all="ignore")
    errors.__enter__()
    try:
        room = Room(axis.bases_per_pixel, 40.0, LIGHT, window_font())
        row = DrawnRows(Kinds(), Given(content)).row(track, Scope(), room)
        scale = shared_scales([row], axis).get(track.id) or Scale()
        surface = Surface(painter, axis, 40.0, LIGHT, window_font())
        row.paint(surface, scale)
        row.annotate(surface, scale)
        gutter.paint_label(surface, 168, row.label(surface, scale))
        row.blank(axis)
        for position in (PLACE.start, PLACE.start + 10_090, PLACE.end - 1):
            row.at(position, axis)
    finally:
        errors.__exit__(None, None, None)
        painter.end()
