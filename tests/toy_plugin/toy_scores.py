"""A plug-in with a file format of its own: stretches with a score each, as a track of features."""

from ebert_core.genome.features import Feature, Features
from ebert_core.genome.lines import Skipped, at_line, columns_of, read_lines, real_number, whole_number
from ebert_core.genome.recognising import Head, Recogniser
from ebert_core.protocol.shapes import Features as FeaturesShape
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import BareFile, FileKind
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.reader import Reader
from ebert_core.sources.screen import features_for_screen
from ebert_gui.kinds.kind import Kind
from ebert_gui.looks.feature_settings import FeatureSettings
from ebert_gui.looks.features import FeaturesLook, FeaturesStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track

HEADING = b"#toy scores"
FOUND = FileKind("toy-scores", "Scores of the toy.")


def look(head: Head) -> FileKind | None:
    return FOUND if head.first.startswith(HEADING) else None


def open_scores(place: Place, skipped: Skipped | None) -> Features:
    """The file: a heading, then lines of score, chromosome, start and end."""
    lines = (line for line in read_lines(place) if not line.text.startswith("#"))
    return Features(place, [_feature(place, *line) for line in lines], skipped)


def _feature(place: Place, number: int, text: str) -> Feature:
    fields = columns_of(text)
    if len(fields) != 4:
        raise at_line(place, number, f"it has {len(fields)} columns in place of 4")
    score, chromosome, start, end = fields
    return Feature(
        chromosome,
        whole_number(place, number, "start", start),
        whole_number(place, number, "end", end),
        score=real_number(place, number, "score", score),
    )


RECOGNISER = Recogniser("Toy scores", look, endings=(".toy",), opens={FOUND.kind: open_scores})


class ToyScores(Source, frozen=True, tag="toy-scores"):
    """The scores of a file."""

    path: str

    shape = FeaturesShape


def read_scores(source: ToyScores, interval: Interval, columns: int, opened: OpenedDataset) -> FeaturesShape:
    file = opened.current(source.path).placed_file(FOUND.kind, source.path, open_scores)
    return features_for_screen(interval, columns, file)


READER = Reader(ToyScores, read_scores)
PART = Part("scores", FeaturesShape)


class ToyScoresTrack(Track, frozen=True, kw_only=True, tag="toy-scores"):
    """The track of such a file."""

    path: str = ""
    name: str = ""
    drawn: FeatureSettings = FeatureSettings()

    @property
    def title(self) -> str:
        return self.name

    def reads(self, _scope: Scope) -> tuple[Reads, ...]:
        return (Reads(PART.name, ToyScores(self.path)),)


def of_file(file: BareFile) -> ToyScoresTrack:
    return ToyScoresTrack(path=file.path, name=file.name)


KIND = Kind(
    ToyScoresTrack,
    FeaturesLook(),
    lambda track, _scope: FeaturesStyle(PART, track.drawn),
    of_file=of_file,
    file_kinds=(FOUND.kind,),
)
