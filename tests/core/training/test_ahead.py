"""Reading ahead: the same items in the same order, one ahead, and no thread left behind."""

import threading
from collections.abc import Iterator

import pytest

from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.training.ahead import read_ahead


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = threading.enumerate()
    yield
    assert threading.enumerate() == before


def test_items_come_in_their_order_from_one_other_thread() -> None:
    threads = set()

    def numbers() -> Iterator[int]:
        for number in range(20):
            threads.add(threading.current_thread())
            yield number

    with read_ahead(numbers()) as found:
        assert list(found) == list(range(20))
    assert len(threads) == 1
    assert threading.current_thread() not in threads


def test_the_next_item_is_made_while_one_is_used_and_no_further_one() -> None:
    made = [threading.Event() for _ in range(3)]

    def events() -> Iterator[threading.Event]:
        for event in made:
            event.set()
            yield event

    with read_ahead(events()) as found:
        next(found)
        assert made[1].wait(60)
    assert not made[2].is_set()


def test_an_error_comes_with_its_own_sentence_where_its_item_is_asked_for() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise InvalidRequest("genome.fa has changed.")

    with read_ahead(broken()) as found:
        assert next(found) == 1
        with pytest.raises(InvalidRequest, match=r"^genome\.fa has changed\.$"):
            next(found)


def test_an_error_of_the_user_of_items_ends_the_reading() -> None:
    def endless() -> Iterator[int]:
        while True:
            yield 1

    def fail() -> None:
        with read_ahead(endless()) as found:
            next(found)
            raise InvalidRequest("The loss became no number.")

    with pytest.raises(InvalidRequest, match="no number"):
        fail()


def test_what_is_never_asked_for_is_never_made() -> None:
    asked: list[int] = []
    with read_ahead(map(asked.append, range(3))):
        pass
    assert asked == []
