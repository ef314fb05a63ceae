"""The matrix: what servers were seen to send, each once, with what a crawl has to keep of it."""

import gzip
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import brotli

from tests.fetch.wire_origin import After, Answer

SCHEMES: Final = ("http", "https")
OK: Final = b"HTTP/1.1 200 OK\r\n"
HTML: Final = b"Content-Type: text/html; charset=utf-8\r\n"
EARLY: Final = b"HTTP/1.1 103 Early Hints\r\nLink: </site.css>; rel=preload\r\n\r\n"
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One path, what it answers with, and what the store is to hold of that."""

    path: str
    answers: tuple[Answer, ...]
    """Turn by turn; the last one for good."""
    kept: tuple[bytes, ...]
    """What each exchange's response is, byte for byte; empty bytes where none came."""
    fate: str
    reason: str | None = None
    interim: bytes = b""
    truncated: str | None = None
    """WARC-Truncated of each response."""
    headline: str | None = None
    """Of the article it holds."""

    def answer(self, turn: int) -> Answer:
        """Return what goes back when it is asked for again."""
        return self.answers[min(turn, len(self.answers) - 1)]


def article(name: str) -> bytes:
    """Return a page that holds an article of its own, with letters beyond ASCII."""
    paragraphs = "".join(
        f"<p>On day {day} the {name} lantern of Orrenburg was lit by the café’s youngest actor, "
        f"who had never held a match, and the audience of {day} hundred waited in the rain "
        "without a word until somebody laughed and the second act could begin.</p>"
        for day in range(1, 7)
    )
    page = (
        f"<html lang='en'><head><title>{headline(name)}</title></head>"
        f"<body><article><h1>{headline(name)}</h1>{paragraphs}</article></body></html>"
    )
    return page.encode()


def headline(name: str) -> str:
    """Return the headline of the article of that name."""
    return f"The {name} Lantern Is Lit Again in Orrenburg"


def sized(body: bytes) -> bytes:
    """Return the end of a head that says how long the body is, and the body."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def chunks(body: bytes, *sizes: int, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    """Return a body in chunks of these sizes, the digits in lower and upper case by turns."""
    out, position, turn = b"", 0, 0
    while position < len(body):
        piece = body[position : position + sizes[turn % len(sizes)]]
        size = b"%x" % len(piece)
        out += (size.upper() if turn % 2 else size) + extension + b"\r\n" + piece + b"\r\n"
        position, turn = position + len(piece), turn + 1
    return out + b"0\r\n" + trailer + b"\r\n"


def _page(name: str, sent: bytes, *, after: After = After.KEEP, fate: str = "archived") -> Case:
    """Return a case whose answer is kept just as it is sent."""
    return Case(
        path=f"/{name}",
        answers=(Answer(pieces=(sent,), after=after),),
        kept=(sent,),
        fate=fate,
        headline=headline(name) if fate == "archived" else None,
    )


class Matrix:
    """One scheme's cases; no two schemes send the same payload, so that each is stored whole."""

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme
        families = (
            self._connections(),
            self._framings(),
            self._codings(),
            self._heads(),
            self._surroundings(),
            self._others(),
            self._troubles(),
            self._twins(),
        )
        self.cases = {case.path[1:]: case for family in families for case in family}
        self._fixed = {
            "/": OK + HTML + sized(self._front()),
            "/robots.txt": OK + b"Content-Type: text/plain\r\n" + sized(_ROBOTS),
            "/target?from=moved": OK + HTML + sized(self._article("target")),
            "/target?from=found": OK + HTML + sized(self._article("target")),
        }

    @property
    def paths(self) -> frozenset[str]:
        """Every path that a crawl asks for."""
        return frozenset(self._fixed) | {case.path for case in self.cases.values()}

    def answer(self, path: str, turn: int) -> Answer:
        """Return what the origin sends."""
        found = next((case for case in self.cases.values() if case.path == path), None)
        if found is not None:
            return found.answer(turn)
        return Answer(pieces=(self._fixed.get(path, NOT_FOUND),))

    def _article(self, name: str) -> bytes:
        return article(f"{name} {self._scheme}")

    def _headline(self, name: str) -> str:
        return headline(f"{name} {self._scheme}")

    def _page(
        self, name: str, head: bytes, body: bytes = b"", *, after: After = After.KEEP
    ) -> Case:
        """Return a case that sends the article of that name; sized, when no body is given."""
        return self._as_is(
            name, head + (body or sized(self._article(name))), after=after, fate="archived"
        )

    def _as_is(self, name: str, sent: bytes, *, fate: str, after: After = After.KEEP) -> Case:
        """Return a case whose answer is kept just as it is sent."""
        return Case(
            path=f"/{name}",
            answers=(Answer(pieces=(sent,), after=after),),
            kept=(sent,),
            fate=fate,
            headline=self._headline(name) if fate == "archived" else None,
        )

    def _connections(self) -> Iterator[Case]:
        """Yield what ends with its connection; first one that dies as it is used again."""
        yield self._page("kept-alive", OK + HTML, after=After.DROP_NEXT)
        yield self._page("dropped", OK + HTML)
        yield self._page("closed", OK + HTML + b"Connection: close\r\n", after=After.CLOSE)
        endless = b"Connection: close\r\n\r\n" + self._article("endless")
        yield self._page("endless", OK + HTML, endless, after=After.CLOSE)
        yield self._page(
            "http10",
            b"HTTP/1.0 200 Fine\nContent-Type: text/html; charset=utf-8\nNo colon here\n\n",
            self._article("http10"),
            after=After.CLOSE,
        )

    def _framings(self) -> Iterator[Case]:
        chunked = b"Transfer-Encoding: chunked\r\n\r\n"
        pieces = chunks(self._article("chunked"), 1000, 37, 4096)
        yield self._page("chunked", OK + HTML, chunked + pieces)
        pieces = chunks(self._article("both"), 800)
        yield self._page("both", OK + HTML + b"Content-Length: 3\r\n", chunked + pieces)
        packed = gzip.compress(self._article("gzip-chunked"), mtime=0)
        pieces = chunks(packed, 99, 5, extension=b';name="a;b"', trailer=b"X-Sum: 42\r\n")
        head = b"Transfer-encoding: Chunked\r\nContent-Encoding: gzip\r\nTrailer: X-Sum\r\n"
        yield self._page("gzip-chunked", OK + HTML + head, b"\r\n" + pieces)

    def _codings(self) -> Iterator[Case]:
        for name, coding, encode in _CODINGS:
            head = b"content-encoding: %b\r\n" % coding.encode()
            yield self._page(name, OK + HTML + head, sized(encode(self._article(name))))
        latin = self._article("latin").decode().replace("’", "'").encode("latin-1")
        head = b"Content-Type: text/html; charset=iso-8859-1\r\n"
        yield self._page("latin", OK + head, sized(latin))

    def _heads(self) -> Iterator[Case]:
        for name, head in _HEADS.items():
            yield self._page(name, head)
        for query in ("x=1&y=2", "z=%C3%A9+%26", "x=1&x=2"):
            yield self._page(f"search/lanterns?{query}", OK + HTML)

    def _surroundings(self) -> Iterator[Case]:
        """Yield what has bytes in front or behind, and what comes byte by byte."""
        around = (
            ("hinted", (CONTINUE, EARLY), (), After.KEEP),
            ("surplus", (), (b"STRAY",), After.CLOSE),
        )
        for name, before, behind, after in around:
            case = self._page(name, OK + HTML)
            yield replace(
                case,
                answers=(Answer(pieces=(*before, *case.kept, *behind), after=after),),
                interim=b"".join(before),
            )
        case = self._page("drips", OK + HTML)
        drops = tuple(case.kept[0][n : n + 1] for n in range(len(case.kept[0])))
        yield replace(case, answers=(Answer(pieces=drops),))

    def _others(self) -> Iterator[Case]:
        """Yield answers that hold no article, and what is made of them."""
        for name, fate, sent in _OTHERS:
            yield self._as_is(name, sent, fate=fate)
        noise = random.Random(self._scheme)
        binary = OK + b"Content-Type: application/octet-stream\r\n"
        yield self._as_is("binary", binary + sized(noise.randbytes(4096)), fate="not_article")
        big = noise.randbytes(1 << 20) * (_BIG_BYTES >> 20)
        video = OK + b"Content-Type: video/mp4\r\n" + sized(big)
        yield self._as_is("big", video, fate="not_article")

    def _troubles(self) -> Iterator[Case]:
        """Yield what stops short, fails or does not come, each as often as it is asked for."""
        yield self._failing("broken", BROKEN, After.KEEP, "http_500")
        mended = self._page("mended", OK + HTML)
        yield replace(
            mended,
            answers=(Answer(pieces=(BROKEN,)), *mended.answers),
            kept=(BROKEN, *mended.kept),
        )
        short = OK + HTML + b"Content-Length: 9999\r\n\r\n" + self._article("short")[:700]
        yield self._failing("short", short, After.CLOSE, "cut_off")
        torn = chunks(self._article("torn-chunks"), 300)[:1000]
        torn = OK + HTML + b"Transfer-Encoding: chunked\r\n\r\n" + torn
        yield self._failing("torn-chunks", torn, After.CLOSE, "cut_off")
        half = OK + HTML + b"Content-Length: 9999\r\n\r\nhalf a sen"
        yield self._failing("reset", half, After.RESET, "cut_off")
        yield self._failing("torn-head", OK + b"Content-Type: te", After.CLOSE, "broken")
        yield self._failing("no-http", b"<p>What is HTTP?</p>\n", After.CLOSE, "broken")
        yield self._failing("silent", b"", After.CLOSE, "broken")

    def _failing(self, name: str, sent: bytes, after: After, reason: str) -> Case:
        return Case(
            path=f"/{name}",
            answers=(Answer(pieces=(sent,), after=after),),
            kept=(sent,) * 3,
            fate="failed",
            reason=reason,
            truncated="disconnect" if sent and after is not After.KEEP else None,
        )

    def _twins(self) -> Iterator[Case]:
        twin = self._page("twin", OK + HTML)
        yield twin
        yield replace(twin, path="/twin-again")

    def _front(self) -> bytes:
        paths = (*(case.path for case in self.cases.values()), "/private/diary")
        links = (f"<p><a href='{path.replace('&', '&amp;')}'>{path}</a></p>" for path in paths)
        return f"<html><body>{''.join(links)}</body></html>".encode()


_ROBOTS: Final = b"User-agent: *\nDisallow: /private/\n"
_BIG_BYTES: Final = 24 << 20
NOT_FOUND: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
BROKEN: Final = b"HTTP/1.1 500 Oops\r\n" + HTML + sized(b"<p>err</p>")

_CODINGS: Final[tuple[tuple[str, str, Callable[[bytes], bytes]], ...]] = (
    ("gzip", "gzip", lambda body: gzip.compress(body, mtime=0)),
    ("brotli", "br", brotli.compress),
    ("deflate", "deflate", zlib.compress),
)
_HEADS: Final = {
    "odd-head": OK + b"serVer: tEst\r\nX-CaMeL: A\r\nSet-Cookie: a=1; Path=/\r\nX-Dup: 1\r\n"
    b'set-cookie: b=2\r\nContent-Type:text/html;charset=utf-8\r\nETag:   "abc"  \r\nX-Dup: 1\r\n',
    "no-reason": b"HTTP/1.1 200 \r\n" + HTML,
    "bare-status": b"HTTP/1.1 200\r\n" + HTML,
    "folded": OK + b"X-Fold: one\r\n\ttwo\r\n   three\r\nX-Empty:\r\n" + HTML,
    "latin-field": OK + b"X-Latin: caf\xe9\r\n" + HTML,
    # Longer than the 16 KiB that Twisted takes a line for when nobody tells it otherwise.
    "long-field": OK + b"Link: " + b"</a.css>; rel=preload, " * 1000 + b"</b.css>\r\n" + HTML,
}
# Name, fate, and what is sent.
_OTHERS: Final = (
    (
        "moved",
        "redirected",
        b"HTTP/1.1 301 Moved Permanently\r\nLocation: /target?from=moved\r\n" + sized(b"moved"),
    ),
    (
        "found",
        "redirected",
        b"HTTP/1.1 302 Found\r\nLocation: /target?from=found\r\nContent-Length: 0\r\n\r\n",
    ),
    (
        "unasked-304",
        "failed",
        b'HTTP/1.1 304 Not Modified\r\nETag: "abc"\r\nContent-Length: 1234\r\n\r\n',
    ),
    ("empty-204", "not_article", b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n"),
    ("empty-200", "not_article", OK + HTML + sized(b"")),
    ("missing", "gone", b"HTTP/1.1 404 Not Found\r\n" + HTML + sized(b"<p>no</p>")),
    ("forbidden", "blocked", b"HTTP/1.1 403 Forbidden\r\n" + HTML + sized(b"<p>not you</p>")),
)

MATRICES: Final = {scheme: Matrix(scheme) for scheme in SCHEMES}
