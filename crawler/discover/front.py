"""Front and section pages: the feeds they declare, and their links, with those that look right.

`robots nofollow` of the page and `rel=nofollow` of a link are honoured. Search engines read them
as words on ranking, but what a site says of its own links is "no crawler needs to go there": they
stand at the doors of calendars, sort orders and log-ins, where a crawler is a nuisance. A feed in
`<link>` is declared for machines, not linked for readers, and stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from archive.address import crawl_address, is_same_site, registrable_domain
from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.shape import looks_like_article
from crawler.extract.decode import decode
from crawler.extract.page import SourcePage
from crawler.extract.tree import Node, parse
from crawler.extract.wording import tidy, tidy_or_none

_FEED_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json"}
)
# WordPress declares one beside the feed of its articles, and the dates in it are the comments'.
_COMMENT_FEED: Final = re.compile(r"/comments/feed\b", re.IGNORECASE)

_UNFOLLOWED: Final = frozenset({"nofollow", "none"})
_WORDS: Final = re.compile(r"[a-z]+")
# A link's text is a headline or a short paragraph; one that holds half the page is cut.
_LONGEST_TEXT: Final = 300
_MOST_TEXT_NODES: Final = 50
_MOST_FRAMES: Final = 8

# libxml2 compares each attribute of a tag with all before it: 100,000 of them take 18 seconds.
# Quotes are matched as a browser would, and never gone back on.
_LONG_TAG: Final = re.compile(r"""<[A-Za-z](?:[^>"']++|"[^"]*+"|'[^']*+'|["'])*+""")
_LONG_TAG_LENGTH: Final = 8192
_MOST_ATTRIBUTES: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontReading:
    """What a page offers to whoever looks for articles; each address once, in reading order."""

    feeds: tuple[Candidate, ...] = ()
    """The feeds it declares, on whatever host: the page vouches for them."""
    candidates: tuple[Candidate, ...] = ()
    """Links to the same site that lead to articles, by the site's own pattern or by their shape."""
    links: tuple[Candidate, ...] = ()
    """Every link to another http or https address, to whatever site."""
    frames: tuple[Candidate, ...] = ()
    """What a page that consists of frames shows in them, on whatever site."""


def read_front(
    body: bytes, *, content_type: str | None, base: str, article_url: re.Pattern[str] | None
) -> FrontReading:
    """Return what a page advertises; nothing where it is no page at all.

    A site's own pattern, searched in the whole address, decides alone what an article's is.
    """
    page = SourcePage(url=base, body=body, content_type=content_type)
    root = parse(_LONG_TAG.sub(_bearable, decode(page)))
    base = _base(root, base)
    feeds = tuple(_feeds(root, base))
    if _forbids_following(root):
        return FrontReading(feeds=feeds)
    texts = _texts_by_address(root, base)
    texts.pop(crawl_address(page.url) or "", None)
    site = registrable_domain(page.url)
    candidates = tuple(
        Candidate(url=url, advertised_in="front", title=tidy_or_none(text))
        for url, text in texts.items()
        if is_same_site(url, site)
        and (article_url.fullmatch(url) if article_url else looks_like_article(url, text))
    )
    links = tuple(
        Candidate(url=url, advertised_in="link", title=tidy_or_none(text))
        for url, text in texts.items()
    )
    frames = tuple(islice(_frames(root, base), _MOST_FRAMES))
    return FrontReading(feeds=feeds, candidates=candidates, links=links, frames=frames)


def _bearable(tag: re.Match[str]) -> str:
    """Return a tag as it is, or nothing for one with more attributes than any page has."""
    if len(tag[0]) < _LONG_TAG_LENGTH:
        return tag[0]
    return tag[0] if len(tag[0].split(None, _MOST_ATTRIBUTES)) <= _MOST_ATTRIBUTES else ""


def _base(root: Node, url: str) -> str:
    """Return the address that relative links start from: that of the first `base`, if any."""
    for node in root.iter("base"):
        if node.get("href"):
            return crawl_address(node.get("href") or "", url) or url
    return url


def _feeds(root: Node, base: str) -> Iterator[Candidate]:
    """Yield the feeds of articles that the page declares, each once."""
    seen: set[str] = set()
    for node in root.iter("link"):
        href = node.get("href")
        url = crawl_address(href, base) if href else None
        kind = (node.get("type") or "").partition(";")[0].strip().lower()
        is_feed = kind in _FEED_TYPES and "alternate" in _words(node.get("rel"))
        if is_feed and url and url not in seen and not _COMMENT_FEED.search(url):
            seen.add(url)
            title = tidy_or_none(node.get("title"))
            yield Candidate(url=url, kind=AddressKind.FEED, advertised_in="front", title=title)


def _frames(root: Node, base: str) -> Iterator[Candidate]:
    """Yield the pages of a frameset; an `iframe` is a part of a page, mostly an advertiser's."""
    for node in root.iter("frame"):
        src = node.get("src")
        if src and (url := crawl_address(src, base)):
            yield Candidate(url=url, kind=AddressKind.FRONT, advertised_in="front")


def _forbids_following(root: Node) -> bool:
    """Whether a `meta robots` asks that no link of the page be followed."""
    return any(
        (node.get("name") or "").strip().lower() == "robots"
        and _UNFOLLOWED & _words(node.get("content"))
        for node in root.iter("meta")
    )


def _texts_by_address(root: Node, base: str) -> dict[str, str]:
    """Return the addresses linked to, in reading order, each with its longest text.

    A teaser links its picture, its headline and "read more" to one address: the headline is the
    longest.
    """
    texts: dict[str, str] = {}
    for node in root.iter("a", "area"):
        href = node.get("href")
        url = crawl_address(href, base) if href else None
        if url is None or "nofollow" in _words(node.get("rel")):
            continue
        text = _text(node)
        if len(text) >= len(texts.setdefault(url, "")):
            texts[url] = text
    return texts


def _text(node: Node) -> str:
    """Return what a reader sees of a link: its text, else what stands for its picture."""
    parts = islice(node.itertext(), _MOST_TEXT_NODES)
    text = tidy(" ".join(str(part)[:_LONGEST_TEXT] for part in parts))[:_LONGEST_TEXT]
    if not text:
        pictures = islice(node.iter("img"), 1)
        text = tidy(node.get("title") or next((p.get("alt") or "" for p in pictures), ""))
    return text


def _words(attribute: str | None) -> frozenset[str]:
    return frozenset(_WORDS.findall((attribute or "").lower()))
