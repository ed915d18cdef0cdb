"""Reads UCSC track hubs: hub.txt, the list of genomes and the tracks of one of them, in files or at addresses.

Format: genome.ucsc.edu/goldenPath/help/trackDb/trackDbHub.html. Settings are inherited from parents; what the hub hides
is left out.
"""

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from ebert_core.genome.igv_terms import colour_of_igv, form_of_igv, height_of_igv, number_of_igv
from ebert_core.genome.lines import read_lines
from ebert_core.protocol.other_sessions import LeftOut, OtherSession, OtherTrack
from ebert_core.protocol.terms.addresses import Address, Place, address_of, is_address
from ebert_core.protocol.terms.errors import InvalidRequest

MOST_SHOWN = 100
_MOST_LINES = 200_000
_MOST_CHARACTERS = 16 * 2**20
_BEGINNINGS = ("hub", "genome", "track")
_SIGNALS = ("bigwig",)
_SHOWN = (*_SIGNALS, "bigbed", "biggenepred", "bignarrowpeak", "biginteract", "bigdbsnp", "bed", "vcftabix")

Stanza = Mapping[str, str]


class _Track(NamedTuple):
    """A track of a hub with the settings of its parents, and whether the hub shows it."""

    settings: Stanza
    is_shown: bool

    @property
    def name(self) -> str:
        return self.settings.get("shortlabel") or self.settings["track"]


def begins_as_hub(head: bytes) -> bool:
    """Whether the first lines that are no comments are those of a hub.txt."""
    lines = (line.strip().lower() for line in head.splitlines())
    return next((line for line in lines if line and not line.startswith(b"#")), b"").startswith(b"hub ")


def read_track_hub(place: Place, genome: str = "") -> OtherSession:
    """What a hub shows of a genome; without one of that name, of its first.

    Raises:
        InvalidRequest: it or a file that it needs cannot be read, or it names no genome or no track.
    """
    stanzas = list(_stanzas(place))
    hub = next((each for each in stanzas if "hub" in each), None)
    if hub is None:
        raise InvalidRequest(f"{place} is no track hub: it has no line that begins with hub.")
    is_one_file = hub.get("useonefile", "").lower() == "on"
    genomes_at = place if is_one_file else _beside(place, hub.get("genomesfile", "genomes.txt"))
    listed = stanzas if is_one_file else list(_stanzas(genomes_at))
    genomes = [each for each in listed if "genome" in each]
    if not genomes:
        raise InvalidRequest(f"{genomes_at} names no genome.")
    chosen = next((each for each in genomes if each["genome"].casefold() == genome.casefold()), genomes[0])
    tracks_at = place if is_one_file else _beside(genomes_at, chosen.get("trackdb", "trackDb.txt"))
    tracks = list(_inherited([each for each in (stanzas if is_one_file else _stanzas(tracks_at)) if "track" in each]))
    if not tracks:
        raise InvalidRequest(f"{tracks_at} names no track with a file.")
    others = ", ".join(each["genome"] for each in genomes if each is not chosen)
    left_out = [LeftOut(f"its tracks of {others}", "one genome can be shown at a time")] if others else []
    shown, hidden = _chosen_of(tracks)
    left_out += hidden
    sequence = chosen.get("twobitpath", "")
    files = (str(_beside(genomes_at, sequence)),) if sequence else ()
    taken = [_track(each, tracks_at) for each in shown]
    found = {each.path: each for each in taken if isinstance(each, OtherTrack)}
    left_out += [each for each in taken if isinstance(each, LeftOut)]
    return OtherSession(
        "a UCSC track hub",
        chosen["genome"],
        chosen.get("defaultpos", ""),
        files,
        tuple(found.values()),
        left_out=tuple(left_out),
    )


def _stanzas(place: Place) -> Iterator[Stanza]:
    """The settings of each hub, genome and track of a file, by their names in lower case."""
    settings: dict[str, str] = {}
    for key, value in _settings(place):
        if key in _BEGINNINGS and settings:
            yield settings
            settings = {}
        settings.setdefault(key, value)
    if settings:
        yield settings


def _settings(place: Place) -> Iterator[tuple[str, str]]:
    begun, characters = "", 0
    for number, line in read_lines(place):
        characters += len(line)
        if number > _MOST_LINES or characters > _MOST_CHARACTERS:
            raise InvalidRequest(f"{place} is larger than the settings of any hub.")
        text = begun + line.strip()
        if text.endswith("\\"):
            begun = text[:-1]
            continue
        begun = ""
        if text and not text.startswith("#"):
            key, _, value = text.partition(" ")
            yield key.lower(), value.strip()


def _inherited(stanzas: list[Stanza]) -> Iterator[_Track]:
    """The tracks that have a file, with the settings of their parents."""
    by_name = {each["track"]: each for each in stanzas}
    for stanza in stanzas:
        if "bigdataurl" not in stanza:
            continue
        settings, is_shown, seen = dict(stanza), _is_visible(stanza, is_top="parent" not in stanza), {stanza["track"]}
        child = stanza
        while (words := (child.get("parent") or child.get("supertrack") or "").split()) and words[0] in by_name:
            if words[0] in seen:
                raise InvalidRequest(f"The hub's track {words[0]} is its own parent.")
            seen.add(words[0])
            parent = by_name[words[0]]
            is_shown &= words[1:] != ["off"] and _is_visible(parent, is_top="parent" not in parent)
            if "overlay" in parent.get("aggregate", "").lower():
                settings.setdefault("overlaid", parent["track"])
            settings = {**{key: value for key, value in parent.items() if key != "bigdataurl"}, **settings}
            child = parent
        yield _Track(settings, is_shown)


def _is_visible(stanza: Stanza, *, is_top: bool) -> bool:
    """Whether a stanza alone lets its track be seen; what has a parent is seen unless it says otherwise."""
    super_track = stanza.get("supertrack", "").split()
    if super_track[:1] == ["on"]:
        return "show" in super_track
    return stanza.get("visibility", "hide" if is_top else "").lower() not in ("hide", "0")


def _chosen_of(tracks: list[_Track]) -> tuple[list[_Track], list[LeftOut]]:
    """Those that are shown: what the hub shows, or all of one that shows nothing, as many as a window can hold."""
    visible = [each for each in tracks if each.is_shown] or tracks
    hidden, left_out = len(tracks) - len(visible), []
    if hidden:
        left_out.append(LeftOut("1 track" if hidden == 1 else f"{hidden} tracks", "the hub hides them"))
    if len(visible) > MOST_SHOWN:
        left_out.append(LeftOut(f"{len(visible) - MOST_SHOWN} tracks", f"the first {MOST_SHOWN} are shown"))
    return visible[:MOST_SHOWN], left_out


def _track(track: _Track, tracks_at: Place) -> OtherTrack | LeftOut:
    settings = track.settings
    kind = settings.get("type", "").lower().partition(" ")[0]
    if kind and kind not in _SHOWN:
        return LeftOut(track.name, f"tracks of the type {settings['type'].split()[0]} are not shown")
    try:
        place = str(_beside(tracks_at, settings["bigdataurl"]))
    except InvalidRequest as error:
        return LeftOut(track.name, str(error))
    low, high = _limits(settings) if kind in _SIGNALS else (None, None)
    height = settings.get("maxheightpixels", "").split(":")
    return OtherTrack(
        place,
        track.name,
        height_of_igv(height[1] if len(height) > 1 else ""),
        colour_of_igv(settings.get("color", "")),
        colour_of_igv(settings.get("altcolor", "")),
        form_of_igv(settings.get("graphtypedefault", "")),
        low=low,
        high=high,
        overlay=settings.get("overlaid", ""),
    )


def _limits(settings: Stanza) -> tuple[float | None, float | None]:
    if settings.get("autoscale", "").lower() not in ("", "off"):
        return None, None
    low, _, high = settings.get("viewlimits", "").partition(":")
    return number_of_igv(low), number_of_igv(high)


def _beside(place: Place, written: str) -> Place:
    """A file that another names: on the same server or an address, or on this machine.

    Raises:
        InvalidRequest: it is no address, and the hub that names it is not on this machine.
    """
    if is_address(written):
        return address_of(written)
    if isinstance(place, Address):
        return address_of(urljoin(place.text, written))
    return Path(posixpath.normpath(place.parent / written))
