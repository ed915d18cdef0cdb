"""Who is believed of several that claim a file, and what a recogniser of another package can cost."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from ebert_core.genome.features import Feature, Features
from ebert_core.genome.lines import Skipped
from ebert_core.genome.recognisers import BUILT_IN
from ebert_core.genome.recognising import Head, Opener, Recogniser, Recognisers, Sureness
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import FileKind

TOY = FileKind("toy", "Scores of the toy.")
BED = "chr1\t0\t50\tx\n"


def open_toy(place: Place, skipped: Skipped | None) -> Features:
    return Features(place, [Feature("chr1", 0, 50)], skipped)


def toy(
    look: Callable[[Head], FileKind | None],
    sureness: Sureness = Sureness.CONTENT,
    *,
    name: str = "Toy",
    endings: tuple[str, ...] = (".toy",),
    open_it: Opener = open_toy,
) -> Recogniser:
    return Recogniser(name, look, sureness, endings, {"toy": open_it})


def table(*added: Recogniser, patience: float = 60.0) -> Recognisers:
    return Recognisers(BUILT_IN, added, patience)


def kind_in(path: Path, content: str | bytes, recognisers: Recognisers) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return recognisers.kind_of(Head.of(path)).kind


ALWAYS = toy(lambda _head: TOY)


@pytest.mark.parametrize(
    ("name", "content", "sureness", "kind"),
    [
        # The first bytes leave no doubt: they are those of the program.
        ("x.toy", "##fileformat=VCFv4.2\n#CHROM\tPOS\n", Sureness.CONTENT, "variants"),
        ("x.toy", b"\x26\xfc\x8f\x88" + bytes(60), Sureness.CONTENT, "signal"),
        ("x.toy", ">chr1\nACGT\n", Sureness.ENDING, "reference"),
        # A plug-in that goes by the content is surer than an ending, and than lines that look like BED.
        ("x.toml", "version = 1\n", Sureness.CONTENT, "toy"),
        ("x.bed", BED, Sureness.CONTENT, "toy"),
        # A plug-in that goes by the ending is surer than such lines, and no surer than the ending of a dataset.
        ("x.toy", BED, Sureness.ENDING, "toy"),
        ("X.TOY.GZ", BED, Sureness.ENDING, "toy"),
        ("x.bed", BED, Sureness.ENDING, "features"),
        ("x.toml", "version = 1\n", Sureness.ENDING, "dataset"),
        # One that goes by lines, too, is believed where no other is.
        ("x.toy", BED, Sureness.LINES, "features"),
        ("x.toy", "neither this nor that\n", Sureness.LINES, "toy"),
        # What is refused by its content is refused, unless the plug-in knows the content.
        ("x.toy", "BAM\1", Sureness.CONTENT, "toy"),
        ("x.toy", "s1\tchr1\t1\t100\t3\t0.3\n", Sureness.ENDING, "toy"),
        ("x.toy", b"\0\1\2\3", Sureness.ENDING, "toy"),
    ],
)
def test_the_surest_is_believed_and_of_two_equally_sure_the_one_that_comes_with_the_program(
    tmp_path: Path, name: str, content: str | bytes, sureness: Sureness, kind: str
) -> None:
    assert kind_in(tmp_path / name, content, table(toy(lambda _head: TOY, sureness))) == kind


def test_an_ending_does_not_make_a_track_of_what_is_refused_by_its_content(tmp_path: Path) -> None:
    page = "<!DOCTYPE html><html>Not found</html>"
    with pytest.raises(InvalidRequest, match="is a web page, not data"):
        kind_in(tmp_path / "x.toy", page, table(toy(lambda _head: TOY, Sureness.ENDING)))


def test_a_plug_in_may_refuse_a_file_of_its_own(tmp_path: Path) -> None:
    def look(head: Head) -> None:
        if head.first.startswith(b"#toy 9"):
            raise InvalidRequest(f"{head.place} is of version 9, which the toy does not read.")

    recognisers = table(toy(look))
    with pytest.raises(InvalidRequest, match="is of version 9"):
        kind_in(tmp_path / "x.toy", "#toy 9\nchr1\t0\t9\n", recognisers)
    assert recognisers.problems == []
    # What somebody knows as his is no refusal's.
    assert kind_in(tmp_path / "x.toy", "#toy 9\n", table(toy(look), toy(lambda _head: TOY, name="Other"))) == "toy"


@pytest.mark.parametrize(
    ("look", "what"),
    [
        (lambda _head: 1 / 0, "raised ZeroDivisionError: division by zero"),
        (lambda _head: "toy", "answered with 'toy', which is no FileKind"),
        (lambda _head: FileKind("signal", "x"), "called it 'signal', which it does not open"),
    ],
)
def test_one_that_breaks_is_named_and_switched_off_and_the_file_is_what_the_others_say(
    tmp_path: Path, look: Callable[[Head], FileKind | None], what: str
) -> None:
    recognisers = table(toy(look), toy(lambda head: TOY if b"toy" in head.first else None, name="Whole"))
    path = tmp_path / "x.bed"
    path.write_text(BED)
    found = recognisers.kind_of(Head.of(path))
    assert found.kind == "features"
    assert found.sentence.startswith(
        "Regions in BED. Toy of the package test_recognising is switched off until the program starts"
    )
    assert f"when it looked at x.bed, it {what}" in found.sentence
    assert recognisers.problems == [found.sentence.removeprefix("Regions in BED. ")]
    assert recognisers.kind_of(Head.of(path)).sentence == "Regions in BED."
    assert [each.name for each in recognisers.formats if each.package] == ["Whole"]
    assert kind_in(tmp_path / "y", "toy", recognisers) == "toy"


def test_one_that_breaks_is_named_where_nobody_knows_the_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"text of a kind .* Toy of the package test_recognising is switched off"):
        kind_in(tmp_path / "x", "neither this nor that\n", table(toy(lambda _head: 1 / 0)))  # type: ignore[arg-type, return-value] # what a package may hand over


@pytest.fixture
def end_of_test() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


def test_one_that_does_not_come_back_keeps_nobody_waiting(tmp_path: Path, end_of_test: Event) -> None:
    asked: list[str] = []

    def look(head: Head) -> None:
        asked.append(head.place.name)
        end_of_test.wait()

    recognisers = table(toy(look), patience=0.01)
    assert [kind_in(tmp_path / name, BED, recognisers) for name in ("a.bed", "b.bed")] == ["features", "features"]
    assert asked == ["a.bed"]
    assert "when it looked at a.bed, it took longer than 0.01 seconds." in recognisers.problems[0]


@pytest.mark.parametrize(
    ("added", "taken"),
    [
        (toy(lambda _head: TOY, Sureness.ENDING, endings=(".toy", ".bed")), ".bed"),
        (Recogniser("Toy", lambda _head: TOY, opens={"signal": open_toy}), "signal"),
    ],
)
def test_endings_and_kinds_of_the_program_are_not_to_be_had(tmp_path: Path, added: Recogniser, taken: str) -> None:
    recognisers = table(added)
    assert recognisers.problems == [
        f"Toy of the package test_recognising was left out: {taken} is taken by what comes with the program."
    ]
    assert kind_in(tmp_path / "x.bed", BED, recognisers) == "features"


def test_files_of_a_plug_in_are_opened_and_what_it_raises_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.toy"
    opened = table(ALWAYS).opener_of("toy")
    assert opened is not None
    assert opened(path, None).chromosome_lengths == {"chr1": 50}

    def fail(_place: Place, _skipped: Skipped | None) -> Features:
        raise KeyError("chr1")

    opened = table(toy(lambda _head: TOY, open_it=fail)).opener_of("toy")
    assert opened is not None
    with pytest.raises(InvalidRequest, match=r"x\.toy cannot be opened: Toy of .* raised KeyError") as info:
        opened(path, None)
    assert info.value.path == str(path)
    assert table(ALWAYS).opener_of("other") is None


def test_the_head_is_read_once_unpacked_and_as_far_as_it_goes(tmp_path: Path) -> None:
    packed = gzip.compress("".join(f"chr1\t{number}\t{number + 1}\n" for number in range(30_000)).encode())
    path = tmp_path / "x.gz"
    path.write_bytes(packed)
    whole = Head.of(path)
    assert whole.first.startswith(b"chr1\t0\t1\nchr1\t1\t2\n")
    assert len(whole.first) >= 1 << 16
    assert whole.damage is None
    path.write_bytes(packed[: len(packed) // 20])
    cut = Head.of(path)
    assert cut.first.startswith(b"chr1\t0\t1\n")
    assert "is damaged or cut short" in str(cut.damage)
    with pytest.raises(InvalidRequest, match="is damaged or cut short"):
        table().kind_of(cut)


def test_every_kind_that_is_found_as_a_track_is_opened() -> None:
    kinds = {kind for each in BUILT_IN for kind in each.opens}
    assert kinds == {"variants", "signal", "peaks", "features", "genes", "states", "pairs"}
    assert all(ending == ending.lower() and ending[0] == "." for each in BUILT_IN for ending in each.endings)
