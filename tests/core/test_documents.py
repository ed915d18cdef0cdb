"""What the documents say of specs is what the program takes."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from ebert_core.protocol.specs.jobs import Evaluate, FineTune, Predict, Pretrain
from ebert_core.protocol.specs.on_disk import KINDS, read_spec, verb
from tests.certain import present

DOCUMENTS = Path(__file__).parents[2] / "docs"
HEADINGS: dict[str, type[msgspec.Struct]] = {
    "Pre-training": Pretrain,
    "Fine-tuning": FineTune,
    "Evaluation": Evaluate,
    "Prediction": Predict,
}
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)


def section(heading: str) -> str:
    page = (DOCUMENTS / "specs.md").read_text()
    return present(re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))[1]


def as_documented(default: object) -> str:
    match default:
        case bool():
            return str(default).lower()
        case str() | tuple():
            return ", ".join(f"`{word}`" for word in ([default] if isinstance(default, str) else default) if word)
        case _:
            return f"{default:g}" if default else str(default)


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_key_of_a_spec_is_documented_in_its_order_with_its_default(heading: str) -> None:
    rows = dict(ROW.findall(section(heading)))
    fields = {field.name: field for field in msgspec.structs.fields(HEADINGS[heading])}
    assert list(rows) == list(fields)
    for name, field in fields.items():
        if field.required:
            assert rows[name] == "needed"
        else:
            assert rows[name] == as_documented(field.default) or (rows[name] in ("all", "none") and not field.default)


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_example_of_a_spec_decodes_and_has_every_key(heading: str, tmp_path: Path) -> None:
    example = present(re.search(r"```toml\n(.*?)```", section(heading), re.DOTALL))[1]
    (tmp_path / "spec.toml").write_text(example)
    spec = read_spec(tmp_path / "spec.toml")
    assert isinstance(spec, HEADINGS[heading])
    assert re.findall(r"^(\w+) = ", example, re.MULTILINE) == ["job", *spec.__struct_fields__]
    assert f"ebert {verb(spec)} SPEC.toml" in section(heading)


def test_the_page_of_specs_says_what_their_fields_say() -> None:
    tool = DOCUMENTS.parent / "tools" / "spec_page.py"
    assert subprocess.run([sys.executable, tool, "--check"]).returncode == 0, "run: make docs"
    page = (DOCUMENTS / "specs.md").read_text()
    assert re.findall(r"<!-- keys of (\w+); make docs writes them -->", page) == list(KINDS)


def test_links_between_documents_lead_somewhere() -> None:
    pages = [
        *DOCUMENTS.rglob("*.md"),
        *(DOCUMENTS.parent / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    ]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_fault_that_is_documented_has_the_test_it_names() -> None:
    rows = [line for line in (DOCUMENTS / "reliability.md").read_text().splitlines() if line.startswith("| ")]
    faults = [row.strip("| ").split(" | ") for row in rows if not row.startswith(("| fault", "| ---"))]
    assert len(faults) > 20
    for fault, _seen, _kept, named in faults:
        file, _, name = named.strip("` ").partition("::")
        source = (DOCUMENTS.parent / "tests" / file).read_text()
        assert re.search(rf"^(async )?def {re.escape(name)}\(", source, re.MULTILINE), f"{fault}: no test {named}"


def test_packages_of_others_can_import_what_the_page_for_contributors_lets_them() -> None:
    page = (DOCUMENTS.parent / "CONTRIBUTING.md").read_text()
    table = present(re.search(r"^\| module \| for \|\n\|---\|---\|\n((?:\|.*\n)+)", page, re.MULTILINE))[1]
    for row in table.splitlines():
        room = ""
        for name in re.findall(r"`([\w.]+)`", row.split("|")[1]):
            module = name if name[0] != "." else f"{room}{name}"
            room = module.rpartition(".")[0]
            importlib.import_module(module)


def test_the_example_of_a_package_imports_only_what_packages_may() -> None:
    table = (DOCUMENTS.parent / "CONTRIBUTING.md").read_text().split("| module | for |")[1].split("\n\n")[0]
    code = "\n".join(re.findall(r"```python\n(.*?)```", (DOCUMENTS / "plugins.md").read_text(), re.DOTALL))
    imported = re.findall(r"^from (ebert[\w.]+) import", code, re.MULTILINE)
    assert imported
    for module in imported:
        room, _, last = module.rpartition(".")
        assert f"`{module}`" in table or f"`.{last}`" in table or f"`{room}` and the modules in it" in table, module
