"""The files of a dataset that are open: each is opened once, and found once to be of the dataset's genome."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from ebert_core.genome.chromosomes import check_accessions, check_same_assembly, check_within
from ebert_core.genome.lines import Skipped
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.reading import reading


class OfChromosomes(Protocol):
    """A file that says of which chromosomes it speaks."""

    @property
    def path(self) -> Place:
        """Where it lies."""
        ...

    @property
    def chromosome_lengths(self) -> dict[str, int]:
        """The chromosomes that it names, each as long as it says or as far as it reaches."""
        ...

    @property
    def knows_lengths(self) -> bool:
        """Whether these are lengths of chromosomes, not only how far it reaches."""
        ...


Opened = TypeVar("Opened", bound=OfChromosomes)
Check = Callable[[Mapping[str, int], Mapping[str, int], str], None]


class OpenedFiles:
    """Files by kind and path, the path last; one that cannot be opened is tried again when it is asked for again."""

    def __init__(self, *, skips_bad_lines: bool) -> None:
        self._skips_bad_lines = skips_bad_lines
        self._opened: dict[tuple[str, ...], object] = {}
        self._fitting: set[tuple[str, ...]] = set()

    def skipped(self) -> Skipped | None:
        """Where a reader counts the lines that it leaves out; None where the first bad line is an error."""
        return Skipped() if self._skips_bad_lines else None

    def once(self, key: tuple[str, ...], read: Callable[[], Opened]) -> Opened:
        """The file of a key, opened when it is first asked for."""
        if key not in self._opened:
            with reading(key[-1]):
                self._opened[key] = read()
        return self._opened[key]  # type: ignore[return-value] # the key names the type

    def of_genome(
        self,
        key: tuple[str, ...],
        read: Callable[[], Opened],
        assembly: str,
        lengths: Mapping[str, int],
        check_reached: Check = check_within,
    ) -> Opened:
        """The same, once its chromosomes are found to be those of a genome.

        Args:
            key: its kind, and its path as the last.
            read: opens it.
            assembly: the genome's name.
            lengths: the genome's chromosomes.
            check_reached: what is asked of a file that only knows how far it reaches.

        Raises:
            InvalidRequest: it cannot be read, or is of another genome.
        """
        source = self.once(key, read)
        if key not in self._fitting:
            check = check_same_assembly if source.knows_lengths else check_reached
            check_accessions(assembly, lengths, source.chromosome_lengths, str(source.path))
            check(lengths, source.chromosome_lengths, str(source.path))
            self._fitting.add(key)
        return source
