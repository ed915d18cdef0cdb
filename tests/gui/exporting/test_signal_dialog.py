"""The form for a signal as a bigWig: what it proposes, what it promises, and what it refuses."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from ebert_core.protocol.sources import MeasuredSignal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import BareFile, Chromosome, DatasetSummary
from ebert_gui.exporting.signal_dialog import SignalDialog, objection
from ebert_gui.widgets.paths import unused
from ebert_gui.widgets.wanted_place import Wanted

SOURCE = MeasuredSignal("K562", "DNase")
DATASET = DatasetSummary("/data/d.toml", "toy", "", (Chromosome("chr1", 1000),), False, False, (), (), ())
VIEW = Interval("chr1", -20, 300)


@pytest.fixture
def dialog(qtbot: QtBot) -> SignalDialog:
    dialog = SignalDialog("DNase K562 − HepG2", SOURCE, DATASET, VIEW)
    qtbot.addWidget(dialog)
    return dialog


def test_it_proposes_the_whole_genome_in_bins_of_50_bases_beside_the_dataset(dialog: SignalDialog) -> None:
    file = dialog.file()
    assert (file.source, file.step, file.places) == (SOURCE, 50, ())
    assert file.path == "/data/DNase-K562-HepG2.bw"
    assert dialog._footer.summary.text() == (
        "Writes DNase K562 − HepG2, the mean of every 50 bases of the whole genome, to DNase-K562-HepG2.bw. "
        "You can go on working meanwhile."
    )


def test_a_stretch_and_single_bases_can_be_chosen(dialog: SignalDialog) -> None:
    dialog.stretch.setCurrentIndex(1)
    assert dialog.file().places == (Interval("chr1", 0, 1000),)
    dialog.stretch.setCurrentIndex(2)
    dialog.step.setValue(1)
    assert dialog.file().places == (Interval("chr1", 0, 300),)
    assert "every base of chr1:1-300, to" in dialog._footer.summary.text()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "a whole path"),
        ("out.bw", "a whole path"),
        ("/data/out.txt", "must end in .bw"),
        ("/data/out.BW", ""),
        ("/data/out.bigWig", ""),
    ],
)
def test_a_path_that_makes_no_sense_is_refused(dialog: SignalDialog, path: str, why: str) -> None:
    dialog.target.setText(path)
    assert why in objection(path)
    assert bool(objection(path)) is bool(why)
    assert dialog._footer.action.isEnabled() is not bool(why)


def test_files_alone_are_written_beside_the_first_and_the_host_is_asked_for_places(qtbot: QtBot) -> None:
    files = (BareFile("https://there/x.bw", "x.bw", "signal"), BareFile("/mine/y.bw", "y.bw", "signal"))
    alone = DatasetSummary("", "toy", "", (Chromosome("chr1", 1000),), False, False, (), (), (), files=files)
    dialog = SignalDialog("y", SOURCE, alone, VIEW)
    qtbot.addWidget(dialog)
    assert dialog.file().path == "/mine/y.bw"
    with qtbot.waitSignal(dialog.place_wanted) as asked:
        dialog.browse.click()
    wanted, then = asked.args
    assert isinstance(wanted, Wanted)
    assert (wanted.mode, wanted.complete("/a/b"), wanted.complete("/a/b.BigWig")) == ("save", "/a/b.bw", "/a/b.BigWig")
    then(("/a/b.bw",))
    assert dialog.file().path == "/a/b.bw"


def test_another_name_is_proposed_unless_one_was_typed(dialog: SignalDialog) -> None:
    dialog.propose("/data/DNase-2.bw")
    assert dialog.file().path == dialog.proposed == "/data/DNase-2.bw"
    dialog.target.setText("/data/mine.bw")
    dialog.propose("/data/DNase-3.bw")
    assert dialog.file().path == "/data/mine.bw"
    dialog.target.setText("/data/DNase-2.bw")
    dialog.reject()
    dialog.propose("/data/DNase-3.bw")
    assert dialog.file().path == "/data/DNase-2.bw"


def test_a_file_of_the_host_that_will_be_replaced_is_told(dialog: SignalDialog) -> None:
    asked: list[tuple[str, Callable[[bool], None]]] = []
    dialog.looked_for.connect(lambda path, on_found: asked.append((path, on_found)))
    for path in ("/a/x.bw", "/a/y.bw", "no path", "/a/y.bw"):
        dialog.target.setText(path)
    dialog.step.setValue(3)
    assert [path for path, _ in asked] == ["/a/x.bw", "/a/y.bw", "/a/y.bw"]
    asked[0][1](True)
    assert "replaces" not in dialog._footer.summary.text(), "that was about another path"
    asked[-1][1](True)
    assert "It replaces the file that is there." in dialog._footer.summary.text()
    dialog.target.setText("/a/z.bw")
    assert "replaces" not in dialog._footer.summary.text()
    dialog.reject()
    asked[-1][1](True)
    assert "replaces" not in dialog._footer.summary.text()


def test_numbers_stand_before_the_ending() -> None:
    taken = frozenset(("y.bw", "y-2.bw"))
    assert unused("/a/y.bw", taken, ".bw") == "/a/y-3.bw"
    assert unused("/a/z.bw", taken, ".bw") == "/a/z.bw"
    assert unused("/a/y-2.bw", taken, ".bw") == "/a/y-3.bw"
    assert unused("/a/Z-FOS", taken, jobs=frozenset(["z-fos", "z-fos-2"])) == "/a/Z-FOS-3"
