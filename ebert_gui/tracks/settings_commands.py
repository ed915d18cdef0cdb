"""What can be done with the settings of selected tracks as a whole: copied, pasted, and set back."""

from msgspec.structs import replace

from ebert_gui.state.history import History
from ebert_gui.state.selection import Selection


def copy_settings(selection: Selection) -> None:
    """Keep the settings of the first selected track, to be given to others."""
    if selection.tracks:
        selection.copied = selection.tracks[0]
        selection.changed.announce()


def paste_settings(history: History, selection: Selection) -> None:
    """Give the selected tracks the copied settings, as far as they have them, and the height that was chosen."""
    copied, ids = selection.copied, selection.ids
    if copied is not None:
        history.change(
            history.setup.rewritten(
                lambda track: (
                    replace(track, drawn=track.drawn.like(copied.drawn), height=copied.height or track.height)
                    if track.id in ids
                    else track
                )
            )
        )


def use_usual_settings(history: History, selection: Selection) -> None:
    """Draw the selected tracks as such tracks are drawn until a person chooses otherwise."""
    ids = selection.ids
    history.change(
        history.setup.rewritten(
            lambda track: replace(track, drawn=track.usual_settings, height=0) if track.id in ids else track
        )
    )
