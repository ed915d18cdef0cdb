"""What README.md and docs/window.md say of menus and keys is what the window has."""

import re
from pathlib import Path

from ebert_gui.windows.table import COMMANDS, LINE, MENUS

ROOT = Path(__file__).parents[3]
PAGES = sorted({ROOT / "README.md", *(ROOT / "docs").glob("*.md")})
NAMED = re.compile(r"\*(File|Edit|Go|Tracks|Model|View|Help)(?: >| ›|,) ([^*]+)\*(?: \(([^)]+)\))?")
KEY = re.compile(r"\b(?:Ctrl|Alt)\+(?:(?:Shift|Alt)\+)?(?:\w+|[-+])")
# Keys that no command has: what a shell or the canvas does with them.
OTHERS = {"Ctrl+C"}


def plain(title: str) -> str:
    """A title as it is written on a page."""
    return title.replace("&", "").replace("...", "…")


def commands() -> dict[tuple[str, str], str]:
    """The key of each command by the title of its menu and its own."""
    return {
        (plain(menu), plain(COMMANDS[command].text)): COMMANDS[command].shortcut
        for menu, listed in MENUS.items()
        for command in listed
        if command is not LINE
    }


def test_every_command_that_a_page_names_stands_in_that_menu_and_has_that_key() -> None:
    known, told = commands(), 0
    for page in PAGES:
        for menu, title, key in NAMED.findall(page.read_text()):
            told += 1
            assert (menu, plain(title)) in known, f"{page.name}: {menu} > {title}"
            if key.startswith("Ctrl"):
                assert known[menu, plain(title)] == key, f"{page.name}: {title} ({key})"
    assert told > 20


def test_every_key_that_the_tour_names_is_one_of_a_command() -> None:
    keys = set(commands().values()) | OTHERS
    for page in (ROOT / "README.md", ROOT / "docs" / "window.md"):
        for key in KEY.findall(page.read_text()):
            assert key in keys, f"{page.name}: {key}"


def test_the_tour_names_every_dock() -> None:
    page = (ROOT / "docs" / "window.md").read_text()
    assert all(f"*{dock}*" in page for dock in ("Tracks > Tracks", "Tracks > Settings", "View > Jobs"))
    assert "dock *Checkpoint* (Ctrl+2)" in page
