"""`ebert jobs list | show | stop | resume | prune`: the same directories that the window's dock shows."""

import argparse
import contextlib
import datetime
import math
import os
from pathlib import Path

import msgspec

from ebert_core.cli.options import add_shared, print_json
from ebert_core.cli.overwriting import add_overwrite, judge_of
from ebert_core.jobs.control import remove_job, resume_job, resuming_command, stop_job
from ebert_core.jobs.directory import job_directory, jobs_folder, read_metrics
from ebert_core.jobs.prune import prunable_jobs
from ebert_core.jobs.reading import Damaged
from ebert_core.jobs.summary import list_jobs, summarise
from ebert_core.protocol.machine.showing import print_result, shown, tell
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.work import JobSummary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="jobs, newest first")
    add_shared(listing, "dataset", "json", dataset="jobs lie beside it (default: ./DATASET.toml)")
    _add_prune(actions.add_parser("prune", help="remove jobs that ended long ago; without --yes, say which"))
    for name, text in (
        ("show", "one job with its figures"),
        ("stop", "ask a job to stop"),
        ("resume", "go on with one, detached, on as many threads as before"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("job", metavar="DIRECTORY", help="the job's directory, as `ebert jobs list` prints it")
        add_shared(action, "json")
        if name == "resume":
            add_overwrite(action)
            action.add_argument(
                "--wait", action="store_true", help="stay until it ends, and end with its exit code: for batch scripts"
            )


def run(arguments: argparse.Namespace) -> None:
    """Does one action and prints what became of the job."""
    match arguments.action:
        case "list":
            folder = jobs_folder(_dataset(arguments.dataset))
            found = list_jobs(folder)
            if arguments.json:
                print_json(found)
            elif found:
                print_result("\n".join(map(line_of, found)))
            else:
                tell(_nothing_in(folder))
        case "prune":
            _prune(arguments)
        case "show":
            job = summarise(job_directory(arguments.job))
            _print(job, described(job), arguments)
        case "stop":
            job = stop_job(arguments.job)
            _print(job, f"Asked to stop: {line_of(job)}", arguments)
        case _:
            if arguments.wait:
                # In the place of this process, so that a batch script sees its output, its signals and its exit code.
                command = resuming_command(arguments.job, judge=judge_of(arguments))
                os.execv(command[0], command)
            job = resume_job(arguments.job, judge=judge_of(arguments))
            _print(job, line_of(job), arguments)


class ShownJob(msgspec.Struct, frozen=True):
    """A job with the last value of each of its curves, by `split name`; none where the figures cannot be read."""

    job: JobSummary
    figures: dict[str, float]


def _print(job: JobSummary, text: str, arguments: argparse.Namespace) -> None:
    """The job as JSON where that was asked for, else the text."""
    if not arguments.json:
        print_result(text)
        return
    figures = {}
    with contextlib.suppress(Damaged):
        curves = read_metrics(Path(job.directory)).curves
        figures = {f"{curve.split} {curve.name}": float(curve.values[-1]) for curve in curves if len(curve.values)}
    print_json(ShownJob(job, figures))


def _add_prune(action: argparse.ArgumentParser) -> None:
    add_shared(action, "dataset", dataset="jobs lie beside it (default: ./DATASET.toml)")
    action.add_argument(
        "--older-than", metavar="DAYS", type=float, default=30.0, help="only jobs that ended so long ago (default: 30)"
    )
    action.add_argument("--failed", action="store_true", help="only jobs that failed or were lost")
    action.add_argument(
        "--with-states",
        action="store_true",
        help="also jobs that could be resumed, and those that hold what another job names",
    )
    action.add_argument("--yes", action="store_true", help="remove them; without this, nothing is removed")


def _prune(arguments: argparse.Namespace) -> None:
    if not 0 <= arguments.older_than < math.inf:
        raise InvalidRequest(f"--older-than is {arguments.older_than}; give a number of days, such as 30.")
    folder = jobs_folder(_dataset(arguments.dataset))
    found = prunable_jobs(
        folder,
        arguments.older_than,
        failed_only=arguments.failed,
        with_states=arguments.with_states,
        # $EBERT_JOBS may hold the jobs of many.
        dataset=_dataset(arguments.dataset) if arguments.dataset else "",
    )
    bytes_freed, count, lines = 0, 0, []
    for each in found:
        lines.append(f"{_size(each.bytes_on_disk)}  {line_of(each.job)}")
        if each.kept_for:
            lines.append(f"  kept: {each.kept_for} (--with-states removes it, too)")
            continue
        try:
            if arguments.yes:
                remove_job(each.job.directory)
        except InvalidRequest as error:
            lines.append(f"  kept: {shown(str(error))}")
            continue
        bytes_freed += each.bytes_on_disk
        count += 1
    jobs = "a job" if count == 1 else f"{count} jobs"
    if not count:
        age = f"that ended more than {arguments.older_than:g} days ago" if arguments.older_than else "that has ended"
        which = "failed or lost job" if arguments.failed else "job"
        newer = " --older-than 0 takes newer ones." if arguments.older_than else ""
        lines.append(f"Nothing to remove: {folder} has no {which} {age} and is not kept.{newer}")
    elif arguments.yes:
        lines.append(f"Removed {jobs}, {_size(bytes_freed).strip()}.")
    else:
        lines.append(f"Would remove {jobs}, {_size(bytes_freed).strip()}. Nothing was removed; --yes does it.")
    print_result("\n".join(lines))


def _size(count: int) -> str:
    return f"{count / 1e6:8.1f} MB"


def _dataset(text: str | None) -> str:
    if text and not Path(text).is_file():
        raise InvalidRequest(f"There is no dataset {text}.")
    return str(Path(text or "DATASET.toml").absolute())


def _nothing_in(folder: Path) -> str:
    """Where was looked: the jobs of a dataset that lies elsewhere are found by naming it."""
    return f"No jobs in {folder}. Jobs lie beside their dataset; name it with --dataset DATASET.toml."


def line_of(job: JobSummary) -> str:
    """One job in one line, and in a second one what is wrong with its files."""
    started = datetime.datetime.fromtimestamp(job.started).strftime("%Y-%m-%d %H:%M")
    line = f"{job.state:<10}{100 * job.fraction:3.0f} %  {started}  {job.verb:<9}{shown(job.name)}  {job.directory}"
    return f"{line}\n  {shown(job.problem)}" if job.problem else line


def described(job: JobSummary) -> str:
    """One job with the last value of each of its curves."""
    lines = [line_of(job)]
    lines += [text for text in (job.note, job.message, job.details, job.result) if text]
    try:
        curves = read_metrics(Path(job.directory)).curves
    except Damaged as error:
        return "\n".join([*lines, f"  No figures: {error}."])
    for curve in curves:
        if len(curve.values):
            named = shown(f"{curve.split} {curve.name}")
            lines.append(f"  {named}: {curve.values[-1]:.4f} at step {curve.steps[-1]}")
    return "\n".join(lines)
