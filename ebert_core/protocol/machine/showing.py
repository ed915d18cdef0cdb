r"""How text reaches a terminal: what came from files is shown, never obeyed, and a stream that is gone ends nothing.

File names, names of tracks, factors and jobs, and messages about them may hold anything. An escape sequence among them
would move the cursor or rename the terminal, a U+202E would turn the rest of the line round; they are written as
`\x1b` and `\u202e`.
"""

import argparse
import contextlib
import os
import re
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from ebert_core.protocol.terms.errors import InvalidRequest

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

# Controls, what has no width or turns the direction of text, and bytes of a name that is no UTF-8.
_HIDDEN = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f"
)
_IN_A_LINE = re.compile(f"[{_HIDDEN}]")
_IN_LINES = re.compile(rf"(?![\n\t])[{_HIDDEN}]")
_START_OF_LINE = "\r\x1b[K"


def shown(text: str) -> str:
    r"""The text as one line, in which every character can be seen: `\x1b`, `\n`, `\u202e`."""
    return _IN_A_LINE.sub(_escape, text)


def shown_lines(text: str) -> str:
    """The text with its lines and tabs, in which every other character can be seen."""
    return _IN_LINES.sub(_escape, text)


def is_watched() -> bool:
    """Whether stderr is a terminal, so that a line may be rewritten."""
    return sys.stderr is not None and not sys.stderr.closed and sys.stderr.isatty()


def tell(text: str) -> None:
    """Write lines on stderr; where it is closed, full or no longer read, nothing happens."""
    _write_on_stderr(f"{shown_lines(text)}\n")


def tell_over(text: str) -> None:
    """Rewrite the present line of a terminal; an empty text clears it. Without a terminal nothing is written."""
    if is_watched():
        _write_on_stderr(f"{_START_OF_LINE}{shown(text)}")


def print_result(result: str | Path) -> None:
    """Write lines on stdout: as they are for a program that reads them, shown for a person.

    Raises:
        BrokenPipeError: nobody reads any more.
        InvalidRequest: it cannot be written, on a full disk.
    """
    text = str(result)
    if sys.stdout is None:
        return
    try:
        try:
            sys.stdout.write(f"{shown_lines(text) if sys.stdout.isatty() else text}\n")
        except UnicodeEncodeError:
            sys.stdout.write(f"{_encodable(shown_lines(text), sys.stdout.encoding)}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InvalidRequest(f"The result cannot be written on standard output: {error.strerror or error}.") from error


def copy_to_standard_output(source: BinaryIO) -> None:
    """Copy bytes, as they are.

    Raises:
        BrokenPipeError: nobody reads any more.
        InvalidRequest: they cannot be written, on a full disk.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
        shutil.copyfileobj(source, sys.stdout.buffer, 1 << 20)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InvalidRequest(f"The result cannot be written on standard output: {error.strerror or error}.") from error


class Parser(argparse.ArgumentParser):
    """A parser whose complaints show what was typed."""

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        if file is sys.stdout:
            print_result(message.removesuffix("\n"))
        else:
            tell(message.removesuffix("\n"))


def run_with_streams(run: Callable[[], int]) -> int:
    """The exit code of a program whose standard streams may be closed, full, or closed by their reader meanwhile.

    A closed stream is opened on nothing, since its number would go to the next file and messages into that file.
    """
    _open_closed_streams()
    try:
        return run()
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception:
        # A mistake of ours, whose words may come from a file.
        tell(traceback.format_exc().rstrip("\n"))
        return 1
    finally:
        for number, stream in ((1, sys.stdout), (2, sys.stderr)):
            _empty(number, stream)


def _open_closed_streams() -> None:
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the whole run
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    _keep_names(sys.stdout)


def _keep_names(stream: TextIO) -> None:
    """Let names whose bytes are no UTF-8 through as they are."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and stream.encoding.lower().replace("-", "") == "utf8":
        reconfigure(errors="surrogateescape")


def _empty(number: int, stream: TextIO) -> None:
    """Flush now: the interpreter would do it at its end, and complain of what cannot be written."""
    try:
        stream.flush()
    except (OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, number)
        os.close(nothing)


def _encodable(text: str, encoding: str) -> str:
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _write_on_stderr(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()


def _escape(found: "re.Match[str]") -> str:
    return found.group().encode("unicode_escape").decode("ascii")
