"""Places that files are read from: local paths, and addresses of http and https without the secrets that came in them.

What is shown, logged or written anywhere is an address without its password and tokens. They stay in the memory of this
process, are used for each request to the server that they belong to, and are gone when the process ends.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from ebert_core.protocol.terms.errors import InvalidRequest

_SCHEMES = ("http", "https")
_ADDRESS = re.compile(r"https?:", re.IGNORECASE)
# Names of parameters whose values let whoever has them in, such as those of signed addresses of S3, GCS and Azure.
_SECRET_NAME = re.compile(r"token|secret|passw|pwd|sig|auth|credential|session|key(?!word)", re.IGNORECASE)


class Login(NamedTuple):
    """Name and password for a server."""

    name: str
    password: str


@dataclass(frozen=True)
class Address:
    """Where a file lies on a server. `text` may be shown and kept: it holds no password and no token."""

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def name(self) -> str:
        """The last part of the path, as a file would be called; the server's name where there is none."""
        split = urlsplit(self.text)
        return unquote(PurePosixPath(split.path).name) or split.netloc

    @property
    def suffix(self) -> str:
        """The ending of the name, with its dot."""
        return PurePosixPath(self.name).suffix

    @property
    def suffixes(self) -> list[str]:
        """All endings of the name."""
        return PurePosixPath(self.name).suffixes

    def with_ending(self, ending: str) -> "Address":
        """The address of a file that lies beside this one and is called the same with an ending, such as `.fai`."""
        split = urlsplit(self.text)
        beside = Address(urlunsplit(split._replace(path=split.path + ending)))
        if self.text in _parameters:
            _parameters[beside.text] = _parameters[self.text]
        return beside

    @property
    def url(self) -> str:
        """The address as it is asked for: with its tokens, without name and password. It must not be shown."""
        parameters = _parameters.get(self.text)
        return self.text if parameters is None else urlunsplit(urlsplit(self.text)._replace(query=parameters))

    @property
    def login(self) -> Login | None:
        """Name and password for its server, where this or another address of the server held them."""
        split = urlsplit(self.text)
        return _logins.get((split.scheme, split.netloc))


Place = Path | Address

# What was secret in addresses: the whole query by the address without it, logins by scheme and server.
_parameters: dict[str, str] = {}
_logins: dict[tuple[str, str], Login] = {}


def is_address(text: str) -> bool:
    """Whether a text is meant as an address of http or https; anything else is a path."""
    return _ADDRESS.match(text) is not None


def place_of(text: str) -> Place:
    """The place that a text names: the address, whose secrets this process remembers, or the path.

    Raises:
        InvalidRequest: it begins like an address and is none.
    """
    return address_of(text) if is_address(text) else Path(text)


def address_of(text: str) -> Address:
    """The address that a text names, without its secrets, which this process remembers.

    Raises:
        InvalidRequest: it is no address.
    """
    split = _split(text.strip())
    assert split.hostname is not None
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    server = host if split.port is None else f"{host}:{split.port}"
    pairs = parse_qsl(split.query, keep_blank_values=True)
    shown = [(name, value) for name, value in pairs if not _SECRET_NAME.search(name)]
    query = split.query if len(shown) == len(pairs) else urlencode(shown)
    bare = Address(urlunsplit((split.scheme, server, split.path or "/", query, "")))
    if len(shown) < len(pairs):
        _parameters[bare.text] = split.query
    if split.username is not None:
        _logins[split.scheme, server] = Login(unquote(split.username), unquote(split.password or ""))
    return bare


def _split(text: str) -> SplitResult:
    try:
        split = urlsplit(text)
        is_whole = split.scheme in _SCHEMES and bool(split.hostname) and split.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        # Not quoted: nobody knows what of it is a password.
        raise InvalidRequest("An address is written as https://server/folder/file.bw; this one has no server.")
    return split


def without_secrets(text: str) -> str:
    """What may be kept of a path or an address: an address loses its secrets, which this process remembers.

    What is no sound address is given back as far as it surely holds no password.
    """
    if not is_address(text):
        return text
    try:
        return address_of(text).text
    except InvalidRequest:
        return text.partition(":")[0] + ":"


def with_secrets(text: str) -> str:
    """The whole address again, for another process of this program; anything else as it is."""
    try:
        address = address_of(text) if is_address(text) else None
    except InvalidRequest:
        address = None
    if address is None:
        return text
    split = urlsplit(address.url)
    return urlunsplit(split._replace(netloc="".join(_user(address)) + split.netloc))


def _user(address: Address) -> Iterator[str]:
    if address.login is not None:
        yield f"{quote(address.login.name, safe='')}:{quote(address.login.password, safe='')}@"
