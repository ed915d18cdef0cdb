"""What the features of a file are: peaks, genes, chromatin states, or regions of which nobody knows more."""

import re
from itertools import islice, pairwise

from ebert_core.genome.bed import read_bed
from ebert_core.genome.bigfiles import BigBedFeatures
from ebert_core.genome.features import Feature
from ebert_core.genome.indexed_features import IndexedFeatures
from ebert_core.genome.lines import Skipped
from ebert_core.genome.states import MOST_STATES
from ebert_core.genome.tabix import lines_by_index
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import FileKind

_LOOKED_AT = 2000
_STATE_NAME = re.compile(r"([EU]?\d+([_-].*)?|(Tss|Tx|Enh|Quies|Het|Repr|Biv|ZNF|Prom|Low|Active|Weak|Poised).*)$")
# So many lines with a name each are no accident.
_LEAST_COUNTED = 10


def kind_of_bigbed(path: Place) -> FileKind:
    """What the features of a bigBed are.

    Raises:
        InvalidRequest: it cannot be read, or holds none.
    """
    return _kind_of_features(path, _some(BigBedFeatures(path)), "bigBed")


def kind_of_bed(path: Place) -> FileKind:
    """What the features of a BED are.

    Raises:
        InvalidRequest: no line of it can be read.
    """
    return _kind_of_features(path, _some_lines(path), "BED")


def _some(features: BigBedFeatures) -> list[Feature]:
    found: list[Feature] = []
    for chromosome in features.chromosome_lengths:
        found.extend(features.first(chromosome, _LOOKED_AT - len(found)))
        if len(found) >= _LOOKED_AT:
            break
    return found


def _some_lines(path: Place) -> list[Feature]:
    if (lines := lines_by_index(path)) is not None:
        return list(islice(IndexedFeatures(lines), _LOOKED_AT))
    skipped = Skipped()
    found = list(islice(read_bed(path, skipped), _LOOKED_AT))
    skipped.refuse_if_all(is_empty=not found)
    return found


def _kind_of_features(path: Place, features: list[Feature], form: str) -> FileKind:
    """Peaks have summits or values, genes have exons, states are few names that lie end to end again and again."""
    if not features:
        raise InvalidRequest(f"{path} holds no features.")
    if "peak" in path.name.lower() or any(feature.summit >= 0 for feature in features):
        return FileKind("peaks", f"Peaks in {form}.")
    if any(len(feature.blocks) > 1 for feature in features):
        return FileKind("genes", f"Genes in {form}.")
    names = {feature.name for feature in features}
    touching = sum(
        before.chromosome == after.chromosome and before.end == after.start for before, after in pairwise(features)
    )
    is_tiled = len(features) > 1 and touching >= 0.5 * (len(features) - 1)
    if is_tiled and "" not in names and _are_names_of_states(features, names):
        return FileKind("states", f"Chromatin states in {form}.")
    if _may_be_counts(features):
        first = features[0]
        return FileKind(
            "features",
            f"Regions in {form}, or a table of counts, which cannot be read: every line begins with another name. "
            f"{first.chromosome} is taken for a chromosome, {first.start} and {first.end} for positions.",
        )
    return FileKind("features", f"Regions in {form}.")


def _may_be_counts(features: list[Feature]) -> bool:
    """Whether every line is of a chromosome of its own: a genome of small pieces, or a table of one gene a line."""
    return len(features) >= _LEAST_COUNTED and len({feature.chromosome for feature in features}) == len(features)


def _are_names_of_states(features: list[Feature], names: set[str]) -> bool:
    """Whether names come back, or each has a colour of its own, or they are those of ChromHMM's and Segway's states."""
    colours = {(feature.name, feature.colour) for feature in features}
    have_colours = all(colour for _, colour in colours) and 1 < len(names) == len(colours) < len(features)
    are_few = len(names) <= MOST_STATES and 2 * len(names) <= len(features)
    return are_few or have_colours or all(_STATE_NAME.match(name) for name in names)
