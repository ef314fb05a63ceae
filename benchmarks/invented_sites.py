"""Sites of numbered pages, told by a seed: as many as a crawl has abreast, with their sitemaps.

Page N is asked for as /N of a server, or through it as a proxy as http://sS-COUNT.example/N, where
site S of a crawl of COUNT pages has every ABREAST-th page.
"""

import gzip
import random
from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.loopback import SITEMAPS, answer

ABREAST: Final = 16
"""Sites of a crawl, each of which is asked for one page at a time; so many at once the others ask
for."""
DISTINCT: Final = 300
"""Bodies that are made; page N has body N modulo so many."""
_WORDS: Final = tuple(
    "the film opens in june after a long night at the harbour where nobody slept".split()  # noqa: SIM905 - a sentence
)
_MTIME: Final = slice(4, 8)  # of a gzip header: any bytes, and the payload is another one


def packed(number: int, size_bytes: int) -> bytes:
    """Return one page: seeded words in paragraphs, gzipped as a site would send them."""
    chance = random.Random(number)
    body = bytearray(b"<!doctype html><html><body><article><h1>A story</h1>")
    while len(body) < size_bytes:
        text = " ".join(chance.choice(_WORDS) + str(chance.randrange(99)) for _ in range(60))
        body += f"<p>{text}</p>".encode()
    return gzip.compress(bytes(body), 5, mtime=0)


def homes(count: int) -> list[str]:
    """Return the front pages of the sites that have so many pages among them."""
    return [f"http://s{site}-{count}.example/" for site in range(ABREAST)]


def replying(pages: Sequence[bytes]) -> Callable[[str], bytes]:
    """Return what answers an address; no two payloads of pages are the same."""

    def reply(target: str) -> bytes:
        origin, _, path = target.rpartition("/")
        if path.isdigit():
            return _page(pages, int(path))
        if path == "robots.txt":
            return answer(f"Sitemap: {origin}/sitemap.xml\n".encode())
        if path == "sitemap.xml":
            return answer(_sitemap(origin))
        return answer(b"<p>Nothing is new.</p>")

    return reply


def _page(pages: Sequence[bytes], number: int) -> bytes:
    body = bytearray(pages[number % len(pages)])
    body[_MTIME] = number.to_bytes(4, "little")
    return answer(
        bytes(body),
        "Content-Type: text/html; charset=utf-8",
        "Content-Encoding: gzip",
        f'ETag: "{number}"',
    )


def _sitemap(origin: str) -> bytes:
    site, count = map(int, origin.removesuffix(".example").rpartition("s")[2].split("-"))
    urls = (f"<url><loc>{origin}/{number}</loc></url>" for number in range(site, count, ABREAST))
    return f'<urlset xmlns="{SITEMAPS}">{"".join(urls)}</urlset>'.encode()
