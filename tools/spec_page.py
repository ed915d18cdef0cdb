"""Writes what docs/specs.md says of the keys of each spec, from the fields of the specs; the rest of the page is kept.

An example and a table stand in each section between two comments. With `--check` nothing is written, and the exit code
says whether the page is as it should be.
"""

import argparse
import re
import sys
from pathlib import Path

from ebert_core.cli.field_words import as_written, default_words, kind_words
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.specs.fields import fields_of
from ebert_core.protocol.specs.on_disk import KINDS

PAGE = Path(__file__).parents[1] / "docs" / "specs.md"
_KEYS = re.compile(r"(<!-- keys of (\w+); make docs writes them -->\n).*?(<!-- end of the keys -->\n)", re.DOTALL)


def keys_of(job: str) -> str:
    """The example and the table of a kind of spec, in Markdown."""
    fields = fields_of(KINDS[job])
    shown = [(field.name, field.default if field.says.example is None else field.says.example) for field in fields]
    example = "\n".join(as_written(name, value) for name, value in [("job", job), *shown])
    rows = [f"| `{field.name}` | {kind_words(field)} | {default_words(field)} | {field.meaning} |" for field in fields]
    table = "\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *rows])
    return f"\n```toml\n{example}\n```\n\n{table}\n\n"


def page_with_keys(page: str) -> str:
    """The page with what it says of keys written anew."""
    return _KEYS.sub(lambda place: f"{place[1]}{keys_of(place[2])}{place[3]}", page)


def main() -> int:
    """Writes the page, or says whether it is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the page is out of date")
    is_check = parser.parse_args().check
    present = PAGE.read_text(encoding="utf-8")
    wanted = page_with_keys(present)
    if is_check:
        return 0 if present == wanted else 1
    if present != wanted:
        write_whole(PAGE, wanted.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
