"""Parts of the window under a theme: what the style sheet paints, read from pictures of them."""

from collections.abc import Callable

import pytest
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.work import Jobs, JobSummary
from ebert_gui.datasets.dataset_table import FileTable
from ebert_gui.finetuning.pair_table import PairTable
from ebert_gui.jobs.jobs_dock import JobsDock
from ebert_gui.widgets import forms, theme
from ebert_gui.widgets.messages import MessageBar
from ebert_gui.widgets.theme import DARK, LIGHT, Theme
from ebert_gui.windows.start_page import Offer, StartPage
from tests.gui.layouts import parts_of, place_of

both = pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
JOB = JobSummary("/jobs/1", "1-finetune-x", "finetune", "x", "running", "box", 1000.0, 0.25, "epoch 3", 1200)


@pytest.fixture(autouse=True)
def dressed(undressed: None, qapp: QApplication, look: Theme) -> None:
    theme.apply(qapp, look)


@pytest.fixture
def drawn(qtbot: QtBot) -> Callable[..., QImage]:
    def drawn(widget: QWidget, width: int, height: int) -> QImage:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget.grab().toImage()

    return drawn


def colours(image: QImage, part: QWidget, window: QWidget) -> set[str]:
    """The colours of the pixels of a part, of those that are not mixed with others."""
    place = place_of(part, window)
    found = [
        image.pixelColor(x, y).name()
        for y in range(place.top(), place.bottom() + 1)
        for x in range(place.left(), place.right() + 1)
    ]
    return {colour for colour in set(found) if found.count(colour) > 3}


@both
def test_the_start_page_has_the_ground_of_the_tracks_and_its_offers_are_words_in_the_accent(
    look: Theme, drawn: Callable[..., QImage]
) -> None:
    page = StartPage([Offer("Open a dataset…", "A genome.", lambda: None)])
    page.offer_recent([Offer("liver", "/lab/liver", lambda: None)])
    image = drawn(page, 1200, 700)
    assert {image.pixelColor(x, y).name() for x, y in ((4, 4), (1195, 350), (600, 690))} == {look.canvas}
    parts = {part.text(): part for part in parts_of(page) if isinstance(part, QLabel | QPushButton)}
    for text in ("Open a dataset…", "liver"):
        assert colours(image, parts[text], page) >= {look.canvas, look.accent}
        assert look.border not in colours(image, parts[text], page), "no frame"
    for text, colour in (("EBERT Browser", look.text), ("A genome.", look.muted), ("Opened lately", look.text)):
        assert colours(image, parts[text], page) >= {look.canvas, colour}
    heights = [parts[text].fontMetrics().height() for text in ("EBERT Browser", "Opened lately", "A genome.")]
    assert heights[0] > 1.5 * heights[1] >= heights[2]


@both
def test_the_footer_of_a_form_has_a_line_above_it_and_says_what_is_wrong_in_its_colour(
    look: Theme, drawn: Callable[..., QImage]
) -> None:
    window = QWidget()
    body = QVBoxLayout()
    body.addWidget(QLabel("fields"))
    footer = forms.Footer("Start")
    forms.above_footer(window, body, footer)
    footer.say("It takes an hour.", "Choose a factor.")
    image = drawn(window, 600, 300)
    top = place_of(footer, window).top()
    assert {image.pixelColor(x, top).name() for x in (2, 300, 597)} == {look.hairline}
    assert image.pixelColor(300, top + 3).name() != look.hairline
    assert look.error in colours(image, footer.problem, window)
    forms.set_role(footer.problem, "muted")
    image = window.grab().toImage()
    assert look.muted in colours(image, footer.problem, window)
    assert look.error not in colours(image, footer.problem, window)


@both
def test_the_list_of_jobs_has_no_frame_and_the_name_of_the_job_stands_out(
    look: Theme, drawn: Callable[..., QImage]
) -> None:
    dock = JobsDock(look)
    dock.show_jobs(Jobs((JOB,)))
    image = drawn(dock, 1000, 300)
    corner = place_of(dock.list, dock).topLeft()
    assert image.pixelColor(corner).name() == look.selection, "the chosen row reaches into the corner"
    assert dock.title.fontMetrics().height() > dock.status.fontMetrics().height()
    assert look.muted in colours(image, dock.place, dock)
    assert dock.place.text() == "finetune on box · 1-finetune-x"


@both
def test_a_message_has_the_ground_and_the_colour_of_its_kind(
    look: Theme, drawn: Callable[..., QImage], qtbot: QtBot
) -> None:
    bar = MessageBar()
    bar.info("First.")
    drawn(bar, 600, 50)
    for say, ground in ((bar.warning, look.warning_background), (bar.error, look.error_background)):
        say("Something.")
        assert bar.grab().toImage().pixelColor(300, 5).name() == ground


@both
def test_choices_in_a_table_leave_room_between_their_rows(look: Theme, drawn: Callable[..., QImage]) -> None:
    pairs = PairTable({"CTCF": ("A", "B")}, "A")
    files = FileTable()
    files.add("/lab/a.bw")
    for table, choice in ((pairs, pairs._uses[0]), (files, files._choice(0))):
        drawn(table, 800, table.height())
        picture = choice.grab().toImage()
        down = [picture.pixelColor(20, y).name() for y in range(picture.height())]
        frames = [y for y, colour in enumerate(down) if colour in (look.border, look.accent)]
        assert (frames[0], frames[-1]) == (3, picture.height() - 1 - 3), table
