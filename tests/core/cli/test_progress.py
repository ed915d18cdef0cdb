"""A log says now and then how far a command is, a terminal always, and `--quiet` nobody."""

import re
import sys

import pytest

from ebert_core.cli.program import COMMANDS, main, parser_of
from ebert_core.cli.progress import Amount, Loudness, Progress, loudness_of
from ebert_core.cli.terminal import Terminal
from ebert_core.protocol.wording import bases

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


def lines(capsys) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_a_log_of_a_long_run_has_an_estimate_and_a_line_at_each_twentieth(capsys):
    run_for(14 * 3600, every=20)
    first, *progress, last = lines(capsys)
    assert first == "3.1 Gb x 1 cell type x 6 factors, about 14 h on 2 threads of X, bf16."
    assert [line[:10] for line in progress] == [f"{share:3d} %  chr" for share in range(5, 100, 5)]
    assert re.fullmatch(r" 50 %  chr1, 62 kb/s, 7 h left, until \w{3} \d\d:\d\d", progress[9])
    assert last == "Done in 14 h."


def test_a_log_has_no_more_than_a_line_a_minute(capsys):
    run_for(300)
    first, *progress, _ = lines(capsys)
    assert "about 5 min" in first
    assert [line[:5] for line in progress] == [" 20 %", " 40 %", " 60 %", " 80 %"]


def test_what_is_over_in_a_minute_says_nothing(capsys):
    run_for(50)
    assert lines(capsys) == []


def test_quiet_says_warnings_and_nothing_else(capsys):
    run_for(14 * 3600, "quiet", every=20)
    with Terminal(loudness="quiet") as report:
        report.event("Job /jobs/1")
        report.event("WARNING: K562 is not what it seems.")
        report.detail("versions")
        report.metric(1, 1, "validation", "auPRC", 0.5)
    assert lines(capsys) == ["WARNING: K562 is not what it seems."]


def test_verbose_has_a_line_a_minute_and_the_details(capsys):
    run_for(3600, "verbose")
    assert len(lines(capsys)) == 2 + 59
    for loudness, said in (("verbose", ["versions"]), ("normal", [])):
        with Terminal(loudness=loudness) as report:
            report.detail("versions")
        assert lines(capsys) == said


def test_an_estimate_that_was_wrong_is_said_again(capsys):
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


def test_work_that_begins_anew_is_not_measured_by_what_was_before(capsys):
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


def test_a_person_who_watches_has_one_line_that_is_rewritten(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run_for(600)
    said = capsys.readouterr().err
    estimate, rest = said.split("\n", 1)
    assert "about 10 min" in estimate
    assert rest.count("\n") == 1
    assert rest.endswith("\r\x1b[KDone in 10 min.\n")
    assert "\r\x1b[K 50 %  chr1, 5.2 Mb/s, 5 min left" in rest


@pytest.mark.parametrize("command", [name for name, known in COMMANDS.items() if known.is_long])
def test_every_long_command_has_both_and_not_together(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out
    assert "--quiet" in said
    assert "--verbose" in said
    with pytest.raises(SystemExit):
        parser_of([command]).parse_args([command, "--quiet", "--verbose"])


def test_predict_that_is_quiet_says_nothing_but_what_is_amiss(toy_binding, toy_checkpoint, tmp_path, capsys):
    words = ["predict", str(toy_checkpoint), str(toy_binding), "--factors", "FOS", "--regions", "chr2:1-3000"]
    words += ["--output", str(tmp_path / "{factor}.{cell_type}.bed.gz"), "--quiet", "--cell-types"]
    assert main([*words, "beta"]) == 0
    assert lines(capsys) == ["WARNING: In beta it predicts without DNase, which the dataset does not give."]
    assert loudness_of(parser_of(["predict"]).parse_args([*words, "beta"])) == "quiet"
