"""What of a file was not read is said once, not at every place that is looked at."""

from msgspec.structs import replace

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import Peaks, Remark
from ebert_gui.loading.remarks import RemarkTeller
from ebert_gui.state.tracks import PeaksTrack

SKIPPED = Remark("1 line left out", "1 line left out, first line 7: the start 'x' is not a whole number.")
PREDICTED = Remark("predicted by small", "CTCF in K562 as small predicts it.", is_told=False)
STRANGE = Remark("other names", "No name in this file is of the genome in view.", False, "strange names")


def remarked(reply: object) -> object:
    return replace(reply, remarks=(SKIPPED, STRANGE, PREDICTED)) if isinstance(reply, Peaks) else reply


def test_it_is_said_at_the_first_arrival_and_not_again_elsewhere(loader, data, workspace) -> None:
    teller = RemarkTeller(workspace, loader)
    said: list[str] = []
    teller.told.connect(said.append)
    workspace.tracks.add(PeaksTrack(path="/d/x.bed", name="x.bed"))
    for place in (1_000_000, 3_000_000):
        workspace.view.show(Interval("chr1", place, place + 20_000))
        loader.ask()
        asked = len(data.open)
        data.answer_all(remarked)
        assert asked
    assert said == [f"CTCF peaks: {SKIPPED.full}", f"x.bed: {SKIPPED.full}"]
