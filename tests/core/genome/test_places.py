"""Bytes from places: the same reader reads a file here and one at an address, and says in a sentence what is wrong."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ebert_core.genome import places, remote, transfer
from ebert_core.genome.block_cache import BLOCKS, BlockCache
from ebert_core.genome.places import open_bytes, open_to_read_through, stamp
from ebert_core.genome.remote import BLOCK, Changed
from ebert_core.protocol.terms.addresses import address_of, place_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.hearing import heard_by
from tests.served import CERTIFICATE, Served, serving

CONTENT = bytes(range(251)) * 4000  # 16 blocks, and no two alike at one place


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(big_bin=CONTENT, small_txt=b"chr1\t0\t5\n") as found:
        yield found


def test_parts_of_a_file_are_those_of_its_copy_here(served: Served, tmp_path: Path) -> None:
    copy = tmp_path / "big.bin"
    copy.write_bytes(CONTENT)
    with open_bytes(copy) as here, open_bytes(address_of(served.url("big.bin"))) as there:
        for start, count in ((0, 4), (BLOCK - 3, 6), (3 * BLOCK, 5 * BLOCK), (len(CONTENT) - 2, 10), (len(CONTENT), 1)):
            here.seek(start)
            there.seek(start)
            assert there.read(count) == here.read(count)
        assert there.seek(0, 2) == len(CONTENT)
        assert there.read() == b""


def test_only_the_blocks_that_are_read_are_fetched_and_each_once(served: Served) -> None:
    address = address_of(served.url("big.bin"))
    for _ in range(2):
        with open_bytes(address) as file:
            file.seek(9 * BLOCK + 7)
            file.read(10)
            file.seek(9 * BLOCK + 700)
            file.read(10)
    assert [asked.range for asked in served.asked] == [
        f"bytes=0-{BLOCK - 1}",
        f"bytes={9 * BLOCK}-{10 * BLOCK - 1}",
    ]
    assert served.bytes_sent == 2 * BLOCK


def test_reading_on_asks_for_ever_longer_runs(served: Served) -> None:
    with open_bytes(address_of(served.url("big.bin"))) as file:
        while file.read(1000):
            pass
    # Of 16 blocks: the first, then runs of 1, 2, 4 and 8.
    assert len(served.asked) <= 6
    assert served.bytes_sent == len(CONTENT)


def test_the_cache_holds_no_more_than_its_limit_and_keeps_what_was_used_last() -> None:
    cache = BlockCache(10)
    for _ in range(2):
        cache.put(9, bytes(10))
    assert cache.bytes_held == 10
    assert cache.get(9) is not None
    for number in range(3):
        cache.put(number, bytes(4))
    assert (cache.get(0), cache.bytes_held) == (None, 8)
    cache.get(1)
    cache.put(3, bytes(4))
    assert cache.get(1) == bytes(4)
    assert cache.get(2) is None
    cache.put(4, bytes(11))
    assert (cache.get(4), cache.bytes_held) == (None, 0)


def test_all_readers_of_a_process_share_one_cache(served: Served) -> None:
    before = BLOCKS.bytes_held
    for _ in range(3):
        open_bytes(address_of(served.url("big.bin"))).read(10)
    assert BLOCKS.bytes_held <= before + BLOCK
    assert len(served.asked) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "There is no file {}: its server answers 404."),
        (403, "{} may not be read by you: its server answers 403."),
        (401, "{} asks for a name and a password"),
        (503, "{} cannot be read now: its server is busy (503); try again later."),
        (500, "{} cannot be read: its server answers 500."),
    ],
)
def test_a_refusal_is_one_sentence_with_the_address(served: Served, status: int, said: str) -> None:
    served.statuses["big.bin"] = status
    with pytest.raises(InvalidRequest) as error:
        open_bytes(address_of(served.url("big.bin")))
    assert str(error.value).startswith(said.format(served.url("big.bin")))


def test_what_failed_is_not_tried_again_at_every_view_but_when_somebody_opens_it_again(served: Served) -> None:
    address = address_of(served.url("absent.bw"))
    for _ in range(3):
        with pytest.raises(InvalidRequest, match="its server answers 404"):
            open_bytes(address)
    assert len(served.asked) == 1
    places.ask_servers_again()
    served.files["absent.bw"] = b"now"
    assert open_bytes(address).read() == b"now"


def test_a_failure_is_not_believed_for_ever(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "FAILURE_SECONDS", 0.0)
    address = address_of(served.url("absent.bw"))
    with pytest.raises(InvalidRequest, match="404"):
        open_bytes(address)
    served.files["absent.bw"] = b"now"
    assert open_bytes(address).read() == b"now"


def test_a_cancel_is_no_failure(served: Served) -> None:
    served.hold = threading.Event()
    address = address_of(served.url("big.bin"))
    with heard_by(_Wanted(1)), pytest.raises(KeyError):
        open_bytes(address)
    served.hold.set()
    assert open_bytes(address).read(10) == CONTENT[:10]


def test_a_server_that_is_not_there_is_named() -> None:
    with serving() as gone:
        pass
    with pytest.raises(InvalidRequest, match=r"was not reached, it takes no connections on this port\.$") as error:
        open_bytes(address_of(gone.url("a.bw")))
    assert gone.url("a.bw") in str(error.value)


def test_a_name_that_no_server_has_is_said() -> None:
    with pytest.raises(InvalidRequest, match=r"no server is called nowhere\.invalid, or there is no network"):
        open_bytes(address_of("http://nowhere.invalid/a.bw"))


def test_a_server_that_speaks_no_tls_is_not_trusted(served: Served) -> None:
    with pytest.raises(InvalidRequest, match="cannot be trusted: no encrypted connection can be made with its server"):
        open_bytes(address_of(served.url("big.bin").replace("http:", "https:")))


def test_a_certificate_that_nobody_trusts_is_refused() -> None:
    with serving(is_encrypted=True, a_bin=CONTENT) as served:
        with pytest.raises(InvalidRequest, match=r"cannot be trusted: its server's certificate does not hold \(self"):
            open_bytes(address_of(served.url("a.bin")))
        assert not served.asked


def test_a_certificate_of_ones_own_authority_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with serving(is_encrypted=True, a_bin=CONTENT) as served:
        assert open_bytes(address_of(served.url("a.bin"))).read(5) == CONTENT[:5]


def test_nobody_is_led_from_an_encrypted_address_to_another(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with serving(is_encrypted=True) as safe:
        safe.redirects["a.bin"] = served.url("big.bin")
        with pytest.raises(InvalidRequest, match=r"sends its readers on to an address that is not encrypted, at 127\."):
            open_bytes(address_of(safe.url("a.bin").replace("//", "//ann:pw@")))
    assert [asked.authorization for asked in served.asked] in ([], [""])


def test_a_server_without_ranges_is_read_once_from_one_end_to_the_other(served: Served) -> None:
    served.gives_parts = False
    address = address_of(served.url("big.bin"))
    for start in (9 * BLOCK, 10):
        with open_bytes(address) as file:
            file.seek(start)
            assert file.read(20) == CONTENT[start : start + 20]
    assert len(served.asked) == 1
    assert stamp(address).size == len(CONTENT)


@pytest.mark.parametrize("tells_length", [True, False])
def test_what_a_server_without_ranges_gives_has_a_limit(
    served: Served, monkeypatch: pytest.MonkeyPatch, tells_length: bool
) -> None:
    monkeypatch.setattr(remote, "MOST_READ_THROUGH", 1 << 19)
    served.gives_parts, served.tells_length = False, tells_length
    with pytest.raises(InvalidRequest, match="has more than 0 MB, and its server gives no parts of files"):
        open_bytes(address_of(served.url("big.bin")))


def test_a_text_is_fetched_once_and_up_to_a_limit(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    address = address_of(served.url("big.bin"))
    for _ in range(2):
        with open_to_read_through(address) as file:
            assert file.read() == CONTENT
    # The first block, which said how large it is, and all of it.
    assert [asked.range for asked in served.asked] == [f"bytes=0-{BLOCK - 1}", ""]
    monkeypatch.setattr(remote, "MOST_READ_THROUGH", len(CONTENT))
    served.files["fits.bin"] = CONTENT
    assert open_to_read_through(address_of(served.url("fits.bin"))).read() == CONTENT
    monkeypatch.setattr(remote, "MOST_READ_THROUGH", len(CONTENT) - 1)
    served.files["other.bin"] = CONTENT
    served.forget()
    with pytest.raises(InvalidRequest, match="a text without an index is read from one end to the other"):
        open_to_read_through(address_of(served.url("other.bin")))
    assert served.bytes_sent < 2 * len(CONTENT)


def test_a_small_text_is_one_request(served: Served) -> None:
    with open_to_read_through(address_of(served.url("small.txt"))) as file:
        assert file.read() == b"chr1\t0\t5\n"
    assert len(served.asked) == 1


def test_an_empty_file_is_empty(served: Served) -> None:
    served.files["empty.txt"] = b""
    assert open_bytes(address_of(served.url("empty.txt"))).read() == b""
    assert open_to_read_through(address_of(served.url("empty.txt"))).read() == b""


def test_an_answer_that_breaks_off_is_asked_for_once_more_and_then_said(served: Served) -> None:
    served.cut_after = 1000
    with pytest.raises(InvalidRequest, match=r"ended early: 1,000 bytes came of 65,536; try again\.$"):
        open_bytes(address_of(served.url("big.bin")))
    assert len(served.asked) == 2


def test_an_answer_that_breaks_off_once_is_no_failure(served: Served) -> None:
    served.cut_after = 1000

    def mend(_path: str) -> None:
        served.cut_after = 1000 if len(served.asked) == 1 else None

    served.before = mend
    assert open_bytes(address_of(served.url("big.bin"))).read(10) == CONTENT[:10]
    assert len(served.asked) == 2


def test_a_whole_that_breaks_off_holds_nothing_of_the_first_try(served: Served) -> None:
    served.gives_parts = False

    def cut(_path: str) -> None:
        served.cut_after = 1000 if len(served.asked) == 1 else None

    served.before = cut
    assert open_bytes(address_of(served.url("big.bin"))).read() == CONTENT


def test_a_file_that_is_replaced_is_read_anew(served: Served) -> None:
    address = address_of(served.url("big.bin"))
    before = stamp(address)
    with open_bytes(address) as file:
        served.files["big.bin"] = CONTENT[::-1]
        file.seek(9 * BLOCK)
        with pytest.raises(Changed, match="was replaced on its server while it was read"):
            file.read(10)
    assert stamp(address) != before
    with open_bytes(address) as file:
        assert file.read(10) == CONTENT[::-1][:10]


def test_servers_that_share_the_work_and_tag_differently_are_one(served: Served) -> None:
    served.modified, served.has_many_tags = "Sat, 28 Nov 2026 20:00:00 GMT", True
    address = address_of(served.url("big.bin"))
    with open_bytes(address) as file:
        file.seek(9 * BLOCK)
        assert file.read(10) == CONTENT[9 * BLOCK : 9 * BLOCK + 10]
        places.ask_servers_again()
        served.forget()
        assert open_bytes(address).read(5) == CONTENT[:5]
        file.seek(9 * BLOCK + 20)
        file.read(10)
        assert len(served.asked) == 1
        served.modified = "Sat, 28 Nov 2026 20:00:01 GMT"
        file.seek(5 * BLOCK)
        with pytest.raises(Changed):
            file.read(10)


def test_a_reader_of_the_old_version_is_told_even_where_all_is_at_hand(served: Served) -> None:
    address = address_of(served.url("big.bin"))
    with open_bytes(address) as old:
        old.read(10)
        served.files["big.bin"] = CONTENT[::-1]
        places.ask_servers_again()
        assert open_bytes(address).read(10) == CONTENT[::-1][:10]
        old.seek(BLOCK // 2)
        with pytest.raises(Changed):
            old.read(10)


def test_servers_are_asked_again_once_for_each_file_that_is_opened_anew(served: Served) -> None:
    address = address_of(served.url("big.bin"))
    open_bytes(address).read(10)
    places.ask_servers_again()
    served.forget()
    for _ in range(2):
        open_bytes(address).read(10)
    assert len(served.asked) == 1


def test_a_server_that_tells_no_version_is_read_by_its_length(served: Served) -> None:
    served.tells_version = False
    address = address_of(served.url("big.bin"))
    with open_bytes(address) as file:
        file.seek(3 * BLOCK)
        assert file.read(10) == CONTENT[3 * BLOCK : 3 * BLOCK + 10]
        served.files["big.bin"] = CONTENT + b"more"
        file.seek(9 * BLOCK)
        with pytest.raises(Changed):
            file.read(10)


def test_a_redirect_is_followed_and_one_that_leads_in_a_circle_is_said(served: Served) -> None:
    served.redirects["moved.bin"] = "/big.bin"
    assert open_bytes(address_of(served.url("moved.bin"))).read(5) == CONTENT[:5]
    served.redirects["round.bin"] = "/round.bin"
    with pytest.raises(InvalidRequest, match="its server sends us on without end"):
        open_bytes(address_of(served.url("round.bin")))


def test_a_name_and_a_password_are_used_and_not_shown(served: Served) -> None:
    address = address_of(served.url("big.bin").replace("//", "//ann:s3cret@"))
    assert "s3cret" not in f"{address} {address!r}"
    open_bytes(address).read(1)
    assert served.asked[0].authorization == "Basic YW5uOnMzY3JldA=="
    # Another file of the server is read with the same login, as a browser does.
    open_bytes(address_of(served.url("small.txt"))).read(1)
    assert served.asked[1].authorization == served.asked[0].authorization
    served.statuses["other.bin"] = 403
    with pytest.raises(InvalidRequest) as error:
        open_bytes(address_of(served.url("other.bin").replace("//", "//ann:s3cret@")))
    assert "s3cret" not in str(error.value)


def test_tokens_are_sent_and_not_shown(served: Served) -> None:
    served.files["signed.bw"] = b"x"
    address = address_of(served.url("signed.bw?version=3&X-Amz-Signature=abc%2B"))
    assert str(address) == served.url("signed.bw?version=3")
    open_bytes(address).read(1)
    assert served.asked[0].path == "/signed.bw?version=3&X-Amz-Signature=abc%2B"
    index = address.with_ending(".fai")
    assert str(index) == served.url("signed.bw.fai?version=3")
    with pytest.raises(InvalidRequest) as error:
        open_bytes(index)
    assert served.asked[1].path == "/signed.bw.fai?version=3&X-Amz-Signature=abc%2B"
    assert "abc" not in str(error.value)


class _Wanted:
    """Whoever waits; wants the answer no longer after being told so often."""

    def __init__(self, times: int) -> None:
        self.left, self.notes, self.fractions = times, list[str](), list[float]()

    def __call__(self, fraction: float, note: str = "", /) -> None:
        self.notes.append(note)
        self.fractions.append(fraction)
        self.left -= 1
        if self.left < 0:
            raise KeyError("cancelled")


def test_a_cancel_is_heard_while_a_server_is_silent(served: Served) -> None:
    served.hold = threading.Event()
    wanted = _Wanted(2)
    with heard_by(wanted), pytest.raises(KeyError):
        open_bytes(address_of(served.url("big.bin")))
    assert wanted.notes == ["downloading big.bin"] * 3
    assert wanted.fractions == [0.0] * 3


def test_whoever_waits_for_a_whole_file_is_told_how_much_has_come(served: Served) -> None:
    served.gives_parts = False
    served.hold, served.hold_after = threading.Event(), len(CONTENT) // 2
    fractions = []

    def wanted(fraction: float, _note: str = "", /) -> None:
        fractions.append(fraction)
        if fraction == 0.5:
            assert served.hold is not None
            served.hold.set()

    with heard_by(wanted):
        assert open_bytes(address_of(served.url("big.bin"))).read() == CONTENT
    assert fractions[0] == 0.0
    assert 0.5 in fractions


def test_whoever_waits_for_a_part_is_told_what_is_read(served: Served) -> None:
    wanted = _Wanted(1000)
    with heard_by(wanted), open_bytes(address_of(served.url("big.bin"))) as file:
        file.seek(5 * BLOCK)
        file.read(1)
    assert wanted.notes[-1] == "reading big.bin"


def test_a_server_that_stops_sending_is_said(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "SILENCE_SECONDS", 0.05)
    served.hold = threading.Event()
    with pytest.raises(InvalidRequest, match=r"127\.0\.0\.1:\d+ stopped sending; try again\.$"):
        open_bytes(address_of(served.url("big.bin")))


@pytest.mark.parametrize("is_swallowed", [True, False])
def test_what_a_library_makes_of_a_failure_is_put_right(served: Served, is_swallowed: bool) -> None:
    def library() -> None:
        try:
            file.seek(9 * BLOCK)
            file.read(1)
        except InvalidRequest:
            if not is_swallowed:
                raise ValueError("Error occurred") from None

    def read() -> None:
        with places.failures_below():
            library()

    with open_bytes(address_of(served.url("big.bin"))) as file:
        served.files["big.bin"] = b"other"
        with pytest.raises(Changed):
            read()


def test_a_failure_that_is_not_one_of_reading_stays_what_it_is() -> None:
    with pytest.raises(ValueError, match="of the library"), places.failures_below():
        raise ValueError("of the library")


def test_what_is_appended_to_a_whole_file_stands_behind_what_was_read_of_it() -> None:
    whole = remote._Whole()
    whole.append(b"abcd")
    assert whole.read_at(1, 2) == b"bc"
    whole.append(b"ef")
    assert (whole.length, whole.read_at(0, 9)) == (6, b"abcdef")


def test_a_path_stays_a_path() -> None:
    assert place_of("/data/https:/a.bw") == Path("/data/https:/a.bw")
    assert place_of("httpsome.bw") == Path("httpsome.bw")
