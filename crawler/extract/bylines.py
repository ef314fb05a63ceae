"""Who wrote it: the metadata's authors, and the byline where the metadata is silent."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Final

from archive.article import Author
from crawler.extract.address import absolute
from crawler.extract.claims import Claims, PersonClaim
from crawler.extract.marks import Mark
from crawler.extract.moments import shown_date, shows_date
from crawler.extract.names import is_byline, looks_like_name, split_names, without_by
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region
from crawler.extract.tree import Node, text_of
from crawler.extract.wording import letters

_META: Final = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
    "cxenseparse:author",
)
_AUTHOR_PAGE: Final = re.compile(
    r"/(?:authors?|profiles?|by|contributors?|people|person|staff|writers?|journalists?|bios?|users?"
    r"|u|auteurs?|autor(?:en)?|redaktion|columnists?|reporters?)[/-][^/]+",
    re.IGNORECASE,
)
_BYLINE_KINDS: Final = frozenset({PieceKind.PARAGRAPH, PieceKind.LIST_ITEM, PieceKind.HEADING})
_BY_AT_END: Final = re.compile(r"\d.{0,40}\bby\s+(?P<name>[^\d]{3,40})$", re.IGNORECASE)
_DATE_WORDS: Final = re.compile(r"\b(?:published|updated|posted|on)\b:?", re.IGNORECASE)
_LONGEST_BYLINE: Final = 200
_LONGEST_BARE: Final = 60


def byline_authors(
    flow: list[Piece], region: Region, claims: Claims, near: range, url: str
) -> tuple[Author, ...]:
    """Return the authors in the order of the byline; empty when nobody is named."""
    people = _each(claims.people) or _each(map(_claim, _names_in_meta(claims)))
    if all(not person.is_person or _is_publication(person.name, claims) for person in people):
        people = _each(map(_claim, _displayed(flow, region, near))) or people
    pages = _author_pages(flow, url)
    return tuple(
        Author(
            name=person.name,
            url=absolute(url, person.url) or pages.get(letters(person.name)),
            role=person.role,
        )
        for person in people
    )


def _claim(name: str) -> PersonClaim:
    """Return an author of whom only the name is known."""
    return PersonClaim(name=name)


def _each(people: Iterable[PersonClaim]) -> list[PersonClaim]:
    """Return one claim a person, each person once, though several stand in one text."""
    found: dict[str, PersonClaim] = {}
    for person in people:
        names = split_names(person.name)
        for name in names:
            alone = replace(person, name=name) if len(names) == 1 else PersonClaim(name=name)
            found.setdefault(letters(name), alone)
    return list(found.values())


def _names_in_meta(claims: Claims) -> tuple[str, ...]:
    """Return the names that meta elements give, those of the most explicit element alone."""
    for name in _META:
        if values := tuple(value for value in claims.all(name) if split_names(value)):
            return values
    return ()


def _is_publication(name: str, claims: Claims) -> bool:
    """Whether an author is the site itself."""
    sites = {letters(site) for site in claims.site_names}
    return letters(name) in sites | {site.removesuffix("com") for site in sites}


def _displayed(flow: list[Piece], region: Region, near: range) -> list[str]:
    """Return the names that the displayed byline gives: the first line that gives any."""
    lines = [
        flow[index]
        for index in near
        if flow[index].kind in _BYLINE_KINDS and len(flow[index].text) <= _LONGEST_BYLINE
    ]
    for read in (_linked_names, _led_names, _bare_names):
        for piece in lines:
            if names := read(piece, region):
                return names
    return _dated_names([piece.text for piece in lines])


def _linked_names(piece: Piece, region: Region) -> list[str]:
    """Return the names that link to authors' pages."""
    if region.marks(piece) & Mark.TAGS:
        return []
    linked = [text_of(link) for link in piece.links if is_author_link(link)]
    return [name for text in linked for name in split_names(text)]


def _led_names(piece: Piece, region: Region) -> list[str]:
    """Return the names that follow "by"."""
    text = piece.text
    if is_byline(text) and (region.marks(piece) & Mark.BYLINE or len(text) <= _LONGEST_BARE):
        return [without_by(text)] if split_names(text) else []
    found = _BY_AT_END.search(text)
    return [found["name"]] if found and looks_like_name(found["name"].strip()) else []


def _bare_names(piece: Piece, region: Region) -> list[str]:
    """Return the name that is all of a line marked as a byline."""
    if region.marks(piece) & (Mark.BYLINE | Mark.AUTHOR) and looks_like_name(piece.text):
        return [piece.text]
    return []


def _dated_names(lines: list[str]) -> list[str]:
    """Return the name that shares a line with the date, or stands on the line before it."""
    for line, after in pairwise((*lines, "")):
        found = shown_date(line)
        rest = _DATE_WORDS.sub("", line.replace(found[0], "")).strip(" ,|/•·–—-:") if found else ""
        for name, is_dated in ((rest, True), (line, shows_date(after))):
            if is_dated and looks_like_name(name):
                return [name]
    return []


def is_author_link(link: Node) -> bool:
    """Whether a link leads to an author's page."""
    return "author" in (link.get("rel") or "").split() or bool(
        _AUTHOR_PAGE.search(link.get("href") or "")
    )


def _author_pages(flow: list[Piece], url: str) -> dict[str, str]:
    """Return the pages that displayed names link to, by the letters of the name."""
    pages: dict[str, str] = {}
    for piece in flow:
        for link in piece.links:
            if is_author_link(link):
                address = absolute(url, link.get("href"))
                if address:
                    pages.setdefault(letters(without_by(text_of(link))), address)
    return pages
