"""The commands that write files."""

from ebert_gui.commands.command import Command, can_export, has_genome
from ebert_gui.exporting.asking import ask_for_export, ask_for_picture, ask_for_signal, has_signal

COMMANDS = (
    Command(
        "picture.save",
        "Save &picture…",
        "Save all tracks or those in view as PNG, SVG or PDF, for paper or as on screen",
        ask_for_picture,
        "Ctrl+Shift+S",
        has_genome,
    ),
    Command(
        "predictions.export",
        "&Export predicted binding…",
        "Write a bigWig, BED or table",
        ask_for_export,
        "Ctrl+E",
        can_export,
    ),
    Command(
        "signal.write",
        "&Write signal as bigWig…",
        "Write the signal of the selected track as it is drawn: smoothed, or compared",
        ask_for_signal,
        is_ready=has_signal,
    ),
)
