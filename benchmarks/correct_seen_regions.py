"""Corrects what an older checkpoint says that it has seen: whole chromosomes become the parts of them with labels.

    python benchmarks/correct_seen_regions.py CHECKPOINT DATASET.toml

DATASET.toml is the one that the checkpoint was trained on, whose store is built where there is none. Only
`training` and `validation` of the checkpoint's description.json change, which is replaced in one step. Fine-tunings
of today record these parts themselves.
"""

import argparse
from pathlib import Path

import msgspec

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.store_places import beside
from ebert_core.material.places import parts_with
from ebert_core.model.description import read_description, replace_description
from ebert_core.protocol.terms.locus import Interval, format_locus


def main() -> None:
    """Corrects one checkpoint and prints its regions before and after."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    parser.add_argument("dataset", type=Path, metavar="DATASET.toml")
    arguments = parser.parse_args()
    dataset = Dataset.open(arguments.dataset)
    described = read_description(arguments.checkpoint)
    if described.assembly != dataset.layout.assembly:
        raise SystemExit(f"The checkpoint is of {described.assembly}, the dataset of {dataset.layout.assembly}.")
    segments = prepare(dataset, beside(dataset)).segments

    def corrected(regions: tuple[Interval, ...]) -> tuple[Interval, ...]:
        return parts_with(regions, segments, dataset.labelled_regions if described.factors else None)

    now = msgspec.structs.replace(
        described, training=corrected(described.training), validation=corrected(described.validation)
    )
    replace_description(arguments.checkpoint, now)
    for word, each in (("before", described), ("now", now)):
        print(f"{word}: trained on {_listed(each.training)}; validated on {_listed(each.validation)}")


def _listed(regions: tuple[Interval, ...]) -> str:
    return ", ".join(map(format_locus, regions)) or "nothing"


if __name__ == "__main__":
    main()
