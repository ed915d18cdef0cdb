"""Marks regions of interest, goes from one to the next, and reads and writes them as BED."""

from ebert_core.protocol.regions import NamedRegion, NamedRegions, WrittenRegions
from ebert_gui.commands.desk import Desk
from ebert_gui.regions.regions_dock import REGIONS_DOCK
from ebert_gui.state.regions import around, region_beside, unused_name
from ebert_gui.widgets.place_picker import pick
from ebert_gui.widgets.wanted_place import ALL, Kind, Wanted

_ENDINGS = (".bed", ".narrowpeak", ".broadpeak")
_REGIONS = Kind("Regions", (*_ENDINGS, *(f"{ending}.gz" for ending in _ENDINGS)))
_BED = Kind("BED", (".bed",))


def mark_place(desk: Desk) -> None:
    """Make the place on screen a region, and let it be named in the dock."""
    history, here = desk.workspace.history, desk.workspace.view.interval
    regions = history.setup.regions
    history.change(history.setup.with_regions((*regions, NamedRegion(here, unused_name(regions)))))
    if not desk.frame.shows_dock(REGIONS_DOCK):
        desk.frame.toggle_dock(REGIONS_DOCK)
    desk.frame.name_region()


def step(desk: Desk, *, is_forward: bool) -> None:
    """Go to the next region, or the one before."""
    view = desk.workspace.view
    lengths = view.chromosome_lengths
    region = region_beside(desk.workspace.setup.regions, view.interval, lengths, is_forward=is_forward)
    if region is None:
        desk.tell("No region lies on a chromosome of what is open.")
        return
    desk.navigator.show(around(region.interval, lengths[region.interval.chromosome]))


def ask_for_import(desk: Desk) -> None:
    """Ask for a BED file and add its regions to those that are there."""

    def read(paths: tuple[str, ...]) -> None:
        desk.opener.forgive(paths)
        desk.opener.questions.read_regions(paths[0], lambda found: _add(desk, found), desk.say)

    wanted = Wanted("Import regions", kinds=(_REGIONS, ALL), takes_addresses=True)
    pick(desk.opener.places, desk.window, wanted, read)


def ask_for_export(desk: Desk) -> None:
    """Ask for a file and write the regions to it as BED."""
    regions = desk.workspace.setup.regions

    def told(written: WrittenRegions) -> None:
        count = "1 region is" if written.count == 1 else f"{written.count:,} regions are"
        desk.tell(f"{count} in {written.path}")

    def write(paths: tuple[str, ...]) -> None:
        desk.opener.questions.write_regions(paths[0], regions, told, desk.say)

    wanted = Wanted("Export regions", "save", "Export", kinds=(_BED, ALL), complete=_with_ending)
    pick(desk.opener.places, desk.window, wanted, write)


def _add(desk: Desk, found: NamedRegions) -> None:
    history = desk.workspace.history
    before = history.setup.regions
    new = [region for region in dict.fromkeys(found.regions) if region not in set(before)]
    history.change(history.setup.with_regions((*before, *new)))
    count = "1 region was" if len(new) == 1 else f"{len(new):,} regions were"
    same = len(found.regions) - len(new)
    rest = "" if not same else f" {same:,} were there already."
    desk.tell(" ".join((f"{count} added.{rest}", *found.remarks)))


def _with_ending(path: str) -> str:
    return path if path.lower().endswith(".bed") else f"{path}.bed"
