"""A session of IGV beside predicted files, in which each is a track from 0 to 1 with its name.

A bigWig cannot say in which range it is to be shown, and IGV would scale it to what is in view. Format: what
IGVSessionReader of IGV reads; a file and the track of it have the same path, relative to the session.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from ebert_core.dataset.layout import Layout
from ebert_core.inference.bedgraph import COLOUR
from ebert_core.inference.files import complete_file
from ebert_core.inference.formats import format_of
from ebert_core.inference.stretches import places_of
from ebert_core.inference.targets import Target
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import is_region_file

# For people of every colour vision (Okabe and Ito).
_COLOURS = (COLOUR, "213,94,0", "0,158,115", "204,121,167", "230,159,0", "86,180,233")
# Names that IGV knows a genome by; of any other, the session names the reference.
_KNOWN_GENOME = re.compile(r"(hg|mm|rn|dm|ce|sacCer|danRer|galGal|panTro|rheMac|susScr|bosTau|canFam)\d+|hs1|tair10")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def check_session(spec: Predict) -> None:
    """Refuses a session that could not be written once the prediction is done, or in which nothing would be seen.

    Raises:
        InvalidRequest: the files are tables, the session is no .xml, or its folder is absent.
    """
    if not spec.igv_session:
        return
    path, output = Path(spec.igv_session), Path(spec.output)
    form = format_of(output)
    if not (form.has_values_for_browsers or form.writes_calls):
        raise InvalidRequest(f"IGV shows no {output.name}; write .bw, .bedgraph or .bed.gz, or leave out the session.")
    if path.suffix.lower() != ".xml":
        raise InvalidRequest(f"{path.name} should end in .xml, so that IGV knows it for a session.")
    if path.is_dir() or not (path.parent.is_dir() or path.parent == output.parent):
        reason = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise InvalidRequest(f"The session {path} cannot be written: {reason}.")


def write_session(spec: Predict, targets: Sequence[Target], layout: Layout) -> Path:
    """Writes the session that a spec asks for and returns its path.

    Raises:
        InvalidRequest: it cannot be written.
    """
    path = Path(spec.igv_session)
    root = ElementTree.Element("Session", genome=_genome(layout, path.parent), locus=_locus(spec), version="8")
    resources = ElementTree.SubElement(root, "Resources")
    panel = ElementTree.SubElement(root, "Panel", name="DataPanel")
    for number, target in enumerate(targets):
        place = _relative(target.path, path.parent)
        ElementTree.SubElement(resources, "Resource", path=place)
        track = ElementTree.SubElement(panel, "Track", id=place, attributeKey=place)
        track.set("name", _NOT_IN_XML.sub("_", f"{target.factor} {spec.cell_type}"))
        track.set("color", _COLOURS[number % len(_COLOURS)])
        track.set("visible", "true")
        if format_of(target.path).writes_calls:
            track.set("clazz", "org.broad.igv.track.FeatureTrack")
            continue
        track.set("clazz", "org.broad.igv.track.DataSourceTrack")
        track.attrib |= {"renderer": "BAR_CHART", "autoScale": "false", "windowFunction": "max", "height": "48"}
        ElementTree.SubElement(
            track, "DataRange", baseline="0.0", minimum="0.0", maximum="1.0", flipAxis="false", type="LINEAR"
        )
    ElementTree.indent(root)
    with complete_file(path) as file:
        ElementTree.ElementTree(root).write(file, encoding="UTF-8", xml_declaration=True)
    return path


def _genome(layout: Layout, folder: Path) -> str:
    if _KNOWN_GENOME.fullmatch(layout.assembly) or not layout.reference:
        return layout.assembly
    return _relative(Path(layout.reference), folder)


def _locus(spec: Predict) -> str:
    """A place to begin at: the only one that was asked for."""
    asked = (*places_of(spec), *filter(None, (spec.locus,)), *spec.chromosomes)
    return asked[0] if len(asked) == 1 and not is_region_file(asked[0]) else "All"


def _relative(path: Path, folder: Path) -> str:
    """The path from a folder on, so that all files may be moved together."""
    try:
        return _NOT_IN_XML.sub("_", Path(os.path.relpath(path, folder)).as_posix())
    except ValueError:  # another drive
        return str(path)
