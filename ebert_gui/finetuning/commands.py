"""The commands that fine-tune."""

from ebert_gui.commands.command import Command, has_dataset
from ebert_gui.finetuning.asking import ask_for_finetuning, ask_for_spec

COMMANDS = (
    Command(
        "finetuning.start",
        "&Fine-tune…",
        "Train on the peaks of this dataset; it goes on when the window closes",
        ask_for_finetuning,
        "Ctrl+T",
        has_dataset,
    ),
    Command(
        "finetuning.again",
        "Fine-tune &again from a spec…",
        "Fill the form with an earlier fine-tuning: the spec.toml of its job, or one of your own",
        ask_for_spec,
        "Ctrl+Shift+T",
        has_dataset,
    ),
)
