"""Asks what to write to a file, predicted binding or a picture, and has it written."""

from collections.abc import Callable
from pathlib import Path

from ebert_gui.commands.command import Needs
from ebert_gui.commands.desk import Desk
from ebert_gui.exporting.picture_taking import PictureTaker
from ebert_gui.exporting.writing_signals import WritingSignals
from ebert_gui.loading.signal_writing import SignalWriter, source_to_write
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
    dialog.offer([model for model in workspace.models.values() if model.outputs and model.path != checkpoint.path])
    dialog.judge_by(desk.jobs.check)

    def find_unused(path: str, ending: str, on_path: Callable[[str], None]) -> None:
        desk.opener.places.find_unused(path, on_path, ending)

    dialog.unused_wanted.connect(find_unused)
    dialog.propose()
    dialog.place_wanted.connect(lambda wanted, then: pick(desk.opener.places, dialog, wanted, then))
    dialog.accepted.connect(lambda: desk.jobs.start(dialog.spec()))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def _has_signal(desk: Desk) -> bool:
    tracks, scope = desk.workspace.selection.tracks, desk.workspace.scope
    return len(tracks) == 1 and scope.dataset is not None and source_to_write(tracks[0], scope) is not None


has_signal = Needs(_has_signal, "Select one track that shows a signal of a file, or two compared.")


def ask_for_signal(desk: Desk) -> None:
    """Ask where to write the signal of the selected track, and have it written."""
    from ebert_gui.exporting.signal_dialog import ENDING, SignalDialog  # its forms need not wait in every start

    workspace = desk.workspace
    track, dataset = workspace.selection.tracks[0], workspace.dataset
    source = source_to_write(track, workspace.scope)
    assert source is not None
    assert dataset is not None
    name = f"{track.title} {track.subtitle}".strip()
    dialog = SignalDialog(name, source, dataset, workspace.view.interval, desk.window)
    dialog.place_wanted.connect(lambda wanted, then: pick(desk.opener.places, dialog, wanted, then))
    dialog.looked_for.connect(desk.opener.places.look_for)
    if dialog.proposed:
        desk.opener.places.find_unused(dialog.proposed, dialog.propose, ENDING)
    dialog.accepted.connect(lambda: _writing(desk).write(dialog.file(), dataset))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def _writing(desk: Desk) -> WritingSignals:
    return desk.kept(WritingSignals, lambda: WritingSignals(desk, SignalWriter(desk.window)))


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
