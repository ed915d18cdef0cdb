"""Why a server did not give a file, in one sentence each.

What the libraries say is not quoted: it holds the address with its tokens.
"""

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from ebert_core.protocol.terms.addresses import Address
from ebert_core.protocol.terms.errors import InvalidRequest

_ABSENT, _NEEDS_LOGIN, _NEEDS_PROXY_LOGIN, _FORBIDDEN, _BUSY = (404, 410), 401, 407, 403, (429, 503)
_NO_ROUTE = {
    errno.ECONNREFUSED: "it takes no connections on this port",
    errno.ENETUNREACH: "there is no route to it",
    errno.EHOSTUNREACH: "there is no route to it",
}


class Refused(InvalidRequest):
    """A server's answer that is no success, and its status."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Unreachable(InvalidRequest):
    """A server with which there is no connection, or that is silent: to find that out again would take as long."""


class Broken(Exception):
    """An answer that broke off, for which it is worth asking once more; the message is a sentence."""


def of_status(address: Address, status: int) -> Refused:
    """Why a server answered with a status that is no success."""
    return Refused(_said(address, status), status)


def _said(address: Address, status: int) -> str:
    if status in _ABSENT:
        return f"There is no file {address}: its server answers {status}."
    if status == _NEEDS_LOGIN:
        return (
            f"{address} asks for a name and a password, and these are absent or wrong: open it as "
            "https://NAME:PASSWORD@SERVER/…, or keep them in ~/.netrc."
        )
    if status == _FORBIDDEN:
        return f"{address} may not be read by you: its server answers {status}."
    if status == _NEEDS_PROXY_LOGIN:
        return f"{address} was not reached: the proxy between asks for a name and a password."
    if status in _BUSY:
        return f"{address} cannot be read now: its server is busy ({status}); try again later."
    return f"{address} cannot be read: its server answers {status}."


@contextmanager
def of_library(address: Address) -> Iterator[None]:
    """Turns what `requests` and `urllib3` raise into a sentence about an address.

    Raises:
        Broken: the connection was lost, and may hold when it is made anew.
        InvalidRequest: it cannot be made, or the server is silent.
    """
    import requests
    import urllib3.exceptions as below

    server = urlsplit(address.text).netloc
    try:
        yield
    except (requests.exceptions.SSLError, below.SSLError) as error:
        raise InvalidRequest(f"{address} cannot be trusted: {_reason(error)}.") from None
    except requests.exceptions.ConnectTimeout:
        raise Unreachable(f"{address} cannot be read: {server} does not answer.") from None
    except (requests.exceptions.ReadTimeout, below.ReadTimeoutError, below.TimeoutError):
        raise Unreachable(f"{address} cannot be read: {server} stopped sending; try again.") from None
    except requests.exceptions.ProxyError:
        raise Unreachable(f"{address} cannot be read: the proxy between does not answer.") from None
    except requests.exceptions.TooManyRedirects:
        raise InvalidRequest(f"{address} cannot be read: its server sends us on without end.") from None
    except (requests.exceptions.RequestException, below.HTTPError) as error:
        raise _unconnected(address, server, error) from None


def _unconnected(address: Address, server: str, error: BaseException) -> Exception:
    said = list(_causes(error))
    if any(isinstance(cause, TimeoutError) for cause in said):
        return Unreachable(f"{address} cannot be read: {server} stopped sending; try again.")
    if any(isinstance(cause, socket.gaierror) or type(cause).__name__ == "NameResolutionError" for cause in said):
        return Unreachable(f"{address} cannot be read: no server is called {server}, or there is no network.")
    for cause in said:
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return Unreachable(f"{address} cannot be read: {server} was not reached, {_NO_ROUTE[cause.errno]}.")
    if isinstance(error, ValueError):
        return InvalidRequest(f"{address} is no sound address.")
    return Broken(f"{address} cannot be read: the connection with {server} was lost; try again.")


def _reason(error: BaseException) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its server's certificate does not hold ({cause.verify_message.rstrip('.')})"
    return "no encrypted connection can be made with its server"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and all that led to it, which libraries keep as causes, contexts, reasons and arguments."""
    left, seen = [error], set[int]()
    while left:
        cause = left.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        near = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        left.extend(each for each in near if isinstance(each, BaseException))
