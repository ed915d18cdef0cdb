"""Asks what to write to a file, predicted binding or a picture, and has it written."""

from pathlib import Path

from ebert_gui.commands.desk import Desk
from ebert_gui.exporting.picture_taking import PictureTaker
from ebert_gui.widgets.place_picker import pick


class PictureFolders(list[str]):
    """Where the last picture of this window was saved; empty before the first."""


def ask_for_export(desk: Desk) -> None:
    """Ask what to export of the model's predictions, and start it."""
    from ebert_gui.exporting.export_dialog import ExportDialog  # its forms need not wait in every start

    workspace = desk.workspace
    dataset, checkpoint = workspace.dataset, workspace.model
    assert dataset is not None
    assert checkpoint is not None
    dialog = ExportDialog(
        dataset,
        checkpoint,
        workspace.cell_type,
        workspace.factor,
        workspace.view.interval,
        desk.loader.bases_per_second,
        desk.window,
    )
    dialog.place_wanted.connect(lambda wanted, then: pick(desk.opener.places, dialog, wanted, then))
    dialog.accepted.connect(lambda: desk.jobs.start(dialog.spec()))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def ask_for_picture(desk: Desk) -> None:
    """Ask which picture of the screen to save, and save it."""
    from ebert_gui.exporting.picture_dialog import PictureDialog  # its forms need not wait in every start

    folders = desk.kept(PictureFolders, PictureFolders)
    dialog = PictureDialog(desk.scene, desk.frame.theme, folders, desk.window)

    def take() -> None:
        path = dialog.path()
        folders[:] = [str(Path(path).parent)]
        taker = desk.kept(PictureTaker, lambda: PictureTaker(desk.scene, desk.loader))
        taker.take(path, dialog.style_wanted(), lambda problem: _tell_of_picture(desk, path, problem))

    dialog.accepted.connect(take)
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def _tell_of_picture(desk: Desk, path: str, problem: str) -> None:
    if problem:
        desk.say(problem)
    else:
        desk.tell(f"The picture is in {path}")
