"""Specs for a command: read from a file, which must be one for this command."""

from pathlib import Path

from ebert_core.jobs.reporter import JobReporter, open_job
from ebert_core.jobs.specs import read_spec, verb
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import JobSpec


def read_spec_for(command: str, path: Path) -> JobSpec:
    """The spec in a file, its paths absolute.

    Raises:
        InvalidRequest: the file is absent, wrong, or for another command.
    """
    spec = read_spec(path)
    if verb(spec) != command:
        raise InvalidRequest(f"{path} is a spec for ebert {verb(spec)}, not for ebert {command}.")
    return spec


def job_of(spec: JobSpec, directory: str | None) -> JobReporter:
    """The reporter of a job that the window made, or of a new one, which needs a dataset beside which it can lie.

    Raises:
        InvalidRequest: there is no such dataset, or no job can be made.
    """
    if directory is None and not Path(spec.dataset).is_file():
        if not Path(spec.dataset).is_dir():
            raise InvalidRequest(f"There is no file {spec.dataset}.")
        inside = Path(spec.dataset) / "DATASET.toml"
        advice = f"name {inside}" if inside.is_file() else "name the DATASET.toml that describes the files"
        raise InvalidRequest(f"{spec.dataset} is a folder; {advice}.")
    return open_job(spec, directory)
