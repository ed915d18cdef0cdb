"""What is wrong with the words of a command line whatever they mean, for `ebert` and `ebert-browser` alike."""

from collections.abc import Sequence


def empty_value(words: Sequence[str]) -> str:
    """A sentence about the first word that is empty, as where a variable of a script was not set; else nothing.

    To take it for an option that was left out would do something else than was asked, such as predict a whole genome.
    """
    for place, word in enumerate(words):
        option = word[:-1] if word.startswith("--") and word.endswith("=") else ""
        if option or not word.strip():
            before = option or (words[place - 1] if place and words[place - 1].startswith("-") else "")
            what = f"The value of {before}" if before else f"Word {place + 1}"
            return f"{what} is empty; give one, or leave it out."
    return ""
