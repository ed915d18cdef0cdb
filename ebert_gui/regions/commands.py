"""The commands on regions of interest."""

from ebert_gui.commands.command import Command, Needs, has_genome
from ebert_gui.regions import asking
from ebert_gui.regions.regions_dock import REGIONS_DOCK

_HAS_REGIONS = Needs(lambda desk: bool(desk.workspace.setup.regions), "Mark or import a region first.")
COMMANDS = (
    Command(
        "regions.add",
        "&Mark as region",
        "Make the place on screen a region of interest, and name it",
        asking.mark_place,
        "Ctrl+R",
        has_genome,
    ),
    Command(
        "regions.next",
        "Next &region",
        "Go to the next region of interest on the genome",
        lambda desk: asking.step(desk, is_forward=True),
        "Ctrl+PgDown",
        _HAS_REGIONS,
    ),
    Command(
        "regions.previous",
        "Region b&efore",
        "Go to the region of interest before",
        lambda desk: asking.step(desk, is_forward=False),
        "Ctrl+PgUp",
        _HAS_REGIONS,
    ),
    Command(
        "regions.import",
        "Import re&gions…",
        "Add the regions of a BED file to those of interest",
        asking.ask_for_import,
        is_ready=has_genome,
    ),
    Command(
        "regions.export",
        "E&xport regions…",
        "Write the regions of interest as BED",
        asking.ask_for_export,
        is_ready=_HAS_REGIONS,
    ),
    Command(
        "regions.dock",
        "&Regions",
        "The regions of interest, to go to, name and remove",
        lambda desk: desk.frame.toggle_dock(REGIONS_DOCK),
        "Ctrl+6",
        is_on=lambda desk: desk.frame.shows_dock(REGIONS_DOCK),
    ),
)
