"""Reads IGV's sessions in XML.

Format: what IGVSessionReader of IGV reads. The elements are taken as they come and no tree is built, so that neither
depth nor repetition costs memory. A session that declares a document type, through which entities grow, is refused.
"""

from collections.abc import Mapping
from pathlib import Path
from xml.parsers import expat

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
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.other_sessions import LeftOut, OtherSession, OtherTrack
from ebert_core.protocol.regions import MOST_REGIONS, NamedRegion
from ebert_core.protocol.terms.errors import InvalidRequest

Attributes = Mapping[str, str]
_GENOME_ENDINGS = (".fa", ".fasta", ".fa.gz", ".fasta.gz", ".2bit")
_OF_ITS_OWN = "it belongs to IGV's genome, not to a file of the session"
# Of what IGV makes of other tracks, by the class that draws it.
_MADE = {
    "CombinedDataTrack": "IGV computes it from other tracks; two signals can be compared here",
}


def read_igv_xml(path: Path) -> OtherSession:
    """What a session in XML holds.

    Raises:
        InvalidRequest: it is no XML, no session, declares a document type, or is far too large.
        OSError: it cannot be read.
    """
    elements = _Elements(path)
    parser = expat.ParserCreate()
    parser.StartElementHandler = elements.begin
    parser.EndElementHandler = elements.end
    parser.StartDoctypeDeclHandler = elements.refuse
    try:
        parser.Parse(read_whole(path, LARGEST_SESSION), True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise InvalidRequest(f"{path} cannot be read as XML: {what} in line {error.lineno}.") from None
    except (LookupError, ValueError) as error:
        raise InvalidRequest(f"{path} cannot be read as XML: {error}.") from None
    return elements.session()


class _Elements:
    """Takes what is of use from a session."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._root: Attributes = {}
        self._depth = 0
        self._resources: dict[str, Attributes] = {}
        self._tracks: dict[str, Attributes] = {}
        self._scales: dict[str, Attributes] = {}
        self._open: list[str] = []
        self._overlays: dict[str, str] = {}
        self._left_out: list[LeftOut] = []
        self._regions: list[NamedRegion] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth == 1:
            if name not in ("Session", "Global"):
                raise InvalidRequest(f"{self._path} is XML, but no session of IGV: it begins with <{name[:40]}>.")
            self._root = attributes
        elif name in ("Resource", "DataFile"):
            written = attributes.get("path") or attributes.get("url") or attributes.get("name", "")
            if written:
                self._resources.setdefault(written, attributes)
        elif name == "Track":
            self._begin_track(attributes.get("id", ""), attributes)
        elif name == "DataRange" and self._open:
            self._scales.setdefault(self._open[-1], attributes)
        elif name == "Region":
            keys = ("chromosome", "start", "end", "description")
            region = region_of_igv(*(attributes.get(key) for key in keys))
            self._regions += [] if region is None else [region]
        elif name in ("GeneList", "Filter"):
            self._left_out.append(LeftOut(attributes.get("name", name), "lists of genes and filters are IGV's own"))
        self._check_counts()

    def _begin_track(self, name: str, attributes: Attributes) -> None:
        """One within another is laid over others in its row."""
        if self._open:
            self._overlays[name] = self._open[-1]
        self._open.append(name)
        self._tracks.setdefault(name, attributes)

    def _check_counts(self) -> None:
        if max(len(self._resources), len(self._tracks), len(self._left_out)) > MOST_TRACKS:
            raise InvalidRequest(f"{self._path} names more than {MOST_TRACKS:,} files or tracks.")
        if len(self._regions) > MOST_REGIONS:
            raise InvalidRequest(f"{self._path} has more than {MOST_REGIONS:,} regions of interest.")

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1
        if name == "Track":
            self._open.pop()

    def refuse(self, *_declaration: object) -> None:
        """A document type is declared."""
        raise InvalidRequest(f"{self._path} declares a document type, which no session of IGV does; it is not read.")

    def session(self) -> OtherSession:
        """What was taken."""
        folder = self._path.parent
        left_out = list(self._left_out)
        tracks = []
        for written in self._in_order():
            name = self._name(written)
            try:
                place = place_of_igv(written, folder)
            except InvalidRequest as error:
                left_out.append(LeftOut(name, str(error)))
                continue
            if self._tracks.get(written, {}).get("visible") == "false":
                left_out.append(LeftOut(name, "it is hidden in the session"))
            else:
                tracks.append(self._track(written, place, name))
        left_out += [LeftOut(track.get("name") or id_, _why_left_out(track)) for id_, track in self._others()]
        genome = self._root.get("genome", "")
        files = (place_of_igv(genome, folder),) if genome.lower().endswith(_GENOME_ENDINGS) else ()
        locus = self._root.get("locus", "")
        regions = tuple(self._regions)
        return OtherSession(
            "a session of IGV", "" if files else genome, locus, files, tuple(tracks), regions, tuple(left_out)
        )

    def _in_order(self) -> list[str]:
        """The files in the order of their tracks; those without a track of their own at the end."""
        shown = [id_ for id_ in self._tracks if id_ in self._resources]
        return [*shown, *(written for written in self._resources if written not in self._tracks)]

    def _others(self) -> list[tuple[str, Attributes]]:
        """Tracks that are of no file; those that IGV makes of a file, as coverage of reads, go with that."""
        return [
            (id_, track)
            for id_, track in self._tracks.items()
            if id_
            and not any(id_.startswith(written) for written in self._resources)
            and "SequenceTrack" not in track.get("clazz", "")
            and id_ != "Reference sequence"
            and id_ not in self._overlays.values()
        ]

    def _name(self, written: str) -> str:
        given = self._tracks.get(written, {}).get("name") or self._resources[written].get("name", "")
        return given or written.rstrip("/").rsplit("/", 1)[-1]

    def _track(self, written: str, place: str, name: str) -> OtherTrack:
        track, overlay = self._tracks.get(written, {}), self._overlays.get(written, "")
        scale = self._scales.get(written) or self._scales.get(overlay, {})
        is_fixed = bool(scale) and track.get("autoScale", "false") != "true" and "autoscaleGroup" not in track
        return OtherTrack(
            place,
            name,
            height_of_igv(track.get("height")),
            colour_of_igv(track.get("color", "")),
            colour_of_igv(track.get("altColor", "")),
            form_of_igv(track.get("renderer", "")),
            scale.get("type") == "LOG",
            number_of_igv(scale.get("minimum")) if is_fixed else None,
            number_of_igv(scale.get("maximum")) if is_fixed else None,
            track.get("autoscaleGroup", ""),
            overlay,
        )


def _why_left_out(track: Attributes) -> str:
    return _MADE.get(track.get("clazz", "").rsplit(".", 1)[-1], _OF_ITS_OWN)
