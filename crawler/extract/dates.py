"""When an article was published and changed: the best evidence that its page has."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from crawler.extract.claims import Claims
from crawler.extract.moments import Moment, parse_moment, shown_date
from crawler.extract.names import is_byline
from crawler.extract.story import Story
from crawler.extract.tree import Node, found_by, text_of

# In the order of trust. `date` and its kin come late: some sites keep the day's date there.
_PUBLISHED_META: Final = (
    *("article:published_time", "og:article:published_time", "og:published_time"),
    *("datepublished", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime"),
    *("cxenseparse:publishtime", "pubdate", "publishdate", "publish-date", "publish_date"),
    *("published", "published_at", "article.published", "article:published"),
    *("article_date_original", "originalpublicationdate", "displaydate", "bt:pubdate", "ptime"),
    *("rnews:datepublished", "release_date", "citation_publication_date", "dc.date"),
    *("dc.date.issued", "dc.date.created", "dcterms.created", "dcterms.date", "dcterms.issued"),
    *("datecreated", "creation_date", "gen_date", "timestamp", "date"),
)
_MODIFIED_META: Final = (
    *("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified"),
    *("dc.date.modified", "lastmod", "last-modified", "revised", "article.updated"),
    *("updated_time", "article:modified"),
)
_IN_ADDRESS: Final = re.compile(
    r"/((?:19|20)\d\d)[/-]?"
    r"(0[1-9]|1[0-2]|(?<=/)(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?=/))"
    r"[/-]?(0[1-9]|[12]\d|3[01])(?:/|-|\b)",
    re.IGNORECASE,
)
_DATED: Final = etree.XPath("//*[@itemprop='datePublished']")
_UPDATED: Final = re.compile(r"updated?\b|modified|edited|\blast\b", re.IGNORECASE)
_MONTH_FIRST: Final = frozenset({"en", "en-US", "en-CA", "en-PH"})
"""Languages in which 3/4/2031 is the fourth of March, or may be."""
_LONGEST_LINE: Final = 240
_MOST_BESIDE: Final = 25
"""Letters beside a date; a line with more may tell of another day."""


def published_moment(
    claims: Claims,
    root: Node,
    story: Story,
    url: str,
    *,
    declared: str | None = None,
    language: str | None = None,
) -> Moment | None:
    """Return when the article was published; `declared` is what a rule found."""
    texts = [("rule", declared)] if declared else []
    for key in ("datePublished", "uploadDate", "dateCreated"):
        texts += [("jsonld", text) for text in claims.texts(key)]
    texts += [("meta", text) for text in claims.all(*_PUBLISHED_META)]
    found = _first(texts)
    if found is not None:
        return found
    displayed = [*_marked_times(root, story), *_shown_dates(story)]
    in_address = ["-".join(found.groups()) for found in [_IN_ADDRESS.search(url)] if found]
    day_first = bool(language) and language not in _MONTH_FIRST
    return _first([("time", text) for text in displayed], day_first=day_first) or _first(
        [("address", text) for text in in_address]
    )


def modified_moment(claims: Claims) -> Moment | None:
    """Return when the article was last changed, as the metadata says; None when it does not."""
    texts = [("jsonld", text) for text in claims.texts("dateModified")]
    return _first([*texts, *(("meta", text) for text in claims.all(*_MODIFIED_META))])


def _first(texts: list[tuple[str, str]], *, day_first: bool = False) -> Moment | None:
    """Return the first text that names a moment."""
    moments = (parse_moment(text, source, day_first=day_first) for source, text in texts)
    return next((moment for moment in moments if moment is not None), None)


def _marked_times(root: Node, story: Story) -> list[str]:
    """Return what microdata and `time` elements say: publication, near the headline, first.

    Pages carry a `time` for every teaser.
    """
    near = " ".join(story.flow[index].text for index in story.near)
    marked = found_by(_DATED, root)
    times = [node for node in root.iter("time") if node.get("datetime")]
    times.sort(key=lambda node: (text_of(node) not in near, _is_update(node)))
    return [
        node.get("datetime") or node.get("content") or node.get("title") or text_of(node)
        for node in (*marked, *times)
    ]


def _is_update(node: Node) -> bool:
    """Whether a `time` element, or the one around it, is named for a change."""
    around = node.getparent()
    names = (node.get("class"), around.get("class") if around is not None else None)
    return any(_UPDATED.search(name) for name in names if name)


def _shown_dates(story: Story) -> Iterator[str]:
    """Yield the dates displayed near the headline, those in sentences later, of updates last."""
    lines = [story.flow[index].text for index in story.dated]
    shown = [(text, found) for text in lines if (found := _date_in(text))]
    shown.sort(key=lambda line: (_is_of_update(line[1]), _is_in_sentence(*line)))
    yield from (date for _, (date, _) in shown)


def _date_in(text: str) -> tuple[str, str] | None:
    """Return the date that a short line shows and what stands before it."""
    return shown_date(text) if len(text) <= _LONGEST_LINE else None


def _is_of_update(found: tuple[str, str]) -> bool:
    """Whether what stands before a date says that it is the last change's."""
    return bool(_UPDATED.search(found[1]))


def _is_in_sentence(text: str, found: tuple[str, str]) -> bool:
    """Whether a line says more than when the article appeared, and is no byline."""
    return len(text) - len(found[0]) > _MOST_BESIDE and not is_byline(text)
