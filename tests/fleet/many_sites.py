"""Several dozen small sites behind one proxy on loopback, and what they were asked for."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

from typing_extensions import override

STORIES: Final = 3
SILENT: Final = "silent.example"
"""Has nothing, wherever it is asked."""
_SENTENCES: Final = (
    "The orchestra of {host} rehearsed the overture until the lamps went out.",
    "Nobody in the stalls could say who had hidden the second bassoon.",
    "The director promised that a third act would follow before the harvest.",
    "A critic from the harbour called evening number {story} the loudest in years.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    url: str
    status: int


@dataclass(slots=True)
class ManySites:
    """The sites, while they are open."""

    hosts: tuple[str, ...]
    proxy: str = ""
    asked: list[Asked] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    """Notified of each request."""

    @property
    def words(self) -> tuple[str, ...]:
        """Their front pages, as targets."""
        return tuple(f"http://{host}/" for host in self.hosts)

    @property
    def stories(self) -> frozenset[str]:
        """What they advertise."""
        numbers = range(1, STORIES + 1)
        return frozenset(f"http://{host}/2026/story-{n}/" for host in self.hosts for n in numbers)

    def times_asked(self, url: str) -> int:
        """Return how often an address was asked for, or one that begins like it."""
        return sum(each.url.startswith(url) for each in self.asked)

    def wait_until(self, is_so: Callable[[], bool], *, patience_s: float) -> None:
        """Wait for requests until something holds."""
        with self.news:
            assert self.news.wait_for(is_so, patience_s), "it never came to that"

    def answer(self, url: str) -> tuple[str, str] | None:
        """Return media type and text; None when nothing is there."""
        parts = urlsplit(url)
        if parts.hostname == SILENT:
            return None
        home = f"http://{parts.hostname}"
        pages = [f"{home}/2026/story-{n}/" for n in range(1, STORIES + 1)]
        if url in pages:
            return "text/html", _story(str(parts.hostname), pages.index(url) + 1)
        listed = "".join(f"<url><loc>{page}</loc></url>" for page in pages)
        return {
            "/robots.txt": (
                "text/plain",
                f"User-agent: *\nAllow: /\nSitemap: {home}/sitemap.xml\n",
            ),
            "/sitemap.xml": (
                "application/xml",
                f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>',
            ),
            "/": ("text/html", f"<html><body><h1>{parts.hostname}</h1></body></html>"),
        }.get(parts.path)


def _story(host: str, story: int) -> str:
    text = "".join(f"<p>{each.format(host=host, story=story)}</p>" for each in _SENTENCES * 3)
    return (
        f"<html lang='en'><head><title>Evening {story} at {host}</title></head><body><article>"
        f"<h1>Evening {story} at {host}</h1>"
        f"<time datetime='2026-05-1{story}T08:00:00Z'>May 1{story}</time>{text}"
        "</article></body></html>"
    )


@contextmanager
def many_sites(count: int) -> Iterator[ManySites]:
    """Open so many sites, whose names one proxy answers for."""
    sites = ManySites(hosts=tuple(f"stage{number:02d}.example" for number in range(count)))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = sites.answer(self.path)
            kind, text = found or ("text/html", "nothing is here")
            body = text.encode()
            mark = f'"{sha256(body).hexdigest()[:16]}"'
            status = 404 if found is None else 200
            if found and self.headers.get("If-None-Match") == mark:
                status, body = 304, b""
            with sites.news:
                sites.asked.append(Asked(self.path, status))
                sites.news.notify_all()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("ETag", mark)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        sites.proxy = f"http://127.0.0.1:{server.server_address[1]}"
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield sites
        finally:
            server.shutdown()
            serving.join()
