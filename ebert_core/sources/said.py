"""Records of a file as they travel: every column of each under its name."""

from collections.abc import Mapping, Sequence

import numpy as np

from ebert_core.genome.annotation import FeatureSource
from ebert_core.genome.feature_records import records_of
from ebert_core.protocol.shapes import Column, Features
from ebert_core.protocol.terms.locus import Interval

_NAMES = ("gene_name", "geneName", "name2", "name", "Name", "gene_id", "ID")


def as_said(place: Interval, said: Sequence[Mapping[str, str]], names: Sequence[str]) -> Features:
    """Records that all cover a place, with what each is called."""
    columns = dict.fromkeys(column for each in said for column in each)
    return Features(
        place,
        np.full(len(said), place.start, dtype=np.int64),
        np.full(len(said), place.end, dtype=np.int64),
        names=tuple(names),
        columns=tuple(Column(column, tuple(each.get(column, "") for each in said)) for column in columns),
    )


def all_said_of(place: Interval, file: FeatureSource) -> Features:
    """The features of a file that cover exactly a place, with a column for everything that it says of them."""
    said = records_of(file, place)
    names = [next((each[name] for name in _NAMES if each.get(name, ".") != "."), "") for each in said]
    return as_said(place, said, names)
