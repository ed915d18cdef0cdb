"""What a worker was at when it ended, and what is not asked again because of it."""

import pytest

from ebert_core.protocol.terms.reading import FileStamp
from ebert_gui.state.fatal_files import FatalFiles
from ebert_gui.workers.state import Failure
from ebert_gui.workers.suspects import Culprit, Suspects

FILE, OTHER = FileStamp("/d/x.bw", 1, 10), FileStamp("/d/y.bw", 1, 10)


def suspects(most_deaths: int = 2) -> Suspects:
    return Suspects("data", FatalFiles(), most_deaths)


def crashed(known: Suspects) -> Culprit | None:
    return known.ended(was_asked=False, was_killed=False)


def test_what_is_to_blame_depends_on_how_the_worker_ended() -> None:
    known = suspects()
    for number, (file, was_asked, was_killed, is_blamed) in enumerate(
        [
            (FILE, True, False, False),
            (FILE, False, False, True),
            (FILE, False, True, False),
            (OTHER, False, True, False),
            (OTHER, False, True, True),
            (None, True, False, False),
            (None, False, True, True),
        ]
    ):
        known.begun(number, b"a", file)
        assert known.ended(was_asked, was_killed) == (Culprit(number, b"a", file) if is_blamed else None), number


def test_a_request_is_known_by_its_words_although_it_was_cancelled_after_it_began() -> None:
    known = suspects()
    known.begun(1, b"first", None)
    known.begun(1, b"", FILE)
    assert crashed(known) == Culprit(1, b"first", FILE)
    known.begun(1, b"first", None)
    known.begun(2, b"second", OTHER)
    assert crashed(known) == Culprit(2, b"second", OTHER)
    assert crashed(known) is None


def test_only_the_answer_to_the_present_request_clears_it() -> None:
    known = suspects()
    known.begun(2, b"second", FILE)
    known.answered(1)
    assert crashed(known) == Culprit(2, b"second", FILE)
    known.begun(3, b"third", FILE)
    known.answered(3)
    assert crashed(known) is None


def test_a_request_without_words_is_never_refused() -> None:
    known = suspects(most_deaths=1)
    assert known.blame(Culprit(1, b"", None), "It crashed.", "") is None
    assert known.refusal(b"") is None


def test_every_request_without_a_file_has_its_own_ends() -> None:
    known = suspects()
    assert known.blame(Culprit(1, b"a", None), "It crashed.", "") is None
    assert known.blame(Culprit(2, b"b", None), "It crashed.", "") is None
    refused = known.blame(Culprit(3, b"a", None), "It crashed.", "")
    assert refused is not None
    assert refused.message == "The data worker ended 2 times at this, so it is not asked again."
    assert known.refusal(b"b") is None
    assert known.forgive(None)
    assert known.refusal(b"a") is None
    assert not known.forgive(None)


def test_the_failure_of_a_file_says_how_the_worker_ended_and_what_it_wrote() -> None:
    failure = suspects().blame(Culprit(1, b"a", FILE), "It crashed.", "last line")
    assert failure is not None
    assert (failure.kind, failure.file, failure.details) == ("avoided", "/d/x.bw", "It crashed.\nlast line")


def test_beats_are_counted_while_a_file_is_read_and_nothing_is_said() -> None:
    known = suspects()
    assert known.beat() == 0
    known.begun(1, b"a", None)
    assert known.beat() == 0
    known.begun(1, b"a", FILE)
    assert (known.beat(), known.beat()) == (1, 2)
    known.moved()
    assert known.beat() == 1
    known.begun(1, b"a", OTHER)
    assert known.beat() == 1
    known.answered(1)
    assert known.beat() == 0


@pytest.mark.parametrize(
    ("kind", "is_final"),
    [
        ("invalid", True),
        ("bug", True),
        ("avoided", True),
        ("lost", False),
        ("cancelled", False),
        ("replaced", False),
    ],
)
def test_what_was_lost_or_left_may_be_asked_again_and_all_else_would_bring_the_same(kind: str, is_final: bool) -> None:
    assert Failure(kind).is_final is is_final
