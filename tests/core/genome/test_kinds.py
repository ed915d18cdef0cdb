"""A file is told by its content."""

from pathlib import Path

import pytest

from ebert_core.genome.chromosomes import (
    check_same_assembly,
    check_within,
    other_mitochondrion,
    read_bands,
    read_chromosome_sizes,
    strange_names,
)
from ebert_core.genome.kinds import kind_of_file
from ebert_core.protocol.terms.chromosome_names import name_in
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import Band


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.fa", ">chr1\nACGT\n", "reference"),
        ("hg19.chrom.sizes", "chr1\t249250621\n", "chromosome-sizes"),
        ("hg19.fa.fai", "chr1\t249250621\t6\t60\t61\n", "chromosome-sizes"),
        ("cytoBand.txt", "chr1\t0\t2300000\tp36.33\tgneg\n", "bands"),
        ("a.bedgraph", "chr1\t0\t50\t1.5\n", "signal"),
        ("a.wig", "fixedStep chrom=chr1 start=1\n1\n", "signal"),
        ("a.narrowPeak", "chr1\t0\t50\t.\t1\t.\t2.0\t-1\t-1\t7\n", "peaks"),
        ("a.bed", "chr1\t0\t200\tTssA\nchr1\t200\t400\tQuies\n", "states"),
        ("a.bed", "chr1\t0\t200\nchr1\t900\t950\n", "features"),
        ("a.bed", "".join(f"chr1\t{n}00\t{n + 1}00\tamp{n}\n" for n in range(1, 12)), "features"),
        ("a.bed", "".join(f"chr1\t{n}00\t{n + 1}00\t{'ab'[n % 2]}\n" for n in range(1, 12)), "states"),
        ("a.bed", "chr1\t-1\t200\tx\nchr1\t5\tx\nchr1\t900\t950\ty\n", "features"),
        ("a.bed", "chr1\t0\t5\tm\t1\t+\t0\t5\t9,9,9\t12 83.3 10\n", "features"),
        ("a.bed", "chr1\t1000\t1300\tn\t1\t.\t3020\t12\t.\n", "features"),
        ("a.bedgraph", "track type=bedGraph\nchr1\t0\t50\tNA\nchr1\t50\t60\t2\n", "signal"),
        ("x_peaks.xls", "# MACS\nchr\tstart\tend\tlength\tpileup\tfold_enrichment\nchr1\t1\t9\t9\t1\t2\n", "peaks"),
        ("a.bed", "chr1\t0\t50\tg\t0\t+\t0\t0\t0\t2\t10,20,\t0,30,\n", "genes"),
        ("a.gtf", '1\tx\texon\t1\t9\t.\t+\t.\tgene_id "G";\n', "genes"),
        ("refGene.txt", "585\tNM_1\tchr1\t+\t10\t60\t14\t20\t1\t10,\t60,\t0\tABC\n", "genes"),
        ("bismark.cov", "1\t10\t11\t5\t1\t19\n1\t14\t15\t50\t4\t4\n", "features"),
        ("DATASET.toml", "version = 1\n", "dataset"),
        ("hocomoco.pwm", ">CTCF\n1 2 3 4\n", "motifs"),
        ("jaspar.pfm", "# from a database\n>MA1 x\nA [ 9 0 ]\nC [ 0 10 ]\n", "motifs"),
        ("motifs.meme", "MEME version 4\n\nALPHABET= ACGT\n", "motifs"),
        ("transfac.txt", "AC MA1\nXX\nID one\nP0  A C G T\n01 9 0 0 1\nXX\n//\n", "motifs"),
        ("odd.fa", ">s1 len=4\nACGT1\n", "reference"),
        ("s.json", '{"version": 2, "dataset": "/d", "setup": {"tracks": []}}', "session"),
        ("hub.txt", "#columns below\nhub myHub\nshortLabel x\n", "session"),
        ("s.xml", '<?xml version="1.0"?>\n<Session genome="hg19">\n', "session"),
        ("s.json", '{"genome": "hg19", "tracks": []}', "session"),
        ("s.json", '\n {"dataset": "", "tracks": [], "locus": null}', "session"),
    ],
)
def test_the_kind_of_a_file(tmp_path: Path, name: str, text: str, kind: str) -> None:
    (tmp_path / name).write_text(text)
    assert kind_of_file(tmp_path / name).kind == kind


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"BAM\1", "IGV's job"),
        (b"\x89HDF\r\n", "HDF5"),
        (b"\0\1\2\3", "of a kind that this program does not know"),
        (b"# only a comment\n", "holds no data lines"),
        (b"chr1\t900\t100\tx\n", "line 1: the feature ends at 100, before its start 900"),
        (b"psLayout version 3\n\nmatch\n", "holds alignments in PSL"),
        (b"9\t0\t0\t0\t0\t0\t0\t0\t+\tq\t9\t0\t9\tchr1\t99\t1\t10\t1\t9,\t0,\t1,\n", "holds alignments in PSL"),
        (b"##maf version=1\na score=1\n", "alignments of genomes in MAF"),
        (b"Hugo_Symbol\tChromosome\n", "MAF of mutations"),
        (b"ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n", "copy numbers"),
        (b"genome hg19\ntrackDb x\n", "open its hub.txt"),
        (b"<?xml version='1.0'?><a/>", "is XML"),
        (b'{"genome": "hg19", "tracks": [', "looks like a session of IGV"),
        (b"[1, 2]", "is JSON"),
        (b"LOCUS       X 10 bp DNA\n", "GenBank"),
        (b"HIC\0\x08", "Hi-C contact map"),
        (b"BCF\2\2", "BCF of variants"),
        (b"\n <!DOCTYPE HTML>\n<html><h1>404</h1>", "is a web page, not data"),
        (b"\xef\xbb\xbf<!-- x --><html>", "is a web page, not data"),
        (b"<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code></Error>", "is a message in XML, not data"),
        (b"r1\t0\tchr1\t7\t60\t4M\t*\t0\t0\tACGT\tFFFF\n", "IGV's job"),
        (b"@RG\tID:1\n@SQ\tSN:chr1\tLN:9\n", "IGV's job"),
        (b"@read1\nACGT\n+\nFFFF\n", "looks like FASTQ"),
        (b"585" + b"\t9" + b"\t0" * 7 + b"\t+\tq\t9\t0\t9\tchr1\t99\t1\t10\t1\t9,\t0,\t1,\n", "alignments in PSL"),
        (b"track a\nbigDataUrl a.bw\n", "track hub"),
        (b"\nLOCUS       X 10 bp DNA\n", "GenBank"),
        (b"#version 2.4\nHugo_Symbol\tChromosome\n", "MAF of mutations"),
        (b"chain 49 chrY 58 + 25 26 chr5 15 - 43 44 1\n", "chains of a genome alignment"),
        (b"## pairs format v1.0\n", "contacts of Hi-C"),
        (b"{\\rtf1 chr1}", "a document of a word processor"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"\xff\xfec\0h\0r\0", "text in UTF-16"),
        (b"a" + b"\0" * 256 + b"ustar\0", "is an archive"),
        (b"chrom,start,end\nchr1,100,200\n", "has commas between its columns"),
        (b"s1\tchr1\t1\t100\t3\t0.3\n", "has its places in columns 2 to 4"),
        (b"chr1-1\tchr1\t100\t200\t+\n", "has its places in columns 2 to 4"),
        (b"585\t463\t13\t6\t17\tchr1\t10000\t10468\t-9\n", "has its places in columns 6 to 8"),
        (b"A note on chr1.\n", "is text of a kind that this program does not know"),
        (
            b"# notes\none,two,three\nA note, on chr1, 2, 3\nand 5 more\n",
            "is text of a kind that this program does not know",
        ),
        (b"name\tbytes\twhat\na.bw\t17\tx\n", "is text of a kind that this program does not know"),
        (b"q1\tchr1\t99.1\t100\n", "is text of a kind that this program does not know"),
        (b"chr1\tx\t200\n", "line 1: the start 'x' is not a whole number"),
    ],
)
def test_what_this_program_does_not_open_gets_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(InvalidRequest, match=sentence):
        kind_of_file(tmp_path / "x")


def test_a_folder_with_a_description_is_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="is no checkpoint"):
        kind_of_file(tmp_path)
    (tmp_path / "description.json").write_text("{")
    with pytest.raises(InvalidRequest, match=r"its description\.json cannot be read"):
        kind_of_file(tmp_path)
    (tmp_path / "description.json").write_text("{}")
    assert kind_of_file(tmp_path).kind == "checkpoint"


def test_chromosomes_meet_under_their_names() -> None:
    assert name_in({"1": 5, "MT": 6}, "chr1") == "1"
    assert name_in({"1": 5, "MT": 6}, "chrM") == "MT"
    assert name_in({"Chr1": 5}, "chr1") == "Chr1"
    assert name_in({"chr10": 5}, "chr1") is None


def test_chromosome_sizes_and_bands_are_read(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("chr2\t7\nchr1 9\n")
    assert list(read_chromosome_sizes(tmp_path / "s").items()) == [("chr2", 7), ("chr1", 9)]
    (tmp_path / "b").write_text("chrom\tstart\tend\tband\tstain\nchr1\t0\t5\tp1\tacen\n")
    assert read_bands(tmp_path / "b") == (Band("chr1", 0, 5, "p1", "acen"),)
    (tmp_path / "s").write_text("chr1\n")
    with pytest.raises(InvalidRequest, match="line 1: expected a chromosome and its length"):
        read_chromosome_sizes(tmp_path / "s")


def test_names_of_which_a_genome_has_none_are_listed() -> None:
    assert strange_names(["II", "I"], ["chr1"]) == "I, II"
    assert strange_names([str(number) for number in range(1, 6)], ["chrX"]) == "1, 2, 3 and 2 more"
    assert strange_names(["II", "1"], ["chr1"]) == ""
    assert strange_names(["II"], []) == ""


def test_the_mitochondrion_of_hg19_which_has_two_is_told() -> None:
    said = other_mitochondrion({"chrM": 16_571}, {"chr1": 9, "MT": 16_569})
    assert said.startswith("MT of this file (16,569 bases) is another sequence of the mitochondrion than chrM of the ")
    assert other_mitochondrion({"chrM": 16_571}, {"chr1": 9, "MT": 16_571}) == ""
    assert other_mitochondrion({"chr1": 16_571}, {"1": 16_569}) == ""


def test_another_assembly_is_named() -> None:
    check_same_assembly({"chr1": 100}, {"1": 100, "chrUn": 3}, "x.bw")
    check_within({"chr1": 100_000}, {"1": 105_000}, "x.bed")
    with pytest.raises(InvalidRequest, match=r"x\.bw belongs to another assembly: its 1 has 99 bases"):
        check_same_assembly({"chr1": 100}, {"1": 99}, "x.bw")
    with pytest.raises(InvalidRequest, match="names no chromosome of the dataset: it has II, the dataset has chr1"):
        check_same_assembly({"chr1": 100}, {"II": 99}, "x.bw")
    with pytest.raises(InvalidRequest, match="it reaches chr1:105,001"):
        check_within({"chr1": 100_000}, {"chr1": 105_001}, "x.bed")


def test_a_table_of_counts_that_reads_as_bed_is_said_to_be_taken_for_it(tmp_path: Path) -> None:
    path = tmp_path / "counts.txt"
    path.write_text("".join(f"ENSG{number:011d}\t{number}\t{number + 40}\t{number + 7}.5x\n" for number in range(30)))
    found = kind_of_file(path)
    assert found.kind == "features"
    assert "ENSG00000000000 is taken for a chromosome, 0 and 40 for positions" in found.sentence
    assert "or a table of counts" in found.sentence
    path.write_text("".join(f"chr{number % 3}\t{number}\t{number + 40}\tx{number}\n" for number in range(30)))
    assert kind_of_file(path).sentence == "Regions in BED."
