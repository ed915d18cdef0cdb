"""What the data role answers about regions of interest."""

from pathlib import Path

from ebert_core.protocol.regions import NamedRegions, ReadRegions, WriteRegions, WrittenRegions
from ebert_core.protocol.terms.addresses import place_of
from ebert_core.protocol.terms.reading import reads
from ebert_core.roles.session import Handlers, Report
from ebert_core.sources.open_dataset import OpenedDataset


def handlers(opened: OpenedDataset) -> Handlers:
    """The part of the data role's table that is about regions; their chromosomes are those of what is open."""

    def read(request: ReadRegions, report: Report) -> NamedRegions:
        from ebert_core.genome.named_regions import read_named_regions

        report(0.0, "reading regions")
        place = place_of(request.path)
        reads(str(place))
        return read_named_regions(place, opened.current().chromosome_lengths)

    return {ReadRegions: read, WriteRegions: _write}


def _write(request: WriteRegions, report: Report) -> WrittenRegions:
    from ebert_core.genome.named_regions import write_named_regions

    report(0.0, "writing regions")
    return WrittenRegions(request.path, write_named_regions(Path(request.path), request.regions))
