"""The follower of jobs asks for the curves and the verdict of the job on screen."""

from pytestqt.qtbot import QtBot

from ebert_core.protocol.verdict import Judgement, Verdict
from ebert_core.protocol.work import JobVerdict, Metrics, ReadMetrics, ReadVerdict
from ebert_gui.loading.jobs import JobFollower

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
