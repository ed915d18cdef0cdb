"""The kinds of model that can be opened: the built-in ones and those of plug-ins, through the same door."""

from ebert_core.protocol.machine.plugins import plugins_of
from ebert_core.protocol.machine.showing import tell
from ebert_core.providers.ebert import EBERT
from ebert_core.providers.motifs import MOTIFS
from ebert_core.providers.provider import ProviderKind

BUILT_IN: tuple[ProviderKind, ...] = (MOTIFS, EBERT)


def provider_kinds() -> tuple[ProviderKind, ...]:
    """All that are installed, those of plug-ins first; what cannot be loaded is said on stderr.

    EBERT is last: a path that no other kind recognises is refused by its sentences.
    """
    added = plugins_of("providers", ProviderKind, [kind.name for kind in BUILT_IN], lambda kind: kind.name)
    for problem in added.problems:
        tell(problem)
    return (*added.found, *BUILT_IN)
