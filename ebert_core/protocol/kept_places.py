"""What the window asks the data role when a session is opened: which of the files that it names are still there."""

import msgspec


class KeptPlace(msgspec.Struct, frozen=True):
    """A file or folder that a session names; `beside` is its path from the session's own folder, where one was kept."""

    path: str
    beside: str = ""


class FindPlaces(msgspec.Struct, frozen=True, tag="find-places"):
    """Where are these now? Reply: FoundPlaces.

    Each is looked for at its path from `session_folder` on, at its own path, among the shipped checkpoints, and in
    `folder` where one is given: under its whole path, without the first folder of it, and so on. Where one was found
    elsewhere, what lay beside it is looked for under the same new beginning.
    """

    places: tuple[KeptPlace, ...]
    session_folder: str = ""
    folder: str = ""


class FoundPlaces(msgspec.Struct, frozen=True):
    """Where each of the places was found, in their order; empty where it was not."""

    paths: tuple[str, ...]
