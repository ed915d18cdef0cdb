"""What the whole drawing shows: rows below each other, the words above them, the sentences in them, at every ratio."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import (
    Band,
    Chromosome,
    DatasetSummary,
)
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.picture import PictureStyle, pixels_of, save_picture, scene_of_picture
from ebert_gui.browser.scene import GUTTER, Scene
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import DARK, LIGHT, window_font
from tests.certain import present
from tests.gui import toy_shapes
from tests.gui.drawn import KINDS
from tests.gui.pages import Written
from tests.toy_summaries import checkpoint_summary

PLACE = Interval("chr1", 0, 100_000)
BANDS = (Band("chr1", 0, 50_000, "p1", "gneg"), Band("chr1", 50_000, 100_000, "q1", "gpos50"))


class Source:
    """One content for all tracks."""

    def __init__(self) -> None:
        values = np.ones(10_000, dtype=np.float32)
        self.reply = TrackContent({"signal": (Held(1, PLACE, Signal(PLACE, values, values, values)),)})

    def content(self, _track: Track) -> TrackContent:
        return self.reply


def scene_of(*tracks: Track, ratio: float = 1.0, seed: int | None = None, height: float = 300.0) -> Scene:
    workspace = Workspace(KINDS)
    chromosomes = (Chromosome("chr1", PLACE.end),)
    dataset = DatasetSummary("/d", "toy", "toy1", chromosomes, False, False, BANDS, (), (), seed=seed)
    workspace.open_dataset(dataset, Setup(tracks=tracks or (SignalTrack(id="a", signal="DNase", height=100),)))
    workspace.view.show(Interval("chr1", 10_000, 20_000))
    scene = Scene(workspace, Source(), KINDS, LIGHT, window_font())
    scene.ratio, scene.width, scene.height = ratio, GUTTER + 1000.0, height
    scene.refresh()
    return scene


def painted(scene: Scene, is_vector: bool = False) -> QImage:
    size = pixels_of(scene)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scene.ratio)
    image.fill(QColor("#ff00ff"))
    painter = QPainter(image)
    scene.paint(painter, is_vector=is_vector)
    painter.end()
    return image


def test_every_pixel_is_painted_and_rows_stand_below_each_other(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of(SignalTrack(id="a", signal="A", height=100), SignalTrack(id="b", signal="B", height=50))
    image = painted(scene)
    corners = [(0, 0), (GUTTER + 999, 0), (0, 299), (GUTTER + 999, 299), (GUTTER + 500, 250)]
    assert [image.pixelColor(x, y).name() for x, y in corners] == [LIGHT.canvas] * 5
    assert [(row.track.id, row.top, row.height) for row in scene.rows()] == [("a", 52, 100), ("b", 157, 50)]
    assert scene.content_height == 160
    # The signal of ones fills its row up to three pixels below its top.
    for top, height in ((52, 100), (157, 50)):
        column = [image.pixelColor(GUTTER + 333, y).name() for y in range(top, top + height)]
        assert column[1] in (LIGHT.canvas, LIGHT.hairline) or QColor(column[1]).lightness() > 220
        assert QColor(column[8]).lightness() < 200
        assert QColor(column[height - 3]).lightness() < 200


def test_above_the_tracks_stand_chromosome_band_length_and_ruler(qapp: QApplication, written: list[Written]) -> None:
    painted(scene_of())
    found = {each.text: (each.left, each.top) for each in written}
    assert found["chr1"] == (12, 0)
    assert found["p1"] == (12, 0)
    assert found["10.00 kb"] == (12, 26)
    assert found["12 kb"][1] == 26 + 2
    centre = next((each.left + each.right) / 2 for each in written if each.text == "12 kb")
    assert centre == pytest.approx(GUTTER + 200, abs=1)
    assert "SYNTHETIC" not in "".join(found)
    title = next(each for each in written if each.text == "DNase")
    assert (title.left, title.top) == (12, 52 + 6)


def test_a_synthetic_genome_has_its_banner_above_everything(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of(seed=7)
    image = painted(scene)
    assert scene.header_height == 76
    found = {each.text: each.top for each in written}
    assert found["SYNTHETIC genome toy1, seed 7"] == 0
    assert (found["chr1"], found["10.00 kb"], found["12 kb"], found["DNase"]) == (24, 50, 52, 82)
    assert image.pixelColor(GUTTER + 500, 3).name() == LIGHT.warning_background


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "locus never seen"),
        ({"training": (Interval("chr1", 19_999, 30_000),)}, "locus seen in training"),
        ({"training": (Interval("chr1", 20_000, 30_000),)}, "locus never seen"),
        ({"validation": (Interval("chr1", 0, 10_001),)}, "locus held out (chose the epoch)"),
        ({"other_assemblies": ("hg38",)}, "seen or not: cannot be told"),
    ],
)
def test_the_banner_says_whether_the_checkpoint_has_seen_the_place(
    qapp: QApplication, written: list[Written], changes: dict[str, object], words: str
) -> None:
    scene = scene_of(seed=7)
    painted(scene)
    assert words not in [each.text for each in written]
    scene.workspace.open_model(checkpoint_summary(**changes))
    written.clear()
    painted(scene)
    note = next(each for each in written if each.text == words)
    assert note.right == GUTTER + 1000 - 12


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_at_every_ratio_a_column_of_the_device_has_its_bases(
    qapp: QApplication, written: list[Written], ratio: float
) -> None:
    scene = scene_of(ratio=ratio)
    axis = scene.axis()
    assert scene.plot_columns == 1000 * ratio
    assert (axis.width, axis.ratio, axis.columns) == (1000, ratio, 1000 * ratio)
    assert axis.bases_per_pixel == pytest.approx(10)
    assert axis.end - axis.start == pytest.approx(10_000)
    image = painted(scene)
    assert image.width() == round((GUTTER + 1000) * ratio)
    dark = QColor(image.pixelColor(round((GUTTER + 999.2) * ratio), round(120 * ratio))).lightness()
    assert dark < 200
    assert not scene.links


def test_a_view_between_two_columns_begins_on_a_whole_one(qapp: QApplication) -> None:
    scene = scene_of()
    scene.workspace.view.pan_by(3.7)
    assert scene.axis().start == 10_000
    scene.workspace.view.pan_by(3.7)
    assert scene.axis().start == 10_010


def test_a_picture_without_strips_shows_the_same_bars(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of()
    strips, vector = painted(scene), painted(scene, is_vector=True)
    differing = [
        (x, y)
        for x in range(GUTTER, GUTTER + 1000, 3)
        for y in range(60, 150, 3)
        if abs(strips.pixelColor(x, y).lightness() - vector.pixelColor(x, y).lightness()) > 12
    ]
    assert len(differing) < 20


def test_strips_are_painted_for_what_is_in_sight_and_no_further(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of()
    painted(scene)
    # 10,000 bases at ten a column begin at column 1000: strips of 512 columns 1 to 3.
    assert scene.strips.painted == 3
    painted(scene)
    assert scene.strips.painted == 3
    scene.workspace.view.pan_by(-10_000)
    painted(scene)
    assert scene.strips.painted == 4


def test_another_form_of_a_track_paints_its_strips_alone_and_every_pixel_once(
    qapp: QApplication, written: list[Written]
) -> None:
    scene = scene_of(SignalTrack(id="a", signal="A", height=100), SignalTrack(id="b", signal="B", height=50))
    painted(scene)
    before, history = scene.strips.painted, scene.workspace.history
    for number, form in enumerate(("line", "points", "heat", "bars"), start=1):
        history.change(history.setup.redrawn(("a",), lambda drawn, form=form: drawn.changed(form=form, spacing="log")))
        scene.refresh()
        painted(scene)
        assert scene.strips.painted == before + 3 * number
    history.undo()
    painted(scene)
    assert scene.strips.painted == before + 12, "what was painted before is still kept"


def test_another_ratio_scale_or_reply_paints_strips_anew(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of()
    painted(scene)
    before = scene.strips.painted
    values = np.full(10_000, 5, dtype=np.float32)
    scene._source.reply = TrackContent({"signal": (Held(2, PLACE, Signal(PLACE, values, values, values)),)})
    painted(scene)
    assert scene.strips.painted == before + 3
    scene.refresh()
    painted(scene)
    assert scene.strips.painted == before + 6
    scene.dress(DARK, window_font())
    painted(scene)
    assert scene.strips.painted == before + 9


def test_a_sentence_in_a_track_stands_on_its_own_ground_and_its_offer_beside_it(
    qapp: QApplication, written: list[Written]
) -> None:
    scene = scene_of(PredictionTrack(id="p", cell_type="alpha", factor="CTCF"), SignalTrack(id="s", signal="x"))
    scene._source.reply = TrackContent(sentence="Zoom in, or", link="compute this region")
    scene.refresh()
    image = painted(scene)
    sentences = [each for each in written if each.text == "Zoom in, or"]
    offers = [each for each in written if each.text == "compute this region"]
    assert [(each.left - GUTTER, each.top, each.bottom) for each in sentences] == [(8, 52, 136), (8, 141, 197)]
    assert {each.colour for each in sentences} == {LIGHT.muted}
    assert {each.colour for each in offers} == {LIGHT.accent}
    for sentence, offer, link, top in zip(sentences, offers, scene.links, (52 + 42 - 9, 141 + 28 - 9), strict=True):
        assert (offer.top, offer.bottom - offer.top) == (top, 18)
        assert (round(link.box.left()), round(link.box.top()), round(link.box.right())) == (
            offer.left,
            offer.top,
            offer.right,
        )
        assert not link.is_details
        ground = [*range(sentence.left - 2, offer.left - 8), *range(offer.left + 2, offer.right - 3)]
        assert {image.pixelColor(x, top + 1).name() for x in ground} == {LIGHT.canvas}
    assert [link.track.id for link in scene.links] == ["p", "s"]
    painted(scene)
    assert len(scene.links) == 2


def test_a_sentence_that_is_too_long_is_cut_and_has_its_details(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of()
    long = "It is damaged: " + "its index points beyond its end, " * 8
    scene._source.reply = TrackContent(sentence=long, is_error=True)
    painted(scene)
    (shown,) = [each for each in written if "…" in each.text]
    assert shown.colour == LIGHT.error
    (link,) = scene.links
    assert link.is_details
    assert 940 < link.box.right() - GUTTER <= 1000
    for words in range(20, 50):
        scene._source.reply = TrackContent(sentence="word " * words, details="More.", is_error=True)
        painted(scene)
        assert scene.links[0].box.right() - GUTTER <= 1000, "the link stays in the plot, however long the sentence is"
    written.clear()
    scene._source.reply = TrackContent(sentence="Short.", details="More.", is_error=True)
    painted(scene)
    assert [each.text for each in written if each.text in ("Short.", "Details")] == ["Short.", "Details"]
    written.clear()
    scene._source.reply = TrackContent(sentence="Short.")
    painted(scene)
    assert scene.links == []


def test_a_track_says_that_it_waits_only_until_anything_has_come(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of(SignalTrack(id="s", signal="x"), PredictionTrack(id="p", cell_type="alpha", factor="CTCF"))
    scene._source.reply = TrackContent(is_loading=True)
    scene.refresh()
    painted(scene)
    assert [each.text for each in written if "…" in each.text] == ["Loading …", "Computing …"]
    written.clear()
    scene._source.reply = replace(Source().reply, is_loading=True)
    scene.refresh()
    painted(scene)
    assert not [each.text for each in written if "Loading" in each.text]


def test_a_track_with_nothing_here_says_so_when_all_has_come(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of(GenesTrack(id="g"))
    nothing = {"genes": (Held(1, PLACE, toy_shapes.genes(PLACE)),)}
    for is_loading, said in ((True, []), (False, ["No genes here"])):
        written.clear()
        scene._source.reply = TrackContent(nothing, is_loading=is_loading)
        scene.refresh()
        painted(scene)
        assert [each.text for each in written if each.text.startswith("No ")] == said


def test_the_row_under_a_place_reaches_to_the_next(qapp: QApplication) -> None:
    scene = scene_of(SignalTrack(id="a", signal="A", height=100), SignalTrack(id="b", signal="B", height=50))
    found = [scene.row_at(y) for y in (51, 52, 156, 157, 211, 212)]
    assert [row.track.id if row else None for row in found] == [None, "a", "a", "b", "b", None]
    scene.scroll = 30
    assert scene.row_at(51) is None
    assert present(scene.row_at(127)).track.id == "b"


def test_rows_that_are_scrolled_away_are_not_drawn_over_the_header(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of(*(SignalTrack(id=name, signal=name, height=100) for name in "abcdef"))
    scene.scroll = 50
    image = painted(scene)
    assert {each.text for each in written} & set("abcdef") == set("abc")
    assert image.pixelColor(GUTTER + 333, 40).lightness() > 200
    assert scene.tracks_in_sight() == frozenset("abc")
    scene.height = 212
    assert scene.tracks_in_sight() == frozenset("ab")


# Pictures


@pytest.mark.parametrize(("has_all", "height"), [(True, 52 + 6 * 105), (False, 300)])
def test_a_picture_holds_all_tracks_or_those_in_view(qapp: QApplication, has_all: bool, height: int) -> None:
    scene = scene_of(*(SignalTrack(id=name, signal=name, height=100) for name in "abcdef"))
    scene.scroll = 50
    made = scene_of_picture(scene, PictureStyle(DARK, 2.0, has_all))
    assert (made.height, made.scroll, made.ratio, made.palette) == (height, 0 if has_all else 50, 2.0, DARK)
    assert (pixels_of(made).width(), pixels_of(made).height()) == ((GUTTER + 1000) * 2, height * 2)
    assert (scene.ratio, scene.scroll, scene.palette) == (1.0, 50, LIGHT)


def test_a_png_says_how_fine_it_is_and_is_refused_when_too_large(qapp: QApplication, tmp_path: Path) -> None:
    scene = scene_of(ratio=2.0)
    save_picture(scene, str(tmp_path / "x.PNG"))
    image = QImage(str(tmp_path / "x.PNG"))
    assert (image.width(), image.height()) == ((GUTTER + 1000) * 2, 600)
    assert image.dotsPerMeterX() == image.dotsPerMeterY() == round(192 / 0.0254)
    assert len({image.pixelColor(x, 300).name() for x in range(0, 2000, 50)}) > 1
    scene.height, scene.ratio = 90_000.0, 1.0
    scene.width = 2_000_000_000 / 90_000 / 9
    scene.ratio = 10.0
    with pytest.raises(InvalidRequest, match="pixels is too large"):
        save_picture(scene, str(tmp_path / "y.png"))
    assert [path.name for path in tmp_path.iterdir()] == ["x.PNG"]


def test_an_svg_has_the_size_of_the_screen_and_a_title(qapp: QApplication, tmp_path: Path) -> None:
    save_picture(scene_of(), str(tmp_path / "x.svg"))
    text = (tmp_path / "x.svg").read_text()
    assert f'viewBox="0 0 {GUTTER + 1000} 300"' in text
    assert "<title>EBERT Browser</title>" in text
    width, height = (float(found) for found in re.findall(r'(?:width|height)="([\d.]+)mm"', text)[:2])
    assert width == pytest.approx((GUTTER + 1000) / 96 * 25.4, abs=0.5)
    assert height == pytest.approx(300 / 96 * 25.4, abs=0.5)
    assert text.count("<path") + text.count("<rect") > 3


def test_a_pdf_page_is_as_large_as_the_picture_without_margins(qapp: QApplication, tmp_path: Path) -> None:
    save_picture(scene_of(), str(tmp_path / "x.pdf"))
    box = re.search(rb"/MediaBox \[([\d. ]+)\]", (tmp_path / "x.pdf").read_bytes())
    assert box is not None
    assert [float(number) for number in box[1].split()] == pytest.approx([0, 0, (GUTTER + 1000) * 0.75, 225], abs=1)


@pytest.mark.qt_log_ignore("QSvgPaintEngine::begin", "QPainter::begin", extend=True)
@pytest.mark.parametrize("name", ["x.jpg", "x"])
def test_a_picture_of_another_format_is_refused_and_one_without_a_folder_too(
    qapp: QApplication, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InvalidRequest, match="end it with"):
        save_picture(scene_of(), str(tmp_path / name))
    for ending in ("png", "svg", "pdf"):
        with pytest.raises(InvalidRequest, match="cannot be written"):
            save_picture(scene_of(), str(tmp_path / "none" / f"x.{ending}"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_picture_that_has_the_name_of_a_folder_is_refused_in_a_sentence(
    qapp: QApplication, tmp_path: Path, ending: str
) -> None:
    (tmp_path / f"x.{ending}").mkdir()
    with pytest.raises(InvalidRequest, match=r"The picture .* cannot be written: Is a directory\."):
        save_picture(scene_of(), str(tmp_path / f"x.{ending}"))
    assert [path.is_dir() for path in tmp_path.iterdir()] == [True]


def test_the_grid_of_the_ruler_runs_through_the_tracks_of_the_screen_and_of_a_picture(
    qapp: QApplication, written: list[Written]
) -> None:
    scene = scene_of()
    scene._source.reply = TrackContent()
    for is_vector in (False, True):
        image = painted(scene, is_vector)
        row = [QColor(image.pixelColor(x, 100)).lightness() for x in range(GUTTER, GUTTER + 1000)]
        # Ticks stand at 10, 12, 14, 16 and 18 kb, each in the middle of the base that is called so.
        assert [x for x, light in enumerate(row) if light < 255] == [0, 200, 400, 600, 800] or is_vector
        assert sum(light < 255 for light in row) >= 4


def test_a_pdf_holds_the_drawing(qapp: QApplication, tmp_path: Path) -> None:
    full, empty = scene_of(), scene_of()
    empty.workspace.history.change(empty.workspace.setup.with_tracks(()), reveals=False)
    save_picture(full, str(tmp_path / "full.pdf"))
    save_picture(empty, str(tmp_path / "empty.pdf"))
    assert (tmp_path / "full.pdf").stat().st_size > (tmp_path / "empty.pdf").stat().st_size > 2_000


def test_an_offer_goes_with_its_track(qapp: QApplication, written: list[Written]) -> None:
    scene = scene_of(PredictionTrack(id="p", cell_type="alpha", factor="CTCF"), SignalTrack(id="s", signal="x"))
    scene._source.reply = TrackContent(sentence="Zoom in, or", link="compute this region")
    painted(scene)
    scene.workspace.history.change(scene.workspace.setup.without("p"))
    painted(scene)
    assert [link.track.id for link in scene.links] == ["s"]
