"""An opened dataset: what it holds, and the readers of its files, each opened when first asked for."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.first_look import joint_lengths
from ebert_core.dataset.layout import CellTypePaths, Layout, read_layout
from ebert_core.dataset.opened_files import Check, Opened, OpenedFiles
from ebert_core.dataset.palette import palette, usual_colours
from ebert_core.dataset.quantiles import Quantiles, Sampled, quantiles_of, sample_of
from ebert_core.dataset.track_files import kind_of_track, listed_tracks, opener_of, with_bare_files
from ebert_core.dataset.truth import PlantedSites
from ebert_core.genome.annotation import FeatureSource, read_features, read_genes
from ebert_core.genome.chromosomes import (
    check_names,
    check_same_assembly,
    check_within,
    read_bands,
    read_chromosome_sizes,
)
from ebert_core.genome.features import Features, merged_genes
from ebert_core.genome.lines import Skipped
from ebert_core.genome.motifs import Matrices, find_motif, log_odds, motif_place
from ebert_core.genome.places import is_empty
from ebert_core.genome.recognising import TrackFile
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import OpenSignal, open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.shapes import RunClass
from ebert_core.protocol.terms.addresses import Place, place_of
from ebert_core.protocol.terms.alphabets import mixed_alphabets
from ebert_core.protocol.terms.assemblies import wrong_assembly
from ebert_core.protocol.terms.chromosome_names import FirstNames, KnownNames, in_natural_order, natural_order
from ebert_core.protocol.terms.errors import InvalidRequest, about
from ebert_core.protocol.terms.inputs import parse_related
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reading import reading
from ebert_core.protocol.terms.wording import has_no
from ebert_core.protocol.tracks import Band, BareFile


class Dataset:
    """A dataset opened from a DATASET.toml, or made of bare files. Positions beyond a chromosome's end are N."""

    def __init__(
        self, layout: Layout, path: Path | None = None, files: Sequence[BareFile] = (), *, is_for_drawing: bool = False
    ) -> None:
        """Takes what a description says; nothing is read yet.

        Lines that make no sense are left out of a dataset that `is_for_drawing`, and its sources say how many in their
        remarks; otherwise, as for training, the first of them is an error.
        """
        self.layout = layout
        self._is_for_drawing = is_for_drawing
        self.path = path
        self.files = tuple(files)
        self._opened = OpenedFiles(skips_bad_lines=is_for_drawing)
        self._quantiles: dict[str, Quantiles] = {}

    @classmethod
    def open(cls, path: Path, *, is_for_drawing: bool = False, inputs: Sequence[str] = ()) -> "Dataset":
        """The dataset of a DATASET.toml; its reference and lengths are checked now, its tracks when they are read.

        Args:
            path: the file.
            is_for_drawing: whether lines that make no sense are left out.
            inputs: signals to read in the place of others, such as `DNase=ATAC`, before what the file says of it.

        Raises:
            InvalidRequest: the file or one that it names makes no sense, or no cell type has a signal to read instead.
        """
        with reading(path):
            layout = read_layout(path)
        related = parse_related(inputs)
        layout = msgspec.structs.replace(layout, inputs={**layout.inputs, **related})
        tracks = tuple(listed_tracks(layout.tracks)) if is_for_drawing else ()
        dataset = cls(layout, path.absolute(), tracks, is_for_drawing=is_for_drawing)
        for given in related.values():
            if given not in dataset.signal_names:
                names = ", ".join(dataset.signal_names) or "none"
                raise InvalidRequest(f"No cell type of {layout.name} has the signal {given}; there are: {names}.")
        dataset.check_genome()
        dataset.check_assembly()
        return dataset

    def check_assembly(self) -> None:
        """Refuses a known assembly's name over the chromosomes of another one.

        Raises:
            InvalidRequest: it is so.
        """
        if wrong := wrong_assembly(self.layout.assembly, self.chromosome_lengths):
            raise InvalidRequest(f"{self.path}: {wrong}." if self.path else f"{wrong[0].upper()}{wrong[1:]}.")

    def check_genome(self) -> None:
        """Refuses a dataset of which nobody knows the chromosomes, or whose files disagree on them.

        Raises:
            InvalidRequest: it is one.
        """
        if not self.chromosome_lengths:
            raise InvalidRequest(f"{self.path} names neither a reference nor chromosome_sizes.")
        if self.reference and self.layout.chromosome_sizes:
            source = self.layout.chromosome_sizes
            check_same_assembly(self.reference.chromosome_lengths, self.chromosome_lengths, source)

    @classmethod
    def from_files(cls, paths: Sequence[Place]) -> "Dataset":
        """An unsaved dataset of bare files; chromosome lengths come from whichever file knows them.

        Raises:
            InvalidRequest: a file cannot be read, or none tells of a chromosome.
        """
        return cls(Layout(name=", ".join(path.name for path in paths[:3])), is_for_drawing=True).with_files(paths)

    def with_files(self, paths: Sequence[Place]) -> "Dataset":
        """This dataset with bare files beside its tracks.

        Raises:
            InvalidRequest: a file cannot be read or is of another assembly.
        """
        layout, files = with_bare_files(self.layout, self.files, paths)
        joined = Dataset(layout, self.path, files, is_for_drawing=self._is_for_drawing)
        if not joined.chromosome_lengths:
            raise InvalidRequest(f"No chromosome is known from {', '.join(map(str, paths))}.")
        return joined

    @cached_property
    def reference(self) -> Reference | None:
        """The reference sequence, when the dataset has one."""
        if not self.layout.reference:
            return None
        with reading(self.layout.reference):
            return Reference(place_of(self.layout.reference))

    @cached_property
    def chromosome_lengths(self) -> dict[str, int]:
        """Lengths by chromosome: in the order of the dataset's file, of bare files in natural order."""
        lengths = self._lengths()
        return lengths if self.path else {name: lengths[name] for name in in_natural_order(lengths)}

    def _lengths(self) -> dict[str, int]:
        if self.layout.chromosome_sizes:
            with about(self.layout.chromosome_sizes):
                return read_chromosome_sizes(place_of(self.layout.chromosome_sizes))
        if self.reference:
            return self.reference.chromosome_lengths
        return joint_lengths(map(self.track_file, self.files))

    @cached_property
    def chromosome_names(self) -> KnownNames:
        """Which of its chromosomes is meant by any name of it."""
        return KnownNames(self.chromosome_lengths)

    @cached_property
    def genes(self) -> FeatureSource | None:
        """The genes, when the dataset has them."""
        return self.gene_file(self.layout.genes) if self.layout.genes else None

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """Cytogenetic bands."""
        if not self.layout.cytobands:
            return ()
        with about(self.layout.cytobands):
            return read_bands(place_of(self.layout.cytobands))

    @cached_property
    def blacklist(self) -> FeatureSource | None:
        """Regions where measurements are not to be trusted."""
        return read_features(place_of(self.layout.blacklist)) if self.layout.blacklist else None

    @cached_property
    def labelled(self) -> FeatureSource | None:
        """Where peaks were called; outside, nothing is a negative. None means everywhere."""
        return read_features(place_of(self.layout.labelled_regions)) if self.layout.labelled_regions else None

    @cached_property
    def labelled_regions(self) -> tuple[Interval, ...] | None:
        """The same as intervals."""
        if self.labelled is None:
            return None
        return tuple(Interval(each.chromosome, each.start, each.end) for each in self.labelled)

    @cached_property
    def truth(self) -> PlantedSites | None:
        """The planted sites of a synthetic genome."""
        return PlantedSites(place_of(self.layout.truth)) if self.layout.truth else None

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """The segmentation's alphabet: what the dataset names, or the names in its files in natural order."""
        if self.layout.state_names:
            return self.layout.state_names
        if self.mixed_alphabets and not self._is_for_drawing:
            raise InvalidRequest(f"{self.path or self.layout.name}: {self.mixed_alphabets}")
        return tuple(sorted({name for names in self._named_states.values() for name in names}, key=natural_order))

    @cached_property
    def mixed_alphabets(self) -> str:
        """Why the segmentations do not belong together, where the dataset names no states; empty where they do."""
        return "" if self.layout.state_names else mixed_alphabets(self._named_states)

    @cached_property
    def _named_states(self) -> dict[str, tuple[str, ...]]:
        """The names of states in the segmentation of each cell type that has one."""
        names: dict[str, tuple[str, ...]] = {}
        found: dict[str, tuple[str, ...]] = {}
        for cell, paths in self.layout.cell_types.items():
            if paths.states and paths.states not in names:
                with reading(paths.states):
                    read = Segmentation(place_of(paths.states), (), self._opened.skipped(), self.layout.renamed_states)
                    names[paths.states] = tuple(read.names)
            if paths.states:
                found[cell] = names[paths.states]
        return found

    @cached_property
    def state_colours(self) -> tuple[RunClass, ...]:
        """The states with their colours: the dataset's, else a file's, else the usual ones, else a palette of ours."""
        if self.layout.state_colours:
            return tuple(map(RunClass, self.state_names, self.layout.state_colours))
        found: dict[str, str] = {}
        for name in self.cell_types:
            segmentation = self.states(name) if not found else None
            found = segmentation.colours if segmentation else found
        if len(self.state_names) > 1 and len(set(found.values())) == 1:
            # One colour for all, mostly black, tells no states apart.
            found = {}
        found = found or usual_colours(self.state_names)
        ours_by_place = palette(len(self.state_names))
        return tuple(
            RunClass(name, found.get(name, ours)) for name, ours in zip(self.state_names, ours_by_place, strict=True)
        )

    @property
    def cell_types(self) -> tuple[str, ...]:
        """Names of the cell types."""
        return tuple(self.layout.cell_types)

    @property
    def factors(self) -> tuple[str, ...]:
        """Factors with peaks in any cell type, in alphabetical order."""
        return tuple(sorted({factor for cell in self.layout.cell_types.values() for factor in cell.peaks}))

    @property
    def signal_names(self) -> tuple[str, ...]:
        """Signals of any cell type, in order of appearance."""
        return tuple(dict.fromkeys(name for cell in self.layout.cell_types.values() for name in cell.signals))

    def cell_type(self, name: str) -> CellTypePaths:
        """The files of a cell type.

        Raises:
            InvalidRequest: the dataset has no such cell type.
        """
        if name not in self.layout.cell_types:
            raise InvalidRequest(has_no(self.path or self.layout.name, "cell type", name, self.cell_types))
        return self.layout.cell_types[name]

    def is_assayed(self, cell_type: str, factor: str) -> bool:
        """Whether the factor's binding was measured in the cell type."""
        return cell_type in self.layout.cell_types and factor in self.layout.cell_types[cell_type].peaks

    def states(self, cell_type: str) -> Segmentation | None:
        """The segmentation of a cell type, or None where it has none; ids index `state_names`."""
        path = self.cell_type(cell_type).states
        if not path:
            return None
        read = partial(
            Segmentation, place_of(path), self.state_names, self._opened.skipped(), self.layout.renamed_states
        )
        return self._checked(("states", path), read)

    def signal(self, cell_type: str, signal: str) -> OpenSignal | None:
        """A signal of a cell type or what stands in for it, else of the whole dataset; None where there is none."""
        self.cell_type(cell_type)
        path = self._own_signal(cell_type, signal) or self.layout.signals.get(signal)
        return self.signal_file(path) if path else None

    def measured(self, cell_type: str) -> tuple[str, ...]:
        """The signals that are known of a cell type, by their own names and by those that they stand in for."""
        own = self.cell_type(cell_type).signals
        return (*own, *(wanted for wanted in self.layout.inputs if self.stand_in(cell_type, wanted)))

    def stand_in(self, cell_type: str, signal: str) -> str:
        """The signal that is read in place of one that a cell type lacks; empty where nothing stands in."""
        own, given = self.cell_type(cell_type).signals, self.layout.inputs.get(signal, "")
        return given if given in own and signal not in own else ""

    def _own_signal(self, cell_type: str, signal: str) -> str:
        """The file of a signal of a cell type, or of what stands in for it; empty where there is neither."""
        cell = self.layout.cell_types.get(cell_type)
        return cell.signals.get(signal) or cell.signals.get(self.layout.inputs.get(signal, ""), "") if cell else ""

    def quantiles(self, cell_type: str, signal: str) -> Quantiles:
        """The distribution of a signal in a cell type; empty where it was not measured."""
        path = self._own_signal(cell_type, signal)
        if not path or self.reference is None:
            return ()
        if path not in self._quantiles:
            self._quantiles[path] = quantiles_of(self.signal_file(path), self.sample)
        return self._quantiles[path]

    @cached_property
    def sample(self) -> tuple[Sampled, ...]:
        """Where the distributions of signals are measured."""
        return sample_of(self.reference, self.chromosome_lengths) if self.reference else ()

    @cached_property
    def gene_starts(self) -> dict[str, NDArray[np.int64]]:
        """Where transcription of the genes starts, in order, by chromosome."""
        found: dict[str, set[int]] = {}
        names = FirstNames()
        # From the first base of any transcript: one transcript alone would move the start.
        merged = read_genes(place_of(self.layout.genes), fold=merged_genes) if self.layout.genes else ()
        for gene in merged:
            found.setdefault(names.of(gene.chromosome), set()).add(gene.end - 1 if gene.strand == "-" else gene.start)
        return {chromosome: np.array(sorted(starts), dtype=np.int64) for chromosome, starts in found.items()}

    def peaks(self, cell_type: str, factor: str, is_relaxed: bool = False) -> FeatureSource | None:
        """The peaks of a factor in a cell type, or None where there is no such file."""
        paths = self.cell_type(cell_type).peaks.get(factor)
        path = (paths.relaxed if is_relaxed else paths.conservative) if paths else ""
        return self.feature_file(path) if path else None

    def without_peaks(self, cell_types: Sequence[str], factors: Sequence[str]) -> tuple[str, ...]:
        """Factor and cell type of experiments whose conservative peaks are none, as `CTCF in K562`."""
        wanted = set(factors)
        return tuple(
            f"{factor} in {cell}"
            for cell in cell_types
            for factor in self.cell_type(cell).peaks
            if factor in wanted and (found := self.peaks(cell, factor)) is not None and not found.chromosome_lengths
        )

    def signal_file(self, path: str) -> OpenSignal:
        """A signal by its path."""
        return self._checked(("signal", path), partial(open_signal, place_of(path), self._opened.skipped()))

    def feature_file(self, path: str) -> FeatureSource:
        """Peaks or regions by their path. An empty file is an experiment that found none."""
        if is_empty(place_of(path)):
            return self._checked(("features", path), lambda: Features(place_of(path), ()))
        return self._checked(("features", path), partial(read_features, place_of(path), self._opened.skipped()))

    def gene_file(self, path: str) -> FeatureSource:
        """Genes by their path."""
        return self._checked(("genes", path), partial(read_genes, place_of(path), self._opened.skipped()))

    def transcript_file(self, path: str) -> FeatureSource:
        """Every transcript of a file of genes, by its path."""
        return self._checked(("transcripts", path), partial(read_genes, place_of(path), self._opened.skipped(), list))

    @cached_property
    def matrices(self) -> Matrices:
        """The motif matrices of [motifs], by factor."""
        found = {}
        for factor, place in self.layout.motifs.items():
            found[factor] = log_odds(find_motif(*motif_place(place)).counts_W4)
        return Matrices(found)

    def track_file(self, file: BareFile) -> TrackFile:
        """What a bare file holds, whether or not it is of this genome."""
        kept_as, open_it = opener_of(file.kind)
        return self._opened.once((kept_as, file.path), lambda: open_it(place_of(file.path), self._opened.skipped()))

    def listed_track(self, path: str) -> TrackFile:
        """A file that the dataset lists as a track, once its chromosomes are found to be those of the dataset.

        Raises:
            InvalidRequest: it is no track, cannot be read or is of another genome.
        """
        kind = kind_of_track(place_of(path))
        return self.placed_file(kind, path, opener_of(kind)[1])

    def placed_file(self, kind: str, path: str, open_it: Callable[[Place, Skipped | None], Opened]) -> Opened:
        """A file of a kind (as in BareFile) by its path, once its chromosomes are found to be those of the dataset.

        Places beyond a chromosome's end are no reason to refuse it: whoever draws it says so.
        """
        return self._checked((kind, path), lambda: open_it(place_of(path), self._opened.skipped()), check_names)

    def _checked(self, key: tuple[str, ...], read: Callable[[], Opened], check_reached: Check = check_within) -> Opened:
        """The opened file, once its chromosomes are found to be those of the dataset."""
        return self._opened.of_genome(key, read, self.layout.assembly, self.chromosome_lengths, check_reached)
