"""A log says now and then how far a command is, a terminal always, and `--quiet` nobody."""

import re
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from ebert_core.cli.predict import amount_of
from ebert_core.cli.program import COMMANDS, main, parser_of
from ebert_core.cli.progress import Amount, Loudness, Progress, loudness_of
from ebert_core.cli.terminal import Terminal
from ebert_core.inference.export import Plan
from ebert_core.jobs.directory import STOP, read_metrics
from ebert_core.jobs.reporter import open_job
from ebert_core.jobs.summary import summarise
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Warned
from ebert_core.protocol.terms.wording import bases

GENOME = Amount(
    "3.1 Gb x 1 cell type x 6 factors", 3.1e9, lambda rate: f"{bases(round(rate))}/s", "2 threads of X, bf16"
)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def run_for(seconds: float, loudness: Loudness = "normal", amount: Amount | None = GENOME, every: float = 2.0) -> None:
    """Work that goes on evenly and ends after so many seconds."""
    clock = Clock()
    shown = Progress(loudness, clock, wall=lambda: 0.0)
    if amount:
        shown.expect(amount)
    while clock.now < seconds:
        shown.show(clock.now / seconds, "chr1")
        clock.now += every
    shown.done()


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_a_log_of_a_long_run_has_an_estimate_and_a_line_at_each_twentieth(capsys: pytest.CaptureFixture[str]) -> None:
    run_for(14 * 3600, every=20)
    first, *progress, last = lines(capsys)
    assert first == "3.1 Gb x 1 cell type x 6 factors, about 14 h on 2 threads of X, bf16."
    assert [line[:10] for line in progress] == [f"{share:3d} %  chr" for share in range(5, 100, 5)]
    assert re.fullmatch(r" 50 %  chr1, 62 kb/s, 7 h left, until \w{3} \d\d:\d\d", progress[9])
    assert last == "Done in 14 h."


def test_a_log_has_no_more_than_a_line_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    run_for(300)
    first, *progress, _ = lines(capsys)
    assert "about 5 min" in first
    assert [line[:5] for line in progress] == [" 20 %", " 40 %", " 60 %", " 80 %"]


def test_what_is_over_in_a_minute_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run_for(50)
    assert lines(capsys) == []


def test_quiet_says_warnings_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    run_for(14 * 3600, "quiet", every=20)
    with Terminal(loudness="quiet") as report:
        report.event("Job /jobs/1")
        report.event("WARNING: so begins a sentence that is none.")
        report.event(Warned("K562 is not what it seems."))
        report.detail("versions")
        report.metric(1, 1, "validation", "auPRC", 0.5)
    assert lines(capsys) == ["WARNING: K562 is not what it seems."]


def test_verbose_has_a_line_a_minute_and_the_details(capsys: pytest.CaptureFixture[str]) -> None:
    run_for(3600, "verbose")
    assert len(lines(capsys)) == 2 + 59
    each: tuple[tuple[Loudness, list[str]], ...] = (("verbose", ["versions"]), ("normal", []))
    for loudness, said in each:
        with Terminal(loudness=loudness) as report:
            report.detail("versions")
        assert lines(capsys) == said


def test_an_estimate_that_was_wrong_is_said_again(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    shown = Progress("normal", clock, wall=lambda: 0.0)
    shown.expect(GENOME)
    fraction = 0.0
    while fraction < 0.5:
        shown.show(fraction, "chr1")
        clock.now += 2
        fraction += 0.001 if fraction < 0.1 else 0.0001
    said = [line for line in lines(capsys) if " %  " not in line]
    assert said[0].startswith("3.1 Gb x 1 cell type x 6 factors, about 33 min on")
    assert re.fullmatch(r"It takes about .* more, and not .* as was expected\.", said[1])
    assert len(said) < 8


def test_work_that_begins_anew_is_not_measured_by_what_was_before(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    shown = Progress("normal", clock, wall=lambda: 0.0)
    for second in range(0, 100, 2):
        clock.now = float(second)
        shown.show(second / 100, "store")
    shown.show(0.0, "training")
    clock.now += 5
    shown.show(0.01, "training")
    assert all("training" not in line for line in lines(capsys))
    clock.now += 1000
    shown.show(0.06, "training")
    [line] = lines(capsys)
    assert line.startswith("  6 %  training, 4 h 20 min left")


def test_a_person_who_watches_has_one_line_that_is_rewritten(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run_for(600)
    said = capsys.readouterr().err
    estimate, rest = said.split("\n", 1)
    assert "about 10 min" in estimate
    assert rest.count("\n") == 1
    assert rest.endswith("\r\x1b[KDone in 10 min.\n")
    assert "\r\x1b[K 50 %  chr1, 5.2 Mb/s, 5 min left" in rest


def test_a_sentence_stands_on_a_line_of_its_own_where_one_is_rewritten(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    clock = Clock()
    shown = Progress("normal", clock, wall=lambda: 0.0)
    shown.show(0.1, "chr1")
    clock.now = 0.1
    shown.show(0.2, "chr2")  # too soon after the one before
    shown.line("The disk is nearly full.")
    clock.now = 0.2
    shown.show(0.3, "chr3")
    assert capsys.readouterr().err == "\r\x1b[K 10 %  chr1\r\x1b[KThe disk is nearly full.\n\r\x1b[K 30 %  chr3"
    shown.done()
    assert capsys.readouterr().err == "\r\x1b[K", "nothing was said for long, so nothing of how long it took"


def test_what_a_job_reports_is_recorded_and_what_a_person_wants_to_know_is_shown(
    toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = Predict("/c", str(toy_binding), "alpha", "FOS", str(tmp_path / "x.bw"))
    with open_job(spec) as job:
        with Terminal(job) as report:
            report.event("Begun.")
            report.detail("On 2 threads.")
            report.progress(0.5, "chr2")
            report.metric(7, 1, "validation", "auPRC", 0.25)
            report.metric(7, 1, "training", "loss", 0.5)
            (job.directory / STOP).touch()
            assert report.stop_requested()
        found = summarise(job.directory)
        assert (found.fraction, found.note) == (0.5, "stopping")
        assert "On 2 threads." in (job.directory / "events.jsonl").read_text()
        curves = read_metrics(job.directory).curves
    assert {(each.split, each.name, float(each.values[-1])) for each in curves} == {
        ("validation", "auPRC", 0.25),
        ("training", "loss", 0.5),
    }
    assert lines(capsys) == ["Begun.", "step 7, held out: auPRC 0.2500"]
    with Terminal() as alone:
        assert not alone.stop_requested()


def test_a_line_is_held_back_until_the_work_gets_anywhere_and_said_once(
    toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        open_job(Predict("/c", str(toy_binding), "alpha", "FOS", str(tmp_path / "x.bw"))) as job,
        Terminal(job) as report,
    ):
        report.announce("Job 1")
        report.progress(0.0, "reading")
        assert lines(capsys) == []
        report.progress(0.1, "chr1")
        report.progress(0.2, "chr1")
        report.metric(1, 1, "training", "loss", 0.5)
        assert lines(capsys) == ["Job 1"]
        assert (job.directory / "events.jsonl").read_text().count("Job 1") == 1
    with Terminal() as report:
        report.announce("Job 2")
        report.metric(1, 1, "training", "loss", 0.5)
        assert lines(capsys) == ["Job 2"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InvalidRequest("There is no chr99."), []),
        (RuntimeError("a mistake of ours"), ["Job 1"]),
        (KeyboardInterrupt(), ["Job 1"]),
        (None, []),
    ],
)
def test_what_was_held_back_is_said_when_work_fails_and_not_when_it_was_refused(
    error: BaseException | None, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with suppress(type(error) if error else RuntimeError), Terminal() as report:
        report.announce("Job 1")
        if error:
            raise error
    assert lines(capsys) == said


@pytest.mark.parametrize("error", [None, RuntimeError("a mistake of ours")])
def test_work_that_ends_leaves_no_half_line_behind_however_it_ends(
    error: RuntimeError | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with suppress(RuntimeError), Terminal() as report:
        report.progress(0.5, "chr1")
        if error:
            raise error
    assert capsys.readouterr().err == "\r\x1b[K 50 %  chr1\r\x1b[K"


def test_the_amount_of_a_prediction_is_said_in_bases_factors_and_what_computes_it() -> None:
    amount = amount_of(Plan(bins=62_000_000, known=60_000_000, factors=6, engine="2 threads of X, bf16", processes=1))
    assert (amount.words, amount.means) == ("3.1 Gb x 1 cell type x 6 factors", "2 threads of X, bf16")
    assert (amount.size, amount.rate(62_000.0)) == (3.0e9, "62 kb/s")
    several = amount_of(Plan(bins=20, known=20, factors=1, engine="1 thread of X", processes=3))
    assert (several.words, several.means) == ("1 kb x 1 cell type x 1 factor", "3 processes of 1 thread of X")


@pytest.mark.parametrize("command", [name for name, known in COMMANDS.items() if known.is_long])
def test_every_long_command_has_both_and_not_together(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out
    assert "--quiet" in said
    assert "--verbose" in said
    with pytest.raises(SystemExit):
        parser_of([command]).parse_args([command, "--quiet", "--verbose"])


def test_predict_that_is_quiet_says_nothing_but_what_is_amiss(
    toy_binding: Path, toy_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["predict", str(toy_checkpoint), str(toy_binding), "--factors", "FOS", "--regions", "chr2:1-3000"]
    words += ["--output", str(tmp_path / "{factor}.{cell_type}.bed.gz"), "--quiet", "--cell-types"]
    assert main([*words, "beta"]) == 0
    assert lines(capsys) == ["WARNING: In beta it predicts without DNase, which the dataset does not give."]
    assert loudness_of(parser_of(["predict"]).parse_args([*words, "beta"])) == "quiet"
