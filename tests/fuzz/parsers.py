"""Every parser of bytes from outside: what it nearly knows, and what it says of the rest."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from archive.address import crawl_address, identity_of, is_same_site, origin_of, registrable_domain
from archive.dataset.check import opened_part
from archive.dataset.schema import DATASETS
from archive.encodings import label_in_page
from archive.errors import ConfigError, CorruptArchiveError, StoreError
from archive.index.cdxj import parse_line
from archive.journal.addresses import Advertised
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.message import ContentError, decode_beginning, decode_content, parse_message
from archive.replay.markup import Markup
from archive.replay.requisites import best_candidate, page_requisites, sheet_requisites
from archive.replay.stylesheet import sheet_addresses
from archive.surt import surt_key
from archive.verify.store import verify
from archive.warc.reader import read_any, walk
from crawler.discover.feed import looks_like_feed, read_feed
from crawler.discover.freshness import fresh_for
from crawler.discover.front import read_front
from crawler.discover.moment import moment_of
from crawler.discover.robots import read_robots
from crawler.discover.sitemap import read_sitemap
from crawler.extract.decode import decode
from crawler.extract.moments import parse_moment
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page
from crawler.extract.structured import linked_nodes, types_of
from crawler.extract.tree import parse
from crawler.fetch.politeness import retry_after_s
from tests.archive.warc_samples import small_file
from tests.dataset.conftest import make_article, put_into

URL: Final = "https://x.example/2026/a/"
NOW: Final = datetime(2026, 11, 26, tzinfo=UTC)
_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """A parser, and the law that it keeps: a value, or one of its own errors, in short time."""

    read: Callable[[bytes], object]
    examples: Callable[[], tuple[bytes, ...]]
    says: tuple[type[Exception], ...] = ()
    """What it may raise."""
    quick: int = 8
    """How many examples the suite tries."""
    found: Mapping[str, bytes] = field(default_factory=dict)
    """What once broke it."""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _robots(data: bytes) -> object:
    rules = read_robots(200, data, base=URL)
    return rules.is_allowed(URL, "newsreel"), rules.crawl_delay_s("newsreel"), rules.sitemaps


def _message(data: bytes) -> object:
    message = parse_message(data)
    coding = message.field("content-encoding")
    decode_beginning(message.entity(), coding, limit_bytes=_MOST_BYTES)
    return (
        message.status,
        message.charset,
        message.media_type,
        decode_content(message.entity(), coding, limit_bytes=_MOST_BYTES),
    )


def _address(data: bytes) -> object:
    text = _text(data)
    found = crawl_address(text, URL)
    known = (registrable_domain(text), origin_of(text), is_same_site(text, "x.example"))
    return found and (surt_key(found), identity_of(found)), known, surt_key(text)


def _linked(data: bytes) -> object:
    page = b'<script type="application/ld+json">%s</script>' % data
    return [types_of(node) for node in linked_nodes(parse(decode(SourcePage(url=URL, body=page))))]


def _date(data: bytes) -> object:
    text = _text(data)
    fields = {"Cache-Control": text, "Expires": text}
    return (
        retry_after_s(text, NOW),
        moment_of(text),
        parse_moment(text, "meta"),
        fresh_for(fields.get, NOW),
    )


def _sheet(data: bytes) -> object:
    text = _text(data)
    return [*sheet_addresses(text)], sheet_requisites(text, URL)


def _page(data: bytes) -> object:
    reading = read_page(SourcePage(url=URL, body=data))
    assert (reading.article is None) == (reading.reason is not None)
    return reading


def _links(data: bytes) -> object:
    front = read_front(data, content_type="text/html", base=URL, article_url=None)
    text = decode(SourcePage(url=URL, body=data))
    return front, page_requisites(text, URL), [*Markup(text)]


def _feed(data: bytes) -> object:
    kind = "application/rss+xml"
    return looks_like_feed(data, kind), read_feed(data, content_type=kind, base=URL)


def _of_a_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Return what reads a file of these bytes."""

    def read_file(data: bytes) -> object:
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            return read(path)

    return read_file


def _foreign(path: Path) -> object:
    damage: list[object] = []
    return [*read_any(path, limit_bytes=_MOST_BYTES, on_damage=damage.append)], damage


def _part(path: Path) -> object:
    with opened_part(path, DATASETS["articles"]) as part:
        return part.misfit(1), part.told("run_id"), [*part.read()]


def _journal(path: Path) -> object:
    return verify(path.parent).problems


@cache
def _parts() -> tuple[bytes, ...]:
    with TemporaryDirectory() as folder:
        layout = Layout(Path(folder))
        part = put_into(layout)("articles", [make_article(number) for number in (1, 2, 3)])
        return ((layout.root / part.path).read_bytes(),)


@cache
def _journals() -> tuple[bytes, ...]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        with closing(Journal.open(path)) as journal, journal.transaction():
            advertised = Advertised(url=URL, site="x", kind="page", advertised_in="operator")
            journal.addresses.advertise("run", [advertised], now=NOW)
        return (path.read_bytes(),)


@cache
def _warcs() -> tuple[bytes, ...]:
    with TemporaryDirectory() as folder:
        small_file(Path(folder) / "a.warc.gz")
        packed = (Path(folder) / "a.warc.gz").read_bytes()
    return packed, gzip.decompress(packed)


@cache
def _waczs() -> tuple[bytes, ...]:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        file.writestr("archive/a.warc.gz", _warcs()[0])
        file.writestr("datapackage.json", json.dumps({"profile": "data-package"}))
    return (whole.getvalue(),)


def _given(*examples: bytes) -> Callable[[], tuple[bytes, ...]]:
    return lambda: examples


_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
_HTML: Final = (
    b'<html><head><meta charset="utf-8"><base href="/b/"><title>A</title>'
    b'<meta property="article:published_time" content="2026-05-18T07:00:00Z">'
    b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    b'<script type="application/ld+json">{"@type":"NewsArticle","headline":"A",'
    b'"author":{"name":"N"},"datePublished":"2026-05-18"}</script></head><body><article><h1>A</h1>'
    b'<figure><img srcset="/a.jpg 1x, /b.jpg 2x" src="/a.jpg" alt="x"><figcaption>It. Photo by P'
    b"</figcaption></figure><p>One long sentence about a bridge.</p><blockquote>Q</blockquote>"
    b'<ul><li>a</li></ul><a href="/2026/05/the-bridge/">more</a><table><tr><td>1</td></tr></table>'
    b"<style>a{b:url('c.png')}</style></article></body></html>"
)
PARSERS: Final[Mapping[str, Parser]] = {
    "robots": Parser(
        read=_robots,
        examples=_given(
            b"User-agent: *\nDisallow: /a/*.html$\nAllow: /b\nCrawl-delay: 7\nRequest-rate: 1/5\n"
            b"Sitemap: https://x.example/s.xml\n"
        ),
    ),
    "sitemap": Parser(
        read=lambda data: read_sitemap(data, base=URL),
        examples=_given(
            b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            b'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://x.example/a'
            b"</loc><lastmod>2026-05-18</lastmod><n:news><n:title>A &amp; B</n:title></n:news>"
            b"</url></urlset>",
            gzip.compress(b"<sitemapindex><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"),
            b"https://x.example/a\nhttps://x.example/b\n",
        ),
        found={
            "half_a_character": b"<urlset xmlns='http://&#xD800;'><url><loc>/a</loc><a>x</a></url>"
            b"</urlset>"
        },
    ),
    "feed": Parser(
        read=_feed,
        examples=_given(
            b'<rss version="2.0"><channel><item><title>A</title><link>https://x.example/a</link>'
            b"<pubDate>Mon, 18 May 2026 07:00:00 GMT</pubDate></item></channel></rss>",
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">A</title>'
            b'<link href="/a"/><updated>2026-05-18T07:00:00Z</updated></entry></feed>',
            b'{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"/a","title":"A",'
            b'"date_published":"2026-05-18T07:00:00Z"}]}',
        ),
        found={
            "half_a_character": b'<rss version="2.0"><channel><item><title>&#xD800;</title><link>'
            b"https://x.example/a</link></item></chann></rss>",
            "a_sitemap_that_breaks_off": b"<urlset><url><loc>https://x.example/",
        },
    ),
    "front page": Parser(read=_links, examples=_given(_HTML)),
    "what a page needs": Parser(
        read=lambda data: page_requisites(_text(data), URL), examples=_given(_HTML)
    ),
    "page": Parser(read=_page, examples=_given(_HTML), quick=6),
    "charset": Parser(
        read=lambda data: (label_in_page(data), decode(SourcePage(url=URL, body=data))),
        examples=_given(_HTML, b'<?xml version="1.0" encoding="utf-16"?><a/>'),
    ),
    "json-ld": Parser(
        read=_linked,
        examples=_given(b'{"@graph":[{"@type":["NewsArticle"],"author":[{"name":"N"}]}, {"a":1}]}'),
    ),
    "srcset": Parser(
        read=lambda data: best_candidate(_text(data)),
        examples=_given(b"a.jpg 300w, b.jpg 1200w 2x, c,d.jpg 1.5x,data:image/png;base64,AA 1x"),
    ),
    "stylesheet": Parser(
        read=_sheet,
        examples=_given(
            b"@import 'a.css'; p{background:url( \"b\\20.png\" )} /* url(c) */ @font-face{}"
        ),
        found={"quotes_without_end": b'"\\' * 40_000},
    ),
    "address": Parser(
        read=_address,
        examples=_given(
            "https://ex\u00e4mple.example:8443/a/../b%20c?d=1&utm_source=e#f".encode(),
            b"//u:p@[::ffff:192.0.2.1]:80/x;y?z",
            b"http://xn--bcher-kva.example/",
        ),
    ),
    "message": Parser(
        read=_message,
        examples=_given(
            _HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(_HTML),
            _HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: v\r\n\r\n",
            b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n" + _HEAD + b"Content-Length: 2\r\n\r\nok",
        ),
        says=(ContentError,),
    ),
    "date": Parser(
        read=_date,
        examples=_given(
            b"Sun, 22 Nov 2026 00:01:00 GMT",
            b"max-age=60, no-cache",
            b"2026-05-18T07:00:00.123+02:00",
            b"May 18, 2026 at 7:00 a.m. ET",
            b"120",
        ),
        found={"a_year_of_twenty_digits": b"Thu, 01 Jan 99999999999999999999 00:00:00 GMT"},
    ),
    "index line": Parser(
        read=lambda data: parse_line(data, Path("a.cdxj"), 0),
        examples=_given(
            b'example,x)/a 20260518071200 {"url": "https://x.example/a", "mime": "text/html", '
            b'"status": "200", "digest": "sha1:A", "length": "9", "offset": "0", "filename": "a"}\n'
        ),
        says=(CorruptArchiveError,),
        found={"lists_within_lists": b"a 20260518071200 " + b"[" * 100_000},
    ),
    "warc of others": Parser(
        read=_of_a_file("a.warc", _foreign), examples=_warcs, says=(ConfigError,), quick=6
    ),
    "wacz": Parser(
        read=_of_a_file("a.wacz", _foreign), examples=_waczs, says=(ConfigError,), quick=6
    ),
    "warc": Parser(
        read=_of_a_file("a.warc.gz", lambda path: [*walk(path)]),
        examples=lambda: _warcs()[:1],
        says=(CorruptArchiveError,),
        quick=6,
    ),
    "part": Parser(
        read=_of_a_file("a.parquet", _part),
        examples=_parts,
        says=(CorruptArchiveError,),
        quick=6,
    ),
    "journal": Parser(
        read=_of_a_file("journal.db", _journal),
        examples=_journals,
        says=(StoreError,),
        quick=6,
    ),
}
