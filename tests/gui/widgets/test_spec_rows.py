"""A field that is added to a spec has its check, its option, its row and its document without another edit."""

import argparse
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from PyQt6.QtWidgets import QDoubleSpinBox, QLabel, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from spec_page import page_with_keys

from ebert_core.cli.spec_files import add_changes, changes_of
from ebert_core.protocol.specs.fields import field
from ebert_core.protocol.specs.on_disk import KINDS, read_spec
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.widgets.forms import path_field
from ebert_gui.widgets.spec_settings import SpecSettings


class Toy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="toy", tag_field="job"):
    """A job that somebody has just thought of."""

    output: Annotated[str, field("the folder that is made", holds="path", example="made")]
    patience: Annotated[
        int,
        field(
            "passes without a better score before it ends; see [results](results.md)",
            title="Patien&ce",
            hint="Ends early.",
            group="How it learns",
            unit=" passes",
            empty="for ever",
            only_without="is_brave",
            ge=0,
            lt=10,
            step=2,
        ),
    ] = 3
    is_brave: Annotated[bool, field("go on whatever comes", tick="go on", group="How it runs")] = True


@pytest.fixture(autouse=True)
def toy_is_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "toy", Toy)  # no JobSpec, and that is the point


def read(path: Path, *words: str) -> Toy:
    parser = argparse.ArgumentParser()
    add_changes(parser, Toy)  # type: ignore[arg-type]
    spec = read_spec(path, changes_of(parser.parse_args(words), Toy))  # type: ignore[arg-type]
    assert isinstance(spec, Toy)
    return spec


def test_it_is_checked_where_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "toy.toml"
    path.write_text('job = "toy"\noutput = "here"\npatience = 10\n')
    with pytest.raises(InvalidRequest) as refused:
        read(path)
    assert str(refused.value) == f"{path}, line 3: patience is 10; it must be at least 0 and below 10."


def test_it_is_an_option_whose_mistakes_name_the_option(tmp_path: Path) -> None:
    path = tmp_path / "toy.toml"
    path.write_text('job = "toy"\noutput = "here"\n')
    assert read(path) == Toy(str(tmp_path / "here"))
    changed = read(path, "--patience", "0", "--no-is-brave", "--output", "/there")
    assert changed == Toy("/there", patience=0, is_brave=False)
    assert read(path, "--patience", "5", "--set", "patience=7", "is_brave=false") == Toy(
        str(tmp_path / "here"), patience=7, is_brave=False
    )
    for said, sentence in (
        (("--patience", "-1"), "--patience -1: patience is -1; it must be at least 0 and below 10."),
        (("--patience", "long"), "--patience long: patience: expected a whole number, got a text in quotes."),
        (("--set", "patience=99"), "--set patience=99: patience is 99; it must be at least 0 and below 10."),
    ):
        with pytest.raises(InvalidRequest) as refused:
            read(path, *said)
        assert str(refused.value) == sentence


def test_it_stands_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_changes(parser, Toy)  # type: ignore[arg-type]
    said = " ".join(parser.format_help().split())
    assert (
        "--patience N passes without a better score before it ends; see results (at least 0 and below 10; default: 3)"
        in said
    )
    assert "--no-is-brave do not go on whatever comes" in said
    assert "--is-brave" not in said.replace("--no-is-brave", "")


def test_it_is_a_row_of_the_form(qtbot: QtBot) -> None:
    settings = SpecSettings(Toy)
    page = QWidget()
    qtbot.addWidget(page)
    page.setLayout(settings.layout_of_fields())
    spec = Toy("/out", patience=0)
    settings.show(spec)
    box = settings.widget("patience")
    assert isinstance(box, QSpinBox)
    assert (box.minimum(), box.maximum(), box.singleStep(), box.suffix()) == (0, 9, 2, " passes")
    assert (box.text(), box.toolTip(), box.accessibleName()) == ("for ever", "Ends early.", "Patience")
    (caption,) = [label for label in page.findChildren(QLabel) if label.buddy() is box]
    assert caption.text() == "Patien&ce"
    headings = [label.text() for label in page.findChildren(QLabel) if label.property("role") == "heading"]
    assert headings == ["How it learns", "How it runs"]
    settings.follow(spec)
    assert not box.isEnabled()
    box.setValue(4)
    settings.follow(msgspec.structs.replace(spec, is_brave=False))
    assert box.isEnabled()
    assert settings.into(spec) == Toy("/out", patience=4)


class Bare(msgspec.Struct, frozen=True, tag="bare", tag_field="job"):
    """Fields that say little of themselves."""

    share: Annotated[float, field("how much", group="How it runs", gt=0, lt=1)] = 0.5
    shift: Annotated[int, field("how far", group="How it runs")] = 0
    note: Annotated[str, field("what to remember", group="How it runs")] = ""


def test_a_field_that_says_little_has_a_row_that_takes_what_its_rule_allows(qtbot: QtBot) -> None:
    settings = SpecSettings(Bare)
    page = QWidget()
    qtbot.addWidget(page)
    page.setLayout(settings.layout_of_fields())
    settings.show(Bare())
    share, shift, note = (settings.widget(name) for name in ("share", "shift", "note"))
    assert isinstance(share, QDoubleSpinBox)
    assert (share.minimum(), share.maximum(), share.singleStep()) == (0.001, 0.999, 1.0)
    assert isinstance(shift, QSpinBox)
    assert (shift.minimum(), shift.maximum(), shift.singleStep()) == (1 - 2**31, 2**31 - 1, 1)
    assert isinstance(note, QLineEdit)
    heard: list[str] = []
    settings.connect(lambda: heard.append("changed"))
    share.setValue(0.25)
    shift.setValue(-3)
    note.setText(" later ")
    assert heard == ["changed"] * 3
    assert settings.into(Bare()) == Bare(0.25, -3, "later")
    captions = [label.text() for label in page.findChildren(QLabel) if label.buddy() in (share, shift, note)]
    assert captions == ["Share", "Shift", "Note"]


def test_it_is_a_line_of_the_document() -> None:
    mark, end = "<!-- keys of toy; make docs writes them -->\n", "<!-- end of the keys -->\n"
    written = page_with_keys(f"Above.\n{mark}what was there\n{end}Below.\n")
    assert written.startswith(f"Above.\n{mark}")
    assert written.endswith(f"{end}Below.\n")
    assert "what was there" not in written
    meaning = "passes without a better score before it ends; see [results](results.md)"
    assert f"\n| `patience` | whole number, at least 0 and below 10 | 3 | {meaning} |\n" in written
    assert 'job = "toy"\noutput = "made"\npatience = 3\nis_brave = true\n' in written


def test_the_whole_of_a_path_stands_in_the_tooltip_of_its_field(qtbot: QtBot) -> None:
    field = path_field()
    qtbot.addWidget(field)
    field.setText("/a/long/way/to/a/file.bw")
    assert field.toolTip() == "/a/long/way/to/a/file.bw"
