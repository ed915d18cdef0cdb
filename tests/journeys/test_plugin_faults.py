"""What the code of another package raises costs its own row, which says so, and whoever draws a picture hears it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.state.session import Session, write_session
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import UnknownTrack

PACKAGE = """
from ebert_core.genome.bed import read_bed
from ebert_core.genome.features import Features as FeaturesOfFile
from ebert_core.genome.recognising import Recogniser
from ebert_core.protocol.shapes import Features
from ebert_core.protocol.sources import Source
from ebert_core.protocol.tracks import FileKind
from ebert_core.sources.reader import Reader
from ebert_core.sources.screen import features_for_screen
from ebert_gui.browser.look import Look, Scale
from ebert_gui.kinds.kind import Kind
from ebert_gui.state.tracks import Part, Reads, Track

FAULTY = "{faulty}"


def may_raise(where):
    if where == FAULTY:
        raise TypeError("no guest")


def look(head):
    may_raise("look")
    return FileKind("guests", "Guests.") if head.first.startswith(b"#guests") else None


def open_guests(place, skipped):
    may_raise("open")
    return FeaturesOfFile(place, read_bed(place, skipped), skipped)


class Guests(Source, frozen=True, tag="guests"):
    path: str
    shape = Features


def read(source, interval, columns, opened):
    file = opened.current(source.path).placed_file("guests", source.path, open_guests)
    may_raise("read")
    return features_for_screen(interval, columns, file)


PART = Part("guests", Features)


class GuestTrack(Track, frozen=True, kw_only=True, tag="guests"):
    path: str = ""

    @property
    def title(self):
        return "guests"

    def reads(self, _scope):
        return (Reads(PART.name, Guests(self.path)),)


class GuestLook(Look):
    has_scale = True

    def arrange(self, style, content, room):
        may_raise("arrange")
        return content.of(PART)

    def range_of(self, arranged, axis):
        return Scale(0, 7)

    def paint(self, surface, arranged, scale):
        may_raise("paint")
        if arranged:
            surface.rectangle(0, 0, surface.axis.width, surface.height, "#ff0000")


RECOGNISER = Recogniser("Guests", look, endings=(".guests",), opens={{"guests": open_guests}})
READER = Reader(Guests, read)
KIND = Kind(
    GuestTrack, GuestLook(), lambda _track, _scope: None,
    of_file=lambda file: GuestTrack(path=file.path), file_kinds=("guests",),
)
"""
POINTS = (
    "[ebert_browser.files]\ng = guest_pack:RECOGNISER\n[ebert_browser.sources]\ng = guest_pack:READER\n"
    "[ebert_browser.kinds]\ng = guest_pack:KIND\n"
)
WHAT = "TypeError: no guest"


def draw(folder: Path, faulty: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Draw with a package installed that raises in one of its functions."""
    site = folder / "site"
    info = site / "guest_pack-1.dist-info"
    info.mkdir(parents=True)
    (site / "guest_pack.py").write_text(PACKAGE.format(faulty=faulty))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: guest-pack\nVersion: 1\n")
    (info / "entry_points.txt").write_text(POINTS)
    (folder / "a.guests").write_text("#guests\nchr1\t100\t900\ta\n")
    (folder / "b.bed").write_text("chr1\t100\t900\ta\n")
    command = [sys.executable, "-m", "ebert_gui", str(folder / "a.guests"), str(folder / "b.bed"), *words]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)


def test_a_package_that_raises_nothing_draws_a_whole_picture(tmp_path: Path) -> None:
    target = tmp_path / "out.svg"
    done = draw(tmp_path, "", "--picture", str(target))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{target}\n", "")
    assert "#ff0000" in target.read_text()


@pytest.mark.parametrize("faulty", ["arrange", "paint"])
def test_a_picture_lacks_the_row_of_a_look_that_raises_and_says_so(tmp_path: Path, faulty: str) -> None:
    target = tmp_path / "out.svg"
    done = draw(tmp_path, faulty, "--picture", str(target))
    assert (done.returncode, done.stdout) == (2, "")
    said = f"ebert-browser: The package guest_pack raised {WHAT}. What it shows here is left out."
    last = f"ebert-browser: {target} was written, and lacks what is named above."
    assert done.stderr.splitlines()[-2:] == [said, last]
    assert "in may_raise" in done.stderr
    # The row says it, and has no scale any more.
    texts = target.read_text()
    assert "The package guest_pack raised TypeError" in texts
    assert ">7</text>" not in texts


def test_each_picture_of_many_that_lacks_a_row_is_named(tmp_path: Path) -> None:
    places = tmp_path / "places.bed"
    places.write_text("chr1\t100\t500\tone\nchr1\t300\t800\ttwo\n")
    done = draw(tmp_path, "paint", "--loci", str(places), "--pictures", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("lacks what is named above.") == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one.png", "two.png"]


@pytest.mark.parametrize("faulty", ["read", "open"])
def test_what_reads_files_of_a_package_is_named_with_its_package_and_its_lines(tmp_path: Path, faulty: str) -> None:
    target = tmp_path / "out.svg"
    done = draw(tmp_path, faulty, "--picture", str(target))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"ebert-browser: The package guest_pack raised {WHAT} (guest_pack.py, line 19)." in done.stderr
    assert "in may_raise" in done.stderr
    assert "PackageFault" not in done.stderr
    assert done.stderr.splitlines()[-1] == f"ebert-browser: {target} was written, and lacks what is named above."
    assert ">a</text>" in target.read_text()


def test_a_recogniser_that_raises_is_named_with_the_line_of_its_code(tmp_path: Path) -> None:
    done = draw(tmp_path, "look", "--picture", str(tmp_path / "out.svg"))
    assert f"it raised {WHAT} (guest_pack.py, line 19)." in done.stderr


def test_a_file_of_a_package_that_is_gone_is_not_taken_for_another_format(tmp_path: Path) -> None:
    guests, regions, path = tmp_path / "a.guests", tmp_path / "b.bed", tmp_path / "s.json"
    guests.write_text("#guests\nchr1\t100\t3.5\ta\n")
    regions.write_text("chr1\t100\t900\ta\n")
    written = f'{{"type": "guests", "id": "g", "path": "{guests}"}}'
    setup = Setup(tracks=(UnknownTrack(id="g", written=written), PeaksTrack(id="b", path=str(regions))))
    command = [sys.executable, "-m", "ebert_gui", str(path), "--picture", str(tmp_path / "out.svg")]

    def drawn(*files: Path) -> subprocess.CompletedProcess[str]:
        write_session(path, Session(files=tuple(map(str, files)), setup=setup))
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert (drawn(guests, regions).returncode, drawn(guests, regions).stderr) == (0, "")
    assert "Nothing installed here shows this kind of track" in (tmp_path / "out.svg").read_text()
    alone = drawn(guests)
    said = f"ebert-browser: Nothing that is installed opens {guests}; the package is not here."
    assert (alone.returncode, alone.stderr.splitlines()[0]) == (2, said)
