"""What a command may use: what is open, who opens and loads, and how something is said to a person."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from PyQt6.QtWidgets import QWidget

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.scene import Scene
from ebert_gui.loading.jobs import JobFollower
from ebert_gui.loading.loader import Loader
from ebert_gui.loading.navigator import Navigator
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.saved_sessions import SavedSessions
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import Theme

Kept = TypeVar("Kept")


class Frame(Protocol):
    """What the frame around the tracks can do."""

    @property
    def theme(self) -> Theme:
        """The colours of the window."""
        ...

    def shows_dock(self, name: str) -> bool:
        """Whether the dock of this object name is shown."""
        ...

    def toggle_dock(self, name: str) -> None:
        """Show the dock of this object name, or hide it."""
        ...

    def pointed_track(self) -> Track | None:
        """The track under the mouse."""
        ...

    def show_details(self, track: Track, subject: Interval) -> None:
        """Show all that a track's file says of the things on a stretch."""
        ...

    def edit_locus(self) -> None:
        """Put the cursor into the locus."""
        ...

    def show_messages(self) -> None:
        """Open the list of all that was said."""
        ...

    def name_region(self) -> None:
        """Let a person name the region that was marked last."""
        ...

    def show_help(self) -> None:
        """Open the sheet of keys, mouse and marks."""
        ...

    def show_palette(self) -> None:
        """Let a person find a command by its words."""
        ...

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        ...

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop filling it."""
        ...

    def close(self) -> bool:
        """End the program as the window's own button does."""
        ...


class Desk(Protocol):
    """One window, as a command sees it: what is open, who opens and loads it, and how a person is asked and told."""

    @property
    def workspace(self) -> Workspace:
        """What is open and shown, with its history."""
        ...

    @property
    def opener(self) -> Opener:
        """Opens datasets, files and checkpoints."""
        ...

    @property
    def loader(self) -> Loader:
        """Loads what is on screen."""
        ...

    @property
    def navigator(self) -> Navigator:
        """Goes to places."""
        ...

    @property
    def jobs(self) -> JobFollower:
        """Starts jobs, and follows them."""
        ...

    @property
    def sessions(self) -> SavedSessions:
        """The session file of the window, if it has one."""
        ...

    @property
    def scene(self) -> Scene:
        """The tracks as they are drawn."""
        ...

    @property
    def frame(self) -> Frame:
        """What is around the tracks."""
        ...

    @property
    def window(self) -> QWidget:
        """The parent of dialogs; for nothing else."""
        ...

    def say(self, sentence: str, details: str = "") -> None:
        """Say what went wrong."""
        ...

    def tell(self, sentence: str) -> None:
        """Say what is good to know."""
        ...

    def wait(self, sentence: str) -> Callable[[], None]:
        """Say what takes a while; to be called when it has ended, whether well or not."""
        ...

    def kept(self, kind: type[Kept], make: Callable[[], Kept]) -> Kept:
        """The one object of this kind that commands keep for this window; made when it is first asked for."""
        ...
