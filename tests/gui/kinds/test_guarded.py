"""What the code of a package raises costs its own row, which says so, and one message."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import BareFile
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.drawn_rows import DrawnRow, shared_scales
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.kinds.guarded import AnyKind, guarded
from ebert_gui.kinds.kind import Kind, Offer
from ebert_gui.kinds.table import BUILT_IN, Kinds
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track, UnknownTrack
from ebert_gui.widgets.theme import LIGHT
from tests.gui.pages import Page

SHAPE = Features(Interval("chr1", 1000, 2000), np.array([1100]), np.array([1200]))
CONTENT = TrackContent({"features": (Held(1, SHAPE.interval, SHAPE),)})
RAISED = "The package test_guarded raised ZeroDivisionError: division by zero. What it shows here is left out."


class GuestTrack(Track, frozen=True, kw_only=True, tag="guest"):
    """A track of a package."""

    @property
    def title(self) -> str:
        return "guest"


class GuestLook(Look[str, str]):
    """Fills its row, and raises where it is told to."""

    has_scale = True
    awaits = "Waiting for the guest"

    def __init__(self, raises: str = "") -> None:
        self._raises = raises

    def _may_raise(self, name: str) -> None:
        if name == self._raises:
            raise ZeroDivisionError("division by zero")

    def arrange(self, style: str, content: TrackContent, room: Room) -> str:
        self._may_raise("arrange")
        return style

    def paint(self, surface: Any, arranged: str, scale: Scale) -> None:
        self._may_raise("paint")
        surface.rectangle(0, 0, 100, 50, arranged)

    def range_of(self, arranged: str, axis: Any) -> Scale:
        self._may_raise("range_of")
        return Scale(0, 5)

    def at(self, arranged: str, position: float, interval: Interval) -> Answer:
        self._may_raise("at")
        return Answer("here")

    def colour(self, style: str, palette: Any) -> str:
        self._may_raise("colour")
        return style


@pytest.fixture
def said() -> list[str]:
    return []


def guest(said: list[str], raises: str = "", **more: Any) -> AnyKind:
    return guarded(
        Kind(GuestTrack, GuestLook(raises), **{"style": lambda _track, _scope: "#ff0000", **more}), said.append
    )


def drawn(kind: AnyKind, page: Page) -> DrawnRow:
    track, surface = GuestTrack(id="t"), page.surface
    style = kind.style(track, Scope())
    room = Room(10.0, surface.height, LIGHT, surface.font)
    row = DrawnRow(track, kind.look, style, CONTENT, kind.look.arrange(style, CONTENT, room))
    scales = shared_scales([row], surface.axis)
    row.paint(surface, scales.get("t", Scale()))
    row.annotate(surface, scales.get("t", Scale()))
    row.label(surface, scales.get("t"))
    return row


def test_a_look_that_raises_nothing_draws_as_it_does_alone(said: list[str], new_page: Callable[..., Page]) -> None:
    page = new_page()
    row = drawn(guest(said), page)
    assert page.colour_at(50, 25) == "#ff0000"
    assert row.at(1500, page.surface.axis).words == "here"
    assert (row.blank(page.surface.axis), said) == ("", [])
    assert (row.look.has_scale, row.look.awaits) == (True, "Waiting for the guest")
    assert row.look.range_of(row.arranged, page.surface.axis) == Scale(0, 5)


@pytest.mark.parametrize("method", ["arrange", "paint", "range_of", "at"])
def test_a_look_that_raises_leaves_its_row_empty_and_the_row_says_so(
    said: list[str], new_page: Callable[..., Page], method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = new_page()
    row = drawn(guest(said, method), page)
    assert row.at(1500, page.surface.axis).words == RAISED
    assert row.blank(page.surface.axis) == RAISED
    assert page.is_blank(50, 25) is (method != "at")
    assert said == [RAISED]
    drawn(guest(said, method), new_page())
    assert "in _may_raise" in capsys.readouterr().err


def test_a_style_or_a_colour_that_cannot_be_had_costs_the_same(said: list[str], new_page: Callable[..., Page]) -> None:
    page = new_page()
    row = drawn(guest(said, style=lambda _track, _scope: 1 / 0), page)
    assert row.blank(page.surface.axis) == RAISED
    assert page.is_blank(50, 25)
    assert row.look.colour(row.style, LIGHT) == ""
    assert drawn(guest(said, "colour"), page).look.colour("x", LIGHT) == ""


def test_one_place_that_raises_is_said_once(said: list[str], new_page: Callable[..., Page]) -> None:
    kind = guest(said, "paint")
    for _ in range(3):
        drawn(kind, new_page())
    assert said == [RAISED]


def test_offers_and_files_of_the_others_stay(said: list[str]) -> None:
    def offers(_scope: Scope) -> Iterator[Offer]:
        yield Offer("Genome", "good", GuestTrack())
        raise ZeroDivisionError("division by zero")

    def of_file(_file: BareFile) -> GuestTrack:
        raise ZeroDivisionError("division by zero")

    kind = guest(said, offers=offers, of_file=of_file, file_kinds=("guests",), made_of=lambda _tracks: 1 / 0)
    kinds = Kinds((kind, *BUILT_IN))
    assert isinstance(kinds.track_of_file(BareFile("/f/a.x", "a.x", "guests")), UnknownTrack)
    assert kinds.made_of((GuestTrack(),)) == ()
    assert list(kind.offers(Scope())) == []
    assert said == [RAISED] * 3
