"""What of a file was not read is said once, not at every place that is looked at."""

from msgspec.structs import replace

from ebert_core.protocol.shapes import Features, Remark
from ebert_core.protocol.sources import Shapes
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.loading.loader import Loader
from ebert_gui.loading.remarks import RemarkTeller
from ebert_gui.state.workspace import Workspace
from tests.gui.loading.recording import RecordingClient

SKIPPED = Remark("1 line left out", "1 line left out, first line 7: the start 'x' is not a whole number.")
PREDICTED = Remark("predicted by small", "CTCF in K562 as small predicts it.", is_told=False)
STRANGE = Remark("other names", "No name in this file is of the genome in view.", False, "strange names")


def remarked(reply: Shapes) -> Shapes:
    said = (SKIPPED, STRANGE, PREDICTED)
    return Shapes(tuple(replace(s, remarks=said) if isinstance(s, Features) else s for s in reply.shapes))


def test_it_is_said_at_the_first_arrival_and_not_again_elsewhere(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    teller = RemarkTeller(workspace, loader)
    said: list[str] = []
    teller.told.connect(said.append)
    workspace.history.change(workspace.setup.with_added(PeaksTrack(path="/d/x.bed", name="x.bed")))
    for place in (1_000_000, 3_000_000):
        workspace.view.show(Interval("chr1", place, place + 20_000))
        loader.ask()
        asked = len(data.open)
        data.answer_all(remarked)
        assert asked
    assert said == [f"CTCF peaks: {SKIPPED.full}", f"x.bed: {SKIPPED.full}"]
