"""`ebert pretrain | finetune | evaluate SPEC.toml`: jobs that run from a spec, in the terminal or detached.

Under `torchrun` the first process is the job; the others compute with it and write nothing.
"""

import argparse
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ebert_core.cli.options import add_shared
from ebert_core.cli.outcomes import Ending, summary_of, verdict_on
from ebert_core.cli.overwriting import add_overwrite, judge_of, refuse_loss
from ebert_core.cli.progress import loudness_of
from ebert_core.cli.spec_files import add_changes, job_of, read_spec_for
from ebert_core.cli.terminal import Terminal
from ebert_core.jobs.control import refuse_going_on, refuse_second
from ebert_core.jobs.directory import jobs_folder
from ebert_core.jobs.lock import writing_to
from ebert_core.jobs.summary import jobs_writing_to
from ebert_core.protocol.machine.launched import launched
from ebert_core.protocol.machine.showing import print_result
from ebert_core.protocol.specs.jobs import Evaluate, JobSpec
from ebert_core.protocol.specs.on_disk import KINDS, verb
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Report, Stopped
from ebert_core.protocol.work import LIVE

# Runs a spec: told where to report and where the state to resume from lies; returns what it made.
_Run = Callable[[JobSpec, Report, Path], Path]


_GOING_ON = ("--resume", "--resume-or-begin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what all jobs take."""
    parser.add_argument("spec", metavar="SPEC.toml", help="the request; docs/specs.md lists the keys")
    command = parser.prog.rpartition(" ")[2]
    add_changes(parser, KINDS[command])
    is_evaluation = command == "evaluate"
    parser.add_argument(
        "--resume",
        action="store_true",
        # The window resumes every job by this flag; an evaluation keeps nothing and begins anew.
        help=argparse.SUPPRESS if is_evaluation else "go on with the newest unfinished job of this spec",
    )
    parser.add_argument(
        "--resume-or-begin",
        action="store_true",
        help=argparse.SUPPRESS if is_evaluation else "the same, and begin where there is none: for scripts",
    )
    add_overwrite(parser)
    if is_evaluation:
        add_shared(parser, "json", json="what the output file holds")
    parser.add_argument("--job", metavar="DIRECTORY", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> None:
    """Runs the job and prints the path of what it made."""
    spec = read_spec_for(arguments.command, Path(arguments.spec), arguments)
    if launched() is not None:
        _run_together(spec, arguments)
    else:
        _run_job(spec, arguments, _runner(verb(spec), arguments.words))


def _run_job(spec: JobSpec, arguments: argparse.Namespace, runner: _Run) -> None:
    directory = arguments.job or _job_to_go_on_with(spec, arguments)
    if directory is None:
        refuse_second(spec)
        refuse_loss(spec, arguments)
    elif not arguments.job:
        refuse_going_on(spec, directory, judge_of(arguments))
    with job_of(spec, directory) as job, Terminal(job, loudness_of(arguments)) as report:
        report.announce(f"Job {job.directory}")
        try:
            with writing_to(Path(spec.output), job.directory):
                output = runner(spec, report, job.checkpoints)
        except (Stopped, KeyboardInterrupt) as error:
            if isinstance(spec, Evaluate):
                raise
            if not any(job.checkpoints.iterdir()):
                raise Stopped("Stopped at once; nothing had been saved to go on from.") from None
            what = str(error) or "Stopped at once; go on from the state that was saved last:"
            raise Stopped(f"{what} {_resuming(arguments)}") from None
        job.finish(str(output), verdict=verdict_on(spec, output))
        job.forget_checkpoints()
    if getattr(arguments, "json", False):
        print_result(output.read_text(encoding="utf-8").rstrip("\n"))
    else:
        print_result(f"{summary_of(spec, output)}{output}")


def _resuming(arguments: argparse.Namespace) -> str:
    """The command line that goes on with what this one began: a changed spec must be changed again."""
    words = [word for word in arguments.words if word not in (*_GOING_ON, "--job", arguments.job)]
    return shlex.join(["ebert", *words, "--resume"])


def _job_to_go_on_with(spec: JobSpec, arguments: argparse.Namespace) -> str | None:
    """The job that is asked to go on, None where one begins."""
    if not (arguments.resume or arguments.resume_or_begin):
        return None
    found = _unfinished(spec)
    if found.directory or arguments.resume_or_begin:
        return found.directory or None
    begun = f"No unfinished job of this spec lies in {jobs_folder(spec.dataset)}"
    if not found.changed:
        raise InvalidRequest(f"{begun}; run it without --resume.")
    raise InvalidRequest(
        f"{begun}. {found.changed}: a changed spec cannot go on; change it back, or run it without --resume."
    )


def _run_together(spec: JobSpec, arguments: argparse.Namespace) -> None:
    """One of the processes that `torchrun` started."""
    if isinstance(spec, Evaluate):
        raise InvalidRequest("An evaluation runs in one process; start it without torchrun: ebert evaluate SPEC.toml")
    from ebert_core.material.distributed import LostProcess, SharedReport, agreed_text, is_first, joined

    runner = _runner(verb(spec))

    def run_first(spec: JobSpec, report: Report, work: Path) -> Path:
        return runner(spec, SharedReport(report), Path(agreed_text(str(work))))

    with joined(spec.device):
        if is_first():
            _run_job(spec, arguments, run_first)
        else:
            # Asked to end, all go on until the first, which has been asked too, has saved the state.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            try:
                runner(spec, SharedReport(None), Path(agreed_text("")))
            except LostProcess:
                sys.exit(Ending.REFUSED)  # whoever was lost says why, and the first says that somebody was


def _runner(name: str, words: Sequence[str] = ()) -> Callable[..., Path]:
    """Torch is imported only now, after the spec has been read."""
    if name == "pretrain":
        from ebert_core.training.pretrain import pretrain

        return pretrain
    if name == "finetune":
        from ebert_core.training.finetune import finetune

        return finetune
    from ebert_core.judging.evaluate import evaluate

    return partial(evaluate, command=shlex.join(["ebert", *words]))


class _Unfinished(NamedTuple):
    """The newest job of the same request that did not end; else what is known of one with another request."""

    directory: str = ""
    changed: str = ""


def _unfinished(spec: JobSpec) -> _Unfinished:
    """Of the jobs that write where this one does.

    Raises:
        InvalidRequest: one of them still runs.
    """
    changed = ""
    for job, begun in jobs_writing_to(spec):
        if job.state in LIVE:
            stop = shlex.join(("ebert", "jobs", "stop", job.directory))
            raise InvalidRequest(f"{job.directory} still runs; stop it first: {stop}")
        if begun == spec and job.state != "done":
            return _Unfinished(job.directory)
        if job.state != "done" and not changed:
            keys = [key for key in spec.__struct_fields__ if getattr(spec, key) != getattr(begun, key)]
            changed = f"{job.directory} is unfinished and writes there, too, with another {', '.join(keys)}"
    return _Unfinished(changed=changed)
