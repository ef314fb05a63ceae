"""A site's markup: where it puts its pages, and the pieces of HTML that they are made of."""

import html
import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from crawler.newsroom.edition import Edition
from crawler.newsroom.stories import Figure


class Html(str):
    """Text that is HTML already; everything else is escaped where it is filled in."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """How one site looks."""

    name: str
    address: str
    tag_address: str
    section_address: str
    author_address: str
    language: str
    feed: str
    """rss, atom or json."""
    posts_sitemap: str
    """The path of the sitemap of all stories; gzipped when it ends so."""
    schema: str
    """graph, single or list: the shape of the JSON-LD."""
    date_format: str
    chunked: bool
    """Whether pages are sent in chunks of unannounced length."""
    headers: Mapping[str, str]
    body_element: str
    """A class of the element that holds the body."""
    furniture: tuple[str, ...]
    """Words that stand around every article and belong into none."""
    interruptions: Mapping[int, str]
    """The piece of furniture after the passage of that number, counted from 1."""
    image: Mapping[str, Any]
    pieces: Mapping[str, Template]

    def fill(self, piece: str, **values: object) -> Html:
        """Return a piece with its names filled in; None fills in nothing."""
        return Html(self.pieces[piece].substitute({k: _escaped(v) for k, v in values.items()}))

    def optional(self, piece: str, text: str | None) -> Html:
        """Return a piece around a text, and nothing around None."""
        return Html() if text is None else self.fill(piece, text=text)

    def story_path(self, edition: Edition) -> str:
        """Return the path of a story's page."""
        return _fill_path(self.address, edition, edition.story.slug)

    def picture_paths(self, edition: Edition, figure: Figure) -> tuple[str, str]:
        """Return the paths of a picture, large and small."""
        large, small = (
            _fill_path(self.image[size], edition, figure.name) for size in ("large", "small")
        )
        return large, small

    def tag_path(self, tag: str) -> str:
        """Return the path of the page that lists a tag's stories."""
        return Template(self.tag_address).substitute(slug=path_words(tag))

    def section_path(self, section: str) -> str:
        """Return the path of the page that lists a section's stories."""
        return Template(self.section_address).substitute(slug=path_words(section))

    def author_path(self, slug: str) -> str:
        """Return the path of an author's page."""
        return Template(self.author_address).substitute(slug=slug)


@cache
def read_theme(name: str) -> Theme:
    """Return the theme of a site."""
    path = files("crawler.newsroom") / "themes" / f"{name}.toml"
    written = tomllib.loads(path.read_text("utf-8"))
    pieces = written.pop("pieces")
    return Theme(
        name=name,
        furniture=tuple(written.pop("furniture")),
        interruptions={int(n): piece for n, piece in written.pop("interruptions").items()},
        pieces={piece: Template(text.strip("\n")) for piece, text in pieces.items()},
        **written,
    )


def read_asset(name: str) -> bytes:
    """Return a theme's stylesheet or script."""
    return (files("crawler.newsroom") / "themes" / name).read_bytes()


def path_words(words: str) -> str:
    """Return words as they stand in a path.

    >>> path_words("Nobody’s Bear")
    'nobody-s-bear'
    """
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def iso(at: datetime) -> str:
    """Return a time as feeds, sitemaps and metadata write it."""
    return at.isoformat(timespec="seconds")


def _escaped(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, Html) else html.escape(str(value))


def _fill_path(address: str, edition: Edition, name: str) -> str:
    return Template(address).substitute(
        slug=edition.story.slug,
        name=name,
        section=path_words(edition.story.section),
        number=9_000_000 + zlib.crc32(edition.story.slug.encode()) % 1_000_000,
        year=f"{edition.published_at:%Y}",
        month=f"{edition.published_at:%m}",
    )
