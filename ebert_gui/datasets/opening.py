"""Asks which datasets and files to open, and opens them."""

from ebert_gui.commands.desk import Desk
from ebert_gui.loading.dropping import Dropped
from ebert_gui.widgets.place_picker import pick
from ebert_gui.widgets.wanted_place import ALL, DATASETS, Kind, Wanted

_SIGNALS = (".bw", ".bigwig", ".wig", ".bedgraph", ".bdg")
_FEATURES = (".bed", ".bb", ".bigbed", ".narrowpeak", ".broadpeak", ".gtf", ".gff", ".gff3", ".txt")
_GENOMES = (".fa", ".fasta", ".2bit", ".sizes")
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
    named = (*_SIGNALS, *_FEATURES)
    others = tuple(ending for ending in map(str.lower, desk.opener.kinds.endings) if ending not in named)
    kinds = (
        _packed("Tracks and genomes", (*named, *others, *_GENOMES)),
        _packed("Signals", _SIGNALS),
        _packed("Peaks, regions, states and genes", _FEATURES),
        *([_packed("Other tracks", others)] if others else []),
        _packed("Genomes", _GENOMES),
        DATASETS,
        ALL,
    )
    wanted = Wanted("Open track files", "files", kinds=kinds, takes_addresses=True)
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


def _packed(name: str, endings: tuple[str, ...]) -> Kind:
    """A kind of files, plain or compressed."""
    return Kind(name, (*endings, *(f"{ending}.gz" for ending in endings)))
