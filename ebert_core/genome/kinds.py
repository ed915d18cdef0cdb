"""What a file is: the table of all recognisers, those of plug-ins among them."""

from functools import cache

from ebert_core.genome.recognisers import BUILT_IN
from ebert_core.genome.recognising import Head, Recogniser, Recognisers
from ebert_core.protocol.machine.plugins import plugins_of
from ebert_core.protocol.machine.showing import tell
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.tracks import FileKind


@cache
def recognisers() -> Recognisers:
    """All that are installed; one that was switched off stays so until the process ends."""
    added = plugins_of("files", Recogniser, [each.name for each in BUILT_IN], lambda each: each.name)
    table = Recognisers(BUILT_IN, added.found)
    table.problems[:0] = added.problems
    for problem in table.problems:
        tell(problem)
    return table


def kind_of_file(path: Place) -> FileKind:
    """What a file or folder is, in a word and in a sentence.

    Raises:
        InvalidRequest: it cannot be read, or is nothing this program opens.
    """
    return recognisers().kind_of(Head.of(path))
