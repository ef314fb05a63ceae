"""What each path of a site answers with."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from crawler.newsroom.edition import Edition
from crawler.newsroom.listings import (
    FEEDS,
    Channel,
    Entry,
    news_sitemap,
    posts_sitemap,
    robots_txt,
    sitemap_index,
)
from crawler.newsroom.markup import Neighbour
from crawler.newsroom.pages import Listing, write_listing, write_story
from crawler.newsroom.pictures import draw_logo, draw_png
from crawler.newsroom.site import Site
from crawler.newsroom.themes import read_asset

HTML: Final = "text/html; charset=utf-8"
_XML: Final = "application/xml; charset=utf-8"
_IN_NEWS: Final = timedelta(hours=48)
"""A news sitemap holds the stories of two days, as its users ask for."""
_IN_FEED: Final = 10
_TRACKING: Final = "?utm_source=front-page&utm_medium=teaser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What stands at a path."""

    content_type: str
    body: bytes
    status: int = 200
    changed_at: datetime | None = None
    """None for what carries no validators: errors and redirects."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One look at a site."""

    site: Site
    path: str
    """With its query."""
    bases: Mapping[str, str]
    """The address of every site, by name, as this visitor's links are to have them."""
    now: datetime

    @property
    def base(self) -> str:
        """The address of the site that is looked at."""
        return self.bases[self.site.sheet.name]

    @property
    def bare(self) -> str:
        """The path without its query: stories and lists do not look at one."""
        return urlsplit(self.path).path


def answer(visit: Visit) -> Document:
    """Return what stands at the path; an error page where nothing does."""
    found = next(filter(None, (find(visit) for find in _FINDERS)), None)
    return found or Document(content_type=HTML, status=404, body=b"<h1>Nothing here</h1>")


def _story(visit: Visit) -> Document | None:
    desk = visit.site.desk(visit.bare, visit.base)
    if desk is None:
        return None
    return Document(
        content_type=HTML,
        body=write_story(desk, visit.site.sheet).encode(),
        changed_at=desk.edition.modified_at,
        headers=visit.site.theme.headers,
    )


def _picture(visit: Visit) -> Document | None:
    found = visit.site.picture(visit.path)
    if found is None:
        return None
    name, width, edition = found
    body = draw_png(name, width, width * 9 // 16)
    return Document(content_type="image/png", body=body, changed_at=edition.published_at)


_ASSETS: Final[Mapping[str, tuple[str, Callable[[str], bytes]]]] = {
    "/assets/site.css": ("text/css", lambda site: read_asset(f"{site}.css")),
    "/assets/type.css": ("text/css", lambda _: read_asset("type.css")),
    "/assets/site.js": ("text/javascript", lambda _: read_asset("site.js")),
    "/assets/logo.svg": ("image/svg+xml", draw_logo),
    "/assets/blank.svg": ("image/svg+xml", lambda _: read_asset("blank.svg")),
}


def _asset(visit: Visit) -> Document | None:
    if visit.bare not in _ASSETS:
        return None
    content_type, read = _ASSETS[visit.bare]
    body = read(visit.site.sheet.name)
    return Document(content_type=content_type, body=body, changed_at=visit.site.opened_at)


def _elsewhere(visit: Visit) -> Document | None:
    """Return the answer of a path that is moved, gone or private."""
    if there := visit.site.moved_to(visit.bare):
        where = {"Location": visit.base + there}
        return Document(content_type=HTML, body=b"<h1>Moved</h1>", status=301, headers=where)
    if status := visit.site.gone.get(visit.bare):
        return Document(content_type=HTML, body=b"<h1>Gone</h1>", status=status)
    if visit.bare.startswith("/private/"):
        return Document(content_type=HTML, body=b"<h1>Not for robots</h1>")
    return None


def _for_machines(visit: Visit) -> Document | None:
    writers = _MACHINE_PAGES | {visit.site.theme.posts_sitemap: (_XML, _write_posts)}
    if visit.bare not in writers:
        return None
    content_type, write = writers[visit.bare]
    body = write(visit).encode()
    if visit.bare == "/feed/":
        content_type = FEEDS[visit.site.theme.feed][0]
    if visit.bare.endswith(".gz"):
        body, content_type = gzip.compress(body, 6, mtime=0), "application/gzip"
    return Document(content_type=content_type, body=body, changed_at=visit.site.changed_at)


def _write_robots(visit: Visit) -> str:
    return robots_txt(visit.base)


def _write_index(visit: Visit) -> str:
    places = ("/news-sitemap.xml", visit.site.theme.posts_sitemap)
    return sitemap_index({visit.base + place: visit.site.changed_at for place in places})


def _write_posts(visit: Visit) -> str:
    return posts_sitemap({visit.base + path: at for path, at in visit.site.advertised.items()})


def _write_news(visit: Visit) -> str:
    up = visit.site.editions.items()
    recent = {path: e for path, e in up if visit.now - e.published_at < _IN_NEWS}
    return news_sitemap(_channel(visit, recent))


def _write_feed(visit: Visit) -> str:
    newest = dict(list(visit.site.editions.items())[:_IN_FEED])
    return FEEDS[visit.site.theme.feed][1](_channel(visit, newest))


_MACHINE_PAGES: Final[dict[str, tuple[str, Callable[[Visit], str]]]] = {
    "/robots.txt": ("text/plain; charset=utf-8", _write_robots),
    "/sitemap.xml": (_XML, _write_index),
    "/news-sitemap.xml": (_XML, _write_news),
    "/feed/": (_XML, _write_feed),
}


def _channel(visit: Visit, editions: Mapping[str, Edition]) -> Channel:
    entries = (
        Entry(
            url=visit.base + path,
            headline=edition.headline,
            summary=edition.dek or edition.story.passages[0].text,
            authors=tuple(person.name for person in edition.story.authors),
            published_at=edition.published_at,
            modified_at=edition.modified_at,
        )
        for path, edition in editions.items()
    )
    return Channel(
        title=visit.site.sheet.title,
        base=visit.base,
        entries=tuple(entries),
        changed_at=visit.site.changed_at,
    )


def _listing(visit: Visit) -> Document | None:
    site, listed = visit.site, _lists(visit.site).get(visit.bare)
    if listed is None:
        return None
    heading, editions = listed
    cards = tuple(site.neighbour(edition, visit.base) for edition in editions)
    listing = Listing(
        path=visit.bare,
        heading=heading,
        cards=cards + (_tracked(visit, cards) if visit.bare == "/" else ()),
        tags=tuple(dict.fromkeys(edition.story.tags[0] for edition in editions)),
        elsewhere=tuple((n, f"{b}/") for n, b in visit.bases.items() if n != site.sheet.name),
    )
    body = write_listing(listing, site.theme, site.sheet, visit.base).encode()
    return Document(content_type=HTML, body=body, changed_at=site.changed_at)


def _lists(site: Site) -> dict[str, tuple[str, list[Edition]]]:
    """Return the heading and the stories of each page that lists some, by its path."""
    theme = site.theme
    lists: dict[str, tuple[str, list[Edition]]] = {"/": (site.sheet.title, [])}
    for heading in ("About", "Privacy"):
        lists[f"/{heading.lower()}/"] = (heading, [])
    for edition in site.editions.values():
        story = edition.story
        named = [("/", site.sheet.title), (theme.section_path(story.section), story.section)]
        named += [(theme.tag_path(tag), tag) for tag in story.tags]
        named += [(theme.author_path(person.slug), person.name) for person in story.authors]
        for path, heading in dict(named).items():
            lists.setdefault(path, (heading, []))[1].append(edition)
    return lists


def _tracked(visit: Visit, cards: tuple[Neighbour, ...]) -> tuple[Neighbour, ...]:
    """Return the story that the front page links a second time, with tracking parameters."""
    slug = visit.site.sheet.tracked
    return tuple(
        Neighbour(url=card.url + _TRACKING, headline=card.headline, image=card.image)
        for card in cards
        if slug and slug in card.url
    )


# Asked in this order; a path belongs to one of them at most.
_FINDERS: Final = (_story, _for_machines, _asset, _picture, _elsewhere, _listing)
