"""Bare files as the window asks for them: where they open, what is drawn of them, and what is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pybigtools
import pytest

from ebert_core.genome import bigfiles
from ebert_core.genome.bed import bed_feature
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.features import Feature
from ebert_core.protocol.sources import ChromatinStates, GeneModels, MeasuredPeaks, MeasuredSignal, ReferenceSequence
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import (
    BareFile,
    FindGenes,
    OpenFiles,
)
from tests.core.roles.asking import data_role, of


def first_screen(ask: Callable[[msgspec.Struct], Any], file: BareFile, place: Interval) -> tuple[Any, int]:
    """What the window is answered for its first view, and how many items or columns of it hold data."""
    match file.kind:
        case "signal":
            reply = ask(of(MeasuredSignal(path=file.path), place, place.length))
            return reply, int(np.isfinite(reply.maximum).sum())
        case "genes":
            reply = ask(of(GeneModels(file.path), place))
            return reply, len(reply.starts)
        case "states":
            reply = ask(of(ChromatinStates(path=file.path), place))
            return reply, len(reply.starts)
        case _:
            reply = ask(of(MeasuredPeaks(path=file.path), place))
            return reply, len(reply.starts)


def exons(transcript: str, *places: tuple[int, int]) -> str:
    names = f'gene_id "G"; transcript_id "{transcript}"; gene_name "ISO";'
    return "".join(f"chr1\tx\texon\t{start}\t{end}\t.\t+\t.\t{names}\n" for start, end in places)


CASES = {
    "negative start": ("a.bed", "chr1\t-1\t3000\tx\nchr1\t5000\t6000\ty\n", "chr1", 2, ["1 line read in part"]),
    "Ensembl names": ("a.bed", "MT\t9\t90\nX\t9\t90\n1\t900\t990\n", "1", 1, []),
    "bedMethyl": ("a.bed", "chr1\t9\t10\tm\t1\t+\t9\t10\t1,2,3\t12 83.3 10\n", "chr1", 1, []),
    "overlap": ("a.bedGraph", "chr1\t10\t20\t1\nchr1\t15\t25\t3\n", "chr1", 15, ["1 line read in part"]),
    "gaps": ("a.bedGraph", "chr1\t0\t5\t1\nchr1\t5\t9\tNA\nchr1\t9\t12\tinf\n", "chr1", 5, ["1 line left out"]),
    "isoforms": ("a.gtf", exons("T0", (10, 40), (60, 90)) + exons("T1", (10, 90)), "chr1", 1, []),
    "HLA": ("a.bed", "HLA-A*01:01:01:01\t100\t400\tx\n", "HLA-A*01:01:01:01", 1, []),
    "bedDetail": ("a.bed", "track type=bedDetail\nchr1\t1\t9\tA\tID=B\n", "chr1", 1, []),
    "states": (
        "a.bed",
        "chr1\t0\t200\tA\nchr1\t200\t400\tB\nchr1\t350\t600\tA\nchr1\t600\t800\tB\n",
        "chr1",
        4,
        ["1 line read in part"],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_file_opens_on_its_data_and_says_what_was_not_read(
    tmp_path: Path, case: tuple[str, str, str, int, list[str]]
) -> None:
    name, text, chromosome, count, remarks = case
    path = tmp_path / name
    path.write_text(text)
    ask = data_role()
    summary = ask(OpenFiles((str(path),)))
    (file,), place = summary.files, summary.start_locus
    assert place.chromosome == chromosome
    reply, found = first_screen(ask, file, place)
    assert found == count
    assert [remark.short for remark in reply.remarks] == remarks


def test_a_gene_travels_with_the_number_of_its_transcripts(tmp_path: Path) -> None:
    path = tmp_path / "a.gtf"
    path.write_text(exons("T0", (10, 40), (60, 90)) + exons("T1", (10, 90)))
    ask = data_role()
    place = ask(OpenFiles((str(path),))).start_locus
    genes = ask(of(GeneModels(str(path)), place))
    assert (genes.names, genes.parts.pairs(), genes.column("transcripts")) == (("ISO",), [((9, 90),)], ("2",))


@pytest.mark.parametrize("ending", ["bed", "gtf", "bedGraph"])
def test_every_kind_of_reply_says_that_names_do_not_match(tmp_path: Path, ending: str) -> None:
    (tmp_path / "genome.sizes").write_text("chr1\t9000\n")
    known, strange = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    texts = {
        "bed": "{}\t10\t90\tx\n",
        "gtf": '{}\tx\texon\t11\t90\t.\t+\t.\tgene_id "G";\n',
        "bedGraph": "{}\t10\t90\t1\n",
    }
    known.write_text(texts[ending].format("chr1"))
    strange.write_text(texts[ending].format("scaffold_7"))
    ask = data_role()
    place = ask(OpenFiles((str(known), str(strange)))).start_locus
    source = {"bed": MeasuredPeaks, "gtf": GeneModels, "bedGraph": MeasuredSignal}[ending]
    asked = [of(source(path=str(path)), place, 10) for path in (known, strange)]
    assert [[(remark.kind, remark.is_told) for remark in ask(request).remarks] for request in asked] == [
        [],
        [("strange names", False)],
    ]


WRONG: dict[str, bytes | None] = {
    "absent.bed": None,
    "empty.bed": b"",
    "page.bed": b"<!doctype html><html></html>",
    "cut.bed.gz": b"\x1f\x8b\x08\x00",
    "cut.bw": b"\x26\xfc\x8f\x88" + bytes(60),
    "lines.bed": b"chr1\tten\t20\n",
    "sizes.chrom.sizes": b"chr1 100\nchr1 100\n",
    "bands.txt": b"chr1\t0\tx\tp1\tgneg\n",
    "D.toml": b"name = 1\n",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_one_of_several_files_says_by_a_field_which_it_is(tmp_path: Path, name: str) -> None:
    whole, wrong = tmp_path / "whole.bed", tmp_path / name
    whole.write_text("chr1\t10\t90\tx\n")
    content = WRONG[name]
    if content is not None:
        wrong.write_bytes(content)
    with pytest.raises(InvalidRequest) as refused:
        data_role()(OpenFiles((str(whole), str(wrong))))
    assert refused.value.path == str(wrong)


def test_a_file_that_is_damaged_inside_opens_and_its_row_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ebert_core.genome.signal import StepSignal
    from ebert_core.protocol.terms.errors import InvalidRequest

    (tmp_path / "a.bedGraph").write_text("chr1\t10\t90\t1\n")
    (tmp_path / "b.bed").write_text("chr1\t500\t600\n")

    def fails(*_: object) -> None:
        raise InvalidRequest("a.bedGraph is damaged.")

    monkeypatch.setattr(StepSignal, "binned", fails)
    summary = data_role()(OpenFiles((str(tmp_path / "a.bedGraph"), str(tmp_path / "b.bed"))))
    assert (summary.start_locus.start, summary.start_locus.end) == (400, 600)


# Far from where a chromosome begins, on chromosomes whose order in the file is not theirs.
FAR = (("MT", 9_000), ("X", 70_000_000), ("10", 60_000_000), ("2", 50_000_000))
LENGTHS = {"MT": 16_569, "X": 155_000_000, "10": 135_000_000, "2": 243_000_000}


def far(line: str) -> str:
    return "".join(
        line.format(c=chromosome, s=start, f=start + 1, m=start + 200, e=start + 500) for chromosome, start in FAR
    )


FAR_TEXTS = {
    "BED": ("features", far("{c}\t{s}\t{e}\tx\n")),
    "narrowPeak": ("peaks", far("{c}\t{s}\t{e}\t.\t9\t.\t2.5\t-1\t-1\t40\n")),
    "broadPeak": ("peaks", far("{c}\t{s}\t{e}\tp_peak\t9\t.\t2.5\t3.1\t2.2\n")),
    "states": ("states", far("{c}\t{s}\t{m}\tE1\n{c}\t{m}\t{e}\tE2\n")),
    "bedGraph": ("signal", far("{c}\t{s}\t{e}\t2.5\n")),
    "wig": ("signal", far("fixedStep chrom={c} start={f} step=1\n3\n4\n")),
    "GTF": ("genes", far('{c}\tx\texon\t{f}\t{e}\t.\t+\t.\tgene_id "G";\n')),
    "GFF3": ("genes", far("{c}\tx\tgene\t{f}\t{e}\t.\t+\t.\tID=g{s};Name=G\n")),
    "refGene": ("genes", far("585\tNM_1\t{c}\t+\t{s}\t{e}\t{s}\t{e}\t1\t{s},\t{e},\t0\tABC\n")),
    "MACS": ("peaks", "chr\tstart\tend\tlength\tfold_enrichment\n" + far("{c}\t{f}\t{e}\t500\t7\n")),
}


@pytest.mark.parametrize("form", FAR_TEXTS)
def test_a_text_of_every_kind_opens_on_its_data(tmp_path: Path, form: str) -> None:
    kind, text = FAR_TEXTS[form]
    path = tmp_path / f"a.{'narrowPeak' if kind == 'peaks' else form}"
    path.write_text(text)
    assert_opens_on_its_data(path, kind)


def test_a_bigwig_and_a_bigbed_open_on_their_data(tmp_path: Path) -> None:
    order = sorted(FAR)
    with BigWigWriter(tmp_path / "a.bw", {name: LENGTHS[name] for name, _ in order}) as writer:
        for name, start in order:
            writer.append(name, start, 50, np.ones(4, dtype=np.float32))
    rows = [(name, start, start + 500, "x") for name, start in order]
    pybigtools.open(str(tmp_path / "a.bb"), "w").write(LENGTHS, iter(rows))
    assert_opens_on_its_data(tmp_path / "a.bw", "signal")
    assert_opens_on_its_data(tmp_path / "a.bb", "features")


def test_a_bigbed_opens_without_all_of_its_records_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (("1", 100 * place, 100 * place + 50, "x\t0\t+") for place in range(9000))
    pybigtools.open(str(tmp_path / "a.bb"), "w").write({"1": 1_000_000}, rows)
    read = 0

    def counted(*given: Any) -> Feature:
        nonlocal read
        read += 1
        return bed_feature(*given)

    monkeypatch.setattr(bigfiles, "bed_feature", counted)
    place = data_role()(OpenFiles((str(tmp_path / "a.bb"),))).start_locus
    assert (place.start, place.end) == (0, 3_245)
    assert 0 < read < 2_100


def assert_opens_on_its_data(path: Path, kind: str) -> None:
    ask = data_role()
    summary = ask(OpenFiles((str(path),)))
    (file,), place = summary.files, summary.start_locus
    assert file.kind == kind
    assert [each.name for each in summary.chromosomes] == ["2", "10", "X", "MT"]
    assert place.chromosome == "2"
    assert place.start <= FAR[-1][1] < place.end
    assert place.length <= 1_100
    _, found = first_screen(ask, file, place)
    assert found


def test_a_sequence_opens_on_its_first_bases(tmp_path: Path) -> None:
    path = tmp_path / "a.fa"
    path.write_text(">X\n" + "ACGT" * 50 + "\n>2\n" + "N" * 400 + "ACGT" * 50 + "\n")
    ask = data_role()
    summary = ask(OpenFiles((str(path),)))
    assert [each.name for each in summary.chromosomes] == ["2", "X"]
    assert ask(of(ReferenceSequence(), summary.start_locus)).codes[:4].tolist() == [0, 1, 2, 3]


def test_genes_of_another_assembly_hide_no_gene_of_the_others(tmp_path: Path) -> None:
    row = '{}\tx\texon\t100\t{}\t.\t+\t.\tgene_id "{}"; transcript_id "t";\n'.format
    files = {
        "chrom.sizes": "chr1\t10000\n",
        "own.gtf": row("chr1", 200, "MYC"),
        "beyond.gtf": row("chr1", 200_000, "MYCN"),
        "more.gtf": row("1", 300, "MYCL"),
        "DATASET.toml": 'version=1\nname="x"\nassembly="toy"\nchromosome_sizes="chrom.sizes"\ngenes="own.gtf"\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    ask = data_role()
    ask(OpenFiles((str(tmp_path / "beyond.gtf"), str(tmp_path / "more.gtf")), str(tmp_path / "DATASET.toml")))
    assert [gene.name for gene in ask(FindGenes("myc")).genes] == ["MYC", "MYCL"]
