"""A server of files on this machine for tests: with ranges or without, and wrong in any way that a test asks for."""

import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit


class Asked(NamedTuple):
    """One request: the path with its parameters, the range that was asked for, and what it said of who asks."""

    path: str
    range: str
    authorization: str


@dataclass
class Served:
    """Files by name, and how they are given; may be changed while the server runs."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    # What is answered instead of a file, by name: a status.
    statuses: dict[str, int] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    gives_parts: bool = True
    tells_length: bool = True
    tells_version: bool = True
    # The same for all files where it is not empty; and whether each answer has an ETag of its own.
    modified: str = ""
    has_many_tags: bool = False
    # Whoever gives no name and password is sent away.
    needs_login: bool = False
    # After so many bytes of an answer the connection ends.
    cut_after: int | None = None
    # Called with the path when a request has come, before anything is answered.
    before: Callable[[str], None] = lambda _path: None
    asked: list[Asked] = field(default_factory=list)
    bytes_sent: int = 0
    # An answer waits here, after its head and so many bytes, until the event is set.
    hold: threading.Event | None = None
    hold_after: int = 0

    def url(self, name: str) -> str:
        """The address of a file."""
        return f"{self.address}/{name}"

    def forget(self) -> None:
        """Counts from 0 again."""
        self.asked.clear()
        self.bytes_sent = 0


# A certificate that nobody trusts, and its key.
CERTIFICATE = Path(__file__).with_suffix(".pem")


@contextmanager
def serving(*, is_encrypted: bool = False, **files: bytes) -> Iterator[Served]:
    """A server that runs until the end of the block; `a_bed=b"…"` is the file `a.bed`."""
    served = Served(files={name.replace("_", "."): content for name, content in files.items()})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(self, served)

        # BaseHTTPRequestHandler names the argument.
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = _on_a_new_port(Handler)
    server.daemon_threads = True
    server.block_on_close = False
    if is_encrypted:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(CERTIFICATE)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    served.address = f"{'https' if is_encrypted else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        if served.hold is not None:
            served.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()


_ports: set[int] = set()


def _on_a_new_port(handler: type[BaseHTTPRequestHandler]) -> "_Server":
    """A server on a port that no test of this process had: what is known of a file goes by its address."""
    refused = []
    while (server := _Server(("127.0.0.1", 0), handler)).server_port in _ports:
        refused.append(server)
    for other in refused:
        other.server_close()
    _ports.add(server.server_port)
    return server


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of clients that went away, which many tests are about."""


def _answer(request: BaseHTTPRequestHandler, served: Served) -> None:
    name = urlsplit(request.path).path.lstrip("/")
    asked = request.headers.get("Range", "")
    served.asked.append(Asked(request.path, asked, request.headers.get("Authorization", "")))
    served.before(request.path)
    status = _status(served, name)
    content = served.files.get(name, b"") if status == 200 else b""
    first, last = 0, len(content)
    if status == 200 and served.gives_parts and (match := re.fullmatch(r"bytes=(\d+)-(\d+)", asked)):
        first, last = int(match[1]), min(int(match[2]) + 1, len(content))
        status = 206 if first < len(content) else 416
    request.send_response(status)
    if name in served.redirects:
        request.send_header("Location", served.redirects[name])
    if status == 206:
        request.send_header("Content-Range", f"bytes {first}-{last - 1}/{len(content)}")
    elif status == 416:
        request.send_header("Content-Range", f"bytes */{len(content)}")
    body = content[first:last] if status in (200, 206) else b""
    if served.tells_version and status in (200, 206):
        request.send_header("ETag", f'"{len(served.asked) if served.has_many_tags else hash(content)}"')
        if served.modified:
            request.send_header("Last-Modified", served.modified)
    if served.tells_length:
        request.send_header("Content-Length", str(len(body)))
    else:
        request.send_header("Connection", "close")
    request.end_headers()
    with suppress(OSError):
        _send(request, served, body)


def _status(served: Served, name: str) -> int:
    if served.needs_login and not served.asked[-1].authorization:
        return 401
    if name in served.statuses:
        return served.statuses[name]
    return 302 if name in served.redirects else 200 if name in served.files else 404


def _send(request: BaseHTTPRequestHandler, served: Served, body: bytes) -> None:
    sent = body if served.cut_after is None else body[: served.cut_after]
    served.bytes_sent += len(sent)
    request.wfile.write(sent[: served.hold_after])
    request.wfile.flush()
    if served.hold is not None:
        served.hold.wait(30)
    request.wfile.write(sent[served.hold_after :])
    if len(sent) < len(body) or not served.tells_length:
        request.close_connection = True
