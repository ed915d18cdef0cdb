"""What a track says when there is nothing to draw in it, and how a sentence fits into a track."""

import re

import numpy as np

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import States
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.gene_rows import genes_of
from ebert_gui.browser.marks import marks_of
from ebert_gui.browser.signal import band_of
from ebert_gui.state.tracks import GenesTrack, PeaksTrack, SignalTrack, StatesTrack, Track

# The folders of an absolute path, on any machine.
_FOLDERS = re.compile(r"(?<!\S)(?:/|[A-Za-z]:\\)(?:[^\s/\\]+[/\\])+")


def blank_sentence(track: Track, content: TrackContent, axis: Axis, labelled: tuple[Interval, ...] = ()) -> str:
    """A sentence when everything has come and nothing of it is on screen, else nothing.

    `labelled` are the regions in which the dataset's peaks were called; without any, they were called everywhere.
    """
    if content.is_empty or content.sentence:
        return ""
    strange = next((remark.full for remark in content.remarks if remark.kind == "strange names"), "")
    if strange:
        return strange
    match track:
        case SignalTrack():
            return "" if np.isfinite(band_of(content.replies("signal"), axis).mean).any() else "No values here"
        case PeaksTrack():
            marks = marks_of(content.replies("peaks"))
            shown = (marks.starts < axis.end) & (marks.ends > axis.start)
            if shown.any():
                return ""
            is_unlabelled = labelled and not any(region.overlaps(axis.interval) for region in labelled)
            return "Not labelled here" if is_unlabelled and not track.path else "No peaks here"
        case GenesTrack():
            shown_genes = any(gene.start < axis.end and gene.end > axis.start for gene in genes_of(content))
            return "" if shown_genes else "No genes here"
        case StatesTrack():
            return "" if _has_states(content, axis) else "No states here"
        case _:
            return ""


def without_folders(sentence: str) -> str:
    """The sentence with files by their names alone: folders would take the room of what is wrong with them."""
    return _FOLDERS.sub("", sentence)


def _has_states(content: TrackContent, axis: Axis) -> bool:
    return any(
        bool(((held.reply.starts < axis.end) & (held.reply.ends > axis.start)).any())
        for held in content.replies("states")
        if isinstance(held.reply, States)
    )
