"""Reads sessions of other browsers, and looks for the files that a session names, which may have been moved since."""

import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import takewhile
from pathlib import PurePath

from ebert_core.protocol.kept_places import FindPlaces, FoundPlaces, KeptPlace
from ebert_core.protocol.machine.resources import named_checkpoint
from ebert_core.protocol.other_sessions import OtherSession, ReadOtherSession
from ebert_core.protocol.terms.addresses import is_address, place_of
from ebert_core.protocol.terms.reading import reads
from ebert_core.roles.session import Handlers, Report

# A session names no more files than a person opens; a longer list comes from elsewhere.
_MOST_PLACES = 10_000


def handlers() -> Handlers:
    """The part of the data role's table that is about files of sessions."""
    return {FindPlaces: find_places, ReadOtherSession: _read_other}


def find_places(request: FindPlaces, report: Report) -> FoundPlaces:
    """Where each place is; an address is where it always was.

    Two files that were at different places are never taken for one: where a path is as good for both, neither has it.
    """
    places = request.places[:_MOST_PLACES]
    found = {}
    for number, place in enumerate(places):
        report(number / len(places), "looking for the files of the session")
        found[place.path] = _path_of(place, request)
    found = _of_one_each(found)
    moves = tuple(dict.fromkeys(_move(before, now) for before, now in found.items() if now and now != before))
    missing = [path for path, now in found.items() if not now]
    for number, path in enumerate(missing):
        report(number / len(missing), "looking for the files of the session")
        found[path] = next((now for move in moves if os.path.exists(now := _moved(path, move))), "")
    found = _of_one_each(found)
    return FoundPlaces(tuple(found.get(place.path, "") for place in request.places))


def _read_other(request: ReadOtherSession, report: Report) -> OtherSession:
    from ebert_core.genome.sessions import read_other_session

    report(0.0)
    place = place_of(request.path)
    reads(str(place))
    return read_other_session(place, request.genome)


def _path_of(place: KeptPlace, request: FindPlaces) -> str:
    if is_address(place.path):
        return place.path
    return next((path for path in _candidates(place, request) if os.path.exists(path)), "")


def _candidates(place: KeptPlace, request: FindPlaces) -> Iterator[str]:
    """Paths at which a place may be, the likeliest first: a session that was copied with its files means the copies."""
    if place.beside and request.session_folder:
        copy = os.path.normpath(os.path.join(request.session_folder, place.beside))
        if copy != os.path.normpath(place.path):
            yield copy
    yield place.path
    parts = _parts(place.path)
    if parts[-2:-1] == ("checkpoints",) and (shipped := named_checkpoint(parts[-1])) != parts[-1]:
        yield shipped
    if request.folder:
        # The longest agreement first: `hg19/K562/x.bw` of one folder is not `mm10/K562/x.bw` of another.
        for first in range(len(parts)):
            yield os.path.join(request.folder, *parts[first:])


def _of_one_each(found: dict[str, str]) -> dict[str, str]:
    """Each path for the one place whose own path ends most like it."""
    claims = defaultdict(list)
    for before, now in found.items():
        claims[now].append((_agreement(before, now), before))
    kept: set[str] = set()
    for claim in claims.values():
        best = max(claim)[0]
        winners = [before for agreement, before in claim if agreement == best]
        kept.update(winners if len(winners) == 1 else ())
    return {before: now if before in kept else "" for before, now in found.items()}


def _move(before: str, now: str) -> tuple[str, str]:
    """The two beginnings in which the paths differ: what was `/a/study` may be `/b/study` now."""
    common = _agreement(before, now)
    old, new = _parts(before), _parts(now)
    return "/".join(old[: len(old) - common]), "/".join(new[: len(new) - common])


def _moved(path: str, move: tuple[str, str]) -> str:
    """Where a path is if its beginning moved; empty where it begins otherwise."""
    before, now = move
    text = "/".join(_parts(path))
    if before and not text.startswith(f"{before}/"):
        return ""
    rest = text[len(before) :].lstrip("/")
    return os.path.join("/", now, rest)


def _agreement(one: str, other: str) -> int:
    """How many of their last names two paths share."""
    pairs = zip(reversed(_parts(one)), reversed(_parts(other)), strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in PurePath(path.replace("\\", "/")).parts if part != "/")
