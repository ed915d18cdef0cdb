"""Whatever comes through the session channel, worker and window live on or say one sentence.

EBERT_FUZZ_SEED and EBERT_FUZZ_COUNT choose others and more of them.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from channel_examples import FROM_WORKER, PLACE, REPLIES, TO_WORKER
from PyQt6.QtGui import QImage, QPainter
from wrong_messages import is_readable, mutant, mutated_reply, one_of

from ebert_core.protocol import modelling, tracks
from ebert_core.protocol.codec import Decoder, Undecodable, encode
from ebert_core.protocol.frames import BrokenStream, FrameReader
from ebert_core.protocol.messages import FromWorker, ToWorker
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.painters import painter_of, scales_of
from ebert_gui.browser.signal import Scale
from ebert_gui.browser.surface import Surface
from ebert_gui.state import tracks as shown
from ebert_gui.windows.theme import LIGHT, window_font
from ebert_gui.workers.client import WorkerClient
from ebert_gui.workers.state import Condition, Patience

SEED = int(os.environ.get("EBERT_FUZZ_SEED", "1"))
COUNT = int(os.environ.get("EBERT_FUZZ_COUNT", "3000"))
_ENDED = b"The window sent what this worker cannot read: "


def dice_of(*words: object) -> random.Random:
    return random.Random(" ".join(map(str, (SEED, *words))))


@pytest.mark.parametrize(
    ("examples", "kind"), [(TO_WORKER, ToWorker), (FROM_WORKER, FromWorker)], ids=["to the worker", "from the worker"]
)
def test_bytes_are_messages_or_a_broken_stream(examples, kind):
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
def test_a_worker_answers_on_or_ends_with_one_line(batch):
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
def test_the_window_lives_with_a_worker_that_lies(qtbot, batch):
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


ROWS: dict[type, tuple[str, shown.Track]] = {
    tracks.Sequence: ("sequence", shown.SequenceTrack()),
    tracks.Genes: ("genes", shown.GenesTrack()),
    tracks.States: ("states", shown.StatesTrack(cell_type="alpha")),
    tracks.Signal: ("signal", shown.SignalTrack(cell_type="alpha", signal="DNase")),
    tracks.Peaks: ("peaks", shown.PeaksTrack(cell_type="alpha", factor="CTCF")),
    tracks.Truth: ("truth", shown.TruthTrack(cell_type="alpha", factor="CTCF")),
    modelling.Prediction: ("prediction", shown.PredictionTrack(cell_type="alpha", factor="CTCF")),
    modelling.AttentionProfile: ("attention", shown.AttentionTrack(cell_type="alpha")),
    modelling.AttentionMap: ("attention", shown.AttentionTrack(cell_type="alpha", is_map=True)),
}


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_a_wrong_reply_is_refused_or_drawn(qapp, reply):
    decoder: Decoder[msgspec.Struct] = Decoder(type(reply))
    assert decoder.decode(encode(reply)) is not None
    refused = drawn = 0
    for number in range(max(50, COUNT // len(REPLIES))):
        try:
            wrong = decoder.decode(mutated_reply(reply, dice_of(type(reply), number)))
        except Undecodable:
            refused += 1
            continue
        if type(reply) in ROWS:
            draw(wrong)
        drawn += 1
    assert refused
    assert drawn


def draw(reply: msgspec.Struct) -> None:
    part, track = ROWS[type(reply)]
    content = TrackContent({part: (Held(1, PLACE, reply, 3),)})
    axis, setting = Axis("chr1", float(PLACE.start), PLACE.length / 400, 400.0, 1.0), Setting()
    image = QImage(400, 40, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    # Values that are no numbers are gaps and not mistakes.
    errors = np.errstate(all="ignore")
    errors.__enter__()
    try:
        scale = scales_of((track,), lambda _track: content, axis, setting).get(track.id) or Scale()
        kind = painter_of(track)
        surface = Surface(painter, axis, 40.0, LIGHT, window_font())
        kind.paint(surface, track, content, scale, setting)
        kind.annotate(surface, track, content, scale, setting)
        for position in (PLACE.start, PLACE.start + 10_090, PLACE.end - 1):
            kind.describe(track, content, position, PLACE)
            kind.read(track, content, position, setting)
    finally:
        errors.__exit__(None, None, None)
        painter.end()
