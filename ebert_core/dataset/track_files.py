"""Files that are tracks beside what a dataset measured: what they are, and how each is opened."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from ebert_core.dataset.layout import Layout
from ebert_core.genome.kinds import kind_of_file, recognisers
from ebert_core.genome.recognising import Opener
from ebert_core.protocol.terms.addresses import Place, place_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.reading import reading
from ebert_core.protocol.tracks import BareFile

_BY_THEMSELVES = ("dataset", "checkpoint", "session")
# The keys of a dataset for the files of its genome.
_OF_A_GENOME = {"reference": "reference", "chromosome-sizes": "chromosome_sizes", "bands": "cytobands"}
# As what a file is kept open, where that is not its kind: states of a bare file have an alphabet of their own.
_KEPT_AS = {"states": "bare states", "peaks": "features"}


def opener_of(kind: str) -> tuple[str, Opener]:
    """As what a bare file of a kind (as in BareFile) is kept open, and the function that opens it.

    Raises:
        InvalidRequest: nothing that is installed opens files of this kind.
    """
    open_it = recognisers().opener_of(kind)
    if open_it is None:
        raise InvalidRequest(f"Nothing that is installed opens files of the kind '{kind}'.")
    return _KEPT_AS.get(kind, kind), open_it


def kind_of_track(path: Place) -> str:
    """What kind of track (as in BareFile) a file is.

    Raises:
        InvalidRequest: it cannot be read, or is no track.
    """
    with reading(str(path)):
        found = kind_of_file(path)
    if recognisers().opener_of(found.kind) is None:
        raise InvalidRequest(f"{path} is no track. {found.sentence}", str(path))
    return found.kind


def with_bare_files(
    layout: Layout, files: Sequence[BareFile], paths: Sequence[Place]
) -> tuple[Layout, tuple[BareFile, ...]]:
    """A layout and track files, and beside them what these paths hold: a genome's files, or tracks.

    Raises:
        InvalidRequest: a file cannot be read, or is neither.
    """
    joined = {file.path: file for file in files}
    for path in (path.absolute() if isinstance(path, Path) else path for path in paths):
        with reading(str(path)):
            found = kind_of_file(path)
        if found.kind in _BY_THEMSELVES:
            raise InvalidRequest(f"{path} is a {found.kind}; open it by itself.", str(path))
        if found.kind == "motifs":
            raise InvalidRequest(
                f"{path} holds motif matrices; open it as a model, or name it under [motifs] in a DATASET.toml.",
                str(path),
            )
        if found.kind in _OF_A_GENOME:
            layout = replace(layout, **{_OF_A_GENOME[found.kind]: str(path)})
        else:
            joined.setdefault(str(path), BareFile(str(path), path.name, found.kind))
    return layout, tuple(joined.values())


def listed_tracks(tracks: Mapping[str, str]) -> Iterator[BareFile]:
    """The files that a DATASET.toml lists as tracks, by name; one that is none says why."""
    for name, path in tracks.items():
        try:
            yield BareFile(path, name, kind_of_track(place_of(path)))
        except InvalidRequest as error:
            yield BareFile(path, name, "", str(error))
