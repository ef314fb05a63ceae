"""What a site tells machines about its stories: robots.txt, sitemaps and feeds.

robots.txt is RFC 9309, sitemaps are sitemaps.org 0.9 with the news extension, the feeds RSS 2.0,
Atom (RFC 4287) and JSON Feed 1.1.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Final

from crawler.newsroom.themes import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One story as a sitemap or a feed names it."""

    url: str
    headline: str
    summary: str
    authors: tuple[str, ...]
    published_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A site as its feed presents it."""

    title: str
    base: str
    entries: tuple[Entry, ...]
    """Newest first."""
    changed_at: datetime
    """When the site last changed."""


_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS: Final = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def robots_txt(base: str) -> str:
    """Return the rules: everything but /private/, and where the sitemap is."""
    return f"User-agent: *\nDisallow: /private/\n\nSitemap: {base}/sitemap.xml\n"


def sitemap_index(addresses: Mapping[str, datetime]) -> str:
    """Return an index of sitemaps, each with the time of its last change."""
    rows = "".join(
        f"<sitemap><loc>{escape(url)}</loc><lastmod>{iso(changed)}</lastmod></sitemap>\n"
        for url, changed in addresses.items()
    )
    return f"{_XML}<sitemapindex {_SITEMAP}>\n{rows}</sitemapindex>\n"


def posts_sitemap(addresses: Mapping[str, datetime]) -> str:
    """Return a sitemap of addresses and nothing more about them than their last change."""
    rows = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{iso(changed)}</lastmod></url>\n"
        for url, changed in addresses.items()
    )
    return f"{_XML}<urlset {_SITEMAP}>\n{rows}</urlset>\n"


def news_sitemap(channel: Channel) -> str:
    """Return a news sitemap: titles and times of publication beside the addresses."""
    rows = "".join(
        f"<url><loc>{escape(entry.url)}</loc><lastmod>{iso(entry.modified_at)}</lastmod>"
        f"<news:news><news:publication><news:name>{escape(channel.title)}</news:name>"
        "<news:language>en</news:language></news:publication>"
        f"<news:publication_date>{iso(entry.published_at)}</news:publication_date>"
        f"<news:title>{escape(entry.headline)}</news:title></news:news></url>\n"
        for entry in channel.entries
    )
    return f"{_XML}<urlset {_SITEMAP} {_NEWS}>\n{rows}</urlset>\n"


def rss(channel: Channel) -> str:
    """Return the channel as RSS 2.0."""
    rows = "".join(
        f"<item><title>{escape(entry.headline)}</title><link>{escape(entry.url)}</link>"
        f'<guid isPermaLink="true">{escape(entry.url)}</guid>'
        f"<pubDate>{format_datetime(entry.published_at.astimezone(UTC), usegmt=True)}</pubDate>"
        f"<dc:creator>{escape(' and '.join(entry.authors))}</dc:creator>"
        f"<description>{escape(entry.summary)}</description></item>\n"
        for entry in channel.entries
    )
    built = format_datetime(channel.changed_at.astimezone(UTC), usegmt=True)
    return (
        f'{_XML}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"<channel><title>{escape(channel.title)}</title><link>{channel.base}/</link>"
        f"<description>{escape(channel.title)}</description>"
        f"<lastBuildDate>{built}</lastBuildDate>\n{rows}</channel></rss>\n"
    )


def atom(channel: Channel) -> str:
    """Return the channel as Atom."""
    rows = "".join(
        f"<entry><title>{escape(entry.headline)}</title><id>{escape(entry.url)}</id>"
        f'<link rel="alternate" href="{escape(entry.url)}"/>'
        f"<published>{iso(entry.published_at)}</published>"
        f"<updated>{iso(entry.modified_at)}</updated>"
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in entry.authors)
        + f"<summary>{escape(entry.summary)}</summary></entry>\n"
        for entry in channel.entries
    )
    return (
        f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom">\n<title>{escape(channel.title)}</title>'
        f'<id>{channel.base}/</id><link rel="self" href="{channel.base}/feed/"/>'
        f"<updated>{iso(channel.changed_at)}</updated>\n{rows}</feed>\n"
    )


def json_feed(channel: Channel) -> str:
    """Return the channel as JSON Feed."""
    items = [
        {
            "id": entry.url,
            "url": entry.url,
            "title": entry.headline,
            "summary": entry.summary,
            "date_published": iso(entry.published_at),
            "date_modified": iso(entry.modified_at),
            "authors": [{"name": name} for name in entry.authors],
        }
        for entry in channel.entries
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": f"{channel.base}/",
        "feed_url": f"{channel.base}/feed/",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


# One feed of each kind, so that a crawl of the three sites meets them all.
FEEDS: Final[Mapping[str, tuple[str, Callable[[Channel], str]]]] = {
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "json": ("application/feed+json", json_feed),
}
