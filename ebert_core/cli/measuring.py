"""What commands that measure a checkpoint on held-out loci share: what a person sees of it."""

from ebert_core.protocol.showing import is_watched, tell, tell_over


class Shown:
    """A line that a person watches; what is worth keeping goes to stderr for everybody."""

    def __init__(self) -> None:
        self._is_watched = is_watched()

    def progress(self, fraction: float, note: str) -> None:
        """One line, rewritten, where a person watches."""
        if self._is_watched:
            tell_over(f"{fraction:4.0%} {note}")

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """Measuring has no curve."""

    def event(self, text: str) -> None:
        """A line for everybody."""
        self.end()
        tell(text)

    def stop_requested(self) -> bool:
        """Ctrl-C ends it, nothing else."""
        return False

    def end(self) -> None:
        """Clears the line."""
        tell_over("")
