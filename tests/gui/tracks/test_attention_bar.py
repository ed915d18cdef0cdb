"""The attention bar announces what was chosen and says what attention is not."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.tracks.attention_bar import AttentionBar


@pytest.fixture
def bar(qtbot: QtBot) -> AttentionBar:
    bar = AttentionBar()
    qtbot.addWidget(bar)
    bar.set_network(6, 8)
    return bar


def test_the_last_layer_and_the_mean_of_heads_come_first(bar: AttentionBar) -> None:
    assert (bar.chosen_layer, bar.chosen_head) == (5, None)
    assert "Attention, not contacts" in [label.text() for label in bar.findChildren(QLabel)]


def test_the_caption_ends_at_the_right_edge_of_the_bar(bar: AttentionBar, qtbot: QtBot) -> None:
    bar.resize(1200, 60)
    with qtbot.waitExposed(bar):
        bar.show()
    image = bar.caption.grab().toImage()
    background = image.pixelColor(0, 0)
    written = [x for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y) != background]
    assert bar.caption.geometry().right() == 1200 - 1 - 12
    assert image.width() - max(written) < 5
    assert min(written) > 100


def test_a_bar_without_a_network_is_off(qtbot: QtBot) -> None:
    bar = AttentionBar()
    qtbot.addWidget(bar)
    assert not bar.isEnabled()
    assert (bar.chosen_layer, bar.chosen_head) == (0, None)


@pytest.mark.parametrize(
    ("layer", "head", "chosen"), [(0, 7, (0, 7)), (5, 0, (5, 0)), (2, None, (2, None)), (9, 9, (5, None))]
)
def test_what_a_track_is_set_to_is_shown_where_the_network_has_it(
    bar: AttentionBar, qtbot: QtBot, layer: int, head: int | None, chosen: tuple[int, int | None]
) -> None:
    with qtbot.assertNotEmitted(bar.choice_changed), qtbot.assertNotEmitted(bar.directions_changed):
        bar.follow(AttentionTrack(cell_type="alpha", layer=layer, head=head, shows_to=False))
    assert (bar.chosen_layer, bar.chosen_head) == chosen
    assert not bar.to_anchor.isChecked()


def test_a_choice_is_announced_with_the_keyboard(bar: AttentionBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.choice_changed) as announced:
        qtbot.keyClick(bar.layer, Qt.Key.Key_Up)
    assert announced.args == [4, None]
    with qtbot.waitSignal(bar.choice_changed) as announced:
        qtbot.keyClick(bar.head, Qt.Key.Key_Down)
    assert announced.args == [4, 0]


def test_both_directions_are_shown_until_one_is_put_away(bar: AttentionBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.directions_changed) as announced:
        bar.to_anchor.click()
    assert announced.args == [True, False]


def test_the_triangle_is_asked_for(bar: AttentionBar, qtbot: QtBot) -> None:
    assert not bar.triangle.isChecked()
    with qtbot.waitSignal(bar.triangle_toggled) as announced:
        bar.triangle.click()
    assert announced.args == [True]


def test_another_network_is_no_choice_of_a_person(bar: AttentionBar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(bar.choice_changed):
        bar.set_network(3, 2)
        bar.set_network(0, 0)
