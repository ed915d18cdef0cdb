"""The follower of jobs asks for the curves and the verdict of the job on screen."""

import pytest
from pytestqt.qtbot import QtBot

from ebert_core.protocol.specs import Predict
from ebert_core.protocol.tracks import CheckDraft, DatasetDraft, DraftCheck
from ebert_core.protocol.verdict import Judgement, Verdict
from ebert_core.protocol.work import CheckJob, JobCheck, JobVerdict, Metrics, ReadMetrics, ReadVerdict
from ebert_gui.loading.jobs import JobFollower
from ebert_gui.loading.opening import Opener
from ebert_gui.workers.state import Failure

VERDICT = Verdict(Judgement("CTCF", ("K562",), 37, 150, "level", "It is level."), "motif x state", "chr20")


def test_curves_and_verdict_of_the_shown_job_arrive_with_its_directory(qtbot: QtBot, workspace, data) -> None:
    follower = JobFollower(workspace, data)
    follower.show_metrics("/jobs/1")
    assert data.requests(ReadVerdict) == [ReadVerdict("/jobs/1")]
    assert data.requests(ReadMetrics) == [ReadMetrics("/jobs/1")]
    (_, take_metrics, _), (_, take_verdict, _) = data.open.values()
    with qtbot.waitSignal(follower.verdict) as told:
        take_verdict(JobVerdict(VERDICT))
    assert told.args == ["/jobs/1", VERDICT]
    with qtbot.waitSignal(follower.metrics):
        take_metrics(Metrics(()))


SPEC = Predict("/c", "/d/DATASET.toml", "alpha", "CTCF", "/d/x.bw")


def test_a_check_that_was_lost_with_its_worker_is_asked_once_more_and_then_said(loader, workspace, data) -> None:
    follower, told = JobFollower(workspace, data), []
    data.open.clear()
    follower.check(SPEC, told.append)
    data.fail_all(Failure("lost", "The data worker crashed."))
    assert len(data.requests(CheckJob)) == 2
    assert told == [JobCheck("The data worker crashed.")]


@pytest.mark.parametrize("kind", ["invalid", "bug", "avoided"])
def test_why_a_check_failed_is_said_where_it_was_asked(loader, workspace, data, kind) -> None:
    follower, told = JobFollower(workspace, data), []
    data.open.clear()
    follower.check(SPEC, told.append)
    data.fail_all(Failure(kind, "The data worker ended while it read /d/x.bw.", file="/d/x.bw"))
    assert told == [JobCheck("The data worker ended while it read /d/x.bw.")]


def test_a_check_that_a_newer_one_replaced_says_nothing(loader, workspace, data) -> None:
    follower, told = JobFollower(workspace, data), []
    data.open.clear()
    follower.check(SPEC, told.append)
    data.fail_all(Failure("replaced"))
    assert (told, len(data.requests(CheckJob))) == ([], 1)


@pytest.mark.parametrize(("kind", "asked"), [("lost", 2), ("avoided", 2), ("replaced", 1)])
def test_files_of_a_draft_are_checked_once_more_after_the_worker_ended(loader, workspace, data, kind, asked) -> None:
    told: list[DraftCheck] = []
    data.open.clear()
    Opener(workspace, data, data).check_draft(DatasetDraft("/d.toml", "d", "hg19", "/d.fa"), told.append)
    data.fail_all(Failure(kind, file="/d.fa"))
    assert (len(data.requests(CheckDraft)), told) == (asked, [])
