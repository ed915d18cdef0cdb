"""How a sentence that stands in a track is shortened."""

import re

# The folders of an absolute path, on any machine.
_FOLDERS = re.compile(r"(?<!\S)(?:/|[A-Za-z]:\\)(?:[^\s/\\]+[/\\])+")


def without_folders(sentence: str) -> str:
    """The sentence with files by their names alone: folders would take the room of what is wrong with them."""
    return _FOLDERS.sub("", sentence)
