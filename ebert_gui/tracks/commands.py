"""The commands on tracks: what is shown, which tracks are selected, and how they are drawn."""

from ebert_gui.commands.command import Choice, Command, Needs, Show, has_genome
from ebert_gui.commands.desk import Desk
from ebert_gui.tracks import feature_steps
from ebert_gui.tracks.settings_commands import copy_settings, paste_settings, use_usual_settings
from ebert_gui.tracks.settings_dock import SETTINGS_DOCK
from ebert_gui.tracks.track_commands import join_choices
from ebert_gui.tracks.track_dock import TRACK_DOCK

_HAS_SELECTED = Needs(lambda desk: bool(desk.workspace.selection.tracks), "Select a track first.")
_CAN_PASTE = Needs(
    lambda desk: _HAS_SELECTED(desk) and desk.workspace.selection.copied is not None,
    "Copy the settings of a track first, then select the tracks that are to have them.",
)


def _select_all(desk: Desk) -> None:
    selection = desk.workspace.selection
    selection.select((track.id for track in desk.workspace.setup.tracks), selection.last)


_SELECTING = (
    Command(
        "tracks.next",
        "Select the &next track",
        "Select the track below the selected one",
        lambda desk: desk.workspace.selection.step(1),
        "Ctrl+Down",
        has_genome,
        of_canvas=True,
    ),
    Command(
        "tracks.previous",
        "Select the track &before",
        "Select the track above the selected one",
        lambda desk: desk.workspace.selection.step(-1),
        "Ctrl+Up",
        has_genome,
        of_canvas=True,
    ),
    Command(
        "tracks.next-too",
        "Select the next track too",
        "Select the track below in addition",
        lambda desk: desk.workspace.selection.step(1, adds=True),
        "Ctrl+Shift+Down",
        has_genome,
        of_canvas=True,
    ),
    Command(
        "tracks.previous-too",
        "Select the track before too",
        "Select the track above in addition",
        lambda desk: desk.workspace.selection.step(-1, adds=True),
        "Ctrl+Shift+Up",
        has_genome,
        of_canvas=True,
    ),
    Command(
        "tracks.all",
        "Select &all tracks",
        "Select every track",
        _select_all,
        "Ctrl+A",
        has_genome,
        of_canvas=True,
    ),
)


def _join(desk: Desk, show: Show) -> None:
    tracks = desk.workspace.selection.tracks
    choices = join_choices(desk.workspace.history, tracks, desk.opener.kinds)
    show(choices or (Choice("Select signals to overlay or compare"),))


_SETTINGS = (
    Command(
        "settings.dock",
        "S&ettings",
        "Choose how the selected tracks are drawn",
        lambda desk: desk.frame.toggle_dock(SETTINGS_DOCK),
        "Ctrl+5",
        is_on=lambda desk: desk.frame.shows_dock(SETTINGS_DOCK),
    ),
    Command(
        "settings.copy",
        "&Copy settings",
        "Copy the settings of the first selected track",
        lambda desk: copy_settings(desk.workspace.selection),
        "Ctrl+Alt+C",
        _HAS_SELECTED,
    ),
    Command(
        "settings.paste",
        "&Paste settings",
        "Give the selected tracks the copied settings",
        lambda desk: paste_settings(desk.workspace.history, desk.workspace.selection),
        "Ctrl+Alt+V",
        _CAN_PASTE,
    ),
    Command(
        "settings.usual",
        "&Usual settings",
        "Draw the selected tracks as usual again",
        lambda desk: use_usual_settings(desk.workspace.history, desk.workspace.selection),
        "Ctrl+Alt+0",
        _HAS_SELECTED,
    ),
)
COMMANDS = (
    Command(
        "tracks.join",
        "&Join or take apart",
        "Overlay the selected signals in one row, compare two, or take such a row apart",
        is_ready=has_genome,
        choices=_join,
    ),
    Command(
        "tracks.suggest",
        "&Suggested tracks",
        "Show what this dataset shows at its first opening; undo brings your tracks back",
        lambda desk: desk.workspace.suggest_tracks(),
        is_ready=has_genome,
    ),
    Command(
        "tracks.dock",
        "&Tracks",
        "Add, select, order and remove tracks",
        lambda desk: desk.frame.toggle_dock(TRACK_DOCK),
        "Ctrl+1",
        is_on=lambda desk: desk.frame.shows_dock(TRACK_DOCK),
    ),
    *_SELECTING,
    *_SETTINGS,
    *feature_steps.COMMANDS,
)
