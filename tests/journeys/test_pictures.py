"""`ebert-browser --picture`: the same drawing without a display, or one sentence."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace
from PyQt6.QtGui import QImage

from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.session import Session, write_session
from ebert_gui.state.setup import Setup


def _draw(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ebert_gui", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(("ending", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_vector_pictures_are_written(toy_dataset: Path, tmp_path: Path, ending: str, start: bytes) -> None:
    target = tmp_path / f"out.{ending}"
    done = _draw(str(toy_dataset), "--picture", str(target), "--locus", "chr1:1-9000")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{target}\n", "")
    assert target.read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_a_picture_has_the_size_that_was_asked_for(toy_dataset: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    done = _draw(str(toy_dataset), "--picture", str(target), "--size", "900x500", "--theme", "dark")
    assert (done.returncode, done.stderr) == (0, "")
    image = QImage(str(target))
    assert (image.width(), image.height()) == (900, 500)
    assert image.pixelColor(450, 490).lightness() < 60


def test_a_picture_for_print_has_more_pixels_and_says_its_size_on_paper(toy_dataset: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    done = _draw(str(toy_dataset), "--picture", str(target), "--size", "900x500", "--dpi", "192")
    assert (done.returncode, done.stderr) == (0, "")
    image = QImage(str(target))
    assert (image.width(), image.height()) == (1800, 1000)
    assert round(image.dotsPerMeterX() * 0.0254) == 192


def test_a_bare_bigwig_is_drawn_without_a_dataset(toy_dataset: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    done = _draw(str(toy_dataset.parent / "alpha.bw"), "--picture", str(target), "--locus", "chr2")
    assert (done.returncode, done.stderr) == (0, "")
    image = QImage(str(target))
    drawn = {image.pixelColor(x, image.height() - 20).name() for x in range(200, image.width())}
    assert len(drawn) > 1


def test_tracks_that_do_not_fit_are_counted(toy_dataset: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    done = _draw(str(toy_dataset), "--picture", str(target), "--size", "900x120")
    assert done.returncode == 0
    assert "cut off at a height of 120; --size 900x" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_line_that_was_left_out_is_named_and_the_rest_drawn(tmp_path: Path) -> None:
    target, odd = tmp_path / "out.png", tmp_path / "odd.bed"
    odd.write_text("chr1\t100\t900\ta\nchr1\t900\t100\tb\n")
    done = _draw(str(odd), "--picture", str(target))
    told = "odd.bed: 1 line left out, first line 2: the feature ends at 100, before its start 900.\n"
    assert (done.returncode, done.stderr) == (0, told)
    assert target.exists()


def test_an_unreadable_file_among_readable_ones_is_named_and_the_rest_drawn(toy_dataset: Path, tmp_path: Path) -> None:
    target, torn = tmp_path / "out.png", tmp_path / "torn.bw"
    whole = (toy_dataset.parent / "alpha.bw").read_bytes()
    torn.write_bytes(whole[: len(whole) // 2])
    done = _draw(str(toy_dataset.parent / "alpha.bw"), str(torn), "--picture", str(target), "--locus", "chr2")
    assert done.returncode == 2
    assert "torn.bw is cut short" in done.stderr
    assert done.stderr.endswith(f"ebert-browser: {target} was written, and lacks what is named above.\n")
    assert len(done.stderr.strip().splitlines()) == 2
    assert target.exists()


def test_a_file_that_cannot_even_be_opened_keeps_no_other_from_being_drawn(toy_dataset: Path, tmp_path: Path) -> None:
    target, torn, missing = tmp_path / "out.png", tmp_path / "torn.bw", tmp_path / "missing.bw"
    whole = (toy_dataset.parent / "alpha.bw").read_bytes()
    torn.write_bytes(whole[:40])
    done = _draw(str(torn), str(toy_dataset.parent / "alpha.bw"), str(missing), "--picture", str(target))
    assert done.returncode == 2
    assert "torn.bw is cut short" in done.stderr
    assert f"There is no file {missing}" in done.stderr
    assert target.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("{folder}/none.toml", "--picture", "{out}/x.png"), "none.toml"),
        (("{folder}/DATASET.toml", "--picture", "{out}/x.png", "--cell-type", "delta"), "it has alpha, beta"),
        (("{folder}/DATASET.toml", "--picture", "{out}/x.png", "--cell-type", "alpa"), "did you mean alpha?"),
        (("{folder}/DATASET.toml", "--picture", "{out}/x.png", "--beside", "delta"), "no cell type delta"),
        (("{folder}/DATASET.toml", "--picture", "{out}/x.png", "--factor", "GATA9"), "does not know the factor GATA9"),
        (("{folder}/DATASET.toml", "--picture", "{out}/x.png", "--locus", "chr1:9m"), "chr1 ends at 30,000"),
        (("{folder}/DATASET.toml", "--picture", "{out}/x.gif"), "end it with .png, .svg or .pdf"),
        (("{folder}/DATASET.toml", "--picture", "{out}/x.png", "--dpi", "9"), "--dpi 9 is out of range"),
        (("{folder}/DATASET.toml", "--picture", "{out}/none/x.png"), "there is no folder"),
        (("{folder}/DATASET.toml", "--picture", "{out}/x.png", "--size", "9by9"), "write it as 1600x1000"),
        (("--picture", "{out}/x.png"), "needs a DATASET.toml"),
        (("{folder}/DATASET.toml", "s.json", "--picture", "{out}/x.png"), "s.json is a session, which has its own"),
        (("s.json", "t.json", "--picture", "{out}/x.png"), "Only one session can be open"),
        (("{out}/none.json", "--picture", "{out}/x.png"), "There is no session in"),
        (("--session", "{out}/none.json", "--picture", "{out}/x.png"), "There is no session in"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(
    toy_dataset: Path, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    done = _draw(*(word.format(folder=toy_dataset.parent, out=tmp_path) for word in words))
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_what_a_cell_type_lacks_is_said_and_the_rest_drawn(toy_dataset: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    done = _draw(str(toy_dataset), "--picture", str(target), "--locus", "chr2", "--cell-type", "beta")
    assert (done.returncode, done.stderr) == (0, "toy has no DNase signal for beta.\n")
    assert not QImage(str(target)).isNull()


def test_a_saved_session_is_drawn_and_not_in_parts(toy_dataset: Path, tmp_path: Path) -> None:
    target, path, gone = tmp_path / "out.png", tmp_path / "s.json", tmp_path / "gone.bw"
    tracks = (SignalTrack(id="s", cell_type="alpha", signal="DNase"),)
    session = Session(dataset=str(toy_dataset), setup=Setup(tracks=tracks))
    write_session(path, session)
    done = _draw(str(path), "--picture", str(target), "--locus", "chr2")
    assert (done.returncode, done.stderr) == (0, "")
    assert target.exists()
    target.unlink()
    write_session(path, replace(session, files=(str(gone),)))
    done = _draw(str(path), "--picture", str(target))
    assert (done.returncode, done.stderr) == (2, f"ebert-browser: {gone}, which the session names, is not there.\n")
    assert not target.exists()


def test_an_earlier_picture_that_could_not_be_drawn_anew_is_named(toy_dataset: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    target.write_bytes(b"earlier")
    done = _draw(str(toy_dataset), "--picture", str(target), "--locus", "chr9")
    assert done.returncode == 2
    assert done.stderr.endswith(f"ebert-browser: {target} is an earlier picture; it was left as it was.\n")
    assert target.read_bytes() == b"earlier"


def test_a_picture_that_lacks_a_row_is_said_to_and_its_path_not_printed(toy_dataset: Path, tmp_path: Path) -> None:
    target, folder = tmp_path / "out.png", tmp_path / "data"
    shutil.copytree(toy_dataset.parent, folder)
    signal = folder / "alpha.bw"
    signal.write_bytes(signal.read_bytes()[: signal.stat().st_size // 2])
    done = _draw(str(folder / toy_dataset.name), "--picture", str(target))
    assert (done.returncode, done.stdout) == (2, "")
    assert "alpha.bw" in done.stderr
    assert done.stderr.endswith(f"ebert-browser: {target} was written, and lacks what is named above.\n")
    assert target.exists()


def test_each_region_of_a_bed_file_becomes_a_picture(toy_dataset: Path, toy_model: Path, tmp_path: Path) -> None:
    (tmp_path / "places.bed").write_text("chr1\t1000\t2000\tone\nchr1\t1000\t2000\ttwo\nchr2\t500\t900\nchr77\t1\t2\n")
    places = ["--loci", str(tmp_path / "places.bed"), "--pictures", str(tmp_path / "out"), "--around", "100"]
    done = _draw(str(toy_dataset), "--checkpoint", str(toy_model), *places, "--size", "700x600")
    assert done.returncode == 0
    assert "1 region was left out" in done.stderr
    pictures = {path.name: QImage(str(path)) for path in (tmp_path / "out").iterdir()}
    assert sorted(pictures) == ["chr2_501-900.png", "one.png", "two.png"]
    assert pictures["one.png"] == pictures["two.png"]
    assert pictures["one.png"] != pictures["chr2_501-900.png"]
    # All that the first picture of a run shows is on the others, too: none is drawn before its tracks have come.
    alone = tmp_path / "alone.png"
    place = ["--locus", "chr1:901-2100", "--picture", str(alone), "--size", "700x600"]
    assert _draw(str(toy_dataset), "--checkpoint", str(toy_model), *place).returncode == 0
    assert pictures["two.png"] == QImage(str(alone))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--loci", "x.bed"], "--loci BED and --pictures FOLDER go together"),
        (["--pictures", "out"], "--loci BED and --pictures FOLDER go together"),
        (["--loci", "x.bed", "--pictures", "out", "--locus", "chr1"], "leave out --picture and --locus"),
        (["--loci", "x.bed", "--pictures", "out", "--around", "-1"], "--around -1 is out of range"),
        (["--loci", "none.bed", "--pictures", "out"], "There is no file"),
    ],
)
def test_words_about_many_pictures_that_make_no_sense_are_one_sentence(
    toy_dataset: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    done = _draw(str(toy_dataset), *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
