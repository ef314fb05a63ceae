"""Who wrote it: the metadata's authors, and the byline where the metadata is silent."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Final

from lxml import etree

from archive.article import Author
from crawler.extract.address import absolute
from crawler.extract.claims import Claims, PersonClaim
from crawler.extract.marks import Mark
from crawler.extract.moments import shown_date, shows_date
from crawler.extract.names import is_byline, is_title, looks_like_name, split_names, without_by
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region
from crawler.extract.story import Story
from crawler.extract.tree import Node, found_by, text_of
from crawler.extract.wording import letters

_META: Final = (
    "article:author",
    "author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
    "cxenseparse:author",
)
_AUTHOR_PAGE: Final = re.compile(
    r"/(?:authors?|profiles?|by|contributors?|people|person|staff|writers?|journalists?|bios?|users?"
    r"|u|auteurs?|autor(?:en)?|redaktion|columnists?|reporters?)[/-][^/]+|/@[\w.-]+/?$",
    re.IGNORECASE,
)
_BYLINE_KINDS: Final = frozenset({PieceKind.PARAGRAPH, PieceKind.LIST_ITEM, PieceKind.HEADING})
_BY_AT_END: Final = re.compile(r"\d.{0,40}\bby\s+(?P<name>[^\d]{3,40})$", re.IGNORECASE)
_CONNECTING: Final = re.compile(r"\W*(?:and|und|with|by)?\W*", re.IGNORECASE)
_ONLY_BY: Final = re.compile(r"\W*(?:(?:written|words|story)\s+)?by\W*", re.IGNORECASE)
_AUTHORS: Final = etree.XPath("//*[@itemprop='author']")
_NAMES: Final = etree.XPath(".//*[@itemprop='name']")
_STAFF: Final = re.compile(r"\s+(?:staff|editors?|editorial|team)\b.*", re.IGNORECASE)
_DATE_WORDS: Final = re.compile(
    r"\b(?:(?:published|updated|posted|on)\b:?|(?-i:GMT|UTC|[ECMP][SD]?T)\b)", re.IGNORECASE
)
_LONGEST_BYLINE: Final = 200
_LONGEST_BARE: Final = 60


def byline_authors(root: Node, story: Story, claims: Claims, url: str) -> tuple[Author, ...]:
    """Return the authors in the order of the byline; empty when nobody is named."""
    people = _each(claims.people) or _whole_byline(_each(_people_in_meta(claims)), story)
    if all(not person.is_person or _is_publication(person.name, claims) for person in people):
        shown = _names_in_microdata(root) or _displayed(story)
        people = _each(map(_claim, shown)) or people
    people = [each for each in people if not _is_publication(each.name, claims)] or people
    addresses = [absolute(url, person.url) for person in people]
    pages = {} if all(addresses) else _author_pages(story.flow, url)
    return tuple(
        Author(
            name=person.name,
            url=address or pages.get(letters(person.name)),
            role=person.role,
        )
        for person, address in zip(people, addresses, strict=True)
    )


def _whole_byline(people: list[PersonClaim], story: Story) -> list[PersonClaim]:
    """Return the one author that a meta element names with those the byline goes on to name."""
    if len(people) != 1:
        return people
    shown = [each for each in _each(map(_claim, _displayed(story))) if not is_title(each.name)]
    is_continued = len(shown) > 1 and letters(shown[0].name) == letters(people[0].name)
    return [*people, *shown[1:]] if is_continued else people


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


def _people_in_meta(claims: Claims) -> tuple[PersonClaim, ...]:
    """Return the authors that meta elements name, those of the first that names a person."""
    # `twitter:data1` is what the most used WordPress plugin for metadata tells of the author.
    told = is_byline(claims.first("twitter:label1") or "")
    named = [
        tuple(
            PersonClaim(name=name, is_person=not _is_publication(_STAFF.sub("", name), claims))
            for name in claims.all(source)
            if split_names(name)
        )
        for source in (*_META, *(["twitter:data1"] if told else ()))
    ]
    found = [people for people in named if people]
    persons = (people for people in found if any(person.is_person for person in people))
    return next(persons, found[0] if found else ())


def _names_in_microdata(root: Node) -> list[str]:
    """Return the names of the elements that microdata calls the author's.

    Teasers and comments have authors too: what the first is the author of decides.
    """
    names: list[str] = []
    scope = None
    for author in found_by(_AUTHORS, root):
        around = next((node for node in author.iterancestors() if "itemscope" in node.attrib), None)
        scope = around if scope is None else scope
        if around is scope:
            named = next(iter(found_by(_NAMES, author)), author)
            names += split_names(text_of(named))
    return names


def _is_publication(name: str, claims: Claims) -> bool:
    """Whether an author is the site itself."""
    sites = {letters(site) for site in claims.site_names}
    return letters(name) in sites | {site.removesuffix("com") for site in sites}


def _displayed(story: Story) -> list[str]:
    """Return the names that the displayed byline gives: the first line that gives any."""
    told = {id(piece) for piece in story.body.pieces if len(piece.text) > _LONGEST_BARE}
    lines = [piece for piece in map(story.flow.__getitem__, story.near) if _is_line(piece, story)]
    # A link in the story itself leads to somebody it tells of.
    if names := _first_linked([piece for piece in lines if id(piece) not in told]):
        return names
    for read in (_led_names, _bare_names):
        for piece in lines:
            if names := read(piece, story.region):
                return names
    texts = [piece.text for piece in lines]
    return _names_after_by(texts) or _dated_names(texts)


def _is_line(piece: Piece, story: Story) -> bool:
    """Whether a piece is short enough for a byline, and neither tag nor part of the site."""
    if piece.kind not in _BYLINE_KINDS or len(piece.text) > _LONGEST_BYLINE:
        return False
    marks = story.region.marks(piece)
    if marks & Mark.TAGS:
        return False
    return not marks & Mark.FURNITURE or bool(marks & Mark.BYLINE) or _is_certain(piece.text)


def _is_certain(text: str) -> bool:
    """Whether a line is "by" and a name, whatever box it shares with a way to share the page."""
    names = split_names(text) if is_byline(text) else ()
    return bool(names) and looks_like_name(names[0])


def _linked_names(piece: Piece) -> list[str]:
    """Return the names that link to authors' pages."""
    linked = [
        piece.text if link is piece.context.link else text_of(link)
        for link in piece.links
        if is_author_link(link)
    ]
    return [name for text in linked for name in split_names(text)]


def _first_linked(lines: list[Piece]) -> list[str]:
    """Return the names of the first line that links to authors, and of those it goes on with."""
    names: list[str] = []
    for piece in lines:
        if found := _linked_names(piece):
            names += found
        elif names and not _CONNECTING.fullmatch(piece.text):
            break
    return names


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
        return list(split_names(piece.text))
    return []


def _names_after_by(lines: list[str]) -> list[str]:
    """Return the names in the line after one that says "by" and nothing else."""
    return [
        name
        for line, after in pairwise(lines)
        if _ONLY_BY.fullmatch(line)
        for name in split_names(after)
    ]


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
