"""What a fine-tuning keeps of the checkpoint that it starts from, in sentences: as windows and logs say it."""

from collections.abc import Iterator, Sequence

from ebert_core.protocol.terms.wording import listed


def changed_names(start: str, kind: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Sentences on names that only one of the two has; none where a checkpoint has none of the kind or all stay.

    Args:
        start: the checkpoint to start from.
        kind: what the names are of, in the plural: `factors`.
        before: the checkpoint's.
        after: those of the fine-tuning.
    """
    if not before:
        return
    new = [name for name in after if name not in before]
    gone = [name for name in before if name not in after]
    if new:
        yield f"New to {start}, and learnt from the start: the {kind} {listed(new)}."
    if gone:
        yield f"Left behind, since this fine-tuning does not use them: the {kind} {listed(gone)} of {start}."
