"""What a run was asked for, and who named an address where no listing says so again."""

import json
from typing import Any

from archive.capture import Capture
from archive.errors import ConfigError
from archive.journal.addresses import Address, Advertised
from archive.journal.journal import Journal
from archive.repair.telling import Told
from crawler.discover.advertising import PRIORITY
from crawler.discover.candidate import AddressKind
from crawler.discover.requisites import Requisites
from crawler.plan import Plan, Target, find_target
from crawler.site import unknown_site
from crawler.sites import Sites


def plan_of(text: str, sites: Sites) -> Plan:
    """Return a plan by what the journal keeps of it; a site without a file any more is left out."""
    said: Any = json.loads(text)
    words = tuple(said.get("targets", ()))
    targets = tuple(target for word in words if (target := _target(word, sites)))
    return Plan(
        targets=targets,
        words=words,
        follow=said.get("follow", 0),
        most_pages=said.get("max_pages"),
        is_due=said.get("due", False),
        requisites=Requisites(said["requisites"]) if "requisites" in said else None,
    )


def _target(word: str, sites: Sites) -> Target | None:
    try:
        return find_target(word, sites)
    except ConfigError:
        return None


def named_by(
    told: Told, known: Address | None, reader: Journal, sites: Sites
) -> tuple[Advertised, ...]:
    """Return who named an address, where no listing that was read again says so."""
    url, asked = told.capture.url, told.asked
    if asked is None:
        kind = _guessed_kind(told.capture) if known is None else known.kind
        site = sites.holding(url) or unknown_site(url)
        return (
            Advertised(
                url=url,
                site=known.site if known else site.name,
                kind=kind,
                advertised_in="operator",
                priority=PRIORITY.get(kind, 0),
            ),
        )
    finders = reader.addresses
    named = [(named_in, finders.find(by)) for named_in, by in asked.via]
    return tuple(
        Advertised(
            url=url,
            site=asked.site,
            kind=asked.kind,
            advertised_in=named_in,
            by=by.id if by else 0,
            depth=asked.depth,
            hops=asked.hops,
            priority=PRIORITY.get(asked.kind, 0),
        )
        for named_in, by in named or [("operator", None)]
    )


def _guessed_kind(capture: Capture) -> str:
    """Return what an address was asked for, where nothing tells."""
    if capture.url.endswith("/robots.txt"):
        return AddressKind.ROBOTS
    return AddressKind.PAGE
