"""Sessions in files of a person: what is in them changes when they are saved, and what was not saved is not lost."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from ebert_core.genome.sessions import read_other_session
from ebert_core.protocol.kept_places import FindPlaces
from ebert_core.protocol.other_sessions import ReadOtherSession
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import (
    BareFile,
    Chromosome,
    DatasetSummary,
    FileKind,
    InspectFile,
    OpenDataset,
    OpenFiles,
)
from ebert_core.roles.saved_sessions import find_places
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.loading.keeping import Appearance, SessionKeeper
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.saved_sessions import SavedSessions
from ebert_gui.state.session import Session, read_session, write_session
from ebert_gui.state.session_files import newest_sessions, settings_folder
from ebert_gui.state.setup import Setup
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.certain import present
from tests.gui.drawn import KINDS

NOTHING = DatasetSummary("", "", "toy1", (Chromosome("chr1", 50_000),), False, True, (), (), ())


class Host:
    """A data worker that looks for files on the disk, and takes all of them for signals."""

    def __init__(self) -> None:
        self.state = WorkerState(Condition.READY)
        self.asked: list[msgspec.Struct] = []

    def request(
        self, body: Any, _kind: Any, on_reply: Callable[[Any], None], on_failure: Any = None, *_more: Any, **_words: Any
    ) -> int:
        self.asked.append(body)
        match body:
            case FindPlaces():
                on_reply(find_places(body, lambda *_: None))
            case ReadOtherSession(path=path, genome=genome):
                try:
                    on_reply(read_other_session(Path(path), genome))
                except (InvalidRequest, OSError) as error:
                    on_failure(Failure("invalid", str(error)))
            case InspectFile(path=path):
                is_read = path.endswith(".bw")
                on_reply(FileKind("signal" if is_read else "", "A signal." if is_read else f"{path} is not read."))
            case OpenDataset(path=path):
                on_reply(replace(NOTHING, path=path, name=path))
            case OpenFiles(paths=paths, dataset=dataset):
                files = tuple(BareFile(path, Path(path).name, "signal") for path in paths)
                on_reply(replace(NOTHING, path=dataset, files=files))
        return len(self.asked)

    def cancel(self, number: int) -> None:
        """Everything has been answered."""


class Window:
    """A window as far as sessions go."""

    def __init__(self) -> None:
        self.host = Host()
        self.workspace = Workspace(KINDS)
        self.opener = Opener(self.workspace, self.host, self.host, KINDS)
        self.saved = SavedSessions(self.workspace, self.opener, KINDS, self.host)
        self.keeper = SessionKeeper(self.workspace, self.saved, KINDS, "", Appearance)
        self.opener.session_of = self.keeper.begin
        self.said: list[str] = []
        self.reports: list[tuple[str, str]] = []
        for told in (self.keeper.noted, self.keeper.problem, self.saved.noted, self.saved.problem):
            told.connect(self.said.append)
        self.saved.reported.connect(lambda sentence, details: self.reports.append((sentence, details)))

    def add(self, *names: str) -> None:
        """What a person does: one track more for each name."""
        tracks = [GenesTrack(id=name) for name in names]
        self.workspace.history.change(self.workspace.setup.with_added(*tracks))

    @property
    def tracks(self) -> list[str]:
        return [track.id for track in self.workspace.setup.tracks]

    @property
    def paths(self) -> list[str]:
        return [path for track in self.workspace.setup.tracks if (path := track.word("path"))]


@pytest.fixture
def new_window(qapp: object) -> Iterator[Callable[[], Window]]:
    windows: list[Window] = []

    def make() -> Window:
        windows.append(Window())
        return windows[-1]

    yield make
    for window in windows:
        window.keeper.end()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A folder with a dataset and a file beside it."""
    folder = tmp_path / "study"
    (folder / "tracks").mkdir(parents=True)
    for name in ("DATASET.toml", "tracks/a.bw", "tracks/b.bw"):
        (folder / name).write_text("x")
    return folder


def in_file(path: Path) -> Session:
    read = read_session(path, KINDS.read)
    assert not read.problem
    return read.session


def ids(session: Session) -> list[str]:
    return [track.id for track in session.setup.tracks]


def saved_in(window: Window, study: Path, name: str = "s.json") -> Path:
    window.opener.open_dataset(str(study / "DATASET.toml"))
    window.workspace.history.change(Setup(tracks=(GenesTrack(id="genes"),)))
    assert window.saved.save(study / name)
    return study / name


def test_a_saved_session_changes_only_when_it_is_saved(new_window: Callable[[], Window], study: Path) -> None:
    window = new_window()
    path = saved_in(window, study)
    assert (window.saved.path, window.saved.is_changed) == (path, False)
    window.add("more")
    window.keeper.save()
    assert window.saved.is_changed
    assert ids(in_file(path)) == ["genes"]
    window.workspace.history.undo()
    assert not window.saved.is_changed
    window.workspace.history.redo()
    assert window.saved.save()
    assert not window.saved.is_changed
    assert ids(in_file(path)) == ["genes", "more"]


def test_moving_about_is_no_change(new_window: Callable[[], Window], study: Path) -> None:
    window = new_window()
    saved_in(window, study)
    window.workspace.view.pan_by(500.0)
    assert not window.saved.is_changed


def test_a_file_holds_paths_from_its_folder_on_and_nothing_of_this_window(
    new_window: Callable[[], Window], study: Path
) -> None:
    window = new_window()
    window.opener.open_dataset(str(study / "DATASET.toml"))
    window.opener.open_files((str(study / "tracks" / "a.bw"),))
    window.saved.save(study / "sessions" / "s.json")
    held = in_file(study / "sessions" / "s.json")
    assert dict(held.beside) == {
        str(study / "DATASET.toml"): "../DATASET.toml",
        str(study / "tracks" / "a.bw"): "../tracks/a.bw",
    }
    assert (held.saved_as, held.saved_at, held.layout, held.geometry, held.is_dark) == ("", 0, "", "", None)


def test_what_was_not_saved_is_kept_by_itself_and_comes_back(new_window: Callable[[], Window], study: Path) -> None:
    first = new_window()
    path = saved_in(first, study)
    first.add("more")
    first.keeper.end()
    second = new_window()
    second.saved.open(str(path))
    assert second.tracks == ["genes", "more"]
    assert second.saved.is_changed
    assert second.said == ["Changes that were not saved in s.json are shown; File, Revert to saved shows the file."]
    second.saved.revert()
    assert second.tracks == ["genes"]
    assert not second.saved.is_changed
    (aside,) = [each for each in (settings_folder() / "sessions").iterdir() if ".aside-" in each.name]
    assert ids(in_file(aside)) == ["genes", "more"]
    assert aside.name in second.said[-1]


def test_the_next_start_goes_on_with_the_saved_session(new_window: Callable[[], Window], study: Path) -> None:
    first = new_window()
    path = saved_in(first, study)
    first.add("more")
    first.keeper.end()
    second = new_window()
    session = second.keeper.last()
    second.opener.open_dataset(session.dataset)
    assert (second.saved.path, second.saved.is_changed, second.tracks) == (path, True, ["genes", "more"])
    assert second.said == []
    second.workspace.history.change(second.workspace.setup.without("more"))
    assert not second.saved.is_changed, "this is what the file has"


def test_a_file_that_was_changed_elsewhere_wins_and_what_was_not_saved_is_kept_aside(
    new_window: Callable[[], Window], study: Path
) -> None:
    first = new_window()
    path = saved_in(first, study)
    first.add("mine")
    first.keeper.end()
    theirs = replace(in_file(path), setup=Setup(tracks=(GenesTrack(id="theirs"),)))
    write_session(path, theirs)
    os.utime(path, ns=(1, 1))
    second = new_window()
    second.saved.open(str(path))
    assert second.tracks == ["theirs"]
    (aside,) = [each for each in (settings_folder() / "sessions").iterdir() if ".aside-" in each.name]
    assert ids(in_file(aside)) == ["genes", "mine"]


def test_saving_over_what_another_program_wrote_keeps_that_beside_it(
    new_window: Callable[[], Window], study: Path
) -> None:
    window = new_window()
    path = saved_in(window, study)
    write_session(path, replace(in_file(path), setup=Setup(tracks=(GenesTrack(id="theirs"),))))
    os.utime(path, ns=(1, 1))
    window.add("mine")
    assert window.saved.save()
    assert ids(in_file(path)) == ["genes", "mine"]
    (aside,) = [each for each in study.iterdir() if ".aside-" in each.name]
    assert ids(in_file(aside)) == ["theirs"]
    assert window.said == [f"{path} had been changed elsewhere; what it held is kept as {aside}."]


def test_saving_under_another_name_leaves_the_first_file_and_follows_the_second(
    new_window: Callable[[], Window], study: Path
) -> None:
    window = new_window()
    first = saved_in(window, study)
    window.add("more")
    window.keeper.save()
    assert window.saved.save(study / "t.json")
    assert (ids(in_file(first)), ids(in_file(study / "t.json"))) == (["genes"], ["genes", "more"])
    window.add("last")
    window.keeper.end()
    kept = [in_file(each) for each in newest_sessions()]
    assert [each.saved_as for each in kept if each.is_changed] == [str(study / "t.json")]
    assert str(first) not in [each.saved_as for each in kept]


def test_a_session_that_cannot_be_written_is_said_and_stays_unsaved(
    new_window: Callable[[], Window], study: Path
) -> None:
    window = new_window()
    path = saved_in(window, study)
    window.add("more")
    (study / "file").write_text("x")
    assert not window.saved.save(study / "file" / "s.json")
    assert window.said == [f"The session was not saved in {study}/file/s.json: File exists."]
    assert (window.saved.path, window.saved.is_changed) == (path, True)


def test_what_a_person_does_while_a_session_still_opens_is_a_change(
    new_window: Callable[[], Window], study: Path
) -> None:
    path = saved_in(new_window(), study)
    window = new_window()
    window.saved.open(str(path), lambda: window.add("early"))
    assert window.opener.is_settled
    assert window.tracks == ["genes", "early"]
    assert window.saved.is_changed


def test_a_folder_that_was_moved_opens_and_is_not_changed_by_that(
    new_window: Callable[[], Window], study: Path, tmp_path: Path
) -> None:
    first = new_window()
    first.opener.open_dataset(str(study / "DATASET.toml"))
    first.opener.open_files((str(study / "tracks" / "a.bw"),))
    first.saved.save(study / "s.json")
    moved = study.rename(tmp_path / "moved")
    second = new_window()
    second.saved.open(str(moved / "s.json"))
    assert present(second.workspace.dataset).path == str(moved / "DATASET.toml")
    assert second.paths == [str(moved / "tracks" / "a.bw")]
    assert (second.saved.path, second.saved.is_changed) == (moved / "s.json", False)


def test_files_that_are_gone_are_asked_for_once_and_all_found_by_one_folder(
    new_window: Callable[[], Window], study: Path, tmp_path: Path
) -> None:
    first = new_window()
    first.opener.open_files(tuple(str(study / "tracks" / name) for name in ("a.bw", "b.bw")))
    first.saved.save(tmp_path / "s.json")
    moved = (study / "tracks").rename(tmp_path / "elsewhere")
    second = new_window()
    asked: list[tuple[str, ...]] = []
    second.saved.missing.connect(lambda: asked.append(present(second.saved.searched).missing))
    second.saved.open(str(tmp_path / "s.json"))
    assert asked == [(str(study / "tracks" / "a.bw"), str(study / "tracks" / "b.bw"))]
    assert second.workspace.dataset is None
    second.saved.look_in(str(moved))
    assert len(asked) == 1
    assert second.paths == [str(moved / "a.bw"), str(moved / "b.bw")]


def test_a_session_opens_without_what_is_missing_and_keeps_its_track(
    new_window: Callable[[], Window], study: Path, tmp_path: Path
) -> None:
    first = new_window()
    first.opener.open_dataset(str(study / "DATASET.toml"))
    first.opener.open_files((str(study / "tracks" / "a.bw"),))
    path = tmp_path / "s.json"
    first.saved.save(path)
    (study / "tracks" / "a.bw").unlink()
    second = new_window()
    second.saved.open(str(path))
    assert not present(second.saved.searched).is_without_dataset
    second.saved.go_on()
    assert second.paths == [str(study / "tracks" / "a.bw")]
    assert second.saved.searched is None


def test_a_session_of_files_is_shown_in_the_place_of_what_was_open(
    new_window: Callable[[], Window], study: Path
) -> None:
    first = new_window()
    first.opener.open_files((str(study / "tracks" / "a.bw"),))
    first.saved.save(study / "s.json")
    second = new_window()
    second.opener.open_files((str(study / "tracks" / "b.bw"),))
    second.saved.open(str(study / "s.json"))
    assert second.paths == [str(study / "tracks" / "a.bw")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no session in"),
        ("{}", "is JSON, but neither a session of this program nor one of IGV"),
        ("no json", "cannot be read as JSON"),
        ('{"version": 99, "setup": {}}', "is from a newer version"),
        ('{"version": 2, "setup": 7}', "could not be read (Expected `object`, got `int` - at `$.setup`)"),
    ],
)
def test_what_is_no_session_is_said_and_changes_nothing(
    new_window: Callable[[], Window], study: Path, content: str | None, words: str
) -> None:
    window = new_window()
    path = saved_in(window, study)
    other = study / "other.json"
    if content is not None:
        other.write_text(content)
    window.saved.open(str(other))
    assert len(window.said) == 1
    assert words in window.said[0]
    assert (window.saved.path, window.tracks) == (path, ["genes"])


def test_a_track_of_a_file_says_where_it_went(new_window: Callable[[], Window], study: Path, tmp_path: Path) -> None:
    path, old = tmp_path / "s.json", str(study / "gone" / "a.bw")
    track = SignalTrack(id="s", path=old)
    write_session(path, Session(files=(old,), setup=Setup(tracks=(track,))))
    window = new_window()
    window.saved.open(str(path))
    window.saved.look_in(str(study / "tracks"))
    assert window.workspace.setup.tracks == (replace(track, path=str(study / "tracks" / "a.bw")),)


IGV = """<Session genome="{genome}" locus="chr1:1,001-3,000">
<Resources><Resource path="tracks/a.bw"/><Resource path="r.bam"/><Resource path="gone.bw"/></Resources>
<Panel><Track id="tracks/a.bw" name="H3K27ac" color="0,0,178" altColor="178,0,0" height="77" renderer="POINTS">
<DataRange minimum="1" maximum="9" type="LOG"/></Track></Panel></Session>"""


@pytest.fixture
def igv(study: Path) -> Path:
    path = study / "s.xml"
    path.write_text(IGV.format(genome="hg19"))
    (study / "r.bam").write_text("x")
    return path


def test_a_session_of_igv_is_shown_as_far_as_it_can_be_and_the_rest_is_one_message(
    new_window: Callable[[], Window], study: Path, igv: Path
) -> None:
    window = new_window()
    places: list[str] = []
    window.saved.place_wanted.connect(places.append)
    window.saved.open(str(igv))
    window.saved.go_on()
    (track,) = [each for each in window.workspace.setup.tracks if isinstance(each, SignalTrack)]
    assert (track.path, track.title, track.height, track.colour) == (
        str(study / "tracks/a.bw"),
        "H3K27ac",
        77,
        "#0000b2",
    )
    drawn = track.drawn
    assert (drawn.below, drawn.form, drawn.spacing, drawn.low, drawn.high) == ("#b20000", "points", "log", 1.0, 9.0)
    assert places == ["chr1:1,001-3,000"]
    assert window.reports == [
        (
            "s.xml is a session of IGV: 1 track of it can be shown. Not shown: gone.bw, r.bam, the genome hg19.",
            f"gone.bw: {study}/gone.bw is not there\nr.bam: {study}/r.bam is not read.\n"
            "the genome hg19: open a dataset of it first, or add its sequence and genes to these files",
        )
    ]


def test_of_many_things_that_are_not_shown_the_first_are_named_and_all_are_in_the_details(
    new_window: Callable[[], Window], study: Path
) -> None:
    resources = "".join(f'<Resource path="{number}.bam"/>' for number in range(9))
    (study / "s.xml").write_text(f"<Session><Resources>{resources}</Resources></Session>")
    window = new_window()
    window.saved.open(str(study / "s.xml"))
    window.saved.go_on()
    ((sentence, details),) = window.reports
    assert sentence.endswith(
        "0 tracks of it can be shown. Not shown: 0.bam, 1.bam, 2.bam, 3.bam, 4.bam, 5.bam and 3 more."
    )
    assert len(details.splitlines()) == 9


def test_a_session_of_igv_is_never_written_over(new_window: Callable[[], Window], igv: Path) -> None:
    window = new_window()
    before = igv.read_bytes()
    window.saved.open(str(igv))
    window.saved.go_on()
    assert window.saved.path is None
    assert not window.saved.save()
    window.keeper.save()
    assert igv.read_bytes() == before


def test_files_of_a_session_of_igv_that_were_moved_are_looked_for_as_those_of_any(
    new_window: Callable[[], Window], study: Path, igv: Path, tmp_path: Path
) -> None:
    (study / "tracks").rename(tmp_path / "elsewhere")
    window = new_window()
    window.saved.open(str(igv))
    assert len(present(window.saved.searched).missing) == 2
    window.saved.look_in(str(tmp_path / "elsewhere"))
    window.saved.go_on()
    assert window.paths == [str(tmp_path / "elsewhere" / "a.bw")]
    assert "H3K27ac" in [track.title for track in window.workspace.setup.tracks]


def test_a_session_of_igv_joins_a_dataset_of_its_genome_and_replaces_another(
    new_window: Callable[[], Window], study: Path, igv: Path
) -> None:
    window = new_window()
    dataset = str(study / "DATASET.toml")
    window.opener.open_dataset(dataset)
    igv.write_text(IGV.format(genome="TOY1"))
    window.saved.open(str(igv))
    window.saved.go_on()
    assert present(window.workspace.dataset).path == dataset
    assert window.paths == [str(study / "tracks" / "a.bw")]
    assert "H3K27ac" in [track.title for track in window.workspace.setup.tracks]
    igv.write_text(IGV.format(genome="hg38"))
    window.saved.open(str(igv))
    window.saved.go_on()
    assert present(window.workspace.dataset).path == ""


def test_a_track_hub_joins_the_dataset_of_its_genome(new_window: Callable[[], Window], study: Path) -> None:
    text = (
        "hub x\nuseOneFile on\ngenome hg38\ngenome toy1\ntrack a\nshortLabel A\nbigDataUrl tracks/a.bw\ntype bigWig\n"
    )
    (study / "hub.txt").write_text(text)
    window = new_window()
    window.opener.open_dataset(str(study / "DATASET.toml"))
    window.saved.open(str(study / "hub.txt"))
    assert present(window.workspace.dataset).path == str(study / "DATASET.toml")
    assert [track.title for track in window.workspace.setup.tracks if track.word("path")] == ["A"]
    assert window.reports == [
        (
            "hub.txt is a UCSC track hub: 1 track of it can be shown. Not shown: its tracks of hg38.",
            "its tracks of hg38: one genome can be shown at a time",
        )
    ]


def test_signals_of_one_row_in_igv_are_one_row_here(new_window: Callable[[], Window], study: Path) -> None:
    (study / "s.xml").write_text(
        """<Session><Resources><Resource path="tracks/a.bw"/><Resource path="tracks/b.bw"/></Resources><Panel>
        <Track id="o" clazz="org.igv.track.MergedTracks"><Track id="tracks/a.bw" name="A" color="1,2,3"/>
        <Track id="tracks/b.bw" name="B" color="4,5,6"/></Track></Panel></Session>"""
    )
    window = new_window()
    window.saved.open(str(study / "s.xml"))
    (row,) = [track for track in window.workspace.setup.tracks if track.joined]
    assert [(layer.title, layer.word("path"), layer.colour) for layer in row.joined] == [
        ("A", str(study / "tracks/a.bw"), "#010203"),
        ("B", str(study / "tracks/b.bw"), "#040506"),
    ]
    assert window.paths == []
