"""The dialogs behind the menus: what they ask for and where the answer goes."""

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from ebert_core.protocol.addresses import is_address
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import FineTune
from ebert_gui.state.recent import read_recent
from ebert_gui.widgets.theme import program_icon

if TYPE_CHECKING:
    from ebert_gui.datasets.new_dataset_dialog import NewDatasetDialog
    from ebert_gui.windows.main_window import MainWindow


_ALL = "All files (*)"
_DATASETS = "Datasets (*.toml)"
_SIGNALS = ("bw", "bigwig", "bigWig", "wig", "bedgraph", "bedGraph", "bdg")
_FEATURES = ("bed", "bb", "bigbed", "bigBed", "narrowPeak", "broadPeak", "gtf", "gff", "gff3", "txt")
_GENOMES = ("fa", "fasta", "2bit", "sizes")


def _filter(words: str, endings: tuple[str, ...]) -> str:
    """A line of a file dialog: what the files are and how their names end, plain or compressed."""
    return f"{words} ({' '.join(f'*.{ending} *.{ending}.gz' for ending in endings)})"


def _folder() -> str:
    """Where to begin looking: beside what was opened last."""
    here = [opened[0] for opened in read_recent() if not is_address(opened[0])]
    return str(PurePath(here[0]).parent) if here else ""


def for_dataset(window: "MainWindow") -> None:
    """Ask for a DATASET.toml and open it."""
    path, _ = QFileDialog.getOpenFileName(window, "Open dataset", _folder(), f"{_DATASETS};;{_ALL}")
    if path:
        window.open_all((path,))


def for_dataset_of(window: "MainWindow", assembly: str, checkpoint: str) -> None:
    """Ask for a dataset of an assembly, and open it with a checkpoint that was trained there."""
    path, _ = QFileDialog.getOpenFileName(window, f"Open a dataset of {assembly}", _folder(), f"{_DATASETS};;{_ALL}")
    if path:
        opener = window.opener
        opener.open_dataset(path, lambda: opener.open_checkpoint(checkpoint, is_beginning=True), checkpoint)


def for_files(window: "MainWindow") -> None:
    """Ask for track files and open them all, in the order in which they were chosen."""
    named = {ending.lower() for ending in (*_SIGNALS, *_FEATURES)}
    others = tuple(each[1:] for each in window.kinds.endings if each[1:].lower() not in named)
    filters = (
        _filter("Tracks and genomes", (*_SIGNALS, *_FEATURES, *others, *_GENOMES)),
        _filter("Signals", _SIGNALS),
        _filter("Peaks, regions, states and genes", _FEATURES),
        *([_filter("Other tracks", others)] if others else []),
        _filter("Genomes", _GENOMES),
        _ALL,
    )
    paths, _ = QFileDialog.getOpenFileNames(
        window, "Open track files", _folder(), ";;".join(filters), options=QFileDialog.Option.HideNameFilterDetails
    )
    if paths:
        window.open_all(tuple(paths))


def for_address(window: "MainWindow") -> None:
    """Ask for addresses of track files and open them all."""
    from ebert_gui.datasets.address_dialog import AddressDialog  # seldom wanted

    dialog = AddressDialog(window)
    if dialog.exec():
        window.open_all(dialog.addresses())


def for_new_dataset(window: "MainWindow") -> None:
    """Ask for the files of a new dataset, write it and open it; one that was begun before is gone on with."""
    from ebert_gui.datasets.new_dataset_dialog import Desk, NewDatasetDialog  # its forms need not wait in every start

    opener = window.opener
    begun = window.findChild(NewDatasetDialog)
    dialog = begun or NewDatasetDialog(Desk(opener.inspect, opener.check_draft, opener.write_dataset), window)
    if begun is None:
        dialog.finished.connect(lambda _result: _keep_unfinished(window, dialog))
    dialog.open()


def _keep_unfinished(window: "MainWindow", dialog: "NewDatasetDialog") -> None:
    """A form that was filled stays with its window; any other goes."""
    if dialog.is_unfinished:
        window.messages.info("No dataset was made. What you filled in is kept: New dataset… goes on with it.")
    else:
        # Not found again, though Qt deletes it only later.
        dialog.setParent(None)
        dialog.deleteLater()


def for_checkpoint(window: "MainWindow") -> None:
    """Ask for a checkpoint folder and open it."""
    path = QFileDialog.getExistingDirectory(window, "Open checkpoint")
    if path:
        window.opener.forgive((path,))
        window.opener.open_checkpoint(path)


def for_finetuning_again(window: "MainWindow") -> None:
    """Ask for the spec of an earlier fine-tuning, and fill the form with it."""
    from ebert_gui.finetuning.spec_file import read_finetuning

    dataset = window.workspace.dataset
    assert dataset is not None
    path, _ = QFileDialog.getOpenFileName(window, "Settings of a fine-tuning", dataset.path, "Specs (*.toml)")
    if not path:
        return
    try:
        begun = read_finetuning(Path(path))
    except InvalidRequest as error:
        window.say(str(error))
    else:
        for_finetuning(window, begun)


def for_finetuning(window: "MainWindow", begun: FineTune | None = None) -> None:
    """Ask what to fine-tune, and start it; `begun` fills the form."""
    from ebert_gui.finetuning.finetune_dialog import FineTuneDialog  # its forms need not wait in every start

    dataset = window.workspace.dataset
    assert dataset is not None
    workspace = window.workspace
    # A form that was closed comes back as it was left, unless something else is open by now.
    left = f"{dataset.path}\n{workspace.checkpoint.path if workspace.checkpoint else ''}"
    begun = begun or window.unsent.get(left)
    dialog = FineTuneDialog(dataset, workspace.checkpoint, window, begun, workspace.factor, window.jobs.check)
    dialog.accepted.connect(lambda: window.jobs.start(dialog.spec()))
    dialog.accepted.connect(lambda: window.unsent.pop(left, None))
    dialog.rejected.connect(lambda: window.unsent.update({left: dialog.spec()}))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def for_export(window: "MainWindow") -> None:
    """Ask what to export, and start it."""
    from ebert_gui.exporting.export_dialog import ExportDialog  # its forms need not wait in every start

    workspace = window.workspace
    dataset, checkpoint = workspace.dataset, workspace.checkpoint
    assert dataset is not None
    assert checkpoint is not None
    dialog = ExportDialog(
        dataset,
        checkpoint,
        workspace.cell_type,
        workspace.factor,
        workspace.view.interval,
        window.loader.bases_per_second,
        window,
    )
    dialog.accepted.connect(lambda: window.jobs.start(dialog.spec()))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def for_picture(window: "MainWindow") -> None:
    """Ask which picture of the screen to save, and save it."""
    from ebert_gui.exporting.picture_dialog import PictureDialog  # its forms need not wait in every start

    dialog = PictureDialog(window.canvas.scene, window.theme, window.picture_folders, window)

    def take() -> None:
        path = dialog.path()
        window.picture_folders = (str(Path(path).parent),)
        window.pictures.take(path, dialog.style_wanted(), lambda problem: _tell_of_picture(window, path, problem))

    dialog.accepted.connect(take)
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def _tell_of_picture(window: "MainWindow", path: str, problem: str) -> None:
    if problem:
        window.say(problem)
    else:
        window.messages.info(f"The picture is in {path}")


def about(window: "MainWindow") -> None:
    """Say what this is."""
    from importlib.metadata import version  # brings half of the e-mail package with it

    box = QMessageBox(window)
    box.setWindowTitle("About EBERT Browser")
    box.setIconPixmap(program_icon().pixmap(48, 48))
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(f"<b>EBERT Browser {version('ebert-browser')}</b>")
    box.setInformativeText(
        "A genome browser in which the model is a track.\n\nGPL-3.0-or-later. It comes with no warranty."
    )
    box.finished.connect(lambda _result: box.deleteLater())
    box.open()
