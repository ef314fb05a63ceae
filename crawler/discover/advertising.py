"""How the journal's queue takes a candidate: for which site, how deep, and how urgent it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from archive.journal.addresses import Address, Advertised
from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.traps import without_session
from crawler.site import Site

# Higher is sooner: what advertises pages comes before the pages.
PRIORITY: Final[Mapping[str, int]] = {
    AddressKind.ROBOTS: 1000,
    AddressKind.FRONT: 900,
    AddressKind.FEED: 850,
    AddressKind.SITEMAP: 800,
    AddressKind.PAGE: 100,
    AddressKind.REQUISITE: 10,
}


# The text of a link may be anything; what a feed or sitemap gives is the page's title.
_LISTINGS: Final = frozenset({"feed", "sitemap"})


def beside_sessions(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield what was found, and what a session hides beside the address that carries it.

    The one with the session is refused (crawler/discover/traps.py); it is the same page.
    """
    for each in found:
        yield each
        bare = without_session(each.url) if each.kind == AddressKind.PAGE else None
        if bare is not None:
            yield replace(each, url=bare)


def advertised(
    site: Site, candidate: Candidate, *, by: Address | None, is_link: bool = False
) -> Advertised:
    """Return a candidate as the journal's queue takes it."""
    is_redirect = candidate.advertised_in == "redirect"
    # Of a requisite it counts stylesheets, not the links that led to its page.
    is_first = candidate.kind == AddressKind.REQUISITE and by and by.kind != AddressKind.REQUISITE
    depth = by.depth if by and not is_first else 0
    return Advertised(
        url=candidate.url,
        site=site.name,
        kind=candidate.kind,
        advertised_in=candidate.advertised_in,
        by=by.id if by else 0,
        advertised_at=candidate.advertised_at,
        title=candidate.title if candidate.advertised_in in _LISTINGS else None,
        lastmod=candidate.lastmod,
        depth=depth + is_link,
        hops=by.hops + 1 if by and is_redirect else 0,
        priority=PRIORITY[candidate.kind],
    )
