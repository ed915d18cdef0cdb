"""What was opened last, for the menu."""

from ebert_gui.state.recent import MOST_RECENT, add_recent, clear_recent, read_recent, recent_file


def test_the_last_that_was_opened_comes_first_and_is_listed_once() -> None:
    for opened in (("/d/D.toml",), ("/a.bw", "/b.bw"), ("/d/D.toml",)):
        add_recent(opened)
    assert read_recent() == (("/d/D.toml",), ("/a.bw", "/b.bw"))


def test_no_more_than_ten_are_kept() -> None:
    for number in range(25):
        add_recent((f"/{number}.bw",))
    assert read_recent() == tuple((f"/{number}.bw",) for number in range(24, 24 - MOST_RECENT, -1))
    clear_recent()
    assert read_recent() == ()


def test_a_list_that_cannot_be_read_is_an_empty_one() -> None:
    recent_file().parent.mkdir(parents=True, exist_ok=True)
    recent_file().write_text("{")
    assert read_recent() == ()
