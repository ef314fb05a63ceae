"""Sixteen ways to answer /robots.txt, each on a port of its own beside one page."""

import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from typing_extensions import override

RULE: Final = b"User-agent: *\nDisallow: /page\n"
_MEGABYTES: Final = 64


def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(_MEGABYTES)) + packer.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An answer, and whether the page beside it may be asked for then."""

    sends: str
    """In words, for the table in the docs."""
    status: int = 200
    body: bytes = b""
    coding: str | None = None
    location: str | None = None
    hangs: bool = False
    resets: bool = False
    is_allowed: bool
    """By RFC 9309, and for 429 by what it says: not now."""


CASES: Final = {
    "disallow": Case(sends="a rule", body=RULE, is_allowed=False),
    "404": Case(sends="404", status=404, is_allowed=True),
    "403": Case(sends="403", status=403, is_allowed=True),
    "429": Case(sends="429", status=429, is_allowed=False),
    "500": Case(sends="500", status=500, is_allowed=False),
    "503": Case(sends="503", status=503, is_allowed=False),
    "503_with_rules": Case(
        sends="503, with rules in its body", status=503, body=RULE, is_allowed=False
    ),
    "redirect": Case(
        sends="a redirect to the rules", status=302, location="/rules", is_allowed=False
    ),
    "html": Case(
        sends="HTML with a rule's words in it",
        body=b"<html>" + RULE.strip() + b"</html>",
        is_allowed=True,
    ),
    "byte_order_mark": Case(
        sends="a byte order mark, and a rule", body=b"\xef\xbb\xbf" + RULE, is_allowed=False
    ),
    "timeout": Case(sends="nothing in time", hangs=True, is_allowed=False),
    "reset": Case(sends="a reset", resets=True, is_allowed=False),
    "rule_behind_500_kib": Case(
        sends="a rule behind 500 KiB of comments", body=b"# x\n" * 150_000 + RULE, is_allowed=True
    ),
    "utf_16": Case(sends="a rule in UTF-16", body=RULE.decode().encode("utf-16"), is_allowed=False),
    "cr_only": Case(
        sends="lines that end with a carriage return alone",
        body=RULE.replace(b"\n", b"\r"),
        is_allowed=False,
    ),
    "gzip_bomb": Case(sends="64 MB of zeros as gzip", body=_bomb(), coding="gzip", is_allowed=True),
}
OTHERS: Final = {
    "rule_before_a_bomb": Case(
        sends="a rule, and 40 MB of one comment behind it, as gzip",
        body=zlib.compress(RULE + b"# " + b"x" * (40 << 20), wbits=16 + zlib.MAX_WBITS),
        coding="gzip",
        is_allowed=False,
    ),
    "not_in_the_coding": Case(
        sends="plain text called gzip", body=RULE, coding="gzip", is_allowed=False
    ),
}


@dataclass(slots=True)
class Origin:
    """One server, with what it was asked for."""

    case: Case
    asked: list[str] = field(default_factory=list)
    port: int = 0


@contextmanager
def origins() -> Iterator[dict[str, Origin]]:
    """Open a server a case."""
    with ExitStack() as opened:
        found = {}
        for name, case in (CASES | OTHERS).items():
            origin = Origin(case)
            server = ThreadingHTTPServer(("127.0.0.1", 0), _conversation(origin))
            server.daemon_threads = True
            origin.port = server.server_address[1]
            threading.Thread(target=server.serve_forever, args=(0.05,)).start()
            opened.callback(server.server_close)
            opened.callback(server.shutdown)
            found[name] = origin
        yield found


def _conversation(origin: Origin) -> type[BaseHTTPRequestHandler]:
    class Conversation(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            origin.asked.append(self.path)
            case = (
                origin.case if self.path == "/robots.txt" else Case(sends="a page", is_allowed=True)
            )
            if case.hangs:
                self.connection.recv(1)  # until who asked gives up
                return
            if case.resets:
                self.connection.close()
                return
            self.send_response(case.status)
            if case.location:
                self.send_header("Location", case.location)
            if case.coding:
                self.send_header("Content-Encoding", case.coding)
            body = RULE if self.path == "/rules" else case.body
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Conversation
