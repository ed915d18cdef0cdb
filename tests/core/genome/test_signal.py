"""Signals are exact where they can be, and say nothing where nothing is known."""

from pathlib import Path

import numpy as np
import pyBigWig
import pytest

from ebert_core.genome.signal import BigWigSignal, StepSignal, mean_signal, open_signal
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

STEPS = [("chr1", 100, 150, 2.0), ("chr1", 150, 160, -4.0), ("chr1", 400, 600, 1.0), ("chr1", 900, 1000, 70_000.0)]
WIG = """\
track type=wiggle_0
variableStep chrom=chr1 span=50
101 2
fixedStep chrom=chr1 start=151 step=10 span=10
-4
fixedStep chrom=chr1 start=401 step=100 span=100
1
1
variableStep chrom=chr1 span=100
901 70000
"""


@pytest.fixture(params=["bigwig", "bedgraph", "wig"])
def signal(request: pytest.FixtureRequest, tmp_path: Path) -> BigWigSignal | StepSignal:
    path = tmp_path / f"s.{request.param}"
    if request.param == "bigwig":
        with pyBigWig.open(str(path), "w") as file:
            file.addHeader([("chr1", 1000)])
            file.addEntries(
                *map(list, zip(*[(c, s, e) for c, s, e, _ in STEPS], strict=True)), values=[v for *_, v in STEPS]
            )
    elif request.param == "bedgraph":
        path.write_text("track type=bedGraph\n" + "".join("\t".join(map(str, step)) + "\n" for step in reversed(STEPS)))
    else:
        path.write_text(WIG)
    return open_signal(path)


def test_every_base_has_its_value_or_none(signal: BigWigSignal | StepSignal) -> None:
    values = signal.per_base(Interval("1", 90, 170))
    assert np.isnan(values[:10]).all()
    assert values[10:60].tolist() == [2.0] * 50
    assert values[60:70].tolist() == [-4.0] * 10
    assert np.isnan(values[70:]).all()


def test_means_of_50_bases_count_unknown_bases_as_nothing_and_are_clipped(signal: BigWigSignal | StepSignal) -> None:
    means = mean_signal(signal, Interval("chr1", -50, 1_050))
    assert means.dtype == np.float16
    assert means.tolist() == [0, 0, 0, 2, np.float16(-0.8), 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 60_000, 60_000, 0]


def test_columns_of_the_screen_show_the_extremes_and_the_mean(signal: BigWigSignal | StepSignal) -> None:
    shown = signal.binned(Interval("chr1", 100, 200), 2)
    assert shown.minimum.tolist() == [2.0, -4.0]
    assert shown.maximum.tolist() == [2.0, -4.0]
    whole = signal.binned(Interval("chr1", 0, 800), 1)
    assert whole.minimum.tolist() == [-4.0]
    assert whole.maximum.tolist() == [2.0]
    np.testing.assert_allclose(whole.mean, [260 / 260])


def test_columns_narrower_than_a_base_show_that_base(signal: BigWigSignal | StepSignal) -> None:
    shown = signal.binned(Interval("chr1", 149, 151), 6)
    assert shown.mean.tolist() == [2, 2, 2, -4, -4, -4]


def test_an_unknown_chromosome_has_no_values(signal: BigWigSignal | StepSignal) -> None:
    assert np.isnan(signal.binned(Interval("chr7", 0, 500_000), 3).mean).all()
    assert np.isnan(signal.per_base(Interval("chr7", 0, 3))).all()


def test_far_out_the_bands_of_text_and_bigwig_agree(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    values = random.gamma(1, 2, 8_000)
    with pyBigWig.open(str(tmp_path / "s.bw"), "w") as file:
        file.addHeader([("chr1", 400_000)])
        file.addEntries("chr1", 0, values=values.tolist(), span=50, step=50)
    rows = (f"chr1\t{50 * i}\t{50 * i + 50}\t{value}\n" for i, value in enumerate(values))
    (tmp_path / "s.bedgraph").write_text("".join(rows))
    from_bigwig, from_text = (
        open_signal(tmp_path / name).binned(Interval("chr1", 0, 400_000), 8) for name in ("s.bw", "s.bedgraph")
    )
    np.testing.assert_allclose(from_bigwig.mean, from_text.mean, rtol=0.05)
    np.testing.assert_allclose(from_text.maximum, values.reshape(8, -1).max(axis=1), rtol=1e-6)
    np.testing.assert_allclose(from_bigwig.maximum, from_text.maximum, rtol=0.3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("chr1\t5\t9\n", "a bedGraph line has a chromosome, a start, an end and a value"),
        ("chr1\t5\t9\tx\n", "line 1: the value 'x' is not a number"),
        ("chr1\t5\t9\t1\nchr1\t8\t12\t1\n", "line 2: two values stand on chr1:9"),
        ("fixedStep chrom=chr1 step=5\n1\n", "does not say where its values begin"),
        ("variableStep chrom=chr1\n5\n", "line 2: 1 numbers stand where 2 belong"),
        ("# nothing\n", "holds no values"),
        ("BAM\1", "IGV's job"),
    ],
)
def test_a_file_that_is_no_signal_gives_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "s.bedgraph").write_text(text)
    with pytest.raises(InvalidRequest, match=sentence):
        open_signal(tmp_path / "s.bedgraph")


def test_a_bigwig_without_values_opens_and_shows_nothing(tmp_path: Path) -> None:
    with pyBigWig.open(str(tmp_path / "s.bw"), "w") as file:
        file.addHeader([("chr1", 1000)])
    signal = open_signal(tmp_path / "s.bw")
    assert np.isnan(signal.binned(Interval("chr1", 0, 900), 4).mean).all()
    assert mean_signal(signal, Interval("chr1", 0, 100)).tolist() == [0.0, 0.0]


def test_values_that_are_not_finite_count_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "s.bedgraph").write_text("chr1\t0\t25\tnan\nchr1\t25\t50\tinf\nchr1\t50\t75\t4\n")
    signal = open_signal(tmp_path / "s.bedgraph")
    assert mean_signal(signal, Interval("chr1", 0, 100)).tolist() == [0.0, 2.0]


def _write(
    path: Path, steps: list[tuple[float | int, ...] | tuple[int, ...]], length: int = 100_000
) -> BigWigSignal | StepSignal:
    if path.suffix == ".bw":
        with pyBigWig.open(str(path), "w") as file:
            file.addHeader([("chr1", length)])
            file.addEntries(
                *map(list, zip(*[("chr1", start, end) for start, end, _ in steps], strict=True)),
                values=[float(value) for *_, value in steps],
            )
    else:
        path.write_text("".join(f"chr1\t{start}\t{end}\t{value}\n" for start, end, value in steps))
    return open_signal(path)


@pytest.mark.parametrize("ending", [".bw", ".bedGraph"])
@pytest.mark.parametrize(
    ("steps", "width"),
    [
        # The last block ends with the chromosome.
        ([(0, 5_000, 0), (5_000, 15_000, 1), (15_000, 95_000, 0), (95_000, 97_321, 1)], 5_000),
        ([(0, 200, 1), (600, 1_000, 0), (1_000, 2_000, 1)], 200),
        ([(0, 7, 0), (7, 12, 1), (12, 20, 0)], 1),
        ([(0, 5_000, 0), (5_000, 15_000, 1), (15_000, 15_001, 0.5), (20_000, 95_000, 0)], None),
        ([(0, 5_000, 0), (5_000, 10_000, 2)], None),
        ([(0, 5_000, 0), (5_000, 10_000, 0)], None),
        ([(0, 5_000, -1), (5_000, 10_000, 1), (10_000, 15_000, 0)], None),
    ],
)
def test_a_signal_of_nothing_but_0_and_1_tells_the_width_of_its_blocks(
    tmp_path: Path, ending: str, steps: list[tuple[float | int, ...] | tuple[int, ...]], width: int | None
) -> None:
    assert _write(tmp_path / f"s{ending}", steps, length=97_321).block_bases == width


def test_whether_a_signal_is_a_mark_is_found_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signal = _write(tmp_path / "s.bw", [(0, 5_000, 0), (5_000, 10_000, 1)])
    assert signal.block_bases == 5_000
    monkeypatch.setattr(signal, "_reader", None)
    assert signal.block_bases == 5_000
