"""The colours keep their promises, and the font that pictures rely on is really there."""

import itertools
from typing import get_args

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFontInfo, QFontMetricsF, QPalette, QStyleHints
from PyQt6.QtWidgets import QApplication

from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.modelling import FAMILIARITY_WORDS, Familiarity
from ebert_core.protocol.terms.bases import LETTERS
from ebert_core.protocol.terms.verdict import Outcome
from ebert_gui.widgets import theme
from ebert_gui.widgets.theme import DARK, LIGHT, Theme
from ebert_gui.widgets.verdict_panel import outcome_colour

both = pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISIONS = {
    "trichromat": np.eye(3),
    "protanope": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranope": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanope": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> np.ndarray:
    value = np.array(QColor(colour).getRgbF()[:3])
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = matrix @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def closest(colours: list[str], vision: str) -> float:
    seen = [lab(VISIONS[vision] @ linear(colour)) for colour in colours]
    return min(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(seen, 2))


@both
def test_text_stands_out_from_what_it_is_written_on(look: Theme) -> None:
    for background in (look.window, look.canvas, look.field, look.hover, look.selection):
        assert contrast(look.text, background) >= 7
        assert contrast(look.muted, background) >= 4.5
    for level in ("warning", "error"):
        assert contrast(getattr(look, level), getattr(look, f"{level}_background")) >= 4.5
        assert contrast(look.text, getattr(look, f"{level}_background")) >= 7
    assert contrast(look.on_accent, look.accent) >= 4.5


@both
@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_a_verdict_can_be_read_on_plain_alternate_and_chosen_rows(look: Theme, outcome: Outcome) -> None:
    for background in (look.field, look.window, look.selection, look.hover):
        assert contrast(outcome_colour(outcome, look), background) >= 4.5


@both
def test_what_is_drawn_stands_out_from_the_canvas(look: Theme) -> None:
    drawn = [*look.signals, look.gene, look.peak, look.prediction, look.threshold]
    assert [colour for colour in drawn if contrast(colour, look.canvas) < 2.9] == []


@both
@pytest.mark.parametrize("vision", VISIONS)
def test_colour_blind_people_tell_bases_and_cell_types_apart(look: Theme, vision: str) -> None:
    assert closest([look.bases[letter] for letter in "ACGT"], vision) >= 20
    assert closest(list(look.signals[:6]), vision) >= 12
    assert closest(list(look.familiarity.values()), vision) >= 12


@both
def test_every_base_has_a_colour(look: Theme) -> None:
    assert set(look.bases) == set(LETTERS)


@both
def test_attention_grows_steadily_away_from_the_canvas_and_never_turns_red(look: Theme) -> None:
    lightness = [luminance(stop) for stop in look.attention]
    assert lightness == sorted(lightness, reverse=look is LIGHT)
    assert look.attention[0] == look.canvas
    for stop in look.attention[1:]:
        colour = QColor(stop)
        assert colour.red() < colour.green()


def test_the_bundled_font_has_tabular_figures(qapp: QApplication) -> None:
    font = theme.window_font()
    assert QFontInfo(font).family() == "Inter"
    assert len({QFontMetricsF(font).horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_the_bundled_font_carries_its_licence() -> None:
    assert "SIL OPEN FONT LICENSE" in resource("fonts/OFL.txt").read_text(encoding="utf-8")


@both
@pytest.mark.usefixtures("undressed")
def test_applying_a_theme_sets_palette_font_and_style(qapp: QApplication, look: Theme) -> None:
    theme.apply(qapp, look)
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == look.window
    assert qapp.font().pixelSize() == theme.FONT_PIXELS
    assert look.accent in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()


@pytest.mark.parametrize(
    ("scheme", "look"),
    [(Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Unknown, LIGHT)],
)
def test_the_colours_are_those_of_the_desktop(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, scheme: Qt.ColorScheme, look: Theme
) -> None:
    # The offscreen desktop has no colours of its own.
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda _hints: scheme)
    assert theme.system_theme() is look


@both
def test_every_mark_of_what_was_seen_has_a_colour_of_its_own_and_a_word(look: Theme) -> None:
    kinds = get_args(Familiarity)
    assert set(look.familiarity) == set(kinds) == set(FAMILIARITY_WORDS)
    assert len(set(look.familiarity.values())) == len(set(FAMILIARITY_WORDS.values())) == len(kinds)
