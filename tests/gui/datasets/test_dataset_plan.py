"""File names tell cell type and factor, and a dataset is refused only for what makes it wrong."""

import pytest

from ebert_core.protocol.shapes import RunClass
from ebert_core.protocol.tracks import DatasetDraft, DraftCheck
from ebert_gui.datasets import dataset_plan as plan
from ebert_gui.datasets.dataset_plan import Entry, Guess

SIZES = Entry("/d/chrom.sizes", "chromosome-sizes")
CTCF = Entry("/d/a.narrowPeak", "peaks", "K562", "CTCF")


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("K562.CTCF.conservative.train.narrowPeak.gz", Guess("K562", "CTCF")),
        ("ChIPseq_Hepg2_MAX_idr.narrowPeak", Guess("HepG2", "MAX")),
        ("H1-hESC.GABPA.relaxed.narrowPeak", Guess("H1-hESC", "GABPA")),
        ("wgEncodeHelas3-Jund.bed", Guess("HeLa-S3", "")),
        ("wgEncodeAwgTfbsK562-REST.bed", Guess("K562", "REST")),
        ("DNASE.K562.fc.signal.bigwig", Guess("K562", "DNase")),
        ("HepG2-H3k27ac.bw", Guess("HepG2", "H3K27ac")),
        ("E2F1_mycells_rep1.bed", Guess("mycells", "E2F1")),
        ("alpha.CTCF.bed", Guess("alpha", "CTCF")),
        ("hg19.fa.gz", Guess("", "")),
        ("ENCFF001ABC.bed.gz", Guess("", "")),
    ],
)
def test_names_are_guessed_from_files(name: str, guess: Guess) -> None:
    assert plan.guess_names(f"/data/{name}") == guess


@pytest.mark.parametrize(
    ("kind", "name", "use"),
    [
        ("reference", "hg19.fa", "reference"),
        ("chromosome-sizes", "hg19.sizes", "chromosome-sizes"),
        ("peaks", "K562.CTCF.relaxed.bed", "relaxed peaks"),
        ("peaks", "K562.CTCF.bed", "peaks"),
        ("peaks", "unnamed.bed", "peaks"),
        ("features", "hg19-blacklist.v2.bed", "blacklist"),
        ("features", "K562.CTCF.bed", "peaks"),
        ("features", "cpg_islands.bed", ""),
        ("features", "genes_RefSeq_hg19.bed.gz", "genes"),
        ("features", "knownGene.bed", "genes"),
        ("features", "labelled.bed", "labelled"),
        ("motifs", "H13CORE.meme", "motifs"),
        ("dataset", "DATASET.toml", ""),
        ("", "reads.bam", ""),
    ],
)
def test_uses_are_guessed_from_kind_and_name(kind: str, name: str, use: str) -> None:
    assert plan.guess_use(kind, f"/data/{name}") == use


@pytest.mark.parametrize(
    ("paths", "assembly"),
    [(["/d/hg19.fa", "/d/x.bw"], "hg19"), (["/GRCh38/a", "/GRCh38/b", "/hg19/c"], "GRCh38"), (["/d/x"], "")],
)
def test_the_assembly_is_what_most_paths_mention(paths: list[str], assembly: str) -> None:
    assert plan.guess_assembly(paths) == assembly


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], "Add files"),
        ([Entry("/d/a.bam")], "at least one file that is used"),
        ([Entry("/d/a.bed", "states")], "which cell type a.bed is from"),
        ([Entry("/d/a.bed", "peaks", "K562")], "which factor a.bed measures"),
        ([Entry("/d/a.bw", "signal", "K562")], "which signal a.bw measures"),
        ([Entry("/d/a.fa", "reference"), Entry("/d/b.fa", "reference")], "Two files are used as reference sequence"),
        ([CTCF, Entry("/d/b", "peaks", "K562", "CTCF")], "Two files are used as CTCF peaks of K562"),
        ([Entry("/a", "states", "K562"), Entry("/b", "states", "K562")], "chromatin states of K562"),
        ([Entry("/d/b", "relaxed peaks", "K562", "CTCF")], "relaxed peaks only"),
        ([SIZES, CTCF, Entry("/d/b", "relaxed peaks", "K562", "CTCF")], ""),
        ([SIZES, CTCF], ""),
        ([CTCF], "Add a reference sequence"),
    ],
)
def test_a_wrong_list_is_refused_in_one_sentence(entries: list[Entry], said: str) -> None:
    sentence = plan.objection("/d/DATASET.toml", "mine", "hg19", entries).sentence
    assert said in sentence
    assert bool(sentence) is bool(said)


@pytest.mark.parametrize(
    ("path", "name", "assembly", "field"),
    [
        ("/d/D.toml", "", "hg19", "name"),
        ("/d/D.toml", "x", "", "assembly"),
        ("D.toml", "x", "hg19", "path"),
        ("/d/D.txt", "x", "hg19", "path"),
    ],
)
def test_a_dataset_needs_a_name_an_assembly_and_a_place(path: str, name: str, assembly: str, field: str) -> None:
    assert plan.objection(path, name, assembly, [SIZES, CTCF]).field == field


def test_what_the_files_say_of_the_states_is_told() -> None:
    entries = [SIZES, Entry("/d/s.bed", "states", "K562")]
    check = DraftCheck(states=(RunClass("TssA", "#ff0000"), RunClass("Quies", "")), bin_width=5_000)
    assert "2 chromatin states in bins of 5,000 bp, without colours" in plan.summary(entries, check)
    assert "states" not in plan.summary(entries, DraftCheck())


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], ""),
        ([CTCF], ""),
        ([SIZES, CTCF], "No reference sequence"),
        ([Entry("/r", "reference")], "No peaks"),
        ([Entry("/r", "reference"), CTCF], "No motif matrices"),
        ([Entry("/r", "reference"), CTCF, Entry("/m", "motifs")], "No chromatin states or signals for K562"),
        ([Entry("/r", "reference"), CTCF, Entry("/m", "motifs"), Entry("/s", "states", "K562")], ""),
    ],
)
def test_what_is_missing_is_said_and_does_not_block(entries: list[Entry], said: str) -> None:
    sentence = plan.missing(entries)
    assert said in sentence
    assert bool(sentence) is bool(said)


def test_the_files_make_a_draft() -> None:
    entries = [
        Entry("/r", "reference"),
        Entry("/g", "genes"),
        Entry("/l", "labelled"),
        Entry("/m", "motifs"),
        Entry("/n", "motifs"),
        Entry("/s", "states", "K562"),
        Entry("/w", "signal", "K562", "DNase"),
        CTCF,
        Entry("/p", "relaxed peaks", "K562", "CTCF"),
        Entry("/x", ""),
    ]
    assert plan.draft_of("/d/DATASET.toml", "mine", "hg19", entries) == DatasetDraft(
        path="/d/DATASET.toml",
        name="mine",
        assembly="hg19",
        reference="/r",
        genes="/g",
        labelled_regions="/l",
        motifs=("/m", "/n"),
        states=(("K562", "/s"),),
        signals=(("K562", "DNase", "/w"),),
        peaks=(("K562", "CTCF", "conservative", "/d/a.narrowPeak"), ("K562", "CTCF", "relaxed", "/p")),
    )
