"""A candidate: an address that somebody advertised, before anybody decided to ask for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class AddressKind(StrEnum):
    """What an address is expected to hold, and so who reads the answer."""

    ROBOTS = "robots"
    SITEMAP = "sitemap"
    FEED = "feed"
    FRONT = "front"
    PAGE = "page"
    REQUISITE = "requisite"
    """What a page needs to be seen as it was: a picture, a stylesheet, a script, a font."""


ON_ANY_HOST: Final = frozenset(
    {AddressKind.ROBOTS, AddressKind.SITEMAP, AddressKind.FEED, AddressKind.REQUISITE}
)
"""What a site may keep with somebody else, a feed service or a store of files: the site vouches for
it. The pages that a sitemap or feed names must be its own, wherever that stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One address, where it was advertised, and what was said of it there."""

    url: str
    """A crawl address (archive.address): absolute, normalised, without fragment."""
    kind: AddressKind = AddressKind.PAGE
    advertised_in: str
    """operator, robots, sitemap, feed, front, link, redirect or requisite, as the coverage ledger
    says it."""
    advertised_at: datetime | None = None
    """UTC; when a feed or news sitemap says it was published; None when it gives no time with a
    zone."""
    title: str | None = None
    """What feed, news sitemap or link text calls it; None when nothing does."""
    lastmod: datetime | None = None
    """UTC; when it last changed, by the sitemap or feed. A bare date stands for its midnight: good
    for telling whether it moved since the last reading, not for telling the time."""


class Flaw(StrEnum):
    """Why a sitemap or feed gave less than it could; one word is said once a document."""

    DOCTYPE = "doctype"
    """Refused unread: it declares a document type, the way to entity attacks; none needs one."""
    HTML = "html"
    """It is a web page: a soft 404, a login or a challenge in the place of the document."""
    TRUNCATED = "truncated"
    """It stops in the middle; what came before was read."""
    MALFORMED = "malformed"
    """It breaks its format's rules; what could be made out was read."""
    TOO_LARGE = "too_large"
    """It unpacks to more than we are ready to hold; the beginning was read."""
    TOO_MANY = "too_many"
    """It names more addresses than the limit; the first ones were taken."""
    BAD_ADDRESS = "bad_address"
    """It names addresses that cannot be asked for; they were left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a sitemap or feed gave."""

    candidates: tuple[Candidate, ...] = ()
    """In the document's order."""
    warnings: tuple[Flaw, ...] = ()
    """Empty when the document is as it should be."""
