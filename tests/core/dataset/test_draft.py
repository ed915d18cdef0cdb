"""A draft is checked file by file while it is put together, and becomes a DATASET.toml that invents nothing."""

import gzip
import struct
import tomllib
from pathlib import Path

import pybigtools
import pytest
from msgspec.structs import replace

from ebert_core.dataset import draft as drafts
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.draft import DraftChecker, write_dataset
from ebert_core.dataset.shown import summary_of
from ebert_core.genome.reference import Reference
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.shapes import RunClass
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, DatasetDraft, PeakFiles
from tests.certain import present

# Two cell types of 5-kb bins on a chromosome that ends within its last bin; one of them gives no colours.
COLOURED = [
    ("chr1", 0, 15_000, "2_Enh", "255,195,77"),
    ("chr1", 15_000, 50_000, "10_Quies", "240,240,240"),
    ("chr1", 50_000, 61_230, "2_Enh", "255,195,77"),
]
PLAIN = [("chr1", 0, 20_000, "10_Quies"), ("chr1", 20_000, 61_230, "1_TssA")]


def silent(_share: float, _note: str) -> None:
    """Nobody watches."""


def written(draft: DatasetDraft) -> dict[str, object]:
    write_dataset(draft, DraftChecker())
    return tomllib.loads(Path(draft.path).read_text())


def problems(draft: DatasetDraft) -> dict[str, str]:
    found = DraftChecker().check(draft, silent).problems
    return {Path(problem.path).name: problem.sentence for problem in found}


@pytest.fixture
def folder(toy_path: Path) -> Path:
    return toy_path.parent


def draft_in(folder: Path, **more: object) -> DatasetDraft:
    plain = DatasetDraft(str(folder / "mine.toml"), name="mine", assembly="toy1", reference=str(folder / "toy.fa"))
    return replace(plain, **more)


def states_in(folder: Path, form: str) -> str:
    path = folder / f"coloured.{form}"
    if form == "bed":
        lines = ("\t".join((c, str(s), str(e), n, "0", ".", str(s), str(e), rgb)) for c, s, e, n, rgb in COLOURED)
        path.write_text("\n".join(lines) + "\n")
    else:
        rows = [(c, s, e, f"{n}\t0\t.\t{s}\t{e}\t{rgb}") for c, s, e, n, rgb in COLOURED]
        pybigtools.open(str(path), "w").write({"chr1": 61_230, "chr2": 5_010}, iter(rows))
    return str(path)


def test_a_draft_becomes_a_dataset_that_says_the_same(folder: Path) -> None:
    def path(name: str) -> str:
        return str(folder / name)

    draft = draft_in(
        folder,
        genes=path("genes.bed"),
        states=(("alpha", path("alpha.bed")),),
        signals=(("alpha", "DNase", path("alpha.bw")),),
        peaks=(
            ("alpha", "CTCF", "relaxed", path("relaxed.narrowPeak")),
            ("alpha", "CTCF", "conservative", path("peaks.narrowPeak")),
        ),
    )
    summary = summary_of(write_dataset(draft, DraftChecker()))
    assert summary.path == path("mine.toml")
    assert summary.cell_types == (CellType("alpha", True, ("DNase",), (PeakFiles("CTCF", True),)),)
    assert [state.name for state in summary.states] == ["Quies", "TssA"]
    assert 'reference = "toy.fa"' in (folder / "mine.toml").read_text()


def matrices_in(folder: Path, name: str, factors: list[str]) -> str:
    (folder / name).write_text("".join(f">{factor}.H13CORE.0.P.B\n9 0 0 1\n0 10 0 0\n" for factor in factors))
    return str(folder / name)


def test_a_draft_takes_the_motifs_of_its_factors_and_all_of_a_file_that_has_few(folder: Path) -> None:
    few = matrices_in(folder, "few.pfm", ["MAX", "CTCF"])
    whole = matrices_in(folder, "collection.pfm", ["CTCF", "FOS", *(f"F{number}" for number in range(60))])
    peaks = [("alpha", factor, "conservative", str(folder / "peaks.narrowPeak")) for factor in ("CTCF", "FOS")]
    made = written(draft_in(folder, motifs=(few, whole), peaks=tuple(peaks)))
    assert made["motifs"] == {
        "CTCF": "few.pfm#CTCF.H13CORE.0.P.B",
        "FOS": "collection.pfm#FOS.H13CORE.0.P.B",
        "MAX": "few.pfm#MAX.H13CORE.0.P.B",
    }
    assert list(Dataset.open(folder / "mine.toml").layout.motifs) == ["CTCF", "FOS", "MAX"]


def test_matrices_that_name_no_factor_are_refused_in_their_row(folder: Path) -> None:
    (folder / "m.pfm").write_text(">MA0139.1\n9 0 0 1\n0 10 0 0\n")
    said = problems(draft_in(folder, motifs=(str(folder / "m.pfm"),)))
    assert "does not say of which factors its motifs are" in said["m.pfm"]


def test_a_draft_keeps_the_regions_that_were_searched_for_peaks(folder: Path) -> None:
    (folder / "labelled.bed").write_text("chr1\t0\t5000\n")
    made = written(draft_in(folder, labelled_regions=str(folder / "labelled.bed")))
    assert made["labelled_regions"] == "labelled.bed"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "needs a name and an assembly"),
        ({"reference": ""}, "needs a reference sequence or a table of chromosome sizes"),
        ({"peaks": (("alpha", "CTCF", "relaxed", "x"),)}, "CTCF in alpha has relaxed peaks only"),
        ({"genes": "/none/genes.bed"}, "There is no file /none/genes.bed"),
    ],
)
def test_an_incomplete_draft_is_refused_and_nothing_is_written(
    folder: Path, change: dict[str, str | tuple[tuple[str, ...]]], sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        write_dataset(draft_in(folder, **change), DraftChecker())
    assert not (folder / "mine.toml").exists()


@pytest.mark.parametrize("form", ["bed", "bb"])
def test_states_keep_the_names_colours_and_bins_of_their_files(folder: Path, form: str) -> None:
    draft = draft_in(folder, states=(("alpha", states_in(folder, form)),))
    assert written(draft)["states"] == {
        "names": ["2_Enh", "10_Quies"],
        "colours": ["#ffc34d", "#f0f0f0"],
        "bin_width": 5_000,
    }


def test_states_without_colours_are_given_none_in_the_file(folder: Path) -> None:
    plain = folder / "plain.bed"
    plain.write_text("".join("\t".join(map(str, row)) + "\n" for row in PLAIN))
    draft = draft_in(folder, states=(("alpha", str(plain)), ("beta", states_in(folder, "bed"))))
    check = DraftChecker().check(draft, silent)
    assert check.states == (
        RunClass("1_TssA", ""),
        RunClass("2_Enh", "#ffc34d"),
        RunClass("10_Quies", "#f0f0f0"),
    )
    assert written(draft)["states"] == {"names": ["1_TssA", "2_Enh", "10_Quies"], "bin_width": 5_000}


def test_a_reference_in_plain_gzip_is_refused_before_anything_is_written(folder: Path) -> None:
    packed = folder / "toy.fa.gz"
    packed.write_bytes(gzip.compress((folder / "toy.fa").read_bytes()))
    found = problems(draft_in(folder, reference=str(packed)))
    assert list(found) == ["toy.fa.gz"]
    assert "pack it again with bgzip" in found["toy.fa.gz"]
    assert not (folder / "toy.fa.gz.fai").exists()


def test_uneven_lines_of_a_reference_leave_no_description_behind(folder: Path) -> None:
    uneven = folder / "uneven.fa"
    uneven.write_text(">chr1\nACGT\nAC\nACGT\n")
    draft = draft_in(folder, reference=str(uneven))
    assert problems(draft) == {}
    with pytest.raises(InvalidRequest, match=r"uneven\.fa, line 3"):
        write_dataset(draft, DraftChecker())
    assert not (folder / "mine.toml").exists()


def test_sizes_that_contradict_a_reference_are_found_before_anything_is_written(folder: Path) -> None:
    (folder / "wrong.sizes").write_text("chr1\t61231\nchr2\t5010\n")
    draft = draft_in(folder, chromosome_sizes=str(folder / "wrong.sizes"))
    for index in folder.glob("*.fai"):
        index.unlink()
    assert problems(draft) == {}
    with pytest.raises(InvalidRequest, match="belongs to another assembly"):
        write_dataset(draft, DraftChecker())
    assert not (folder / "mine.toml").exists()
    # Now the reference has an index, and the contradiction is seen at once.
    assert list(problems(draft)) == ["toy.fa"]


def test_a_new_dataset_opens_on_the_strongest_of_its_first_peaks(folder: Path) -> None:
    (folder / "some.bed").write_text("1\t100\t200\ta\t5\n1\t40000\t40200\tb\t900\nchrUn\t0\t50\tc\t999\n")
    draft = draft_in(folder, peaks=(("alpha", "CTCF", "conservative", str(folder / "some.bed")),))
    assert summary_of(write_dataset(draft, DraftChecker())).start_locus == Interval("chr1", 25_100, 55_100)


def test_a_file_of_another_assembly_is_named(folder: Path) -> None:
    (folder / "far.bed").write_text("chr1\t0\t900000\n")
    sizes = str(folder / "toy.sizes")
    found = problems(draft_in(folder, chromosome_sizes=sizes, genes=str(folder / "far.bed")))
    assert "belongs to another assembly" in found["far.bed"]


def test_a_packed_reference_tells_its_chromosomes_and_a_table_that_is_none_of_bands_is_named(folder: Path) -> None:
    index = struct.pack("<4IB4sI", 0x1A412743, 0, 1, 0, 4, b"chr1", 25)
    (folder / "x.2bit").write_bytes(index + struct.pack("<4I", 100, 0, 0, 0) + bytes(25))
    (folder / "far.bed").write_text("chr1\t0\t900000\n")
    (folder / "bands.txt").write_text("chr1\t0\tx\tp1\tgneg\n")
    more = {"genes": str(folder / "far.bed"), "bands": str(folder / "bands.txt")}
    found = problems(draft_in(folder, reference=str(folder / "x.2bit"), **more))
    assert "belongs to another assembly" in found["far.bed"]
    assert "bands.txt, line 1" in found["bands.txt"]


def test_a_description_that_is_there_is_replaced_only_where_a_person_said_so(folder: Path) -> None:
    before = (folder / "DATASET.toml").read_text()
    draft = draft_in(folder, path=str(folder / "DATASET.toml"))
    assert "is there already" in problems(draft)["DATASET.toml"]
    with pytest.raises(InvalidRequest, match="is there already"):
        write_dataset(draft, DraftChecker())
    assert (folder / "DATASET.toml").read_text() == before
    written(draft_in(folder, path=str(folder / "DATASET.toml"), may_replace=True))
    assert (folder / "DATASET.toml").read_text() != before


def test_a_folder_that_is_not_there_is_named(folder: Path) -> None:
    assert "There is no folder" in problems(draft_in(folder, path=str(folder / "none" / "D.toml")))["D.toml"]


def test_a_file_is_read_once_until_it_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []

    def counting(path: Path) -> Segmentation:
        reads.append(path)
        return Segmentation(path)

    monkeypatch.setattr(drafts, "Segmentation", counting)
    checker, draft = DraftChecker(), draft_in(folder, states=(("alpha", states_in(folder, "bed")),))
    for _ in range(3):
        assert checker.check(draft, silent).bin_width == 5_000
    assert len(reads) == 1
    with open(draft.states[0][1], "a") as file:
        file.write("chr2\t0\t1000\t2_Enh\nchr2\t1000\t5010\t10_Quies\n")
    assert checker.check(draft, silent).bin_width == 1_000
    assert len(reads) == 2


def test_whoever_waits_is_told_which_file_is_checked(folder: Path) -> None:
    told: list[tuple[float, str]] = []
    draft = draft_in(folder, genes=str(folder / "genes.bed"))
    DraftChecker().check(draft, lambda fraction, note: told.append((fraction, note)))
    assert told == [(0.0, "checking toy.fa"), (0.5, "checking genes.bed")]


def test_a_new_dataset_opens_on_a_peak_of_which_there_is_a_sequence(folder: Path) -> None:
    """A table of lengths and the peaks name a whole genome, the sequence is a part of it."""
    (folder / "all.sizes").write_text("chr9\t200000\n" + "".join(f"{n}\t{m}\n" for n, m in _lengths(folder).items()))
    (folder / "all.narrowPeak").write_text(
        "chr9\t100000\t100200\tp\t1000\t.\t9\t-1\t-1\t100\nchr1\t40000\t40200\tp\t500\t.\t5\t-1\t-1\t100\n"
    )
    peaks = (("alpha", "CTCF", "conservative", str(folder / "all.narrowPeak")),)
    draft = draft_in(folder, chromosome_sizes=str(folder / "all.sizes"), peaks=peaks)
    assert present(summary_of(write_dataset(draft, DraftChecker())).start_locus).chromosome == "chr1"


def test_a_new_dataset_opens_on_no_peak_whose_bases_are_unknown(folder: Path) -> None:
    (folder / "gap.fa").write_text(f">chr1\n{'N' * 60_000}{'ACGT' * 25_000}\n")
    (folder / "two.narrowPeak").write_text(
        "chr1\t20000\t20200\tp\t1000\t.\t9\t-1\t-1\t100\nchr1\t130000\t130200\tp\t500\t.\t5\t-1\t-1\t100\n"
    )
    peaks = (("alpha", "CTCF", "conservative", str(folder / "two.narrowPeak")),)
    draft = draft_in(folder, reference=str(folder / "gap.fa"), peaks=peaks)
    assert summary_of(write_dataset(draft, DraftChecker())).start_locus == Interval("chr1", 115_100, 145_100)


def _lengths(folder: Path) -> dict[str, int]:
    return Reference(folder / "toy.fa").chromosome_lengths
