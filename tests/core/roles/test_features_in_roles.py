"""Features as the data role answers for them: found by name, stepped through, and with all that their files say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ebert_core.protocol.sources import (
    FoundBeside,
    GeneModels,
    MeasuredPeaks,
    PlantedSites,
    ReferenceSequence,
    Source,
    VariantCalls,
    beside_request,
)
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import FindGenes, OpenDataset
from tests.core.roles.asking import data_role, of

Ask = Callable[[msgspec.Struct], Any]
# Names and places of transcripts, and their genes.
TRANSCRIPTS = (
    ("NM_2.5", "NMB", 100, 300),
    ("NM_2.4", "NMB", 150, 200),
    ("NMX", "NMA", 400, 500),
    ("NM_3.1", "NMBA", 700, 900),
)
FILES = {
    "genome.fa": ">chr1\n" + "ACGT" * 500 + "\n",
    "genes.txt": "".join(
        f"{name}\tchr1\t+\t{start}\t{end}\t{start}\t{end}\t1\t{start},\t{end},\t0\t{gene}\tcmpl\tcmpl\t0,\n"
        for name, gene, start, end in TRANSCRIPTS
    ),
    "ctcf.narrowPeak": "chr1\t150\t250\tp1\t100\t.\t9.5\t-1\t-1\t40\nchr1\t900\t990\tp2\t100\t.\t1\t-1\t-1\t4\n",
    "calls.vcf": "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchr1\t301\trs1\tA\tG\t.\t.\t.\n",
    "truth.tsv": "chr1\t160\t180\tCTCF\talpha\nchr1\t500\t520\tCTCF\t.\n",
    "DATASET.toml": """
version = 1
name = "toy"
assembly = "toy1"
reference = "genome.fa"
genes = "genes.txt"
synthetic = { seed = 5, truth = "truth.tsv" }
[cell_types.alpha]
peaks.CTCF = { conservative = "ctcf.narrowPeak" }
""",
}


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    asking = data_role()
    asking(OpenDataset(str(tmp_path / "DATASET.toml")))
    return asking


def test_genes_are_found_by_the_beginning_of_their_names_before_transcripts(ask: Ask) -> None:
    found = ask(FindGenes("nm"))
    assert [(each.name, each.gene) for each in found.genes] == [
        ("NMA", ""),
        ("NMB", ""),
        ("NMBA", ""),
        ("NMX", "NMA"),
        ("NM_2.4", "NMB"),
        ("NM_2.5", "NMB"),
        ("NM_3.1", "NMBA"),
    ]
    assert [each.name for each in ask(FindGenes("NMB")).genes] == ["NMB", "NMBA"]
    assert [each.name for each in ask(FindGenes("nm", limit=4)).genes] == ["NMA", "NMB", "NMBA", "NMX"]
    assert (ask(FindGenes(" ")).genes, ask(FindGenes("nothing")).genes) == ((), ())


def test_a_transcript_leads_to_its_gene_with_or_without_a_version(ask: Ask) -> None:
    found = ask(FindGenes("nm_2"))
    assert [each.interval for each in found.genes] == [Interval("chr1", 100, 300)] * 2
    assert [each.name for each in found.called("NM_2.5")] == ["NM_2.5"]
    # Without a version every one is meant.
    labels = [each.label for each in found.called("nm_2")]
    assert labels == [f"NM_2.{version} of NMB at chr1:101-300" for version in (4, 5)]


def walked(ask: Ask, source: Source) -> list[tuple[int, int]]:
    """All that is met from the beginning of the chromosome on, and back again."""
    found: list[tuple[int, int]] = []
    for is_forward, first in ((True, 0), (False, 2000)):
        place: Interval | None = Interval("chr1", first, first)
        while place is not None and len(found) < 20:
            reply: FoundBeside = ask(beside_request(source, place, 2000, is_forward=is_forward))
            place = reply.place
            found += [(place.start, place.end)] if place is not None else []
    return found


@pytest.mark.parametrize(
    ("source", "places"),
    [
        (GeneModels(), [(100, 300), (400, 500), (700, 900)]),
        (GeneModels(is_folded=False), [(100, 300), (150, 200), (400, 500), (700, 900)]),
        (MeasuredPeaks("alpha", "CTCF"), [(150, 250), (900, 990)]),
        (PlantedSites("alpha", "CTCF"), [(160, 180), (500, 520)]),
    ],
)
def test_the_features_of_every_source_are_stepped_through(
    ask: Ask, source: Source, places: list[tuple[int, int]]
) -> None:
    assert walked(ask, source) == [*places, *places[::-1]]


def test_variants_are_stepped_through_and_bases_are_not(ask: Ask, tmp_path: Path) -> None:
    assert walked(ask, VariantCalls(str(tmp_path / "calls.vcf"))) == [(300, 301)] * 2
    with pytest.raises(InvalidRequest, match="has no features to go to"):
        walked(ask, ReferenceSequence())


def test_what_a_file_says_of_a_gene_or_a_peak_comes_with_a_column_for_each_thing(ask: Ask) -> None:
    gene = ask(of(GeneModels(says_all=True), Interval("chr1", 100, 300)))
    assert (gene.starts.tolist(), gene.names, gene.column("name")) == ([100], ("NMB",), ("NM_2.5",))
    peak = ask(of(MeasuredPeaks("alpha", "CTCF", says_all=True), Interval("chr1", 150, 250)))
    assert (peak.names, peak.column("signalValue"), peak.column("peak")) == (("p1",), ("9.5",), ("40",))
    assert ask(of(MeasuredPeaks("alpha", "CTCF", says_all=True), Interval("chr1", 150, 251))).starts.size == 0
