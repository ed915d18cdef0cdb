"""Asks for the files of a new dataset, and keeps what was begun."""

from ebert_gui.commands.desk import Desk
from ebert_gui.datasets.new_dataset_dialog import Answers, NewDatasetDialog
from ebert_gui.widgets.place_picker import pick


def ask_for_new_dataset(desk: Desk) -> None:
    """Ask for the files of a new dataset, write it and open it; one that was begun before is gone on with."""
    begun = desk.window.findChild(NewDatasetDialog)
    opener = desk.opener
    answers = Answers(opener.questions.inspect, opener.questions.check_draft, opener.write_dataset)
    dialog = begun or NewDatasetDialog(answers, desk.window)
    if begun is None:
        dialog.place_wanted.connect(lambda wanted, then: pick(opener.places, dialog, wanted, then))
        dialog.finished.connect(lambda _result: _keep_unfinished(desk, dialog))
    dialog.open()


def _keep_unfinished(desk: Desk, dialog: NewDatasetDialog) -> None:
    """A form that was filled stays with its window; any other goes."""
    if dialog.is_unfinished:
        desk.tell("No dataset was made. What you filled in is kept: New dataset… goes on with it.")
    else:
        # Not found again, though Qt deletes it only later.
        dialog.setParent(None)
        dialog.deleteLater()
