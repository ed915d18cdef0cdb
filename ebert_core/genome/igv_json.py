"""Reads IGV's sessions in JSON, as IGV-Web and igv.js write them: the configuration of a browser."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from ebert_core.genome.igv_terms import (
    LARGEST_SESSION,
    MOST_TRACKS,
    colour_of_igv,
    form_of_igv,
    height_of_igv,
    number_of_igv,
    place_of_igv,
    region_of_igv,
)
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.other_sessions import LeftOut, OtherSession, OtherTrack
from ebert_core.protocol.regions import MOST_REGIONS, NamedRegion
from ebert_core.protocol.terms.errors import InvalidRequest

# Any: JSON of another program, of which each value is looked at before it is used.
Values = dict[str, Any]
_GENOME_FILES = ("fastaURL", "twoBitURL", "cytobandURL")


def read_igv_json(path: Path) -> OtherSession:
    """What a session in JSON holds.

    Raises:
        InvalidRequest: it is no JSON, no session, or far too large.
        OSError: it cannot be read.
    """
    try:
        session = parse_json(read_whole(path, LARGEST_SESSION), dict[str, Any])
    except msgspec.DecodeError as error:
        raise InvalidRequest(f"{path} cannot be read as JSON: {error}.") from None
    if not isinstance(session.get("tracks"), list):
        raise InvalidRequest(f"{path} is JSON, but neither a session of this program nor one of IGV.")
    reference = next((each for key in ("reference", "genome") if isinstance(each := session.get(key), dict)), {})
    genome_files = tuple(filter(None, (_place(_text(reference, key), path.parent) for key in _GENOME_FILES)))
    written = [*_single(session["tracks"]), *_single(reference.get("tracks"))]
    if len(written) > MOST_TRACKS:
        raise InvalidRequest(f"{path} names more than {MOST_TRACKS:,} tracks.")
    read = [_track(each, path.parent) for each in written if _text(each, "type") not in ("sequence", "ideogram")]
    tracks = {each.path: each for each in read if isinstance(each, OtherTrack)}
    left_out = [each for each in read if isinstance(each, LeftOut)]
    sets = list(_objects(session.get("roi")))
    regions = tuple(islice((region for each in sets for region in _regions(each)), MOST_REGIONS))
    left_out += [
        LeftOut(_text(each, "name") or "regions of interest", f"import {_text(each, 'url')} as regions")
        for each in sets
        if _text(each, "url")
    ]
    locus = session.get("locus")
    first = locus[0] if isinstance(locus, list) and locus else locus
    genome = _text(session, "genome") or _text(reference, "id")
    place = first if isinstance(first, str) else ""
    return OtherSession(
        "a session of IGV", genome, place, genome_files, tuple(tracks.values()), regions, tuple(left_out)
    )


def _single(written: object) -> Iterator[Values]:
    """The tracks of a list; of several that are laid over each other, each, with the number of their row."""
    for number, each in enumerate(_objects(written)):
        within = [{**part, "overlay": f"overlay {number}"} for part in _objects(each.get("tracks"))]
        yield from within or [each]


def _regions(written: Values) -> Iterator[NamedRegion]:
    """The regions of a set that stand in the session itself; each without a name is called as its set."""
    for each in _objects(written.get("features")):
        name = _text(each, "name") or _text(written, "name")
        region = region_of_igv(each.get("chr"), each.get("start"), each.get("end"), name)
        if region is not None:
            yield region


def _objects(written: object) -> Iterator[Values]:
    if isinstance(written, list):
        yield from (each for each in written if isinstance(each, dict))


def _text(values: Values, key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _place(written: str, folder: Path) -> str:
    try:
        return place_of_igv(written, folder) if written else ""
    except InvalidRequest:
        return ""


def _track(written: Values, folder: Path) -> OtherTrack | LeftOut:
    url = _text(written, "url")
    name = _text(written, "name") or url.rstrip("/").rsplit("/", 1)[-1][:60] or _text(written, "type") or "a track"
    if not url:
        return LeftOut(name, "it names no file")
    try:
        place = place_of_igv(url, folder)
    except InvalidRequest as error:
        return LeftOut(name, str(error))
    is_fixed = written.get("autoscale") is not True and not written.get("autoscaleGroup")
    return OtherTrack(
        place,
        name,
        height_of_igv(written.get("height")),
        colour_of_igv(_text(written, "color")),
        colour_of_igv(_text(written, "altColor")),
        form_of_igv(_text(written, "graphType")),
        written.get("logScale") is True,
        number_of_igv(written.get("min")) if is_fixed else None,
        number_of_igv(written.get("max")) if is_fixed else None,
        str(written.get("autoscaleGroup") or ""),
        _text(written, "overlay"),
    )
