"""How a shape is drawn: arranged once for what has come, painted in every frame, and read out under the cursor.

A look takes a style: a small struct of what a person or a kind of track chooses, such as a colour or a range. It
knows nothing of the track, of the file or of the model behind the shape.
"""

from collections.abc import Mapping
from typing import ClassVar, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QFont

from ebert_core.protocol.calling import Doubt
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.fonts import SMALL_PIXELS, text_widths
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.scale import Scale as Scale  # looks name it beside what else they take from here
from ebert_gui.browser.surface import Surface
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track

Style = TypeVar("Style")
Arranged = TypeVar("Arranged")


class Answer(NamedTuple):
    """What stands under the cursor: its value, what that means in a few words, and all that is to be said of it.

    `subject` is its stretch where a file says more of it than was sent, which a click asks for.
    """

    words: str = ""
    short: str = ""
    full: str = ""
    subject: Interval | None = None


class Tick(NamedTuple):
    """A value on a scale: the logical y at which it stands, and the value."""

    y: float
    value: float


class Room(NamedTuple):
    """What an arrangement depends on beside style and content: the zoom, the height, the colours and the font."""

    bases_per_pixel: float
    height: float
    palette: Palette
    font: QFont

    def text_widths(self, texts: tuple[str, ...], pixels: int = SMALL_PIXELS) -> NDArray[np.float64]:
        """Widths of texts in logical pixels."""
        return text_widths(self.font, texts, pixels)


class Look(Generic[Style, Arranged]):
    """How one kind of shape is drawn. Whatever sorts, searches or measures letters belongs into `arrange`.

    `paint` draws strips that are kept while the view slides; `annotate` draws over them in every frame. The strips of
    a look that `is_local` change only with shapes that overlap them. One that `has_scale` shows its
    colour beside the scale; others have a scale where they have a range. `awaits` is said until anything comes.
    """

    is_local: ClassVar[bool] = True
    has_scale: ClassVar[bool] = False
    awaits: ClassVar[str] = "Loading …"

    def arrange(self, style: Style, content: TrackContent, room: Room) -> Arranged:
        """What is drawn until something else comes, or the zoom or the height changes."""
        raise NotImplementedError

    def paint(self, surface: Surface, arranged: Arranged, scale: Scale) -> None:
        """Draw a stretch of the track."""
        raise NotImplementedError

    def annotate(self, surface: Surface, arranged: Arranged, scale: Scale) -> None:
        """Write over what was painted."""

    def caption(self, axis: Axis, arranged: Arranged) -> str:
        """What the gutter says of the values."""
        del axis, arranged
        return ""

    def range_of(self, arranged: Arranged, axis: Axis) -> Scale | None:
        """The scale of what is on screen; None where there is nothing."""
        del arranged, axis
        return None

    def group(self, style: Style) -> str:
        """Rows of one group, which is not empty, share their scale."""
        del style
        return ""

    def scale_words(self, style: Style) -> tuple[str, ...]:
        """What is unusual of the scale, in a word or two each, such as `log`."""
        del style
        return ()

    def about(self, arranged: Arranged, axis: Axis, scale: Scale | None) -> str:
        """All that is to be said of what is drawn and of its scale, in whole sentences, for the tooltip of its name."""
        del scale
        caption = self.caption(axis, arranged)
        return f"{caption[:1].upper()}{caption[1:]}." if caption else ""

    def plot_edges(self, height: float) -> tuple[float, float]:
        """Where the numbers at the upper and lower end of a scale stand: logical y of their tops."""
        return 1.0, height - 14

    def ticks(self, arranged: Arranged, scale: Scale, height: float) -> tuple[Tick, ...]:
        """The values between the ends of a scale that have a tick, and a number where there is room for it."""
        del arranged, scale, height
        return ()

    def ramp(self, arranged: Arranged, palette: Palette, scale: Scale) -> tuple[str, ...]:
        """The colours of a look whose colours stand for values, from the lower to the upper end of the scale."""
        del arranged, palette, scale
        return ()

    def at(self, arranged: Arranged, position: float, interval: Interval) -> Answer:
        """What stands on a position, for the line below, the tooltip and a click; `interval` is on screen."""
        del arranged, position, interval
        return Answer()

    def at_point(self, arranged: Arranged, position: float, y: float, axis: Axis) -> Answer:
        """The same for a look in which it matters how high in the row, at which logical y, somebody points."""
        del y
        return self.at(arranged, position, axis.interval)

    def blank(self, arranged: Arranged, axis: Axis) -> str:
        """What is said where everything has come and nothing of it is on screen; empty where something is."""
        del arranged, axis
        return ""

    def fault(self, arranged: Arranged) -> str:
        """Why this look can draw it no further, where its code raised; empty for every look that stands by itself."""
        del arranged
        return ""

    def doubts(self, style: Style) -> tuple[Doubt, ...]:
        """Why values are not to be taken at their word."""
        del style
        return ()

    def usual_colours(self, style: Style, palette: Palette) -> Mapping[str, str]:
        """What is drawn where no colour is chosen, by the names of the settings for further colours."""
        del style, palette
        return {}

    def colour(self, style: Style, palette: Palette) -> str:
        """The colour in which this is drawn; empty where it is drawn in several."""
        del style, palette
        return ""


class Drawing(Protocol):
    """How the tracks of one kind are drawn."""

    # object: the styles of a kind and of its look are of one type, which the table of all kinds cannot say.
    @property
    def look(self) -> "Look[object, object]":
        """The look that draws them."""
        ...

    def style(self, track: Track, scope: Scope) -> object:
        """The style that its look takes for a track."""
        ...


class Drawings(Protocol):
    """Knows how each track is drawn."""

    def of(self, track: Track) -> Drawing:
        """How this track is drawn."""
        ...
