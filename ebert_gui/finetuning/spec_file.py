"""Reads the spec of an earlier fine-tuning, so that its form can be filled again.

A spec is what the form itself writes, as the session is what the window writes; data is read by the workers alone.
"""

from pathlib import Path

from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.specs.on_disk import read_spec


def read_finetuning(path: Path) -> FineTune:
    """The fine-tuning in a spec file, its paths made whole, as its job would read it.

    Raises:
        InvalidRequest: the file cannot be read or holds no spec of a fine-tuning.
    """
    spec = read_spec(path, wanted=FineTune)
    assert isinstance(spec, FineTune), "a spec of another job is refused"
    return spec
