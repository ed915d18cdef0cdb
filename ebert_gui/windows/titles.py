"""What stands in the title of a window: the session, the data, the program."""

from pathlib import Path

from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.tracks import DatasetSummary

_PROGRAM = "EBERT Browser"
# Where Qt puts the star of what is not saved; twice, it stands for itself.
_STAR = "[*]"


def title_of_window(dataset: DatasetSummary | None, session: Path | None) -> str:
    """The title of a window, with the place of the star by which a session that is not saved is known."""
    parts = []
    if session is not None:
        parts.append(f"{_literal(session.name)}{_STAR}")
    if dataset is not None:
        name, assembly = dataset.name or "Files", dataset.assembly or "no assembly"
        is_told = dataset.seed is None or "SYNTHETIC" in name
        parts.append(_literal(f"{'' if is_told else 'SYNTHETIC · '}{name} ({assembly})"))
    return " · ".join((*parts, _PROGRAM))


def _literal(text: str) -> str:
    return shown(text).replace(_STAR, _STAR * 2)
