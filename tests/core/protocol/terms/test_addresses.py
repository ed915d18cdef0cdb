"""Addresses: what of them may be shown, and what is kept for the server."""

import pytest

from ebert_core.protocol.terms.addresses import address_of, is_address, with_secrets, without_secrets
from ebert_core.protocol.terms.errors import InvalidRequest


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://host/a.bw", "https://host/a.bw"),
        ("HTTPS://Host.ORG/A.bw", "https://host.org/A.bw"),
        ("https://ann:pw@host:8080/a.bw", "https://host:8080/a.bw"),
        ("https://ann@host/a.bw", "https://host/a.bw"),
        ("https://host", "https://host/"),
        ("https://host/a.bw?download=1", "https://host/a.bw?download=1"),
        ("https://host/a.bw?token=xyz", "https://host/a.bw"),
        ("https://host/a.bw?id=7&AccessKey=xyz&sig=s", "https://host/a.bw?id=7"),
        ("https://host/a.bw?keyword=heart", "https://host/a.bw?keyword=heart"),
        ("https://host/a.bw#part", "https://host/a.bw"),
        ("http://[::1]:80/a.bw", "http://[::1]:80/a.bw"),
    ],
)
def test_what_is_shown_of_an_address_holds_no_secret(text: str, shown: str) -> None:
    assert str(address_of(text)) == shown
    assert without_secrets(text) == shown


@pytest.mark.parametrize("text", ["https:host/a.bw", "http:///a.bw", "https://host:pw@/a", "https://[::1/a"])
def test_what_is_no_address_is_refused_and_not_quoted(text: str) -> None:
    assert is_address(text)
    with pytest.raises(InvalidRequest, match="this one has no server") as error:
        address_of(text)
    assert text not in str(error.value)


def test_a_name_is_that_of_the_file() -> None:
    address = address_of("https://host/folder/my%20peaks.bed.gz?x=1")
    assert (address.name, address.suffix, address.suffixes) == ("my peaks.bed.gz", ".gz", [".bed", ".gz"])
    assert str(address.with_ending(".tbi")) == "https://host/folder/my%20peaks.bed.gz.tbi?x=1"
    assert address_of("https://host/").name == "host"


def test_another_process_can_be_told_the_secrets() -> None:
    text = "https://ann%40lab:p%2Fw@secret.host/a.bw?token=t%2B1"
    shown = without_secrets(text)
    assert shown == "https://secret.host/a.bw"
    assert with_secrets(shown) == text
    assert with_secrets("/data/a.bw") == "/data/a.bw"
