"""Asks which datasets and files to open, and opens them."""

from collections.abc import Sequence

from ebert_core.protocol.tracks import FileFormat
from ebert_gui.commands.desk import Desk
from ebert_gui.loading.dropping import Dropped
from ebert_gui.widgets.place_picker import pick
from ebert_gui.widgets.wanted_place import ALL, DATASETS, Kind, Wanted

_SIGNALS = {"signal"}
_FEATURES = {"peaks", "features", "states", "genes"}
_MAKING = "The demonstration is being prepared; the first time this takes a few seconds."


def open_all(desk: Desk, paths: tuple[str, ...]) -> None:
    """Open whatever these files and addresses are, together."""
    desk.opener.forgive(paths)
    Dropped(desk.opener, desk.sessions, desk.workspace, desk.say).open(paths)


def ask_for_dataset(desk: Desk) -> None:
    """Ask for a DATASET.toml and open it."""
    wanted = Wanted("Open dataset", kinds=(DATASETS, ALL))
    pick(desk.opener.places, desk.window, wanted, lambda paths: open_all(desk, paths))


def ask_for_dataset_of(desk: Desk, assembly: str, checkpoint: str) -> None:
    """Ask for a dataset of an assembly, and open it with a checkpoint that was trained there."""
    opener = desk.opener

    def open_both(paths: tuple[str, ...]) -> None:
        opener.open_dataset(paths[0], lambda: opener.models.open(checkpoint, is_beginning=True), checkpoint)

    pick(opener.places, desk.window, Wanted(f"Open a dataset of {assembly}", kinds=(DATASETS, ALL)), open_both)


def ask_for_files(desk: Desk) -> None:
    """Ask for track files and open them all, in the order in which they were chosen."""
    wanted = Wanted("Open track files", "files", kinds=kinds_of_files(desk.opener.kinds.formats), takes_addresses=True)
    pick(desk.opener.places, desk.window, wanted, lambda paths: open_all(desk, paths))


def ask_for_addresses(desk: Desk) -> None:
    """Ask for addresses of track files and open them all."""
    from ebert_gui.datasets.address_dialog import AddressDialog  # seldom wanted

    dialog = AddressDialog(desk.window)
    if dialog.exec():
        open_all(desk, dialog.addresses())


def open_demonstration(desk: Desk) -> None:
    """Open the demonstration, which is made first where it is not there yet."""
    desk.opener.open_demonstration(desk.wait(_MAKING))


def kinds_of_files(formats: Sequence[FileFormat]) -> tuple[Kind, ...]:
    """What the dialog offers to be shown: all files that can be opened, and those of each sort.

    Where no format is known yet, as in the first moments of a program, all files come first.
    """
    formats = [each for each in formats if not set(each.endings) & set(DATASETS.endings)]
    ours = [each for each in formats if not each.package]
    signals = [each for each in ours if _SIGNALS & set(each.kinds)]
    features = [each for each in ours if _FEATURES & set(each.kinds)]
    others = [each for each in ours if each.kinds and each not in (*signals, *features)]
    found = (
        _packed("Tracks and genomes", formats),
        _packed("Signals", signals),
        _packed("Peaks, regions, states and genes", features),
        _packed("Other tracks", others),
        *(_packed(each.name, [each]) for each in formats if each.package),
        _packed("Genomes", [each for each in ours if not each.kinds]),
    )
    known = [kind for kind in found if kind.endings]
    return (*known, DATASETS, ALL) if known else (ALL, DATASETS)


def _packed(name: str, formats: Sequence[FileFormat]) -> Kind:
    """Files of these formats, plain or compressed."""
    endings = tuple(dict.fromkeys(ending for each in formats for ending in each.endings))
    return Kind(name, (*endings, *(f"{ending}.gz" for ending in endings)))
