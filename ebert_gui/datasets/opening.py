"""Asks which datasets and files to open, and opens them."""

from pathlib import PurePath

from PyQt6.QtWidgets import QFileDialog

from ebert_core.protocol.addresses import is_address
from ebert_gui.commands.desk import Desk
from ebert_gui.loading.dropping import Dropped
from ebert_gui.state.recent import read_recent

_ALL = "All files (*)"
_DATASETS = "Datasets (*.toml)"
_SIGNALS = ("bw", "bigwig", "bigWig", "wig", "bedgraph", "bedGraph", "bdg")
_FEATURES = ("bed", "bb", "bigbed", "bigBed", "narrowPeak", "broadPeak", "gtf", "gff", "gff3", "txt")
_GENOMES = ("fa", "fasta", "2bit", "sizes")
_MAKING = "The demonstration is being prepared; the first time this takes a few seconds."


def open_all(desk: Desk, paths: tuple[str, ...]) -> None:
    """Open whatever these files and addresses are, together."""
    desk.opener.forgive(paths)
    Dropped(desk.opener, desk.workspace, desk.say).open(paths)


def ask_for_dataset(desk: Desk) -> None:
    """Ask for a DATASET.toml and open it."""
    path, _ = QFileDialog.getOpenFileName(desk.window, "Open dataset", _folder(), f"{_DATASETS};;{_ALL}")
    if path:
        open_all(desk, (path,))


def ask_for_dataset_of(desk: Desk, assembly: str, checkpoint: str) -> None:
    """Ask for a dataset of an assembly, and open it with a checkpoint that was trained there."""
    title = f"Open a dataset of {assembly}"
    path, _ = QFileDialog.getOpenFileName(desk.window, title, _folder(), f"{_DATASETS};;{_ALL}")
    if path:
        opener = desk.opener
        opener.open_dataset(path, lambda: opener.open_checkpoint(checkpoint, is_beginning=True), checkpoint)


def ask_for_files(desk: Desk) -> None:
    """Ask for track files and open them all, in the order in which they were chosen."""
    filters = (
        _filter("Tracks and genomes", (*_SIGNALS, *_FEATURES, *_GENOMES)),
        _filter("Signals", _SIGNALS),
        _filter("Peaks, regions, states and genes", _FEATURES),
        _filter("Genomes", _GENOMES),
        _ALL,
    )
    paths, _ = QFileDialog.getOpenFileNames(
        desk.window, "Open track files", _folder(), ";;".join(filters), options=QFileDialog.Option.HideNameFilterDetails
    )
    if paths:
        open_all(desk, tuple(paths))


def ask_for_addresses(desk: Desk) -> None:
    """Ask for addresses of track files and open them all."""
    from ebert_gui.datasets.address_dialog import AddressDialog  # seldom wanted

    dialog = AddressDialog(desk.window)
    if dialog.exec():
        open_all(desk, dialog.addresses())


def open_demonstration(desk: Desk) -> None:
    """Open the demonstration, which is made first where it is not there yet."""
    desk.opener.open_demonstration(desk.wait(_MAKING))


def _filter(words: str, endings: tuple[str, ...]) -> str:
    """A line of a file dialog: what the files are and how their names end, plain or compressed."""
    return f"{words} ({' '.join(f'*.{ending} *.{ending}.gz' for ending in endings)})"


def _folder() -> str:
    """Where to begin looking: beside what was opened last."""
    here = [opened[0] for opened in read_recent() if not is_address(opened[0])]
    return str(PurePath(here[0]).parent) if here else ""
