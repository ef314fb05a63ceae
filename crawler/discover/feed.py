"""Feeds: the entries of RSS, Atom and JSON Feed become candidates with their dates and titles."""

import html
import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import feedparser

from archive.address import crawl_address
from crawler.discover.candidate import Candidate, Flaw, Reading
from crawler.discover.document import is_cut, refusal, root_name, whole_entries, xml_text
from crawler.discover.moment import moment_of
from crawler.extract.wording import tidy_or_none

# feedparser takes some 70 microseconds a tag and holds up everything else meanwhile. A hundred
# entries as WordPress writes them have a fifth of this; a feed begins with its newest.
MOST_MARKUP: Final = 20_000

_MARKUP: Final = re.compile(r"""<!\[CDATA\[|<|=\s?["']""")
# feedparser compares each attribute of a tag with each: no feed has a tag of this length.
_ENDLESS_TAG: Final = re.compile(r"<[^<>!?][^<>]{8192}")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,300}>")

# The roots of feeds, and what closes one that was cut off behind an entry.
_END: Final = {"rss": "</channel></rss>", "feed": "</feed>", "rdf": "</rdf:RDF>"}
_HEAD_BYTES: Final = 16 * 1024
_JSON_FEED_VERSION: Final = b"jsonfeed.org/version"
_JSON_FEED_TYPE: Final = "application/feed+json"


def looks_like_feed(body: bytes, content_type: str | None) -> bool:
    """Whether the body is a feed by its root element or JSON Feed's version, whatever its type.

    The type only decides for JSON without a version: many a feed is served as text/html.
    """
    head = body[:_HEAD_BYTES]
    if _is_json(head):
        declared = (content_type or "").lower().startswith(_JSON_FEED_TYPE)
        return declared or _JSON_FEED_VERSION in head
    return root_name(xml_text(head, content_type)) in _END


def read_feed(body: bytes, *, content_type: str | None, base: str) -> Reading:
    """Return the pages a feed names, in its order and each once; its flaws as warnings.

    Nothing is fetched for it: no document type, no stylesheet, no entity.
    """
    flaws: set[Flaw] = set()
    if _is_json(body[:_HEAD_BYTES]):
        found = _json_candidates(body, base, flaws)
    else:
        found = _xml_candidates(xml_text(body, content_type), base, flaws)
    by_address: dict[str, Candidate] = {}
    for candidate in found:
        if candidate is None:
            flaws.add(Flaw.BAD_ADDRESS)
        else:
            by_address.setdefault(candidate.url, candidate)
    return Reading(candidates=tuple(by_address.values()), warnings=tuple(sorted(flaws)))


def _is_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _xml_candidates(text: str, base: str, flaws: set[Flaw]) -> Iterator[Candidate | None]:
    if refused := refusal(text):
        flaws.add(refused)
        return
    text = _whole(text, flaws)
    if not text:  # feedparser's answer to nothing lacks half its keys
        flaws.add(Flaw.MALFORMED)
        return
    try:
        parsed = _parsed(text, base)
    except UnicodeError:  # its slower parser takes references to half a character for one
        flaws.add(Flaw.MALFORMED)
        return
    if not flaws and (parsed.bozo or not parsed.version):
        flaws.add(Flaw.MALFORMED)
    # dict.get: feedparser's own warns when `updated` falls back to `published`.
    for entry in parsed.entries:
        url = dict.get(entry, "feedburner_origlink") or dict.get(entry, "link")
        yield _candidate(url, dict.get(entry, "title"), entry, base)


def _parsed(text: str, base: str) -> Any:
    return feedparser.parse(
        # A stream: a string could be taken for an address and fetched.
        BytesIO(text.encode("utf-8", "replace")),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            "content-location": base,
        },
        sanitize_html=False,  # nothing of an entry's content is used
        resolve_relative_uris=False,  # same; the entry's own links are resolved all the same
    )


def _whole(text: str, flaws: set[Flaw]) -> str:
    """Return what may be parsed of a feed: within the budget, in whole entries, with an end."""
    budgeted = _within_budget(text)
    if len(budgeted) < len(text):
        flaws.add(Flaw.TOO_LARGE)
    if not is_cut(budgeted):
        return budgeted
    if not flaws:
        flaws.add(Flaw.TRUNCATED)
    # Without an end feedparser would read it all a second time, by its slower parser.
    return whole_entries(budgeted) + _END.get(root_name(text), "")


def _within_budget(text: str) -> str:
    """Return the text up to where its markup costs more to parse than a feed is worth."""
    if endless := _ENDLESS_TAG.search(text):
        text = text[: endless.start()]
    end = 0
    for _ in range(MOST_MARKUP):
        found = _MARKUP.search(text, end)
        if found is None:
            return text
        end = text.find("]]>", found.end()) if found[0].endswith("[") else found.end()
        if end < 0:
            return text
    return text[:end]


def _json_candidates(body: bytes, base: str, flaws: set[Flaw]) -> Iterator[Candidate | None]:
    try:
        items = json.loads(body.decode("utf-8-sig", "replace")).get("items")
    except (ValueError, RecursionError):  # RecursionError: brackets nested a thousand deep
        flaws.add(Flaw.MALFORMED)
        return
    if not isinstance(items, list):
        flaws.add(Flaw.MALFORMED)
        return
    for item in items:
        if isinstance(item, dict):
            # "id ... ideally, the full URL of the resource" (JSON Feed 1.1)
            dates = {"published": item.get("date_published"), "updated": item.get("date_modified")}
            yield _candidate(item.get("url") or item.get("id"), item.get("title"), dates, base)


def _candidate(url: Any, title: Any, dates: dict[str, Any], base: str) -> Candidate | None:
    """Return what an entry names; None when it names no address that can be asked for."""
    address = crawl_address(url, base) if isinstance(url, str) and url.strip() else None
    if address is None:
        return None
    published, updated = (
        moment_of(text) if isinstance(text := dict.get(dates, name), str) else None
        for name in ("published", "updated")
    )
    return Candidate(
        url=address,
        advertised_in="feed",
        advertised_at=published or updated,
        title=tidy_or_none(html.unescape(_TAG.sub("", title))) if isinstance(title, str) else None,
        lastmod=updated,
    )
