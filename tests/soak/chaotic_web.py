"""A web of numbered pages where one answer in ten goes wrong by rule, so that every fate is known.

It answers as a proxy for all its sites, in threads of this process. What goes wrong with a page
depends on its number alone: most of it passes when the page is asked for again, the rest stays.
"""

import random
import socket
import struct
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from typing_extensions import override

from crawler.fetch.politeness import ATTEMPTS
from tests.fetch.loopback import HOST, LoopbackServer

SITES: Final = 100
"""Each is asked for one page at a time, and left alone for half a minute after a 503."""
SLOW_S: Final = 1.0
_LASTING_IN: Final = 3
_WORDS: Final = tuple(
    "harbour lantern curtain rehearsal matinee violin orchard ferry winter applause".split()  # noqa: SIM905 - a sentence
)
_OK: Final = "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
_REFUSED: Final = b"HTTP/1.1 %d Trouble\r\nContent-Length: 5\r\n\r\nlater"
_AT_ONCE: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with an answer."""

    send: Callable[[socket.socket, bytes], bool]
    """Sends what there is to send; returns whether the connection goes on."""
    lasting: tuple[str, str] | None = None
    """Fate and reason of a page that fails so for good; None: it comes when it is asked for again.
    What speaks of the server and not of the page always passes, or the site would be given up."""
    is_answer: bool = False
    """Whether the page comes all the same."""


def _drop(connection: socket.socket, _: bytes) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    return False


def _cut(connection: socket.socket, whole: bytes) -> bool:
    connection.sendall(whole[: -len(whole) // 3])
    return False


def _refuse(status: int) -> Callable[[socket.socket, bytes], bool]:
    def send(connection: socket.socket, _: bytes) -> bool:
        connection.sendall(_REFUSED % status)
        return True

    return send


def _dawdle(connection: socket.socket, whole: bytes) -> bool:
    half = len(whole) // 2
    connection.sendall(whole[:half])
    threading.Event().wait(SLOW_S)
    connection.sendall(whole[half:])
    return True


FAULTS: Final[Mapping[str, Fault]] = {
    "dropped": Fault(send=_drop),
    "cut": Fault(send=_cut, lasting=("failed", "cut_off")),
    "500": Fault(send=_refuse(500), lasting=("failed", "http_500")),
    "503": Fault(send=_refuse(503)),
    "slow": Fault(send=_dawdle, is_answer=True),
}


def fault_of(number: int) -> Fault | None:
    """Return what goes wrong with a page: one in each ten of a site, so that no site gives up."""
    place, site = divmod(number, SITES)
    if place % 10 != (7 * site + 3 * (place // 10)) % 10:
        return None
    return FAULTS[tuple(FAULTS)[_dice(number) % len(FAULTS)]]


def is_lasting(number: int) -> bool:
    """Whether a page never comes."""
    fault = fault_of(number)
    return bool(fault and fault.lasting) and _dice(number) // len(FAULTS) % _LASTING_IN == 0


def fate_of(number: int) -> tuple[str, str | None]:
    """Return what the ledger has to say of a page."""
    fault = fault_of(number)
    return fault.lasting if fault and fault.lasting and is_lasting(number) else ("archived", None)


def least_requests(number: int) -> int:
    """Return how often a page has to be asked for."""
    fault = fault_of(number)
    if fault is None or fault.is_answer:
        return 1
    return ATTEMPTS if is_lasting(number) else 2


def url_of(number: int) -> str:
    """Return a page's address."""
    return f"{home_of(number % SITES)}2026/05/the-{number}-lanterns/"


def home_of(site: int) -> str:
    """Return a site's front page."""
    return f"http://courier-{site}.example/"


def _dice(number: int) -> int:
    return zlib.crc32(b"%d" % number)


def _page(number: int) -> bytes:
    """Return an article of invented words; each number has its own."""
    chance = random.Random(number)
    paragraphs = "".join(
        f"<p>{' '.join(chance.choices(_WORDS, k=40))} {number}.</p>" for _ in range(5)
    )
    return (
        f"<html><head><title>The {number} lanterns</title>"
        f'<meta property="article:published_time" content="2026-05-18T0{number % 9}:00:00Z">'
        f"</head><body><article><h1>The {number} lanterns of the harbour</h1>{paragraphs}"
        "</article></body></html>"
    ).encode()


class ChaoticWeb(LoopbackServer):
    """All its sites behind one port of loopback; a context manager."""

    def __init__(self, *, pages: int) -> None:
        super().__init__()
        self.pages = pages
        self.asked: Counter[int] = Counter()
        """How often each page was asked for."""
        self.on_page: Callable[[], None] = lambda: None
        """Called as a page is asked for, before it is answered."""
        self._counting = threading.Lock()

    @property
    def proxy(self) -> str:
        """What a crawl has to name as its proxy."""
        return f"http://{HOST}:{self.port}"

    @property
    def homes(self) -> tuple[str, ...]:
        """The front pages of all sites."""
        return tuple(map(home_of, range(min(SITES, self.pages))))

    @override
    def converse(self, connection: socket.socket, number: int) -> None:
        """Answer one request after the other, until what goes wrong ends it."""
        pending = b""
        while more := connection.recv(65536):
            pending += more
            while b"\r\n\r\n" in pending:
                head, _, pending = pending.partition(b"\r\n\r\n")
                if not self._answer(connection, head.split(b" ", 2)[1].decode()):
                    return

    def _answer(self, connection: socket.socket, url: str) -> bool:
        """Answer one request; return whether the connection goes on."""
        parts = urlsplit(url)
        if not parts.path.startswith("/2026/"):
            connection.sendall(self._listing(url, parts.path))
            return True
        number = int(parts.path.split("-")[1])
        with self._counting:
            self.asked[number] += 1
            is_first = self.asked[number] == 1
            self.on_page()
        whole = _answered("text/html; charset=utf-8", _page(number))
        fault = fault_of(number)
        if fault and (is_first or is_lasting(number)):
            return fault.send(connection, whole)
        connection.sendall(whole)
        return True

    def _listing(self, url: str, path: str) -> bytes:
        home = url.removesuffix(path.removeprefix("/"))
        match path:
            case "/robots.txt":
                return _answered("text/plain", f"Sitemap: {home}sitemap.xml\n".encode())
            case "/sitemap.xml":
                site = int(home.removesuffix(".example/").rpartition("-")[2])
                locs = map(url_of, range(site, self.pages, SITES))
                rows = "".join(f"<url><loc>{loc}</loc></url>" for loc in locs)
                space = "http://www.sitemaps.org/schemas/sitemap/0.9"
                text = f'<urlset xmlns="{space}">{rows}</urlset>'
                return _answered("application/xml", text.encode())
        return _answered("text/html", b"<h1>Front</h1>")


def _answered(kind: str, body: bytes) -> bytes:
    return _OK.format(kind=kind, length=len(body)).encode() + body
