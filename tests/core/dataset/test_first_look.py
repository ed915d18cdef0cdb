"""Bare files open on their data, on the first chromosome in the order that people know."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import CellTypePaths
from ebert_core.dataset.palette import usual_colours
from ebert_core.dataset.shown import remarks_on, summary_of
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.certain import present


def opened(folder: Path, **texts: str) -> Dataset:
    paths = []
    for name, text in texts.items():
        path = folder / name.replace("__", ".")
        path.write_text(text)
        paths.append(path)
    return Dataset.from_files(paths)


def bed(*places: tuple[str, int, int]) -> str:
    return "".join(f"{name}\t{start}\t{end}\n" for name, start, end in places)


@pytest.mark.parametrize(
    ("places", "shown"),
    [
        ([("MT", 5, 9), ("X", 5, 9), ("10", 5, 9), ("2", 40_000, 41_000)], Interval("2", 39_900, 41_000)),
        (
            [("chr1", 50_000_000, 50_000_010), ("chr1", 90_000_000, 90_000_010)],
            Interval("chr1", 49_999_905, 50_000_105),
        ),
        ([("chr1", 7_000_000, 9_900_000), ("chr1", 80_000_000, 90_000_000)], Interval("chr1", 6_945_000, 8_045_000)),
        ([("chr1", 0, 30)], Interval("chr1", 0, 30)),
    ],
)
def test_features_are_opened_where_the_first_of_them_are(
    tmp_path: Path, places: list[tuple[str, int, int]], shown: Interval
) -> None:
    assert summary_of(opened(tmp_path, a__bed=bed(*places))).start_locus == shown


def test_chromosomes_of_bare_files_are_listed_in_natural_order(tmp_path: Path) -> None:
    files = opened(tmp_path, a__bed=bed(("MT", 5, 9), ("X", 5, 9), ("10", 5, 9), ("2", 5, 9), ("GL1.1", 5, 9)))
    assert [each.name for each in summary_of(files).chromosomes] == ["2", "10", "X", "MT", "GL1.1"]


def test_one_chromosome_by_different_names_is_listed_once_under_the_name_that_came_first(tmp_path: Path) -> None:
    places = {"a__bed": bed(("chrX", 5, 9), ("1", 5, 90)), "b__bed": bed(("X", 5, 700), ("CHR1", 5, 80), ("2", 5, 9))}
    chromosomes = summary_of(opened(tmp_path, **places)).chromosomes
    assert [(each.name, each.length) for each in chromosomes] == [("1", 90), ("2", 9), ("chrX", 700)]


def test_a_chromosome_without_a_value_is_passed_over(tmp_path: Path) -> None:
    with BigWigWriter(tmp_path / "a.bw", {"chr1": 90_000, "chr2": 90_000}) as writer:
        writer.append("chr2", 5_000, 50, np.ones(20))
    shown = summary_of(Dataset.from_files([tmp_path / "a.bw"])).start_locus
    assert present(shown).chromosome == "chr2"
    assert present(shown).start <= 5_000 < 6_000 <= present(shown).end


def test_where_no_file_has_data_nobody_says_where_to_begin(tmp_path: Path) -> None:
    assert summary_of(opened(tmp_path, g__sizes="chr2\t90000\n")).start_locus is None
    elsewhere = opened(tmp_path, g__fa=">chr1\nNNACGT\n", a__bed=bed(("chr7", 5000, 6000)))
    assert summary_of(elsewhere).start_locus is None
    assert summary_of(opened(tmp_path, g__fa=">chr1\nNNACGT\n")).start_locus == Interval("chr1", 2, 6)


def test_the_first_file_that_has_data_decides(tmp_path: Path) -> None:
    files = opened(tmp_path, g__sizes="chr2\t90000\nchr1\t90000\n", a__bed=bed(("chr2", 5000, 6000)))
    assert summary_of(files).start_locus == Interval("chr2", 4950, 6050)


def test_a_signal_is_opened_at_its_first_value_that_is_not_zero(tmp_path: Path) -> None:
    text = "chr2\t0\t9\t1\nchr1\t0\t70000000\t0\nchr1\t70000000\t70000500\t3\nchr1\t99000000\t99000001\t1\n"
    shown = summary_of(opened(tmp_path, a__bedGraph=text)).start_locus
    assert shown is not None
    assert shown.chromosome == "chr1"
    assert 69_000_000 < shown.start <= 70_000_000 < 70_000_500 <= shown.end < 71_200_000


def test_a_signal_of_half_a_chromosome_is_opened_at_its_beginning(tmp_path: Path) -> None:
    shown = summary_of(opened(tmp_path, a__bedGraph="chr1\t70099000\t200000000\t1\n")).start_locus
    assert shown is not None
    assert 70_049_000 - 1_000 < shown.start < 70_099_000
    assert 900_000 < shown.length <= 1_100_000


def test_a_bigwig_is_opened_at_its_first_value(tmp_path: Path) -> None:
    path = tmp_path / "a.bw"
    with BigWigWriter(path, {"X": 100_000, "1": 240_000_000}) as writer:
        writer.append("X", 0, 50, np.ones(2, dtype=np.float32))
        writer.append("1", 120_000_000, 50, np.ones(1, dtype=np.float32))
    shown = summary_of(Dataset.from_files([path])).start_locus
    assert shown is not None
    assert shown.chromosome == "1"
    assert shown.start <= 120_000_000 < 120_000_050 <= shown.end
    assert shown.length < 500_000


def test_a_sequence_is_opened_at_its_first_base(tmp_path: Path) -> None:
    files = opened(tmp_path, a__fa=">chrX\nACGT\n>chr1\n" + "N" * 500 + "ACGT" * 100 + "\n")
    assert summary_of(files).start_locus == Interval("chr1", 500, 620)


def test_a_chromosome_of_many_names_is_one(tmp_path: Path) -> None:
    files = opened(
        tmp_path,
        a__bed=bed(("chr1", 5, 90)),
        b__bed=bed(("NC_000001.11", 5, 900)),
        c__bed=bed(("1", 7, 8), ("CHR1", 7, 9)),
    )
    assert [(each.name, each.length) for each in summary_of(files).chromosomes] == [("chr1", 900)]
    found = files.feature_file(str(tmp_path / "b.bed"))
    assert len(found.touching(Interval("chr1", 0, 100))) == 1
    assert remarks_on(files, found, "chr1") == ()


def test_a_file_whose_names_meet_none_of_the_genome_in_view_says_so(tmp_path: Path) -> None:
    files = opened(tmp_path, a__bed=bed(("chr1", 5, 90), ("chr2", 5, 90)), b__bed=bed(("scaffold_7", 5, 900)))
    strange = files.feature_file(str(tmp_path / "b.bed"))
    (remark,) = remarks_on(files, strange, "chr1")
    assert remark.full == "No name in this file is of the genome in view: it has scaffold_7, the view is on chr1."
    assert remarks_on(files, strange, "scaffold_7") == ()
    assert remarks_on(files, files.feature_file(str(tmp_path / "a.bed")), "chr1") == ()


def test_a_file_without_features_on_this_chromosome_is_not_strange(tmp_path: Path) -> None:
    files = opened(tmp_path, a__bed=bed(("chr1", 5, 90), ("chr2", 5, 90)), b__bed=bed(("chr2", 5, 900)))
    assert remarks_on(files, files.feature_file(str(tmp_path / "b.bed")), "chr1") == ()


def test_accession_numbers_of_another_assembly_are_refused(tmp_path: Path) -> None:
    files = opened(tmp_path, a__bed=bed(("NC_000001.11", 5, 90)), b__bed=bed(("NC_000001.10", 5, 90)))
    with pytest.raises(InvalidRequest, match="its names are those of hg19, not of hg38"):
        files.feature_file(str(tmp_path / "b.bed"))


def test_lines_are_left_out_for_drawing_and_refused_for_training(toy_path: Path) -> None:
    cell, paths = next(iter(Dataset.open(toy_path).layout.cell_types.items()))
    factor, peaks = next((factor, each.conservative) for factor, each in paths.peaks.items())
    with open(peaks, "a") as file:
        file.write("chr1\tx\t9\n")
    with pytest.raises(InvalidRequest, match="the start 'x' is not a whole number"):
        Dataset.open(toy_path).peaks(cell, factor)
    drawn = Dataset.open(toy_path, is_for_drawing=True).peaks(cell, factor)
    assert drawn is not None
    assert "1 line left out" in drawn.remarks[0].full


def test_many_states_and_black_ones_have_colours_that_differ(tmp_path: Path) -> None:
    names = [f"{number}_state" for number in range(60)]
    text = "".join(
        f"chr1\t{200 * place}\t{200 * place + 200}\t{name}\t0\t.\t0\t0\t0,0,0\n" for place, name in enumerate(names * 2)
    )
    files = opened(tmp_path, a__bed=text)
    (file,) = files.files
    assert file.kind == "states"
    alone = Dataset(
        msgspec.structs.replace(files.layout, cell_types={"": CellTypePaths(states=file.path)}), None, files.files
    )
    colours = [state.colour for state in alone.state_colours]
    assert len(set(colours)) == 60


@pytest.mark.parametrize(
    ("names", "colours"),
    [
        (["1_TssA", "4_Tx", "15_Quies"], ["#ff0000", "#008000", "#ffffff"]),
        (["TssBiv", "TssAFlnk", "TxStrong5p", "EnhWk"], ["#cd5c5c", "#ff4500", "#008000", "#ffff00"]),
        (["E3_txwk", "ReprPCWk", "ReprPC"], ["#006400", "#c0c0c0", "#808080"]),
    ],
)
def test_states_whose_names_say_what_they_are_have_their_usual_colours(
    tmp_path: Path, names: list[str], colours: list[str]
) -> None:
    text = "".join(f"chr1\t{200 * place}\t{200 * place + 200}\t{name}\n" for place, name in enumerate(names * 2))
    files = opened(tmp_path, a__bed=text)
    (file,) = files.files
    paths = {"": CellTypePaths(states=file.path)}
    alone = Dataset(msgspec.structs.replace(files.layout, cell_types=paths), None, files.files)
    assert {state.name: state.colour for state in alone.state_colours} == dict(zip(names, colours, strict=True))


def test_one_state_with_a_known_name_among_others_is_no_reason_for_usual_colours() -> None:
    assert usual_colours(["Tx", "red", "blue", "green"]) == {}
    assert usual_colours(["Tx", "Het", "H2AZwk"]) == {"Tx": "#008000", "Het": "#8a91d0"}


def test_genes_start_where_the_first_of_their_transcripts_does(toy_path: Path) -> None:
    genes = toy_path.parent / "genes.bed"
    longest = "chr1\t4000\t6000\tG\t0\t+\t4000\t6000\t0\t1\t2000,\t0,\n"
    genes.write_text(longest + "chr1\t3000\t4500\tG\t0\t+\t3000\t3000\t0\t1\t1500,\t0,\n")
    toy = Dataset.open(toy_path)
    assert toy.gene_starts["chr1"].tolist() == [3000]
    assert toy.genes is not None
    assert [gene.start for gene in toy.genes] == [4000]


def test_a_dataset_of_grch37_is_one_of_hg19(toy_path: Path) -> None:
    toy_path.write_text(toy_path.read_text().replace('"toy1"', '"GRCh37"'))
    assert Dataset.open(toy_path).layout.assembly == "hg19"
