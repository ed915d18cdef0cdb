"""Colours, font and style of the whole window, light and dark; every colour that is drawn has its name here."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from string import Template

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette
from PyQt6.QtWidgets import QApplication

from ebert_core.protocol.machine.resources import resource

FONT_PIXELS = 13


@dataclass(frozen=True)
class Theme:
    """Named colours as `#rrggbb`.

    `signals` go to cell types in order and stay apart for colour-blind people, as do `bases` (by letter).
    `attention` are the stops of a colour map from no weight to the largest.
    """

    name: str
    window: str
    canvas: str
    field: str
    hover: str
    text: str
    muted: str
    hairline: str
    border: str
    accent: str
    on_accent: str
    selection: str
    info_background: str
    warning: str
    warning_background: str
    error: str
    error_background: str
    success: str
    gene: str
    peak: str
    prediction: str
    threshold: str
    missing: str
    signals: tuple[str, ...]
    bases: Mapping[str, str]
    attention: tuple[str, ...]
    familiarity: Mapping[str, str]


LIGHT = Theme(
    name="light",
    window="#f4f5f7",
    canvas="#ffffff",
    field="#ffffff",
    hover="#e9ecf0",
    text="#1a1f26",
    muted="#5a636e",
    hairline="#dfe3e8",
    border="#c3c9d1",
    accent="#1d5fbf",
    on_accent="#ffffff",
    selection="#d6e4f8",
    info_background="#e6effb",
    warning="#8a5200",
    warning_background="#fff3d9",
    error="#b3261e",
    error_background="#fdeae8",
    success="#176f56",
    gene="#33475f",
    peak="#2c333c",
    prediction="#7a3fb0",
    threshold="#8a929c",
    missing="#e6e8eb",
    signals=("#0a62a9", "#d9661c", "#12966b", "#9c3a70", "#3b9be0", "#7d5a12", "#5b4fb3", "#4d5560"),
    bases={"A": "#12a67c", "C": "#0b57a4", "G": "#e3a008", "T": "#a8243f", "N": "#8a929c"},
    attention=("#ffffff", "#d3efe6", "#8fd3c4", "#3aa69b", "#0f7173", "#083f47"),
    familiarity={
        "training": "#b34700",
        "validation": "#e0a81c",
        "unseen locus": "#0a8f68",
        "cannot be told": "#8f7a4a",
        "unseen cell type": "#3a8fe0",
        "pair not assayed": "#8a929c",
    },
)

DARK = Theme(
    name="dark",
    window="#1b1f24",
    canvas="#121519",
    field="#14181c",
    hover="#2a3038",
    text="#e6e9ed",
    muted="#a2abb6",
    hairline="#2e343c",
    border="#47505b",
    accent="#6aa9f4",
    on_accent="#0f1317",
    selection="#23405f",
    info_background="#1d2d42",
    warning="#f0b955",
    warning_background="#3a2e14",
    error="#ff8a80",
    error_background="#43211f",
    success="#58c7a0",
    gene="#a9bdd6",
    peak="#d5dae0",
    prediction="#c193f0",
    threshold="#7f8894",
    missing="#2a2f36",
    signals=("#4a94e8", "#f0803c", "#35d69c", "#c9689a", "#a9d8fa", "#efcf4a", "#a79bf2", "#b3bac3"),
    bases={"A": "#3ddcae", "C": "#4b87ff", "G": "#ffd54a", "T": "#e0506c", "N": "#7f8894"},
    attention=("#121519", "#12363b", "#14605f", "#2f958b", "#7fd0bd", "#d9f7ee"),
    familiarity={
        "training": "#ee7a2c",
        "validation": "#f7d970",
        "unseen locus": "#2fc294",
        "cannot be told": "#b5a06a",
        "unseen cell type": "#5aa0f0",
        "pair not assayed": "#8b94a0",
    },
)


def system_theme() -> Theme:
    """The theme that the desktop asks for; light where it says nothing."""
    hints = QGuiApplication.styleHints()
    return DARK if hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def apply(app: QApplication, theme: Theme, font_pixels: int = FONT_PIXELS) -> None:
    """Dress the whole application: Fusion, our font, the theme's palette and style sheet."""
    app.setStyle("Fusion")
    app.setFont(window_font(font_pixels))
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))


def program_icon() -> QIcon:
    """The sign of the program in title bars and lists of windows."""
    return QIcon(str(resource("icons/ebert-browser.svg")))


def window_font(pixels: int = FONT_PIXELS) -> QFont:
    """Our font with tabular figures, sized in pixels so that pictures are the same on every machine."""
    font = QFont(_load_font())
    font.setPixelSize(pixels)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


@cache
def _load_font() -> str:
    families = []
    for name in ("Inter-Regular.otf", "Inter-SemiBold.otf"):
        number = QFontDatabase.addApplicationFont(str(resource(f"fonts/{name}")))
        families += QFontDatabase.applicationFontFamilies(number)
    return families[0]


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's own drawing needs it."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.Button: theme.field,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.field,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Light: theme.hover,
        role.Midlight: theme.hairline,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.border,
    }
    result = QPalette()
    for which, colour in colours.items():
        result.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.threshold))
    return result


def style_sheet(theme: Theme) -> str:
    """`resources/style.qss` with the theme's colours and icons filled in."""
    words = {field.name: getattr(theme, field.name) for field in fields(theme)}
    template = Template(resource("style.qss").read_text(encoding="utf-8"))
    return template.substitute(words, icons=resource("icons").as_posix())
