"""The form for a picture of what is on screen: which tracks, in which colours, how large, and where it goes."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QStandardPaths
from PyQt6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QFileDialog,
    QPushButton,
    QRadioButton,
    QWidget,
)

from ebert_core.protocol.terms.locus import format_locus
from ebert_gui.browser.picture import DOTS_PER_INCH, FORMATS, PictureStyle, pixels_of, scene_of_picture
from ebert_gui.browser.scene import Scene
from ebert_gui.widgets.forms import Footer, add_row, compact, form_above_footer, form_layout, path_field
from ebert_gui.widgets.paths import slug
from ebert_gui.widgets.theme import LIGHT, Theme

_WORDS = {".png": "PNG, pixels", ".svg": "SVG, to edit", ".pdf": "PDF, to print"}
_SIZES = (("as on screen, 96 dots per inch", 1.0), ("twice as fine, 192", 2.0), ("for print, 300", 300 / DOTS_PER_INCH))


class PictureDialog(QDialog):
    """Proposes a picture of all tracks for paper; after `accepted`, `path()` and `style_wanted()` say what to write."""

    def __init__(self, shown: Scene, theme: Theme, folders: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = shown
        self._theme = theme
        self.setWindowTitle("Save picture")
        count = len(shown.workspace.setup.tracks)
        self.all_tracks = QRadioButton(f"&all {count}" if count != 1 else "&all")
        self.in_view = QRadioButton("those in &view")
        self.on_paper = QRadioButton("&light, for paper")
        self.as_shown = QRadioButton(f"as on &screen, {theme.name}")
        self.format = QComboBox()
        self.size_box = QComboBox()
        self.target = path_field("/path/to/picture.png")
        self.browse = QPushButton("&Browse…")
        self._footer = Footer("Save picture")
        self._fill()
        self.target.setText(propose(shown, folders))
        self._lay_out()
        self._connect()
        self.resize(640, self.sizeHint().height())
        self.all_tracks.setFocus()
        self._follow()

    def path(self) -> str:
        """The file to write."""
        return self.target.text().strip()

    def style_wanted(self) -> PictureStyle:
        """The picture as the form stands."""
        ratio: float = self.size_box.currentData() if self.format.currentData() == ".png" else 1.0
        return PictureStyle(
            LIGHT if self.on_paper.isChecked() else self._theme, ratio, has_all_tracks=self.all_tracks.isChecked()
        )

    def _fill(self) -> None:
        for first, second in ((self.all_tracks, self.in_view), (self.on_paper, self.as_shown)):
            group = QButtonGroup(self)
            group.addButton(first)
            group.addButton(second)
            first.setChecked(True)
        for ending in FORMATS:
            self.format.addItem(_WORDS[ending], ending)
        for words, ratio in _SIZES:
            self.size_box.addItem(words, ratio)

    def _lay_out(self) -> None:
        form = form_layout()
        add_row(form, "Tracks", self.all_tracks, self.in_view)
        colours = add_row(form, "Colours", self.on_paper, self.as_shown)
        for button in (self.all_tracks, self.on_paper):
            button.setAccessibleName("")  # its own words, not those of the row
        add_row(form, "&Format", compact(self.format, 280))
        add_row(form, "Si&ze", compact(self.size_box, 280))
        self.browse.setAutoDefault(False)
        self.browse.setAccessibleName("Browse for the picture's file")
        add_row(form, "Save &as", self.target, self.browse)
        for widget in (colours, self.on_paper, self.as_shown):
            # On a light screen there is nothing to choose.
            widget.setVisible(self._theme is not LIGHT)
        form_above_footer(self, form, self._footer)

    def _connect(self) -> None:
        self._footer.buttons.accepted.connect(self.accept)
        self._footer.buttons.rejected.connect(self.reject)
        for button in (self.all_tracks, self.on_paper):
            button.toggled.connect(self._follow)
        self.format.currentIndexChanged.connect(self._follow_format)
        self.size_box.currentIndexChanged.connect(self._follow)
        self.target.textChanged.connect(self._follow)
        self.browse.clicked.connect(self._pick)

    def _follow_format(self) -> None:
        stem, ending = os.path.splitext(self.path())
        if ending.lower() in FORMATS:
            self.target.setText(stem + self.format.currentData())
        self._follow()

    def _follow(self) -> None:
        ending = os.path.splitext(self.path())[1].lower()
        if ending in FORMATS and ending != self.format.currentData():
            self.format.setCurrentIndex(self.format.findData(ending))
        self.size_box.setEnabled(self.format.currentData() == ".png")
        problem = objection(self.path())
        self._footer.say("" if problem else self._promise(), problem)

    def _promise(self) -> str:
        scene = scene_of_picture(self._shown, self.style_wanted())
        pixels = pixels_of(scene)
        shown = sum(row.top + row.height > scene.header_height and row.top < scene.height for row in scene.rows())
        tracks = "1 track" if shown == 1 else f"{shown} tracks"
        place = format_locus(self._shown.workspace.view.interval)
        is_drawn_in_pixels = self.format.currentData() == ".png"
        size = f"{pixels.width():,} x {pixels.height():,} pixels" if is_drawn_in_pixels else "sharp at every size"
        replaced = " It replaces the file that is there." if Path(self.path()).exists() else ""
        return f"Draws {place} with {tracks}, {size}.{replaced}"

    def _pick(self) -> None:
        chosen, _filter = QFileDialog.getSaveFileName(self, "Save picture", self.path(), "Pictures (*.png *.svg *.pdf)")
        if chosen:
            has_ending = os.path.splitext(chosen)[1].lower() in FORMATS
            self.target.setText(chosen if has_ending else chosen + self.format.currentData())


def propose(shown: Scene, folders: Sequence[str] = ()) -> str:
    """A file that is not there yet, named after dataset and place, in the first folder that can be written."""
    dataset, view = shown.workspace.dataset, shown.workspace.view
    name = slug(f"{dataset.name if dataset else ''} {format_locus(view.interval).replace(',', '')}".strip())
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    wanted = [*folders, pictures, str(Path.home())]
    usable = (each for each in wanted if each and Path(each).is_dir() and os.access(each, os.W_OK))
    folder = Path(next(usable, tempfile.gettempdir()))
    number = 1
    while (path := folder / f"{name}{f'-{number}' if number > 1 else ''}.png").exists():
        number += 1
    return str(path)


def objection(path: str) -> str:
    """Why no picture can be written there, in one sentence; empty when one can."""
    folder = Path(path).parent
    if not path or not Path(path).is_absolute():
        return "Say where to save the picture: a whole path."
    if Path(path).suffix.lower() not in FORMATS:
        return "The name must end in .png, .svg or .pdf."
    if not folder.is_dir():
        return f"There is no folder {folder}."
    if not os.access(folder, os.W_OK):
        return f"You may not write into {folder}."
    return ""
