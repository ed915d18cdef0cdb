"""`ebert jobs list | show | stop | resume`: the same directories that the window's dock shows."""

import argparse
import datetime
from pathlib import Path

from ebert_core.jobs.control import resume_job, stop_job
from ebert_core.jobs.directory import job_directory, jobs_folder, read_metrics
from ebert_core.jobs.reading import Damaged
from ebert_core.jobs.summary import list_jobs, summarise
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.showing import print_result, shown
from ebert_core.protocol.work import JobSummary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="jobs, newest first")
    listing.add_argument(
        "--dataset", metavar="DATASET.toml", default="", help="jobs beside this dataset (default: ./DATASET.toml)"
    )
    for name, text in (
        ("show", "one job with its figures"),
        ("stop", "ask a job to stop"),
        ("resume", "go on with one"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("job", metavar="DIRECTORY", help="the job's directory, as `ebert jobs list` prints it")


def run(arguments: argparse.Namespace) -> None:
    """Does one action and prints what became of the job."""
    match arguments.action:
        case "list":
            folder = jobs_folder(_dataset(arguments.dataset))
            found = list_jobs(folder)
            print_result("\n".join(map(line_of, found)) if found else _nothing_in(folder))
        case "show":
            print_result(described(summarise(job_directory(arguments.job))))
        case "stop":
            print_result(f"Asked to stop: {line_of(stop_job(arguments.job))}")
        case _:
            print_result(line_of(resume_job(arguments.job)))


def _dataset(text: str) -> str:
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
    message = "" if job.message == job.problem else job.message
    lines += [text for text in (job.note, message, job.details, job.result) if text]
    try:
        curves = read_metrics(Path(job.directory)).curves
    except Damaged as error:
        return "\n".join([*lines, f"  No figures: {error}."])
    for curve in curves:
        if len(curve.values):
            named = shown(f"{curve.split} {curve.name}")
            lines.append(f"  {named}: {curve.values[-1]:.4f} at step {curve.steps[-1]}")
    return "\n".join(lines)
