"""Traps: addresses that a site makes without end, known by their form or by their number.

Nobody lays most of them on purpose: a calendar has a next month for ever, a relative link that
lacks its slash grows the path with every page, a shop's filters multiply. A wrong yes costs an
article, a wrong no some requests, for depth and pages are bounded too: the tables lean to no, and
what was archived once, what the operator named and what matches the site's own `article_url` is no
trap.
"""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from archive.address import identity_of
from archive.journal.addresses import Address
from archive.journal.journal import Journal
from crawler.discover.candidate import AddressKind
from crawler.discover.shape import looks_like_article
from crawler.site import Site

LONGEST: Final = 1500
"""Characters; a slug of a hundred Thai letters, escaped, has 900."""
DEEPEST: Final = 15
"""Segments of a path; a section, a date, an id and a slug are six."""
MOST_VARIANTS: Final = 100
"""Pages of one path that differ only in the query and are not told apart by an id."""

# Servlet 3.0 section 7.1.3 puts the session behind the last segment, ASP.NET in one of its own.
_SESSION_IN_PATH: Final = re.compile(
    r";(?:jsessionid|phpsessid|sid)=[^/?;]*|/(?:\([AFSX]\([^()/]{8,}\)\)|\([a-z0-9]{24}\))(?=/)",
    re.IGNORECASE,
)
_SESSION_PARAMETER: Final = re.compile(
    r"(?:jsessionid|phpsessid|aspsessionid[a-z]*|asp\.net_sessionid|sessionid|session_id|zenid"
    r"|oscsid|cftoken|cfid)=.*"
    r"|(?:sid|sess|session|s)=(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{24,}",  # a short one numbers stories
    re.IGNORECASE,
)

# The same one to four segments three times in a row; figures may be a date, which has three.
_REPEATED: Final = re.compile(
    r"/(?=(?P<unit>(?:[^/]+/){1,4}?)(?P=unit){2})(?=[^/]*[^\W\d_]|(?P<same>[^/]+/)(?P=same){4})"
)

_CALENDAR: Final = (
    r"(?:calend(?:ars?|ario|rier)|kalender|events?|agenda|whats-on|listings|tv-(?:listings|guide))"
)
_MONTH_OR_DAY: Final = r"(?:19|20|21)\d\d[/-][01]?\d(?:[/-][0-3]?\d)?"
_SPAN: Final = r"(?:(?:year|month|week|day|list|map|photo)s?/)?"
# Only where nothing stands behind the date: with a slug there it is an article's.
_CALENDAR_PATH: Final = re.compile(
    rf"(?:\A|/){_CALENDAR}(?:/[^/\d][^/]*){{0,2}}/{_SPAN}{_MONTH_OR_DAY}/?\Z", re.IGNORECASE
)
_CALENDAR_PARAMETER: Final = re.compile(
    r"(?:tribe-bar-|(?:cal|calendar|event)[_-]?)?(?:date|day|month|week)=(?:\d[\d/-]*|[a-z]{3,9})",
    re.IGNORECASE,
)
_NAMES_A_YEAR: Final = re.compile(r"=(?:\d\d?[/-]){0,2}(?:19|20|21)\d\d")
_DATE_PARAMETER: Final = re.compile(
    r"(?:cal|calendar|event)?[_-]?(?:year|yr|y|m|d)=\d[\d/-]*", re.IGNORECASE
)

# A parameter that tells one article from another: such a path has as many variants as stories.
_ID_PARAMETER: Final = re.compile(
    r"(?:[a-z_-]*id|p|n|a|v|no|nr|article|story|news|post|entry|item|slug|title)=.+",
    re.IGNORECASE,
)


def without_session(url: str) -> str | None:
    """Return an address without the session that it carries; None when it carries none.

    >>> without_session("https://x.example/a;jsessionid=8F31C0?id=7")
    'https://x.example/a?id=7'
    """
    address, _, query = url.partition("?")
    parameters = query.split("&") if query else []
    kept = [each for each in parameters if not _SESSION_PARAMETER.fullmatch(each)]
    bare = _SESSION_IN_PATH.sub("", address)
    if bare == address and kept == parameters:
        return None
    return "?".join([bare, "&".join(kept)]) if kept else bare


def form_of_trap(url: str) -> str | None:
    """Return which trap an address looks like by its form alone; None: like none.

    >>> form_of_trap("https://x.example/a/b/a/b/a/b/")
    'trap_repeats'
    """
    parts = urlsplit(url)
    path = unquote(parts.path)
    forms = (
        ("trap_long", len(url) > LONGEST),
        ("trap_deep", len([each for each in path.split("/") if each]) > DEEPEST),
        ("trap_session", without_session(url) is not None),
        ("trap_repeats", _REPEATED.search(f"{path}/") is not None),
        ("trap_calendar", _is_calendar(path, _query_of(url)) and not looks_like_article(url)),
    )
    return next((name for name, is_so in forms if is_so), None)


def _is_calendar(path: str, query: str) -> bool:
    """Whether a page is one day, week or month of a calendar, and there is nothing else to it."""
    parameters = query.split("&") if query else []
    dates = [bool(_CALENDAR_PARAMETER.fullmatch(each)) for each in parameters]
    others = [
        each
        for each, is_date in zip(parameters, dates, strict=True)
        if not is_date and not _DATE_PARAMETER.fullmatch(each)
    ]
    if _CALENDAR_PATH.search(path):
        return not others
    return any(dates) and not others and _NAMES_A_YEAR.search(query) is not None


def _query_of(url: str) -> str:
    """Return what a page is asked by, without what advertisers append."""
    return identity_of(url).partition("?")[2]


def is_one_of_many(url: str) -> bool:
    """Whether an address is told from others of its path by a query that names no article."""
    query = _query_of(url)
    return bool(query) and not any(map(_ID_PARAMETER.fullmatch, query.split("&")))


def trap_refusal(address: Address, site: Site, journal: Journal) -> str | None:
    """Return which trap an address is, in a word of the ledger; None: it may be asked for.

    Where a redirect led is no trap either: the redirects of one address are bounded.
    """
    is_new_page = address.kind == AddressKind.PAGE and address.payload_id is None
    is_declared = site.article_url is not None and site.article_url.fullmatch(address.url)
    if not is_new_page or address.hops or is_declared:
        return None
    found = form_of_trap(address.url)
    if found is None and is_one_of_many(address.url):
        asked = journal.addresses.variants_asked(address.url, limit=MOST_VARIANTS)
        found = "trap_variants" if asked >= MOST_VARIANTS else None
    if found is None or journal.addresses.is_given(address.run_id, address.id):
        return None
    return found
